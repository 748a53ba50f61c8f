"""The CSS of a template, read before the inliner gets it: what it would drop without a word is named with its line."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2

from newsletter.errors import TemplateError
from newsletter.models import Place

_STYLE = re.compile(r"<mj-style\b(?P<attributes>[^>]*)>(?P<css>.*?)</mj-style>", re.DOTALL)
_INLINE = re.compile(r"""\binline\s*=\s*["']inline["']""")
_MODERN_COLOR = re.compile(
    r"(?i)\b(?:rgba?|hsla?)\(\s*[\w.%-]+\s+[\w.%-]|\b(?:hwb|lab|lch|oklab|oklch|color|color-mix)\("
)
_NOT_INLINED = re.compile(r":|(?<![\w-])\*(?!=)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CssError:
    """What is wrong with a style sheet, by line within it, from 1."""

    line: int
    what: str
    remedy: str


def check_styles(mjml: str, *, place_of: Callable[[int], Place]) -> None:
    """Check every <mj-style> of a document; raises TemplateError at the line of the first thing that is wrong."""
    for match in _STYLE.finditer(mjml):
        inline = _INLINE.search(match["attributes"]) is not None
        if error := style_error(match["css"], inline=inline):
            line = mjml.count("\n", 0, match.start("css")) + error.line
            raise TemplateError(error.what, place=place_of(line), remedy=error.remedy)


def check_style_attribute(css: str, place: Place) -> None:
    """Check a `style="…"` of the template's own HTML; raises TemplateError."""
    names: set[str] = set()
    for node in tinycss2.parse_declaration_list(css, skip_comments=True, skip_whitespace=True):
        for error in _declaration(node, names):
            raise TemplateError(error.what, place=place, remedy=error.remedy)


@lru_cache(maxsize=128)
def style_error(css: str, *, inline: bool) -> CssError | None:
    """Return the first thing that is wrong with a style sheet; `inline` says that it goes into the elements."""
    return next(_errors(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), inline, 0), None)


def _errors(nodes: list[Any], inline: bool, depth: int) -> Iterator[CssError]:  # noqa: FBT001 - private
    for node in nodes:
        if node.type == "error":
            yield CssError(line=node.source_line, what=f"this is no CSS: {node.message}", remedy="Mend the rule there.")
        elif node.type == "at-rule":
            yield from _at_rule(node, inline, depth)
        elif node.type == "qualified-rule":
            yield from _rule(node, inline)


def _at_rule(node: Any, inline: bool, depth: int) -> Iterator[CssError]:  # noqa: FBT001 - private
    if inline:
        yield CssError(
            line=node.source_line,
            what='an at-rule stands in an <mj-style inline="inline">',
            remedy="Only plain rules can be inlined; put @media and @import into an <mj-style> of its own.",
        )
    if depth:
        yield CssError(
            line=node.source_line,
            what=f"@{node.at_keyword} stands inside another at-rule",
            remedy="Gmail drops the whole style sheet for it: write the rules one after the other.",
        )
    if node.content is None:
        return
    if node.lower_at_keyword in {"media", "supports"}:
        inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
        yield from _errors(inner, inline, depth + 1)


def _rule(node: Any, inline: bool) -> Iterator[CssError]:  # noqa: FBT001 - private
    selector = tinycss2.serialize(node.prelude).strip()
    if ";" in selector:
        yield CssError(
            line=node.source_line, what="a `;` stands between two rules", remedy="Take it out: the next rule is lost."
        )
    if inline and _NOT_INLINED.search(selector):
        yield CssError(
            line=node.source_line,
            what=f"the selector {selector!r} cannot be inlined",
            remedy="Use tags and classes; :hover and the like belong into an <mj-style> of their own.",
        )
    names: set[str] | None = set() if inline else None
    for inner in tinycss2.parse_declaration_list(node.content, skip_comments=True, skip_whitespace=True):
        yield from _declaration(inner, names)
        if inline and inner.type == "declaration" and inner.important:
            yield CssError(
                line=inner.source_line,
                what=f"`{inner.name}` is !important where it goes into the element",
                remedy="It would lose against a style attribute all the same: put it into an <mj-style> of its own.",
            )


def _declaration(node: Any, names: set[str] | None) -> Iterator[CssError]:
    """Check one declaration; `names` are those before it in what is inlined, where only the last of a name stays."""
    if node.type != "declaration":
        message = node.message.partition(", got")[0] if node.type == "error" else "a rule stands inside a rule"
        yield CssError(line=node.source_line, what=f"this is no CSS: {message}", remedy="Mend the declaration there.")
        return
    value = tinycss2.serialize(node.value).strip()
    if not value:
        yield CssError(line=node.source_line, what=f"`{node.name}` has no value", remedy="Give it one.")
    if _MODERN_COLOR.search(value):
        yield CssError(
            line=node.source_line,
            what=f"mail programs do not know the colour {value!r}",
            remedy="Write #rrggbb, or rgba(0, 0, 0, 0.5) with commas.",
        )
    if names is None:
        return
    if node.lower_name in names:
        yield CssError(
            line=node.source_line,
            what=f"`{node.name}` stands twice in what goes into one element",
            remedy="Only the last one would stay; put the other one into an <mj-style> of its own.",
        )
    names.add(node.lower_name)
