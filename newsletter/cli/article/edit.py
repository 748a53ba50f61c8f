"""`newsletter article edit`: a record in the editor, and a look at it afterwards."""

import os
from typing import Annotated

import typer

from newsletter.cli.output import say


def edit(
    context: typer.Context,
    article: Annotated[str, typer.Argument(help="Its name; the beginning is enough.")],
) -> None:
    """Open a record in $VISUAL or $EDITOR, and say what is wrong with it afterwards; what you wrote stays in the file.

    \b
    newsletter article edit harbour
    """
    from newsletter.cli.editor import edit_until_fine
    from newsletter.project import Project
    from newsletter.project.articles import read_record

    project = Project.open(context.obj, os.environ)
    record = project.find_record(article)
    found = edit_until_fine(record.path, lambda: read_record(project.root, record))
    say(f"{found.file}: fine")
