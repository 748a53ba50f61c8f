"""Contrast of texts, in light and in dark mode."""

from collections.abc import Iterator
from functools import lru_cache

from newsletter.checks.accessibility.looks import Rgb, has_dark_rules, texts_of
from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.models import Place, Severity

_LARGE, _LARGE_BOLD = 24.0, 18.66
_NEEDED, _NEEDED_LARGE = 4.5, 3.0

_PALE = '<p style="color:#999999;background-color:#ffffff;font-size:16px">All photos: Jo Ek</p>'


@check(
    id="N330",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="text with too little contrast",
    source="WCAG 2.2 §1.4.3",
    bad=Example(html=_PALE),
    good=Example(html=_PALE.replace("#999999", "#595959")),
)
def light_contrast(it: Subject) -> Iterator[Hit]:
    """Pale grey on white is hard to read in the sun, and for one in five readers at any time."""
    yield from _hits(it, dark=False)


@check(
    id="N331",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="text with too little contrast in dark mode",
    source="WCAG 2.2 §1.4.3",
    bad=Example(
        about="a box that stays white in dark mode, in a text that turns pale",
        html='<table role="presentation"><tr><td class="ink"><div style="background-color:#ffffff;color:#23291f">'
        "Seeds for everybody</div></td></tr></table>",
    ),
)
def dark_contrast(it: Subject) -> Iterator[Hit]:
    """A rule for dark mode that changes the text and forgets the ground makes it vanish."""
    if has_dark_rules(it):
        hits = list(_hits(it, dark=True))
        already = {hit.message for hit in _hits(it, dark=False)} if hits else set()
        yield from (hit for hit in hits if hit.message.replace(" in dark mode", "") not in already)


def _hits(it: Subject, *, dark: bool) -> Iterator[Hit]:
    seen = set()
    for text in texts_of(it, dark=dark):
        look = text.look
        if look.colour is None or look.ground is None or not look.size:
            continue
        large = look.size >= _LARGE or (look.bold and look.size >= _LARGE_BOLD)
        needed = _NEEDED_LARGE if large else _NEEDED
        pair = (look.colour, look.ground)
        if pair in seen:
            continue
        ratio = contrast(look.colour, look.ground)
        if ratio < needed and any(character.isalnum() for character in text.text):
            seen.add(pair)
            mode = " in dark mode" if dark else ""
            yield Hit(
                message=f"text in {as_hex(look.colour)} on {as_hex(look.ground)} has a contrast of {ratio:.1f}{mode}, "
                f"and {needed:g} is needed: {text.text[:40]!r}",
                remedy="Make one of the two colours darker or lighter; template.toml names most of them.",
                place=_place(it, text.text, look.colour),
            )


def _place(it: Subject, text: str, colour: Rgb) -> Place | None:
    return it.template_place(as_hex(colour)) or it.place_of(text) or it.template.place("template.toml")


@lru_cache(maxsize=512)
def contrast(one: Rgb, two: Rgb) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def as_hex(colour: Rgb) -> str:
    """Write a colour as `#rrggbb`."""
    return "#" + "".join(f"{round(value * 255):02x}" for value in colour)
