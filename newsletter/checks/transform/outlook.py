"""What only Outlook for Windows sees: conditional comments, the tables that stand in for columns, and VML."""

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml.html import HtmlElement, document_fromstring

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.markup import declarations, links_of, pixels
from newsletter.models import Place, Severity

_TOKEN = re.compile(r"<!--\[if ([^\]]*)\]>(<!-->)?|<!\[endif\]-->|<!--<!\[endif\]-->")
_CONDITION = re.compile(r"(?:\s|[!()|&]|mso|IE|vml|gte|lte|gt|lt|true|false|[0-9]+(?:\.[0-9]+)?)+")
_HIDDEN = re.compile(r"<!--\[if ([^\]]*)\]>(?!<!-->)(.*?)<!\[endif\]-->", re.DOTALL)
_OTHERS = re.compile(r"<!--\[if ([^\]]*)\]><!-->(.*?)<!--<!\[endif\]-->", re.DOTALL)
_SHAPE = re.compile(r"<v:(roundrect|oval|image|rect|shape)\b([^>]*?)(?:/>|>(.*?)</v:\1>)", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")

_BUTTON = (
    '<!--[if mso]><v:roundrect xmlns:v="urn:schemas-microsoft-com:vml" {href} style="height:44px;width:200px">'
    "<center>{text}</center></v:roundrect><![endif]-->"
)
_LINK = 'href="https://courier.example.com/lamp"'


@lru_cache(maxsize=2)
def for_outlook(html: str) -> HtmlElement:
    """Return the mail as Outlook 2007 to 2019 reads it: its own parts shown, those of all others away.

    Cells that only Outlook has carry the attribute `data-ghost`.
    """
    html = _OTHERS.sub(lambda match: "" if "!mso" in match[1].replace(" ", "") else match[2], html)
    return document_fromstring(_HIDDEN.sub(_shown_part, html))


def _shown_part(match: re.Match[str]) -> str:
    return re.sub(r"<td\b", '<td data-ghost=""', match[2]) if _is_outlook(match[1]) else ""


def _is_outlook(condition: str) -> bool:
    return "mso" in condition and "!mso" not in condition.replace(" ", "") and "lte mso 11" not in condition


def _shapes(it: Subject) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield the VML shapes: name, attributes, and what they hold."""
    for comment in _HIDDEN.finditer(it.html):
        for kind, attributes, inner in _SHAPE.findall(comment[2]):
            yield kind, {name.lower(): one or two for name, one, two in _ATTRIBUTE.findall(attributes)}, inner


def _at(it: Subject, text: str) -> Place:
    return it.template_place(text) or it.template.place("email.mjml")


@check(
    id="N910",
    family=Family.TRANSFORM,
    severity=Severity.ERROR,
    title="conditional comment not closed or not readable",
    source="Microsoft, about conditional comments (MS537512)",
    bad=Example(html="<!--[if mso]><p>For Outlook</p>"),
    good=Example(html="<!--[if mso]><p>For Outlook</p><![endif]-->"),
)
def broken_comment(it: Subject) -> Iterator[Hit]:
    """Outlook hides everything behind it, or every other program shows what was meant for Outlook."""
    opened: list[tuple[str, bool]] = []
    for token in _TOKEN.finditer(it.html):
        text, condition = token[0], token[1]
        if condition is not None:
            if not _CONDITION.fullmatch(condition):
                yield _broken(it, text, "has a condition that Outlook does not know")
            if opened:
                yield _broken(it, text, f"stands inside {opened[-1][0]}")
            opened.append((text, bool(token[2])))
        elif not opened:
            yield _broken(it, text, "closes what was not opened")
        else:
            start, shown = opened.pop()
            if shown != text.startswith("<!--"):
                yield _broken(it, start, f"is closed by {text}, which belongs to the other kind")
    for start, _ in opened:
        yield _broken(it, start, "is not closed")


def _broken(it: Subject, text: str, why: str) -> Hit:
    return Hit(
        message=f"the conditional comment {text} {why}",
        remedy="Write <!--[if mso]> … <![endif]--> for Outlook, <!--[if !mso]><!--> … <!--<![endif]--> for the rest.",
        place=_at(it, text),
    )


def _columns(one: str, two: str) -> dict[str, str]:
    cells = "".join(
        f'<mj-column width="{width}"><mj-text><a href="[[ web_url ]]">The {name} half</a></mj-text></mj-column>'
        for name, width in (("first", one), ("second", two))
    )
    title = "<mj-section><mj-column><mj-text><h1>A</h1></mj-text></mj-column></mj-section>"
    return {"header.mjml": f"{title}<mj-section>{cells}</mj-section>"}


@check(
    id="N911",
    family=Family.TRANSFORM,
    severity=Severity.WARNING,
    title="columns wider than their section",
    source="Outlook's tables do not wrap: mjml issues #584, #1363, #2538",
    bad=Example(about="two columns of 400 pixels in a mail of 600", files=_columns("400px", "400px")),
    good=Example(files=_columns("50%", "50%")),
)
def too_wide(it: Subject) -> Iterator[Hit]:
    """In a browser the second column slides below the first; in Outlook the mail grows wider than the window."""
    for widths, room in _rows(it):
        if sum(widths) > room + 1:
            yield Hit(
                message=f"columns of {_sum(widths)} pixels stand in {room:g} for Outlook",
                remedy="Make the widths of the columns of a section add up to 100%.",
                place=_at(it, "<mj-column width"),
            )


@check(
    id="N912",
    family=Family.TRANSFORM,
    severity=Severity.INFO,
    title="columns that do not fill their section",
    source="MJML documentation, mj-column: widths add up to 100%",
    bad=Example(about="two columns of 45% and 45%", files=_columns("45%", "45%")),
    good=Example(files=_columns("40%", "60%")),
)
def too_narrow(it: Subject) -> Iterator[Hit]:
    """Outlook puts the gap at the right, other programs spread it: the columns stand elsewhere in each."""
    for widths, room in _rows(it):
        if len(widths) > 1 and sum(widths) < room * 0.98 - 1:
            yield Hit(
                message=f"columns of {_sum(widths)} pixels leave a part of {room:g} empty",
                remedy="Make the widths of the columns of a section add up to 100%.",
                place=_at(it, "<mj-column width"),
            )


def _sum(widths: list[float]) -> str:
    return " + ".join(f"{width:g}" for width in widths)


def _rows(it: Subject) -> Iterator[tuple[list[float], float]]:
    """Yield the rows of Outlook's tables: the widths of their cells, and the room there is for them."""
    for row in for_outlook(it.html).iter("tr"):
        styles = [declarations(cell.get("style") or "") for cell in row if cell.get("data-ghost") is not None]
        widths = [pixels(style.get("width")) for style in styles]
        if widths and all(width is not None for width in widths):
            room = _room(row)
            if room is not None:
                yield [width for width in widths if width is not None], room


def _room(row: HtmlElement) -> float | None:
    """Return the width of the nearest table that says it, less the paddings on the way to it."""
    padding = 0.0
    for each in row.iterancestors():
        width = pixels(each.get("width")) if each.tag == "table" else None
        if width is not None:
            return width - padding
        style = declarations(each.get("style") or "")
        parts = [pixels(part) or 0.0 for part in style.get("padding", "").split()]
        if parts:
            left, right = (parts[3 if len(parts) > 3 else 1], parts[1]) if len(parts) > 1 else (parts[0], parts[0])
            padding += left + right
        padding += (pixels(style.get("padding-left")) or 0.0) + (pixels(style.get("padding-right")) or 0.0)
    return None


@check(
    id="N913",
    family=Family.TRANSFORM,
    severity=Severity.WARNING,
    title="Outlook's button without a link or a text",
    source="WCAG 2.2 §2.4.4; Microsoft, VML roundrect",
    bad=Example(html=_BUTTON.format(href="", text="Read on")),
    good=Example(html=_BUTTON.format(href=_LINK, text="Read on")),
)
def dead_button(it: Subject) -> Iterator[Hit]:
    """Outlook draws the button from VML alone: without href it can be seen and does nothing."""
    for kind, attributes, inner in _shapes(it):
        if kind in {"roundrect", "oval"}:
            text = re.sub(r"<[^>]*>|&nbsp;", " ", inner).strip()
            missing = "no link" if not attributes.get("href", "").strip() else "" if text else "no text"
            if missing:
                yield Hit(
                    message=f"the VML button {text[:40]!r} has {missing}" if text else f"a VML button has {missing}",
                    remedy="Give <v:roundrect> the href of the button, and its words in <center>.",
                    place=_at(it, f"<v:{kind}"),
                )


@check(
    id="N914",
    family=Family.TRANSFORM,
    severity=Severity.ERROR,
    title="link that only Outlook has",
    source="other programs see nothing of what stands in a part for Outlook alone",
    bad=Example(html=_BUTTON.format(href='href="https://courier.example.com/only"', text="Read on")),
    good=Example(html=_BUTTON.format(href=_LINK, text="Read on")),
)
def only_in_outlook(it: Subject) -> Iterator[Hit]:
    """Everybody else has no way to follow it."""
    others = {link.href.strip() for link in links_of(it)}
    for kind, attributes, _ in _shapes(it):
        href = attributes.get("href", "").replace("&amp;", "&").strip()
        if href and href not in others:
            yield Hit(
                message=f"only Outlook's VML links to {href[:120]}",
                remedy="Put the same link between <!--[if !mso]><!--> and <!--<![endif]-->.",
                place=it.place_of(href) or _at(it, f"<v:{kind}"),
            )


@check(
    id="N915",
    family=Family.TRANSFORM,
    severity=Severity.WARNING,
    title="picture for Outlook without alt text",
    source="WCAG 2.2 §1.1.1",
    bad=Example(
        html='<!--[if mso]><v:image src="https://courier.example.com/lamp.png" style="width:600px" /><![endif]-->'
    ),
    good=Example(
        html='<!--[if mso]><v:image src="https://courier.example.com/lamp.png" alt="A lamp" style="width:600px" />'
        "<![endif]-->"
    ),
)
def silent_vml(it: Subject) -> Iterator[Hit]:
    """Outlook's own pictures are read out too, or not, by their alt attribute."""
    for kind, attributes, _ in _shapes(it):
        if kind == "image" and not attributes.get("alt", "").strip():
            yield Hit(
                message=f"the VML picture {attributes.get('src', '')[:100]} has no alt text",
                remedy='Say what it shows, in alt="…" at <v:image>.',
                place=_at(it, "<v:image"),
            )


@check(
    id="N916",
    family=Family.TRANSFORM,
    severity=Severity.WARNING,
    title="Outlook's layout table without a role",
    source="WCAG 2.2 §1.3.1, technique ARIA4",
    bad=Example(html="<!--[if mso]><table><tr><td>For Outlook</td></tr></table><![endif]-->"),
    good=Example(html='<!--[if mso]><table role="presentation"><tr><td>For Outlook</td></tr></table><![endif]-->'),
)
def bare_ghost(it: Subject) -> Iterator[Hit]:
    """Screen readers on Windows read Outlook's own part, and count its rows and columns aloud."""
    bare = [
        tag
        for comment in _HIDDEN.finditer(it.html)
        for tag in re.findall(r"<table\b[^>]*>", comment[2])
        if not re.search(r"""\brole\s*=\s*["']?(?:presentation|none)\b""", tag)
    ]
    if bare:
        yield Hit(
            message=f"{len(bare)} table{'s' if len(bare) > 1 else ''} for Outlook without a role: {bare[0][:80]}",
            remedy='Write <table role="presentation">.',
            place=_at(it, bare[0]),
        )
