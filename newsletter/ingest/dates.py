"""The dates that pages, feeds and tables state, in their spellings -> a date."""

import datetime as dt
import re
from email.utils import parsedate_to_datetime

from newsletter.ingest.lines import read_date


def parse_date(text: str) -> dt.date | None:
    """Read a date of ISO 8601, RFC 5322 or a common spelling, its time left out; None for what is none.

    The day is the one that the publisher wrote, in the publisher's own zone.
    """
    text = " ".join(text.split())
    found = re.match(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)", text)
    if found:
        try:
            return _plausible(dt.date(int(found[1]), int(found[2]), int(found[3])))
        except ValueError:
            return None
    if re.fullmatch(r"\d{10}", text):
        return dt.datetime.fromtimestamp(int(text), dt.UTC).date()
    try:
        return _plausible(parsedate_to_datetime(text).date())
    except (ValueError, TypeError, IndexError):
        return _plausible(read_date(text))


def _plausible(date: dt.date | None) -> dt.date | None:
    """Return a date of an article's time; 0001-01-01 and 1970-01-01 are what programs write for none."""
    return date if date and dt.date(1971, 1, 1) <= date else None
