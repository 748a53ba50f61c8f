"""How a mailing reads: its counts, the command that goes on with it, its values as JSON."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from newsletter.cli.output import say

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="The mailing's number.")]


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


def resume_command(mailing: Any) -> str:
    """Return the command that goes on with a mailing."""
    lists = " ".join(f"--list {name}" for name in mailing.lists)
    return f"newsletter send {mailing.issue} {lists} --transport {mailing.transport}"


def counts_of(mailing: Any) -> str:
    """Write a mailing's deliveries by state: `198 sent, 2 failed`."""
    return ", ".join(f"{count:,} {state}" for state, count in mailing.counts.items())


def as_json(mailing: Any) -> dict[str, Any]:
    """Return a mailing's values, with the sum of its deliveries."""
    return {**asdict(mailing), "candidates": mailing.candidates}
