"""`newsletter suppression`: who must not be mailed."""

import datetime as dt
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.output import note as say_note
from newsletter.cli.output import plural, say, say_json, say_table
from newsletter.errors import UsageError
from newsletter.models import SuppressionReason

app = typer.Typer(help="Say who must not be mailed: addresses, domains, hashes.", no_args_is_help=True)

Reason = Annotated[str, typer.Option("--reason", metavar="WORD", help="manual, bounce, complaint or unsubscribe.")]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="Kept beside it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    context: typer.Context,
    values: Annotated[list[str], typer.Argument(metavar="WHO", help="Addresses, domains, SHA-256 of addresses.")],
    reason: Reason = "manual",
    note: Note = "",
    date: Annotated[str, typer.Option("--date", metavar="DATE", help="Since when, like 2026-11-27.")] = "",
) -> None:
    """Bar addresses, whole domains, or the addresses that have these hashes; running mailings skip them too.

    \b
    newsletter suppression add ada@example.org --note "asked on the phone"
    newsletter suppression add competitor.example
    newsletter suppression add 973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b

    A domain bars exactly the addresses behind its @, no subdomains. A hash is of the address in lower case.
    """
    from newsletter.content.dates import typed_time
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.suppressions import Suppressions, suppression_key

    typed = typed_time(date)
    at = typed.replace(tzinfo=dt.UTC) if typed else utc_now()
    project = Project.open(context.obj, os.environ)
    keys = [suppression_key(value) for value in values]
    with open_database(project.settings.store.url, root=project.root) as database:
        added = Suppressions(database).add(keys, _reason(reason), note=note, at=at)
    before = len(set(keys)) - added
    say(f"{plural(added, 'suppression')} added" + (f", {before:,} there before" if before else ""))


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, or one address, domain or hash a line.")],
    reason: Reason = "manual",
    note: Note = "",
) -> None:
    """Bar everybody a file names; columns `reason`, `note` and `created_at` of a row come before the options.

    \b
    newsletter suppression import bounced.csv --reason bounce --note "from the old system"
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.suppression_files import import_suppressions
    from newsletter.store.suppressions import Suppressions

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        done = import_suppressions(Suppressions(database), file, reason=_reason(reason), note=note, now=utc_now())
    known = done.rows - done.added - len(done.refused)
    say(f"{plural(done.rows, 'row')}: {done.added:,} added, {known:,} there before, {len(done.refused):,} refused")
    for line, why in done.refused:
        say_note(f"  line {line}: {why}")
    if done.refused and len(done.refused) == done.rows:
        raise typer.Exit(1)


@app.command()
def export(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, readable by you alone.")],
) -> None:
    """Write every suppression as CSV, which `suppression import` takes again.

    \b
    newsletter suppression export suppressions.csv
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.export import write_private
    from newsletter.store.suppression_files import suppression_lines
    from newsletter.store.suppressions import Suppressions

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        lines = write_private(out, suppression_lines(Suppressions(database).stream()))
    say(f"{plural(lines - 1, 'suppression')} in {out}")


@app.command("list")
def list_(
    context: typer.Context,
    reason: Annotated[str, typer.Option("--reason", metavar="WORD", help="Only those of this reason.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show who must not be mailed, with reason and date.

    \b
    newsletter suppression list --reason complaint
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.suppressions import Suppressions

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        found = list(Suppressions(database).stream(_reason(reason, own=False) if reason else None))
    if as_json:
        say_json([asdict(each) for each in found])
    elif found:
        rows = [(each.value, each.kind, each.reason, f"{each.created_at:%Y-%m-%d}", each.note) for each in found]
        say_table(("who", "kind", "reason", "since", "note"), rows)
    else:
        say_note("Nobody is suppressed.")


@app.command()
def remove(
    context: typer.Context,
    value: Annotated[str, typer.Argument(metavar="WHO", help="An address, a domain or a hash.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Let an address, a domain or a hash be mailed again.

    \b
    newsletter suppression remove competitor.example

    Somebody who unsubscribed stays unsubscribed, and who was forgotten stays so: only they themselves can come back.
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.suppressions import Suppressions

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        store = Suppressions(database)
        found = store.find(value)
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError("nothing was changed: there is nobody to ask", remedy="Say --yes.")
            since = f"{found.created_at:%Y-%m-%d}"
            typer.confirm(f"{value} is suppressed since {since} ({found.reason}). Mail it again?", abort=True, err=True)
        store.remove(value)
    say(f"{value} is no longer suppressed")


def _reason(word: str, *, own: bool = True) -> SuppressionReason:
    known = [each for each in SuppressionReason if not (own and each is SuppressionReason.FORGOTTEN)]
    if word not in known:
        raise UsageError(f"{word!r} is no reason", remedy=f"Known: {', '.join(known)}.")
    return SuppressionReason(word)
