"""`newsletter issue list|show`: look at issues."""

import os
from dataclasses import asdict
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say, say_json, say_table
from newsletter.errors import NewsletterError
from newsletter.models import Issue

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the issues: where each is (draft, checked, sending, paused, sent), its date, and what it holds.

    \b
    newsletter issue list
    newsletter issue list --json
    """
    from newsletter.cli.issue.state import states_of
    from newsletter.cli.project import open_project

    project = open_project(context)
    issues = project.issues()
    states = states_of(project, issues)
    if as_json:
        say_json([{**_as_json(it), "state": states[it.slug][0], "mailings": states[it.slug][1]} for it in issues])
        return
    if not issues:
        note("There is no issue yet. Make one with `newsletter issue new NAME`.")
        return
    rows = [
        (it.slug, str(it.number or ""), str(it.date or ""), states[it.slug][0], str(len(it.sections)), str(_count(it)))
        for it in issues
    ]
    say_table(
        ("issue", "number", "date", "state", "sections", "articles", "subject"),
        [(*row, it.subject) for row, it in zip(rows, issues, strict=True)],
    )


def show(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="The issue's name.")],
    as_json: AsJson = False,
) -> None:
    """Show what an issue is made of, and how much of the mail each article is; Gmail clips behind 102,400 bytes.

    \b
    newsletter issue show first-light
    newsletter issue show first-light --json
    """
    from newsletter.project import Project

    project = Project.open(context.obj, os.environ)
    found = project.issue(issue)
    total, measures, error = _measured(project, found)
    if as_json:
        parts = [{**asdict(each), "seconds": each.seconds} for each in measures.values()]
        say_json({**_as_json(found), "bytes": total, "measures": parts, "error": str(error) if error else None})
    else:
        _say_issue(found, total, measures)
    if error:
        note(f"error: {error}")
        raise typer.Exit(1)


def _measured(project: Any, issue: Issue) -> tuple[int | None, dict[str, Any], NewsletterError | None]:
    """Measure an issue; one that cannot be compiled is shown all the same."""
    from newsletter.project.measure import measure_issue

    if not _count(issue):
        return None, {}, None
    try:
        template = project.template(issue.template or project.settings.newsletter.template)
        total, parts = measure_issue(project.assemble(issue.slug), template, project.settings.identity())
    except NewsletterError as error:
        return None, {}, error
    return total, {part.slug: part for part in parts}, None


def _say_issue(issue: Issue, total: int | None, measures: dict[str, Any]) -> None:
    from newsletter.checks.size import CLIPPED

    note(issue.file)
    say(issue.subject)
    if issue.preheader:
        say(issue.preheader)
    details = [f"number {issue.number}" if issue.number is not None else "", str(issue.date or ""), issue.template]
    say(", ".join(detail for detail in (*details, plural(_count(issue), "article")) if detail) + "\n")
    rows, clipped = [], False
    for section in issue.sections:
        rows.append((f"{section.title} ({section.layout})", "", "", ""))
        for name in section.articles:
            own = f" ({section.layouts[name]})" if name in section.layouts else ""
            part = measures.get(name)
            if part and part.end > CLIPPED and not clipped:
                clipped = True
                rows.append((f"-- Gmail clips here, at {CLIPPED:,} bytes --", "", "", ""))
            cells = (
                (f"{part.words:,}", f"{part.seconds // 60}:{part.seconds % 60:02}", f"{part.bytes:,}") if part else ()
            )
            rows.append((f"  {name}{own}", *(cells or ("", "", ""))))
    say_table(("section, article", "words", "time", "bytes"), rows)
    if total is not None:
        room = f"{CLIPPED - total:,} below" if total <= CLIPPED else f"{total - CLIPPED:,} above"
        say(f"\n{total:,} bytes of HTML, {room} the {CLIPPED:,} at which Gmail clips")


def _count(issue: Issue) -> int:
    return sum(len(section.articles) for section in issue.sections)


def _as_json(issue: Issue) -> dict[str, Any]:
    """Return an issue as plain values, without the line numbers that only messages need."""
    values = asdict(issue)
    del values["lines"]
    for section in values["sections"]:
        del section["line"]
    return values
