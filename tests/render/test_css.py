"""What the inliner or a mail program would drop from a template's CSS is named with its line."""

import pytest

from newsletter.render.css import CssError, style_error


@pytest.mark.parametrize(
    ("css", "line", "what"),
    [
        ("a {}\n@media print { a { color: red } }", 2, 'an at-rule stands in an <mj-style inline="inline">'),
        ("a:hover { color: red }", 1, "the selector 'a:hover' cannot be inlined"),
        ("\nli:nth-child(2) { color: red }", 2, "the selector 'li:nth-child(2)' cannot be inlined"),
        ("* { color: red }", 1, "the selector '*' cannot be inlined"),
        ('a[href^="https:"] { color: red }', 1, "the selector 'a[href^=\"https:\"]' cannot be inlined"),
        ("a { color: red !important }", 1, "`color` is !important where it goes into the element"),
        ("a {\n color: #000;\n color: rgba(0, 0, 0, 0.5)\n}", 3, "`color` stands twice in what goes into one element"),
        ("a { color: rgb(0 0 0 / 50%) }", 1, "mail programs do not know the colour 'rgb(0 0 0 / 50%)'"),
        (
            "a { color: red; }; b { color: blue }",
            1,
            "a `;` stands between two rules",
        ),
        ("a { color red }", 1, "this is no CSS: Expected ':' after declaration name"),
        ("a { color: }", 1, "`color` has no value"),
    ],
)
def test_css_that_would_be_lost_on_the_way_into_the_elements(css: str, line: int, what: str) -> None:
    error = style_error(css, inline=True)
    assert error
    assert (error.line, error.what) == (line, what)


@pytest.mark.parametrize(
    ("css", "line", "what"),
    [
        ("@media screen {\n @media print { a { color: red } }\n}", 2, "@media stands inside another at-rule"),
        ("@media screen {\n a { color: hsl(1 2% 3%) }\n}", 2, "mail programs do not know the colour 'hsl(1 2% 3%)'"),
        ("@media screen {\n a { color }\n}", 2, "this is no CSS: Expected ':' after declaration name"),
    ],
)
def test_css_that_mail_programs_would_drop(css: str, line: int, what: str) -> None:
    error = style_error(css, inline=False)
    assert error
    assert (error.line, error.what) == (line, what)


@pytest.mark.parametrize(
    "css",
    [
        "h1, .body a { color: #fff; margin: 0 auto; background: rgba(0, 0, 0, 0.5) }",
        "td[role] > p { border: 1px solid red } /* done */",
        "a { font-family: 'Helvetica Neue', sans-serif; color: hsl(1, 2%, 3%) }",
    ],
)
def test_plain_rules_pass(css: str) -> None:
    assert style_error(css, inline=True) is None


def test_the_head_may_have_more() -> None:
    css = """:root { color-scheme: light dark }
    a:hover { color: red !important; color: blue }
    * { margin: 0 }
    @import url(https://fonts.example.com/x.css);
    @font-face { font-family: x; src: url(https://fonts.example.com/x.woff2) }
    @media (prefers-color-scheme: dark) { .a { color: #fff !important } }
    [data-ogsc] .a { color: #fff !important }"""
    assert style_error(css, inline=False) is None


def test_an_error_is_a_value() -> None:
    assert style_error("a { color: }", inline=True) == CssError(
        line=1, what="`color` has no value", remedy="Give it one."
    )
