"""`newsletter article`: collect article records."""

import os
import sys
from dataclasses import asdict, replace
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say, say_json, say_table
from newsletter.errors import ConflictError, NewsletterError
from newsletter.models import Article

app = typer.Typer(help="Collect article records in the inbox.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    context: typer.Context,
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Text or Markdown files; - reads a pipe.")],
    tag: Annotated[
        list[str] | None, typer.Option("--tag", "-t", help="A tag for every record; may be repeated.")
    ] = None,
) -> None:
    """Make a record in the inbox of each file: the text of a web page, or Markdown with front matter.

    \b
    newsletter article add article.txt
    newsletter article add notes/*.md --tag energy
    """
    from newsletter.ingest.sources import read_source
    from newsletter.project import Project

    project = Project.open(context.obj, os.environ)
    refused = 0
    for source in sources:
        try:
            taken = read_source(source, sys.stdin.buffer)
            tags = tuple(dict.fromkeys((*taken.article.tags, *(tag or []))))
            article = project.add_article(replace(taken.article, tags=tags))
        except ConflictError as error:
            refused += 1
            note(f"{source}: duplicate of {error.place}")
        except NewsletterError as error:
            refused += 1
            where = f"{error.place}: " if error.place and str(error.place) != source else ""
            note(f"{source}: refused: {where}{error.what}" + (f"\n  {error.remedy}" if error.remedy else ""))
        else:
            for line in taken.notes:
                note(f"note: {line}")
            say(f"added {article.file}")
    if refused:
        raise typer.Exit(1)


@app.command("list")
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


@app.command()
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
