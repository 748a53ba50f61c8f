"""What the frame shows differs from the mail in pictures, colour scheme and link targets, and in nothing else."""

import pytest

from newsletter.studio.variants import ALWAYS, NEVER, Scheme, has_dark_rules, in_scheme, links_outside, local_images

BASE = "https://weekly.example.com/tides"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f'<img src="{BASE}/images/a.jpg" alt="">', '<img src="/issues/tides/images/a.jpg?v=7" alt="">'),
        (
            f"<td style=\"background:url('{BASE}/images/deep/a.png')\">",
            "<td style=\"background:url('/issues/tides/images/deep/a.png?v=7')\">",
        ),
        (f'<img src="{BASE}-two/images/a.jpg">', f'<img src="{BASE}-two/images/a.jpg">'),
        (f"<p>{BASE}/images/a.jpg</p>", f"<p>{BASE}/images/a.jpg</p>"),
        ('<img src="https://elsewhere.example/images/a.jpg">', '<img src="https://elsewhere.example/images/a.jpg">'),
    ],
)
def test_only_pictures_of_the_issue_come_from_this_machine(html: str, expected: str) -> None:
    assert local_images(html, BASE, "/issues/tides", lambda _src: "7") == expected


def test_an_ampersand_in_the_site_address_is_found_as_html_writes_it() -> None:
    html = '<img src="https://a.example/x&amp;y/tides/images/a.jpg">'
    assert (
        local_images(html, "https://a.example/x&y/tides", "/issues/x", lambda src: src[-5:])
        == '<img src="/issues/x/images/a.jpg?v=a.jpg">'
    )


def test_the_version_is_asked_for_the_path_inside_the_issue() -> None:
    asked: list[str] = []

    def version(src: str) -> str:
        asked.append(src)
        return "1"

    local_images(f'<img src="{BASE}/images/a.jpg">', BASE, "/issues/tides", version)
    assert asked == ["images/a.jpg"]


@pytest.mark.parametrize(("scheme", "dark", "light"), [(Scheme.DARK, ALWAYS, NEVER), (Scheme.LIGHT, NEVER, ALWAYS)])
def test_rules_for_a_scheme_apply_whatever_the_browser_prefers(scheme: Scheme, dark: str, light: str) -> None:
    html = (
        '<meta name="color-scheme" content="light dark" />'
        "<style>:root { color-scheme: light dark; supported-color-schemes: light dark; }"
        "@media (prefers-color-scheme: dark) { a { color: red } }"
        "@media screen and ( PREFERS-color-scheme:light ) { a { color: blue } }</style>"
        '<source media="(prefers-color-scheme: dark)" srcset="x">'
        "<p>write (prefers-color-scheme: dark) into your CSS, or color-scheme: light dark</p>"
    )
    assert in_scheme(html, scheme) == (
        f'<meta name="color-scheme" content="{scheme}" />'
        f"<style>:root {{ color-scheme: {scheme}; supported-color-schemes: light dark; }}"
        f"@media {dark} {{ a {{ color: red }} }}"
        f"@media screen and {light} {{ a {{ color: blue }} }}</style>"
        f'<source media="{dark}" srcset="x">'
        "<p>write (prefers-color-scheme: dark) into your CSS, or color-scheme: light dark</p>"
    )


def test_a_mail_that_supports_one_scheme_keeps_it() -> None:
    html = "<style>:root { color-scheme: light; }</style>"
    assert in_scheme(html, Scheme.DARK) == html


def test_dark_rules_are_found_in_styles_only() -> None:
    assert has_dark_rules("<style>@media (prefers-color-scheme: dark) { a {} }</style>")
    assert not has_dark_rules("<style>a {}</style><p>(prefers-color-scheme: dark)</p>")
    assert not has_dark_rules("<style>@media (prefers-color-scheme: light) { a {} }</style>")


def test_links_open_outside() -> None:
    assert (
        links_outside('<head id="h"><title>x</title></head>')
        == '<head id="h"><base target="_blank"><title>x</title></head>'
    )
