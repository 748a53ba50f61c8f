"""One or two sentences of a text, for an editor to overwrite."""

import re
from collections.abc import Sequence

from newsletter.content.text import one_line
from newsletter.ingest.lines import is_prose, without_dateline

SHORT = 280
"""Characters that two sentences together may have; a longer second one is left out."""

LONG = 320
"""Characters of a first sentence; a longer one is cut between words."""

_END = re.compile(r"[.!?…][\"”\u2019»)]*\s+(?=[\"“\u2018«(]*[^\W_a-z])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sen|Gov|Rep|Gen|Col|Sgt|No|Inc|Ltd|Co|Corp|vs|etc|approx|Jan|Feb|Aug|Sept?|Oct|Nov|Dec)"
    r"|\b[^\W\d_a-z]|\b(?:e\.g|i\.e|U\.S|U\.K|a\.m|p\.m))\.$"
)


def summarise(paragraphs: Sequence[str]) -> str:
    """Return the first sentence of the first running paragraph, and the second if both are short; may be empty."""
    prose = next((paragraph for paragraph in paragraphs if is_prose(paragraph)), "")
    found = sentences(without_dateline(one_line(prose)))
    if not found:
        return ""
    if len(found) > 1 and len(found[0]) + 1 + len(found[1]) <= SHORT:
        return f"{found[0]} {found[1]}"
    if len(found[0]) <= LONG:
        return found[0]
    return found[0][: LONG - 1].rpartition(" ")[0].rstrip(",;: ") + "…"


def sentences(text: str) -> list[str]:
    """Cut one line of text into sentences; initials and common abbreviations end none."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        piece = text[start : end.end()].strip()
        if _ABBREVIATION.search(piece):
            continue
        found.append(piece)
        start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found
