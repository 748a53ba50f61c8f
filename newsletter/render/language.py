"""What a language tag decides: the direction of the text, how a date is written, which catalogues are asked."""

import datetime as dt
import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_format_date

FORMATS = ("short", "medium", "long", "full")
FALLBACK = "en"
"""The language of the phrases in the stock templates, and so the last one asked."""

_QUOTED = re.compile(r"'[^']*'")
_DATE_FIELDS = frozenset("GyYuUrQqMLlwWdDFgEec")
"""The date fields of a CLDR pattern (Unicode TR 35, part 4, Date Field Symbol Table)."""


def language_chain(tag: str) -> tuple[str, ...]:
    """Return the languages to ask for a phrase, from the tag itself to English: pt-BR, pt, en (RFC 4647 §3.4)."""
    parts = tag.replace("_", "-").split("-")
    chain = ["-".join(parts[:length]).lower() for length in range(len(parts), 0, -1)]
    return (*(name for name in chain if name != FALLBACK), FALLBACK)


@lru_cache(maxsize=64)
def locale_of(tag: str) -> Locale:
    """Return what Babel knows of a language, or of the nearest wider one; English for one it does not know."""
    for name in language_chain(tag):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(FALLBACK)


def direction_of(tag: str) -> str:
    """Return `ltr` or `rtl`."""
    return str(locale_of(tag).text_direction)


@lru_cache(maxsize=512)
def _written(value: dt.date, pattern: str, tag: str) -> str:
    return babel_format_date(value, pattern, locale=locale_of(tag))


def format_date(value: dt.date | None, pattern: str = "long", *, tag: str) -> str:
    """Write a date as its language does: short, medium, long, full, or a CLDR pattern like `d MMMM`.

    Without a date the text is empty. Raises ValueError for a pattern that is none for dates.
    """
    if value is None:
        return ""
    if pattern not in FORMATS:
        letters = set(re.findall(r"[A-Za-z%]", _QUOTED.sub("", pattern)))
        if not letters or letters - _DATE_FIELDS:
            raise ValueError(
                f"{pattern!r} is no pattern for a date: write {', '.join(FORMATS)}, or one like 'd MMMM y'"
            )
    return _written(value, pattern, tag)
