"""The inbox as the page shows it: searched, filtered, sorted, a page of it at a time; and what fits an issue."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.errors import UsageError
from newsletter.models import ArticleStatus
from newsletter.project import Catalogue, CatalogueEntry, Project
from newsletter.project.suggestion import suggest
from newsletter.studio.outline import error_values, journal_of
from newsletter.studio.workshop import Workshop

PAGE = 30
"""Records on a page."""
MOST_CHOICES = 100
"""Tags and sources offered to choose from, the most frequent ones."""


class Order(StrEnum):
    """How the inbox is sorted."""

    NEWEST = "newest"  # by date of publication, or else of collection
    OLDEST = "oldest"  # the other way round
    TITLE = "title"  # by title
    LONGEST = "longest"  # by words of the body


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What somebody looks for; an empty status means undecided or shortlisted.

    `words` may stand in title, source, author, address and tags.
    """

    words: str = ""
    tag: str = ""
    source: str = ""
    status: str = ""
    order: Order = Order.NEWEST
    page: int = 1


def query_of(values: dict[str, str]) -> Query:
    """Read a query from an address; raises UsageError for what cannot be one."""
    try:
        page = int(values.get("page") or 1)
        order = Order(values.get("sort") or Order.NEWEST)
        status = values.get("status", "")
        if status:
            ArticleStatus(status)
    except ValueError as exc:
        raise UsageError("this is no view of the inbox", remedy="Reload the page.") from exc
    return Query(
        words=values.get("q", ""),
        tag=values.get("tag", ""),
        source=values.get("source", ""),
        status=status,
        order=order,
        page=max(1, page),
    )


def inbox_page(workshop: Workshop, query: Query) -> dict[str, Any]:
    """Return a page of the inbox as JSON values, with counts and what can be filtered by."""
    with workshop.project() as project:
        catalogue = project.catalogue()
        today = today_of(project)
        everything = catalogue.inbox()
        wanted = sorted(_matching(everything, query), key=_key(query.order), reverse=query.order in _DOWN)
        first = (query.page - 1) * PAGE
        shown = wanted[first : first + PAGE]
        twins = _twins(catalogue, shown)
        errors = [error for error in catalogue.errors() if str(error.place).startswith("issues/inbox/")]
        return {
            "entries": [_entry(entry, twins.get(entry.file), today) for entry in shown],
            "found": len(wanted),
            "page": query.page,
            "pages": max(1, -(-len(wanted) // PAGE)),
            "counts": counts_of(everything),
            "tags": _frequent(tag for entry in everything for tag in entry.tags),
            "sources": _frequent(entry.source for entry in everything if entry.source),
            "errors": [error_values(error) for error in errors[:PAGE]],
            **journal_of(workshop),
        }


def suggestions_for(workshop: Workshop, slug: str, limit: int = 8) -> dict[str, Any]:
    """Return what of the inbox an issue could take next, each with its reasons, as JSON values."""
    with workshop.project() as project:
        result = suggest(project, slug, today=today_of(project), limit=limit)
        return {
            "entries": [
                {**_entry(it.entry, None, result.day), "reasons": [reason.words for reason in it.reasons]}
                for it in result.found
            ],
            "left_out": dict(result.left_out),
        }


def counts_of(entries: Sequence[CatalogueEntry]) -> dict[str, int]:
    """Count the inbox by status, and all of it."""
    found = Counter(entry.status.value for entry in entries)
    return {"all": len(entries), **{status.value: found[status.value] for status in ArticleStatus}}


def today_of(project: Project) -> dt.date:
    """Return the day it is where the newsletter is."""
    return dt.datetime.now(ZoneInfo(project.settings.newsletter.time_zone)).date()


_DOWN = frozenset({Order.NEWEST, Order.LONGEST})


def _matching(entries: Sequence[CatalogueEntry], query: Query) -> list[CatalogueEntry]:
    words = query.words.casefold().split()
    return [
        entry
        for entry in entries
        if (entry.status == query.status if query.status else entry.status is not ArticleStatus.REJECTED)
        and (not query.tag or query.tag in entry.tags)
        and (not query.source or query.source == entry.source)
        and (not words or _has(entry, words))
    ]


def _has(entry: CatalogueEntry, words: list[str]) -> bool:
    text = " ".join((entry.title, entry.source, entry.author, entry.url, *entry.tags)).casefold()
    return all(word in text for word in words)


def _key(order: Order) -> Any:
    if order is Order.TITLE:
        return lambda entry: (entry.title.casefold(), entry.slug)
    if order is Order.LONGEST:
        return lambda entry: (entry.words, entry.slug)
    return lambda entry: (entry.published or entry.collected or dt.date.min, entry.slug)


def _entry(entry: CatalogueEntry, twin: CatalogueEntry | None, today: dt.date) -> dict[str, Any]:
    marks = [_mark(entry, twin)] if twin else []
    if entry.embargoed(today):
        marks.append({"kind": "date", "words": f"embargo until {entry.embargo}"})
    if entry.expired(today):
        marks.append({"kind": "date", "words": f"expired {entry.expires}"})
    return {
        "slug": entry.slug,
        "file": entry.file,
        "title": entry.title,
        "url": entry.url,
        "from": entry.source or entry.author,
        "date": str(entry.published or entry.collected or ""),
        "status": entry.status.value,
        "tags": list(entry.tags),
        "words": entry.words,
        "marks": marks,
    }


def _twins(catalogue: Catalogue, shown: Sequence[CatalogueEntry]) -> dict[str, CatalogueEntry]:
    """Find the record of the same page or the same text for each, one that an issue has used first.

    Records that are only alike take too long to look for at every key: suggestions and `article history` name them.
    """
    wanted: dict[str, list[CatalogueEntry]] = {}
    for entry in shown:
        for key in {entry.url, entry.print.digest} - {""}:
            wanted.setdefault(key, []).append(entry)
    found: dict[str, CatalogueEntry] = {}
    for other in catalogue.entries():
        for entry in (*wanted.get(other.url, ()), *wanted.get(other.print.digest, ())):
            if other.file != entry.file and (entry.file not in found or (other.issue and not found[entry.file].issue)):
                found[entry.file] = other
    return found


def _mark(entry: CatalogueEntry, twin: CatalogueEntry) -> dict[str, str]:
    same = "the same address" if entry.url and entry.url == twin.url else "the same title and text"
    where = f"in the issue {twin.issue}" if twin.issue else "in the inbox"
    return {"kind": "used" if twin.issue else "duplicate", "words": f"{same} as {twin.slug}, {where}"}


def _frequent(values: Any) -> list[list[Any]]:
    return [[value, count] for value, count in Counter(values).most_common(MOST_CHOICES)]
