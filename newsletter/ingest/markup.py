"""HTML -> Markdown: paragraphs, headings, lists, quotations, code, tables, links and emphasis; nothing else remains.

Links that no mail program could open lose their address and keep their words. Pictures of the running text are left
out: a record has one picture.
"""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from lxml import etree, html

from newsletter.content.text import one_line
from newsletter.ingest.escape import escape_markdown

_SKIPPED = {"script", "style", "noscript", "template", "svg", "math", "iframe", "object", "form", "button", "head"}
_SKIPPED |= {"select", "textarea", "input", "video", "audio", "picture", "img", "canvas"}
_BLOCKS = {"p", "div", "section", "article", "main", "header", "footer", "aside", "figure", "figcaption", "address"}
_BLOCKS |= {
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "pre",
    "table",
    "hr",
    "body",
    "html",
    "details",
    "summary",
}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS |= _HEADINGS
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "cite": "*", "del": "~~", "s": "~~", "strike": "~~"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\ufeff\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
MAX_DEPTH = 60
"""Levels of elements; what is nested deeper is read as text."""


def parse_html(text: str) -> html.HtmlElement:
    """Parse a page or a piece of one; whatever it is, a tree comes back."""
    clean = _FORBIDDEN.sub("", text.replace("\r\n", "\n"))
    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        return html.document_fromstring(clean.encode("utf-8", "replace") or b"<p></p>", parser=parser)
    except etree.ParserError:
        return html.document_fromstring(b"<p></p>", parser=parser)


def html_to_markdown(text: str, base: str = "") -> str:
    """Write a piece of HTML as Markdown; `base` completes its relative links."""
    return "\n\n".join(markdown_blocks(parse_html(text), base))


def plain_text(text: str) -> str:
    """Return a short text without the mark-up that some feeds and pages put into titles and descriptions."""
    if "<" not in text and "&" not in text:
        return one_line(_FORBIDDEN.sub("", text))
    return one_line(parse_html(f"<div>{text}</div>").text_content())


def without_marks(block: str) -> str:
    """Return a block of this module's Markdown as one line of plain text."""
    return one_line(re.sub(r"\\(.)|\]\([^)]*\)|^(?:#+|>|[-+*]) |[\[*`]|~~", lambda mark: mark[1] or "", block))


def markdown_blocks(root: html.HtmlElement, base: str = "") -> list[str]:
    """Return the blocks of a tree as Markdown, in order."""
    return [block for block in _blocks(root, base, 0) if block.strip()]


def _blocks(element: html.HtmlElement, base: str, depth: int) -> Iterator[str]:
    """Yield an element's blocks; words that stand between blocks are paragraphs."""
    if depth > MAX_DEPTH:
        yield _paragraph(str(element.text_content()))
        return
    words = escape_inline(element.text or "")
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in _BLOCKS or (tag and tag not in _SKIPPED and any(inner.tag in _BLOCKS for inner in child.iter())):
            yield _tidy(words)
            words = ""
            yield from _block(child, tag, base, depth + 1)
        elif tag and tag not in _SKIPPED:
            words += _inline_element(child, base, depth + 1)
        words += escape_inline(child.tail or "")
    yield _tidy(words)


def _block(element: html.HtmlElement, tag: str, base: str, depth: int) -> Iterator[str]:
    if tag in _HEADINGS:
        text = one_line(_inline(element, base, depth).replace("\\\n", " ").replace("**", ""))
        yield f"{'##' if tag in {'h1', 'h2'} else '###'} {text}" if text else ""
    elif tag in {"ul", "ol"}:
        yield _list(element, tag, base, depth)
    elif tag == "blockquote":
        inner = "\n\n".join(block for block in _blocks(element, base, depth) if block.strip())
        yield "\n".join(f"> {line}".rstrip() for line in inner.split("\n")) if inner else ""
    elif tag == "pre":
        # the extraction wraps a `pre` into another one
        code = str(next(element.iterdescendants("pre"), element).text_content()).strip("\n")
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", code)), 3)
        yield f"{fence}\n{code}\n{fence}" if code.strip() else ""
    elif tag == "table":
        yield from _table(element, base, depth)
    elif tag == "hr":
        yield "---"
    else:
        yield from _blocks(element, base, depth)


def _list(element: html.HtmlElement, tag: str, base: str, depth: int) -> str:
    lines = []
    number = 0
    for item in element:
        blocks = [block for block in _blocks(item, base, depth) if block.strip()] if isinstance(item.tag, str) else []
        if not blocks:
            continue
        number += 1
        mark = f"{number}. " if tag == "ol" else "- "
        nested = all(block.startswith(("- ", "1. ")) for block in blocks[1:])
        text = ("\n" if nested else "\n\n").join(blocks)
        lines.append(mark + text.replace("\n", "\n" + " " * len(mark)).replace("\n" + " " * len(mark) + "\n", "\n\n"))
    return "\n".join(lines)


def _table(element: html.HtmlElement, base: str, depth: int) -> Iterator[str]:
    rows = [
        [one_line(_inline(cell, base, depth)).replace("|", "\\|") for cell in row if cell.tag in {"td", "th"}]
        for row in element.iter("tr")
    ]
    rows = [row for row in rows if any(row)]
    width = max((len(row) for row in rows), default=0)
    if width < 2 or len(rows) < 2:
        yield from (cell for row in rows for cell in row)
        return
    rows = [row + [""] * (width - len(row)) for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    yield "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])


def _inline(element: html.HtmlElement, base: str, depth: int) -> str:
    words = escape_inline(element.text or "")
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED:
            words += _inline_element(child, base, depth + 1)
        words += escape_inline(child.tail or "")
    return words


def _inline_element(element: html.HtmlElement, base: str, depth: int) -> str:
    if depth > MAX_DEPTH:
        return escape_inline(str(element.text_content()))
    tag = element.tag
    if tag == "br":
        return "\\\n"
    if tag in {"code", "kbd", "samp", "tt"}:
        code = one_line(str(element.text_content()))
        return f"`{code}`" if code and "`" not in code else escape_inline(code)
    words = _inline(element, base, depth)
    if tag == "a":
        return _link(words, complete(element.get("href") or "", base))
    if tag in _MARKS and words.strip() and _MARKS[tag] not in words:
        return _wrapped(words, _MARKS[tag], _MARKS[tag])
    return words if tag not in _BLOCKS else f" {words} "


def _link(words: str, url: str) -> str:
    if not url or not words.strip() or "](" in words:
        return words
    return _wrapped(words.replace("\\\n", " "), "[", f"]({url})")


def _wrapped(words: str, before: str, after: str) -> str:
    """Put marks around words, white space outside of them, as CommonMark wants it (§6.2)."""
    core = words.strip()
    left = " " if words[:1].isspace() else ""
    right = " " if words[-1:].isspace() else ""
    return f"{left}{before}{core}{after}{right}"


def complete(url: str, base: str) -> str:
    """Return a link's address from https:// on; empty for one that a mail program cannot open."""
    try:
        whole = urljoin(base, url.strip()) if base else url.strip()
    except ValueError:
        return ""
    if not re.match(r"(?i)https?://[^\s/?#]|mailto:[^\s]", whole) or re.search(r"[<>\"\\]", whole):
        return ""
    return whole.replace(" ", "%20").replace("(", "%28").replace(")", "%29")


def escape_inline(text: str) -> str:
    """Escape one run of text and fold its white space."""
    return escape_markdown(re.sub(r"[ \t\n\r]+", " ", text)) if text.strip() else (" " if text else "")


def _tidy(words: str) -> str:
    """Return a paragraph without white space around its lines; its first character begins no list by accident."""
    lines = [re.sub(r" +", " ", line).strip(" ") for line in words.split("\n")]
    text = "\n".join(lines).strip("\n\\ ") if words.strip("\n\\ ") else ""
    return re.sub(r"^(\d{1,9})([.)])(?= )", r"\1\\\2", re.sub(r"^([-+*>])(?= )", r"\\\1", text))


def _paragraph(text: str) -> str:
    return _tidy(escape_inline(text))
