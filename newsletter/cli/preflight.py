"""What `newsletter send` shows before it asks, and how it asks."""

import datetime as dt
import sys
from typing import Any

import typer

from newsletter.cli.mailing.words import counts_of, say_mailing
from newsletter.cli.output import note, plural
from newsletter.errors import UsageError


def say_plan(plan: Any, forecast: Any, *, now: dt.datetime) -> None:
    """Print one screen: what, from whom, to whom, how large, how long, and what three of the people will read.

    `now` is the time of day in the newsletter's time zone.
    """
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
        note(f"note: {plan.notice}")
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
    if plan.audience.reaches_people:
        note(f"time        {_time(forecast, now)}")
    if forecast.waiting:
        waiting = plural(forecast.waiting, "person waits", "people wait")
        note(f"quota       room for {forecast.room:,} now: {waiting}, and the mailing pauses; the same command goes on")
    for sample in plan.samples:
        name = f"{sample.name} <{sample.email}>" if sample.name else sample.email
        note(f"for         {name}: {sample.subject}")
        for line in sample.lines:
            note(f"            | {line[:90]}")


def _time(forecast: Any, now: dt.datetime) -> str:
    if forecast.seconds is None:
        return "no limit is known for the rate"
    end = now + dt.timedelta(seconds=forecast.seconds)
    day = "" if end.date() == now.date() else f" on {end:%Y-%m-%d}"
    return (
        f"{plural(forecast.left, 'message')} at {forecast.rate:,g}/s take {_span(forecast.seconds)}: "
        f"done by {end:%H:%M %Z}{day} if it starts now"
    )


def _span(seconds: float) -> str:
    if seconds < 90:
        return plural(max(1, round(seconds)), "second")
    minutes = round(seconds / 60)
    return plural(minutes, "minute") if minutes < 120 else f"{minutes // 60} hours {minutes % 60} minutes"


def confirm(plan: Any, yes_to: int | None) -> None:
    """Let a person type how many people are mailed, or compare with --yes-to; a mailing that goes on was confirmed.

    Raises UsageError for another number, or when people would be mailed and there is nobody to ask.
    """
    count = plan.count.recipients
    if plan.mailing is not None or (yes_to is None and not plan.audience.reaches_people):
        return
    if yes_to is None:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError(
                f"nothing was sent: {plural(count, 'person', 'people')} would be mailed, and there is nobody to ask",
                remedy=f"Look at it with --dry-run, then say --yes-to {count}.",
            )
        typed = typer.prompt(
            f"To send it, type the number of people, {count:,}", default="", show_default=False, err=True
        )
        if typed.replace(",", "").strip() != str(count):
            note("nothing was sent")
            raise typer.Exit(1)
    elif yes_to != count:
        raise UsageError(
            f"nothing was sent: the audience is {plural(count, 'person', 'people')}, not {yes_to:,}",
            remedy=f"Look at who it is; if it is right, say --yes-to {count}.",
        )
