import datetime as dt

import pytest

from newsletter.content.issue import format_issue, insert_article, parse_issue
from newsletter.errors import ContentError
from newsletter.models import Issue, Section

TEXT = """---
# the first one
number: 3
subject: 'Hello: [[ subscriber.first_name or "you" ]]'   # keep
date: 2026-11-27
sections:
  # A
  - title: Top story
    layout: lead
    articles: [a]   # one
  - title: More
    note: Some **more**.
    articles:
      - b
      # about c
      - c   # z

# end
template: weekly
---

Hi *there*
"""


def test_an_issue_is_read_with_the_line_of_every_entry() -> None:
    issue = parse_issue(TEXT, slug="three", file="issues/three/issue.md")
    assert issue == Issue(
        slug="three",
        number=3,
        subject='Hello: [[ subscriber.first_name or "you" ]]',
        date=dt.date(2026, 11, 27),
        template="weekly",
        sections=(
            Section(title="Top story", layout="lead", articles=("a",), line=8),
            Section(title="More", layout="story", articles=("b", "c"), note="Some **more**.", line=11),
        ),
        introduction="Hi *there*",
        file="issues/three/issue.md",
        lines=issue.lines,
    )
    assert str(issue.place("sections[1].articles[1]")) == "issues/three/issue.md:16"
    assert str(issue.place("sections[1].note")) == "issues/three/issue.md:12"
    assert str(issue.place("introduction")) == "issues/three/issue.md:22"


def test_an_issue_is_written_in_a_fixed_order_and_read_back() -> None:
    issue = parse_issue(TEXT, slug="three", file="f")
    text = format_issue(issue)
    assert text.startswith(
        "---\nnumber: 3\nsubject: 'Hello: [[ subscriber.first_name or \"you\" ]]'\ndate: 2026-11-27\n"
    )
    again = parse_issue(text, slug="three", file="f")
    assert format_issue(again) == text
    assert (again.subject, again.introduction) == (issue.subject, issue.introduction)
    assert [s.articles for s in again.sections] == [("a",), ("b", "c")]


@pytest.mark.parametrize(
    ("section", "position", "old", "new"),
    [
        ("top STORY", None, "articles: [a]   # one", "articles: [a, new]   # one"),
        ("More", None, "      - c   # z\n", "      - c   # z\n      - new\n"),
        ("More", 1, "      - b\n", "      - new\n      - b\n"),
        ("More", 2, "      # about c\n", "      - new\n      # about c\n"),
        ("More", 99, "      - c   # z\n", "      - c   # z\n      - new\n"),
        (
            "In brief",
            None,
            "      - c   # z\n",
            "      - c   # z\n  - title: In brief\n    layout: story\n    articles:\n      - new\n",
        ),
    ],
)
def test_an_article_goes_into_its_section_and_nothing_else_changes(
    section: str, position: int | None, old: str, new: str
) -> None:
    assert insert_article(TEXT, "new", section=section, position=position, file="f") == TEXT.replace(old, new, 1)


def test_a_section_that_has_another_layout_is_not_changed() -> None:
    with pytest.raises(ContentError) as caught:
        insert_article(TEXT, "new", section="More", layout="brief", file="f")
    assert str(caught.value) == (
        "f:11: the section 'More' has the layout story, not brief\nLeave the layout out, or change it in the file."
    )


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("number: 1", "f:2: the issue has no subject\nAdd a line like `subject: …`."),
        ("subject: x\nnumber: one", "f:3: `number` is no whole number: 'one'\nWrite it like 12."),
        (
            "subject: x\nsection: []",
            (
                "f:3: an issue has no key `section`\n"
                "Did you mean `sections`? "
                "Known: number, subject, preheader, date, template, parameters, ignore, sections."
            ),
        ),
        ("subject: x\nsections:\n  - layout: lead", "f:4: the section has no title\nAdd a line like `title: …`."),
        (
            "subject: x\nsections:\n  - Top",
            (
                "f:4: a section is no group of keys\n"
                "Write `- title: Top story` and below it, indented, `articles:` with one name a line."
            ),
        ),
        (
            "subject: x\nsections:\n  - title: T\n    articles:\n      - My Article.md",
            (
                "f:6: the article's name 'My Article.md' is no name of the form a-z, 0-9 and hyphens\n"
                "Write it like my-article-md."
            ),
        ),
        (
            "subject: x\nsections:\n  - title: T\n    article: [a]",
            "f:5: a section has no key `article`\nDid you mean `articles`? Known: title, layout, articles, note.",
        ),
    ],
)
def test_a_wrong_issue_is_named_with_its_line(front: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_issue(f"---\n{front}\n---\n", slug="x", file="f")
    assert str(caught.value) == message


ENTRIES = """---
subject: x
sections:
  - title: T
    articles:
      - a
      -
      - article: b   # short
        layout: brief
      - {article: c, layout: lead}
      - article: d
---
"""


def test_an_entry_may_have_a_layout_of_its_own() -> None:
    issue = parse_issue(ENTRIES, slug="x", file="f")
    section = issue.sections[0]
    assert section.articles == ("a", "b", "c", "d")
    assert [section.layout_of(name) for name in section.articles] == ["story", "brief", "lead", "story"]
    assert [str(issue.place(f"sections[0].articles[{index}]")) for index in range(4)] == ["f:6", "f:8", "f:10", "f:11"]
    text = format_issue(issue)
    assert "    articles:\n      - a\n      - article: b\n        layout: brief\n      - article: c\n" in text
    assert parse_issue(text, slug="x", file="f").sections[0].layouts == {"b": "brief", "c": "lead"}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "{articel: a}",
            "f:6: an entry of `articles` has no key `articel`\nDid you mean `article`? Known: article, layout.",
        ),
        ("{layout: lead}", "f:6: the entry has no article\nAdd a line like `article: …`."),
        (
            "[a]",
            (
                "f:6: an entry of `articles` is no text\n"
                "Write one name behind each `- `, or `- article: NAME` and `layout: …` below it."
            ),
        ),
        (
            "{article: ../a}",
            "f:6: the article's name '../a' is no name of the form a-z, 0-9 and hyphens\nWrite it like a.",
        ),
    ],
)
def test_a_wrong_entry_is_named_with_its_line(entry: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_issue(ENTRIES.replace("      - a\n", f"      - {entry}\n"), slug="x", file="f")
    assert str(caught.value) == message


def test_parameters_are_read_with_their_types_and_lines_and_written_again() -> None:
    front = (
        'subject: x\nparameters:\n  accent: "#fff"\n  wide: true\n  ratio: 0.5\n'
        "  social:\n    - name: A\n      url: https://a.org"
    )
    issue = parse_issue(f"---\n{front}\n---\n", slug="x", file="f")
    assert issue.parameters == {
        "accent": "#fff",
        "wide": True,
        "ratio": 0.5,
        "social": [{"name": "A", "url": "https://a.org"}],
    }
    assert (issue.lines["parameters.accent"], issue.lines["parameters.social"]) == (4, 7)
    assert parse_issue(format_issue(issue), slug="x", file="f").parameters == issue.parameters
