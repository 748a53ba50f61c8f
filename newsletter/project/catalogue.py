"""What is known of every record and issue of a project without reading its file again: for lists and duplicates.

A file is parsed when it is new or changed; what was learnt is kept in a cache, which may be lost at any time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from newsletter.content.canonical import canonical_url
from newsletter.content.similarity import likeness, may_be_alike
from newsletter.errors import ContentError
from newsletter.models import Article, Issue, Place
from newsletter.project.articles import INBOX, Record, read_record
from newsletter.project.entries import CatalogueEntry, decode, describe, encode
from newsletter.project.issue_entries import decode_issue, encode_issue, read_issue_file
from newsletter.project.known import CatalogueCache, KnownFiles, Progress, is_utf8, stamp_of, stamps_of

_TITLES = 75.0
"""Likeness of two titles, in per cent, below which only the texts can make two records alike."""


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
        return next(self.similar_to_each([article]))

    def similar_to_each(self, articles: Sequence[Article | CatalogueEntry]) -> Iterator[tuple[Match, ...]]:
        """Give what `similar` returns for each, one after the other; the texts of all are looked for in one go."""
        wanted = [it if isinstance(it, CatalogueEntry) else describe(it, issue="") for it in articles]
        near = self._near(wanted)
        titles = [entry.print.title for entry in self._entries]
        for one in wanted:
            alike = process.extract(one.print.title, titles, scorer=fuzz.ratio, score_cutoff=_TITLES, limit=None)
            ratios = {index: ratio / 100 for _, ratio, index in alike}
            found = [self._match(one, index, ratios.get(index, 0.0)) for index in near.union(ratios)]
            matches = [match for match in found if match is not None]
            yield tuple(sorted(matches, key=lambda match: (-match.score, not match.exact, match.entry.file)))

    def _near(self, wanted: Sequence[CatalogueEntry]) -> set[int]:
        """Return where the records are that share an address, a digest or some words with any of the wanted."""
        urls, digests = {one.url for one in wanted} - {""}, {one.print.digest for one in wanted}
        runs = frozenset().union(*(one.print.text for one in wanted))
        return {
            index
            for index, entry in enumerate(self._entries)
            if not runs.isdisjoint(entry.print.text) or entry.url in urls or entry.print.digest in digests
        }

    def _match(self, wanted: CatalogueEntry, index: int, title_ratio: float) -> Match | None:
        entry = self._entries[index]
        if wanted.file and entry.file == wanted.file:
            return None
        if wanted.url and entry.url == wanted.url:
            return Match(entry=entry, score=1.0, reason="the same address", exact=True)
        if entry.print.digest == wanted.print.digest:
            return Match(entry=entry, score=1.0, reason="the same title and text", exact=True)
        if not title_ratio and not may_be_alike(frozenset(wanted.print.text), entry.print.text):
            return None
        like = likeness(wanted.print, entry.print, title_ratio=title_ratio)
        return like and Match(entry=entry, score=round(like[0], 3), reason=like[1], exact=False)


class CatalogueReader:
    """Reads the records and issues of a project again and again, and parses only what changed in between."""

    def __init__(self, root: Path, cache: CatalogueCache, progress: Progress | None = None) -> None:
        self._root = root
        self._records = KnownFiles("articles", cache, encode, decode, progress)
        self._issues = KnownFiles("issues", cache, encode_issue, decode_issue)

    def read(self, issues: Iterable[str]) -> Catalogue:
        """Look at every record's stamp, parse the new and changed ones, and return all; `issues` are their names."""
        stamps = dict(stamps_of(f"{self._root}/issues/{INBOX}", f"issues/{INBOX}/"))
        for issue in issues:
            stamps.update(stamps_of(f"{self._root}/issues/{issue}/articles", f"issues/{issue}/articles/"))
        found = self._records.read(stamps, self._record)
        return Catalogue(
            (item for item in found if isinstance(item, CatalogueEntry)),
            (item for item in found if isinstance(item, ContentError)),
        )

    def read_issues(self, issues: Iterable[str]) -> tuple[list[Issue], list[ContentError]]:
        """Read the issues of these names in the same way; what is wrong with a broken one is among the errors."""
        names = (f"issues/{issue}/issue.md" for issue in issues)
        found = self._issues.read({name: stamp_of(f"{self._root}/{name}") for name in names}, self._issue)
        return (
            [item for item in found if isinstance(item, Issue)],
            [item for item in found if isinstance(item, ContentError)],
        )

    def _record(self, name: str) -> CatalogueEntry:
        if not is_utf8(name):
            raise ContentError(
                "the file's name is no UTF-8",
                place=Place(file=name.encode("utf-8", "backslashreplace").decode()),
                remedy="Rename the file: a-z, 0-9 and hyphens.",
            )
        path = self._root / name
        issue = name.split("/")[1]
        record = Record(slug=path.stem, issue="" if issue == INBOX else issue, folder=path.parent)
        return describe(read_record(self._root, record), issue=record.issue)

    def _issue(self, name: str) -> Issue:
        return read_issue_file(self._root, name.split("/")[1])
