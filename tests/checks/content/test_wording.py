"""Slips are found; what people write on purpose is left alone."""

from collections.abc import Callable

import pytest

from newsletter.checks.base import Subject
from newsletter.checks.content.residue import draft, html_residue, invisible, marks, mojibake
from newsletter.checks.content.wording import doubled, misspelt, unclosed

Subjects = Callable[..., Subject]


def said(run: object, subject: Subject) -> list[str]:
    return [f"{hit.place}: {hit.message}" for hit in run.run(subject)]  # type: ignore[attr-defined]


BODY = "issues/tides/articles/lamp.md"


@pytest.mark.parametrize(
    "text",
    [
        "All that they had had was a lamp.",
        "It was very, very old. So so.",
        "Die, die den Leuchtturm lieben: die die Lampe bauten.",
        "Duran Duran played in New York, New York.",
        "Press 10 10 times.",
        "`the the` is a slip.",
        "It ended. Ended it had.",
        "Nous nous levons.",
        "The [lamp](https://example.com/lamp) lamp-post.",
    ],
)
def test_words_repeated_on_purpose(subject_of: Subjects, text: str) -> None:
    assert said(doubled, subject_of(article={"body": text})) == []


def test_a_word_twice_is_found_across_lines_and_with_another_case(subject_of: Subjects) -> None:
    assert said(doubled, subject_of(article={"body": "One.\n\nThe lamp of the\nthe pier. It it is on."})) == [
        f"{BODY}:17: the text of 'The old lamp burns again' says 'the the'",
        f"{BODY}:17: the text of 'The old lamp burns again' says 'It it'",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "“Nobody,” he said.",
        "„Niemand“, sagte er, »keiner«.",
        '"Nobody," he said.',
        "« Personne », dit-il.",
        'A 9" pipe and a 27” screen.',
        "“It goes on.\n\n“And ends here.”",
        "It\u2019s \u201990s rock \u2019n\u2019 roll, don't you think?",
        'A <a href="https://example.com/">link</a> and `"` in code.',
        "”Ingen”, sade han.",
    ],
)
def test_quotation_marks_that_close(subject_of: Subjects, text: str) -> None:
    assert said(unclosed, subject_of(article={"body": text})) == []


def test_a_quotation_that_does_not_close_is_named_with_its_line(subject_of: Subjects) -> None:
    assert said(unclosed, subject_of(article={"body": "Fine.\n\n“Nobody asked us, he says."})) == [
        (
            f"{BODY}:16: the text of 'The old lamp burns again' has a quotation mark without its other half: "
            "'“Nobody asked us, he says.'"
        )
    ]


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("Port Merrin", False),
        ("Port Merrin's", False),
        ("Port Merin", True),
        ("Port Merrni", True),
        ("port merrin", False),  # begins with no capital: no name
        ("Port merrin", True),
        ("PORT MERRIN", False),
        ("Fort Merrin", False),  # another place
        ("Port Berlin", False),
        ("Port/Merrin", False),  # two things
        ("Port - Merrin", False),
    ],
)
def test_names_nearly_as_the_sender_spells_them(subject_of: Subjects, written: str, wrong: object) -> None:
    subject = subject_of(article={"body": f"We were in {written} today."}, facts={"names": ("Port Merrin",)})
    assert bool(said(misspelt, subject)) is wrong


def test_two_names_that_are_near_each_other_may_both_be_in_the_list(subject_of: Subjects) -> None:
    names = ("Anna Meyer", "Anna Meier")
    subject = subject_of(article={"body": "By Anna Meyer and Anna Meier."}, facts={"names": names})
    assert said(misspelt, subject) == []


@pytest.mark.parametrize("body", ["Write `&amp;nbsp;` or <b>bold</b>, AT&amp;T.", "5 &lt; 6", "a < b and c > d"])
def test_markdown_may_have_html(subject_of: Subjects, body: str) -> None:
    assert said(html_residue, subject_of(article={"body": body})) == []


@pytest.mark.parametrize("text", ["A<br>B", "A &nbsp; B", "It&#39;s", "<p>One</p>", "mso-list: l0"])
def test_plain_fields_may_not(subject_of: Subjects, text: str) -> None:
    (line,) = said(html_residue, subject_of(article={"summary": text}))
    assert line.startswith(f"{BODY}:4: `summary` of 'The old lamp burns again' has ")


@pytest.mark.parametrize("text", ["Ça, été, naïve, Ångström, Þór, Łódź", "20 €, £5, ½, 30 °C", "Привет", "日本語"])
def test_characters_of_other_languages_are_no_mojibake(subject_of: Subjects, text: str) -> None:
    assert said(mojibake, subject_of(article={"summary": text})) == []


@pytest.mark.parametrize("text", ["cafÃ©", "â€œHelloâ€\x9d", "Ferm\ufffd", "Â£5 a day"])
def test_mojibake(subject_of: Subjects, text: str) -> None:
    assert len(said(mojibake, subject_of(article={"summary": text}))) == 1


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Lorem ipsum dolor", "draft"),
        ("TODO: mend", "draft"),
        ("see TODO below", "marks"),
        ("Cost: XXX euro", "marks"),
        ("Super Bowl XXX", ""),
        ("TODO EL MUNDO", "marks"),
        ("Todo: nada", ""),
        ("What?? No.", ""),
        ("Pope John XXIII", ""),
    ],
)
def test_drafts(subject_of: Subjects, text: str, ids: str) -> None:
    subject = subject_of(article={"summary": f"{text}."})
    found = [name for name, run in (("draft", draft), ("marks", marks)) if said(run, subject)]
    assert found == ids.split()


def test_joiners_and_no_break_spaces_are_no_invisible_characters(subject_of: Subjects) -> None:
    assert (
        said(invisible, subject_of(article={"title": "5\u00a0km with 👩\u200d🚀 and \u0645\u06cc\u200c\u062e\u0648"}))
        == []
    )
    assert said(invisible, subject_of(article={"title": "Soft\u00adhyphen"})) == [
        f"{BODY}:2: `title` of 'Soft\\xadhyphen' has a soft hyphen (U+00AD)"
    ]
