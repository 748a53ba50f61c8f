"""`newsletter issue`: assemble an issue from articles."""

import datetime as dt
import os
from dataclasses import asdict
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say, say_json, say_table
from newsletter.errors import UsageError
from newsletter.models import Issue

app = typer.Typer(help="Assemble an issue from articles.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def new(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="A name for its folder: a-z, 0-9 and hyphens.")],
    subject: Annotated[str, typer.Option("--subject", help="The mail's subject; may carry slots.")] = "",
    preheader: Annotated[str, typer.Option("--preheader", help="The line that inboxes show behind it.")] = "",
    date: Annotated[str, typer.Option("--date", help="YYYY-MM-DD; else the next free day of the schedule.")] = "",
    template: Annotated[str, typer.Option("--template", help="A folder in templates; else the newsletter's.")] = "",
    number: Annotated[int | None, typer.Option("--number", min=0, help="Else the next one.")] = None,
) -> None:
    """Make an issue's folder with its issue.md.

    \b
    newsletter issue new clouds --subject "What the clouds are made of" --date 2026-11-27
    """
    from newsletter.project import Project

    project = Project.open(context.obj, os.environ)
    wanted = Issue(slug=issue, subject=subject, preheader=preheader, date=_date(date), template=template, number=number)
    made = project.create_issue(wanted, now=dt.datetime.now(dt.UTC))
    say(f"made {made.file}: number {made.number}, {made.date}, template {made.template}")
    note(f'Next: newsletter issue add {made.slug} ARTICLE --section "Top story" --layout lead')


@app.command()
def add(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="The issue's name.")],
    articles: Annotated[list[str], typer.Argument(metavar="ARTICLE...", help="Names; the beginning of one is enough.")],
    section: Annotated[str, typer.Option("--section", "-s", help="The section's title; made if it is not there.")],
    layout: Annotated[str, typer.Option("--layout", help="How a new section looks: lead, story, brief.")] = "",
    position: Annotated[
        int | None,
        typer.Option("--position", min=1, help="Before which article of the section, from 1; else at its end."),
    ] = None,
) -> None:
    """Move articles from the inbox into a section of an issue.

    \b
    newsletter issue add clouds amazon-pledges --section "Top story" --layout lead
    newsletter issue add clouds swallows piano --section "In brief" --position 1
    """
    from newsletter.project import Project

    project = Project.open(context.obj, os.environ)
    for article in project.add_to_issue(issue, articles, section=section, layout=layout, position=position):
        say(f"moved {article.file} into the section {section!r}")
    note(f"Next: newsletter preview {issue}")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the issues.

    \b
    newsletter issue list
    newsletter issue list --json
    """
    from newsletter.project import Project

    issues = Project.open(context.obj, os.environ).issues()
    if as_json:
        say_json([_as_json(issue) for issue in issues])
        return
    if not issues:
        note("There is no issue yet. Make one with `newsletter issue new NAME`.")
        return
    rows = [
        (issue.slug, str(issue.number or ""), str(issue.date or ""), str(_count(issue)), issue.subject)
        for issue in issues
    ]
    say_table(("issue", "number", "date", "articles", "subject"), rows)


@app.command()
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
            say(f"  {name}")


def _count(issue: Issue) -> int:
    return sum(len(section.articles) for section in issue.sections)


def _date(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as exc:
        raise UsageError(f"{text!r} is no date", remedy="Write it as year, month, day: 2026-11-27.") from exc


def _as_json(issue: Issue) -> dict[str, Any]:
    """Return an issue as plain values, without the line numbers that only messages need."""
    values = asdict(issue)
    del values["lines"]
    for section in values["sections"]:
        del section["line"]
    return values
