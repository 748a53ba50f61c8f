"""A template on trial: what it loses, breaks or forgets is found, with the cases that show it."""

import dataclasses
from collections.abc import Callable

import pytest

from newsletter.models import Mailbox, Newsletter, ParameterType, Template, TemplateParameter
from newsletter.project.trial import Trial, try_template
from newsletter.render.torture import LANGUAGES, MARKUP, cases, pictures

LAYOUTS = ("lead", "story", "brief")
MAIN = """<mjml lang="{{ newsletter.language }}" dir="{{ newsletter.direction }}">
<mj-head><mj-title>{{ issue.subject }}</mj-title></mj-head>
<mj-body><mj-section><mj-column><mj-text><h1>{{ newsletter.name }}</h1>{{ issue.introduction }}</mj-text>
</mj-column></mj-section>
{% for section in issue.sections if section.articles %}
<mj-section><mj-column><mj-text><h2>{{ section.title }}</h2>{{ section.note }}</mj-text></mj-column></mj-section>
{% for article in section.articles %}{% include "layouts/" ~ article.layout ~ ".mjml" %}{% endfor %}
{% endfor %}
<mj-section><mj-column>
<mj-text>{{ newsletter.postal_address }} <a href="[[ unsubscribe_url ]]">x</a></mj-text></mj-column></mj-section>
</mj-body></mjml>
"""
LAYOUT = """<mj-section><mj-column>
{% if article.image %}<mj-image src="{{ article.image.src }}" alt="{{ article.image.alt }}" />{% endif %}
<mj-text><h3 id="{{ article.anchor }}">{{ article.title }}</h3></mj-text></mj-column></mj-section>
"""
TEXT = """{{ newsletter.name }}
{{ issue.introduction_text }}
{% for section in issue.sections if section.articles %}
{{ section.title }}
{{ section.note_text }}
{% for article in section.articles %}{{ article.title | wrap }}
{% endfor %}
{% endfor %}
{{ newsletter.postal_address }}
[[ unsubscribe_url ]]
"""
PLAIN = Template(
    name="plain",
    files={"email.mjml": MAIN, "email.txt": TEXT, **{f"layouts/{name}.mjml": LAYOUT for name in LAYOUTS}},
    root="templates/plain",
)


@pytest.fixture
def trial(newsletter: Newsletter) -> Callable[..., Trial]:
    def run(**files: str) -> Trial:
        named = {name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()}
        return try_template(dataclasses.replace(PLAIN, files={**PLAIN.files, **named}), newsletter)

    return run


def told(trial: Trial) -> list[tuple[str, str]]:
    return [(found.finding.id, found.finding.message) for found in trial.findings if found.finding.id != "T301"]


def test_a_template_that_does_its_work_has_no_findings_but_how_much_fits(trial: Callable[..., Trial]) -> None:
    heard: list[tuple[int, int, str]] = []
    found = try_template(PLAIN, _newsletter(), lambda *told: heard.append(told))
    assert told(found) == []
    assert (found.template, found.errors, found.mails) == ("plain", 0, len(found.bytes))
    assert {language for _, language in found.bytes} == set(LANGUAGES)
    assert heard[0] == (0, 11, "every layout")
    assert len(heard) == 11
    (fits,) = found.findings
    assert fits.finding.message.startswith(f"one article makes {found.bytes['one article', 'en']:,} bytes of HTML")


def _newsletter() -> Newsletter:
    return Newsletter(name="Plain", sender=Mailbox(email="news@example.com"), list_id="plain.example.com")


@pytest.mark.parametrize(
    ("files", "finding"),
    [
        (
            {"layouts__brief_dot_mjml": "<mj-section><mj-column></mj-column></mj-section>"},
            ("T103", "the title of an article is not in the HTML, layout brief: 'Only a title: brief'"),
        ),
        (
            {"email_dot_txt": TEXT.replace("{{ article.title | wrap }}", "{{ article.summary }}")},
            ("T104", "the title of an article is not in the text part, layout lead: 'Only a title: lead'"),
        ),
        (
            {"email_dot_mjml": MAIN.replace("{{ section.note }}", "")},
            ("T103", "the note of a section is not in the HTML"),
        ),
        (
            {"email_dot_mjml": MAIN.replace("{{ issue.introduction }}", "")},
            ("T103", "the introduction is not in the HTML"),
        ),
        (
            {"email_dot_mjml": MAIN.replace("<h2>{{ section.title }}</h2>", "")},
            ("T103", "the title of a section is not in the HTML: 'The layout brief'"),
        ),
        (
            {"email_dot_txt": TEXT + "[[ subscriber.attributes.city ]]"},
            (
                "T105",
                ("the slot [[ subscriber.attributes.city ]] in the text fails for x@example.com: the reader has no "
                "`city`"),
            ),
        ),
        (
            {"email_dot_txt": TEXT.replace("[[ unsubscribe_url ]]", "")},
            ("T106", "the unsubscribe link is not in the text part"),
        ),
        (
            {"email_dot_mjml": MAIN.replace("{{ newsletter.postal_address }}", "")},
            ("T106", "the sender's postal address is not in the HTML"),
        ),
        (
            {"email_dot_txt": TEXT.replace("{{ section.note_text }}", "{{ section.note }}")},
            ("T107", "the text part contains '<p'"),
        ),
        (
            {"layouts__lead_dot_mjml": LAYOUT.replace("{{ article.image.alt }}", "{{ article.image.credit }}")},
            (
                "T108",
                ("the picture https://weekly.example.com/torture/images/wide.svg has another alt than the record: "
                "'Jo Ek'"),
            ),
        ),
        (
            {"email_dot_mjml": MAIN.replace('dir="{{ newsletter.direction }}"', 'dir="ltr"')},
            ("T201", "dir is ltr for a language that runs rtl"),
        ),
        (
            {"layouts__lead_dot_mjml": LAYOUT.replace("{{ article.anchor }}", "top")},
            ("T202", "the id 'top' is given twice"),
        ),
        ({"email_dot_mjml": MAIN.replace("h1", "h2")}, ("T203", "the mail has 0 headings <h1>")),
        (
            {"email_dot_txt": TEXT + '{{ _("Contents") }}'},
            ("T302", "the phrase 'Contents' has no translation"),
        ),
        ({"layouts__story_dot_mjml": LAYOUT + "{{ articel }}"},
         ("T101", "this cannot be filled: 'articel' is undefined")),
        ({"email_dot_mjml": MAIN.replace('lang="{{ newsletter.language }}"', "")},
         ("T102", "the mail does not say its language")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(files: dict[str, str], finding: tuple[str, str], trial: Callable[..., Trial]) -> None:
    assert finding in told(trial(**files))


def test_a_finding_says_where_it_was_made(trial: Callable[..., Trial]) -> None:
    found = trial(email_dot_mjml=MAIN.replace('dir="{{ newsletter.direction }}"', 'dir="ltr"'))
    (direction,) = [each for each in found.findings if each.finding.id == "T201"]
    assert {languages for _, languages in direction.cases} == {("ar",)}
    assert len(direction.cases) == 11
    broken = trial(layouts__story_dot_mjml="\n{{ articel }}")
    (error,) = [each.finding for each in broken.findings if each.finding.id == "T101"]
    assert str(error.place) == "templates/plain/layouts/story.mjml:2"


def test_switches_and_choices_are_tried_in_every_position() -> None:
    declared = {
        "wide": TemplateParameter(type=ParameterType.BOOLEAN, default=False),
        "columns": TemplateParameter(type=ParameterType.CHOICE, default="one", choices=("one", "two", "three")),
        "logo": TemplateParameter(type=ParameterType.IMAGE, default=""),
        "accent": TemplateParameter(type=ParameterType.COLOR, default="red"),
    }
    broken = "{% if parameters.wide and parameters.columns == 'one' %}{{ oops }}{% endif %}{{ parameters.logo }}"
    template = dataclasses.replace(
        PLAIN, declared=declared, files={**PLAIN.files, "email.mjml": f"{broken}{MAIN}"}, parameters={"wide": False}
    )
    assert [case.name for case in cases(template)][-5:] == [
        "wide = true",
        "columns = two",
        "columns = three",
        "every parameter filled",
        "every parameter empty",
    ]
    found = try_template(template, _newsletter())
    (error,) = [each for each in found.findings if each.finding.id == "T101" and "oops" in each.finding.message]
    assert error.cases == (("wide = true", ("en",)),)


def test_a_template_without_a_layout_says_so() -> None:
    files = {name: text for name, text in PLAIN.files.items() if not name.startswith("layouts/")}
    found = try_template(dataclasses.replace(PLAIN, files=files), _newsletter())
    assert told(found) == [("T101", "the template has no layout")]
    assert found.mails == 0


def test_the_torture_issue_has_what_its_cases_are_called_after(weekly: Template) -> None:
    by_name = {case.name: case.assembled for case in cases(weekly)}
    assert len(by_name["40 articles"].articles) == 40
    assert all(article.image is None for article in by_name["no images"].articles.values())
    assert all(article.title == MARKUP for article in by_name["mark-up characters"].articles.values())
    longest = max(by_name["long words"].issue.introduction.split(), key=len)
    assert len(longest) >= 300
    named = {article.image.src for each in by_name.values() for article in each.articles.values() if article.image}
    assert named <= set(pictures())
    assert all(data.startswith(b"<svg ") for data in pictures().values())
