"""A template file is held against MJML's component table, with the line of what is wrong."""

import pytest

from newsletter.errors import TemplateError
from newsletter.models import Place
from newsletter.render.validate import fits, validate


def check(text: str, *, whole: bool = False) -> None:
    validate(text, place_of=lambda line: Place(file="templates/t/x.mjml", line=line), whole=whole)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<mj-section>\n<mj-colum></mj-colum></mj-section>", "2: <mj-colum> is no MJML tag\nDid you mean <mj-column>?"),
        ("<mj-text colour='red'>x</mj-text>", "1: <mj-text> has no attribute `colour`\nDid you mean `color`?"),
        ("<mj-text>\n<p>x\n</mj-text>", "3: </mj-text> closes <p> of line 2\nClose <p> first."),
        ("<mj-section>\n", "1: <mj-section> is never closed\nAdd </mj-section> where it ends."),
        ("</mj-section>", "1: </mj-section> closes nothing"),
        (
            "<mj-section><mj-text>x</mj-text></mj-section>",
            "1: <mj-text> may not stand in <mj-section>\nIt belongs into",
        ),
        ('<mj-text padding="20">x</mj-text>', "1: `padding` of <mj-text> cannot be '20'\nWrite a number with px or %"),
        ('<mj-image src="x" width="50%" />', "1: `width` of <mj-image> cannot be '50%'\nWrite a number with px"),
        ('<mj-text align="centre">x</mj-text>', "1: `align` of <mj-text> cannot be 'centre'\nWrite `left`, `right`"),
        ("<mj-text align=left>x</mj-text>", "1: the value of `align` has no quotes\n"),
        ('<mj-text align="left" align="right">x</mj-text>', "1: `align` is given twice on <mj-text>\n"),
        ('<mj-include path="x" />', "1: <mj-include> is not used here\nWrite {% include"),
        ("<mj-section>\n <p>x</p></mj-section>", "2: <p> stands directly in <mj-section>\nHTML belongs into"),
        ('<mj-text>a\n<a href="x>b</mj-text>', "2: the tag '<a href="),
        ('<mj-hero mode="fluid-height"></mj-hero>', "1: a hero of fluid height comes out broken\n"),
        ("<mj-section gutter='3px'></mj-section>", "1: `gutter` of <mj-section> does nothing here\nThe engine ignores"),
        ('<mj-wrapper gap="3px"></mj-wrapper>', "1: `gap` of <mj-wrapper> does nothing here\n"),
        ('<mjml owa="desktop"></mjml>', "1: `owa` of <mjml> does nothing here\n"),
        ('<mj-body id="x"></mj-body>', "1: `id` of <mj-body> does nothing here\n"),
        ('<mj-raw position="file-start"></mj-raw>', "1: `position` of <mj-raw> does nothing here\n"),
        ("<mj-html-attributes></mj-html-attributes>", "1: <mj-html-attributes> is not used here\nThe engine refuses"),
        ('<mj-attributes><mj-all mode="fluid-height" /></mj-attributes>', "1: a hero of fluid height comes out broken"),
        (
            '<mj-attributes><mj-class name="a"><mj-text color="red" /></mj-class></mj-attributes>',
            "1: <mj-text> may not",
        ),
        ("<mj-text>\n5 < 6</mj-text>", "2: a `<` begins no tag: '< 6</mj-text>'\nWrite &lt; for it"),
        ("<mj-style>\n@media (width < 600px) {}</mj-style>", "2: a `<` begins no tag"),
        ("<mj-text><br></br></mj-text>", "1: </br> closes <mj-text> of line 1"),
        ("<mj-text>\n<![CDATA[x]]></mj-text>", "2: MJML does not read '<![CDATA[x]]>'\n"),
        ("<!doctype html><mjml></mjml>", "1: MJML does not read '<!doctype html>'\n"),
        ('<?xml version="1.0"?>', "1: MJML does not read '<?xml version=\"1.0\"?'"),
        ("<mj-text>\n<!-- a -- b --></mj-text>", "2: a comment contains `--`\nWrite it as a Jinja comment"),
        ("<mj-text>\na\x0bb</mj-text>", "2: the character U+000B cannot stand in a template\n"),
        ("<mj-table><tr>\n</tr><!--[if mso]>x<![endif]--></mj-table>", "2: a conditional comment stands in <mj-table>"),
        ("<mj-section><!--[if mso]>x<![endif]--></mj-section>", "1: a conditional comment stands in <mj-section>"),
        (
            "<mj-section>\n\n  Hello <mj-column></mj-column></mj-section>",
            "3: the text 'Hello' stands directly in <mj-sec",
        ),
        ("<mj-text><p\nstyle='color:red;color:blue'>x</p></mj-text>", "2: `color` stands twice in what goes into one"),
        ("<mj-text><p style='p'>x</p></mj-text>", "1: this is no CSS: "),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as error:
        check(text)
    assert str(error.value).startswith(f"templates/t/x.mjml:{message}")


@pytest.mark.parametrize(
    "text",
    [
        "{% if a < b %}<mj-text>{{ x }} &lt; 5</mj-text>{% endif %}",
        '<mj-image src="{{ src }}" alt="{{ a > b }}"{% if url %} href="{{ url }}"{% endif %} />',
        '<mj-text padding="0 20px" line-height="1.5" css-class="x" mj-class="y">a<br>b <img src="x"></mj-text>',
        '<mj-attributes><mj-all color="red" /><mj-class name="big" font-size="20px" /></mj-attributes>',
        "<mj-text><!-- <p> is not closed in here --></mj-text>",
        "<mj-text><!--[if mso]><p>x</p><![endif]--></mj-text>",
        "<mj-column>[% if subscriber.attributes.age < 30 %]<mj-text>x</mj-text>[% endif %]</mj-column>",
        "<mj-section>{{ picture(article) }} {% if a < b %}<mj-column /> {% endif %}</mj-section>",
        '<mj-text><p style="color:red !important; margin: 0">[[ subscriber.name ]]</p></mj-text>',
        '<mj-text padding="{% if a %}1px{% else %}2px{% endif %}">x</mj-text>',
    ],
)
def test_what_is_right_passes_with_jinja_in_it(text: str) -> None:
    check(text)


def test_deep_nesting_is_refused_before_the_engine_sees_it() -> None:
    with pytest.raises(TemplateError, match="nested deeper than 200"):
        check("<div>" * 300)


@pytest.mark.parametrize(
    ("value", "kind", "right"),
    [
        ("10px 0 5% 2px", "unit(px,%){1,4}", True),
        ("10px 0 5% 2px 1px", "unit(px,%){1,4}", False),
        ("10em", "unit(px,%)", False),
        ("auto", "unit(px,auto)", True),
        ("1.5", "unit(px,%,)", True),
        ("-1px", "unitWithNegative(px,em)", True),
        ("#abc", "color", True),
        ("rgb(1, 2, 3)", "color", True),
        ("#12", "color", False),
        ("true", "boolean", True),
        ("12", "integer", True),
        ("", "unit(px)", False),
    ],
)
def test_a_value_fits_its_type_or_does_not(value: str, kind: str, right: bool) -> None:  # noqa: FBT001
    assert fits(value, kind) is right
