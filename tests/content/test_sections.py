"""Hand edits and command edits of one issue.md never fight."""

from collections.abc import Callable

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from newsletter.content.issue import insert_article, parse_issue
from newsletter.content.sections import (
    add_section,
    find_section,
    move_article,
    move_section,
    remove_article,
    remove_section,
    rename_section,
    set_layout,
)
from newsletter.errors import ConflictError, ContentError, NewsletterError, UsageError
from newsletter.models import Section

TEXT = """---
# the first one
number: 3
subject: 'Hello: [[ subscriber.first_name or "you" ]]'   # keep
sections:
  # A
  - title: Top story   # big
    layout: lead
    articles: [a, x]   # one
    # the end of top
  # M
  - note: |-
      # this is text

      Some **more**.
    title: "More"
    articles:
      - b
      # about c

      - c   # z
      # about d
      - article: d  # seven
        layout: brief   # small
      # after d
  - {title: In brief, layout: brief, articles: [e]}
  - title: Empty
    articles: []   # soon

# end
template: weekly
date:   2026-11-27
---

Hi *there*
"""


def test_an_entry_goes_with_its_comments_and_its_layout() -> None:
    text = move_article(TEXT, "c", section="more", position=1, file="f")
    assert text == TEXT.replace("      # about c\n\n      - c   # z\n", "\n").replace(
        "      - b\n", "      # about c\n      - c   # z\n      - b\n"
    )
    text = move_article(TEXT, "d", section="empty", position=None, file="f")
    assert text == TEXT.replace(
        "      # about d\n      - article: d  # seven\n        layout: brief   # small\n", ""
    ).replace(
        "    articles: []   # soon\n",
        "    articles:   # soon\n      # about d\n      - article: d  # seven\n        layout: brief   # small\n",
    )


def test_an_entry_goes_into_brackets_and_out_of_them() -> None:
    text = move_article(TEXT, "c", section="top", position=2, file="f")
    assert "    # about c\n    # z\n    articles: [a, c, x]   # one\n" in text
    text = move_article(TEXT, "d", section="in brief", position=1, file="f")
    assert (
        "  # about d\n  # seven\n  # small\n"
        "  - {title: In brief, layout: brief, articles: [{article: d, layout: brief}, e]}\n"
    ) in text
    assert "      - b\n      - e\n" in move_article(TEXT, "e", section="More", position=2, file="f")
    assert "articles: []}" in move_article(TEXT, "e", section="More", position=2, file="f")


def test_a_deleted_entry_leaves_every_other_line() -> None:
    assert remove_article(TEXT, "c", file="f") == TEXT.replace("      - c   # z\n", "")
    assert remove_article(TEXT, "a", file="f") == TEXT.replace("[a, x]", "[x]")
    assert remove_article(TEXT, "x", file="f") == TEXT.replace("[a, x]", "[a]")


def test_a_section_moves_with_all_its_lines() -> None:
    text = move_section(TEXT, "top", 2, file="f")
    top = TEXT[TEXT.index("  # A\n") : TEXT.index("  # M\n")]
    more = TEXT[TEXT.index("  # M\n") : TEXT.index("  - {title")]
    assert text == TEXT.replace(top + more, more + top)
    assert move_section(text, "More", 2, file="f") == TEXT


def test_a_section_is_added_renamed_and_deleted() -> None:
    text = add_section(TEXT, Section(title="New: one", layout="brief"), position=2, file="f")
    assert text == TEXT.replace("  # M\n", '  - title: "New: one"\n    layout: brief\n  # M\n')
    assert remove_section(text, "new", file="f") == TEXT
    assert rename_section(TEXT, "MORE", "Even more", file="f") == TEXT.replace('"More"', "Even more")
    assert rename_section(TEXT, "in brief", "Short, sweet", file="f") == TEXT.replace(
        "{title: In brief,", '{title: "Short, sweet",'
    )
    assert remove_section(TEXT, "empty", file="f") == TEXT.replace("  - title: Empty\n    articles: []   # soon\n", "")


def test_a_layout_of_its_own_is_given_changed_and_taken_away() -> None:
    assert set_layout(TEXT, "c", "brief", file="f") == TEXT.replace("- c   # z", "- {article: c, layout: brief}   # z")
    assert set_layout(TEXT, "d", "lead", file="f") == TEXT.replace("layout: brief   # small", "layout: lead   # small")
    assert set_layout(TEXT, "b", "", file="f") == TEXT


@pytest.mark.parametrize(
    ("edit", "error", "message"),
    [
        (
            lambda: find_section(parse_issue(TEXT, slug="x", file="f"), "Tip story"),
            UsageError,
            (
                "f:5: there is no section 'Tip story'\n"
                "Did you mean 'Top story'? Known: 'Top story', 'More', 'In brief', 'Empty'."
            ),
        ),
        (
            lambda: find_section(parse_issue(TEXT.replace("Empty", "Topics"), slug="x", file="f"), "top"),
            UsageError,
            "f:5: 'top' fits 2 sections: 'Top story' (line 7), 'Topics' (line 27)\nType more of it.",
        ),
        (
            lambda: remove_section(TEXT, "More", file="f"),
            ConflictError,
            (
                "f:12: the section 'More' still has 3 of the issue's articles\n"
                "Move them first, or give --to-inbox to send them back to the inbox."
            ),
        ),
        (
            lambda: rename_section(TEXT, "More", "top STORY", file="f"),
            ConflictError,
            "f:7: there is a section 'Top story' already\nChoose another title.",
        ),
        (
            lambda: add_section(TEXT, Section(title=" "), position=None, file="f"),
            UsageError,
            "a section needs a title\nGive it a word or two.",
        ),
        (
            lambda: remove_article(TEXT, "zzz", file="f"),
            UsageError,
            "f:5: the issue has no article 'zzz'\n`newsletter issue show` lists what is in it.",
        ),
        (
            lambda: remove_article(TEXT.replace("[a, x]", "[a, # no\n      x]"), "a", file="f"),
            ContentError,
            (
                "f:2: this front matter is written in a way that a command cannot edit safely; nothing was changed\n"
                "Edit it by hand, or write one key a line."
            ),
        ),
    ],
)
def test_an_edit_that_cannot_be_made_says_why(
    edit: Callable[[], object], error: type[NewsletterError], message: str
) -> None:
    with pytest.raises(error) as caught:
        edit()
    assert str(caught.value) == message


class Model:
    """What an issue.md says, as plain lists, and the same changes made in both."""

    def __init__(self, text: str) -> None:
        issue = parse_issue(text, slug="x", file="f")
        self.text = text
        self.sections = [(section.title, list(section.articles)) for section in issue.sections]
        self.own = {section.title: section.layout for section in issue.sections}
        self.explicit = {"d": "brief"}

    def says(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [
            (title, [(slug, self.explicit.get(slug, self.own[title])) for slug in slugs])
            for title, slugs in self.sections
        ]

    def change_section(self, name: str, number: int, section: int, position: int) -> None:
        if name == "section add":
            title = f"Section {number}"
            new = Section(title=title, layout="brief")
            self.text = add_section(self.text, new, position=position, file="f")
            self.sections.insert(position - 1, (title, []))
            self.own[title] = "brief"
            return
        old, slugs = self.sections[section]
        if name == "section rename":
            title = f"Renamed {number}"
            self.text = rename_section(self.text, old, title, file="f")
            self.own[title] = self.own[old]
            self.sections[section] = (title, slugs)
        elif name == "section move":
            self.text = move_section(self.text, old, position, file="f")
            self.sections.insert(position - 1, self.sections.pop(section))
        elif not slugs:
            self.text = remove_section(self.text, old, file="f")
            self.sections.pop(section)

    def change_entry(self, name: str, slug: str, section: int, position: int) -> None:
        title, slugs = self.sections[section]
        if name == "layout":
            self.text = set_layout(self.text, slug, "lead", file="f")
            self.explicit[slug] = "lead"
            return
        for _, others in self.sections:
            if slug in others:
                others.remove(slug)
        if name == "remove":
            self.text = remove_article(self.text, slug, file="f")
            return
        if name == "add":
            self.text = insert_article(self.text, slug, section=title, position=position, file="f")
        else:
            self.text = move_article(self.text, slug, section=title, position=position, file="f")
        slugs.insert(position - 1, slug)


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "move", "remove", "layout", "section add", "section rename", "section move", "section remove"]
        ),
        st.integers(0, 40),
        st.integers(0, 40),
        st.integers(1, 6),
    ),
    max_size=14,
)


def comments_of(text: str) -> list[str]:
    own = [line.strip() for line in text.splitlines() if line.strip().startswith("#")]
    return sorted(line for line in own if line not in {"# z", "# seven", "# small"})


@settings(max_examples=100, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(OPERATIONS, st.sampled_from(["\n", "\r\n"]))
def test_any_sequence_of_commands_says_what_was_asked_and_touches_nothing_else(
    operations: list[tuple[str, int, int, int]], eol: str
) -> None:
    model = Model(TEXT.replace("\n", eol))
    before = comments_of(model.text)
    for number, (name, one, two, position) in enumerate(operations):
        held = [slug for _, slugs in model.sections for slug in slugs]
        section = one % len(model.sections) if model.sections else 0
        if name == "section add" or (name.startswith("section") and model.sections):
            model.change_section(name, number, section, position)
        elif name == "add" and model.sections:
            model.change_entry(name, f"n{number}", section, position)
        elif held and name in {"move", "remove", "layout"}:
            model.change_entry(name, held[two % len(held)], section, position)
    text = model.text
    issue = parse_issue(text, slug="x", file="f")
    found = [(s.title, [(name, s.layout_of(name)) for name in s.articles]) for s in issue.sections]
    assert found == model.says()
    missing = [comment for comment in before if comment not in comments_of(text)]
    # text in a note looks like a comment and goes with its section
    assert missing == [] or (missing == ["# this is text"] and "Some **more**." not in text)
    for line in ("# the first one", "number: 3", "template: weekly", "date:   2026-11-27", "Hi *there*"):
        assert line in text.splitlines()
    assert text.splitlines()[3].endswith("""'Hello: [[ subscriber.first_name or "you" ]]'   # keep""")
    assert text.count("\r\n") == (text.count("\n") if eol == "\r\n" else 0)
