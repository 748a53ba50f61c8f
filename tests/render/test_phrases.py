"""Phrases and dates of a template come in the language of the newsletter, and are as safe as everything printed."""

import dataclasses
from collections.abc import Callable

import pytest
from lxml.html import document_fromstring

from newsletter.errors import TemplateError
from newsletter.models import AssembledIssue, Newsletter, Reader, Template
from newsletter.render import compile_issue
from newsletter.render.slots import parse_slots, reader_context

MakeIssue = Callable[..., AssembledIssue]
Rendered = Callable[..., tuple[str, str]]

HEAD = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

"""
GERMAN = (
    HEAD
    + r"""
msgid "Unsubscribe"
msgstr "Abbestellen »jederzeit«, auch \"sofort\" & ohne 'Grund' <gratis>"

msgid "By %(name)s"
msgstr "Von %(name)s"

msgid "One report"
msgid_plural "%(num)s reports"
msgstr[0] "Ein Bericht"
msgstr[1] "%(num)s Berichte"

msgctxt "month"
msgid "May"
msgstr "Mai"

msgid "Read <a href=\"%(url)s\">more of %(title)s</a>"
msgstr "<a href=\"%(url)s\">Mehr zu %(title)s</a> lesen"

msgid "Sent to [[ subscriber.email ]] as you wished."
msgstr "Wunschgemäß an [[ subscriber.email ]] gesandt."

#, fuzzy
msgid "Contents"
msgstr "Unsicher"
"""
)
ARABIC = (
    HEAD.rstrip("\n")
    + r"""
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);\n"

msgid "Unsubscribe"
msgstr "إلغاء الاشتراك"

msgid "One report"
msgid_plural "%(num)s reports"
msgstr[0] "صفر"
msgstr[1] "واحد"
msgstr[2] "اثنان"
msgstr[3] "قليل %(num)s"
msgstr[4] "كثير %(num)s"
msgstr[5] "آخر %(num)s"
"""
)
PAGE = """<mjml lang="{{ newsletter.language }}" dir="{{ newsletter.direction }}">
<mj-head><mj-title>x</mj-title></mj-head><mj-body><mj-section><mj-column>%s</mj-column></mj-section></mj-body></mjml>"""


@pytest.fixture
def render(make_issue: MakeIssue, newsletter: Newsletter, reader: Reader) -> Rendered:
    """Render a mail of one piece of MJML and one of text, with catalogues, in a language."""

    def run(mjml: str, text: str = "x", *, language: str = "de", **catalogues: str) -> tuple[str, str]:
        files = {"email.mjml": PAGE % mjml, "email.txt": text}
        for layout in ("lead", "story", "brief"):
            files[f"layouts/{layout}.mjml"] = ""
        files |= {
            name.replace("shared_", "_shared/locale/").replace("own_", "locale/") + ".po": po
            for name, po in catalogues.items()
        }
        template = Template(name="t", files=files, root="templates/t")
        compiled = compile_issue(make_issue(), template, dataclasses.replace(newsletter, language=language))
        context = reader_context(reader)
        return (
            parse_slots(compiled.html, html=True, part="html").render(context),
            parse_slots(compiled.text, html=False, part="text").render(context),
        )

    return run


PHRASE = "Abbestellen »jederzeit«, auch \"sofort\" & ohne 'Grund' <gratis>"


def test_a_phrase_is_the_same_text_in_an_element_in_an_attribute_and_in_the_text_part(render: Rendered) -> None:
    mjml = (
        '<mj-text><p>{{ _("Unsubscribe") }}</p><p>{% trans %}Unsubscribe{% endtrans %}</p></mj-text>'
        '<mj-image src="https://example.com/x.png" alt="{{ _("Unsubscribe") }}" />'
    )
    html, text = render(mjml, '{{ _("Unsubscribe") }}', shared_de=GERMAN)
    page = document_fromstring(html)
    assert [p.text for p in page.iter("p")] == [PHRASE, PHRASE]
    assert [img.get("alt") for img in page.iter("img")] == [PHRASE]
    assert text == PHRASE + "\n"


def test_what_is_put_into_a_phrase_is_escaped_once(render: Rendered) -> None:
    mjml = """<mj-text><p>{{ _("By %(name)s", name='<b> & "Co"') }}</p>
    <p>{% trans name=issue.subject ~ "<i>" %}By {{ name }}{% endtrans %}</p></mj-text>
    <mj-image src="https://example.com/x.png" alt="{{ _("By %(name)s", name='<b> & "Co"') }}" />"""
    html, text = render(mjml, """{{ _("By %(name)s", name='<b> & "Co"') }}""", shared_de=GERMAN)
    page = document_fromstring(html)
    assert [p.text for p in page.iter("p")] == ['Von <b> & "Co"', "Von Tides and harbours<i>"]
    assert [img.get("alt") for img in page.iter("img")] == ['Von <b> & "Co"']
    assert text == 'Von <b> & "Co"\n'


def test_a_phrase_with_tags_keeps_them_and_escapes_what_is_put_in(render: Rendered) -> None:
    mjml = """<mj-text><p>{% trans url="https://example.com/?a=1&b=2", title="<Tides>" %}
      Read <a href="{{ url }}">more of {{ title }}</a>{% endtrans %}</p></mj-text>"""
    html, _ = render(mjml, shared_de=GERMAN)
    link = next(document_fromstring(html).iter("a"))
    assert (link.get("href"), link.text, link.tail) == ("https://example.com/?a=1&b=2", "Mehr zu <Tides>", " lesen")


def test_a_phrase_may_stand_around_a_slot(render: Rendered) -> None:
    phrase = "{% trans %}Sent to [[ subscriber.email ]] as you wished.{% endtrans %}"
    html, text = render(f"<mj-text><p>{phrase}</p></mj-text>", phrase, shared_de=GERMAN)
    assert next(document_fromstring(html).iter("p")).text == "Wunschgemäß an ada@example.com gesandt."
    assert text == "Wunschgemäß an ada@example.com gesandt.\n"


def test_a_slot_goes_into_a_phrase_as_a_value(render: Rendered) -> None:
    html, _ = render('<mj-text><p>{{ _("By %(name)s", name="[[ subscriber.name ]]") }}</p></mj-text>', shared_de=GERMAN)
    assert next(document_fromstring(html).iter("p")).text == "Von Ada Byron"


def test_a_number_chooses_the_form_as_the_language_does(render: Rendered) -> None:
    text = '{% for n in [0, 1, 2, 3, 11, 100] %}{{ ngettext("One report", "%(num)s reports", n) }}\n{% endfor %}'
    assert render("", text, shared_de=GERMAN)[1].split("\n")[:3] == ["0 Berichte", "Ein Bericht", "2 Berichte"]
    assert render("", text, language="ar", shared_ar=ARABIC)[1].split("\n")[:-1] == [
        *("صفر", "واحد", "اثنان", "قليل 3", "كثير 11", "آخر 100")
    ]
    assert render("", text, language="fi")[1].split("\n")[:2] == ["0 reports", "One report"]
    trans = "{% trans count=3 %}One report{% pluralize %}{{ count }} reports{% endtrans %}"
    assert render("", trans, language="fi")[1] == "3 reports\n"


def test_a_word_tells_meanings_apart(render: Rendered) -> None:
    text = '{{ pgettext("month", "May") }} {{ _("May") }} {{ npgettext("month", "May", "Mays", 2) }}'
    assert render("", text, shared_de=GERMAN)[1] == "Mai May Mai\n"


@pytest.mark.parametrize(
    ("language", "unsubscribe", "contents"),
    [
        ("pt-BR", "brasileiro", "geral"),
        ("pt-br", "brasileiro", "geral"),
        ("pt-PT", "próprio", "geral"),
        ("fi", "Unsubscribe", "Contents"),
        ("en-GB", "Unsubscribe", "Contents"),
    ],
)
def test_the_own_catalogue_is_asked_first_then_the_wider_language(
    language: str, unsubscribe: str, contents: str, render: Rendered
) -> None:
    def po(**phrases: str) -> str:
        return HEAD + "".join(f'msgid "{one}"\nmsgstr "{other}"\n\n' for one, other in phrases.items())

    _, text = render(
        "",
        '{{ _("Unsubscribe") }} {{ _("Contents") }}',
        language=language,
        shared_pt=po(Unsubscribe="verdeckt", Contents="geral"),
        own_pt=po(Unsubscribe="próprio"),
        shared_pt_BR=po(Unsubscribe="brasileiro"),
    )
    assert text == f"{unsubscribe} {contents}\n"


def test_a_fuzzy_translation_is_not_used(render: Rendered) -> None:
    assert render("", '{{ _("Contents") }}', shared_de=GERMAN)[1] == "Contents\n"


def test_macros_know_the_phrases_without_the_context(
    make_issue: MakeIssue, newsletter: Newsletter, reader: Reader
) -> None:
    files = {
        "email.mjml": PAGE % '{% from "_shared/x.mjml" import foot %}{{ foot() }}',
        "email.txt": "x",
        "_shared/x.mjml": '{% macro foot() %}<mj-text>{{ _("Unsubscribe") }}</mj-text>{% endmacro %}',
        "_shared/locale/ar.po": ARABIC,
        **{f"layouts/{layout}.mjml": "" for layout in ("lead", "story", "brief")},
    }
    template = Template(name="t", files=files, root="templates/t")
    arabic = dataclasses.replace(newsletter, language="ar")
    assert "إلغاء الاشتراك" in compile_issue(make_issue(), template, arabic).html


WRONG = {
    "unknown name": (
        '{{ _("By %(name)s", name="x") }}', 'msgid "By %(name)s"\nmsgstr "Von %(nam)s"',
        ("templates/_shared/locale/de.po:1: the phrase 'Von %(nam)s' cannot be filled: `nam` is nothing it is "
        "given\nNames are written as in the phrase, %(name)s; a per cent sign is %%.")),
    "per cent sign": (
        '\n{{ _("100% xray") }}', "",
        ("templates/t/email.mjml:3: this cannot be filled: the phrase '100% xray' cannot be filled: %x format: an "
        "integer is required, not dict; a per cent sign is written %%\n"
        "docs/templates.md lists every name a template knows.")),
    "stray text": (
        '{{ _("a") }}', 'msgid "a"\nmsgstr "b" c',
        ("templates/_shared/locale/de.po:2: this is no line of a catalogue: 'msgstr \"b\" c'\n"
        'Write msgid "…" and below it msgstr "…"; a quotation mark inside is written \\".')),
    "unknown keyword": (
        '{{ _("a") }}', 'msgid "a"\nmsgid_plural "b"\nmsgstr "b"\n\nmsgfoo "x"',
        ("templates/_shared/locale/de.po:5: this is no catalogue: Unknown or misformatted keyword\n"
        'Write msgid "…" and below it msgstr "…".')),
    "plural rule": (
        '{{ _("a") }}', 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=n?;\\n"',
        ("templates/_shared/locale/de.po: this is no catalogue: unexpected end of plural form\n"
        "Look at its head, the entry whose msgid is empty.")),
    "another slot": (
        '{{ _("Hello") }}', 'msgid "Hello"\nmsgstr "Hallo [[ subscriber.name ]]"',
        ("templates/_shared/locale/de.po:1: the translation 'Hallo [[ subscriber.name ]]' has the slot "
        "[[ subscriber.name ]], which the phrase does not have\nCopy the slots of the phrase as they are.")),
    "date pattern": (
        '{{ issue.date | date("%d.%m.%Y") }}', "",
        ("templates/t/email.mjml:2: this cannot be filled: '%d.%m.%Y' is no pattern for a date: write short, medium, "
        "long, full, or one like 'd MMMM y'\ndocs/templates.md lists every name a template knows.")),
}  # fmt: skip


@pytest.mark.parametrize(("mjml", "po", "message"), WRONG.values(), ids=WRONG)
def test_a_mistake_in_a_phrase_is_named_with_its_file_and_line(
    mjml: str, po: str, message: str, render: Rendered
) -> None:
    with pytest.raises(TemplateError) as error:
        render(f"<mj-text>{mjml}</mj-text>", shared_de=po)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "November 27, 2026 | 11/27/26 | Nov 27, 2026 | Friday, November 27, 2026 | 27 November"),
        ("en-GB", "27 November 2026 | 27/11/2026 | 27 Nov 2026 | Friday, 27 November 2026 | 27 November"),
        ("de", "27. November 2026 | 27.11.26 | 27.11.2026 | Freitag, 27. November 2026 | 27 November"),
        ("ja", "2026年11月27日 | 2026/11/27 | 2026/11/27 | 2026年11月27日金曜日 | 27 11月"),
        ("tlh", "November 27, 2026 | 11/27/26 | Nov 27, 2026 | Friday, November 27, 2026 | 27 November"),
    ],
)
def test_a_date_is_written_as_its_language_does(language: str, written: str, render: Rendered) -> None:
    text = (
        '{{ issue.date | date }} | {{ issue.date | date("short") }} | {{ issue.date | date("medium") }} | '
        '{{ issue.date | date("full") }} | {{ issue.date | date("d MMMM") }}'
    )
    assert render("", text, language=language)[1] == f"{written}\n"


@pytest.mark.parametrize(
    ("language", "direction", "start", "end"),
    [
        ("en", "ltr", "left", "right"),
        ("ar", "rtl", "right", "left"),
        ("he-IL", "rtl", "right", "left"),
        ("az-Arab", "rtl", "right", "left"),
        ("tlh", "ltr", "left", "right"),
    ],
)
def test_the_sides_follow_the_script(language: str, direction: str, start: str, end: str, render: Rendered) -> None:
    mjml = '<mj-text align="{{ newsletter.end }}"><p>{{ newsletter.start }}</p></mj-text>'
    html, _ = render(mjml, language=language)
    page = document_fromstring(html)
    assert page.get("dir") == direction
    assert next(page.iter("p")).text == start
    assert page.xpath("//td/@align")[-1] == end
