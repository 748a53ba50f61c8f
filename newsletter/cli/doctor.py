"""`newsletter doctor`: whether this machine can send to a list."""

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Annotated, Any

import typer

from newsletter.cli.output import say, say_json
from newsletter.cli.progress import show_progress

_MARKS = {"pass": ("✓", "ok", "green"), "warning": ("!", "!", "yellow"), "failure": ("✗", "X", "red")}
_NEITHER = {"skipped": ("-", "-", "bright_black"), "unknown": ("?", "?", "yellow")}


def doctor(
    context: typer.Context,
    list_name: Annotated[
        str, typer.Option("--list", "-l", metavar="NAME", help="The list to send to; else the largest.")
    ] = "",
    transport: Annotated[
        str | None, typer.Option("--transport", metavar="NAME", help="outbox, ses or smtp; else as configured.")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Send four messages to the mailbox simulator of SES and wait for the events.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Leave out what needs the network.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say whether this account, domain and machine can send to a list, item by item with what to mend.

    Nothing is changed, and nobody is mailed or unsubscribed.

    \b
    newsletter doctor --list weekly --transport ses
    newsletter doctor --live                              # and mail the simulator of SES
    newsletter doctor --offline --json

    \b
    Exit codes: 0 nothing is wrong; 3 warnings, or something could not be found out; 1 something must be mended first;
    2 a wrong command.
    """
    import datetime as dt

    from newsletter.doctor.answer import answer, exit_code, ready
    from newsletter.doctor.patient import Patient
    from newsletter.doctor.registry import ITEMS, examine
    from newsletter.errors import UsageError
    from newsletter.project import Project
    from newsletter.transports import NAMES

    project = Project.open(context.obj, os.environ)
    name = transport or project.settings.delivery.transport
    if name not in NAMES:
        raise UsageError(f"there is no transport {name!r}", remedy=f"Known: {', '.join(NAMES)}.")
    if live and (offline or name != "ses"):
        raise UsageError("--live needs the network and the transport ses", remedy="Add --transport ses.")
    with Patient(
        project,
        transport=name,
        clock=lambda: dt.datetime.now(dt.UTC),
        list_name=list_name,
        live=live,
        offline=offline,
        smtp_password=os.environ.get("NEWSLETTER_SMTP_PASSWORD", ""),
    ) as patient:
        with show_progress("looking", len(ITEMS)) as bar:
            reports = examine(patient, bar.update)
        verdict, is_ready = answer(reports, patient), ready(reports, patient)
    if as_json:
        say_json({"ready": is_ready, "answer": verdict, "items": [_values(each) for each in reports]})
    else:
        _say_reports(reports, name)
        say(typer.style(verdict, bold=True))
    raise typer.Exit(exit_code(reports))


def _values(report: Any) -> dict[str, str]:
    return {
        "id": report.item.id,
        "topic": report.item.topic.value,
        "title": report.item.title,
        "verdict": report.verdict.value,
        "message": report.diagnosis.message,
        "remedy": report.diagnosis.remedy,
        "source": report.item.source,
    }


def _say_reports(reports: Sequence[Any], transport: str) -> None:
    """Print the items by topic; what was left out for one reason shares a line.

    Items of other transports are not shown, unless all of a topic are.
    """
    left_out: dict[str, list[str]] = {}
    for topic, group in groupby(reports, key=lambda report: report.item.topic):
        found = list(group)
        runs = list(_runs([each for each in found if transport in each.item.transports] or found))
        first = runs[0][0]
        if len(runs) == 1 and first.verdict == "skipped":
            left_out.setdefault(first.diagnosis.message, []).append(topic.value)
            continue
        say(typer.style(topic.value, bold=True))
        for run in runs:
            _say_run(run)
        say()
    for reason, topics in left_out.items():
        say(f"{typer.style('Skipped', bold=True)}: {', '.join(topics)}: {reason}\n")


def _say_run(run: Sequence[Any]) -> None:
    first = run[0]
    ids = first.item.id if len(run) == 1 else f"{first.item.id}-{run[-1].item.id}"
    prefix = "skipped: " if first.verdict == "skipped" else ""
    say(f"  {_mark(first.verdict)} {ids}  {prefix}{first.diagnosis.message}")
    if first.diagnosis.remedy:
        say(f"         {first.diagnosis.remedy}")


def _runs(reports: Sequence[Any]) -> Iterator[list[Any]]:
    for (verdict, _), same in groupby(reports, key=lambda report: (report.verdict, report.diagnosis.message)):
        found = list(same)
        yield from [found] if verdict == "skipped" else [[report] for report in found]


def _mark(verdict: str) -> str:
    mark, plain, colour = {**_MARKS, **_NEITHER}[verdict]
    try:
        mark.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        mark = plain
    return typer.style(mark, fg=colour)
