"""An issue is compiled once: structure by MJML, content as islands, slots for each reader."""

import dataclasses
import re
from collections.abc import Callable

import pytest
from lxml.html import HtmlElement, document_fromstring

from newsletter.errors import ContentError, MessageError, NewsletterError, SlotError, TemplateError
from newsletter.models import Article, AssembledIssue, Image, Newsletter, Reader, Section, Subscriber, Template
from newsletter.render import compile_issue
from newsletter.render.environment import level_headings
from newsletter.render.slots import parse_slots, reader_context

MakeIssue = Callable[..., AssembledIssue]
MakeArticle = Callable[..., Article]


@pytest.fixture
def html_of(weekly: Template, newsletter: Newsletter, reader: Reader) -> Callable[..., str]:
    def render(assembled: AssembledIssue, template: Template = weekly, whom: Reader = reader) -> str:
        compiled = compile_issue(assembled, template, newsletter)
        return parse_slots(compiled.html, html=True, part="html").render(reader_context(whom))

    return render


def tree(html: str) -> HtmlElement:
    return document_fromstring(html)


def folded(text: str) -> str:
    """White space folded as a browser does it, which keeps no-break spaces."""
    return re.sub(r"[ \t\r\n\f]+", " ", text).strip(" ")


def with_file(template: Template, name: str, text: str) -> Template:
    return dataclasses.replace(template, files={**template.files, name: text})


def test_the_same_inputs_give_the_same_bytes(make_issue: MakeIssue, weekly: Template, newsletter: Newsletter) -> None:
    one = compile_issue(make_issue(), weekly, newsletter)
    two = compile_issue(make_issue(), weekly, newsletter)
    assert one == two
    assert compile_issue(make_issue(subject="Other"), weekly, newsletter).sha256 != one.sha256


def test_nothing_of_the_machinery_is_left_in_the_mail(
    make_issue: MakeIssue, weekly: Template, newsletter: Newsletter, reader: Reader
) -> None:
    compiled = compile_issue(make_issue(), weekly, newsletter)
    for part in ("subject", "preheader", "html", "text"):
        text = parse_slots(getattr(compiled, part), html=part == "html", part=part).render(reader_context(reader))
        for residue in ("[[", "[%", "{{", "{%", "<mj-", "\ufdd0", "nl0", "site.invalid", "newsletter:inline"):
            assert residue not in text
        assert not re.search(r"nl[0-9a-f]{8}[a-z]\d{5}z", text)


def test_a_mail_has_its_parts(html_of: Callable[..., str], make_issue: MakeIssue) -> None:
    page = tree(html_of(make_issue()))
    assert page.get("lang") == "en"
    assert page.findtext("head/title") == "Tides and harbours"
    assert [h.text_content() for h in page.iter("h1", "h3")] == [
        "The Weekly",
        "The alpha report",
        "The beta report",
        "The gamma report",
    ]
    links = [a.get("href") for a in page.iter("a")]
    for url in ("https://news.example.com/u/token", "https://news.example.com/p/token"):
        assert links.count(url) == 1
    assert "https://weekly.example.com/tides/" in links
    assert [img.get("src") for img in page.iter("img")] == ["https://weekly.example.com/tides/images/harbour.jpg"] * 2
    assert all(img.get("alt") == "A harbour at night" and img.get("width", "").isdigit() for img in page.iter("img"))
    text = page.text_content()
    assert "Hello Ada," in text
    assert "1 Harbour Street" in text
    assert "Picture: Jo Ek" in text


@pytest.mark.parametrize(
    "title",
    [
        "</mj-text><script>alert(1)</script>",
        "Say [[ subscriber.email ]] and [% if x %] and [# #]",
        "{{ newsletter.name }} {% raw %}",
        "Quotes \" and ' and \\ and \t",
        "Family 👩‍👩‍👧‍👦, soft\u00adhyphen, no\u00a0break, \u200fRTL, देवनागरी",
        "--> <![endif]--> <!--",
        "]]> & &amp; &lt;",
    ],
)
def test_a_title_is_only_ever_text(
    title: str, html_of: Callable[..., str], make_issue: MakeIssue, make_article: MakeArticle
) -> None:
    article = make_article("alpha", title=title, image=Image(src="https://example.com/x.png", alt=title))
    page = tree(html_of(make_issue([article])))
    assert folded(next(page.iter("h3")).text_content()) == folded(title)
    assert folded(next(page.iter("img")).get("alt", "")) == folded(title)
    assert list(page.iter("script")) == []


def test_markup_in_a_body_is_cleaned_and_its_brackets_stay_text(
    html_of: Callable[..., str], make_issue: MakeIssue, make_article: MakeArticle
) -> None:
    body = "See [[ subscriber.email ]] <script>alert(1)</script><b onclick='x'>bold</b> `[% if %}`"
    page = tree(html_of(make_issue([make_article("alpha", body=body)])))
    assert "See [[ subscriber.email ]]" in page.text_content()
    assert "[% if %}" in page.text_content()
    assert "alert" not in page.text_content()
    assert not page.xpath("//@onclick")
    assert "ada@example.com" not in page.xpath("string(//td[contains(@class, 'body')])")


def test_a_word_of_the_machinery_in_an_article_is_only_text(
    make_issue: MakeIssue, make_article: MakeArticle, weekly: Template, newsletter: Newsletter, reader: Reader
) -> None:
    """Somebody who knows the template can compute its words; they must not become its slots."""
    from newsletter.render.islands import choose_prefix

    word = choose_prefix(weekly.files.values(), []) + "t00000z"
    compiled = compile_issue(make_issue([make_article("alpha", title=f"Read {word}")]), weekly, newsletter)
    html = parse_slots(compiled.html, html=True, part="html").render(reader_context(reader))
    assert f"Read {word}" in html


def test_a_readers_data_is_escaped(html_of: Callable[..., str], make_issue: MakeIssue, reader: Reader) -> None:
    mean = dataclasses.replace(
        reader, subscriber=Subscriber(email="x@example.com", name='<script>"[[ x ]]"</script>'), unsubscribe_url='"><b>'
    )
    html = html_of(make_issue(introduction="Hi [[ subscriber.name ]]"), whom=mean)
    assert "Hi &lt;script&gt;&#34;[[ x ]]&#34;&lt;/script&gt;" in html
    assert 'href="&#34;&gt;&lt;b&gt;"' in html


def test_statements_work_around_sections_and_inside_text(
    weekly: Template, make_issue: MakeIssue, html_of: Callable[..., str], reader: Reader
) -> None:
    header = (
        '[% if "pro" in subscriber.tags %]<mj-section><mj-column><mj-text>for pros</mj-text></mj-column></mj-section>'
        "[% endif %][% for tag in subscriber.tags %]<mj-section><mj-column><mj-text>tag [[ tag ]]</mj-text></mj-column>"
        "</mj-section>[% endfor %]<mj-wrapper>[% if subscriber.name %]<mj-section><mj-column><mj-text>in a wrapper"
        "</mj-text></mj-column></mj-section>[% endif %]</mj-wrapper>"
    )
    template = with_file(weekly, "header.mjml", header)
    nobody = dataclasses.replace(reader, subscriber=Subscriber(email="n@example.com"))
    for whom, there in ((reader, True), (nobody, False)):
        html = html_of(make_issue(), template, whom)
        text = tree(html).text_content()
        assert ("for pros" in text) is there
        assert ("tag pro" in text) is there
        assert ("in a wrapper" in text) is there
        # what Outlook reads must balance too, whichever way the statements went
        outlook = html.replace("<!--[if mso | IE]>", "").replace("<![endif]-->", "")
        assert outlook.count("<table") == outlook.count("</table>")
        assert outlook.count("<td") == outlook.count("</td>")
        assert outlook.count("<tr") == outlook.count("</tr>")


def test_slots_stand_in_subject_preheader_and_text(
    make_issue: MakeIssue, weekly: Template, newsletter: Newsletter, reader: Reader
) -> None:
    subject = "[% if subscriber.name %][[ subscriber.first_name ]], t[% else %]T[% endif %]ides & harbours"
    compiled = compile_issue(make_issue(subject=subject, preheader="For [[ subscriber.name ]]"), weekly, newsletter)
    context = reader_context(reader)
    assert parse_slots(compiled.subject, html=False, part="subject").render(context) == "Ada, tides & harbours"
    assert parse_slots(compiled.preheader, html=False, part="preheader").render(context) == "For Ada Byron"
    text = parse_slots(compiled.text, html=False, part="text").render(context)
    assert "Hello Ada,\n\nthree things this week." in text
    assert "https://news.example.com/u/token" in text
    assert "View in browser: https://weekly.example.com/tides/\n\nHello Ada,\n\nthree things this week.\n\n" in text
    assert not re.search(r"<(?!https?://)", text)
    assert "\n\n\n" not in text


def test_slots_are_listed_with_the_place_they_were_written_at(
    make_issue: MakeIssue, weekly: Template, newsletter: Newsletter
) -> None:
    compiled = compile_issue(make_issue(), weekly, newsletter)
    listed = {(slot.part, slot.source, str(slot.place)) for slot in compiled.slots}
    assert ("html", '[[ subscriber.first_name or "there" ]]', "issues/tides/issue.md:20") in listed
    assert any(part == "text" and place.startswith("templates/weekly/email.txt:") for part, _, place in listed)


WRONG: list[tuple[str, dict[str, object], dict[str, str], type[NewsletterError], str]] = [
    ("undefined name", {}, {"header.mjml": "\n{{ isue.number }}"}, TemplateError,
     "templates/weekly/header.mjml:2: this cannot be filled: 'isue' is undefined\nDid you mean `issue`? Known: "),
    ("undefined attribute", {}, {"header.mjml": "{{ issue.numbr }}"}, TemplateError,
     "templates/weekly/header.mjml:1: this cannot be filled: "),
    ("Jinja syntax", {}, {"header.mjml": "\n\n{% if %}"}, TemplateError,
     "templates/weekly/header.mjml:3: this cannot be read: Expected an expression"),
    ("missing partial", {}, {"header.mjml": '\n{% include "hedder.mjml" %}'}, TemplateError,
     "templates/weekly/header.mjml:2: there is no file 'hedder.mjml' in this template\nKnown: "),
    ("unknown tag", {}, {"header.mjml": "<mj-sektion></mj-sektion>"}, TemplateError,
     "templates/weekly/header.mjml:1: <mj-sektion> is no MJML tag\nDid you mean <mj-section>?"),
    ("unclosed tag", {}, {"header.mjml": "<mj-section>\n<mj-column>\n</mj-section>"}, TemplateError,
     "templates/weekly/header.mjml:3: </mj-section> closes <mj-column> of line 2\n"),
    ("nesting across files", {}, {"header.mjml": "<mj-text>x</mj-text>"}, TemplateError,
     "templates/weekly/header.mjml:1: <mj-text> may not stand in <mj-body>\n"),
    ("nesting through a macro", {},
     {"_shared/x.mjml": "{% macro it() %}\n\n  <mj-text>x</mj-text>{% endmacro %}",
      "header.mjml": '{% from "_shared/x.mjml" import it with context %}<mj-section>\n{{ it() }}</mj-section>'},
     TemplateError, "templates/_shared/x.mjml:3: <mj-text> may not stand in <mj-section>\n"),
    ("undefined name in a macro", {},
     {"_shared/x.mjml": "{% macro it(article) %}\n\n  <mj-text>{{ article.titel }}</mj-text>{% endmacro %}",
      "layouts/lead.mjml": '{% from "_shared/x.mjml" import it with context %}\n<mj-raw>{{ it(article) }}</mj-raw>'},
     TemplateError, ("templates/_shared/x.mjml:3: this cannot be filled: `article` has no attribute 'titel'\n"
     "Did you mean `title`?")),
    ("syntax of a macro's file", {},
     {"_shared/x.mjml": "\n{% macro it( %}", "header.mjml": '{% from "_shared/x.mjml" import it %}'},
     TemplateError, "templates/_shared/x.mjml:2: this cannot be read: "),
    ("printed content where MJML counts", {},
     {"header.mjml": "<mj-section>\n<mj-column\n padding='{{ issue.subject }}'></mj-column></mj-section>"},
     TemplateError, "templates/weekly/header.mjml:3: content is printed into `padding` of <mj-column>"),
    ("no CSS", {}, {"styles.mjml": "<mj-style>\n  a { color: red }\n  b { color }\n</mj-style>"}, TemplateError,
     "templates/weekly/styles.mjml:3: this is no CSS: "),
    ("no CSS behind another style", {},
     {"header.mjml": "",
      "styles.mjml": "<mj-style>p { color: red }</mj-style>\n<mj-style>\n  b { color }\n</mj-style>"},
     TemplateError, "templates/weekly/styles.mjml:3: this is no CSS: "),
    ("CSS that inlining would drop", {},
     {"styles.mjml": '<mj-style inline="inline">\n\n  a:not(.b) { color: red }\n</mj-style>'}, TemplateError,
     "templates/weekly/styles.mjml:3: the selector 'a:not(.b)' cannot be inlined\n"),
    ("lost slot", {}, {"header.mjml": '\n<mj-section css-class="[[ subscriber.name ]]"></mj-section>',
                       "section.mjml": '<mj-section mj-class="[[ subscriber.email ]]"></mj-section>'}, SlotError,
     "templates/weekly/section.mjml:1: the slot [[ subscriber.email ]] is lost on the way to HTML\n"),
    ("printed none", {}, {"header.mjml": "\n<mj-raw>{{ none }}</mj-raw>"}, TemplateError,
     "templates/weekly/header.mjml:2: this cannot be filled: a value that is not there (none) is printed"),
    ("slot never closed", {"introduction": "Hi\n[[ subscriber.name"}, {}, SlotError,
     "issues/tides/issue.md:21: the slot '[[ subscriber.name' is never closed\n"),
    ("slot with unknown name", {"introduction": "Hi\n[[ name ]]"}, {}, SlotError,
     "issues/tides/issue.md:21: `name` is nothing a slot can name\n"),
    ("if without its end", {"subject": "[% if subscriber.name %]x"}, {}, SlotError,
     "issues/tides/issue.md:3: the slots of the subject do not fit together"),
    ("line break in the subject", {"subject": "a\nBcc: b@example.com"}, {}, MessageError,
     "the subject contains the control character U+000A"),
    ("encoded word in the subject", {"subject": "=?utf-8?q?x=0D=0ABcc=3A?="}, {}, MessageError,
     "the subject contains an encoded word"),
    ("unknown layout", {"sections": (Section(title="Top", layout="led", line=8),)}, {}, ContentError,
     "issues/tides/issue.md:8: the section 'Top' asks for the layout `led`, which the template 'weekly' does not "),
    ("unknown layout of an article",
     {"sections": (Section(title="Top", articles=("alpha", "beta"), layouts={"beta": "breif"}, line=8),),
      "lines": {"sections[0].articles[1]": 10}}, {}, ContentError,
     ("issues/tides/issue.md:10: the article beta asks for the layout `breif`, which the template 'weekly' does not "
     "have\nDid you mean `brief`? Known: brief, columns, lead, links, quotation, sponsor, story.")),
    ("import of CSS", {}, {"styles.mjml": '<mj-style inline="inline">@import url(http://127.0.0.1/x);</mj-style>'},
     TemplateError, 'templates/weekly/styles.mjml:1: an at-rule stands in an <mj-style inline="inline">\n'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "files", "kind", "message"), [case[1:] for case in WRONG], ids=[c[0] for c in WRONG]
)
def test_a_mistake_gets_the_message_a_person_needs(
    fields: dict[str, object],
    files: dict[str, str],
    kind: type[NewsletterError],
    message: str,
    make_issue: MakeIssue,
    weekly: Template,
    newsletter: Newsletter,
) -> None:
    template = dataclasses.replace(weekly, files={**weekly.files, **files})
    with pytest.raises(kind) as error:
        compile_issue(make_issue(**fields), template, newsletter)
    assert str(error.value).startswith(message)


def test_sixty_long_articles_still_compile(
    make_issue: MakeIssue, make_article: MakeArticle, html_of: Callable[..., str]
) -> None:
    articles = [make_article(f"a{n}", body="> " * 10 + "deep\n\n" + "word " * 400) for n in range(60)]
    assert html_of(make_issue(articles)).count("<h3") == 60


def test_an_article_may_have_another_layout_than_its_section(
    html_of: Callable[..., str], make_issue: MakeIssue, weekly: Template, newsletter: Newsletter
) -> None:
    sections = (
        Section(title="Top", layout="story", articles=("alpha", "beta", "gamma"), layouts={"beta": "brief"}, line=8),
        Section(title="Later", layout="brief", line=12),
    )
    assembled = make_issue(sections=sections)
    page = tree(html_of(assembled))
    assert [heading.text_content() for heading in page.iter("h3")] == [
        "The alpha report",
        "The beta report",
        "The gamma report",
    ]
    assert ["font-size:19px" in (heading.get("style") or "") for heading in page.iter("h3")] == [False, True, False]
    assert len(list(page.iter("img"))) == 2
    text = compile_issue(assembled, weekly, newsletter).text
    assert text.count("By Mara Lind, Example Post") == 2
    assert "LATER" not in text
    assert "Later" not in html_of(assembled)


def test_a_records_own_fields_and_its_anchor_can_be_printed(
    html_of: Callable[..., str], make_issue: MakeIssue, make_article: MakeArticle, weekly: Template
) -> None:
    article = make_article("alpha", extra={"region": '<b> & "coast"', "pages": 12, "editions": ["one", "two"]})
    layout = """<mj-section><mj-column><mj-text><p id="{{ article.anchor }}" title="{{ article.extra.region }}">
      {{- article.extra.region }}, {{ article.extra.pages }}, {{ article.extra.editions | join("/") -}}
      </p><a href="#{{ section.anchor }}">back</a></mj-text></mj-column></mj-section>"""
    page = tree(html_of(make_issue([article]), with_file(weekly, "layouts/lead.mjml", layout)))
    paragraph = page.get_element_by_id("article-alpha")
    assert (paragraph.text, paragraph.get("title")) == ('<b> & "coast", 12, one/two', '<b> & "coast"')
    assert page.xpath("//a[@href='#section-1']")


def test_a_field_that_a_record_lacks_is_named(
    html_of: Callable[..., str], make_issue: MakeIssue, weekly: Template
) -> None:
    template = with_file(weekly, "layouts/lead.mjml", "<mj-raw>\n{{ article.extra.region }}</mj-raw>")
    with pytest.raises(TemplateError) as error:
        html_of(make_issue(), template)
    assert str(error.value).startswith(
        "templates/weekly/layouts/lead.mjml:2: this cannot be filled: 'dict object' has no"
    )


def test_a_template_says_at_which_level_headings_begin() -> None:
    html = "<h3>a</h3><p>b</p><h5>c</h5>"
    assert level_headings(html, 2) == "<h2>a</h2><p>b</p><h4>c</h4>"
    assert level_headings(html, 5) == "<h5>a</h5><p>b</p><h6>c</h6>"
    assert level_headings("<p>b</p>", 2) == "<p>b</p>"
