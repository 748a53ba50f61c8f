"""RSS 2, RSS 1 and Atom -> records: entries as their feed writes them, newest first as the feed has them."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser

from newsletter.content.markdown import MAX_LENGTH
from newsletter.content.slug import slugify
from newsletter.content.text import one_line
from newsletter.errors import IngestError
from newsletter.ingest.dates import parse_date
from newsletter.ingest.markup import complete, html_to_markdown, parse_html, plain_text, without_marks
from newsletter.ingest.page.pictures import picture_address
from newsletter.ingest.sniff import refuse_documents
from newsletter.ingest.sources import is_address, read_file
from newsletter.ingest.summary import summarise
from newsletter.ingest.taken import Taken
from newsletter.models import Article, Image, Place
from newsletter.web.fetch import Fetcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed: the id by which it is known again, and its record or why there is none."""

    id: str
    result: Taken | IngestError


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that was read; `notes` tell what was wrong with it as a whole."""

    title: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


def parse_feed(data: bytes, *, url: str, file: str, content_type: str = "", since: dt.date | None = None) -> Feed:
    """Read a feed's bytes; `url` completes relative links, `since` leaves out older entries, but none without a date.

    A feed that is broken is read as far as it can be, with a note. Raises IngestError for what is no feed.
    """
    found = _parse(data, url, content_type)
    version = found.get("version", "")
    if not version and not found.entries:
        raise IngestError(
            f"{file} is no feed",
            remedy="Look for the address of the page's RSS or Atom feed; pages go to `newsletter article add`.",
        )
    site = str(found.feed.get("link", ""))
    if version.startswith("rss") and site.startswith("http") and site != url:
        # RSS says nothing of relative links; they are meant from the site, and feeds often live on another host
        found = _parse(data, site, content_type)
    title = plain_text(found.feed.get("title", "")) or urlsplit(url).hostname or ""
    # an entry without an author has the feed's (RFC 4287 §4.2.1)
    author = _author(found.feed, "", title) if version.startswith("atom") else ""
    shared = _Shared(title=title, author=author, base=site if site.startswith("http") else url, file=file)
    entries = list(_entries(found.entries, shared, since))
    notes = []
    if found.bozo and _is_broken(found.bozo_exception):
        notes.append(f"{file} is broken ({_reason(found.bozo_exception)}): {len(entries)} entries could be read")
    return Feed(title=title, entries=tuple(entries), notes=tuple(notes))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """What all entries of a feed have in common."""

    title: str
    author: str
    base: str
    file: str


def _parse(data: bytes, base: str, content_type: str) -> Any:
    headers = {"content-location": base, "content-type": content_type or "application/xml"}
    return feedparser.parse(io.BytesIO(data), response_headers=headers)


def _entries(entries: list[Any], feed: _Shared, since: dt.date | None) -> Iterator[Entry]:
    for number, entry in enumerate(entries, start=1):
        record = _record(entry, feed, number)
        date = record.article.published if isinstance(record, Taken) else None
        if since is None or date is None or date >= since:
            url = record.article.url if isinstance(record, Taken) else ""
            yield Entry(id=str(entry.get("id") or url or entry.get("title") or number), result=record)


def _record(entry: Any, feed: _Shared, number: int) -> "Taken | IngestError":
    link = complete(_link(entry), feed.base)
    title = plain_text(entry.get("title", ""))
    content = _content(entry)
    body = html_to_markdown(content, link or feed.base)[:MAX_LENGTH]
    summary = _summary(entry, body)
    title = title or (summary[:80].rpartition(" ")[0] + "…" if len(summary) > 80 else summary)
    if not title:
        return IngestError(f"entry {number} has neither a title nor a text", place=Place(file=feed.file))
    stated = entry.get("published") or entry.get("date") or entry.get("issued") or entry.get("updated") or ""
    published = parse_date(stated) if stated else None
    notes = () if published or not stated else (f"{title[:60]}: {stated[:40]!r} is no date, so the record has none",)
    source = entry.get("source") or {}
    article = Article(
        slug=slugify(title),
        title=title,
        url=link,
        summary=summary,
        body="" if one_line(body) == summary else body,
        author=_author(entry, feed.author, feed.title),
        source=plain_text(source.get("title", "")) or feed.title,
        image=_image(entry, content, link or feed.base),
        published=published,
        evidence={"title": "feed", "url": "feed"} if link else {"title": "feed"},
    )
    return Taken(article=article, notes=notes)


def _link(entry: Any) -> str:
    """Return the entry's page: the alternate link, else an id that is an address."""
    for link in entry.get("links", []):
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            return str(link["href"])
    identity = str(entry.get("link") or entry.get("id") or "")
    return identity if re.match(r"https?://|/", identity) else ""


def _content(entry: Any) -> str:
    """Return the longest text of an entry as HTML; a summary without a content may be all of it."""
    texts = [part.get("value", "") for part in entry.get("content", [])]
    return str(max([*texts, entry.get("summary", "")], key=len))


def _summary(entry: Any, body: str) -> str:
    stated: str = plain_text(entry.get("summary", ""))
    stated = re.sub(r"\s*(?:\[(?:…|\.\.\.)\]|(?:Continue|Read) (?:reading|more)\b.*$)", "…", stated)
    if stated and len(stated) <= 400:
        return stated
    return summarise([without_marks(block) for block in body.split("\n\n") if block[:1] not in "#>-|"])


def _author(entry: Any, fallback: str, feed_title: str) -> str:
    # RSS 2.0: an address with the name in brackets behind it, which feedparser cuts wrongly
    inner = re.fullmatch(r"[^\s()]+@[^\s()]+\s*\(([^()]+)\)", str(entry.get("author", "")))
    names = [inner[1]] if inner else [plain_text(author.get("name", "")) for author in entry.get("authors", [])]
    found = [name for name in names if name and "@" not in name and name.casefold() != feed_title.casefold()]
    return ", ".join(dict.fromkeys(found)) or fallback


def _image(entry: Any, content: str, base: str) -> Image | None:
    media = [*entry.get("media_content", []), *entry.get("media_thumbnail", [])]
    stated = [str(item.get("url", "")) for item in media if str(item.get("medium") or "image") == "image"]
    stated += [str(item.get("href", "")) for item in entry.get("enclosures", []) if "image/" in item.get("type", "")]
    credit = next((plain_text(item.get("content", "")) for item in entry.get("media_credit", [])), "")
    for address in stated:
        src = picture_address(address, base)
        if src:
            return Image(src=src, credit=credit)
    for element in parse_html(content).iter("img") if "<img" in content else ():
        src = picture_address(element.get("src") or "", base)
        if src and element.get("width") not in {"1", "0"}:
            return Image(src=src, alt=one_line(element.get("alt") or ""))
    return None


def _is_broken(error: Exception) -> bool:
    """Say whether a complaint is about the feed's XML; its content type or charset being odd is no news."""
    return not isinstance(error, feedparser.NonXMLContentType | feedparser.CharacterEncodingOverride)


def _reason(error: Exception) -> str:
    line = getattr(error, "getLineNumber", lambda: None)()
    message = getattr(error, "getMessage", lambda: str(error))()
    return f"line {line}: {message}" if line else str(message)[:100]


def read_feed(source: str, fetcher: Fetcher, *, since: dt.date | None = None) -> Feed:
    """Read a feed from an address or a file; raises IngestError."""
    if is_address(source):
        fetched = fetcher.get(source)
        refuse_documents(fetched.body, source)
        return parse_feed(fetched.body, url=fetched.url, file=source, content_type=fetched.content_type, since=since)
    return parse_feed(read_file(Path(source), source), url="", file=source, since=since)
