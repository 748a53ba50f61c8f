"""What the catalogue keeps of one record, and how it is written into a cache."""

import binascii
import datetime as dt
import json
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from newsletter.content.canonical import canonical_url
from newsletter.content.similarity import Print, print_of
from newsletter.errors import ContentError
from newsletter.models import Article, ArticleStatus, Place

VERSION = 2
"""Raised with every change of what is kept: entries of another version are read from the files again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A record in short: `issue` is empty in the inbox, `url` is canonical, `words` counts the body's.

    `source` is who published it, or else through whom it was found; `print` is for comparing.
    """

    slug: str
    issue: str
    title: str
    url: str
    author: str
    source: str
    tags: tuple[str, ...]
    status: ArticleStatus
    published: dt.date | None
    collected: dt.date | None
    embargo: dt.date | None
    expires: dt.date | None
    words: int
    print: Print
    file: str

    def embargoed(self, today: dt.date) -> bool:
        """Say whether the record must not be published yet; on the day of the embargo it may."""
        return self.embargo is not None and today < self.embargo

    def expired(self, today: dt.date) -> bool:
        """Say whether the record is out of date; on the day itself it is not."""
        return self.expires is not None and today > self.expires


def describe(article: Article, *, issue: str) -> CatalogueEntry:
    """Return what the catalogue keeps of a record; `issue` is empty for the inbox."""
    return CatalogueEntry(
        slug=article.slug,
        issue=issue,
        title=article.title,
        url=canonical_url(article.url),
        author=article.author,
        source=article.source or article.via,
        tags=article.tags,
        status=article.status,
        published=article.published,
        collected=article.collected,
        embargo=article.embargo,
        expires=article.expires,
        words=len(article.body.split()),
        print=print_of(article.title, article.body or article.summary),
        file=article.file,
    )


def encode(item: CatalogueEntry | ContentError) -> str:
    """Write an entry, or what is wrong with its file, as a line of JSON."""
    if isinstance(item, ContentError):
        return encode_error(item, VERSION)
    dates = [date and date.isoformat() for date in (item.published, item.collected, item.embargo, item.expires)]
    known = item.print
    return json.dumps(
        [
            VERSION,
            *(item.slug, item.issue, item.title, item.url, item.author, item.source, item.tags, item.status),
            *dates,
            *(item.words, known.title, _packed(known.text), known.digest, item.file),
        ],
        ensure_ascii=False,
    )


def decode(text: str) -> CatalogueEntry | ContentError | None:
    """Read what `encode` wrote; None for everything else, which another version or an accident left behind."""
    try:
        version, *values = json.loads(text)
        if version != VERSION:
            return None
        if len(values) == 3:
            return decode_error(values)
        slug, issue, title, url, author, source, tags, status, *rest = values
        published, collected, embargo, expires, words, in_order, runs, digest, file = rest
        return CatalogueEntry(
            slug=slug,
            issue=issue,
            title=title,
            url=url,
            author=author,
            source=source,
            tags=tuple(tags),
            status=_STATUS[status],
            published=_date(published),
            collected=_date(collected),
            embargo=_date(embargo),
            expires=_date(expires),
            words=words,
            print=Print(title=in_order, text=_unpacked(runs), digest=digest),
            file=file,
        )
    except (ValueError, TypeError, KeyError, IndexError):
        return None


def encode_error(error: ContentError, version: object) -> str:
    """Write what is wrong with a file as a line of JSON."""
    place = error.place
    where = None if place is None else [place.file, place.line, place.column]
    return json.dumps([version, error.what, where, error.remedy], ensure_ascii=False)


def decode_error(values: Sequence[Any]) -> ContentError:
    """Read the three values that `encode_error` wrote behind the version."""
    what, where, remedy = values
    place = None if where is None else Place(file=where[0], line=where[1], column=where[2])
    return ContentError(what, place=place, remedy=remedy)


_STATUS = {str(status): status for status in ArticleStatus}


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _packed(runs: "array[int]") -> str:
    """Write a text's print as Base64: JSON reads one string many times as fast as 48 numbers."""
    return binascii.b2a_base64(_little(runs).tobytes(), newline=False).decode("ascii")


def _unpacked(text: str) -> "array[int]":
    return _little(array("I", binascii.a2b_base64(text)))


def _little(runs: "array[int]") -> "array[int]":
    """Change the order of bytes on a machine that has the other one: a cache may travel with its folder."""
    if sys.byteorder == "big":
        runs = array("I", runs)
        runs.byteswap()
    return runs
