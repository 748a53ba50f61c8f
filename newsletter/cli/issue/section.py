"""`newsletter issue section`: the sections of an issue."""

import os
from typing import Annotated

import typer

from newsletter.cli.output import say

app = typer.Typer(help="Add, rename, move and remove the sections of an issue.", no_args_is_help=True)

IssueName = Annotated[str, typer.Argument(metavar="ISSUE", help="The issue's name.")]
Title = Annotated[str, typer.Argument(metavar="SECTION", help="Its title; the beginning of it is enough.")]


@app.command()
def add(
    context: typer.Context,
    issue: IssueName,
    title: Annotated[str, typer.Argument(help="The title readers see.")],
    layout: Annotated[str, typer.Option("--layout", help="How its articles look: lead, story, brief.")] = "story",
    note: Annotated[str, typer.Option("--note", help="Markdown below the title; may carry slots.")] = "",
    position: Annotated[int | None, typer.Option("--position", min=1, help="From 1; else behind the others.")] = None,
) -> None:
    """Add a section.

    \b
    newsletter issue section add clouds "In brief" --layout brief
    """
    from newsletter.models import Section
    from newsletter.project import Project
    from newsletter.project.editing import create_section

    project = Project.open(context.obj, os.environ)
    section = Section(title=title, layout=layout, note=note)
    changed = create_section(project, issue, section, position=position)
    say(f"{changed.file}: added the section {title!r}")


@app.command()
def rename(
    context: typer.Context,
    issue: IssueName,
    section: Title,
    title: Annotated[str, typer.Argument(metavar="NEW", help="The new title.")],
) -> None:
    """Give a section another title.

    \b
    newsletter issue section rename clouds "In brief" "Also this week"
    """
    from newsletter.project import Project
    from newsletter.project.editing import retitle_section

    changed = retitle_section(Project.open(context.obj, os.environ), issue, section, title)
    say(f"{changed.file}: the section {section!r} is now {title!r}")


@app.command()
def move(
    context: typer.Context,
    issue: IssueName,
    section: Title,
    position: Annotated[int, typer.Option("--position", min=1, help="From 1.")],
) -> None:
    """Move a section with its articles.

    \b
    newsletter issue section move clouds "In brief" --position 2
    """
    from newsletter.project import Project
    from newsletter.project.editing import reorder_section

    changed = reorder_section(Project.open(context.obj, os.environ), issue, section, position)
    say(f"{changed.file}: {', '.join(part.title for part in changed.sections)}")


@app.command()
def remove(
    context: typer.Context,
    issue: IssueName,
    section: Title,
    to_inbox: Annotated[bool, typer.Option("--to-inbox", help="Send its articles back to the inbox.")] = False,
) -> None:
    """Remove a section; one with articles only with --to-inbox.

    \b
    newsletter issue section remove clouds "In brief" --to-inbox
    """
    from newsletter.project import Project
    from newsletter.project.editing import delete_section

    back = delete_section(Project.open(context.obj, os.environ), issue, section, to_inbox=to_inbox)
    for article in back:
        say(f"moved {article} back to the inbox")
    say(f"removed the section {section!r}")
