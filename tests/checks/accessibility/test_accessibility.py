"""Accessibility: what can be worked out is said, what cannot is not."""

from collections.abc import Callable

import pytest

from newsletter.checks.accessibility.contrast import as_hex, contrast
from newsletter.checks.accessibility.looks import texts_of
from newsletter.checks.base import Subject

Lines = Callable[..., list[str]]


def of(family: str, lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(family)]


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    grey = (0x76 / 255,) * 3
    assert round(contrast(grey, (1, 1, 1)), 2) == 4.54
    assert as_hex(grey) == "#767676"


def test_a_ground_is_inherited_and_a_large_text_needs_less(lines_of: Lines) -> None:
    box = '<div style="background:#23291f"><p style="font-size:{}px"><span style="color:{}">Tides</span></p></div>'
    (found,) = of("N330", lines_of(html=box.format(16, "#6b6b6b")))
    assert found == (
        "N330 warning templates/weekly/template.toml: text in #6b6b6b on #23291f has a contrast of 2.8, "
        "and 4.5 is needed: 'Tides'"
    )
    assert of("N330", lines_of(html=box.format(24, "#8a8a8a"))) == []
    assert of("N330", lines_of(html=box.format(16, "#8a8a8a"))) != []


@pytest.mark.parametrize(
    "html",
    [
        '<div style="background:url(https://a.example/x.png)"><p style="color:#ffffff">Tides</p></div>',
        '<div style="background:linear-gradient(#000000, #111111)"><p style="color:#ffffff">Tides</p></div>',
        '<p style="color:rgba(255, 255, 255, 0.5)">Tides</p>',
        '<p style="color:var(--pale)">Tides</p>',
        '<p style="color:currentcolor">Tides</p>',
        '<p style="color:#ffffff;display:none">Tides</p>',
        '<p style="color:#ffffff">&nbsp;&#847;</p>',
        '<table role="presentation"><tr><td background="x.png" style="color:#ffffff">Tides</td></tr></table>',
    ],
)
def test_what_cannot_be_worked_out_or_seen_is_no_finding(lines_of: Lines, html: str) -> None:
    assert of("N33", lines_of(html=html)) == []


def test_a_rule_that_is_not_understood_silences_the_contrast(subject_of: Callable[..., Subject]) -> None:
    unknown = (("</head>", "<style>p:unheard-of(x) { color: #ffffff; }</style></head>"),)
    assert texts_of(subject_of(html_edits=unknown)) == ()


def test_dark_mode_is_worked_out_with_its_own_rules(subject_of: Callable[..., Subject]) -> None:
    def title(*, dark: bool) -> tuple[str, str]:
        found = next(text for text in texts_of(subject_of(), dark=dark) if text.text == "The old lamp burns again")
        assert found.look.colour
        assert found.look.ground
        return as_hex(found.look.colour), as_hex(found.look.ground)

    assert title(dark=False) == ("#221d18", "#fffdf9")
    assert title(dark=True) == ("#ece6da", "#1d1a16")


def test_a_rule_for_one_kind_of_ground_beats_the_other_in_the_style(subject_of: Callable[..., Subject]) -> None:
    dark = "<style>@media (prefers-color-scheme: dark) { .box { background: #111111 !important; } }</style></head>"
    plain = "<style>.box { background: #eeeeee; }</style></head>"
    box = '<div class="box" style="background:#fffdf9;background-color:#fffdf9">Tides</div>'

    def ground(rule: str, *, dark: bool) -> str:
        subject = subject_of(html=box, html_edits=(("</head>", rule),))
        look = next(text.look for text in texts_of(subject, dark=dark) if text.text == "Tides")
        return as_hex(look.ground) if look.ground else ""

    assert ground(dark, dark=False) == "#fffdf9"
    assert ground(dark, dark=True) == "#111111"
    assert ground(plain, dark=False) == "#fffdf9"


def test_sizes_are_inherited_in_every_unit(subject_of: Callable[..., Subject]) -> None:
    html = (
        '<div style="font-size:20px"><p style="font-size:0.5em">half</p><p style="font-size:150%">more</p>'
        '<p style="font-size:9pt">points</p><p style="font-size:1rem">root</p>'
        '<p style="font:12px Arial">unknown</p></div>'
    )
    sizes = {text.text: text.look.size for text in texts_of(subject_of(html=html))}
    wanted = {"half": 10.0, "more": 30.0, "points": 12.0, "root": 16.0, "unknown": None}
    assert {name: sizes[name] for name in wanted} == wanted


def test_small_print_of_the_template_is_left_in_peace(lines_of: Lines) -> None:
    small = f'<p style="font-size:13px;color:#23291f">{"You get this mail because you asked for it. " * 3}</p>'
    assert of("N34", lines_of(html=small)) == []


def test_headings_are_read_in_order(lines_of: Lines) -> None:
    assert of("N32", lines_of(html="<h2>One</h2><h3>Two</h3><h4>Three</h4><h2>Four</h2>")) == []
    assert of("N32", lines_of(article={"body": "Text.\n\n# A heading\n\ntext\n\n## A lower one"})) == []
    assert of("N32", lines_of(html="<h2>One</h2><h4>Two</h4>")) == [
        "N320 warning -: the heading 'Two' is <h4>, and the one before it <h2>"
    ]


def test_languages(lines_of: Lines) -> None:
    for language in ("de", "de-AT", "zh-Hant-TW", "es-419", "sr-Latn"):
        assert lines_of(newsletter={"language": language}) == []
    assert of("N323", lines_of(newsletter={"language": "x1"})) == [
        "N323 warning templates/weekly/email.mjml:3: the mail's language is 'x1'"
    ]
    left = (('<html lang="he" dir="rtl"', '<html lang="he" dir="ltr"'),)
    assert of("N324", lines_of(newsletter={"language": "he"}, html_edits=left)) == [
        "N324 error templates/weekly/email.mjml:3: the language he does not run in the direction 'ltr' of the mail"
    ]


def test_a_table_of_data_needs_no_role(lines_of: Lines) -> None:
    body = "| Tide | Hour |\n|---|---|\n| high | 6 |"
    assert of("N325", lines_of(article={"body": body})) == []
    assert of("N325", lines_of(html="<table><tr><td>Tides</td></tr></table>" * 2)) == [
        "N325 warning -: 2 layout tables without a role, the first with 'Tides'"
    ]
