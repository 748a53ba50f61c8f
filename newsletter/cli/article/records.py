"""`newsletter article list|show`: look at records."""

import os
from dataclasses import asdict
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say, say_json, say_table
from newsletter.models import Article

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the records of the inbox.

    \b
    newsletter article list
    newsletter article list --json
    """
    from newsletter.project import Project

    articles, errors = Project.open(context.obj, os.environ).read_inbox()
    if as_json:
        say_json([_as_json(article) for article in articles])
    elif articles:
        rows = [(a.slug, a.title, a.author or a.source or a.via, str(a.published or "")) for a in articles]
        say_table(("article", "title", "from", "published"), rows)
        note(f"{plural(len(articles), 'article')} in the inbox")
    elif not errors:
        note("The inbox is empty. Put a record into it with `newsletter article add FILE`.")
    for error in errors:
        note(f"error: {error}")
    if errors:
        raise typer.Exit(1)


def show(
    context: typer.Context,
    article: Annotated[
        str, typer.Argument(help="An article of the inbox or an issue; the beginning of its name is enough.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show a record: where its file is, and what is in it.

    \b
    newsletter article show harbour
    newsletter article show harbour-light-returns-after-thirty-years --json
    """
    from newsletter.content.article import format_article
    from newsletter.project import Project

    found = Project.open(context.obj, os.environ).find_article(article)
    if as_json:
        say_json(_as_json(found))
        return
    note(found.file)
    say(format_article(found).rstrip("\n"))


def _as_json(article: Article) -> dict[str, Any]:
    """Return a record as plain values, without the line numbers that only messages need."""
    values = asdict(article)
    del values["lines"]
    return values
