"""CSS into style attributes: premailer with the one call that changes no pixel, and the guards behind it.

Only the template's `<mj-style inline="inline">` is inlined. The engine's own style blocks are never needed inline
(inlining them makes a mail a fifth larger), and the template's other styles, media queries and dark mode, must stay
where they are; all of these are marked for premailer to leave alone, so that nothing but our own rules is ever parsed.
"""

import html as html_module
import logging
import re
import threading
from collections import Counter
from collections.abc import Callable
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from newsletter.errors import RenderGuardError
from newsletter.models import Place

SENTINEL = "/*newsletter:inline*/"
"""First words of a style block that is to be inlined; written in front of it before MJML."""

_INLINE_STYLE = re.compile(r"""(<mj-style\b[^>]*\binline\s*=\s*["']inline["'][^>]*>)""")
_STYLE = re.compile(r"<!--\[if (?![^\]]*\]><!-->).*?<!\[endif\]-->|<style\b([^>]*)>(.*?)</style>", re.DOTALL)
_CONDITIONAL = re.compile(r"<!--\[if [^\]]*\]><!-->|<!--\[if .*?<!\[endif\]-->|<!--<!\[endif\]-->", re.DOTALL)
_LOCK = threading.Lock()
"""cssutils and premailer's caches are shared and not made for threads (premailer #65)."""


def mark_inline_styles(mjml: str) -> str:
    """Mark the template's inline styles so that they are recognised after MJML."""
    return _INLINE_STYLE.sub(rf"\1{SENTINEL}", mjml)


def inline_css(html: str, *, place: Place, words: re.Pattern[str]) -> str:
    """Move the marked rules into style attributes and drop their blocks.

    `words` matches the islands that must survive. Raises RenderGuardError when anything else than the styles changed.
    """
    styles = [match[2] for match in _STYLE.finditer(_where_styles_are(html)) if match[2] and SENTINEL in match[2]]
    if not styles:
        return html
    inlined = _drop_inlined(_transform(_in_styles(_mark_or_keep, html)))
    _guard(html, inlined, place=place, words=words)
    return inlined


def _where_styles_are(html: str) -> str:
    """Return the head, or everything when there is a style sheet behind it: most of a mail is its body."""
    head, end, body = html.partition("</head>")
    return html if "<style" in body else head + end


def _in_styles(change: Callable[[re.Match[str]], str], html: str) -> str:
    part = _where_styles_are(html)
    return _STYLE.sub(change, part) + html[len(part) :]


def _drop_inlined(html: str) -> str:
    return _in_styles(lambda match: "" if match[2] and SENTINEL in match[2] else match[0], html)


def _mark_or_keep(match: re.Match[str]) -> str:
    if match[2] is None or SENTINEL in match[2]:
        return match[0]
    return f'<style{match[1]} data-premailer="ignore">{match[2]}</style>'


def _transform(html: str) -> str:
    import cssutils.util  # noqa: PLC0415 - premailer and cssutils take a quarter of a second to import
    from premailer import Premailer  # noqa: PLC0415

    with _LOCK:
        # premailer fetches @import through cssutils even with allow_network=False; nothing here may reach the network
        cssutils.util._defaultFetcher = lambda _url: (None, b"")  # noqa: SLF001 - the only hook there is
        return str(
            Premailer(
                html,
                keep_style_tags=True,
                strip_important=False,
                remove_classes=False,
                disable_validation=True,
                allow_network=False,
                align_floating_images=False,
                disable_leftover_css=True,
                include_star_selectors=False,
                disable_basic_attributes=["width", "height", "align", "valign", "bgcolor"],
                remove_unset_properties=False,
                cache_css_parsing=True,
                method="html",
                cssutils_logging_level=logging.CRITICAL,
            ).transform(pretty_print=False)
        )


def _guard(before: str, after: str, *, place: Place, words: re.Pattern[str]) -> None:
    """Compare what inlining must not touch, and name what it did."""
    without = _drop_inlined(before)
    one, two = (document_fromstring(text.encode(), HTMLParser(encoding="utf-8")) for text in (without, after))
    pairs: list[tuple[str, object, object]] = [
        ("the doctype", True, after.startswith("<!DOCTYPE html>")),
        ("the conditional comments", _CONDITIONAL.findall(without), _CONDITIONAL.findall(after)),
        ("the number of media queries", without.count("@media"), after.count("@media")),
        ("the islands", Counter(words.findall(without)), Counter(words.findall(after))),
        ("the texts", _text(one), _text(two)),
        ("the links", _attributes(one, "href"), _attributes(two, "href")),
        ("the images", _attributes(one, "src"), _attributes(two, "src")),
        ("the widths of images", _widths(one), _widths(two)),
    ]
    for what, old, new in pairs:
        if old != new:
            raise RenderGuardError(
                f"inlining the CSS changed {what}",
                place=place,
                remedy="This is a fault of the inliner: report it together with the issue and the template.",
            )
    if after.count("!important") < without.count("!important"):
        raise RenderGuardError("inlining the CSS dropped an !important", place=place)


def _text(tree: HtmlElement) -> str:
    body = tree.find("body")
    return "" if body is None else " ".join(etree.tostring(body, method="text", encoding="unicode").split())


def _attributes(tree: HtmlElement, name: str) -> list[str]:
    return [unquote(html_module.unescape(str(value))) for value in tree.xpath(f"//@{name}")]


def _widths(tree: HtmlElement) -> list[str]:
    return [str(value) for value in tree.xpath("//img/@width")]
