"""How long work shows where it is: a bar on a terminal, a plain line every few seconds otherwise."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from newsletter.cli.output import note

EVERY_SECONDS = 5.0


class Progress(Protocol):
    """Hears how much is done; `words` says what the number means."""

    def update(self, done: int, words: str = "") -> None:
        """Show it, if it is time to."""


class Lines:
    """Progress for a log: a line every few seconds, so that quick work prints none."""

    def __init__(self, title: str, total: int) -> None:
        self._title = title
        self._total = total
        self._start = self._last = time.monotonic()

    def update(self, done: int, words: str = "") -> None:
        """Print a line when the last one is old enough."""
        now = time.monotonic()
        if now - self._last >= EVERY_SECONDS:
            self._last = now
            share = done / self._total if self._total else 1.0
            left = f", about {(now - self._start) * (1 - share) / share:,.0f} s left" if 0 < share < 1 else ""
            note(f"{self._title}: {share:.0%} {words}".rstrip() + left)


class Bar:
    """Progress for a terminal."""

    def __init__(self, bar: Any, task: Any) -> None:
        self._bar = bar
        self._task = task

    def update(self, done: int, words: str = "") -> None:
        """Move the bar."""
        self._bar.update(self._task, completed=done, words=words)


@contextmanager
def show_progress(title: str, total: int) -> Iterator[Progress]:
    """Show the progress of `total` units while the block runs, on standard error."""
    if not sys.stderr.isatty():
        yield Lines(title, total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[words]}"))
    with RichProgress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        yield Bar(bar, bar.add_task(title, total=total, words=""))


class SendProgress:
    """The engine's reporter: counts by state, and the rate of the last seconds."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._start = time.monotonic()

    def progress(self, done: Mapping[Any, int], rate: float | None) -> None:
        """Show what was done so far."""
        total = sum(done.values())
        seconds = time.monotonic() - self._start
        counts = ", ".join(f"{number:,} {state}" for state, number in done.items())
        limit = f" of at most {rate:,.1f}/s" if rate is not None else ""
        speed = f" at {total / seconds:,.1f}/s{limit}" if seconds > 0 else ""
        self._progress.update(total, f"{counts}{speed}" if total else "")

    def held(self, why: str) -> None:
        """Say that a person has paused the mailing."""
        note(f"{why}; this process waits: go on with `newsletter mailing resume`, or end it with Ctrl-C")

    def unrecorded(self, attempt_id: str, message_id: str) -> None:
        """Print what the database could not take: the only trace of an accepted message."""
        note(f"accepted, but not written down: attempt {attempt_id}, message id {message_id}")
