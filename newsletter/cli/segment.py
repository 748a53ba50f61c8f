"""`newsletter segment`: saved expressions over subscribers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say, say_json, say_table
from newsletter.errors import UsageError

app = typer.Typer(help="Save questions about subscribers, in the language of slots.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A segment's name.")]
Expression = Annotated[str, typer.Argument(metavar="EXPRESSION", help="Who is in it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def new(context: typer.Context, name: Name, expression: Expression) -> None:
    """Save a segment and count who is in it.

    \b
    newsletter segment new pro-de 'subscriber.attributes.country == "DE" and "pro" in subscriber.tags'
    newsletter segment new fresh 'subscriber.joined > days_ago(90)'
    """
    _save(context, name, expression, replace=False)


@app.command()
def edit(context: typer.Context, name: Name, expression: Expression) -> None:
    """Give a segment another expression.

    \b
    newsletter segment edit fresh 'subscriber.joined > days_ago(30)'
    """
    _save(context, name, expression, replace=True)


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Show every segment.

    \b
    newsletter segment list
    """
    with _segments(context) as (store, _now):
        found = store.list()
    if as_json:
        say_json([asdict(each) for each in found])
    elif found:
        say_table(("segment", "expression"), [(each.name, each.expression) for each in found])
    else:
        note("There is no segment yet. Make one: newsletter segment new NAME EXPRESSION.")


@app.command()
def show(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show a segment's expression and how many people are in it.

    \b
    newsletter segment show fresh
    """
    with _segments(context) as (store, now):
        number = store.count(name, now=now)
        found = next(each for each in store.list() if each.name == name)
    if as_json:
        say_json({**asdict(found), "people": number})
        return
    say(found.expression)
    say(plural(number, "person", "people"))


@app.command()
def count(context: typer.Context, name: Name) -> None:
    """Count everybody in a segment who may be mailed at all, whatever list they are on.

    \b
    newsletter segment count fresh
    """
    with _segments(context) as (store, now):
        say(str(store.count(name, now=now)))


@app.command()
def remove(context: typer.Context, name: Name) -> None:
    """Delete a segment; nobody's data changes.

    \b
    newsletter segment remove fresh
    """
    with _segments(context) as (store, _now):
        store.remove(name)
    say(f"segment {name} is removed")


def _save(context: typer.Context, name: str, expression: str, *, replace: bool) -> None:
    from newsletter.store.segments import Segment

    if not expression.strip():
        raise UsageError("the expression is empty", remedy="See docs/subscribers.md for what a segment can say.")
    with _segments(context) as (store, now):
        store.save(Segment(name=name, expression=expression.strip()), now=now, replace=replace)
        number = store.count(name, now=now)
    say(f"segment {name}: {plural(number, 'person', 'people')}")


@contextmanager
def _segments(context: typer.Context) -> Iterator[tuple[Any, Any]]:
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.segments import Segments

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        yield Segments(database), utc_now()
