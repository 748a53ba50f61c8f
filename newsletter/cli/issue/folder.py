"""`newsletter issue new|edit|rename`: the folder of an issue, and its issue.md."""

import datetime as dt
import os
from typing import Annotated

import typer

from newsletter.cli.output import note, say
from newsletter.errors import UsageError

IssueName = Annotated[str, typer.Argument(metavar="ISSUE", help="The issue's name.")]


def new(
    context: typer.Context,
    issue: Annotated[
        str, typer.Argument(metavar="[SLUG]", help="A name for its folder: a-z, 0-9 and hyphens; else issue-NUMBER.")
    ] = "",
    subject: Annotated[str, typer.Option("--subject", help="The mail's subject; may carry slots.")] = "",
    preheader: Annotated[str, typer.Option("--preheader", help="The line that inboxes show behind it.")] = "",
    date: Annotated[str, typer.Option("--date", help="YYYY-MM-DD; else the next free day of the schedule.")] = "",
    template: Annotated[str, typer.Option("--template", help="A folder in templates; else the newsletter's.")] = "",
    number: Annotated[int | None, typer.Option("--number", min=0, help="Else the next one.")] = None,
    source: Annotated[
        str, typer.Option("--from", metavar="ISSUE", help="Take template and sections of this one; `last`: the newest.")
    ] = "",
) -> None:
    """Make an issue's folder with its issue.md: number, date, and the template's sections or those of another issue.

    \b
    newsletter issue new clouds --subject "What the clouds are made of" --date 2026-11-27
    newsletter issue new --from last
    """
    from newsletter.content.dates import typed_date
    from newsletter.models import Issue
    from newsletter.project import Project

    project = Project.open(context.obj, os.environ)
    wanted = Issue(
        slug=issue, subject=subject, preheader=preheader, date=typed_date(date), template=template, number=number
    )
    made = project.create_issue(wanted, now=dt.datetime.now(dt.UTC), like=source)
    say(f"made {made.file}: number {made.number}, {made.date}, template {made.template}")
    if made.sections:
        note("Sections: " + ", ".join(f"{section.title} ({section.layout})" for section in made.sections))
    first = made.sections[0].title if made.sections else "Top story"
    note(f'Next: newsletter issue add {made.slug} ARTICLE --section "{first}"')


def edit(context: typer.Context, issue: IssueName) -> None:
    """Open an issue.md in $VISUAL or $EDITOR, then say what is wrong with it; the text stays as you saved it.

    \b
    newsletter issue edit clouds
    """
    from newsletter.cli.editor import edit_until_fine
    from newsletter.project import Project
    from newsletter.project.preparation import prepare_issue

    project = Project.open(context.obj, os.environ)
    path = project.issue_file(issue)

    def read() -> None:
        if any(section.articles for section in project.issue(issue).sections):
            prepare_issue(project, issue)

    edit_until_fine(path, read)
    say(f"{path.relative_to(project.root)} is fine")


def rename(
    context: typer.Context,
    issue: IssueName,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="Its new name: a-z, 0-9 and hyphens.")],
    force: Annotated[bool, typer.Option("--force", help="Even when it was sent.")] = False,
) -> None:
    """Rename an issue's folder; one that was sent only with --force, because the ledger knows it by its name.

    \b
    newsletter issue rename clouds what-clouds-are-made-of
    """
    from newsletter.cli.issue.state import mailings_of
    from newsletter.project import Project
    from newsletter.project.editing import rename_issue

    project = Project.open(context.obj, os.environ)
    found = mailings_of(project).get(issue, [])
    if found and not force:
        numbers = ", ".join(str(mailing.id) for mailing in found)
        raise UsageError(
            f"the issue {issue} was sent, or is being sent, under this name: mailing {numbers}",
            remedy="With --force it is renamed; under the new name it counts as never sent to anybody.",
        )
    say(f"renamed to {rename_issue(project, issue, new_name).file}")
