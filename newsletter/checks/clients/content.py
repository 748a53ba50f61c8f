"""Elements and picture formats that some mail clients do not show."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.clients.support import clients_without, is_missing_somewhere, page_of
from newsletter.checks.facts import ImageFacts
from newsletter.checks.images.files import owner_place, pictures
from newsletter.checks.markup import written_links
from newsletter.models import Severity

_FORBIDDEN = ("script", "iframe", "object", "embed", "applet", "frame", "frameset")
_INPUTS = {"checkbox", "radio", "text", "submit", "reset", "hidden"}
_ELEMENTS = (
    *("video", "audio", "svg", "form", "input", "button", "select", "textarea"),
    *("dialog", "marquee", "progress", "meter"),
)
_FORMATS = {
    "WEBP": "image-webp",
    "AVIF": "image-avif",
    "SVG": "image-svg",
    "HEIF": "image-heif",
    "HEIC": "image-heif",
    "TIFF": "image-tiff",
    "TIF": "image-tiff",
    "ICO": "image-ico",
}
_ENDING = re.compile(r"\.(\w{3,4})(?:[?#]|$)")


@check(
    id="N604",
    family=Family.CLIENTS,
    severity=Severity.ERROR,
    title="programs and frames in a mail",
    source="every large mail service removes them or refuses the mail",
    bad=Example(html="<script>count()</script>"),
)
def forbidden(it: Subject) -> Iterator[Hit]:
    """No mail program runs them, and filters take them for an attack."""
    for tag in _FORBIDDEN:
        if it.tree.find(f".//{tag}") is not None:
            yield Hit(
                message=f"the mail has a <{tag}>, which mail programs remove or refuse",
                remedy="Link to a page that does it.",
                place=it.template_place(f"<{tag}"),
            )
    handlers = sorted(set(_handlers(it)))
    if handlers:
        yield Hit(
            message=f"the mail reacts to events ({', '.join(handlers)}), which mail programs remove or refuse",
            remedy="Leave these attributes out.",
            place=it.template_place(f"{handlers[0]}="),
        )


def _handlers(it: Subject) -> Iterator[str]:
    for element in it.tree.xpath("//*[@*[starts-with(name(), 'on')]]"):
        yield from (name for name in element.attrib if name.startswith("on"))


@check(
    id="N605",
    family=Family.CLIENTS,
    severity=Severity.WARNING,
    title="element that some mail programs do not show",
    source="https://www.caniemail.com (MIT), kept as a dated table",
    bad=Example(html='<form action="https://weekly.example.com/vote"><input type="text" name="vote"></form>'),
    good=Example(
        html='<video src="https://courier.example.com/lamp.mp4"><a href="https://courier.example.com/film">See the lamp'
        "</a></video>"
    ),
)
def not_shown(it: Subject) -> Iterator[Hit]:
    """Readers of these programs see a gap, or a field that does nothing."""
    seen = set()
    for tag in _ELEMENTS:
        for element in it.tree.iter(tag):
            feature = _feature(element)
            if feature in seen or not is_missing_somewhere(feature) or _has_fallback(element):
                continue
            seen.add(feature)
            yield Hit(
                message=f"<{tag}> is not shown by {clients_without(feature)}",
                remedy=f"Link to a page that has it, with a picture if it must be seen: {page_of(feature)}.",
                place=it.template_place(f"<{tag}"),
            )


def _feature(element: HtmlElement) -> str:
    kind = (element.get("type") or "").lower()
    if element.tag == "input":
        return f"html-input-{kind if kind in _INPUTS else 'text'}"
    if element.tag == "button":
        return "html-button-reset" if kind == "reset" else "html-button-submit"
    return f"html-{element.tag!s}"


def _has_fallback(element: HtmlElement) -> bool:
    """MJML's carousel, accordion and menu bring their own; a video may hold a link or a picture for the others."""
    by_mjml = any("mj-" in (each.get("class") or "") for each in (element, *element.iterancestors()))
    return by_mjml or (element.tag in {"video", "audio"} and bool(element.xpath(".//a|.//img")))


@check(
    id="N606",
    family=Family.CLIENTS,
    severity=Severity.WARNING,
    title="picture format that some mail programs do not show",
    source="https://www.caniemail.com (MIT), kept as a dated table",
    bad=Example(
        about="images/lamp.jpg is a WebP file",
        facts={"images": {"images/lamp.jpg": ImageFacts(size=60_000, width=1200, height=800, format="WEBP")}},
    ),
)
def unusual_format(it: Subject) -> Iterator[Hit]:
    """Outlook 2016 to 2019 shows JPEG, PNG and GIF; in place of the others a reader sees a cross."""
    own = {src: facts.format.upper() for src, facts in it.images.items() if facts}
    for src, kind in own.items():
        yield from _unusual(it, src, _FORMATS.get(kind, ""))
    for src in dict.fromkeys(img.get("src") or "" for img in pictures(it)):
        ending = _ENDING.search(src)
        if src.startswith("data:"):
            yield from _unusual(it, src, "image-base64")
        elif ending and not any(src.endswith(name) for name in own):
            yield from _unusual(it, src, _FORMATS.get(ending[1].upper(), ""))


def _unusual(it: Subject, src: str, feature: str) -> Iterator[Hit]:
    if is_missing_somewhere(feature):
        what = "is written into the mail, which" if feature == "image-base64" else "has a format that"
        yield Hit(
            message=f"the picture {src[:80]} {what} is not shown by {clients_without(feature)}",
            remedy="Use a JPEG or PNG file; `newsletter article image ARTICLE FILE` makes one.",
            place=owner_place(it, src) if src in it.images else it.place_of(src[:200]),
        )


@check(
    id="N612",
    family=Family.CLIENTS,
    severity=Severity.INFO,
    title="link inside the mail",
    source="https://www.caniemail.com/features/html-anchor-links/",
    bad=Example(html='<h2 id="letters">Letters</h2><p><a href="#letters">To the letters</a></p>'),
)
def inner_link(it: Subject) -> Iterator[Hit]:
    """In these programs nothing happens, or an empty page opens."""
    inner = [link for link in written_links(it) if len(link.href) > 1 and link.href.startswith("#")]
    if inner:
        yield Hit(
            message=f"links inside the mail do not work in {clients_without('html-anchor-links')}",
            remedy="Leave them out, or link to the part on the issue's page on the web.",
            place=it.template_place('href="#') or it.place_of(inner[0].href),
        )
