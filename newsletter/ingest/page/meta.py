"""What a page says of itself in its head (Open Graph, meta elements) and in its mark-up (microdata, headings)."""

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from newsletter.content.text import one_line
from newsletter.ingest.lines import read_byline, read_name
from newsletter.ingest.markup import plain_text

OPENGRAPH = {
    "title": ("og:title",),
    "url": ("og:url",),
    "source": ("og:site_name",),
    "author": ("article:author", "og:article:author", "og:author"),
    "published": ("article:published_time", "og:article:published_time", "og:published_time"),
    "image": ("og:image:secure_url", "og:image", "og:image:url"),
    "alt": ("og:image:alt",),
    "summary": ("og:description",),
}
META = {
    "title": ("citation_title", "dc.title", "dcterms.title", "parsely-title", "twitter:title"),
    "source": ("citation_journal_title", "dc.publisher", "application-name", "publisher"),
    "author": (
        "author",
        "citation_author",
        "dc.creator",
        "dcterms.creator",
        "parsely-author",
        "byl",
        "sailthru.author",
    ),
    "published": (
        *("citation_publication_date", "dc.date", "dc.date.issued", "dcterms.created", "dcterms.date"),
        *("parsely-pub-date", "publish-date", "publish_date", "pubdate", "publication_date", "sailthru.date", "date"),
    ),
    "image": ("twitter:image", "twitter:image:src", "parsely-image-url"),
    "alt": ("twitter:image:alt",),
    "summary": ("description", "dc.description", "dcterms.abstract", "twitter:description"),
}
_BYLINE = "contains(concat(' ', normalize-space(@class), ' '), ' {} ')"
_AUTHOR_CLASSES = ("author-name", "byline__name", "byline-name", "author", "byline", "post-author", "c-byline", "autor")


def read_named(tree: HtmlElement, names: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Return a field's first filled meta element, by `property`, `name` or `itemprop`."""
    values: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        key = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        content = plain_text(meta.get("content") or "")
        if key and content:
            values.setdefault(key, []).append(content)
    found = {}
    for field, keys in names.items():
        stated = next((values[key] for key in keys if key in values), [])
        if field == "author":
            stated = [", ".join(name for name in stated if not re.match(r"https?://|@|www\.", name))]
        if stated and stated[0]:
            found[field] = stated[0]
    return found


def read_markup(tree: HtmlElement) -> dict[str, str]:
    """Return what the visible page and its microdata (https://schema.org) say."""
    found = {
        "title": _microdata(tree, "headline") or _headline(tree),
        "author": _author(tree),
        "published": _published(tree),
        "image": _microdata(tree, "image"),
        "source": _microdata(tree, "publisher"),
        "url": _canonical(tree),
    }
    return {field: value for field, value in found.items() if value}


def head_title(tree: HtmlElement) -> str:
    """Return the text of the page's `title` element."""
    return one_line(next((title.text_content() for title in tree.xpath("//head//title | //title[1]")), ""))


def _canonical(tree: HtmlElement) -> str:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            return str(link.get("href")).strip()
    return ""


def _headline(tree: HtmlElement) -> str:
    """Return the heading of the article, or the only one of the first level."""
    for path in ("//article//h1", "//main//h1", "//h1"):
        found = [text for text in (one_line(heading.text_content()) for heading in tree.xpath(path)) if text]
        if len(set(found)) == 1:
            return found[0]
    return ""


def _microdata(tree: HtmlElement, name: str) -> str:
    """Return a property of the page's first item; those of items inside it that have a name, their name."""
    for element in tree.xpath("//*[contains(concat(' ', normalize-space(@itemprop), ' '), $name)]", name=f" {name} "):
        inner = (
            element.xpath(".//*[@itemprop='name' or @itemprop='url'][1]")
            if element.get("itemscope") is not None
            else []
        )
        for candidate in (*inner, element):
            value = candidate.get("content") or candidate.get("datetime") or candidate.get("src")
            value = value or (candidate.get("href") if name == "image" else "") or one_line(candidate.text_content())
            if value:
                return plain_text(value)
    return ""


def _author(tree: HtmlElement) -> str:
    stated = _microdata(tree, "author")
    if stated and len(stated) <= 80:
        return clean_author(stated)
    paths = ["//a[contains(concat(' ', normalize-space(@rel), ' '), ' author ')]"]
    paths += [f"//*[{_BYLINE.format(name)}]" for name in _AUTHOR_CLASSES]
    for path in paths:
        names = [clean_author(one_line(element.text_content())) for element in tree.xpath(path)[:4]]
        names = [name for name in names if read_name(name) or read_byline(f"By {name}")]
        if names:
            return ", ".join(dict.fromkeys(names))
    return ""


def clean_author(text: str) -> str:
    """Return the name or names of a by-line: `By Mara Lind, Reporter` has a word and a job too many."""
    text = re.sub(r"(?i)^(?:(?:written|story|words|text|reported) by|by|von|par|por|di)\s*:?\s+", "", text.strip())
    text = re.split(r"\s*[|•·]\s*|\s+\u2013\s+|\s*\(", text)[0].strip(" ,")
    head, _, tail = text.partition(",")
    # what follows the comma is a job, unless it is another name
    return head if tail and read_name(head) and not read_name(tail.split(",")[0].strip()) else text


def _published(tree: HtmlElement) -> str:
    stated = _microdata(tree, "datePublished")
    if stated:
        return stated
    times: Iterable[HtmlElement] = tree.xpath("//time[@pubdate] | //article//time | //main//time | //header//time")
    for time in times:
        above = time.getparent()
        hint = f"{time.get('class')} {above.get('class') if above is not None else ''}".lower()
        if "updated" not in hint and "modified" not in hint:
            return str(time.get("datetime") or one_line(time.text_content()))
    return ""
