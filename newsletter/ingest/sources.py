"""A path or standard input -> a record: Markdown with front matter, or the text of an article."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from newsletter.content.article import parse_article
from newsletter.content.slug import check_slug, slugify
from newsletter.content.text import MAX_FILE
from newsletter.errors import ContentError, IngestError
from newsletter.ingest.dump import parse_dump
from newsletter.models import Article, Place

_REMEDY = "Save the article's text as a .txt file and add that file."
_NOT_YET = {
    ".html": "a web page",
    ".htm": "a web page",
    ".xhtml": "a web page",
    ".csv": "a table",
    ".tsv": "a table",
    ".xlsx": "a table",
    ".json": "a data file",
    ".xml": "a feed or data file",
    ".rss": "a feed",
    ".atom": "a feed",
    ".pdf": "a PDF",
    ".docx": "a word processor's file",
    ".odt": "a word processor's file",
    ".rtf": "a word processor's file",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A record made from a source, and what a person should know about how it was read."""

    article: Article
    notes: tuple[str, ...] = ()


def read_source(source: str, stdin: BinaryIO) -> Taken:
    """Read a file, or `stdin` for `-`, and make a record of it.

    Raises IngestError when it cannot become one, ContentError with the line when its front matter is wrong.
    """
    if re.match(r"(?i)(?:https?|ftp|feed)://", source):
        raise IngestError(f"{source} is a web address, and only files can be added", remedy=_REMEDY)
    if source == "-":
        return _make("standard input", _read_stream(stdin, "standard input"), "")
    path = Path(source)
    kind = _NOT_YET.get(path.suffix.lower())
    if kind:
        raise IngestError(f"{source} is {kind}, and only texts can be added", remedy=_REMEDY)
    return _make(source, _read_file(path, source), path.stem if path.suffix.lower() in {".md", ".markdown"} else "")


def decode(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Read bytes as text: UTF-8, UTF-16 with its mark, or Windows-1252 with a note.

    Raises IngestError for what is no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ()
        except UnicodeDecodeError as exc:
            raise _no_text(name) from exc
    if b"\x00" in data:
        raise _no_text(name)
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as exc:
        raise _no_text(name) from exc
    return text, (f"{name} is not UTF-8 and was read as Windows-1252: look at its accents and quotation marks",)


def _make(name: str, data: bytes, stem: str) -> Taken:
    text, notes = decode(data, name)
    if re.match(r"\s*<(?:!doctype|html|\?xml)", text, re.IGNORECASE):
        raise IngestError(f"{name} is a web page, and only texts can be added", remedy=_REMEDY)
    if re.match(r"\s*---[ \t]*\r?\n", text):
        return Taken(article=_with_slug(parse_article(text, slug="record", file=name), stem), notes=notes)
    return Taken(article=parse_dump(text, file=name), notes=notes)


def _with_slug(article: Article, stem: str) -> Article:
    """Name a record after its file where that is a slug, else after its title."""
    try:
        return replace(article, slug=check_slug(stem, "the file's name"))
    except ContentError:
        return replace(article, slug=slugify(article.title))


def _read_file(path: Path, name: str) -> bytes:
    if path.is_dir():
        raise IngestError(f"{name} is a folder", remedy="Name its files: `newsletter article add FOLDER/*.txt`.")
    try:
        with path.open("rb") as stream:
            return _read_stream(stream, name)
    except FileNotFoundError as exc:
        raise IngestError(f"there is no file {name}", remedy="Check its name and folder.") from exc
    except (OSError, ValueError) as exc:
        reason = str(getattr(exc, "strerror", None) or exc).lower()
        raise IngestError(f"{name} cannot be read: {reason}", remedy="Check its name and rights.") from exc


def _read_stream(stream: BinaryIO, name: str) -> bytes:
    data = stream.read(4 * MAX_FILE + 1)
    if len(data) > 4 * MAX_FILE:
        raise IngestError(f"{name} is larger than 4 MiB", place=None, remedy="Save the article alone.")
    return data


def _no_text(name: str) -> IngestError:
    return IngestError("this is no text file", place=Place(file=name), remedy="Save the article as plain text.")
