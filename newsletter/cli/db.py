"""`newsletter db`: the database of people and deliveries."""

import os

import typer

from newsletter.cli.output import say

app = typer.Typer(help="Look after the database of people and deliveries.", no_args_is_help=True)


@app.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to this version of newsletter; every other command does so by itself.

    \b
    newsletter db upgrade
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        say(f"{database.file} is up to date (revision {database.upgrade()[1]})")
