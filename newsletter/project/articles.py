"""Where article records are: the inbox and the issues' folders."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from newsletter.content.article import parse_article
from newsletter.models import Article
from newsletter.project.files import read_text, shown

INBOX = "inbox"

# A record is parsed again only when its text changed: a preview reads all of an issue at every saved file.
_parse = lru_cache(maxsize=512)(parse_article)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Where a record's file is; `issue` is empty in the inbox."""

    slug: str
    issue: str
    path: Path


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
    return _parse(read_text(root, record.path), slug=record.slug, file=shown(root, record.path))


def _records(folder: Path, issue: str) -> Iterator[Record]:
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - Path objects of ten thousand names cost more than the list
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        if name.endswith(".md") and not name.startswith("."):
            yield Record(slug=name.removesuffix(".md"), issue=issue, path=folder / name)
