"""`newsletter article add`: records come into the inbox."""

import os
import sys
from dataclasses import replace
from typing import Annotated

import typer

from newsletter.cli.output import note, say
from newsletter.errors import ConflictError, NewsletterError


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
