"""`newsletter mailing`: what was sent, to whom, and what became of it."""

import getpass
import os
from dataclasses import asdict
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say, say_json, say_table
from newsletter.errors import UsageError

app = typer.Typer(help="See what was sent, to whom, and settle what is unknown.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="The mailing's number.")]
SHOWN = 50
"""People named by `mailing show` without --state; --state and --json name all."""


@app.command("list")
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
        say_json([_as_json(each) for each in found])
    elif found:
        rows = [
            (str(each.id), each.issue, ", ".join(each.lists), each.transport, each.state, counts_of(each))
            for each in found
        ]
        say_table(("id", "issue", "lists", "transport", "state", "deliveries"), rows)
    else:
        note("Nothing was sent yet. Send an issue with `newsletter send ISSUE --list NAME`.")


@app.command()
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
            say_json({**_as_json(mailing), "overruled": decided, "deliveries": rows})
            return
        if state is None:
            say_mailing(mailing)
            for each in overruled:
                say(f"  overruled   {each.check} by {each.who}: {each.reason} ({each.message})")
            wanted = [DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED]
        _say_people(mailings.deliveries(number, wanted), limit=None if state else SHOWN)


def say_mailing(mailing: Any) -> None:
    """Print a mailing with its counts, one under the other."""
    say(f"mailing {mailing.id}: {mailing.issue}, {mailing.subject}")
    say(f"  to          {', '.join(mailing.lists)} by {mailing.transport}")
    say(f"  content     sha256 {mailing.sha256[:16]}")
    reason = f": {mailing.reason}" if mailing.reason else ""
    when = f" {mailing.finished_at:%Y-%m-%d %H:%M} UTC" if mailing.finished_at else ""
    say(f"  state       {mailing.state}{when}{reason}")
    for each, count in mailing.counts.items():
        why = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in mailing.skipped.items())
        say(f"  {each:11} {count:>9,}" + (f"  ({why})" if each == "skipped" else ""))
    say(f"  {'candidates':11} {mailing.candidates:>9,}")


def _say_people(rows: Any, *, limit: int | None) -> None:
    shown = 0
    for row in rows:
        shown += 1
        if limit is None or shown <= limit:
            detail = row.message_id if row.state == "sent" else row.reason.replace("_", " ")
            say(f"  {row.state:8} {row.email}  {detail}".rstrip())
    if limit is not None and shown > limit:
        note(f"  and {shown - limit:,} more; name all with --state STATE")


@app.command()
def resolve(
    context: typer.Context,
    number: Number,
    emails: Annotated[list[str] | None, typer.Argument(metavar="EMAIL...", help="Whom; all unknown without.")] = None,
    resend: Annotated[
        bool | None, typer.Option("--resend/--leave", help="Send again, at the risk of a second copy; or leave it.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with your name.")] = "",
) -> None:
    """Decide about deliveries of which nobody can know whether they were accepted.

    \b
    newsletter mailing resolve 1 ada@example.org --resend --reason "she says nothing came"
    newsletter mailing resolve 1 --leave --reason "better none than two"
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.evidence import Decision, Resolution
    from newsletter.store.evidence import resolve as decide
    from newsletter.store.mailings import Mailings

    if resend is None or not reason.strip():
        raise UsageError("say what is to be done, and why", remedy="Give --resend or --leave, and --reason TEXT.")
    project = Project.open(context.obj, os.environ)
    resolution = Resolution(
        decision=Decision.RESEND if resend else Decision.LEAVE, who=getpass.getuser(), reason=reason.strip()
    )
    with open_database(project.settings.store.url, root=project.root) as database:
        mailing = Mailings(database).get(number)
        done = decide(database, number, emails or [], resolution, now=utc_now())
    what = "to be sent again" if resend else "left unknown"
    say(f"{plural(done, 'delivery', 'deliveries')} {what}")
    if resend and done:
        note(f"send them: {resume_command(mailing)}")


def resume_command(mailing: Any) -> str:
    """Return the command that goes on with a mailing."""
    lists = " ".join(f"--list {name}" for name in mailing.lists)
    return f"newsletter send {mailing.issue} {lists} --transport {mailing.transport}"


def counts_of(mailing: Any) -> str:
    """Write a mailing's deliveries by state: `198 sent, 2 failed`."""
    return ", ".join(f"{count:,} {state}" for state, count in mailing.counts.items())


def _as_json(mailing: Any) -> dict[str, Any]:
    return {**asdict(mailing), "candidates": mailing.candidates}
