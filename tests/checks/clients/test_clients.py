"""Client support: one finding a feature, with names and the date of the test; nothing for what does no harm."""

import datetime as dt
import re
from collections.abc import Callable

import pytest

from newsletter.checks.clients.css import _BREAKING, _DECORATION, _SELECTORS
from newsletter.checks.clients.support import clients_without
from newsletter.checks.clients.table import CLIENTS, DATED, ROWS

Lines = Callable[..., list[str]]


def test_every_row_of_the_table_has_a_day_and_a_letter_for_each_client() -> None:
    assert dt.date.fromisoformat(DATED) > dt.date(2026, 1, 1)
    for name, (title, tested, letters) in ROWS.items():
        assert title, name
        assert re.fullmatch(r"20\d\d-\d\d-\d\d?", tested), name
        assert re.fullmatch(rf"[yanu]{{{len(CLIENTS)}}}", letters), name


def test_every_feature_that_a_check_names_stands_in_the_table() -> None:
    names = {*_BREAKING, *_DECORATION, *(name for name, _ in _SELECTORS)}
    assert names - ROWS.keys() == set()
    assert set() == _BREAKING & _DECORATION


def test_clients_of_one_family_are_named_together_with_the_date_of_the_test() -> None:
    assert clients_without("image-webp") == "Outlook 2016–2019 (Windows) (last tested in February 2021)"  # noqa: RUF001
    assert clients_without("html-anchor-links") == (
        "Gmail (iOS), Yahoo Mail (iOS, Android) and Samsung Email (last tested in August 2019)"
    )


def test_a_feature_is_found_once_however_often_it_is_used(lines_of: Lines) -> None:
    boxes = "".join(f'<div style="display:flex;margin:{number}px"><p>Tides</p></div>' for number in range(5))
    (found,) = lines_of(html=boxes)
    assert found == (
        "N601 warning templates/weekly/email.mjml: display:flex breaks in Outlook 2016–2019 (Windows), "  # noqa: RUF001
        "GMX (web) and WEB.DE (web) (last tested in November 2021): display:flex"
    )


def test_a_feature_is_found_at_the_line_of_the_template(lines_of: Lines) -> None:
    raw = '<mj-section><mj-column><mj-text>\n<a href="[[ web_url ]]">Web</a><h1>A</h1>\n'
    box = '<p style="position: absolute">Tides</p></mj-text></mj-column></mj-section>'
    (found,) = [line for line in lines_of(files={"header.mjml": raw + box}) if line.startswith("N6")]
    assert found.startswith("N601 warning templates/weekly/header.mjml:3: position breaks in Outlook 2016")


@pytest.mark.parametrize(
    "style",
    [
        "border-radius:8px;overflow:hidden;letter-spacing:1px;text-transform:uppercase;word-break:break-word",
        "color:#23291f;color:rgba(35, 41, 31, 0.9)",
        "width:90%;width:calc(100% - 20px)",
        "background:#ffffff url(https://a.example/x.png)",
        "background-color:#ffffff;background-image:url(https://a.example/x.png)",
        "position:static;float:none;transition:color 1s;cursor:pointer;mso-line-height-rule:exactly",
        "box-shadow:none;font-family:Lato, Arial",
        "max-width:560px;min-width:200px;display:inline-block;vertical-align:top;direction:ltr",
        "display:none;position:absolute",
    ],
)
def test_what_has_a_fallback_or_does_no_harm_is_left_in_peace(lines_of: Lines, style: str) -> None:
    assert lines_of(html=f'<p style="{style}">Tides</p>') == []


@pytest.mark.parametrize(
    "css",
    [
        "@media (max-width: 479px) { .x { display: flex; position: absolute; } }",
        "@supports (display: grid) { .x { display: grid; } }",
        "[data-ogsc] .x { display: flex; }",
        ".moz-text-html .x { float: left; }",
        ".x:hover { color: #9c2f2f !important; }",
        "@font-face { font-family: 'Lato'; src: url(https://a.example/l.woff2); }",
    ],
)
def test_rules_that_improve_a_mail_where_they_are_understood_are_left_in_peace(lines_of: Lines, css: str) -> None:
    assert lines_of(html_edits=(("</head>", f"<style>{css}</style></head>"),)) == []


def test_elements_that_mjml_provides_for_are_left_in_peace(lines_of: Lines) -> None:
    carousel = '<div class="mj-carousel"><input type="radio" class="mj-carousel-radio"></div>'
    assert lines_of(html=carousel) == []
    (found,) = lines_of(html='<input type="radio">')
    assert found.startswith("N605 warning -: <input> is not shown by Outlook 2016")


def test_event_handlers_are_named(lines_of: Lines) -> None:
    assert lines_of(html='<p onclick="x()">Tides</p>') == [
        "N604 error -: the mail reacts to events (onclick), which mail programs remove or refuse"
    ]


def test_picture_formats_by_file_and_by_address(lines_of: Lines) -> None:
    line = "N606 warning -: the picture {} {} is not shown by Outlook 2016"
    (webp,) = lines_of(html='<img src="https://a.example/x.webp?w=5" alt="A lamp" width="540">')
    assert webp.startswith(line.format("https://a.example/x.webp?w=5", "has a format that"))
    (data,) = lines_of(html='<img src="data:image/png;base64,AAAA" alt="A lamp" width="540">')
    assert data.startswith(line.format("data:image/png;base64,AAAA", "is written into the mail, which"))
    assert lines_of(html='<img src="https://a.example/x.PNG#webp" alt="A lamp" width="540">') == []
