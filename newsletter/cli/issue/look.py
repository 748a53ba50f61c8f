"""`newsletter issue list|show`: look at issues."""

import os
from dataclasses import asdict
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say, say_json, say_table
from newsletter.models import Issue

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the issues: where each is (draft, sending, paused, sent), its date, and what it holds.

    \b
    newsletter issue list
    newsletter issue list --json
    """
    from newsletter.cli.issue.state import mailings_of, state_of
    from newsletter.project import Project

    project = Project.open(context.obj, os.environ)
    issues, sent = project.issues(), mailings_of(project)
    states = {issue.slug: state_of(sent.get(issue.slug, [])) for issue in issues}
    if as_json:
        numbers = {issue.slug: [mailing.id for mailing in sent.get(issue.slug, [])] for issue in issues}
        say_json([{**_as_json(it), "state": states[it.slug], "mailings": numbers[it.slug]} for it in issues])
        return
    if not issues:
        note("There is no issue yet. Make one with `newsletter issue new NAME`.")
        return
    rows = [
        (it.slug, str(it.number or ""), str(it.date or ""), states[it.slug], str(len(it.sections)), str(_count(it)))
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
    """Show what an issue is made of.

    \b
    newsletter issue show first-light
    newsletter issue show first-light --json
    """
    from newsletter.project import Project

    found = Project.open(context.obj, os.environ).issue(issue)
    if as_json:
        say_json(_as_json(found))
        return
    note(found.file)
    say(f"{found.subject}")
    if found.preheader:
        say(f"{found.preheader}")
    details = [f"number {found.number}" if found.number is not None else "", str(found.date or ""), found.template]
    say(", ".join(detail for detail in (*details, plural(_count(found), "article")) if detail))
    for section in found.sections:
        say(f"\n{section.title} ({section.layout})")
        for name in section.articles:
            say(f"  {name}" + (f" ({section.layouts[name]})" if name in section.layouts else ""))


def _count(issue: Issue) -> int:
    return sum(len(section.articles) for section in issue.sections)


def _as_json(issue: Issue) -> dict[str, Any]:
    """Return an issue as plain values, without the line numbers that only messages need."""
    values = asdict(issue)
    del values["lines"]
    for section in values["sections"]:
        del section["line"]
    return values
