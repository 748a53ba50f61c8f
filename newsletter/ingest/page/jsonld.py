"""What a page says of itself in JSON-LD (https://schema.org/Article): the article of its graph."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from newsletter.ingest.markup import plain_text

_TYPES = re.compile(r"(?:https?://schema\.org/)?(?:\w*Article|BlogPosting|LiveBlogPosting|Report|SocialMediaPosting)")
_MAX_DEPTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedData:
    """The fields of an article node as texts; empty where it has none."""

    title: str = ""
    url: str = ""
    source: str = ""
    author: str = ""
    published: str = ""
    summary: str = ""
    image: str = ""
    caption: str = ""
    credit: str = ""
    body: str = ""


def read_linked_data(tree: HtmlElement) -> LinkedData:
    """Return the page's article; all empty when there is none that can be read."""
    nodes: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            nodes += _nodes(_load(script.text_content()), 0)
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    articles = [node for node in nodes if _is_article(node)]
    if not articles:
        return LinkedData()
    # beside the article a page may list others, as teasers: the article is the one that says most
    node = max(articles, key=lambda one: sum(key in one for key in ("headline", "datePublished", "author", "image")))
    picture = _first(_resolve(node.get("image") or node.get("thumbnailUrl"), by_id))
    return LinkedData(
        title=_text(node.get("headline") or node.get("name")),
        url=_address(node.get("mainEntityOfPage"), by_id) or _address(node.get("url"), by_id),
        source=_names(node.get("publisher"), by_id),
        author=_names(node.get("author") or node.get("creator"), by_id),
        published=_text(node.get("datePublished") or node.get("dateCreated")),
        summary=_text(node.get("description")),
        image=_address(picture, by_id),
        caption=_text(picture.get("caption")) if isinstance(picture, dict) else "",
        credit=_credit(picture, by_id),
        body=str(node.get("articleBody") or "") if isinstance(node.get("articleBody"), str) else "",
    )


def _load(text: str) -> Any:
    """Parse a script, forgiving what content systems do to it: comments around it, line feeds in strings."""
    clean = re.sub(r"^\s*(?://)?\s*(?:<!--|<!\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*$", "", text).strip().rstrip(";")
    try:
        return json.loads(clean, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Yield every node of a graph; lists of other articles are not looked into."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key, inner in value.items():
            if key in {"@graph", "mainEntity", "author", "publisher", "image", "mainEntityOfPage"}:
                yield from _nodes(inner, depth + 1)


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(isinstance(kind, str) and _TYPES.fullmatch(kind) for kind in (kinds, *_items(kinds)))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _first(value: Any) -> Any:
    return next(iter(_items(value)), None)


def _resolve(value: Any, by_id: dict[str, dict[str, Any]]) -> Any:
    """Follow a reference `{"@id": …}` to the node it names."""
    value = [_resolve(item, by_id) for item in value] if isinstance(value, list) else value
    if isinstance(value, dict) and set(value) <= {"@id", "@type"} and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def _text(value: Any) -> str:
    value = _first(value)
    return plain_text(value) if isinstance(value, str) else ""


def _address(value: Any, by_id: dict[str, dict[str, Any]]) -> str:
    value = _first(_resolve(value, by_id))
    if isinstance(value, dict):
        value = _first(value.get("url") or value.get("contentUrl") or value.get("@id"))
    return value.strip() if isinstance(value, str) else ""


def _names(value: Any, by_id: dict[str, dict[str, Any]]) -> str:
    found = []
    for item in _items(_resolve(value, by_id)):
        name = _text(item.get("name")) if isinstance(item, dict) else _text(item)
        if name and not re.match(r"https?://|#", name):
            found.append(name)
    return ", ".join(dict.fromkeys(found))


def _credit(picture: Any, by_id: dict[str, dict[str, Any]]) -> str:
    if not isinstance(picture, dict):
        return ""
    return (
        _text(picture.get("creditText"))
        or _names(picture.get("creator") or picture.get("author"), by_id)
        or _names(picture.get("copyrightHolder"), by_id)
        or _text(picture.get("copyrightNotice"))
    )
