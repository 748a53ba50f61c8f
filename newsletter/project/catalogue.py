"""What is known of every record of a project without reading its file again: for lists, history and duplicates.

A record is parsed when its file is new or changed; what was learnt is kept in a cache, which may be lost at any time.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rapidfuzz import fuzz, process

from newsletter.content.canonical import canonical_url
from newsletter.content.similarity import likeness, may_be_alike
from newsletter.errors import ContentError
from newsletter.models import Article
from newsletter.project.articles import Record, all_records, read_record
from newsletter.project.entries import CatalogueEntry, decode, describe, encode

_RACE = 100_000_000
"""Nanoseconds: a file changed so shortly before it was read may change again without a new time stamp."""

_BATCH = 500
"""Files that are read before what was learnt is kept: an interrupted first run goes on where it was."""

_TITLES = 75.0
"""Likeness of two titles, in per cent, below which only the texts can make two records alike."""

Progress = Callable[[int, int], None]
"""Called with how many of how many changed records are read."""


Kept = tuple[str, str]
"""The stamp that a file had when it was read, and its entry as text that only this room reads."""


class CatalogueCache(Protocol):
    """Where what was learnt of the files is kept, by path; losing it costs time and nothing else."""

    def load(self) -> Mapping[str, Kept]:
        """Return everything that is kept; nothing when it is lost, damaged or out of reach."""

    def save(self, changed: Mapping[str, Kept], removed: Iterable[str]) -> None:
        """Keep the changed ones and forget the removed; do nothing where nothing can be written."""


class MemoryCache:
    """Keeps what was learnt as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def load(self) -> Mapping[str, Kept]:
        """Return everything that is kept."""
        return dict(self._kept)

    def save(self, changed: Mapping[str, Kept], removed: Iterable[str]) -> None:
        """Keep the changed ones and forget the removed."""
        self._kept.update(changed)
        for path in removed:
            self._kept.pop(path, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A record that is like another: the score from 0 to 1, and the reason in words; `exact` means the same page."""

    entry: CatalogueEntry
    score: float
    reason: str
    exact: bool


class Catalogue:
    """Every record as it stood when the catalogue was read, the inbox first, then the issues by name."""

    def __init__(self, entries: Iterable[CatalogueEntry], errors: Iterable[ContentError]) -> None:
        self._entries = tuple(entries)
        self._errors = tuple(errors)

    def entries(self) -> tuple[CatalogueEntry, ...]:
        """Return every record that can be read."""
        return self._entries

    def inbox(self) -> tuple[CatalogueEntry, ...]:
        """Return the records that no issue has used."""
        return tuple(entry for entry in self._entries if not entry.issue)

    def errors(self) -> tuple[ContentError, ...]:
        """Return what is wrong with each of the others."""
        return self._errors

    def named(self, slug: str) -> tuple[CatalogueEntry, ...]:
        """Return the records of that name; more than one when two folders have a file of it."""
        return tuple(entry for entry in self._entries if entry.slug == slug)

    def at(self, url: str) -> tuple[CatalogueEntry, ...]:
        """Return the records of that page, whatever its address is spelt like."""
        wanted = canonical_url(url)
        return tuple(entry for entry in self._entries if wanted and entry.url == wanted)

    def similar(self, article: Article | CatalogueEntry) -> tuple[Match, ...]:
        """Return the records that are the same or nearly, the likest first; never the file of `article` itself."""
        wanted = article if isinstance(article, CatalogueEntry) else describe(article, issue="")
        titles = process.extract(
            wanted.print.title,
            [entry.print.title for entry in self._entries],
            scorer=fuzz.ratio,
            score_cutoff=_TITLES,
            limit=None,
        )
        ratios = {index: ratio / 100 for _, ratio, index in titles}
        text = frozenset(wanted.print.text)
        found = []
        for index, entry in enumerate(self._entries):
            if wanted.file and entry.file == wanted.file:
                continue
            if wanted.url and entry.url == wanted.url:
                found.append(Match(entry=entry, score=1.0, reason="the same address", exact=True))
            elif entry.print.digest == wanted.print.digest:
                found.append(Match(entry=entry, score=1.0, reason="the same title and text", exact=True))
            elif index in ratios or may_be_alike(text, entry.print.text):
                like = likeness(wanted.print, entry.print, title_ratio=ratios.get(index, 0.0))
                if like:
                    found.append(Match(entry=entry, score=round(like[0], 3), reason=like[1], exact=False))
        return tuple(sorted(found, key=lambda match: (-match.score, not match.exact, match.entry.file)))


class CatalogueReader:
    """Reads the catalogue of a project again and again, and parses only what changed in between."""

    def __init__(self, root: Path, cache: CatalogueCache, progress: Progress | None = None) -> None:
        self._root = root
        self._cache = cache
        self._progress = progress
        self._known: dict[str, _Known] | None = None

    def read(self, issues: Iterable[str]) -> Catalogue:
        """Look at every file's stamp, parse the new and changed ones, and return all; `issues` are their names."""
        before = self._load() if self._known is None else self._known
        records = {record.name: record for record in all_records(self._root, issues)}
        stamps = {name: _stamp(record.path) for name, record in records.items()}
        fresh = [name for name, stamp in stamps.items() if not stamp or name not in before or before[name][0] != stamp]
        learnt: dict[str, _Known] = {}
        for start in range(0, len(fresh), _BATCH):
            part = {name: self._learn(records[name], stamps[name]) for name in fresh[start : start + _BATCH]}
            self._cache.save({name: (s, encode(item)) for name, (s, item) in part.items() if s}, ())
            learnt |= part
            if self._progress is not None:
                self._progress(len(learnt), len(fresh))
        gone = [name for name in before if name not in records]
        if gone:
            self._cache.save({}, gone)
        self._known = {name: learnt.get(name) or before[name] for name in records}
        found = [item for _, item in self._known.values()]
        return Catalogue(
            (item for item in found if isinstance(item, CatalogueEntry)),
            (item for item in found if isinstance(item, ContentError)),
        )

    def _load(self) -> dict[str, "_Known"]:
        kept = ((name, stamp, decode(entry)) for name, (stamp, entry) in self._cache.load().items())
        return {name: (stamp, item) for name, stamp, item in kept if item is not None}

    def _learn(self, record: Record, stamp: str) -> "_Known":
        try:
            item: CatalogueEntry | ContentError = describe(read_record(self._root, record), issue=record.issue)
        except ContentError as exc:
            return stamp, exc
        return stamp, item


_Known = tuple[str, CatalogueEntry | ContentError]
"""The stamp of a file when it was read, empty when it must be read again, and what was found in it."""


def open_catalogue(root: Path, issues: Iterable[str], cache: CatalogueCache) -> Catalogue:
    """Read the catalogue of a project once; `issues` are the names of its issues."""
    return CatalogueReader(root, cache).read(issues)


def _stamp(path: Path) -> str:
    """Return what changes when a file does; empty for a file that may change without it, or cannot be looked at."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a tenth of Path.stat's time counts here
    except OSError:
        return ""
    if abs(time.time_ns() - status.st_mtime_ns) < _RACE:
        return ""
    return f"{status.st_mtime_ns}:{status.st_size}:{status.st_ino}"
