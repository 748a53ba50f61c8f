"""`newsletter send`: one issue to its lists, with an account of every delivery."""

import getpass
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from newsletter.cli.build import tell_findings
from newsletter.cli.mailing import counts_of, resume_command, say_mailing
from newsletter.cli.output import note, plural, say
from newsletter.errors import UsageError


def send(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="The issue's name.")],
    lists: Annotated[list[str], typer.Option("--list", "-l", metavar="NAME", help="A list; may be repeated.")],
    transport_name: Annotated[
        str | None, typer.Option("--transport", metavar="NAME", help="outbox, ses or smtp; else as configured.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before people are mailed.")] = False,
    despite: Annotated[
        list[str] | None,
        typer.Option("--despite", metavar="ID", help="Send although this check found an error; may be repeated."),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why --despite; kept with the mailing and your name.")
    ] = "",
) -> None:
    """Send an issue to everybody on its lists; run again, it goes on where it stopped and mails nobody twice.

    \b
    newsletter send clouds --list weekly                      # into the outbox: nobody is mailed
    newsletter send clouds --list weekly --transport ses
    newsletter send clouds --list weekly --despite N301 --reason "the picture is decoration"

    \b
    Exit codes: 0 everybody has it; 3 finished, but some failed or are unknown; 4 paused or interrupted;
    5 another process is sending it; 1 an error, 2 a wrong command: nothing was sent.
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
            mailing = _send(project, database, transport, issue, lists, yes=yes, despite=despite or (), reason=reason)
        finally:
            transport.close()
    raise typer.Exit(exit_code(mailing))


def _send(
    project: Any,
    database: Any,
    transport: Any,
    issue: str,
    lists: list[str],
    *,
    yes: bool,
    despite: Sequence[str],
    reason: str,
) -> Any:
    from newsletter.cli.progress import SendProgress, show_progress
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
        issue=issue,
        lists=Subscribers(database).require_lists(lists),
        transport=transport.name,
        reaches_people=transport.reaches_people,
    )
    prepared: list[PreparedIssue] = []

    def compile_now() -> CompiledIssue:
        prepared.append(prepare_issue(project, issue, past_issues=True, people=awkward_subscribers(database)))
        return prepared[-1].compiled

    keys = load_keys(project.state_dir, may_create=not Mailings(database).reached_people())
    plan = plan_mailing(
        database,
        audience,
        compile_now=compile_now,
        newsletter=project.settings.identity(),
        keys=keys,
    )
    _say_plan(plan)
    if plan.finished:
        return plan.mailing
    overruled: list[Overruling] = []
    if plan.mailing is None:
        tell_findings(prepared[-1].findings)
        overruled = _overruled(require_sendable(prepared[-1], [name.upper() for name in despite]), reason)
    elif despite:
        note("note: --despite changes nothing: the mailing was frozen before")
    _confirm(plan, yes=yes)
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


def _say_plan(plan: Any) -> None:
    from newsletter.delivery.plan import describe_skipped
    from newsletter.message.address import display

    mailing = plan.mailing
    if plan.finished:
        note(f"{plan.audience.issue} was sent to {', '.join(mailing.lists)} {mailing.finished_at:%Y-%m-%d %H:%M} UTC")
        note("Nothing is sent again.")
        say_mailing(mailing)
        return
    if mailing is not None:
        note(
            f"going on with mailing {mailing.id}, frozen {mailing.created_at:%Y-%m-%d %H:%M} UTC: {counts_of(mailing)}"
        )
    if plan.notice:
        note(f"note: {plan.notice}; what was frozen is sent")
    excluded = describe_skipped(plan.count.skipped)
    note(f"issue       {plan.compiled.slug}: {plan.compiled.subject}")
    note(f"from        {display(plan.newsletter.sender)} by {plan.audience.transport}")
    note(
        f"audience    {plural(plan.count.candidates, 'candidate')} on {', '.join(plan.audience.lists)}"
        + (f" - {excluded}" if excluded else "")
        + f" = {plural(plan.count.recipients, 'recipient')}"
    )
    size = f", {plan.size / 1024:,.0f} KB a message" if plan.size else ""
    note(f"content     sha256 {plan.compiled.sha256[:16]}{size}")


def _confirm(plan: Any, *, yes: bool) -> None:
    if yes or not plan.audience.reaches_people or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    if not typer.confirm(f"Send it to {plural(plan.count.recipients, 'person', 'people')}?", err=True):
        note("nothing was sent")
        raise typer.Exit(1)


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
