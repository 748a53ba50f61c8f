"""Residue: what programs and drafts left in a text."""

import re
from collections.abc import Iterator

from ftfy.badness import BADNESS_RE

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.content.passages import passages
from newsletter.models import Severity

_ENTITY = re.compile(r"&(?:amp|nbsp|quot|apos|lt|gt|hellip|mdash|ndash|[lr][sd]quo|#x?[0-9a-fA-F]{2,6});")
_TAG = re.compile(
    r"</?(?:p|br|div|span|b|i|em|strong|a|font|table|td|tr|ul|li|img|o:p|h[1-6])(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_WORD_PROCESSOR = re.compile(r"\bmso-[a-z-]+\s*:|class=\"?Mso|<o:p|<!--\[if gte mso|_GoBack\b")
_DRAFT = re.compile(r"\blorem ipsum\b|\bTODO:|\bFIXME\b|\bTKTK\b|\bconsectetur adipiscing\b", re.IGNORECASE)
_MAYBE = re.compile(r"(?<!\w)(?:TODO|TBD|TBC|XXX+|\?\?\?+|insert (?:link|text|title|image) here|title goes here)(?!\w)")
_INVISIBLE = {
    "\u200b": "a zero-width space",
    "\u00ad": "a soft hyphen",
    "\u2028": "a line separator",
    "\u2029": "a paragraph separator",
    "\ufeff": "a byte order mark",
    "\u2060": "a word joiner",
    "\u202e": "a mark that turns the text around",
}


@check(
    id="N541",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="HTML left in a text",
    source="titles and summaries are plain text: docs/articles.md",
    bad=Example(article={"title": "Lamp &amp; pier"}),
    good=Example(article={"body": "In HTML an ampersand is written `&amp;`, and <b>bold</b> so."}),
)
def html_residue(it: Subject) -> Iterator[Hit]:
    """Plain fields are printed as they are: readers see `Lamp &amp; pier`."""
    for passage in passages(it):
        # Markdown may have HTML and entities; twice escaped they are residue there too
        pattern = re.compile(r"&amp;(?:amp|nbsp|quot|lt|gt|#\d+);") if passage.markdown else _ENTITY
        found = pattern.search(passage.text) or (None if passage.markdown else _TAG.search(passage.text))
        found = found or _WORD_PROCESSOR.search(passage.text)
        if found:
            yield Hit(
                message=f"{passage.name} has {found[0][:40]!r}, which readers see like this",
                remedy="Write the character itself.",
                place=passage.place(found.start()),
            )


@check(
    id="N542",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="characters read in the wrong encoding",
    source="https://ftfy.readthedocs.io/en/latest/heuristic.html",
    bad=Example(article={"summary": "Itâ€™s a lamp."}),
    good=Example(article={"summary": "Zoë Çelik\u2019s lamp: “de noisette et de pluie”, 20 €."}),
)
def mojibake(it: Subject) -> Iterator[Hit]:
    """`â€™` was an apostrophe before some program read UTF-8 as something else."""
    for passage in passages(it):
        if passage.text.isascii():
            continue
        found = re.search(r"\ufffd", passage.text) or BADNESS_RE.search(passage.text)
        if found:
            around = passage.text[max(0, found.start() - 10) : found.end() + 10]
            yield Hit(
                message=f"{passage.name} has characters of a wrong encoding: {' '.join(around.split())!r}",
                remedy="Write what was meant.",
                place=passage.place(found.start()),
            )


@check(
    id="N543",
    family=Family.CONTENT,
    severity=Severity.ERROR,
    title="text of a draft",
    source="nothing of a draft may leave the house",
    bad=Example(article={"body": "The lamp burns. TODO: ask who paid for it."}),
    good=Example(article={"body": "Todo el mundo sabe: the lamp burns."}),
)
def draft(it: Subject) -> Iterator[Hit]:
    """Lorem ipsum and notes to oneself."""
    for passage in passages(it):
        for match in _DRAFT.finditer(passage.text):
            if match[0].lower().startswith("todo") and not match[0].startswith("TODO"):
                continue
            yield Hit(
                message=f"{passage.name} still has {match[0]!r}",
                remedy="Write what belongs there.",
                place=passage.place(match.start()),
            )


@check(
    id="N544",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="mark that may be of a draft",
    source="nothing of a draft may leave the house",
    bad=Example(article={"summary": "The lamp cost XXX and burns again."}),
    good=Example(article={"summary": "Seen at Super Bowl XXX: what? The lamp."}),
)
def marks(it: Subject) -> Iterator[Hit]:
    """`XXX`, `TBD` and `???` hold a place for something; Roman numerals behind a name are left alone."""
    for passage in passages(it):
        for match in _MAYBE.finditer(passage.text):
            before = passage.text[: match.start()].rstrip()
            numeral = match[0] == "XXX" and re.search(r"\b[A-Z][a-z]+$", before)
            shouted = re.search(r"\b[A-ZÁÉÍÓÚÑ]{2,}$", before)
            if numeral or (shouted and match[0] == "TODO") or re.match(r":", passage.text[match.end() :]):
                continue
            yield Hit(
                message=f"{passage.name} has {match[0]!r}",
                remedy="Write what belongs there.",
                place=passage.place(match.start()),
            )


@check(
    id="N545",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="invisible characters",
    source="Unicode Technical Report 36, §2.1",
    bad=Example(article={"title": "The old\u200b lamp burns again"}),
    good=Example(article={"title": "The old\u00a0lamp burns again 👩\u200d🚀"}),
)
def invisible(it: Subject) -> Iterator[Hit]:
    """They come along when text is copied from web pages, and show as boxes, gaps or in the wrong order."""
    for passage in passages(it):
        for character, name in _INVISIBLE.items():
            index = passage.text.find(character)
            if index >= 0 and not (character == "\u00ad" and passage.markdown):
                yield Hit(
                    message=f"{passage.name} has {name} (U+{ord(character):04X})",
                    remedy="Type the words around it again.",
                    place=passage.place(index),
                )
