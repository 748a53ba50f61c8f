"""What a single line of a dumped web page may be, apart from text: a credit, a byline, a source, a date, an address.

Each function answers for one line and answers only when the line is hardly anything else; a line that nobody knows
stays text.
"""

import datetime as dt
import re

MAX_LINE = 240
"""A longer line is prose, whatever it begins with."""

_PARTICLES = r"(?:de|da|do|dos|del|della|der|den|di|du|la|le|van|von|zu|zum|al|bin|ibn|y|e|ten|ter)"
_UPPER = r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff]"
_NAME_WORD = rf"(?:[A-Z]\.|(?:[^\W\d_]['\u2019]|Mc|Mac)?{_UPPER}[^\W\d_]*(?:[-'\u2019][^\W\d_]+)*\.?)"
_NAME = re.compile(rf"{_NAME_WORD}(?: (?:{_PARTICLES} )*{_NAME_WORD}){{1,4}}")
_LONE_NAME = re.compile(rf"{_NAME_WORD}(?: (?:{_PARTICLES} )*{_NAME_WORD}){{1,3}}")

_PICTURE = r"(?:image|photo(?:graph)?(?:y)?|picture|illustration|graphic|cover|foto|bild)s?"
_CREDIT_LABEL = re.compile(
    rf"(?:(?:{_PICTURE})\s+(?:credits?|courtesy(?:\s+of)?|by|source)|{_PICTURE}\s+©|credits?|{_PICTURE})\s*:\s*"
    rf"|{_PICTURE}\s+(?:courtesy\s+of|by|©)\s+",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    rf"(?P<caption>.{{3,200}}?)\s*[(\[](?P<credit>{_PICTURE}[^()\[\]]{{2,120}})[)\]]\.?", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BIO = re.compile(
    r"\b(?:editor|reporter|writer|journalist|correspondent|columnist|contributor|contributes|author|freelancer?|"
    r"covers|covered|covering|writes|writing|wrote|blogs|professor|researcher|analyst|photographer|producer|lecturer|"
    r"staff|intern|he|she)\b",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>\"\\]+")


def read_credit(line: str) -> tuple[str, str] | None:
    """Read a line that says whose a picture is; return (credit, caption).

    `Image credit: Agency (Image credit: Name / Agency)` repeats itself: the innermost credit is the most exact one.
    """
    if len(line) > MAX_LINE:
        return None
    text = _unwrap(line)
    label = _CREDIT_LABEL.match(text)
    if label:
        parts = [part for part in (_tidy(part) for part in _CREDIT_LABEL.split(text)) if part]
        if not parts or (":" not in label[0] and not _NAME.match(parts[-1])):
            return None
        says_credit = re.search(r"(?i)credit|courtesy|by|source|©", label[0])
        caption = parts[0] if len(parts) > 1 and not says_credit else ""
        return parts[-1], caption
    if text.startswith("©"):
        return _tidy(text.removeprefix("©")), ""
    described = _CAPTION.fullmatch(line)
    if described and _CREDIT_LABEL.match(described["credit"]):
        return _tidy(_CREDIT_LABEL.sub("", described["credit"])), described["caption"].strip()
    return None


def read_byline(line: str) -> str:
    """Read `By Name`, `Author: Name`, `Written by Name, reporter`; return the name or names."""
    found = re.fullmatch(
        r"(?i:(?:(?:written|story|words|text|reported) )?by:?|(?:author|reporter|words|autor|autorin):|von:?)"
        r"\s+(.{3,120})",
        line,
    )
    if not found:
        return ""
    who = re.split(r"\s*[|•·\u2013\u2014]\s*|\s+-\s+|,", found[1])[0].strip()
    names = re.split(r"\s+(?:and|und|&)\s+", who)
    if all(_NAME.fullmatch(name) for name in names):
        return who
    return ""


def read_name(line: str) -> str:
    """Read a line that is nothing but a person's name of two to four words."""
    text = re.sub(r"^(?:[-\u2013\u2014]{1,2}|By)\s+", "", line.strip())
    return text if len(text) <= 60 and _LONE_NAME.fullmatch(text) else ""


def read_label(line: str) -> tuple[str, str] | None:
    """Read `Via X`, `Source: X`, `Link: …`, `Tags: …`, `Summary: …`; return (field of the record, value)."""
    if len(line) > MAX_LINE:
        return None
    found = re.fullmatch(rf"(?i:via)(?::\s*|\s+)((?:https?://|{_UPPER}).{{1,59}}?)", line)
    if found and not re.search(r"[.!?;,]$", found[1]):
        return "via", found[1]
    labels = {
        "source": r"sources?|quelle|originally published (?:by|at|on|in)|first published (?:by|at|on|in)",
        "url": r"url|link|read more|original article|full story",
        "tags": r"tags?|topics?|keywords?",
    }
    for field, label in labels.items():
        found = re.fullmatch(rf"(?i:{label})\s*:\s*(.+)", line)
        if found:
            return (field, found[1].strip()) if field != "url" or _URL.fullmatch(found[1].strip()) else None
    found = re.fullmatch(
        rf"(?i:(?:originally|first) published (?:by|at|on|in))\s+({_UPPER}.{{1,60}}?)\.?",
        line,
    )
    return ("source", found[1]) if found else None


def read_address(line: str) -> str:
    """Read a line that is nothing but a web address."""
    return line if _URL.fullmatch(line) else ""


def find_address(text: str) -> str:
    """Return the first web address in a text; empty when there is none."""
    found = _URL.search(text)
    return found[0].rstrip(".,;)") if found else ""


def read_date(line: str) -> dt.date | None:
    """Read a line that is nothing but a date, `Published:` before it or not; 03/04/2026 is two dates, so none."""
    text = re.sub(
        r"(?i)^(?:(?:first )?published|posted|updated|last updated|date|stand|veröffentlicht)(?: on| am)?\s*:?\s*",
        "",
        line.strip(),
    )
    text = re.sub(r"(?i)^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+", "", text)
    text = re.sub(
        r"(?i)[,\s]+(?:at\s+)?\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?\s*(?:[A-Z]{2,4})?(?:Uhr)?$", "", text
    )
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?:T.*)?",
        r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})",
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+(?P<name>[A-Za-z]{3,9})\.?,?\s+(?P<y>\d{4})",
        r"(?P<name>[A-Za-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})",
    ):
        found = re.fullmatch(pattern, text)
        if not found:
            continue
        parts = found.groupdict()
        month = _month(parts["name"]) if "name" in parts else int(parts["m"])
        try:
            return dt.date(int(parts["y"]), month, int(parts["d"]))
        except ValueError:
            return None
    return None


def read_agency(paragraph: str) -> str:
    """Return the agency that a dateline names: `LONDON (Agency) - Text`."""
    found = re.match(rf"{_UPPER}[^()]{{0,60}}?\s\(({_UPPER}[\w .&]{{1,30}})\)\s+[-\u2013\u2014]+\s", paragraph)
    return found[1] if found and found[0].split(" ")[0].rstrip(",").isupper() else ""


def without_dateline(paragraph: str) -> str:
    """Return a paragraph without `LONDON (Agency) - ` or `BERLIN, Nov 3 — ` before it."""
    return re.sub(
        rf"^{_UPPER}{{3}}[^()\u2013\u2014\n]{{0,40}}?(?:\s\([^()]{{2,30}}\)\s+[-\u2013\u2014]+|\s+[\u2013\u2014])\s+",
        "",
        paragraph,
    )


def is_biography(paragraph: str, name: str) -> bool:
    """Say whether a paragraph is about the person `name` as somebody who writes."""
    mentioned = any(
        re.search(rf"\b{re.escape(word)}\b", paragraph, re.IGNORECASE) for word in name.split() if len(word) > 2
    )
    return mentioned and bool(_BIO.search(paragraph))


def biography_of(paragraph: str) -> str:
    """Return the name of the person whose biography this is: `Name is a writer …`; empty when it is none."""
    found = re.match(rf"({_LONE_NAME.pattern})(?:,[^,.]{{2,60}},)? (?:is|was|has been) (?:an?|the|our) ", paragraph)
    return found[1] if found and _BIO.search(paragraph) else ""


def is_prose(paragraph: str) -> bool:
    """Say whether a paragraph is running text and not a heading or a label."""
    return len(paragraph.split()) >= 8 and bool(re.search(r"[.!?…:,;][\"”\u2019)]*", paragraph))


def _month(name: str) -> int:
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _unwrap(line: str) -> str:
    text = line.strip()
    if text[:1] in "([" and text[-1:] in ")]":
        return text[1:-1].strip()
    return text


def _tidy(text: str) -> str:
    """Remove white space and brackets without their partner around a name."""
    text = text.strip(" \t.,;|")
    if text.count(")") > text.count("("):
        text = text.rstrip(") ")
    if text.count("(") > text.count(")"):
        text = text.rstrip("( ").removeprefix("(")
    return text.strip(" []\t.,;|")
