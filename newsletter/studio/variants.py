"""The mail's HTML as the preview's frame shows it: pictures from this machine, one colour scheme, links outside.

What is sent is never touched; the page's source view shows that.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from html import escape

ALWAYS, NEVER = "(min-width:0px)", "(min-width:99999px)"
"""What `prefers-color-scheme` is replaced by: a frame cannot have another scheme than its browser."""

NO_IMAGE = "data:,"
"""An address that loads nothing: the browser shows the alt text in the picture's place."""

_STYLE = re.compile(r"(?is)(?<=<style)\b[^>]*>.*?(?=</style)")
_MEDIA = re.compile(r"""(?i)\bmedia=(?:"[^"]*"|'[^']*')""")
_FEATURE = re.compile(r"(?i)\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)")
_SUPPORTED = re.compile(r"(?i)(?<![\w-])(color-scheme\s*:\s*)(?:light\s+dark|dark\s+light)\b")
_META = re.compile(r"""(?i)(<meta\s+name=["']color-scheme["']\s+content=["'])(?:light\s+dark|dark\s+light)\b""")
_SOURCE = re.compile(
    r"""(?is)(<(?:img|v:fill|v:image|table|td|th|tr|body)\b[^>]*?\s(?:src|background)=["'])[^"']*(["'])"""
)
_BACKGROUND = re.compile(r"""(?i)\burl\(\s*(?:"[^"]*"|'[^']*'|[^)]*)\s*\)""")
_HEAD = re.compile(r"(?i)<head\b[^>]*>")


class Scheme(StrEnum):
    """Which of a mail's own colours are shown."""

    LIGHT = "light"  # as in a mail program with light colours
    DARK = "dark"  # the template's own dark rules; what a program invents where there are none is not shown


def local_images(html: str, base: str, home: str, version: Callable[[str], str]) -> str:
    """Make pictures of the issue come from below `home`; `base` is where they will be published.

    `version` gives a word for a path like `images/x.jpg` that changes when the picture does.
    """
    address = re.compile(rf"""(?<=["'(]){re.escape(escape(base))}/(images/[\w.+/-]+)""")
    return address.sub(lambda match: f"{home}/{match[1]}?v={version(match[1])}", html)


def in_scheme(html: str, scheme: Scheme) -> str:
    """Make the rules for one colour scheme apply, whatever the browser prefers (Media Queries 5 §12.5)."""

    def decide(match: re.Match[str]) -> str:
        return _FEATURE.sub(lambda feature: ALWAYS if feature[1].lower() == scheme else NEVER, match[0])

    def style(match: re.Match[str]) -> str:
        return _SUPPORTED.sub(rf"\g<1>{scheme}", decide(match))

    html = _STYLE.sub(style, html)
    html = _META.sub(rf"\g<1>{scheme}", html)
    return _MEDIA.sub(decide, html)


def without_images(html: str) -> str:
    """Let no picture load, those of backgrounds included, as in a mail program that asks first."""
    html = _SOURCE.sub(rf"\g<1>{NO_IMAGE}\g<2>", html)
    return _BACKGROUND.sub("none", html)


def has_dark_rules(html: str) -> bool:
    """Say whether the mail brings rules of its own for dark mode."""
    return any(
        feature[1].lower() == "dark" for style in _STYLE.finditer(html) for feature in _FEATURE.finditer(style[0])
    )


def links_outside(html: str) -> str:
    """Make links open in a tab of their own instead of in the frame."""
    return _HEAD.sub(lambda match: f'{match[0]}<base target="_blank">', html, count=1)
