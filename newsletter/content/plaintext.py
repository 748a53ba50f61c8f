"""Markdown -> readable plain text, for the text part of a mail.

Built from Markdown's own structure, never by stripping tags from HTML. Lines are as long as the paragraphs are; `wrap`
folds them.
"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from markdown_it.token import Token

from newsletter.content.markdown import parse_tokens
from newsletter.models import Place

CODE = "\t"
"""Begins a line of code: `wrap` leaves such a line whole and writes four spaces for it."""


_HIDDEN = {"script", "style", "title"}
_PARAGRAPHS = {"p", "blockquote", "ul", "ol", "table", "div", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
_BREAKS = {
    "br": "\n",
    "li": "\n- ",
    "tr": "\n",
    "td": " ",
    "th": " ",
    "hr": "\n\n* * *\n\n",
    **dict.fromkeys(_PARAGRAPHS, "\n\n"),
}


def plain_text(markdown: str, *, place: Place | None = None) -> str:
    """Turn Markdown into text: `- ` lists, `> ` quotations, links as `text <address>`, no marks of emphasis.

    Raises ContentError like `render_markdown` for texts too long or nested too deeply.
    """
    return _blocks(parse_tokens(markdown, place or Place(file="text")))


def wrap(text: str, width: int = 72) -> str:
    """Fold lines at `width` characters; addresses stay whole, lists and quotations keep their indents."""
    return "\n".join(folded for line in text.split("\n") for folded in _fold(line, width))


def _fold(line: str, width: int) -> list[str]:
    head = re.match(r"(?:> ?)*", line)
    quote = head[0] if head else ""
    rest = line[len(quote) :]
    if CODE in rest:
        return [quote + rest.replace(CODE, "    ")]
    marker = re.match(r" *(?:(?:- |[0-9]+\. )+)?", rest)
    first = marker[0] if marker else ""
    follow = " " * len(first)
    lines: list[str] = []
    current = quote + first
    fresh = True
    for word in rest[len(first) :].split(" "):
        if not fresh and len(current) + 1 + len(word) > width:
            lines.append(current)
            current, fresh = quote + follow, True
        current = current + word if fresh else f"{current} {word}"
        fresh = False
    return [*lines, current.rstrip(" ") if not first.strip() else current]


def _blocks(tokens: Sequence[Token]) -> str:
    """Write block tokens, blank lines between them; a tight list has none."""
    parts: list[str] = []
    index = 0
    tight = False
    while index < len(tokens):
        token = tokens[index]
        if token.nesting == 1:
            end = _end(tokens, index)
            part = _container(token, tokens[index + 1 : end])
            tight = tight or (token.type == "paragraph_open" and token.hidden)
            index = end
        else:
            part = _leaf(token)
        if part:
            parts.append(part)
        index += 1
    return ("\n" if tight else "\n\n").join(parts)


def _end(tokens: Sequence[Token], start: int) -> int:
    return next(
        i for i in range(start + 1, len(tokens)) if tokens[i].nesting == -1 and tokens[i].level == tokens[start].level
    )


def _container(token: Token, inner: Sequence[Token]) -> str:
    if token.type == "blockquote_open":
        return "\n".join(f"> {line}".rstrip(" ") for line in _blocks(inner).split("\n"))
    if token.type in {"bullet_list_open", "ordered_list_open"}:
        return _list(token, inner)
    if token.type == "table_open":
        return "\n".join(" | ".join(row) for row in _rows(inner))
    return _blocks(inner)


def _list(token: Token, inner: Sequence[Token]) -> str:
    items: list[str] = []
    number = int(token.attrs.get("start", 1))
    index = 0
    loose = any(t.type == "paragraph_open" and not t.hidden and t.level == token.level + 2 for t in inner)
    while index < len(inner):
        end = _end(inner, index)
        marker = "- " if token.type == "bullet_list_open" else f"{number}. "
        lines = _blocks(inner[index + 1 : end]).split("\n")
        indent = " " * len(marker)
        items.append("\n".join([marker + lines[0], *(f"{indent}{line}" if line else "" for line in lines[1:])]))
        number += 1
        index = end + 1
    return ("\n\n" if loose else "\n").join(items)


def _rows(tokens: Sequence[Token]) -> list[list[str]]:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_leaf(token))
    return rows


def _leaf(token: Token) -> str:
    if token.type == "inline":
        return _inline(token.children or [])
    if token.type in {"fence", "code_block"}:
        return "\n".join(CODE + line.replace("\t", "    ") for line in token.content.rstrip("\n").split("\n"))
    if token.type == "hr":
        return "* * *"
    if token.type == "html_block":
        writer = _Writer()
        writer.html(token.content)
        return writer.finish(fold=True)
    return ""


def _inline(tokens: Sequence[Token]) -> str:
    writer = _Writer()
    for token in tokens:
        if token.type == "link_open":
            writer.open_link(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            writer.close_link()
        elif token.type == "image":
            writer.image(token.content)
        elif token.type == "html_inline":
            writer.html(token.content)
        else:
            writer.text({"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content))
    return writer.finish(fold=False)


class _Writer(HTMLParser):
    """Collects text, links and line breaks, from Markdown's tokens and from the HTML an editor wrote among them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._links: list[tuple[int, str]] = []
        self._hidden = 0

    def text(self, text: str) -> None:
        if not self._hidden:
            self._parts.append(text)

    def image(self, alt: str) -> None:
        self.text(f"[{alt}]" if alt else "")

    def open_link(self, href: str) -> None:
        self._links.append((len(self._parts), href))

    def close_link(self) -> None:
        if not self._links:
            return
        start, href = self._links.pop()
        shown = "".join(self._parts[start:])
        address = href.removeprefix("mailto:")
        if address:
            self._parts[start:] = [f"<{address}>" if shown.strip() in {"", href, address} else f"{shown} <{address}>"]

    def html(self, source: str) -> None:
        self.feed(source)

    def finish(self, *, fold: bool) -> str:
        self.close()
        while self._links:
            self.close_link()
        text = "".join(self._parts)
        if fold:
            text = re.sub(r"[ \t]*\n[ \t]*", "\n", re.sub(r"[ \t]+", " ", text))
            text = re.sub(r"\n{3,}", "\n\n", text)
        return text.strip(" \n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "a":
            self.open_link(values.get("href", ""))
        elif tag == "img":
            self.image(values.get("alt", ""))
        else:
            self.text(_BREAKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(self._hidden - 1, 0)
        elif tag == "a":
            self.close_link()
        elif tag in _PARAGRAPHS:
            self.text("\n\n")

    def handle_data(self, data: str) -> None:
        # line ends in HTML source are spaces; those that mean something come from tags
        self.text(data.replace("\n", " "))
