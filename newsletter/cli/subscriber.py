"""`newsletter subscriber`: the people on the lists."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say, say_json

app = typer.Typer(help="Import, look up and unsubscribe the people on the lists.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ListName = Annotated[str | None, typer.Option("--list", "-l", metavar="NAME", help="A list's name.")]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="An address.")]


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with a column `email`.")],
    list_name: Annotated[str, typer.Option("--list", "-l", metavar="NAME", help="The list; made when it is new.")],
    consent_source: Annotated[
        str, typer.Option("--consent-source", metavar="TEXT", help="Where these people agreed, kept with each.")
    ] = "",
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Where rows not taken are listed.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and change nothing.")] = False,
) -> None:
    """Take the people of a CSV file onto a list.

    \b
    newsletter subscriber import people.csv --list weekly --consent-source "book fair 2026"
    newsletter subscriber import people.csv --list weekly --dry-run

    Columns: email; name, or first name and last name; tags. Every other one becomes an attribute under its name in
    lower case, spaces as underscores: `Home Town` is subscriber.attributes.home_town. Importing twice changes
    nothing, and a person who left is not brought back. Exit code 1 only when not one row could be taken.
    """
    from newsletter.cli.progress import show_progress
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.intake import import_file
    from newsletter.store.subscribers import Subscribers

    project = Project.open(context.obj, os.environ)
    now = utc_now()
    place = report or project.state_dir / f"import-{list_name}-{now:%Y%m%d-%H%M%S}.csv"
    with (
        open_database(project.settings.store.url, root=project.root) as database,
        show_progress("importing", file.stat().st_size if file.is_file() else 0) as bar,
    ):
        done = import_file(
            Subscribers(database),
            file,
            list_name=list_name,
            consent_source=consent_source,
            report=place,
            now=now,
            dry_run=dry_run,
            progress=lambda read, _total: bar.update(read),
        )
    _say_import(done, list_name, dry_run=dry_run)
    if not done.on_list:
        raise typer.Exit(1)


def _say_import(done: Any, list_name: str, *, dry_run: bool) -> None:
    if done.encoding == "cp1252":
        note("note: the file is not UTF-8; it was read as Windows-1252")
    would = "would be: " if dry_run else ""
    counts = ", ".join(f"{number:,} {outcome}" for outcome, number in done.counts.items())
    new = " (new)" if done.new_list else ""
    say(f"{plural(done.rows, 'row')} for list {list_name}{new}: {would}{counts}")
    for row in done.first:
        note(f"  line {row.line}: {row.value or '(empty)'}: {row.outcome}: {row.reason}")
    if done.report:
        note(f"every row that was not taken: {done.report}")


@app.command("list")
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


@app.command()
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


@app.command()
def unsubscribe(context: typer.Context, email: Email, list_name: ListName = None) -> None:
    """Take a person off one list, or off everything; no import brings them back.

    \b
    newsletter subscriber unsubscribe ada@example.org
    newsletter subscriber unsubscribe ada@example.org --list weekly
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.subscribers import Subscribers

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        changed = Subscribers(database).unsubscribe(email, list_name=list_name, now=utc_now())
    where = f"list {list_name}" if list_name else "every list"
    say(f"{email} is off {where}" + ("" if changed else ", and was before"))


@app.command()
def remove(context: typer.Context, email: Email) -> None:
    """Delete a person; the account of what was sent keeps the address, and a suppression stays.

    \b
    newsletter subscriber remove ada@example.org
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.subscribers import Subscribers

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        Subscribers(database).remove(email)
    say(f"{email} is removed")
