"""How alike two records are: a short print of each text, made once, and the comparison of two prints.

A print is the smallest hashes of all runs of four words (a bottom-k sketch, Broder 1997): what two prints share tells
what share of the texts is the same, within a few per cent, without the texts.
"""

import hashlib
import re
import unicodedata
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

RUN = 4
"""Words of a run: fewer are shared by any two texts of one subject, more break at every changed word."""

SIZE = 48
"""Hashes of a print: the share is told within about 7 per cent."""

_FEWEST = 6
"""Runs of the shortest text that is compared at all, nine words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """What is kept of a record for comparing: its title's words in order, its text's print, a digest of both.

    The text's print are numbers of 32 bits in order; an array of them is made ten times as fast as a tuple.
    """

    title: str
    text: "array[int]"  # Python 3.11 cannot write array[int] outside a string
    digest: str


def print_of(title: str, text: str) -> Print:
    """Take the print of a record; `text` is its body or, where it has none, its summary."""
    words = _words(text)
    runs = {zlib.crc32(" ".join(words[at : at + RUN]).encode()) for at in range(len(words) - RUN + 1)}
    digest = hashlib.sha256(f"{' '.join(title.split())}\n{text.strip()}".encode("utf-8", "surrogatepass"))
    return Print(title=" ".join(_words(title)), text=array("I", sorted(runs)[:SIZE]), digest=digest.hexdigest()[:32])


def likeness(one: Print, other: Print, *, title_ratio: float | None = None) -> tuple[float, str] | None:
    """Say how alike two records are, from 0 to 1, and why a person would think so; None when they are not.

    `title_ratio` is the likeness of the titles when it is known already.
    """
    title = fuzz.ratio(one.title, other.title) / 100 if title_ratio is None else title_ratio
    words = min(len(one.title.split()), len(other.title.split()))
    if min(len(one.text), len(other.text)) < _FEWEST:
        # a text is missing or of a few words: the title has to be enough
        return (title, "nearly the same title") if title >= 0.9 and words >= 3 else None
    share = _share(one.text, other.text)
    if share >= 0.5:
        return (share, f"{share:.0%} of the text is the same".replace("%", " %"))
    if share >= 0.15 and title >= 0.75:
        return (max(share, title), f"a similar title and {share:.0%} of the same text".replace("%", " %"))
    # columns of one name come back every week with other texts: only a title that is a sentence tells
    return (title, "nearly the same title") if title >= 0.92 and words >= 5 else None


def may_be_alike(one: frozenset[int], other: Sequence[int]) -> bool:
    """Say quickly whether two texts' prints share so much that `likeness` is worth asking; most share nothing."""
    return not one.isdisjoint(other) and len(one.intersection(other)) >= 4


def _share(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimate |A and B| / |A or B| from the smallest hashes of the union."""
    both = set(one).intersection(other)
    smallest = sorted({*one, *other})[:SIZE]
    return sum(value in both for value in smallest) / len(smallest)


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    return re.findall(r"\w+", re.sub(r"['\u2019]", "", plain))
