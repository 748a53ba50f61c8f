"""Sizes: of letters, and of what a thumb has to hit."""

from collections.abc import Callable, Iterator

from newsletter.checks.accessibility.looks import Text, texts_of
from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.markup import declarations, pixels, spoken
from newsletter.models import Severity

_TINY, _SMALL = 12.0, 14.0
_SENTENCE = 60
"""Characters from which a text is one to read, not a caption."""

_BUTTON = 44.0
_APART = 24.0

_LINKS = '<ul style="font-size:14px;line-height:1.2"><li style="margin:0">{}</li><li style="margin:0">{}</li></ul>'
_TWO = ('<a href="https://a.example.com">Tides</a>', '<a href="https://b.example.com">Harbours</a>')


@check(
    id="N340",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="running text smaller than 14 pixels",
    source="limit of this tool: body text 14 pixels at the least, better 16",
    bad=Example(about="articles in 13 pixels", html_edits=(("font-size:17px", "font-size:13px"),)),
    good=Example(about="articles in 15 pixels", html_edits=(("font-size:17px", "font-size:15px"),)),
)
def small_text(it: Subject) -> Iterator[Hit]:
    """Many readers are older than the designer. The small print of the template may be smaller."""
    yield from _sized(
        it, lambda text, size: _TINY <= size < _SMALL and len(text.text) >= _SENTENCE and _is_written(it, text.text)
    )


def _is_written(it: Subject, text: str) -> bool:
    """Say whether an editor wrote a text: it stands in a record or in the introduction."""
    issue = it.assembled.issue
    written = (issue.introduction, *(f"{each.summary}\n{each.body}" for each in it.articles()))
    return any(text[:40] in " ".join(one.split()) for one in written)


@check(
    id="N341",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="text smaller than 12 pixels",
    source="Apple Mail on iOS enlarges smaller text and breaks the layout",
    bad=Example(html='<p style="font-size:10px">Terms apply.</p>'),
    good=Example(html='<p style="font-size:12px">Terms apply.</p>'),
)
def tiny_text(it: Subject) -> Iterator[Hit]:
    """Nobody reads it, and iPhones enlarge it, with everything around it."""
    yield from _sized(it, lambda _, size: 0 < size < _TINY)


def _sized(it: Subject, wrong: Callable[[Text, float], bool]) -> Iterator[Hit]:
    seen = set()
    for text in texts_of(it):
        size = text.look.size
        if size is not None and wrong(text, size) and size not in seen and any(map(str.isalnum, text.text)):
            seen.add(size)
            yield Hit(
                message=f"a text is {size:g} pixels high: {text.text[:40]!r}",
                remedy="Set running text in 16 pixels, small print in 14.",
                place=it.template_place(f"{size:g}px") or it.place_of(text.text),
            )


@check(
    id="N342",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="button lower than 44 pixels",
    source="WCAG 2.2 §2.5.5 and §2.5.8: 44 pixels, at the least 24; Apple 44, Google 48",
    bad=Example(
        html='<a href="https://a.example.com" style="display:inline-block;background:#9c2f2f;color:#ffffff;'
        'font-size:16px;line-height:20px;padding:4px 12px">Read on about tides</a>'
    ),
    good=Example(
        html='<a href="https://a.example.com" style="display:inline-block;background:#9c2f2f;color:#ffffff;'
        'font-size:16px;line-height:20px;padding:12px 22px">Read on about tides</a>'
    ),
)
def small_button(it: Subject) -> Iterator[Hit]:
    """A thumb covers 44 pixels; a lower button is missed, or the one beside it is hit."""
    seen = set()
    for text in texts_of(it):
        style = declarations(text.element.get("style") or "")
        if text.element.tag != "a" or not ("background" in style or "background-color" in style):
            continue
        if style.get("display") not in {"block", "inline-block"} or text.look.size is None or text.look.line is None:
            continue
        height = text.look.size * text.look.line + _padding(style)
        if height < _BUTTON and height not in seen:
            seen.add(height)
            yield Hit(
                message=f"the button {text.text[:40]!r} is {height:.0f} pixels high",
                remedy='Give it more room, like inner-padding="14px 22px" at <mj-button>.',
                place=it.template_place("<mj-button") or it.place_of(text.text),
            )


@check(
    id="N343",
    family=Family.IMAGES,
    severity=Severity.INFO,
    title="links too close to each other",
    source="WCAG 2.2 §2.5.8: 24 pixels",
    bad=Example(html=_LINKS.format(*_TWO)),
    good=Example(html=_LINKS.format(*_TWO).replace("margin:0", "margin:0 0 12px 0")),
)
def close_links(it: Subject) -> Iterator[Hit]:
    """In a list of links without room between the lines a thumb hits two of them."""
    seen = set()
    for text in texts_of(it):
        line = text.element.getparent()
        alone = text.element.tag == "a" and line is not None and line.tag == "li" and spoken(line) == text.text
        if not alone or line is None or line.getnext() is None or not text.look.size or text.look.line is None:
            continue
        style = declarations(line.get("style") or "")
        height = text.look.size * text.look.line + _padding(style) + _edges(style.get("margin", "0 0"))
        if height < _APART and line.getparent() not in seen:
            seen.add(line.getparent())
            yield Hit(
                message=f"the links of a list are {height:.0f} pixels apart, the first is {text.text[:40]!r}",
                remedy="Give the lines of the list a margin below, so that each has 24 pixels.",
                place=it.place_of(text.text),
            )


def _padding(style: dict[str, str]) -> float:
    top, bottom = pixels(style.get("padding-top")), pixels(style.get("padding-bottom"))
    both = _edges(style.get("padding", "0 0"))
    return (both / 2 if top is None else top) + (both / 2 if bottom is None else bottom)


def _edges(value: str) -> float:
    """Return top and bottom of a shorthand together; `a`, `a b`, `a b c` and `a b c d` are its forms."""
    parts = [pixels(part) or 0.0 for part in value.split()]
    if not parts:
        return 0.0
    return parts[0] + (parts[2] if len(parts) > 2 else parts[0])
