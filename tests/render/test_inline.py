"""CSS goes into style attributes, nothing else changes, and nothing is fetched."""

import re
import socket
import threading

import pytest

from newsletter.errors import RenderGuardError
from newsletter.models import Place
from newsletter.render import inline
from newsletter.render.inline import SENTINEL, inline_css, mark_inline_styles

PLACE = Place(file="templates/t/email.mjml")
WORDS = re.compile(r"nlx[a-z]\d{5}z")


def page(css: str, body: str, *, other: str = "", mark: bool = True) -> str:
    first = SENTINEL if mark else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>t</title><style type="text/css">{first}{css}</style>'
        f"<style>{other}</style></head><body>{body}</body></html>"
    )


def run(html: str) -> str:
    return inline_css(html, place=PLACE, words=WORDS)


def test_only_the_marked_block_is_inlined_and_then_dropped() -> None:
    html = run(page("p { color: #123456 }", "<p>x</p>", other="p { color: red } @media print { p { color: blue } }"))
    assert '<p style="color:#123456">x</p>' in html
    assert SENTINEL not in html
    assert "@media print { p { color: blue } }" in html
    assert "data-premailer" not in html


def test_a_mail_without_own_rules_is_not_touched() -> None:
    html = page("p { color: red }", "<p>x", mark=False)
    assert run(html) == html


def test_marking_finds_inline_styles_only() -> None:
    mjml = "<mj-style>a{}</mj-style><mj-style inline='inline'>b{}</mj-style>"
    assert mark_inline_styles(mjml) == f"<mj-style>a{{}}</mj-style><mj-style inline='inline'>{SENTINEL}b{{}}</mj-style>"


def test_what_inlining_must_not_touch_stays() -> None:
    body = (
        "<!--[if mso | IE]><table><tr><td><![endif]--><p>a&nbsp;b \u200d 👩\u200d💻 nlxs00001z</p>"
        '<a href="https://example.com/ü?a=1&amp;b=2">x</a><img src="https://example.com/x.png" width="190" alt="">'
        "<!--nlxs00002z--><!--[if mso | IE]></td></tr></table><![endif]-->"
    )
    html = run(page("p { color: red } img { width: 100% }", body, other="a { color: red !important }"))
    assert "<!--[if mso | IE]><table><tr><td><![endif]-->" in html
    assert "<!--nlxs00002z-->" in html
    assert "a\u00a0b \u200d 👩\u200d💻 nlxs00001z" in html
    assert 'width="190"' in html
    assert "!important" in html


def test_what_only_outlook_does_not_see_may_be_written_anew() -> None:
    """The inliner writes <input /> as <input>, in what `<!--[if !mso]><!-->` shows to everybody else too."""
    html = run(page("p { color: red }", '<!--[if !mso | IE]><!--><p>x</p><input type="checkbox" /><!--<![endif]-->'))
    assert '<!--[if !mso | IE]><!--><p style="color:red">x</p><input type="checkbox"><!--<![endif]-->' in html


def test_nothing_is_fetched_even_where_the_inliner_would() -> None:
    """premailer fetches @import with allow_network=False; a listening socket would see it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        port = server.getsockname()[1]
        seen: list[object] = []

        def listen() -> None:
            try:
                connection, address = server.accept()
            except TimeoutError:
                return
            connection.close()
            seen.append(address)

        thread = threading.Thread(target=listen)
        thread.start()
        address = f"http://127.0.0.1:{port}/x.css"
        run(
            page("p { color: red }", f'<link rel="stylesheet" href="{address}"><p>x</p>', other=f"@import '{address}';")
        )
        inline._transform(page(f"@import url({address});", "<p>x</p>"))
        thread.join()
        assert seen == []


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda html: html.replace("text", "txt"), "the texts"),
        (lambda html: html.replace("https://example.com/a", "https://example.com/b"), "the links"),
        (lambda html: html.replace('width="190"', 'width="100%"'), "the widths of images"),
        (
            lambda html: html.replace("<!--[if mso]>x<![endif]-->", "<!--[if mso]> x<![endif]-->"),
            "the conditional comments",
        ),
        (lambda html: html.replace("<!DOCTYPE html>", ""), "the doctype"),
        (lambda html: html.replace("nlxs00001z", ""), "the islands"),
        (lambda html: html.replace("@media", "@medium"), "the number of media queries"),
    ],
)
def test_damage_done_by_the_inliner_is_an_error(damage: object, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guards are proven by breaking the one thing each of them watches."""
    assert callable(damage)
    monkeypatch.setattr(inline, "_transform", damage)
    body = (
        '<p>text</p><a href="https://example.com/a" title="nlxs00001z">l</a><img src="x.png" width="190">'
        "<!--[if mso]>x<![endif]-->"
    )
    with pytest.raises(RenderGuardError) as error:
        run(page("p { color: red }", body, other="@media print { p { color: red } }"))
    assert error.value.what == f"inlining the CSS changed {what}"
