"""`newsletter article tag|shortlist|reject|rm`: decide about records."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from newsletter.cli.output import note, say
from newsletter.errors import UsageError
from newsletter.models import ArticleStatus

Articles = Annotated[
    list[str], typer.Argument(metavar="ARTICLE...", help="Names; the beginning of one is enough.", show_default=False)
]
Undo = Annotated[bool, typer.Option("--undo", help="Take the decision back.")]


def tag(
    context: typer.Context,
    article: Annotated[str, typer.Argument(help="Its name; the beginning is enough.")],
    add: Annotated[list[str] | None, typer.Argument(metavar="[TAG]...", help="Tags to add.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", "-r", help="A tag to remove; repeatable.")] = None,
) -> None:
    """Add tags to a record, and remove others.

    \b
    newsletter article tag harbour coast "public money"
    newsletter article tag harbour --remove coast
    """
    from newsletter.project import Project

    if not add and not remove:
        raise UsageError("there is no tag to add or remove", remedy="Write it behind the article's name.")
    project = Project.open(context.obj, os.environ)
    before = project.find_article(article)
    missing = [name for name in remove or [] if name not in before.tags]
    if missing:
        raise UsageError(
            f"{before.slug} has no tag {missing[0]!r}",
            remedy=f"It has: {', '.join(before.tags)}." if before.tags else "It has none.",
        )
    tags = tuple(name for name in dict.fromkeys((*before.tags, *(add or []))) if name not in (remove or []))
    after = project.update_article(_full_name(before.file), {"tags": tags})
    say(f"{after.file}: {', '.join(after.tags) or 'no tags'}")


def shortlist(context: typer.Context, articles: Articles, undo: Undo = False) -> None:
    """Mark records of the inbox as wanted for one of the next issues.

    \b
    newsletter article shortlist harbour bridge
    newsletter article shortlist harbour --undo
    """
    _decide(context, articles, ArticleStatus.INBOX if undo else ArticleStatus.SHORTLISTED)


def reject(context: typer.Context, articles: Articles, undo: Undo = False) -> None:
    """Mark records of the inbox as not wanted: lists hide them, and nobody collects them again.

    \b
    newsletter article reject bridge
    newsletter article reject bridge --undo
    """
    _decide(context, articles, ArticleStatus.INBOX if undo else ArticleStatus.REJECTED)


def rm(
    context: typer.Context,
    articles: Articles,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete records; one that an issue names stays. To keep it from being collected again, reject it instead.

    \b
    newsletter article rm bridge
    newsletter article rm bridge swallows --yes
    """
    from newsletter.project import Project
    from newsletter.project.files import shown

    project = Project.open(context.obj, os.environ)
    files = [shown(project.root, project.find_record(name).path) for name in dict.fromkeys(articles)]
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("nothing was deleted: there is nobody to ask", remedy="Say --yes.")
        typer.confirm(f"Delete {', '.join(files)}?", abort=True, err=True)
    for file in files:
        say(f"deleted {project.remove_article(_full_name(file))}")
        note(f"If it was committed, `git checkout -- {file}` brings it back.")


def _decide(context: typer.Context, names: Sequence[str], status: ArticleStatus) -> None:
    from newsletter.project import Project

    project = Project.open(context.obj, os.environ)
    records = [project.find_record(name) for name in dict.fromkeys(names)]
    for record in records:
        if record.issue:
            raise UsageError(
                f"{record.slug} is in the issue {record.issue}; nothing was changed",
                remedy="Only records of the inbox are decided about.",
            )
    for record in records:
        article = project.update_article(f"inbox/{record.slug}", {"status": status})
        say(f"{article.file}: {article.status}")


def _full_name(file: str) -> str:
    """Return the name under which exactly this file is found."""
    return file.removesuffix(".md")
