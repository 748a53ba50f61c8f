"""Dates as people type them, in an option, a form or a cell: ISO 8601."""

import datetime as dt

from newsletter.errors import UsageError


def typed_date(text: str) -> dt.date | None:
    """Return the date that a text says, none of an empty one; raises UsageError for what is no date."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise _no_date(text) from exc


def typed_time(text: str) -> dt.datetime | None:
    """Return the date or time that a text says, with its zone if it names one, none of an empty text.

    Raises UsageError for what is no date.
    """
    try:
        return dt.datetime.fromisoformat(text) if text else None
    except ValueError as exc:
        raise _no_date(text) from exc


def _no_date(text: str) -> UsageError:
    return UsageError(f"{text[:40]!r} is no date", remedy="Write it as year, month, day: 2026-11-27.")
