"""`newsletter issue add|move|remove|set`: the articles of an issue."""

import os
from typing import Annotated

import typer

from newsletter.cli.output import note, say
from newsletter.errors import UsageError

IssueName = Annotated[str, typer.Argument(metavar="ISSUE", help="The issue's name.")]
Names = Annotated[list[str], typer.Argument(metavar="ARTICLE...", help="Names; the beginning of one is enough.")]
Position = Annotated[
    int | None, typer.Option("--position", min=1, help="Before which article of the section, from 1; else at its end.")
]


def add(
    context: typer.Context,
    issue: IssueName,
    articles: Names,
    section: Annotated[str, typer.Option("--section", "-s", help="The section's title; made if it is not there.")],
    layout: Annotated[str, typer.Option("--layout", help="How a new section looks: lead, story, brief.")] = "",
    position: Position = None,
    copy: Annotated[bool, typer.Option("--copy", help="Copy an article that another issue holds.")] = False,
) -> None:
    """Move articles from the inbox into a section of an issue.

    \b
    newsletter issue add clouds amazon-pledges --section "Top story" --layout lead
    newsletter issue add clouds swallows piano --section "In brief" --position 1
    newsletter issue add clouds harbour-light --section "In brief" --copy
    """
    from newsletter.cli.article.history import warn_of_lookalikes
    from newsletter.cli.project import open_project

    project = open_project(context)
    added = project.add_to_issue(issue, articles, section=section, layout=layout, position=position, copy=copy)
    for article in added:
        verb = "put" if copy else "moved"
        say(f"{verb} {article.file} into the section {section!r}")
        warn_of_lookalikes(project, article)
    note(f"Next: newsletter preview {issue}")


def move(
    context: typer.Context,
    issue: IssueName,
    articles: Names,
    section: Annotated[str, typer.Option("--section", "-s", help="Its title; else each stays in its own.")] = "",
    position: Position = None,
) -> None:
    """Move articles to another section of the issue, or to another position.

    \b
    newsletter issue move clouds piano --section "Top story"
    newsletter issue move clouds swallows --position 1
    """
    from newsletter.project import Project
    from newsletter.project.editing import move_articles

    if not section and position is None:
        raise UsageError("say where to", remedy="Give --section TITLE, --position N or both.")
    project = Project.open(context.obj, os.environ)
    for article in move_articles(project, issue, articles, section=section, position=position):
        say(f"moved {article}")


def remove(context: typer.Context, issue: IssueName, articles: Names) -> None:
    """Send articles of an issue back to the inbox, with their pictures.

    \b
    newsletter issue remove clouds piano
    """
    from newsletter.project import Project
    from newsletter.project.editing import remove_articles

    for article, file in remove_articles(Project.open(context.obj, os.environ), issue, articles):
        say(f"moved {article} back to the inbox" if file else f"removed {article}; its file was gone already")


def set_(
    context: typer.Context,
    issue: IssueName,
    article: Annotated[str, typer.Argument(help="Its name; the beginning is enough.")],
    title: Annotated[str, typer.Option("--title", help="A title for this issue.")] = "",
    summary: Annotated[str, typer.Option("--summary", help="A summary for this issue.")] = "",
    layout: Annotated[str | None, typer.Option("--layout", help='A layout of its own; "" for its section\'s.')] = None,
) -> None:
    """Change title, summary or layout of an article in one issue; what the texts were is kept in `extra.was`.

    \b
    newsletter issue set clouds piano --title "A piano on platform two" --layout lead
    """
    from newsletter.project import Project
    from newsletter.project.editing import override_article, set_article_layout

    if not title.strip() and not summary.strip() and layout is None:
        raise UsageError("nothing to set", remedy="Give --title, --summary or --layout.")
    project = Project.open(context.obj, os.environ)
    if layout is not None:
        slug = set_article_layout(project, issue, article, layout)
        say(f"{slug}: layout {layout or 'of its section'}")
    if title.strip() or summary.strip():
        changed = override_article(project, issue, article, title=title, summary=summary)
        say(f"changed {changed.file}")
