"""`newsletter subscriber list`, `find`, `show`, `export`: who is there, and what is kept about them."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, say, say_json

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ListName = Annotated[str | None, typer.Option("--list", "-l", metavar="NAME", help="A list's name.")]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="An address.")]


def list_(context: typer.Context, list_name: ListName = None, as_json: AsJson = False) -> None:
    """Show the lists, or everybody on one.

    \b
    newsletter subscriber list
    newsletter subscriber list --list weekly
    newsletter subscriber list --json          # everybody, with all that is kept
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.subscribers import Subscribers

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        people = Subscribers(database)
        if list_name is not None:
            people.require_lists([list_name])
        if as_json:
            _stream_json(people, list_name)
        elif list_name is None:
            _say_lists(people)
        else:
            for subscriber, status in people.stream(list_name):
                say("\t".join((subscriber.email, subscriber.name, str(status))))


def _say_lists(people: Any) -> None:
    from newsletter.cli.output import say_table

    lists = people.lists()
    if lists:
        say_table(("list", "people"), [(each.name, f"{each.subscribers:,}") for each in lists])
    else:
        note("There is no list yet. Import people with `newsletter subscriber import FILE --list NAME`.")


def _stream_json(people: Any, list_name: str | None) -> None:
    """Print one JSON array, a person a line, without holding everybody in memory."""
    before = "["
    for subscriber, status in people.stream(list_name):
        say(before + json.dumps({**asdict(subscriber), "status": status}, ensure_ascii=False))
        before = ","
    say("]" if before == "," else "[]")


def show(context: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """Show all that is kept about one person.

    \b
    newsletter subscriber show ada@example.org
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.subscribers import Subscribers

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        record = Subscribers(database).find(email)
    if as_json:
        say_json(asdict(record))
        return
    person = record.subscriber
    say(f"{person.email}  {person.name}".rstrip())
    say(f"status      {record.status}" + (f", suppressed: {record.suppression}" if record.suppression else ""))
    for key, value in person.attributes.items():
        say(f"attribute   {key} = {value}")
    if person.tags:
        say(f"tags        {', '.join(person.tags)}")
    for each in record.memberships:
        consent = f", consent: {each.consent_source}" if each.consent_source else ""
        left = f", left {each.left_at:%Y-%m-%d}" if each.left_at else ""
        say(f"list        {each.list} since {each.joined_at:%Y-%m-%d}{left}{consent}")


def find(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORD", help="Part of an address, name, tag or attribute.")],
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="Show so many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Find people by any part of their address, name, tags or attributes; every word must be there.

    \b
    newsletter subscriber find ada
    newsletter subscriber find example.org köln --json
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.people import find_people

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        found = list(find_people(database, words, most=most))
    if as_json:
        say_json([{**asdict(subscriber), "status": status} for subscriber, status in found])
        return
    for subscriber, status in found:
        say("\t".join((subscriber.email, subscriber.name, str(status))))
    if not found:
        note(f"nobody has {' and '.join(words)}")
    elif len(found) == most:
        note(f"these are the first {most}; --most shows more")


def export(
    context: typer.Context,
    list_name: ListName = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write here, readable by you alone.")
    ] = None,
    lines: Annotated[bool, typer.Option("--jsonl", help="JSON Lines in place of CSV.")] = False,
) -> None:
    """Write everybody, or everybody on a list, as CSV or JSON Lines.

    \b
    newsletter subscriber export --list weekly --out weekly.csv
    newsletter subscriber export --jsonl > everybody.jsonl

    A cell that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.export import csv_lines, json_lines, write_private
    from newsletter.store.subscribers import Subscribers

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        people = Subscribers(database)
        if list_name is not None:
            people.require_lists([list_name])
        text = json_lines(people, list_name) if lines else csv_lines(people, list_name)
        if out is not None:
            note(f"{write_private(out, text):,} lines in {out}")
            return
        for line in text:
            typer.echo(line, nl=False)
