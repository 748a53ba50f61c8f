"""A path, a web address or standard input -> records, whatever it holds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from newsletter.content.article import parse_article
from newsletter.content.fields import check_url
from newsletter.content.slug import check_slug, slugify
from newsletter.content.text import normal_lines
from newsletter.errors import ContentError, IngestError
from newsletter.ingest.charset import decode_page
from newsletter.ingest.dump import parse_dump
from newsletter.ingest.objects import read_objects
from newsletter.ingest.sniff import Kind, kind_of, refuse_documents
from newsletter.ingest.table import read_table
from newsletter.ingest.taken import Taken
from newsletter.models import Article, Place
from newsletter.web.fetch import MAX_BYTES, Fetcher

MAX_TABLE = 64 * 1024 * 1024
"""Bytes of a table or data file; ten years of a bookmarking tool have some ten megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How sources are to be read: their kind and address where the caller says them, names of columns by field."""

    kind: Kind | None = None
    url: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)


def is_address(source: str) -> bool:
    """Say whether a source is to be fetched."""
    return bool(re.match(r"(?i)[a-z][a-z0-9+.-]*://", source))


def read_sources(source: str, stdin: BinaryIO, fetcher: Fetcher, reading: Reading) -> Iterator[Taken | IngestError]:
    """Yield the records of a web page, of a file, or of `stdin` for `-`; the rows of tables one by one.

    Raises IngestError when nothing can be read from it, ContentError with the line when its front matter is wrong.
    """
    if reading.url:
        try:
            check_url(reading.url, "--url", Place(file=source))
        except ContentError as exc:
            raise IngestError(exc.what, remedy=exc.remedy) from exc
    if is_address(source):
        yield _page_of(source, fetcher, reading)
        return
    name = "standard input" if source == "-" else source
    data = _read_stream(stdin, name) if source == "-" else read_file(Path(source), name)
    yield from read_bytes(data, name, reading)


def read_bytes(data: bytes, name: str, reading: Reading) -> Iterator[Taken | IngestError]:
    """Yield the records of a file's bytes; `name` is the file as a person would type it."""
    refuse_documents(data, name)
    text, notes = decode_page(data, name=name) if _is_page(data, reading) else decode(data, name)
    kind = reading.kind or kind_of(text, name)
    if kind not in {Kind.CSV, Kind.JSON} and len(data) > MAX_BYTES:
        raise IngestError(f"{name} is larger than {MAX_BYTES // 1024 // 1024} MiB", remedy="Save the article alone.")
    if kind is Kind.CSV or kind is Kind.JSON:
        read = read_table if kind is Kind.CSV else read_objects
        for result in read(text, file=name, mapping=reading.mapping):
            yield replace(result, notes=(*notes, *result.notes)) if isinstance(result, Taken) and notes else result
            notes = ()
        return
    taken = _one(text, kind, name, reading)
    article = replace(taken.article, url=reading.url) if reading.url and not taken.article.url else taken.article
    yield Taken(article=article, notes=(*notes, *taken.notes))


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


def _page_of(url: str, fetcher: Fetcher, reading: Reading) -> Taken:
    from newsletter.ingest.page import parse_page  # noqa: PLC0415 - its extraction takes 0.3 s to import

    fetched = fetcher.get(url)
    refuse_documents(fetched.body, url)
    text, notes = decode_page(fetched.body, fetched.content_type, url)
    kind = kind_of(text, f"{url.partition('?')[0].rstrip('/')}.html")
    if kind is not Kind.HTML:
        raise IngestError(f"{url} is {kind.value}, not a web page", remedy="Download it and add the file.")
    taken = parse_page(text, url=reading.url or fetched.url, file=url)
    return Taken(article=taken.article, notes=(*notes, *taken.notes))


def _one(text: str, kind: Kind, name: str, reading: Reading) -> Taken:
    if kind is Kind.HTML:
        from newsletter.ingest.page import parse_page  # noqa: PLC0415 - its extraction takes 0.3 s to import

        return parse_page(text, url=reading.url, file=name)
    if kind is Kind.MARKDOWN and re.match(r"\s*---[ \t]*\r?\n", text.removeprefix("\ufeff")):
        stem = Path(name).stem if name.lower().endswith((".md", ".markdown")) else ""
        return Taken(article=_with_slug(parse_article(text, slug="record", file=name), stem))
    if kind is Kind.MARKDOWN:
        return _markdown(text, name)
    return Taken(article=parse_dump(text, file=name))


def _markdown(text: str, name: str) -> Taken:
    """Make a record of Markdown without front matter: a heading at its top is the title, the rest stays as it is."""
    clean = normal_lines(text).strip()
    found = re.match(r"#{1,2}[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|$)|(.+)\n=+[ \t]*(?:\n|$)", clean)
    if not found:
        return Taken(article=parse_dump(text, file=name))
    title = (found[1] or found[2]).strip()
    body = clean[found.end() :].strip()
    return Taken(
        article=replace(parse_dump(f"{title}\n\n{body}", file=name), title=title, slug=slugify(title), body=body)
    )


def _with_slug(article: Article, stem: str) -> Article:
    """Name a record after its file where that is a slug, else after its title."""
    try:
        return replace(article, slug=check_slug(stem, "the file's name"))
    except ContentError:
        return replace(article, slug=slugify(article.title))


def _is_page(data: bytes, reading: Reading) -> bool:
    head = data[:1000].lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    return reading.kind is Kind.HTML or head.startswith((b"<!doctype", b"<html", b"<?xml", b"<!--"))


def read_file(path: Path, name: str) -> bytes:
    """Return a file's bytes; raises IngestError in plain words."""
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
    data = stream.read(MAX_TABLE + 1)
    if len(data) > MAX_TABLE:
        raise IngestError(f"{name} is larger than {MAX_TABLE // 1024 // 1024} MiB", remedy="Split it.")
    return data


def _no_text(name: str) -> IngestError:
    return IngestError("this is no text file", place=Place(file=name), remedy="Save the article as plain text.")
