"""A row of a table or an object of a data file -> a record: which of its names is which field."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from newsletter.content.fields import check_url
from newsletter.content.slug import slugify
from newsletter.content.text import check_text, one_line
from newsletter.errors import ContentError, IngestError
from newsletter.ingest.dates import parse_date
from newsletter.ingest.markup import html_to_markdown, plain_text
from newsletter.ingest.taken import Taken
from newsletter.models import Article, Image, Place

FIELDS = ("title", "url", "summary", "body", "author", "source", "via", "image", "alt", "credit", "published", "tags")
"""What `--map FIELD=NAME` may fill."""

# Names of columns and keys that need no --map: bookmarking tools, spreadsheets, content systems.
_NAMES = {
    "title": ("title", "headline", "titel", "name", "heading"),
    "url": ("url", "href", "link", "address", "uri", "permalink", "resolved_url", "given_url", "source_url"),
    "summary": ("summary", "excerpt", "abstract", "teaser", "note", "notes", "extended", "comment", "dek"),
    "body": ("body", "text", "content", "article", "full_text", "body_markdown", "markdown", "html", "content_html"),
    "author": ("author", "authors", "by", "byline", "creator", "writer"),
    "source": ("source", "publisher", "site", "site_name", "publication", "domain", "feed"),
    "via": ("via",),
    "image": ("image", "cover", "picture", "image_url", "thumbnail", "lead_image_url", "top_image"),
    "alt": ("alt", "image_alt", "alt_text"),
    "credit": ("credit", "image_credit", "photo_credit"),
    "published": ("published", "date", "published_at", "publication_date", "date_published", "datum", "pubdate"),
    "tags": ("tags", "labels", "keywords", "topics", "categories"),
}
_AMBIGUOUS = {"summary": ("description",)}


def field_names(known: Sequence[str], mapping: Mapping[str, str], file: str) -> dict[str, str]:
    """Return which of the names in a source fills which field; a name that somebody mapped counts first.

    Raises IngestError for a mapped name that the source does not have, and when nothing can be the title.
    """
    folded = {_fold(name): name for name in reversed(known)}
    found: dict[str, str] = {}
    for field, name in mapping.items():
        if _fold(name) not in folded:
            raise IngestError(
                f"there is no column {name!r} for {field}",
                place=Place(file=file),
                remedy=f"It has: {', '.join(known)[:300]}.",
            )
        found[field] = folded[_fold(name)]
    taken = set(found.values())
    for field in FIELDS:
        for candidate in (*_NAMES[field], *_AMBIGUOUS.get(field, ())):
            if field not in found and folded.get(candidate, "") and folded[candidate] not in taken:
                found[field] = folded[candidate]
                taken.add(folded[candidate])
    # Pinboard calls the title `description` and the description `extended`
    if "title" not in found and "extended" in folded and "description" in folded:
        found["title"] = folded["description"]
    if "title" not in found:
        raise IngestError(
            "no column is the title",
            place=Place(file=file),
            remedy=f"Say which: --map title=NAME. It has: {', '.join(known)[:300]}.",
        )
    return found


def make_record(values: Mapping[str, Any], names: Mapping[str, str], place: Place) -> Taken:
    """Make a record of one row; raises IngestError naming the row when it has no title or a wrong address."""
    texts = {field: _as_text(values.get(name)) for field, name in names.items() if field != "tags"}
    notes: list[str] = []
    title = plain_text(texts.get("title", "")) or _address_as_title(texts.get("url", ""))
    if not title:
        raise IngestError("it has no title", place=place, remedy="Fill it in, or take the row out.")
    published = parse_date(texts.get("published", "")) if texts.get("published") else None
    if texts.get("published") and published is None:
        notes.append(f"{place}: {texts['published'][:40]!r} is no date, so the record has none")
    picture = texts.get("image", "").strip()
    try:
        if texts.get("url", "").strip():
            check_url(texts["url"].strip(), "url", place)
        if picture:
            check_url(picture, "image", place)
        check_text("\n".join(texts.values()), place)
    except ContentError as exc:
        raise IngestError(exc.what, place=place, remedy=exc.remedy) from exc
    image = Image(src=picture, alt=one_line(texts.get("alt", "")), credit=one_line(texts.get("credit", "")))
    body = texts.get("body", "")
    article = Article(
        slug=slugify(title),
        title=title,
        url=texts.get("url", "").strip(),
        summary=plain_text(texts.get("summary", "")),
        body=html_to_markdown(body)
        if re.search(r"</?(?:p|div|br|h[1-6]|ul|ol|blockquote|a|em|strong)\b", body)
        else body,
        author=plain_text(texts.get("author", "")),
        source=plain_text(texts.get("source", "")),
        via=plain_text(texts.get("via", "")),
        image=image if image.src or image.alt or image.credit else None,
        published=published,
        tags=_tags(values.get(names.get("tags", ""))),
    )
    return Taken(article=article, notes=tuple(notes))


def parse_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """Read `--map title=Headline`; raises IngestError for another form or a field that a record does not have."""
    found = {}
    for pair in pairs:
        field, equals, name = pair.partition("=")
        if not equals or not name.strip() or field.strip() not in FIELDS:
            raise IngestError(
                f"--map {pair} names no field", remedy=f"Write it like title=Headline; fields: {', '.join(FIELDS)}."
            )
        found[field.strip()] = name.strip()
    return found


def _fold(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().casefold())


def _as_text(value: Any) -> str:
    """Return a value as text: a list joined, an object by its name or address, no `None`."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, list):
        return ", ".join(text for text in (_as_text(item) for item in value) if text)
    if isinstance(value, dict):
        return _as_text(value.get("name") or value.get("url") or value.get("src") or value.get("title"))
    return re.sub(r"\r\n?", "\n", str(value)).strip()


def _tags(value: Any) -> tuple[str, ...]:
    """Return tags written as a list, with commas, or, as Pinboard does, with spaces."""
    if isinstance(value, list):
        found = [_as_text(item) for item in value]
    else:
        text = _as_text(value)
        found = re.split(r"[,;|]" if re.search(r"[,;|]", text) else r"\s+", text)
    clean = (one_line(word).lstrip("#") for word in found)
    return tuple(dict.fromkeys(word for word in clean if word))


def _address_as_title(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url.strip()).rstrip("/")[:120]
