import time

import pytest

from newsletter.content.markdown import render_markdown
from newsletter.errors import ContentError
from newsletter.models import Place

PLACE = Place(file="a.md", line=10)


def render(text: str) -> str:
    return render_markdown(text, place=PLACE)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("a *b* **c** ~~d~~ `e`", "<p>a <em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>"),
        ('[x](https://e.org/?a=1&b=2 "t")', '<p><a href="https://e.org/?a=1&amp;b=2" title="t">x</a></p>'),
        ("<me@example.org>", '<p><a href="mailto:me@example.org">me@example.org</a></p>'),
        ('![Ä "q"](images/ä.jpg)', '<p><img src="images/ä.jpg" alt="Ä &quot;q&quot;"></p>'),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("# One\n### Three", "<h3>One</h3>\n<h4>Three</h4>"),
        ("## Two\n\n<h3>three</h3>\n\n###### Six", "<h3>Two</h3>\n<h4>three</h4>\n<h4>Six</h4>"),
        ("`<h1>`", "<p><code>&lt;h1&gt;</code></p>"),
        (
            "|a|b|\n|:-|-:|\n|1|2|",
            (
                '<table>\n<thead>\n<tr>\n<th align="left">a</th>\n<th align="right">b</th>\n</tr>\n</thead>\n'
                '<tbody>\n<tr>\n<td align="left">1</td>\n<td align="right">2</td>\n</tr>\n</tbody>\n</table>'
            ),
        ),
        ("a<br>b H<sub>2</sub>O <u>u</u>", "<p>a<br>b H<sub>2</sub>O <u>u</u></p>"),
        ("line\r\nend  \r\nnext", "<p>line\nend<br>\nnext</p>"),
        ("&lt;script&gt; {{ x }} [[ y ]] [% z %]", "<p>&lt;script&gt; {{ x }} [[ y ]] [% z %]</p>"),
    ],
)
def test_markdown_becomes_html_for_mails(text: str, html: str) -> None:
    assert render(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>ok", "ok"),
        ("a <script>alert(1)</script> b", "<p>a  b</p>"),
        ('<p style="x" class="y" id="z" onclick="w">a</p>', "<p>a</p>"),
        ('<img src="https://e.org/x.png" onerror="x" width="300">', '<img src="https://e.org/x.png" width="300">'),
        ('<img src="https://e.org/x.png" width="100%">', '<img src="https://e.org/x.png">'),
        ("<iframe src=https://e.org></iframe><form><input></form>x", "x"),
        ("<div><span>kept</span></div>", "kept"),
        ("<!-- secret -->shown", "shown"),
        ("<style>p{}</style>\n\na", "<p>a</p>"),
        ('<a href="https://e.org" title="<b>">x</a>', '<p><a href="https://e.org" title="&lt;b&gt;">x</a></p>'),
        ("<svg><style><a title='</style><img src=x onerror=alert(1)>'>", "<p></p>"),
        ("<mj-text>x</mj-text>", "<p>x</p>"),
    ],
)
def test_what_a_mail_must_not_carry_is_left_out(text: str, html: str) -> None:
    assert render(text) == html


@pytest.mark.parametrize(
    ("text", "kind", "url", "line"),
    [
        ("a\n\n[x](/rel)", "link", "/rel", 12),
        ("[x](//e.org)", "link", "//e.org", 10),
        ("[x]()", "link", "", 10),
        ("[x](e.org)", "link", "e.org", 10),
        ("a\n<a href='JavaScript:alert(1)'>x</a>", "link", "JavaScript:alert(1)", 11),
        ("<a href='java&#115;cript:x'>y</a>", "link", "javascript:x", 10),
        ("<a href='java\nscript:x'>y</a>", "link", "java\nscript:x", 10),
        ("[x](javascript:alert)", "link", "javascript:alert", 10),
        ("[x](data:text/html,a)", "link", "data:text/html,a", 10),
        ("[x](ftp://e.org)", "link", "ftp://e.org", 10),
        ("[x](https:///path)", "link", "https:///path", 10),
        ("![x](../x.png)", "picture", "../x.png", 10),
        ("![x](images/../x.png)", "picture", "images/../x.png", 10),
        ("<img src=data:image/png;base64,xx>", "picture", "data:image/png;base64,xx", 10),
        ("![x](mailto:a@e.org)", "picture", "mailto:a@e.org", 10),
    ],
)
def test_an_address_that_no_reader_can_open_is_named_with_its_line(text: str, kind: str, url: str, line: int) -> None:
    with pytest.raises(ContentError) as caught:
        render(text)
    example = "https://example.com/page" if kind == "link" else "images/name.jpg or https://example.com/name.jpg"
    assert str(caught.value) == (
        f"a.md:{line}: the {kind} leads to {url!r}, which a reader's mail program cannot open\n"
        f"Write the whole address, like {example}."
    )


def test_opaque_words_survive_everywhere_in_an_address() -> None:
    text = "[a](NLx1x) [b](https://NLx1x.e.org/NLx2x?q=NLx3x) [c](mailto:NLx4x) <a href='NLx5x'>d</a> ![e](NLx6x)"
    assert render_markdown(text, place=PLACE, opaque_url=lambda url: url.startswith("NLx")) == (
        '<p><a href="NLx1x">a</a> <a href="https://NLx1x.e.org/NLx2x?q=NLx3x">b</a> <a href="mailto:NLx4x">c</a> '
        '<a href="NLx5x">d</a> <img src="NLx6x" alt="e"></p>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "> " * 30 + "a",
        "- " * 12 + "a",
        "".join(" " * (2 * level) + "- a\n" for level in range(40)),
        "<b>" * 200 + "x",
        "<blockquote>" * 200,
        "<ul><li>" * 60 + "x",
    ],
)
def test_text_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(ContentError, match="nested too deeply"):
        render(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 99_999,
        "![[" * 33_000,
        "*a_" * 33_000,
        "[a](" * 24_000,
        "<a " * 33_000,
        ("`" * 50 + "a") * 1_900,
        "&#" * 49_000,
    ],
)
def test_hostile_text_of_the_greatest_length_is_rendered_or_refused_in_seconds(text: str) -> None:
    started = time.process_time()
    try:
        render(text)
    except ContentError as error:
        assert error.place is not None  # noqa: PT017 - either answer will do, what counts is the time
    assert time.process_time() - started < 15


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 100_001, "a.md:10: the text has 100,001 characters, the limit is 100,000\nShorten it."),
        (
            "a\nb\ufffe",
            (
                "a.md:11:2: the character U+FFFE cannot stand in a text: it is invisible and breaks mails\n"
                "Delete it; it usually comes along when text is pasted."
            ),
        ),
        (
            "<p>&#xFDD0;</p>",
            (
                "a.md:10: the character U+FDD0 cannot stand in a text: it is invisible and breaks mails\n"
                "Delete it; it usually comes along when text is pasted."
            ),
        ),
    ],
)
def test_text_that_is_too_long_or_carries_what_it_must_not_is_refused(text: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        render(text)
    assert str(caught.value) == message
