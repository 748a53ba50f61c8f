"""Links: what is found, where, and what is left in peace."""

from collections.abc import Callable

import pytest

from newsletter.checks.base import Subject
from newsletter.checks.links.answers import links_to_probe
from newsletter.models import LinkResult, LinkVerdict

Lines = Callable[..., list[str]]
LAMP = "issues/tides/articles/lamp.md"


def test_a_link_in_a_text_is_found_at_its_line(lines_of: Lines) -> None:
    body = "The lamp burns.\n\nSee [the film](http://film.example.net/lamp).\n\nFor photos, [hier](https://f.example.net/)."
    assert lines_of(article={"body": body}) == [
        f"N404 warning {LAMP}:18: a link is called 'hier', which does not say where it leads",
        f"N403 info {LAMP}:16: a link is not encrypted: http://film.example.net/lamp",
    ]


def test_a_button_below_a_title_may_say_read_on_and_a_word_in_a_text_may_not(lines_of: Lines) -> None:
    button = '<p><a href="https://courier.example.com/lamp">Read on</a></p>'
    assert lines_of(html=button) == []
    assert lines_of(article={"body": "[Weiterlesen](https://courier.example.com/lamp)"}) == [
        f"N404 warning {LAMP}:14: a link is called 'Weiterlesen', which does not say where it leads"
    ]


@pytest.mark.parametrize(
    ("href", "line"),
    [
        ("#", "N406 error -: the link 'The lamp' has no address: #"),
        (
            "https://exa mple.com/",
            "N406 error -: the link 'The lamp' has an address with characters that no address has",
        ),
        ("https://-x.example/", "N406 error -: the link 'The lamp' has a host name that cannot exist"),
        ("https://https//example.com", "N406 error -: the link 'The lamp' has a host name that cannot exist"),
        ("http://[::1", "N406 error -: the link 'The lamp' has an address that cannot be read"),
        ("archive", "N407 error -: the link 'The lamp' is not complete: archive"),
        ("//example.com/x", "N407 error -: the link 'The lamp' is not complete: //example.com/x"),
        ("data:text/html,x", "N408 error -: the link 'The lamp' is a `data:` link, which mail programs remove"),
        ("file:///tmp/x", "N408 error -: the link 'The lamp' is a `file:` link, which mail programs remove"),
        (
            "https://localhost:8000/x",
            "N410 error -: a link leads to a host that readers cannot reach: https://localhost",
        ),
        ("mailto:", "N412 error -: mailto: leads to no mail address"),
    ],
)
def test_addresses_that_lead_nowhere(lines_of: Lines, href: str, line: str) -> None:
    (found,) = lines_of(html=f'<p><a href="{href}">The lamp</a></p>')
    assert found.startswith(line)


@pytest.mark.parametrize(
    "href",
    [
        *(
            "https://web.archive.org/web/2020/https://example.com/x",
            "https://xn--mnchen-3ya.de/",
            "https://a_b.example.com/",
        ),
        *("https://münchen.de/", "https://example.com:8443/x?a=1#b", "mailto:a@example.org,b@example.org"),
        *(
            "mailto:?to=a@example.org",
            "tel:+49-40-123",
            "sms:+4940123",
            "https://example.com./x",
            "MAILTO:a@example.org",
        ),
    ],
)
def test_addresses_that_are_unusual_and_right(lines_of: Lines, href: str) -> None:
    assert lines_of(html=f'<p><a href="{href}">The lamp and its keeper</a></p>') == []


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        *(("example.net", "https://www.example.net/x"), ("https://news.example.net/a", "https://example.net/b")),
        *(
            ("report.pdf", "https://example.net/report"),
            ("Node.js", "https://nodejs.org/"),
            ("e.g.", "https://a.example.net/"),
        ),
        ("ada@example.org", "mailto:ada@example.org"),
    ],
)
def test_a_text_that_only_looks_like_a_host_deceives_nobody(lines_of: Lines, text: str, opens: str) -> None:
    assert [line for line in lines_of(html=f'<p><a href="{opens}">{text}</a></p>') if "N415" in line] == []


def test_a_text_that_shows_another_host_is_named_with_both(lines_of: Lines) -> None:
    assert lines_of(html='<p><a href="https://pay.example.net/login">https://bank.example.org/login</a></p>') == [
        "N415 warning -: a link shows bank.example.org and opens pay.example.net"
    ]


def test_tracking_of_our_own_is_ours(lines_of: Lines) -> None:
    own = '<p><a href="https://weekly.example.com/a?utm_source=mail">The archive</a></p>'
    assert lines_of(html=own) == []
    (found,) = lines_of(article={"url": "https://courier.example.com/lamp?utm_source=rss&id=7"})
    assert found == (
        f"N411 info {LAMP}:3: a link carries the tracking of where it was found (utm_source): "
        "https://courier.example.com/lamp?utm_source=rss&id=7"
    )


def test_the_template_has_to_show_the_postal_address(lines_of: Lines) -> None:
    footer = (
        '<mj-section><mj-column><mj-text><a href="[[ unsubscribe_url ]]">Leave</a></mj-text></mj-column></mj-section>'
    )
    assert lines_of(files={"footer.mjml": footer}) == [
        "N402 warning templates/weekly/email.mjml: the template does not show the postal address"
    ]


def test_links_of_one_reader_are_never_asked_for(subject_of: Callable[..., Subject]) -> None:
    asked = links_to_probe(subject_of())
    assert "https://courier.example.com/lamp" in asked
    assert len(asked) == len(set(asked))
    assert not [url for url in asked if "/u/" in url or "/p/" in url or not url.startswith("https://")]


def test_answers_of_the_web_become_findings_at_the_record(lines_of: Lines) -> None:
    urls = {verdict: f"https://courier.example.com/{verdict.value}" for verdict in LinkVerdict}
    results = {url: LinkResult(url=url, verdict=verdict, reason="because") for verdict, url in urls.items()}
    body = "\n".join(f"[The {verdict.value} one]({url})" for verdict, url in urls.items())
    found = lines_of(article={"body": body}, facts={"links": results})
    line = {verdict: 14 + number for number, verdict in enumerate(LinkVerdict)}

    def said(name: str, severity: str, verdict: LinkVerdict, what: str) -> str:
        return f"{name} {severity} {LAMP}:{line[verdict]}: {what}: {urls[verdict]}: because"

    not_told = [urls[LinkVerdict.REFUSED], urls[LinkVerdict.SKIPPED]]
    assert found == [
        said("N420", "error", LinkVerdict.DEAD, "a link is dead"),
        said("N422", "error", LinkVerdict.PARKED, "a domain is parked or for sale"),
        said("N421", "warning", LinkVerdict.SOFT_404, "a page seems to be gone"),
        said("N423", "warning", LinkVerdict.CERTIFICATE, "browsers will warn of a link"),
        said("N425", "warning", LinkVerdict.TIMEOUT, "a link could not be opened"),
        said("N425", "warning", LinkVerdict.UNREACHABLE, "a link could not be opened"),
        said("N424", "info", LinkVerdict.MOVED, "a link leads elsewhere"),
        f"N426 info issues/tides/issue.md:7: 2 of 10 links could not be judged: {', '.join(not_told)}",
    ]


def test_a_linked_picture_without_alt_is_told_once(lines_of: Lines) -> None:
    picture = '<a href="https://courier.example.com/"><img src="https://a.example/logo.png" width="200"{}></a>'
    assert [line[:4] for line in lines_of(html=picture.format(""))] == ["N301"]
    assert [line[:4] for line in lines_of(html=picture.format(' alt=""'))] == ["N414"]
