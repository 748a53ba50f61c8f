"""What every text an editor hands over must be: no control characters, no noncharacters, not too long."""

import re

from newsletter.errors import ContentError
from newsletter.models import Place

MAX_FILE = 1024 * 1024
"""Characters of an article or issue file; a long article has some 20,000."""

# C0 without tab and line feed, DEL, C1, lone surrogates, the two separators that only some programs take for line ends,
# and the noncharacters (Unicode §23.7) that the renderer keeps for its own marks.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)


def check_text(text: str, place: Place) -> None:
    """Refuse characters that no text of ours may carry; `place` is where the text begins.

    Raises ContentError with the line and column of the first one.
    """
    found = _FORBIDDEN.search(text)
    if not found:
        return
    before = text[: found.start()]
    line = before.count("\n")
    raise ContentError(
        f"the character U+{ord(found[0]):04X} cannot stand in a text: it is invisible and breaks mails",
        place=Place(
            file=place.file,
            line=(place.line or 1) + line,
            column=found.start() - before.rfind("\n") if line or (place.line or 1) == 1 else None,
        ),
        remedy="Delete it; it usually comes along when text is pasted.",
    )


def normal_lines(text: str) -> str:
    """Return the text without a byte order mark and with line feeds as its only line ends."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def one_line(text: str) -> str:
    """Fold white space to single spaces; a no-break space stays, it is part of the writing."""
    return re.sub(r"[ \t\n]+", " ", text).strip(" ")
