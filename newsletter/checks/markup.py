"""The finished HTML as checks look at it: links with their texts, declarations of a style, what a reader sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import tinycss2
from lxml.html import HtmlElement

from newsletter.checks.base import Subject
from newsletter.models import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of the mail: its address, and the words a screen reader says, alt texts of pictures among them."""

    href: str
    text: str
    element: HtmlElement

    @property
    def host(self) -> str:
        """The host it names, in lower case; empty for an address without one or a broken one."""
        return host_of(self.href)


def host_of(url: str) -> str:
    """Return the host of an address in lower case, without a leading `www.`; empty when there is none."""
    try:
        return (urlsplit(url.strip()).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def links_of(it: Subject) -> Iterator[Link]:
    """Yield every `<a href>` of the mail in order, those of the reader (unsubscribe and the like) included."""
    for element in it.tree.iter("a"):
        href = element.get("href")
        if href is not None:
            yield Link(href=href, text=spoken(element), element=element)


def written_links(it: Subject) -> Iterator[Link]:
    """Yield the links that an editor or the template wrote: all but those that the newsletter makes by itself."""
    own = tuple(url for url in (it.newsletter.public_url, it.newsletter.site_url, "https://unsubscribe.invalid") if url)
    for link in links_of(it):
        if not link.href.startswith(own):
            yield link


def link_place(it: Subject, href: str) -> Place | None:
    """Where an address was written, however the HTML spells it; a very short one only as a whole attribute."""
    if len(href.strip()) < 6:
        return it.place_of(f'href="{href}"') or it.place_of(f"]({href})")
    return it.place_of(href) or it.place_of(href.replace("%20", " "))


def elements(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the elements of the body in order, without comments."""
    body = tree.find("body")
    for element in () if body is None else body.iter():
        if isinstance(element.tag, str):
            yield element


def spoken(element: HtmlElement) -> str:
    """Return what a screen reader says of an element: its label, or its text with alt texts in their places."""
    label = element.get("aria-label")
    return " ".join((label or "".join(_pieces(element))).split())


def _pieces(element: HtmlElement) -> Iterator[str]:
    if isinstance(element.tag, str):
        if element.tag == "img":
            yield f" {element.get('alt') or ''} "
        else:
            yield element.text or ""
            for child in element:
                yield from _pieces(child)
                yield child.tail or ""


def is_hidden(element: HtmlElement) -> bool:
    """Say whether an element or one around it is not shown, like the preheader's filler."""
    for each in (element, *element.iterancestors()):
        style = declarations(each.get("style") or "")
        if style.get("display") == "none" or style.get("max-height") in {"0", "0px"} or each.get("hidden") is not None:
            return True
    return False


@lru_cache(maxsize=2048)
def declarations(style: str) -> dict[str, str]:
    """Return the declarations of a style attribute by name, the last of each name; broken ones are left out."""
    found = {}
    for item in tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True):
        if item.type == "declaration":
            found[item.lower_name] = tinycss2.serialize(item.value).strip()
    return found


def pixels(value: str | None) -> float | None:
    """Read a length in CSS pixels: `12px`, `12` (an attribute), `9pt`; None for any other unit."""
    text = (value or "").strip().lower()
    for unit, factor in (("px", 1.0), ("pt", 4 / 3), ("", 1.0)):
        number = text.removesuffix(unit)
        if text.endswith(unit) and _is_number(number):
            return float(number) * factor
    return None


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
