"""Every text of the mail as it would look: colour, ground, size, worked out from the styles without a browser.

What cannot be worked out (a picture behind the text, a transparent colour, a rule that is not understood) is None, and
whoever looks at it says nothing then.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import tinycss2
import tinycss2.color3
from cssselect import SelectorError
from cssselect import parse as parse_selectors
from cssselect.xpath import HTMLTranslator
from lxml import etree
from lxml.html import HtmlElement

from newsletter.checks.base import Subject
from newsletter.checks.markup import declarations

Rgb = tuple[float, float, float]

_SIZES = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "h5": 0.83, "h6": 0.67, "small": 0.83}
_BOLD = {"h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "th"}
_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)", re.IGNORECASE)
_GROUNDS = {"background", "background-color"}
_INTERESTING = {"color", *_GROUNDS}
_LENGTH = re.compile(r"([0-9]*\.?[0-9]+)(px|pt|em|rem|%)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a text looks: CSS pixels, and colours from 0 to 1 a channel; None for what is not known."""

    size: float | None = 16.0
    line: float | None = 1.2
    bold: bool = False
    colour: Rgb | None = (0.0, 0.0, 0.0)
    ground: Rgb | None = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text of the mail with the element it stands in."""

    text: str
    element: HtmlElement
    look: Look


_DARK_MODE = Look(colour=None, ground=None)
"""What a text without colours of its own looks like is then the mail program's choice."""

Rules = dict[HtmlElement, dict[str, tuple[tuple[bool, tuple[int, ...], int], str]]]


def texts_of(it: Subject, *, dark: bool = False) -> tuple[Text, ...]:
    """Return every visible text of the mail with its look, in order; with `dark` as in dark mode."""
    return _texts(it.tree, dark)


@lru_cache(maxsize=4)
def _texts(tree: HtmlElement, dark: bool) -> tuple[Text, ...]:  # noqa: FBT001 - keys of the cache
    """Work the texts out once for all checks of a mail; the tree is the key, and kept by the cache."""
    body = tree.find("body")
    rules = _rules(tree, dark=dark)
    return () if body is None or rules is None else tuple(_walk(body, _DARK_MODE if dark else Look(), rules))


def has_dark_rules(it: Subject) -> bool:
    """Say whether the mail has a look of its own for dark mode."""
    return any(_DARK.search(style.text or "") for style in it.tree.iter("style"))


def _walk(element: HtmlElement, around: Look, rules: Rules) -> Iterator[Text]:
    style = {**declarations(element.get("style") or "")}
    if style.get("display") == "none" or style.get("visibility") == "hidden" or "opacity" in style:
        return
    _cascade(element, style, rules)
    look = _look(element, style, around)
    if element.text and element.text.strip():
        yield Text(text=" ".join(element.text.split()), element=element, look=look)
    for child in element:
        if isinstance(child.tag, str):
            yield from _walk(child, look, rules)
        if child.tail and child.tail.strip():
            yield Text(text=" ".join(child.tail.split()), element=element, look=look)


def _cascade(element: HtmlElement, style: dict[str, str], rules: Rules) -> None:
    """Lay the rules of the style sheets over an inline style: the important ones, and those it says nothing of."""
    inline = set(style)
    for name, ((important, _, _), value) in sorted(rules.get(element, {}).items(), key=lambda rule: rule[1][0]):
        same = _GROUNDS if name in _GROUNDS else {name}  # both of them set the colour behind the text
        if important or not same & inline:
            for each in same:
                style.pop(each, None)
            style[name] = value


def _look(element: HtmlElement, style: dict[str, str], around: Look) -> Look:
    look = replace(around, size=_size(element, style, around.size), line=_line(style, around))
    weight = style.get("font-weight", "")
    if element.tag in _BOLD or weight:
        look = replace(look, bold=weight in {"bold", "bolder", "600", "700", "800", "900"} if weight else True)
    if "color" in style:
        look = replace(look, colour=_colour(style["color"], around.colour))
    elif element.tag == "a":
        look = replace(look, colour=None)  # every client has a colour of its own for links
    ground = style.get("background-color") or style.get("background") or element.get("bgcolor")
    if element.get("background") or "url(" in style.get("background", "") or "background-image" in style:
        look = replace(look, ground=None)
    elif ground:
        look = replace(look, ground=_colour(ground, around.ground))
    return look


def _colour(value: str, inherited: Rgb | None) -> Rgb | None:
    value = value.replace("!important", "").strip()
    if value.lower() in {"inherit", "transparent", "none"}:
        return inherited
    found = tinycss2.color3.parse_color(value)
    if found is None or isinstance(found, str) or found.alpha < 1:
        return None
    return (found.red, found.green, found.blue)


def _size(element: HtmlElement, style: dict[str, str], around: float | None) -> float | None:
    if "font" in style:
        return None
    if "font-size" not in style:
        return around * _SIZES.get(str(element.tag), 1.0) if around is not None else None
    return _length(style["font-size"], around)


def _line(style: dict[str, str], around: Look) -> float | None:
    value = style.get("line-height")
    if value is None:
        return around.line
    if re.fullmatch(r"[0-9]*\.?[0-9]+", value):
        return float(value)
    size = _length(style.get("font-size", ""), around.size) or around.size
    height = _length(value, size)
    return height / size if height is not None and size else None


def _length(value: str, around: float | None) -> float | None:
    found = _LENGTH.fullmatch(value.strip().lower())
    if not found:
        return None
    number, unit = float(found[1]), found[2]
    if unit in {"em", "%"}:
        return None if around is None else around * (number / 100 if unit == "%" else number)
    return number * {"px": 1.0, "pt": 4 / 3, "rem": 16.0}[unit]


def _rules(tree: HtmlElement, *, dark: bool) -> Rules | None:
    """Return what the style sheets say of colours, by element; None when a rule about colours is not understood."""
    found: Rules = {}
    order = 0
    for style in tree.iter("style"):
        if style.get("media"):
            continue
        for selectors, wanted in _coloured(style.text or "", dark):
            order += 1
            if not _apply(tree, selectors, wanted, order, found):
                return None
    return found


@lru_cache(maxsize=64)
def _coloured(css: str, dark: bool) -> list[tuple[str, dict[str, tuple[bool, str]]]]:  # noqa: FBT001 - keys of the cache
    sheet = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    rules = [(tinycss2.serialize(rule.prelude), _wanted(rule.content)) for rule in _that_apply(sheet, dark=dark)]
    return [(selectors, wanted) for selectors, wanted in rules if wanted]


def _that_apply(sheet: list[Any], *, dark: bool) -> Iterator[Any]:
    for rule in sheet:
        if rule.type == "qualified-rule":
            yield rule
        elif rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content:
            query = tinycss2.serialize(rule.prelude)
            if dark and _DARK.search(query) and "width" not in query and "not " not in query:
                yield from tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)


def _wanted(content: Any) -> dict[str, tuple[bool, str]]:
    return {
        item.lower_name: (item.important, tinycss2.serialize(item.value).strip())
        for item in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
        if item.type == "declaration" and item.lower_name in _INTERESTING
    }


def _apply(tree: HtmlElement, selectors: str, wanted: dict[str, tuple[bool, str]], order: int, found: Rules) -> bool:
    paths = _paths(selectors)
    if paths is None:
        return False
    for specificity, path in paths:
        for element in path(tree):
            known = found.setdefault(element, {})
            for name, (important, value) in wanted.items():
                rank = (important, specificity, order)
                if name not in known or known[name][0] <= rank:
                    known[name] = (rank, value)
    return True


@lru_cache(maxsize=256)
def _paths(selectors: str) -> list[tuple[tuple[int, int, int], etree.XPath]] | None:
    """Return the specificity and the path of each selector of a rule; None when one is not understood."""
    try:
        parsed = parse_selectors(selectors)
        return [(each.specificity(), etree.XPath(HTMLTranslator().selector_to_xpath(each))) for each in parsed]
    except SelectorError:
        return None
