"""Markdown -> safe HTML for a mail.

CommonMark with tables and strikethrough, the editor's own small HTML included, then nh3 with a fixed allow-list: no
`style`, `class` or `id`, no scripts, forms or frames. Headings are shifted below the titles that the mail puts above
the text, to two levels. Links must be complete; a picture may also be a file of the issue (`images/…`).
"""

import re
from collections.abc import Callable
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from newsletter.content.fields import is_image_path
from newsletter.content.text import check_text, normal_lines
from newsletter.errors import ContentError
from newsletter.models import Place

MAX_LENGTH = 100_000
"""Characters of one text; parsing stays below about two seconds even for the worst text of that length."""

MAX_DEPTH = 20
"""Levels of lists, quotations and HTML elements inside each other; mail clients indent each of them."""

_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width"},
    "ol": {"start"},
    "th": {"align", "colspan", "rowspan"},
    "td": {"align", "colspan", "rowspan"},
}
_TAGS = {
    *("p", "br", "hr", "a", "strong", "em", "b", "i", "u", "s", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "img", "sup", "sub", "table", "thead", "tbody", "tr", "th", "td"),
}
_VOID = {"br", "hr", "img"}
# HTML closes these by itself, so that an unclosed one is no deeper level.
_SELF_CLOSING = {"p", "li", "td", "th", "tr", "thead", "tbody", "dt", "dd"}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NUMERIC = {"width", "start", "colspan", "rowspan"}
# What nh3 writes: `<` in text is always escaped, attributes are always in double quotes.
_CLEAN_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"]*")*)\s*/?>')
_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]*+):")
_RAW_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")


def render_markdown(
    text: str, *, place: Place, opaque_url: Callable[[str], bool] = lambda _: False, top_heading: int = 3
) -> str:
    """Turn Markdown into HTML that a mail can carry; its biggest heading becomes `h<top_heading>`, the rest one below.

    `place` is where the text begins. An address for which `opaque_url` is true is kept as it is (the renderer puts
    words in the place of reader slots before it calls this).

    Raises ContentError for an address that is not complete, for texts that are too long or nested too deeply, and for
    characters that no text may carry.
    """
    tokens = parse_tokens(text, place)
    html = _markdown().renderer.render(tokens, _markdown().options, {})
    _check_raw_depth(html, place)
    refused: list[tuple[str, str]] = []

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute in {"href", "src"}:
            return _address(tag, value, refused, opaque_url)
        if attribute in _NUMERIC:
            return value if re.fullmatch(r"[0-9]{1,4}", value) else None
        if attribute == "align":
            return value if value in {"left", "center", "right"} else None
        return value

    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        # schemes are judged in `keep`, so that a refused address is an error and not a link that leads nowhere
        url_schemes=_schemes(html),
        link_rel=None,
        clean_content_tags={"script", "style", "title", "iframe", "object", "form", "svg", "math", "textarea"},
    )
    if refused:
        raise _bad_address(*refused[0], text, place)
    check_text(clean, Place(file=place.file, line=place.line))
    return _level_headings(clean, place, top_heading)


@lru_cache(maxsize=256)
def parse_tokens(text: str, place: Place) -> tuple[Token, ...]:
    """Parse Markdown into markdown-it's tokens, within the caps on length and depth.

    The last texts are kept, because a preview renders all of an issue again when one article changes, and the HTML and
    the text part need the same tokens.

    Raises ContentError.
    """
    text = normal_lines(text)
    if len(text) > MAX_LENGTH:
        raise ContentError(
            f"the text has {len(text):,} characters, the limit is {MAX_LENGTH:,}", place=place, remedy="Shorten it."
        )
    check_text(text, place)
    tokens = _markdown().parse(text)
    for token in tokens:
        if token.level >= MAX_DEPTH:
            line = (place.line or 1) + (token.map[0] if token.map else 0)
            raise _too_deep(Place(file=place.file, line=line))
        if token.type in {"th_open", "td_open"}:
            # markdown-it aligns by `style`, which mails do without here
            style = str(token.attrs.pop("style", ""))
            if style:
                token.attrs["align"] = style.removeprefix("text-align:")
    return tuple(tokens)


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    # beyond maxNesting markdown-it drops text silently; parse_tokens refuses the text before that
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": MAX_DEPTH + 10}).enable(["table", "strikethrough"])
    # a `javascript:` link is refused with its line instead of being printed as Markdown source
    parser.validateLink = lambda *_: True  # type: ignore[method-assign]
    return parser


def _address(tag: str, value: str, refused: list[tuple[str, str]], opaque_url: Callable[[str], bool]) -> str | None:
    if opaque_url(value):
        return value
    if tag == "img" and is_image_path(unquote(value)):
        return unquote(value)
    pattern = r"https?://[^\s/?#]" if tag == "img" else r"https?://[^\s/?#]|mailto:[^\s]"
    if re.match(pattern, value, re.IGNORECASE) and not re.search(r"[\s<>\"\\]", value):
        return value
    refused.append((tag, value))
    return None


def _schemes(html: str) -> set[str]:
    """List every scheme that occurs, so that nh3 shows each address to our own, stricter, filter."""
    text = unescape(html)
    # a browser reads an address without the line feeds and tabs in it (WHATWG URL §4.4)
    found = [*_SCHEME.findall(text), *_SCHEME.findall(text.replace("\n", "").replace("\t", ""))]
    return {"http", "https", "mailto", *(scheme.lower() for scheme in found)}


def _bad_address(tag: str, value: str, text: str, place: Place) -> ContentError:
    what = "the picture" if tag == "img" else "the link"
    written = next((spelling for spelling in (value, unquote(value)) if spelling and spelling in text), "")
    line = text[: text.index(written)].count("\n") if written else 0
    example = "https://example.com/page" if tag == "a" else "images/name.jpg or https://example.com/name.jpg"
    return ContentError(
        f"{what} leads to {value[:120]!r}, which a reader's mail program cannot open",
        place=Place(file=place.file, line=(place.line or 1) + line),
        remedy=f"Write the whole address, like {example}.",
    )


def _check_raw_depth(html: str, place: Place) -> None:
    """Refuse HTML nested so deeply that the programs behind this one grow slow or stop."""
    depth = 0
    for closing, name in _RAW_TAG.findall(html):
        tag = name.lower()
        if tag in _VOID or tag in _SELF_CLOSING:
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > 4 * MAX_DEPTH:
            raise _too_deep(place)


def _level_headings(html: str, place: Place, top: int) -> str:
    """Shift headings so that the biggest is of level `top`, and look at the depth of what really came out."""
    levels = [int(name[1]) for _, name, _ in _CLEAN_TAG.findall(html) if name in _HEADINGS]
    shift = top - min(levels, default=top)
    depth = 0

    def rewrite(found: re.Match[str]) -> str:
        nonlocal depth
        closing, name, rest = found.groups()
        if name not in _VOID:
            depth += -1 if closing else 1
            if depth > 2 * MAX_DEPTH:
                raise _too_deep(place)
        if name in _HEADINGS:
            name = f"h{min(top + 1, int(name[1]) + shift)}"
        return f"<{closing}{name}{rest}>"

    return _CLEAN_TAG.sub(rewrite, html).strip()


def _too_deep(place: Place) -> ContentError:
    return ContentError(
        "the text is nested too deeply (lists, quotations or HTML inside each other)",
        place=place,
        remedy=f"Use at most {MAX_DEPTH} levels, and close HTML elements that are open.",
    )
