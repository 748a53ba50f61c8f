"""What an item of the doctor is, what it can find, and how an answer is asked for once."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from newsletter.errors import ExaminationError

T = TypeVar("T")

EVERY_TRANSPORT = frozenset({"outbox", "ses", "smtp"})
TO_PEOPLE = frozenset({"ses", "smtp"})
SES_ONLY = frozenset({"ses"})


class Verdict(StrEnum):
    """What an item found."""

    PASS = "pass"  # noqa: S105 - as it should be; no password
    WARNING = "warning"  # mail goes out, but a person should look
    FAILURE = "failure"  # mail does not go out, or the big mailbox providers refuse it
    SKIPPED = "skipped"  # not asked, for the reason given
    UNKNOWN = "unknown"  # asked, without a usable answer


class Topic(StrEnum):
    """The groups of items, in the order in which they are looked into and shown."""

    NEWSLETTER = "Newsletter"  # what is sent, and to whom
    MACHINE = "This machine"  # database, files, disk, versions
    ACCOUNT = "Amazon SES account"  # may it send, and how much
    IDENTITY = "Sender in SES"  # is the domain verified and signed for
    EVENTS = "Events from SES"  # does anybody hear of bounces
    DNS = "DNS of the sender"  # what receivers look up
    UNSUBSCRIBE = "Unsubscribe page"  # public.base_url
    BULK = "Rules of Gmail, Yahoo and Microsoft"  # what they ask of those who send much
    LIVE = "Live messages"  # to the mailbox simulator of SES


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What one item found: a sentence, and what to do when it is not as it should be."""

    verdict: Verdict
    message: str
    remedy: str = ""


def passed(message: str) -> Diagnosis:
    """Return that all is as it should be."""
    return Diagnosis(verdict=Verdict.PASS, message=message)


def warning(message: str, remedy: str) -> Diagnosis:
    """Return something that a person should look at."""
    return Diagnosis(verdict=Verdict.WARNING, message=message, remedy=remedy)


def failure(message: str, remedy: str) -> Diagnosis:
    """Return something that must be mended first."""
    return Diagnosis(verdict=Verdict.FAILURE, message=message, remedy=remedy)


def skipped(message: str) -> Diagnosis:
    """Return that this was not asked, and why."""
    return Diagnosis(verdict=Verdict.SKIPPED, message=message)


def unknown(message: str, remedy: str) -> Diagnosis:
    """Return that this was asked but not answered."""
    return Diagnosis(verdict=Verdict.UNKNOWN, message=message, remedy=remedy)


class Once(Generic[T]):
    """An answer that several items need: asked for once, and the same trouble for everybody when it cannot be had."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._asked = False
        self._answer: list[T] = []
        self._trouble: Exception = ExaminationError(
            "an answer was still being waited for", remedy="See the first item of this kind."
        )
        self._lock = threading.Lock()

    def __call__(self) -> T:
        """Return the answer; raises what asking for it raised, the same exception every time."""
        with self._lock:
            first, self._asked = not self._asked, True
        if first:
            try:
                self._answer.append(self._ask())
            except Exception as exc:
                self._trouble = exc
                raise
        if not self._answer:
            raise self._trouble
        return self._answer[0]


def duration(seconds: float) -> str:
    """Write a time as a person says it: `15 s`, `13 min`, `2 h 5 min`, `3 days`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
    return f"{round(minutes / 60 / 24)} days"


def plural(count: int, noun: str, many: str = "") -> str:
    """Write a count with its noun: `1 person`, `1,200 people`."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
