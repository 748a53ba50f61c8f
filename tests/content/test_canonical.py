import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.canonical import canonical_url

PAGE = "https://example.org/news/harbour"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        "http://example.org/news/harbour",
        "https://www.example.org/news/harbour/",
        "HTTPS://WWW2.EXAMPLE.ORG/news/harbour",
        "https://example.org:443/news/harbour#comments",
        "https://example.org./news/harbour",
        "https://m.example.org/news/harbour",
        "https://mobile.example.org/news/harbour",
        "https://amp.example.org/news/harbour",
        "https://example.org/amp/news/harbour",
        "https://example.org/news/harbour/amp/",
        "https://example.org/news/harbour.amp",
        "https://example.org/news/harbour/amp.html",
        "https://example.org/news/harbour?amp",
        "https://example.org/news/harbour?amp=1&outputType=amp",
        "https://www.google.com/amp/s/www.example.org/news/harbour/amp",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/harbour?amp=1",
        "https://example-org.cdn.ampproject.org/v/s/example.org/news/harbour",
        "https://example.org/news/harbour/index.html",
        "https://example.org/news/h%61rbour",
        "https://example.org/news/harbour?utm_source=x&utm_medium=y&UTM_Campaign=z",
        "https://example.org/news/harbour?fbclid=1&gclid=2&mc_cid=3&mc_eid=4&msclkid=5&igshid=6",
        "https://example.org/news/harbour?_hsenc=1&mkt_tok=2&ref_src=twsrc&smid=tw-share&wpisrc=nl",
        "  https://example.org/news/harbour?at_medium=RSS ",
    ],
)
def test_the_spellings_of_one_page_have_one_address(url: str) -> None:
    assert canonical_url(url) == PAGE


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.org/", "https://example.org"),
        ("https://example.org/?page=2&id=1", "https://example.org?id=1&page=2"),
        ("https://example.org/a?id=", "https://example.org/a?id="),
        ("https://example.org/News", "https://example.org/News"),
        ("https://example.org:8080/a", "https://example.org:8080/a"),
        ("https://news.example.org/a", "https://news.example.org/a"),
        ("https://m.org/a", "https://m.org/a"),
        ("https://amp.dev/a", "https://amp.dev/a"),
        ("https://example.org/amplifier", "https://example.org/amplifier"),
        ("https://example.org/amp", "https://example.org"),
        ("https://example.org/a?amp=volts", "https://example.org/a?amp=volts"),
        ("https://example.org/a%2Fb", "https://example.org/a%2Fb"),
        ("https://example.org/caf%C3%A9", "https://example.org/café"),
        ("https://example.org/caf%e9", "https://example.org/caf%E9"),
        ("https://example.org/a?ref=nav", "https://example.org/a?ref=nav"),
        ("https://www.google.com/amp", "https://google.com"),
        ("", ""),
        ("not an address", ""),
        ("http://[broken", ""),
        ("http://example.org:99999/", ""),
    ],
)
def test_what_may_be_another_page_keeps_its_own(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(st.text(max_size=60).map(lambda tail: f"https://example.org/{tail}"))
def test_whatever_an_address_holds_its_canonical_form_is_its_own(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once or "%" in url or "amp" in url.lower()
