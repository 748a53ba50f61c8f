"""What the catalogue keeps of one record, and how it is written into a cache."""

import datetime as dt
import json
from dataclasses import dataclass

from newsletter.content.canonical import canonical_url
from newsletter.content.similarity import Print, print_of
from newsletter.errors import ContentError
from newsletter.models import Article, ArticleStatus, Place

VERSION = 1
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
        place = item.place
        where = None if place is None else [place.file, place.line, place.column]
        return json.dumps([VERSION, item.what, where, item.remedy], ensure_ascii=False)
    dates = [date and date.isoformat() for date in (item.published, item.collected, item.embargo, item.expires)]
    known = item.print
    return json.dumps(
        [
            VERSION,
            *(item.slug, item.issue, item.title, item.url, item.author, item.source, item.tags, item.status),
            *dates,
            *(item.words, known.title, known.text, known.digest, item.file),
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
            what, where, remedy = values
            place = None if where is None else Place(file=where[0], line=where[1], column=where[2])
            return ContentError(what, place=place, remedy=remedy)
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
            print=Print(title=in_order, text=tuple(runs), digest=digest),
            file=file,
        )
    except (ValueError, TypeError, KeyError, IndexError):
        return None


_STATUS = {str(status): status for status in ArticleStatus}


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
