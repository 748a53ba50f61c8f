"""`newsletter mailing pause`, `resume`, `rate`, `cancel`: a hand on a mailing, from any terminal."""

import getpass
import os
import sys
from typing import Annotated, Any

import typer

from newsletter.cli.mailing.words import Number, counts_of, resume_command
from newsletter.cli.output import note, plural, say
from newsletter.errors import UsageError

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; shown with your name.")]


def pause(context: typer.Context, number: Number, reason: Reason = "") -> None:
    """Pause a mailing: within a second no message is begun any more; those in flight are finished.

    Its process waits for `mailing resume`; if none runs, `send` refuses to go on until then.

    \b
    newsletter mailing pause 1 --reason "a wrong date in the lead"
    """
    from newsletter.models import Wish

    asked = _ask(context, number, Wish.PAUSE, reason)
    state = f"mailing {number} is {asked.mailing.state}" if asked.done else f"mailing {number} is about to pause"
    say(f"{state}: {counts_of(asked.mailing)}")
    if not asked.done:
        note("what is in flight waits for its answer, a minute at most")
    note(f"go on: newsletter mailing resume {number}; end it for good: newsletter mailing cancel {number}")


def resume(context: typer.Context, number: Number) -> None:
    """Go on with a mailing that a person paused.

    \b
    newsletter mailing resume 1
    """
    from newsletter.models import Wish

    asked = _ask(context, number, Wish.GO_ON, "")
    if asked.sender:
        say(f"mailing {number} goes on: {counts_of(asked.mailing)}")
    else:
        say(f"mailing {number} may go on; no process is sending it: {counts_of(asked.mailing)}")
        note(f"send the rest: {resume_command(asked.mailing)}")


def rate(
    context: typer.Context,
    number: Number,
    per_second: Annotated[
        float | None, typer.Argument(metavar="N", help="Messages a second at most; 0.5 is one in two seconds.")
    ] = None,
    as_allowed: Annotated[bool, typer.Option("--as-allowed", help="Again what settings and provider allow.")] = False,
) -> None:
    """Send a mailing slower, or faster up to what the provider allows, from now on.

    \b
    newsletter mailing rate 1 20
    newsletter mailing rate 1 --as-allowed
    """
    from newsletter.project import Project
    from newsletter.store.controls import Controls
    from newsletter.store.database import open_database

    if as_allowed is (per_second is not None):
        raise UsageError("say one rate", remedy="Give messages a second, or --as-allowed.")
    if per_second is not None and not 0 < per_second < float("inf"):
        raise UsageError(f"{per_second:g} is no rate", remedy="To stop sending: newsletter mailing pause ID.")
    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        Controls(database).set_rate(number, per_second, who=getpass.getuser())
    limit = "the rate allowed" if per_second is None else f"{per_second:,g} a second, or less where less is allowed"
    say(f"mailing {number} is sent at {limit}")


def cancel(
    context: typer.Context,
    number: Number,
    reason: Reason = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """End a mailing for good: messages in flight are finished, everybody else is skipped.

    Who has it, has it. Sending the issue again makes a new mailing for those who do not.

    \b
    newsletter mailing cancel 1 --reason "wrong issue"
    """
    from newsletter.models import MailingState, Wish

    if not yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError("nothing was cancelled: there is nobody to ask", remedy="Say --yes.")
        if not typer.confirm(f"Cancel mailing {number}? It cannot be gone on with.", err=True):
            note("nothing was cancelled")
            raise typer.Exit(1)
    asked = _ask(context, number, Wish.CANCEL, reason)
    if not asked.done:
        say(f"mailing {number} is about to be cancelled: {counts_of(asked.mailing)}")
        note("what is in flight waits for its answer, a minute at most")
        return
    say(f"mailing {number} is {asked.mailing.state}: {counts_of(asked.mailing)}")
    if asked.mailing.state is MailingState.FINISHED:
        note("nobody was left to skip")
    elif left := asked.mailing.skipped.get("cancelled"):
        note(f"{plural(left, 'person was', 'people were')} skipped; who: newsletter mailing show {number}")


def _ask(context: typer.Context, number: int, wish: Any, reason: str) -> Any:
    from newsletter.delivery.control import ask
    from newsletter.project import Project
    from newsletter.store.database import open_database

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        return ask(database, number, wish, who=getpass.getuser(), reason=reason.strip())
