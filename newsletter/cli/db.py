"""`newsletter db`: the database of people and deliveries."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.output import note, say, say_json, say_table

app = typer.Typer(help="Look after the database of people and deliveries.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


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


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, readable by you alone.")],
) -> None:
    """Copy the database, consistent as of one moment, while others go on using it.

    \b
    newsletter db backup backups/2026-11-27.db

    Keep .newsletter/keys.json beside it: without the keys the links of mails sent so far end.
    """
    from newsletter.cli.progress import show_progress
    from newsletter.project import Project
    from newsletter.store.care import back_up
    from newsletter.store.database import open_database

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database, show_progress("copying", 100) as bar:
        size = back_up(database, file, progress=lambda done, total: bar.update(100 * done // max(total, 1)))
    say(f"{file}: {size:,} bytes")
    if (project.state_dir / "keys.json").exists():
        note(f"Keep {project.state_dir / 'keys.json'} with it: the keys of the links in every mail are in no database.")


@app.command()
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Look for damaged pages and rows that point at nothing; exit code 1 when there are any.

    \b
    newsletter db check
    """
    from newsletter.project import Project
    from newsletter.store.care import check_database
    from newsletter.store.database import open_database

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        wrong = check_database(database)
    if as_json:
        say_json({"file": database.file, "wrong": wrong})
    elif not wrong:
        say(f"{database.file} is sound")
    for sentence in () if as_json else wrong:
        say(sentence)
    if wrong:
        note("Put it back from a backup; `sqlite3 FILE .recover` saves what can be read.")
        raise typer.Exit(1)


@app.command()
def stats(context: typer.Context, as_json: AsJson = False) -> None:
    """Say how large the database is and what is in it.

    \b
    newsletter db stats
    newsletter db stats --json
    """
    from newsletter.project import Project
    from newsletter.store.care import stats_of
    from newsletter.store.database import open_database

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        found = stats_of(database)
    if as_json:
        say_json(asdict(found))
        return
    say(f"{found.file}: {found.size:,} bytes, log {found.log_size:,} bytes, revision {found.revision}")
    say_table(("table", "rows"), [(name, f"{number:,}") for name, number in found.rows.items()])
