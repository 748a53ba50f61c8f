"""`newsletter subscriber import`: the people of a file onto a list."""

import datetime as dt
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say
from newsletter.errors import UsageError


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with a column `email`.")],
    list_name: Annotated[str, typer.Option("--list", "-l", metavar="NAME", help="The list; made when it is new.")],
    consent_source: Annotated[
        str, typer.Option("--consent-source", metavar="TEXT", help="Where these people agreed, kept with each.")
    ],
    consent_date: Annotated[
        str, typer.Option("--consent-date", metavar="DATE", help="When they agreed, like 2026-05-31; without it today.")
    ] = "",
    tags: Annotated[list[str] | None, typer.Option("--tag", "-t", metavar="TAG", help="Give everybody a tag.")] = None,
    update: Annotated[
        str,
        typer.Option("--update", metavar="HOW", help="What happens to data of known people: merge, overwrite or skip."),
    ] = "merge",
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Where rows not taken are listed.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and change nothing.")] = False,
) -> None:
    """Take the people of a CSV file onto a list.

    \b
    newsletter subscriber import people.csv --list weekly --consent-source "book fair 2026"
    newsletter subscriber import people.csv --list weekly --consent-source "book fair 2026" --dry-run
    newsletter subscriber import old.csv --list weekly --consent-source "old site" --consent-date 2024-03-01 --tag old

    Columns: email; name, or first name and last name; tags. Every other one becomes an attribute under its name in
    lower case, spaces as underscores: `Home Town` is subscriber.attributes.home_town. Importing twice changes
    nothing, and a person who left is not brought back; an import that was interrupted is simply run again. With
    --update merge an empty cell erases nothing, with overwrite it empties the attribute, with skip known people keep
    their data. Exit code 1 only when not one row could be taken.
    """
    from newsletter.cli.progress import show_progress
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.intake import import_file
    from newsletter.store.subscribers import Subscribers

    if not consent_source.strip():
        raise UsageError(
            "nobody can say where these people agreed to be mailed",
            remedy='Declare it: --consent-source "sign-up sheet of the book fair".',
        )
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
            consent_source=consent_source.strip(),
            consent_at=_date(consent_date, now),
            update=_mode(update),
            tags=tuple(tags or ()),
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
    for kind, number in done.doubts.items():
        note(f"  {_DOUBTS[kind].format(plural(number, 'address', 'addresses'))}")
    if done.report:
        note(f"every row that was not taken, and every doubtful address: {done.report}")


_DOUBTS = {
    "role": "taken, but look at it: {} of a role, not a person",
    "disposable": "taken, but look at it: {} of a domain whose mailboxes are thrown away",
    "typo": "taken, but look at it: {} with a domain that looks mistyped",
}


def _mode(word: str) -> Any:
    from newsletter.store.taking import UpdateMode

    if word not in list(UpdateMode):
        raise UsageError(f"{word!r} is no way to update", remedy=f"Known: {', '.join(UpdateMode)}.")
    return UpdateMode(word)


def _date(text: str, now: dt.datetime) -> dt.datetime:
    from newsletter.content.dates import typed_time

    typed = typed_time(text)
    if typed is None:
        return now
    at = typed.replace(tzinfo=dt.UTC)
    if at > now:
        raise UsageError(f"{text} is in the future", remedy="Say when these people agreed.")
    return at
