"""White space and comments go where nobody sees them, and stay where somebody does."""

import re

import pytest

from newsletter.render.tidy import tidy

WORDS = re.compile(r"nlx[a-z]\d{5}z")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<td>\n   <p>a</p>\n\n <p>b</p> </td>", "<td><p>a</p><p>b</p></td>"),
        ("<p>a  b\n c <b>d</b> <i>e</i></p>", "<p>a b c <b>d</b> <i>e</i></p>"),
        ("<p>x</p><!-- note --><p>y</p>", "<p>x</p><p>y</p>"),
        ("<!--[if mso]>  <td>  <![endif]-->", "<!--[if mso]>  <td>  <![endif]-->"),
        ("<!--[if !mso]><!--> <a>x</a> <!--<![endif]-->", "<!--[if !mso]><!--> <a>x</a> <!--<![endif]-->"),
        (
            "<!--[if mso | IE]><td><![endif]--><!--[if mso | IE]></td><![endif]-->",
            "<!--[if mso | IE]><td></td><![endif]-->",
        ),
        ("<!--[if mso]><td><![endif]--><!--[if mso | IE]></td><![endif]-->",) * 2,
        ("<pre>a\n  b</pre> <p>c</p>", "<pre>a\n  b</pre><p>c</p>"),
        ("<p>a<!--nlxt00001z--> <b>b</b></p>", "<p>a<!--nlxt00001z--> <b>b</b></p>"),
        ("<td>\u00a0 </td>", "<td>\u00a0</td>"),
        ("<style>a {\n  color: red; /* why */\n}</style>", "<style>a { color: red; }</style>"),
    ],
)
def test_tidying(html: str, expected: str) -> None:
    assert tidy(html, words=WORDS) == expected
    assert tidy(expected, words=WORDS) == expected
