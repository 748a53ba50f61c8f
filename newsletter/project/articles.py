"""Where article records are: the inbox and the issues' folders; duplicates among them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from newsletter.content.article import parse_article
from newsletter.content.text import one_line
from newsletter.errors import ContentError
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


def find_duplicate(root: Path, article: Article, records: Iterable[Record]) -> Article | None:
    """Find a record of the same address, or of the same title and body; records that cannot be read are passed over."""
    url = canonical_url(article.url)
    host = urlsplit(url).hostname or "" if url else ""
    # reading a file is cheap, parsing it is not: look for the host or the title's longest word first
    word = max(re.findall(r"\w+", article.title) or [""], key=len)
    for record in records:
        try:
            text = read_text(root, record.path)
            if not ((host and host in text.lower()) or word in text):
                continue
            other = read_record(root, record)
        except ContentError:
            continue
        if url and canonical_url(other.url) == url:
            return other
        if (one_line(other.title), other.body) == (one_line(article.title), article.body):
            return other
    return None


def canonical_url(url: str) -> str:
    """Return what two spellings of one page's address have in common: no fragment, no tracking, no `www.`."""
    if not url:
        return ""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    kept = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not re.fullmatch(r"utm_\w+|fbclid|gclid|mc_[ce]id", key)
    ]
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    return f"https://{host}{port}{parts.path.rstrip('/')}{query}"


def _records(folder: Path, issue: str) -> Iterator[Record]:
    if folder.is_dir():
        for path in sorted(folder.glob("*.md")):
            if not path.name.startswith("."):
                yield Record(slug=path.stem, issue=issue, path=path)
