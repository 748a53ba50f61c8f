"""The bytes of a page -> text, though servers and pages often say the wrong encoding."""

import codecs
import re

from newsletter.errors import IngestError

# What browsers read under these labels (WHATWG Encoding §4.2).
_ALIASES = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "utf-16": "utf-8",
}
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_META = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]*\bencoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,30})", re.IGNORECASE)


def decode_page(data: bytes, content_type: str = "", name: str = "the page") -> tuple[str, tuple[str, ...]]:
    """Read the bytes of a page; a note says when they are not what server or page declare.

    In this order: a byte order mark; UTF-8 where the bytes are valid UTF-8, which other encodings hardly ever are; the
    server's `charset`; the page's own; Windows-1252. Raises IngestError for bytes that are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), ()
    if b"\x00" in data[:4096]:
        raise IngestError(f"{name} is no text", remedy="Save the article's text as a .txt file and add that file.")
    declared = _declared(data, content_type)
    for encoding in ("utf-8", *(known for _, known in declared), "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, _note(name, encoding, declared, plain=data.isascii())
    encoding = declared[0][1] if declared else "cp1252"
    return data.decode(encoding, "replace"), (f"{name} has bytes that are no {encoding}: look for \ufffd in it",)


def _declared(data: bytes, content_type: str) -> list[tuple[str, str]]:
    """List who says which encoding, the server first; labels that nobody knows are passed over."""
    head = data[:4096]
    header = re.search(r"(?i)charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", content_type)
    meta = _META.search(head) or _XML.search(head)
    found = []
    for who, label in (("the server", header and header[1]), ("the page", meta and meta[1].decode("ascii"))):
        try:
            name = codecs.lookup(label).name if label else ""
        except LookupError:
            continue
        if name:
            found.append((who, _ALIASES.get(name, name)))
    return found


def _note(name: str, used: str, declared: list[tuple[str, str]], *, plain: bool) -> tuple[str, ...]:
    wrong = [(who, encoding) for who, encoding in declared if encoding != used]
    if plain or not wrong or (len(wrong) < len(declared) and declared[0][1] == used):
        return ()
    who, encoding = wrong[0]
    return (f"{name} is {used} though {who} says {encoding}: look at its accents and quotation marks",)
