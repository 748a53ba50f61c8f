"""Front matter: every error with its line, every edit without touching another line."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.article import parse_article
from newsletter.content.frontmatter import edit_front_matter, insert_item, parse_front_matter, plain
from newsletter.errors import ContentError

TEXT = """---
# what this is
title: 'It''s: quoted'   # keep me

url: https://example.org/a
weird:   {a: 1,   b: "x"}
summary: >-
  two
  lines

# about the tags
tags:
    - a   # first
    - b
last: x
---
Body  with trailing spaces  
"""  # noqa: W291 - they have to survive


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.md: the file is empty\nBegin it with `---` and a title."),
        (
            "\n# Title\n",
            (
                "f.md:2: the file does not begin with front matter\n"
                "Begin it with a line `---`, keys like `title: A headline`, and another line `---`."
            ),
        ),
        (
            "---\ntitle: x\n",
            "f.md:1: the front matter that begins here is never closed\nAdd a line `---` below its last key.",
        ),
        (
            "---\ntitle: x\nurl: a: b\n---\n",
            (
                "f.md:3:7: a colon with a space behind it means a new key, which cannot stand here\n"
                'Put the value in quotation marks, like title: "Clouds: a primer", or mend the indentation.'
            ),
        ),
        (
            "---\ntitle: x\n\turl: y\n---\n",
            "f.md:3:1: a tab cannot indent or begin a value in YAML\nReplace the tab by spaces.",
        ),
        ("---\ntitle: 'x\nurl: y\n---\n", "f.md:2:8: this quotation mark is never closed\nClose it."),
        (
            "---\ntags: [a, b\ntitle: x\n---\n",
            "f.md:2:7: this bracket is never closed\nClose it, and part the entries by commas.",
        ),
        (
            "---\ntitle: @home\n---\n",
            "f.md:2:8: a value cannot begin with this character\nPut the value in quotation marks.",
        ),
        (
            "---\ntitle: x\nurl: y\ntitle: z\n---\n",
            "f.md:4:1: `title` stands here a second time, first in line 2\nKeep one of them.",
        ),
        (
            "---\na: &x 1\nb: *x\n---\n",
            "f.md:2:4: anchors and aliases (& and *) have no meaning here\nQuote the value, or write it out.",
        ),
        ("---\na: !!python/name:os 1\n---\n", "f.md:2:4: YAML tags (!) have no meaning here\nQuote the value."),
        (
            "---\n- a\n---\n",
            "f.md:2: the front matter is no list of keys and values\nWrite lines like `title: A headline`.",
        ),
        (
            "---\na: 1\n...\nb: 2\n---\n",
            "f.md:4:1: the front matter ends here and begins again\nKeep one `---` at its end.",
        ),
        (
            "---\na: " + "[" * 14 + "]" * 14 + "\n---\n",
            "f.md:2:16: the front matter is nested deeper than 12 levels\nWrite it flatter.",
        ),
        (
            "---\ntitle: a\x07b\n---\n",
            (
                "f.md:2:9: the character U+0007 cannot stand in a text: it is invisible and breaks mails\n"
                "Delete it; it usually comes along when text is pasted."
            ),
        ),
        (
            '---\ntitle: x\nurl: "\\x07"\n---\n',
            (
                "f.md:3: the character U+0007 cannot stand in a text: it is invisible and breaks mails\n"
                "Delete it; it usually comes along when text is pasted."
            ),
        ),
        (
            "---\ntitle: a\n---\nok\nb\ufdd0\n",
            (
                "f.md:5:2: the character U+FDD0 cannot stand in a text: it is invisible and breaks mails\n"
                "Delete it; it usually comes along when text is pasted."
            ),
        ),
        (
            "---\n" + "x" * 1_048_577,
            (
                "f.md: the file has 1,048,581 characters, the limit is 1,048,576\n"
                "Shorten it; pictures belong into the issue's images folder."
            ),
        ),
    ],
)
def test_a_broken_file_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_front_matter(text, file="f.md")
    assert str(caught.value) == message


def test_scalars_stay_the_text_that_was_typed() -> None:
    text = "---\na: No\nb: 2026\nc: 2026-11-27\nd: 1e3\ne: ~\nf:\ng: 0x1F\n---\n"
    assert plain(parse_front_matter(text, file="f").tree) == {
        "a": "No",
        "b": "2026",
        "c": "2026-11-27",
        "d": "1e3",
        "e": None,
        "f": None,
        "g": "0x1F",
    }


def test_a_byte_order_mark_and_windows_line_ends_are_read_and_kept() -> None:
    text = "\ufeff---\r\ntitle: x\r\nlast: y\r\n---\r\n\r\nBody\r\nmore\r\n"
    front = parse_front_matter(text, file="f")
    assert (front.body, front.body_line) == ("Body\nmore", 6)
    assert edit_front_matter(text, {"title": "z", "new": "fresh"}, file="f") == (
        "\ufeff---\r\ntitle: z\r\nlast: y\r\nnew: fresh\r\n---\r\n\r\nBody\r\nmore\r\n"
    )


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"title": "New: one"}, "title: 'It''s: quoted'   # keep me", 'title: "New: one"   # keep me'),
        ({"url": None}, "url: https://example.org/a\n", ""),
        ({"summary": "short"}, "summary: >-\n  two\n  lines\n", "summary: short\n"),
        ({"tags": ("c", "d e")}, "tags:\n    - a   # first\n    - b\n", "tags: [c, d e]\n"),
        ({"weird": 5}, 'weird:   {a: 1,   b: "x"}', "weird:   5"),
        ({"extra": {"a": "b", "c": True}}, "last: x\n", "last: x\nextra:\n  a: b\n  c: true\n"),
        ({"nothing": None}, "", ""),
    ],
)
def test_an_edit_changes_its_own_lines_only(changes: dict[str, Any], old: str, new: str) -> None:
    assert edit_front_matter(TEXT, changes, file="f") == TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "path", "index", "new"),
    [
        ("l:\n  - a\n  # b\n  - b\n", ("l",), 1, "l:\n  - a\n  - NEW\n  # b\n  - b\n"),
        ("l:\n  # a\n  - a\n", ("l",), 0, "l:\n  - NEW\n  # a\n  - a\n"),
        ("l:\n- a # x\n\nk: 1\n", ("l",), None, "l:\n- a # x\n- NEW\n\nk: 1\n"),
        ("l: [a,  b]  # x\n", ("l",), 1, "l: [a,  NEW, b]  # x\n"),
        ("l: [a,\n  b]\n", ("l",), None, "l: [a,\n  b, NEW]\n"),
        ("l: []\n", ("l",), None, "l: [NEW]\n"),
        ("l:  # empty\nk: 1\n", ("l",), None, "l:  # empty\n  - NEW\nk: 1\n"),
        ("k: 1\n", ("l",), None, "k: 1\nl:\n  - NEW\n"),
        ("s:\n  - t: x\nk: 1\n", ("s", 0, "l"), None, "s:\n  - t: x\n    l:\n      - NEW\nk: 1\n"),
        ("s: [{t: x}]\n", ("s", 0, "l"), None, "s: [{t: x, l: [NEW]}]\n"),
    ],
)
def test_an_item_goes_into_a_list_in_the_style_of_the_list(
    text: str, path: tuple[str | int, ...], index: int | None, new: str
) -> None:
    assert insert_item(f"---\n{text}---\nB", path, index, "NEW", file="f") == f"---\n{new}---\nB"


def test_an_edit_of_front_matter_on_one_line_is_refused_and_changes_nothing() -> None:
    with pytest.raises(ContentError) as caught:
        edit_front_matter("---\n{title: x}\n---\n", {"title": "y"}, file="f")
    assert str(caught.value) == (
        "f:2: this front matter is written in a way that a command cannot edit safely; nothing was changed\n"
        "Edit it by hand, or write one key a line."
    )


SPACES = st.sampled_from(["", " ", "   # note", "  #: x"])
VALUES = st.sampled_from(
    [
        *(
            "plain",
            "'single: # quoted'",
            '"double \\" q"',
            "[a,  b]",
            "{x: 1}",
            "2026",
            "No",
            "",
            "é \u2603 \U0001f600",
        ),
        *("|\n  block # x\n\n   more", ">-\n  folded\n  text", "first\n  second"),
        *("\n  - a\n  # c\n  - b: 1\n    c: 2", "\n- x\n- y"),
    ]
)
LINES = st.lists(st.tuples(VALUES, SPACES, st.sampled_from(["", "\n", "# comment\n", "\n  # odd\n\n"])), max_size=6)


@settings(max_examples=150, deadline=None)
@given(
    LINES, st.sampled_from(["\n", "\r\n"]), st.integers(0, 6), st.text("ab:#'\" \n-[]{}é!&*%@`,?|>\\0", max_size=120)
)
def test_every_untouched_line_survives_an_edit_byte_for_byte(
    parts: list[tuple[str, str, str]], eol: str, which: int, value: str
) -> None:
    def block(index: int) -> str:
        written, space, after = parts[index]
        space = "" if "\n" in written or not written else space
        return f"key{index}: {written}{space}\n{after}"

    before = "".join(block(index) for index in range(min(which, len(parts))))
    behind = "".join(block(index) for index in range(which + 1, len(parts)))
    target = block(which) if which < len(parts) else ""
    text = f"---\n{before}{target}{behind}---\n\nbody  \n".replace("\n", eol)
    changed = edit_front_matter(text, {f"key{which}": value}, file="f")
    assert changed.startswith(f"---\n{before}".replace("\n", eol))
    assert changed.endswith(f"{behind}---\n\nbody  \n".replace("\n", eol)) or not target
    assert plain(parse_front_matter(changed, file="f").tree)[f"key{which}"] == value


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_whatever_gives_anything_but_a_record_or_a_content_error(text: str) -> None:
    for candidate in (text, f"---\n{text}\n---\n", f"---\ntitle: {text}\n---\n{text}"):
        with contextlib.suppress(ContentError):
            assert parse_article(candidate, slug="x", file="f").title
