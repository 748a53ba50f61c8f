"""`newsletter list`: the lists that people are on."""

import os
from dataclasses import asdict
from typing import Annotated

import typer

from newsletter.cli.output import note, say, say_json, say_table

app = typer.Typer(help="Make, name and put away the lists that people are on.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A list's name.")]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="What people read; without it the name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def new(context: typer.Context, name: Name, title: Title = "") -> None:
    """Make an empty list.

    \b
    newsletter list new press --title "News for the press"
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.lists import new_list

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        new_list(database, name, title=title, now=utc_now())
    say(f"made list {name}")


@app.command()
def show(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One list; without it all.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the lists, archived ones too, with how many people are on them.

    \b
    newsletter list show
    newsletter list show press --json
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.lists import unknown_list
    from newsletter.store.subscribers import Subscribers

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        found = [each for each in Subscribers(database).lists(archived=True) if name in (None, each.name)]
        if name is not None and not found:
            with database.read() as connection:
                raise unknown_list(connection, name)
    if as_json:
        say_json([asdict(each) for each in found])
    elif found:
        rows = [
            (each.name, each.title, f"{each.subscribers:,}", f"{each.archived_at:%Y-%m-%d}" if each.archived_at else "")
            for each in found
        ]
        say_table(("list", "title", "people", "archived"), rows)
    else:
        note("There is no list yet. Make one: newsletter list new NAME.")


@app.command()
def rename(
    context: typer.Context,
    name: Name,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="Its new name: a-z, 0-9 and hyphens.")],
    title: Title = "",
) -> None:
    """Rename a list; what was sent to it and who agreed to it keep their records, under the new name.

    \b
    newsletter list rename press press-de --title "Presse"

    Files that name it, like newsletter.toml, are yours to change.
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.lists import rename_list

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        rename_list(database, name, new_name, title=title)
    say(f"list {name} is now {new_name}")


@app.command()
def archive(
    context: typer.Context,
    name: Name,
    undo: Annotated[bool, typer.Option("--undo", help="Take it out again.")] = False,
) -> None:
    """Put a list away: nothing new is sent or imported to it; its people and their consent stay on record.

    \b
    newsletter list archive press
    newsletter list archive press --undo
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.lists import archive_list

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        changed = archive_list(database, name, now=utc_now(), undo=undo)
    state = "in use" if undo else "archived"
    say(f"list {name} is {state}" + ("" if changed else ", and was before"))
