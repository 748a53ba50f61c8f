"""The adapter to the MJML engine: its defects do not leave it."""

import re

import pytest
from lxml.html import document_fromstring

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
    "text",
    [
        *(
            "a\u00a0b",
            "👩\u200d💻 🏳\ufe0f",
            "soft\u00adhyphen",
            "e\u0301",
            "देवनागरी",
            "\u200frtl",
            "back\\slash \\u{200d}",
        ),
        *("Grüße", "日本語", "العربية", "a & b &lt;", "{x: y}", "it's"),
    ],
)
def test_a_value_of_the_template_comes_out_as_it_was_written(text: str) -> None:
    link = f'<mj-text><a href="https://example.com" title="{text}">x</a></mj-text>'
    tree = document_fromstring(page(section(f'<mj-image src="x" alt="{text}" />{link}')))
    meant = text.replace("&lt;", "<")
    assert tree.xpath("//img/@alt") == [meant]
    assert tree.xpath("//a/@title") == [meant]


def test_quotation_marks_and_line_breaks_in_a_value_do_not_end_or_break_it() -> None:
    html = page(section("""<mj-text><p title='say "x"' style="color:red;
      margin:0">x</p></mj-text><mj-image src='x' alt='"><b>' />"""))  # fmt: skip
    paragraph = next(document_fromstring(html).iter("p"))
    assert (paragraph.get("title"), paragraph.get("style")) == ('say "x"', "color:red; margin:0")
    assert document_fromstring(html).xpath("//img/@alt") == ['"><b>']


def test_a_title_of_the_template_can_have_quotation_marks() -> None:
    html = page(section("<mj-text>x</mj-text>"), head='<mj-title>a "b" \u200dc</mj-title>')
    tree = document_fromstring(html)
    assert tree.findtext("head/title") == 'a "b" \u200dc'
    assert tree.xpath("//@aria-label") == ['a "b" \u200dc']


def test_what_is_damaged_all_the_same_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of the engine may damage what this one does not."""
    good = page(section('<mj-image src="x" alt="unharmed" />'))
    for damage in (r"un\u{200d}harmed", r"un\"harmed", r"un\nharmed"):
        monkeypatch.setattr("newsletter.render.mjml.mjml2html", lambda _: good.replace("unharmed", damage))  # noqa: B023
        with pytest.raises(RenderGuardError) as error:
            page(section('<mj-image src="x" alt="unharmed" />'))
        assert error.value.what.startswith("a value of the template came out damaged: \\")


def test_a_web_font_that_would_not_be_loaded_is_an_error() -> None:
    font = '<mj-font name="Lora" href="https://fonts.example.com/lora.css" />'
    with pytest.raises(TemplateError) as error:
        page(section('<mj-text><p style="font-family:Lora">x</p></mj-text>'), head=font)
    assert str(error.value) == (
        "templates/t/email.mjml: no font-family=\"…\" names the font 'Lora', so it is not loaded\n"
        'Write <mj-all font-family="Lora, sans-serif" /> in mj-attributes, or take the mj-font out.'
    )
    used = font + '<mj-attributes><mj-all font-family="Lora, serif" /></mj-attributes>'
    assert "https://fonts.example.com/lora.css" in page(section("<mj-text>x</mj-text>"), head=used)


def test_two_carousels_do_not_share_their_ids() -> None:
    carousel = '<mj-carousel><mj-carousel-image src="a" alt="a" /><mj-carousel-image src="b" alt="b" /></mj-carousel>'
    ids = document_fromstring(page(section(carousel) + section(carousel))).xpath("//input/@id")
    assert len(ids) == len(set(ids)) == 4


def test_a_mail_must_say_its_language() -> None:
    with pytest.raises(RenderGuardError, match="does not say its language"):
        page(section("<mj-text>x</mj-text>"), lang="")


def test_what_the_engine_refuses_is_an_error_of_the_template() -> None:
    with pytest.raises(TemplateError, match="the MJML engine refuses the mail"):
        page("<mj-raw><!--[if mso]><tr><td><![endif]--></mj-raw>")


def test_an_endless_mail_is_refused() -> None:
    with pytest.raises(TemplateError, match="characters of MJML"):
        page(section(f"<mj-text>{'x' * 2_000_001}</mj-text>"))


def test_a_comment_in_a_wrapper_does_not_end_outlooks_comment_early() -> None:
    html = page(f"<mj-wrapper><!--word-->{section('<mj-text>x</mj-text>')}</mj-wrapper>")
    assert "<!--word-->" not in html
    assert '<!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation">word<tr>' in html
