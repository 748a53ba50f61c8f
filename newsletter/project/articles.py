"""Where article records are: the inbox and the issues' folders."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from newsletter.content.article import parse_article
from newsletter.errors import ContentError, UsageError
from newsletter.models import Article, Place
from newsletter.project.files import read_text, shown

INBOX = "inbox"

_SHOWN = 10
"""Names in a message; somebody who typed one letter wants no thousand."""

# A record is parsed again only when its text changed: a preview reads all of an issue at every saved file.
_parse = lru_cache(maxsize=512)(parse_article)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Where a record's file is; `issue` is empty in the inbox."""

    slug: str
    issue: str
    folder: Path

    @property
    def path(self) -> Path:
        """The file; joined when asked for, because of ten thousand records hardly one is opened."""
        return self.folder / f"{self.slug}.md"

    @property
    def name(self) -> str:
        """The file as a person in the project's folder would type it; without asking the path, which takes longer."""
        return f"issues/{f'{self.issue}/articles' if self.issue else INBOX}/{self.slug}.md"


def inbox_records(root: Path) -> list[Record]:
    """List the files of the inbox by name."""
    return list(_records(root / "issues" / INBOX, ""))


def issue_records(root: Path, slug: str) -> list[Record]:
    """List the files in an issue's articles folder by name."""
    return list(_records(root / "issues" / slug / "articles", slug))


def all_records(root: Path, issues: Iterable[str]) -> list[Record]:
    """List every record of the project, the inbox first."""
    return [*inbox_records(root), *(record for slug in issues for record in issue_records(root, slug))]


def read_record(root: Path, record: Record) -> Article:
    """Read one record; raises ContentError."""
    file = shown(root, record.path)
    text = read_text(root, record.path)
    try:
        return _parse(text, slug=record.slug, file=file)
    except ContentError as exc:
        if exc.place is not None:
            raise
        raise ContentError(exc.what, place=Place(file=file), remedy=exc.remedy) from exc


def find_record(records: Sequence[Record], name: str, root: Path) -> Record:
    """Find a record by its slug, by `inbox/SLUG` or `ISSUE/SLUG`, or by the beginning of these where only one fits.

    Raises UsageError naming what fits or comes near, and for a name that two files have.
    """
    folder, slash, start = name.rpartition("/")
    # a file's own name, as messages show it, will do too
    folder = folder.removeprefix("issues/").removesuffix("/articles")
    start = start.removesuffix(".md")
    within = [record for record in records if not slash or (record.issue or INBOX) == folder]
    fitting = [record for record in within if record.slug == start]
    fitting = fitting or [record for record in within if start and record.slug.startswith(start)]
    slugs = sorted({record.slug for record in fitting})
    if len(fitting) == 1:
        return fitting[0]
    if len(slugs) == 1:
        files = ", ".join(shown(root, record.path) for record in fitting)
        raise UsageError(
            f"{len(fitting)} files have the name {slugs[0]}: {files}",
            remedy=f"Say which one: {' or '.join(f'{record.issue or INBOX}/{record.slug}' for record in fitting)}.",
        )
    if slugs:
        listed = f"{', '.join(slugs[:_SHOWN])}{' …' if len(slugs) > _SHOWN else ''}"
        raise UsageError(f"{name!r} fits {len(slugs)} articles: {listed}", remedy="Type more of it.")
    known = sorted({record.slug for record in within})
    near = process.extract(start[:80], known, scorer=fuzz.ratio, limit=3, score_cutoff=50)
    raise UsageError(
        f"there is no article {name[:80]!r}",
        remedy=f"Did you mean {', '.join(slug for slug, *_ in near)}?"
        if near
        else "`newsletter article list` shows what is there.",
    )


def _records(folder: Path, issue: str) -> Iterator[Record]:
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - Path objects of ten thousand names cost more than the list
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        if name.endswith(".md") and not name.startswith("."):
            yield Record(slug=name.removesuffix(".md"), issue=issue, folder=folder)
