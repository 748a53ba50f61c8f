import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.plaintext import plain_text, wrap
from newsletter.errors import ContentError


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("", ""),
        ("# Head\n\nA *b* **c** `d` ~~e~~", "Head\n\nA b c d e"),
        ("one\ntwo  \nthree", "one two\nthree"),
        ("[text](https://e.org/?a=1&b=2) <https://e.org>", "text <https://e.org/?a=1&b=2> <https://e.org>"),
        ("[mail us](mailto:a@e.org) <a@e.org>", "mail us <a@e.org> <a@e.org>"),
        ("![A map](images/x.jpg) and ![](images/y.jpg)", "[A map] and"),
        ("- a\n- b\n  - c\n\n1. d\n2. e", "- a\n- b\n  - c\n\n1. d\n2. e"),
        ("- a\n\n- b", "- a\n\n- b"),
        ("- a\n\n  second\n- b", "- a\n\n  second\n\n- b"),
        ("> a\n> b\n>\n> > c", "> a b\n>\n> > c"),
        ("```\nx  y\n  z\n```", "\tx  y\n\t  z"),
        ("a\n\n---\n\nb", "a\n\n* * *\n\nb"),
        ("|a|b|\n|-|-|\n|1|**2**|", "a | b\n1 | 2"),
        ("&amp; &lt;b&gt; &copy;", "& <b> ©"),
        ("a<br>b <b>c</b> <a href='https://e.org'>d</a>", "a\nb c d <https://e.org>"),
        ("<p>x <a href='https://e.org'>y</a></p>\n<ul><li>1<li>2</ul>", "x y <https://e.org>\n\n- 1\n- 2"),
        ("<script>x()</script>", ""),
        ("a <script>x()</script>b", "a b"),
        ("<style>p {}</style>\n\nshown", "shown"),
    ],
)
def test_markdown_becomes_text_that_reads_well(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


def test_lines_fold_with_their_indents_and_addresses_stay_whole() -> None:
    url = "https://example.org/" + "x" * 80
    text = (
        "- one two three four five\n> quoted words that go on\n> - deep list item\n\n"
        f"\tcode that stays as it is\n{url} end"
    )
    assert wrap(text, 16) == (
        "- one two three\n  four five\n> quoted words\n> that go on\n> - deep list\n>   item\n\n"
        f"    code that stays as it is\n{url}\nend"
    )


def test_text_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ContentError, match="nested too deeply"):
        plain_text("> " * 30 + "a")


@given(st.lists(st.text("ab-.é", min_size=1, max_size=30), max_size=30), st.integers(20, 90))
def test_folding_loses_no_word_and_no_line_is_longer_than_it_has_to_be(words: list[str], width: int) -> None:
    folded = wrap(" ".join(words), width)
    assert folded.split() == words
    assert all(len(line) <= width or " " not in line.strip(" -.") for line in folded.split("\n"))
