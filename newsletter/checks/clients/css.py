"""CSS that some mail clients do not understand."""

import re
from collections.abc import Iterator
from functools import lru_cache

import tinycss2

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.clients.features import all_declarations, general_rules, needed, sheets
from newsletter.checks.clients.support import clients_without, is_missing_somewhere, page_of, title_of
from newsletter.checks.markup import declarations, elements
from newsletter.models import Place, Severity

_BREAKING = frozenset(
    f"css-{name}"
    for name in (
        *(
            "display-flex",
            "display-grid",
            "grid-template",
            "gap",
            "position",
            "left-right-top-bottom",
            "inset",
            "float",
        ),
        *("variables", "unit-calc", "function-clamp", "function-max", "function-min", "function-light-dark"),
        *("unit-vh", "unit-vw", "unit-vmin", "unit-vmax", "unit-rem", "unit-ch", "intrinsic-size", "aspect-ratio"),
        *("linear-gradient", "radial-gradient", "conic-gradient", "background-image", "rgba", "modern-color"),
        *("object-fit", "transform", "clip-path", "mask-image", "column-count", "column-layout-properties"),
        *("margin-inline-block", "margin-inline-start-end", "margin-block-start-end", "padding-inline-block"),
        *("padding-inline-start-end", "padding-block-start-end", "block-inline-size", "max-inline-size"),
        *("writing-mode", "list-style-image", "visibility", "opacity", "mix-blend-mode", "filter", "backdrop-filter"),
        *("shape-outside", "nesting", "border-inline-block", "white-space-collapse"),
    )
)
"""Features that the arrangement, or whether a text can be read, depends on."""

_DECORATION = frozenset(
    f"css-{name}"
    for name in (
        *("box-shadow", "text-shadow", "border-image", "animation", "background-blend-mode", "background-clip"),
        *("text-emphasis", "outline-offset", "text-decoration-color", "text-decoration-thickness"),
        *("accent-color", "shape-margin", "object-position", "scroll-snap", "text-wrap", "resize"),
    )
)
"""Features that are merely left out where they are missing. What is in neither set does no harm by its absence."""

_SELECTORS = (
    ("css-pseudo-class-has", ":has("),
    ("css-pseudo-class-not", ":not("),
    ("css-pseudo-class-nth-child", ":nth-"),
    ("css-pseudo-element-before", "::before"),
    ("css-pseudo-element-after", "::after"),
    ("css-pseudo-element-marker", "::marker"),
    ("css-selector-attribute", "["),
    ("css-selector-general-sibling", "~"),
    ("css-selector-adjacent-sibling", "+"),
)
_ARRANGING = {"display", "visibility", "content", "position", "width", "height", "float"}
_SPACED = re.compile(r"\b(?:rgb|hsl)a?\(\s*[\d.%a-z]+\s+[\d.%]|\b(?:ok)?l(?:ch|ab)\(|\bcolor\(", re.IGNORECASE)
_GENERIC = re.compile(
    r"ui-.*|system-ui|sans-serif|serif|monospace|cursive|fantasy|inherit|initial"
    r"|arial|helvetica|verdana|tahoma|trebuchet ms|georgia|times|times new roman|courier|courier new",
    re.IGNORECASE,
)
"""What a list of fonts may end with: a kind, or a font that is everywhere."""


def css_place(it: Subject, written: str) -> Place | None:
    """Where a declaration was written, with or without a space behind the colon; else the template's main file."""
    name, _, value = written.partition(":")
    for text in (f"{name}:{value}", f"{name}: {value}", *([value] if len(value) > 8 else [])):
        if place := it.template_place(text):
            return place
    return it.template.place("email.mjml")


def _flex(value: str) -> str:
    return f'<div style="display:{value}"><p>North</p><p>South</p></div>'


@check(
    id="N601",
    family=Family.CLIENTS,
    severity=Severity.WARNING,
    title="CSS that breaks in some mail programs",
    source="https://www.caniemail.com (MIT), kept as a dated table",
    bad=Example(html=_flex("flex")),
    good=Example(html=_flex("block")),
)
def breaking_css(it: Subject) -> Iterator[Hit]:
    """Outlook for Windows draws mails with Word, and others cut rules out: the arrangement falls apart."""
    for feature, written in needed(it).items():
        if feature in _BREAKING and is_missing_somewhere(feature):
            yield Hit(
                message=f"{title_of(feature)} breaks in {clients_without(feature)}: {written[:60]}",
                remedy=f"Use MJML's columns, plain colours and pixels, or write a fallback first: {page_of(feature)}.",
                place=css_place(it, written),
            )


@check(
    id="N602",
    family=Family.CLIENTS,
    severity=Severity.INFO,
    title="decoration that some mail programs leave out",
    source="https://www.caniemail.com (MIT), kept as a dated table",
    bad=Example(html='<p style="text-shadow:1px 1px 2px #000000">Tides</p>'),
)
def left_out_css(it: Subject) -> Iterator[Hit]:
    """The mail can be read without it; look whether it is still what you meant."""
    for feature, written in needed(it).items():
        if feature in _DECORATION and is_missing_somewhere(feature):
            yield Hit(
                message=f"{title_of(feature)} is left out by {clients_without(feature)}: {written[:60]}",
                remedy=f"See to it that nothing depends on it: {page_of(feature)}.",
                place=css_place(it, written),
            )


@check(
    id="N603",
    family=Family.CLIENTS,
    severity=Severity.INFO,
    title="rule that some mail programs pass over",
    source="https://www.caniemail.com (MIT), kept as a dated table",
    bad=Example(html_edits=(("</head>", "<style>p:not(.wide) { display: none; }</style></head>"),)),
    good=Example(html_edits=(("</head>", "<style>p:not(.wide) { color: #23291f; }</style></head>"),)),
)
def passed_over_rule(it: Subject) -> Iterator[Hit]:
    """A rule that hides, adds or arranges something does not count where its selector is not understood."""
    seen = set()
    for rule in general_rules(it):
        selector = tinycss2.serialize(rule.prelude).strip()
        missing = [name for name, sign in _SELECTORS if sign in selector and is_missing_somewhere(name)]
        if missing and missing[0] not in seen and _ARRANGING & declarations(tinycss2.serialize(rule.content)).keys():
            seen.add(missing[0])
            yield Hit(
                message=f"the rule {selector[:60]!r} is passed over by {clients_without(missing[0])}",
                remedy=f'Use a class, in <mj-style inline="inline"> if all clients need it: {page_of(missing[0])}.',
                place=it.template_place(selector) or it.template.place("email.mjml"),
            )


_NESTED = "<style>@media screen { @supports (display: grid) { p { color: #23291f; } } }</style></head>"


@check(
    id="N608",
    family=Family.CLIENTS,
    severity=Severity.WARNING,
    title="at-rule inside an at-rule",
    source="https://github.com/hteumeuleu/email-bugs/issues/21",
    bad=Example(html_edits=(("</head>", _NESTED),)),
    good=Example(html_edits=(("</head>", "<style>@media screen { p { color: #23291f; } }</style></head>"),)),
)
def nested_at_rule(it: Subject) -> Iterator[Hit]:
    """Gmail throws the whole style sheet away, with everything else in it."""
    for sheet in sheets(it):
        for rule in sheet:
            inner = (
                [token for token in rule.content or () if token.type == "at-keyword"] if rule.type == "at-rule" else []
            )
            if inner:
                yield Hit(
                    message=f"@{inner[0].value} stands inside @{rule.at_keyword}, and Gmail then drops the style sheet",
                    remedy="Write two rules, one behind the other.",
                    place=it.template_place(f"@{inner[0].value}") or it.template.place("email.mjml"),
                )


@check(
    id="N609",
    family=Family.CLIENTS,
    severity=Severity.WARNING,
    title="colour written in a way that Gmail removes",
    source="https://www.caniemail.com/features/css-rgba/ note 2, css-modern-color note 2",
    bad=Example(html='<p style="color:rgb(0 0 0 / 80%)">Tides</p>'),
    good=Example(html='<p style="color:rgb(35, 41, 31)">Tides</p>'),
)
def spaced_colour(it: Subject) -> Iterator[Hit]:
    """Gmail removes the whole style attribute, or the whole style sheet, for one colour that it does not know."""
    for declared in all_declarations(it):
        if _SPACED.search(declared.value):
            written = f"{declared.name}:{declared.value}"
            yield Hit(
                message=f"a colour makes Gmail remove every style beside it: {written[:60]}",
                remedy="Write colours as #rrggbb.",
                place=css_place(it, written),
            )


@check(
    id="N610",
    family=Family.CLIENTS,
    severity=Severity.WARNING,
    title="CSS that cannot be read",
    source="CSS Syntax Module Level 3 §2.2",
    bad=Example(html='<p style="color #23291f; font-size:16px">Tides</p>'),
    good=Example(html='<p style="color:#23291f; font-size:16px">Tides</p>'),
)
def broken_css(it: Subject) -> Iterator[Hit]:
    """A browser skips the mistake; some mail programs throw the rest away with it."""
    seen = set()
    for style in [element.get("style") or "" for element in elements(it.tree)]:
        if style not in seen:
            seen.add(style)
            yield from _mistakes(it, _declaration_list(style), style)
    for sheet in sheets(it):
        yield from _mistakes(it, sheet, "")


@lru_cache(maxsize=2048)
def _declaration_list(style: str) -> list[object]:
    return list(tinycss2.parse_declaration_list(style, skip_comments=True, skip_whitespace=True))


def _mistakes(it: Subject, items: list[object], style: str) -> Iterator[Hit]:
    for item in items:
        if getattr(item, "type", "") == "error":
            where = f" in {style[:60]!r}" if style else " in a style sheet"
            yield Hit(
                message=f"the CSS cannot be read{where}: {str(getattr(item, 'message', ''))[:80].rstrip('.')}",
                remedy="Write it as `name: value;`, and close every bracket.",
                place=(it.template_place(style) if style else None) or it.template_place("<mj-style"),
            )


@check(
    id="N611",
    family=Family.CLIENTS,
    severity=Severity.INFO,
    title="font without a fallback",
    source="https://www.caniemail.com/features/css-at-font-face/ note 5",
    bad=Example(html='<p style="font-family:Lato">Tides</p>'),
    good=Example(html='<p style="font-family:Lato, Arial, sans-serif">Tides</p>'),
)
def lonely_font(it: Subject) -> Iterator[Hit]:
    """Most readers do not have it, and Outlook for Windows then takes Times New Roman."""
    seen = set()
    for declared in all_declarations(it):
        if declared.name == "font-family" and declared.value not in seen:
            seen.add(declared.value)
            if not _GENERIC.fullmatch(
                declared.value.rpartition(",")[2].strip().strip("'\"").removesuffix("!important")
            ):
                yield Hit(
                    message=f"the font {declared.value[:60]} does not say what to take in its place",
                    remedy="End it with a common font and a kind: `Lato, Arial, sans-serif`.",
                    place=css_place(it, f"font-family:{declared.value}"),
                )
