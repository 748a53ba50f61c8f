"""`newsletter mailing list` and `show`: what was sent, to whom, and what became of it."""

import os
from dataclasses import asdict
from typing import Annotated, Any

import typer

from newsletter.cli.mailing.words import AsJson, Number, counts_of, say_mailing
from newsletter.cli.mailing.words import as_json as mailing_values
from newsletter.cli.output import note, say, say_json, say_table
from newsletter.errors import UsageError

SHOWN = 50
"""People named by `mailing show` without --state; --state and --json name all."""


def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the mailings, the newest first.

    \b
    newsletter mailing list
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.mailings import Mailings

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        found = Mailings(database).list()
    if as_json:
        say_json([mailing_values(each) for each in found])
    elif found:
        rows = [
            (str(each.id), each.issue, ", ".join(each.lists), each.transport, each.state, counts_of(each))
            for each in found
        ]
        say_table(("id", "issue", "lists", "transport", "state", "deliveries"), rows)
    else:
        note("Nothing was sent yet. Send an issue with `newsletter send ISSUE --list NAME`.")


def show(
    context: typer.Context,
    number: Number,
    state: Annotated[
        str | None, typer.Option("--state", "-s", help="Name the people in this state: sent, failed, unknown, …")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a mailing: counts that add up, then the people who did not get it, with the reason.

    \b
    newsletter mailing show 1
    newsletter mailing show 1 --state unknown
    newsletter mailing show 1 --json           # every single delivery
    """
    from newsletter.models import DeliveryState
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.mailings import Mailings
    from newsletter.store.overrulings import overrulings_of

    if state is not None and state not in set(DeliveryState):
        raise UsageError(f"there is no state {state!r}", remedy=f"Known: {', '.join(DeliveryState)}.")
    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        mailings = Mailings(database)
        mailing = mailings.get(number)
        wanted = [DeliveryState(state)] if state else []
        overruled = overrulings_of(database, number)
        if as_json:
            rows = [asdict(row) for row in mailings.deliveries(number, wanted)]
            decided = [asdict(each) for each in overruled]
            say_json({**mailing_values(mailing), "overruled": decided, "deliveries": rows})
            return
        if state is None:
            say_mailing(mailing)
            for each in overruled:
                say(f"  overruled   {each.check} by {each.who}: {each.reason} ({each.message})")
            wanted = [DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED]
        _say_people(mailings.deliveries(number, wanted), limit=None if state else SHOWN)


def _say_people(rows: Any, *, limit: int | None) -> None:
    shown = 0
    for row in rows:
        shown += 1
        if limit is None or shown <= limit:
            detail = row.message_id if row.state == "sent" else row.reason.replace("_", " ")
            say(f"  {row.state:8} {row.email}  {detail}".rstrip())
    if limit is not None and shown > limit:
        note(f"  and {shown - limit:,} more; name all with --state STATE")
