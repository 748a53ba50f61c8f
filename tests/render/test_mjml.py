"""The adapter to the MJML engine: its defects do not leave it."""

import re

import pytest

from newsletter.errors import RenderGuardError, TemplateError
from newsletter.models import Place
from newsletter.render.mjml import compile_mjml

PLACE = Place(file="templates/t/email.mjml")
WORDS = re.compile(r"nlx[a-z]\d{5}z")


def page(body: str, *, lang: str = ' lang="en"', head: str = "") -> str:
    return compile_mjml(
        f"<mjml{lang}><mj-head>{head}</mj-head><mj-body>{body}</mj-body></mjml>", place=PLACE, words=WORDS
    )


def section(content: str, attributes: str = "") -> str:
    return f"<mj-section{attributes}><mj-column>{content}</mj-column></mj-section>"


def test_the_doctype_is_in_the_case_the_inliner_knows() -> None:
    assert page(section("<mj-text>x</mj-text>")).startswith("<!DOCTYPE html><html lang=")


def test_a_bare_zero_in_a_padding_counts_as_nothing() -> None:
    bare = page(section('<mj-image src="https://example.com/x.png" alt="x" padding="0 25px" />', ' padding="0"'))
    given = page(section('<mj-image src="https://example.com/x.png" alt="x" padding="0px 25px" />', ' padding="0px"'))
    assert bare == given
    assert 'width="550"' in bare


def test_image_widths_are_whole_numbers() -> None:
    columns = "".join(
        '<mj-column><mj-image src="https://example.com/x.png" alt="x" padding="0px 7.5px" /></mj-column>'
        for _ in range(7)
    )
    html = page(f"<mj-section>{columns}</mj-section>")
    assert 'width="70"' in html
    assert 'width="70.' not in html


@pytest.mark.parametrize(
    ("head", "body", "sentence"),
    [
        ("", section('<mj-text><a href="https://example.com" title="a&#10;b">x</a></mj-text>'), None),
        ("", section('<mj-image src="x" alt="a\u00a0b" />'), "a value of the template came out damaged: \\u{a0}"),
        ("", section('<mj-image src="x" alt="👩\u200d💻" />'), "a value of the template came out damaged: \\u{200d}"),
        ("", section('<mj-image src="x" alt="back\\slash" />'), "a value of the template came out damaged"),
    ],
)
def test_a_value_the_engine_damages_is_an_error(head: str, body: str, sentence: str | None) -> None:
    if sentence is None:
        assert "title=" in page(body, head=head)
        return
    with pytest.raises(RenderGuardError) as error:
        page(body, head=head)
    assert error.value.what.startswith(sentence)


def test_a_mail_must_say_its_language() -> None:
    with pytest.raises(RenderGuardError, match="does not say its language"):
        page(section("<mj-text>x</mj-text>"), lang="")


def test_what_the_engine_refuses_is_an_error_of_the_template() -> None:
    with pytest.raises(TemplateError, match="the MJML engine refuses the mail"):
        page(section("<mj-text><!-- a -- b -->x</mj-text>"))


def test_an_endless_mail_is_refused() -> None:
    with pytest.raises(TemplateError, match="characters of MJML"):
        page(section(f"<mj-text>{'x' * 2_000_001}</mj-text>"))


def test_a_comment_in_a_wrapper_does_not_end_outlooks_comment_early() -> None:
    html = page(f"<mj-wrapper><!--word-->{section('<mj-text>x</mj-text>')}</mj-wrapper>")
    assert "<!--word-->" not in html
    assert '<!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation">word<tr>' in html
