"""The lead picture of a page: its address, what it shows and whose it is, where the page says so."""

import re
from posixpath import basename
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from newsletter.content.text import one_line
from newsletter.ingest.lines import read_credit
from newsletter.ingest.markup import complete
from newsletter.models import Image

_NO_PICTURE = re.compile(
    r"(?i)\.svg(?:$|\?)|favicon|[/_-](?:logo|placeholder|avatar|gravatar|sprite|pixel|blank|spacer)"
)
_CREDIT_CLASS = re.compile(r"(?i)credit|copyright|photographer|attribution|source|bildnachweis|foto")
_SIZE = re.compile(r"(?i)[-_.@](?:\d{2,4}x\d{2,4}|\d{2,4}w?|scaled|large|medium|small|thumb(?:nail)?|original|2x)$")


def lead_picture(tree: HtmlElement, candidates: list[tuple[str, str]], base: str) -> tuple[Image | None, str]:
    """Return the first usable picture of `candidates` (address, origin), or the article's first figure, and its origin.

    Alternative text and credit come from the place of the page where the same picture stands.
    """
    for stated, origin in candidates:
        src = picture_address(stated, base)
        if src:
            element = _same_picture(tree, src, base)
            alt, credit = _words(element) if element is not None else ("", "")
            return Image(src=src, alt=alt, credit=credit), origin
    for element in tree.xpath("//article//figure//img | //main//figure//img | //figure//img | //article//img"):
        src = picture_address(_source(element), base)
        if src and _is_wide(element, unknown=True):
            alt, credit = _words(element)
            return Image(src=src, alt=alt, credit=credit), "html"
    for element in tree.xpath("//h1/following::img"):
        src = picture_address(_source(element), base)
        if src and _is_wide(element, unknown=False):
            return Image(src=src, alt=one_line(element.get("alt") or "")), "html"
    return None, ""


def picture_address(stated: str, base: str) -> str:
    """Return a picture's address, with https where its page has it; empty for logos and what is no picture."""
    src = complete(stated, base)
    if not src.lower().startswith("http") or _NO_PICTURE.search(src):
        return ""
    # a browser loads pictures of an https page by https as well (W3C Mixed Content Level 2 §4.1)
    return re.sub(r"(?i)^http:", "https:", src) if base.startswith("https:") else src


def _source(element: HtmlElement) -> str:
    for name in ("src", "data-src", "data-original", "data-lazy-src"):
        value = element.get(name) or ""
        if value and not value.startswith("data:"):
            return str(value)
    sets = element.get("srcset") or element.get("data-srcset") or ""
    return str(sets).split(",")[-1].strip().split(" ")[0] if sets else ""


def _same_picture(tree: HtmlElement, src: str, base: str) -> HtmlElement | None:
    """Find the picture in the page, which often shows it in another size."""
    wanted = _stem(src)
    for element in tree.iter("img", "amp-img"):
        if wanted and _stem(complete(_source(element), base)) == wanted:
            return element
    return None


def _stem(src: str) -> str:
    name = unquote(basename(urlsplit(src).path)).rpartition(".")[0] or basename(urlsplit(src).path)
    return _SIZE.sub("", name.lower())


def _is_wide(element: HtmlElement, *, unknown: bool) -> bool:
    """Say whether a picture is as wide as a lead picture; `unknown` for one that does not say its width."""
    width = re.match(r"\d{1,5}", element.get("width") or "")
    return int(width[0]) >= 200 if width else unknown


def _words(element: HtmlElement) -> tuple[str, str]:
    """Return alternative text and credit of a picture: its own alt, its caption, the credit in or beside it."""
    alt = one_line(element.get("alt") or "")
    figure = next((above for above in element.iterancestors("figure")), None)
    if figure is None:
        return alt, ""
    credit = ""
    for part in figure.iter("span", "small", "cite", "div", "p", "em", "i"):
        hint = f"{part.get('class') or ''} {part.get('itemprop') or ''}"
        if _CREDIT_CLASS.search(hint) and one_line(part.text_content()):
            credit = one_line(part.text_content())
            break
    caption = one_line(" ".join(one_line(text.text_content()) for text in figure.iter("figcaption")))
    if credit:
        caption = caption.replace(credit, "").strip(" |(\u2013-")
    else:
        caption, credit = split_caption(caption)
    return alt or caption, clean_credit(credit)


def split_caption(caption: str) -> tuple[str, str]:
    """Cut `A ship waits. Photo: Jo Ek` into what it shows and whose it is."""
    whole = read_credit(caption)
    if whole:
        return whole[1], whole[0]
    for cut in re.finditer(r"(?<=[.!?\u201d\"])\s+|\s*[|\u2013\u2014/]\s+|\s+(?=[(\[]|©)", caption):
        tail = caption[cut.end() :]
        found = read_credit(tail)
        if found:
            return caption[: cut.start()].strip(), found[0]
    return caption, ""


def clean_credit(text: str) -> str:
    """Return the name alone, without `Photo:` or a copyright sign before it."""
    found = read_credit(text)
    return found[0] if found else re.sub(r"(?i)^\s*(?:©|\(c\)|copyright)\s*", "", text).strip(" ()[]")
