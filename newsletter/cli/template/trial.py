"""`newsletter template check`: a template on trial with everything that content may be."""

import os
from typing import Annotated, Any

import typer

from newsletter.cli.output import plural, say, say_json

OptionalName = Annotated[
    str, typer.Argument(metavar="[NAME]", show_default=False, help="The template; all of the project by default.")
]


def check(
    context: typer.Context,
    name: OptionalName = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compile a template with an issue that is hard to stand, and say what is wrong; exit code 1 when there are errors.

    No images, one article, forty articles, words of 300 letters, right to left, emoji, missing fields, mark-up in
    titles, slots, every layout and every switch among the parameters; in English, German, Arabic and Japanese.

    \b
    newsletter template check
    newsletter template check weekly --json
    """
    from newsletter.cli.progress import show_progress
    from newsletter.project import Project
    from newsletter.project.templates import template_names
    from newsletter.project.trial import try_template

    project = Project.open(context.obj, os.environ)
    newsletter = project.settings.identity()
    trials = []
    for template in [name] if name else template_names(project.root):
        found = project.template(template)
        with show_progress(template, 100) as progress:
            trials.append(
                try_template(found, newsletter, lambda done, of, case: progress.update(100 * done // of, case))
            )
    if as_json:
        say_json([_values(trial) for trial in trials])
    else:
        for trial in trials:
            _tell(trial)
    if any(trial.errors for trial in trials):
        raise typer.Exit(1)


def _tell(trial: Any) -> None:
    sizes = sorted(trial.bytes.values())
    spread = f", {sizes[0]:,} to {sizes[-1]:,} bytes of HTML" if sizes else ""
    say(f"{trial.template}: {plural(trial.mails, 'mail')}{spread}, {plural(trial.errors, 'error')}")
    for found in trial.findings:
        finding = found.finding
        where = f"{finding.place}: " if finding.place else ""
        say(f"{finding.severity.value} {finding.id}: {where}{finding.message}")
        say(f"  {finding.remedy}")
        cases = (f"{case} ({', '.join(languages)})" for case, languages in found.cases)
        everywhere = sum(len(languages) for _, languages in found.cases) == trial.mails
        say("  in every case" if everywhere else f"  in {'; '.join(cases)}")


def _values(trial: Any) -> dict[str, Any]:
    from newsletter.project.preparation import values_of

    sizes: dict[str, dict[str, int]] = {}
    for (case, language), size in trial.bytes.items():
        sizes.setdefault(case, {})[language] = size
    return {
        "template": trial.template,
        "mails": trial.mails,
        "errors": trial.errors,
        "bytes": sizes,
        "findings": [{**values_of(found.finding), "cases": dict(found.cases)} for found in trial.findings],
    }
