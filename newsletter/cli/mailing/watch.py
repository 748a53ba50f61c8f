"""`newsletter mailing watch`: a mailing while it is sent."""

import json
import os
import time
from typing import Annotated, Any

import typer

from newsletter.cli.mailing.words import AsJson, Number, say_mailing
from newsletter.cli.output import say
from newsletter.cli.progress import show_progress


def watch(
    context: typer.Context,
    number: Number,
    every: Annotated[float, typer.Option("--every", metavar="SECONDS", min=0.1, help="How often to look.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Watch a mailing until it is finished, cancelled or paused: a bar, or lines where there is no terminal.

    With --json every look is one line. Ctrl-C ends the watching, never the sending.

    \b
    newsletter mailing watch 1
    newsletter mailing watch 1 --json | jq .counts.sent
    """
    from newsletter.models import MailingState
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.mailings import Mailings

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        mailings = Mailings(database)
        first = mailings.get(number)
        total = first.candidates - sum(first.skipped.values())
        with show_progress(f"mailing {number}", total) as bar:
            look = _Look(total)
            while True:
                state, counts = mailings.state(number), mailings.counts(number)
                values = look.at(counts)
                if as_json:
                    say(json.dumps({"mailing": number, "state": state, **values}))
                else:
                    bar.update(values["done"], _words(values))
                if state not in {MailingState.READY, MailingState.SENDING}:
                    break
                time.sleep(every)
        if not as_json:
            say_mailing(mailings.get(number))


class _Look:
    """Counts as the watcher sees them, with the rate since the first of the last few looks."""

    _KEPT = 10

    def __init__(self, total: int) -> None:
        self._total = total
        self._seen: list[tuple[float, int]] = []

    def at(self, counts: Any) -> dict[str, Any]:
        """Return the values of one look; `rate` is in deliveries a second, `seconds_left` None while nothing moves."""
        done = sum(counts.get(state, 0) for state in ("sent", "failed", "unknown"))
        self._seen = [*self._seen, (time.monotonic(), done)][-self._KEPT :]
        (since, before), (now, _) = self._seen[0], self._seen[-1]
        rate = (done - before) / (now - since) if now > since else 0.0
        left = counts.get("pending", 0) + counts.get("sending", 0)
        return {
            "counts": dict(counts),
            "done": done,
            "total": self._total,
            "rate": round(rate, 1),
            "seconds_left": round(left / rate) if rate else None,
        }


def _words(values: dict[str, Any]) -> str:
    shown = ("sent", "failed", "unknown")
    counts = ", ".join(f"{values['counts'][state]:,} {state}" for state in shown if state in values["counts"])
    return f"{counts} at {values['rate']:,.1f}/s" if counts else "nothing sent yet"
