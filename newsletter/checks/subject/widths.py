"""How wide a line of text is, and how much of it inbox lists show.

Widths are those of Helvetica from Adobe's Core 14 font metrics, which Arial, and so most inboxes, share; other scripts
count as an em a character, marks as nothing. What lists show is told in characters of ordinary English and is turned
into a width here, because `WWW` takes three times the room of `iii`.
"""

import unicodedata
from dataclasses import dataclass

_HELVETICA = {
    191: "'",
    222: "ijl\u2018\u2019",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r“”„",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckvxyzs",
    556: "#$0123456789?L_abdeghnopqu\u2013",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "—…",
    1015: "@",
}
_WIDTHS = {character: width for width, characters in _HELVETICA.items() for character in characters}
_PANGRAM = "The quick brown fox jumps over the lazy dog"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxList:
    """An inbox list: its letters in CSS pixels, and how many characters of English it shows of a subject."""

    name: str
    font: int
    characters: int

    @property
    def width(self) -> int:
        """The room for the subject in CSS pixels."""
        return round(self.characters * text_width(_PANGRAM, self.font) / len(_PANGRAM))


INBOXES = (
    InboxList(
        name="Gmail on a phone",
        font=14,
        characters=37,
    ),
    InboxList(
        name="Apple Mail on an iPhone",
        font=15,
        characters=48,
    ),
    InboxList(
        name="Outlook on a desktop",
        font=14,
        characters=60,
    ),
    InboxList(
        name="Gmail in a browser",
        font=14,
        characters=70,
    ),
)
"""From the narrowest to the widest. No client documents its width, and windows differ: these are round figures."""


def text_width(text: str, font: int) -> float:
    """Return the width of a line in CSS pixels, set in Helvetica or Arial of `font` pixels."""
    return sum(_thousandths(character) for character in text) * font / 1000


def shown_in(text: str, inbox: InboxList) -> str:
    """Return the beginning of a line that a list shows; the whole line when it fits."""
    room = inbox.width
    if text_width(text, inbox.font) <= room:
        return text
    room -= round(text_width("…", inbox.font))
    used = 0.0
    for index, character in enumerate(text):
        used += text_width(character, inbox.font)
        if used > room:
            return text[:index].rstrip()
    return text


def _thousandths(character: str) -> int:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    base = unicodedata.normalize("NFD", character)[0]
    if base in _WIDTHS:
        return _WIDTHS[base]
    wide = unicodedata.east_asian_width(character) in {"W", "F"} or unicodedata.category(character) == "So"
    return 1000 if wide else 600
