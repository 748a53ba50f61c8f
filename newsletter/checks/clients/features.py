"""The CSS of the mail -> the features of the table that it needs.

Looked at are the style attributes and the rules that every client gets. Rules inside `@media` and those behind a hook
of one client (`[data-ogsc]`, `.moz-text-html`) improve a mail where they are understood and are left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2
from lxml.html import HtmlElement

from newsletter.checks.base import Subject
from newsletter.checks.clients.support import is_known
from newsletter.checks.markup import elements, is_hidden

_FAMILIES = {
    **dict.fromkeys(("top", "left", "right", "bottom"), "css-left-right-top-bottom"),
    **dict.fromkeys(("column-gap", "row-gap", "grid-gap"), "css-gap"),
    **dict.fromkeys(("margin-inline", "margin-block"), "css-margin-inline-block"),
    **dict.fromkeys(("padding-inline", "padding-block"), "css-padding-inline-block"),
    **dict.fromkeys(("margin-inline-start", "margin-inline-end"), "css-margin-inline-start-end"),
    **dict.fromkeys(("padding-inline-start", "padding-inline-end"), "css-padding-inline-start-end"),
    **dict.fromkeys(("margin-block-start", "margin-block-end"), "css-margin-block-start-end"),
    **dict.fromkeys(("padding-block-start", "padding-block-end"), "css-padding-block-start-end"),
    **dict.fromkeys(("inline-size", "block-size"), "css-block-inline-size"),
    **dict.fromkeys(("columns", "column-width", "column-rule"), "css-column-layout-properties"),
    **dict.fromkeys(("grid-template-columns", "grid-template-rows", "grid-template-areas"), "css-grid-template"),
    **dict.fromkeys(("border-inline", "border-block"), "css-border-inline-block"),
    **dict.fromkeys(("animation-name", "animation-duration"), "css-animation"),
}
_BY_VALUE = (
    ("css-variables", re.compile(r"\bvar\(", re.IGNORECASE)),
    ("css-unit-calc", re.compile(r"(?<![-\w])calc\(", re.IGNORECASE)),
    ("css-function-clamp", re.compile(r"(?<![-\w])clamp\(", re.IGNORECASE)),
    ("css-function-max", re.compile(r"(?<![-\w])max\(", re.IGNORECASE)),
    ("css-function-min", re.compile(r"(?<![-\w])min\(", re.IGNORECASE)),
    ("css-function-light-dark", re.compile(r"\blight-dark\(", re.IGNORECASE)),
    ("css-linear-gradient", re.compile(r"linear-gradient\(", re.IGNORECASE)),
    ("css-radial-gradient", re.compile(r"radial-gradient\(", re.IGNORECASE)),
    ("css-conic-gradient", re.compile(r"conic-gradient\(", re.IGNORECASE)),
    ("css-rgba", re.compile(r"\b(?:rgba|hsla)\(|#(?:[0-9a-f]{4}|[0-9a-f]{8})\b", re.IGNORECASE)),
    ("css-modern-color", re.compile(r"\b(?:ok)?l(?:ch|ab)\(|\bcolor-mix\(", re.IGNORECASE)),
    ("css-intrinsic-size", re.compile(r"\b(?:fit|min|max)-content\b", re.IGNORECASE)),
    *((f"css-unit-{unit}", re.compile(rf"\d{unit}\b", re.IGNORECASE)) for unit in ("vh", "vw", "vmin", "vmax", "rem")),
    ("css-unit-ch", re.compile(r"\dch\b", re.IGNORECASE)),
)
_URL = re.compile(r"\burl\(\s*[\"']?([^\"')]+)")
_DISPLAYS = {"flex": "css-display-flex", "grid": "css-display-grid"}
_HOOK = re.compile(r"\[data-og|\.moz-text-html|#outlook|\.ExternalClass|\.ReadMsgBody|#MessageViewBody|u\s*[+~]|:root")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One declaration that every client gets: its name, its value, and whether there is a fallback for it."""

    name: str
    value: str
    fallback: bool


def needed(it: Subject) -> dict[str, str]:
    """Return the features of the table that the CSS needs, each with the declaration that needs it."""
    found: dict[str, str] = {}
    for declared in all_declarations(it):
        if not declared.fallback and not _drawn_for_outlook(it, declared.value):
            for feature in features(declared.name, declared.value):
                found.setdefault(feature, f"{declared.name}:{declared.value}")
    return found


def _drawn_for_outlook(it: Subject, value: str) -> bool:
    """Say whether a picture in the background is drawn for Outlook by VML as well, as MJML does."""
    named = _URL.search(value)
    return (
        named is not None and re.search(rf"<v:(?:fill|image)\b[^>]*\bsrc=.{re.escape(named[1])}", it.html) is not None
    )


def all_declarations(it: Subject) -> Iterator[Declared]:
    """Yield the declarations of visible elements and of the rules for every client; equal attributes once."""
    yield from _declared(it.tree)


@lru_cache(maxsize=4)
def _declared(tree: HtmlElement) -> tuple[Declared, ...]:
    """Collect them once for all checks of a mail; the tree is the key, and kept by the cache."""
    found: list[Declared] = []
    seen = set()
    for element in elements(tree):
        style = element.get("style")
        if style and style not in seen and not is_hidden(element):
            seen.add(style)
            found += _of_style(style)
    for rule in _general_rules(tree):
        found += _with_fallbacks(rule.content)
    return tuple(found)


def sheets(it: Subject) -> Iterator[list[Any]]:
    """Yield the style sheets of the mail, parsed; those inside conditional comments are Outlook's alone."""
    return _sheets(it.tree)


def _sheets(tree: HtmlElement) -> Iterator[list[Any]]:
    for style in tree.iter("style"):
        yield parsed_sheet(style.text or "")


@lru_cache(maxsize=64)
def parsed_sheet(css: str) -> list[Any]:
    """Parse a style sheet into tinycss2's rules."""
    rules: list[Any] = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return rules


def general_rules(it: Subject) -> Iterator[Any]:
    """Yield the rules for every client."""
    return _general_rules(it.tree)


def _general_rules(tree: HtmlElement) -> Iterator[Any]:
    for sheet in _sheets(tree):
        for rule in sheet:
            if rule.type == "qualified-rule" and not _HOOK.search(tinycss2.serialize(rule.prelude)):
                yield rule


@lru_cache(maxsize=4096)
def features(name: str, value: str) -> tuple[str, ...]:
    """Return the features of the table that a declaration needs."""
    return tuple(_features(name, value))


def _features(name: str, value: str) -> Iterator[str]:
    direct = _FAMILIES.get(name, f"css-{name}")
    harmless_value = value.strip().lower() in {"none", "auto", "static", "normal", "initial", "0", "1", "visible"}
    if is_known(direct) and not harmless_value:
        yield direct
    if name == "display":
        for word, feature in _DISPLAYS.items():
            if word in value.lower():
                yield feature
    if name == "background" and "url(" in value.lower():
        yield "css-background-image"
    if not name.startswith(("--", "mso-", "-")) and not name.endswith("-shadow"):
        for feature, pattern in _BY_VALUE:
            if pattern.search(value):
                yield feature


@lru_cache(maxsize=2048)
def _of_style(style: str) -> tuple[Declared, ...]:
    return tuple(_with_fallbacks(style))


def _with_fallbacks(content: Any) -> Iterator[Declared]:
    """Yield declarations; one behind another of its name, or a picture over a colour, has something to fall back on."""
    before: set[str] = set()
    items = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    pairs = [(item.lower_name, tinycss2.serialize(item.value).strip()) for item in items if item.type == "declaration"]
    names = {name for name, _ in pairs}
    for name, value in pairs:
        over_colour = name in {"background", "background-image"} and (
            "background-color" in names or re.match(r"#[0-9a-f]{3,6}\b|rgb\(", value, re.IGNORECASE) is not None
        )
        yield Declared(name=name, value=value, fallback=name in before or over_colour)
        before.add(name)
