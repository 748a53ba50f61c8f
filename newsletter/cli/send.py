"""`newsletter send`: one issue to its lists, with an account of every delivery."""

import datetime as dt
import getpass
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.build import tell_findings
from newsletter.cli.mailing.words import resume_command, say_mailing
from newsletter.cli.output import note, plural, say
from newsletter.cli.preflight import confirm, say_plan
from newsletter.errors import UsageError


def send(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="The issue's name.")],
    lists: Annotated[list[str], typer.Option("--list", "-l", metavar="NAME", help="A list; may be repeated.")],
    transport_name: Annotated[
        str | None, typer.Option("--transport", metavar="NAME", help="outbox, ses or smtp; else as configured.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and stop there.")] = False,
    yes_to: Annotated[
        int | None,
        typer.Option("--yes-to", metavar="COUNT", help="Do not ask, but send only if it is for so many people."),
    ] = None,
    despite: Annotated[
        list[str] | None,
        typer.Option("--despite", metavar="ID", help="Send although this check found an error; may be repeated."),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why --despite; kept with the mailing and your name.")
    ] = "",
) -> None:
    """Send an issue to everybody on its lists; run again, it goes on where it stopped and mails nobody twice.

    Before people are mailed it shows what they will get and asks for their number; going on asks nothing.

    \b
    newsletter send clouds --list weekly                      # into the outbox: nobody is mailed
    newsletter send clouds --list weekly --transport ses --dry-run
    newsletter send clouds --list weekly --transport ses --yes-to 1204     # in a script
    newsletter send clouds --list weekly --despite N301 --reason "the picture is decoration"

    \b
    Exit codes: 0 everybody has it, or --dry-run found nothing against it; 3 finished, but some failed or are
    unknown; 4 paused, interrupted or cancelled; 5 another process is sending it; 1 an error, 2 a wrong command:
    nothing was sent.
    """
    from newsletter.cli.project import open_project
    from newsletter.delivery.mailing import exit_code
    from newsletter.store.database import open_database
    from newsletter.transports import open_transport

    if bool(despite) is not bool(reason.strip()):
        raise UsageError("--despite and --reason go together", remedy='Give both: --despite N301 --reason "why".')
    project = open_project(context)
    settings = project.settings
    name = transport_name or settings.delivery.transport
    with open_database(settings.store.url, root=project.root) as database:
        transport = open_transport(name, settings, root=project.root, environ=os.environ)
        try:
            ask = _Ask(issue=issue, lists=lists, despite=despite or (), reason=reason, dry_run=dry_run, yes_to=yes_to)
            mailing = _send(project, database, transport, ask)
        finally:
            transport.close()
    raise typer.Exit(0 if dry_run else exit_code(mailing))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """What was typed."""

    issue: str
    lists: list[str]
    despite: Sequence[str]
    reason: str
    dry_run: bool
    yes_to: int | None


def _send(project: Any, database: Any, transport: Any, ask: _Ask) -> Any:
    from newsletter.cli.progress import SendProgress, show_progress
    from newsletter.delivery.forecast import forecast
    from newsletter.delivery.mailing import freeze, send_mailing
    from newsletter.delivery.plan import plan_mailing
    from newsletter.delivery.stop import StopSignal, listen
    from newsletter.models import CompiledIssue, DeliveryState
    from newsletter.project.preparation import PreparedIssue, prepare_issue, require_sendable
    from newsletter.store.awkward import awkward_subscribers
    from newsletter.store.keys import load_keys
    from newsletter.store.mailings import Audience, Mailings
    from newsletter.store.overrulings import Overruling
    from newsletter.store.subscribers import Subscribers

    audience = Audience(
        issue=ask.issue,
        lists=Subscribers(database).require_lists(ask.lists),
        transport=transport.name,
        reaches_people=transport.reaches_people,
    )
    prepared: list[PreparedIssue] = []

    def compile_now() -> CompiledIssue:
        prepared.append(prepare_issue(project, ask.issue, past_issues=True, people=awkward_subscribers(database)))
        return prepared[-1].compiled

    keys = load_keys(project.state_dir, may_create=not Mailings(database).reached_people(), keep=not ask.dry_run)
    plan = plan_mailing(
        database,
        audience,
        compile_now=compile_now,
        newsletter=project.settings.identity(),
        keys=keys,
    )
    expected = forecast(plan, transport.limits(), own_rate=project.settings.delivery.rate)
    say_plan(plan, expected, now=dt.datetime.now(ZoneInfo(plan.newsletter.time_zone)))
    if plan.finished:
        return plan.mailing
    if plan.mailing is not None and plan.held:
        note(f"{plan.held}: nothing is sent until newsletter mailing resume {plan.mailing.id}")
        return plan.mailing
    overruled: list[Overruling] = []
    if plan.mailing is None:
        tell_findings(prepared[-1].findings)
        overruled = _overruled(require_sendable(prepared[-1], [name.upper() for name in ask.despite]), ask.reason)
    elif ask.despite:
        note("note: --despite changes nothing: the mailing was frozen before")
    if ask.dry_run:
        note("nothing was sent")
        return plan.mailing
    confirm(plan, ask.yes_to)
    mailing = freeze(database, plan, overruled)
    if slow := getattr(transport, "slow_because", ""):
        note(f"note: messages are posted one by one by boto3's own client, which is slower: {slow}")
    stop = StopSignal()
    with listen(stop), show_progress("sending", mailing.counts.get(DeliveryState.PENDING, 0)) as bar:
        sent = send_mailing(
            mailing,
            database=database,
            keys=keys,
            transport=transport,
            settings=project.settings.delivery,
            reporter=SendProgress(bar),
            stop=stop,
        )
    _say_result(sent, project)
    return sent.mailing


def _overruled(findings: Any, reason: str) -> list[Any]:
    from newsletter.store.overrulings import Overruling

    who = getpass.getuser()
    if findings:
        note(f"overruled   {', '.join(dict.fromkeys(each.id for each in findings))} by {who}: {reason.strip()}")
    return [
        Overruling(
            check=each.id,
            message=each.message,
            place=str(each.place or ""),
            who=who,
            reason=reason.strip(),
        )
        for each in findings
    ]


def _say_result(sent: Any, project: Any) -> None:
    mailing = sent.mailing
    if sent.recovered:
        note(f"{plural(sent.recovered, 'delivery', 'deliveries')} of a process that died became unknown")
    say_mailing(mailing)
    if mailing.state != "finished":
        note(f"stopped: {sent.end.reason}")
        note(f"  {sent.end.remedy}")
        note(f"  go on: {resume_command(mailing)}")
    if mailing.counts.get("failed") or mailing.counts.get("unknown"):
        note(f"who and why: newsletter mailing show {mailing.id}")
    if mailing.counts.get("unknown"):
        note(f"settle the unknown: newsletter mailing resolve {mailing.id} --resend|--leave --reason TEXT")
    if mailing.transport == "outbox":
        path = project.root / project.settings.transports.outbox.path
        say(f"look at them: a mail client that reads a Maildir (mutt -f {path}), or less {path}/new/*")
