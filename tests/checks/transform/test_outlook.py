"""Outlook's own part of a mail is read as Outlook reads it."""

from collections.abc import Callable

import pytest

from newsletter.checks.base import Subject
from newsletter.checks.transform.outlook import for_outlook

Lines = Callable[..., list[str]]
HEAD = '<mj-section><mj-column><mj-text><h1>A</h1><a href="[[ web_url ]]">Web</a></mj-text></mj-column></mj-section>'


def section(*widths: str, attributes: str = "") -> dict[str, str]:
    columns = "".join(f'<mj-column width="{width}"><mj-text>Tides</mj-text></mj-column>' for width in widths)
    return {"header.mjml": f"{HEAD}<mj-section {attributes}>{columns}</mj-section>"}


def test_outlook_sees_its_own_parts_and_not_those_of_the_others(subject_of: Callable[..., Subject]) -> None:
    others = "<!--[if !mso]><!--><p>others</p><!--<![endif]--><!--[if IE]><p>ie</p><![endif]-->"
    html = f"<!--[if mso]><p>mso</p><![endif]-->{others}"
    body = for_outlook(subject_of(html=html).html).text_content()
    assert body.endswith("mso")


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ("<!--[if mso]><p>x</p>", "the conditional comment <!--[if mso]> is not closed"),
        ("<p>x</p><![endif]-->", "the conditional comment <![endif]--> closes what was not opened"),
        (
            "<!--[if mso]><!--[if IE]><p>x</p><![endif]--><![endif]-->",
            "the conditional comment <!--[if IE]> stands inside <!--[if mso]>",
        ),
        (
            "<!--[if outlok]><p>x</p><![endif]-->",
            "the conditional comment <!--[if outlok]> has a condition that Outlook does not know",
        ),
        (
            "<!--[if !mso]><!--><p>x</p><![endif]-->",
            "the conditional comment <!--[if !mso]><!--> is closed by <![endif]-->, which belongs to the other kind",
        ),
    ],
)
def test_conditional_comments_that_break(lines_of: Lines, html: str, line: str) -> None:
    found = [each.partition(": ")[2] for each in lines_of(html=html) if each.startswith("N910 error templates/")]
    assert line in found


@pytest.mark.parametrize(
    "files",
    [
        *(section("50%", "50%"), section("33%", "33%", "34%"), section("300px", "300px"), section("60%")),
        section("50%", "50%", attributes='padding="10px 30px"'),
        section("260px", "280px", attributes='padding="10px 30px"'),
        section("50%", "50%", attributes='background-url="https://a.example/x.png" full-width="full-width"'),
        section("33.33%", "33.33%", "33.33%", attributes='padding="0 20px"'),
    ],
)
def test_columns_that_fit(lines_of: Lines, files: dict[str, str]) -> None:
    assert [line for line in lines_of(files=files) if line.startswith("N9")] == []


def test_columns_that_do_not_fit_are_named_with_the_room_there_is(lines_of: Lines) -> None:
    place = "templates/weekly/header.mjml:1"
    padded = section("300px", "300px", attributes='padding="10px 30px"')
    assert [line for line in lines_of(files=padded) if line.startswith("N9")] == [
        f"N911 warning {place}: columns of 300 + 300 pixels stand in 540 for Outlook"
    ]
    assert [line for line in lines_of(files=section("40%", "40%")) if line.startswith("N9")] == [
        f"N912 info {place}: columns of 240 + 240 pixels leave a part of 600 empty"
    ]


def test_mjml_s_own_vml_needs_no_link_and_no_alt(lines_of: Lines) -> None:
    files = section("100%", attributes='background-url="https://a.example/x.png"')
    assert [line for line in lines_of(files=files) if line.startswith("N9")] == []


def test_a_button_of_outlook_without_words(lines_of: Lines) -> None:
    shape = '<!--[if mso]><v:roundrect href="https://courier.example.com/lamp"><center>{}</center></v:roundrect><![endif]-->'
    assert lines_of(html=shape.format("Read on")) == []
    assert lines_of(html=shape.format("&nbsp;")) == [
        "N913 warning templates/_shared/blocks.mjml:7: a VML button has no text"
    ]
