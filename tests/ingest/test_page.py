import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from newsletter.content.article import format_article, parse_article
from newsletter.errors import IngestError
from newsletter.ingest.charset import decode_page
from newsletter.ingest.page import parse_page
from newsletter.ingest.taken import Taken

PAGES = Path(__file__).parent / "pages"
LEVEL = 154
"""Fields of the labelled pages that come out right; raise it when extraction gets better, never lower it."""

LONG = "".join(
    f"<p>Paragraph {word} says that the council voted, after a long evening, to keep the old paper map of sewers.</p>"
    for word in ("one", "two", "three", "four", "five")
)


def take(html: str, url: str = "https://example.org/news/map") -> Taken:
    return parse_page(html, url=url, file="page.html")


def saved(name: str) -> Taken:
    text, notes = decode_page((PAGES / f"{name}.html").read_bytes(), name=name)
    taken = parse_page(text, url="", file=name)
    return Taken(article=taken.article, notes=(*notes, *taken.notes))


def test_extraction_does_not_sink_below_its_measured_level() -> None:
    spec = importlib.util.spec_from_file_location("extraction", PAGES.parents[2] / "benchmarks/extraction.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    wrong = [f"{name}: {field}: {value}" for name, field, fine, value in module.judge() if not fine]
    counts = Counter(fine for _, _, fine, _ in module.judge())
    assert counts[True] >= LEVEL, wrong


@pytest.mark.parametrize("path", sorted(path.stem for path in PAGES.glob("*.html") if path.stem != "not-found"))
def test_the_record_of_every_page_is_one_that_the_project_can_keep(path: str) -> None:
    article = saved(path).article
    again = parse_article(format_article(article), slug=article.slug, file="x")
    assert (again.title, again.body, again.evidence) == (article.title, article.body, article.evidence)


def test_the_record_says_where_each_field_was_stated() -> None:
    article = saved("german").article
    assert dict(article.evidence) == {
        "title": "opengraph",
        "url": "opengraph",
        "summary": "opengraph",
        "author": "html",
        "source": "opengraph",
        "image": "opengraph",
        "published": "meta",
        "body": "text",
    }


def test_json_ld_counts_before_open_graph_and_meta() -> None:
    article = take(
        f"""<title>D</title><meta property="og:title" content="B"><meta name="author" content="B B"><h1>C</h1>{LONG}
        <script type="application/ld+json">{{"@type": "Article", "headline": "A", "author": "Ann Arm"}}</script>"""
    ).article
    assert (article.title, article.author) == ("A", "Ann Arm")


@pytest.mark.parametrize(
    "script", ["{", "[1, 2", '{"@graph": 5}', "[" * 3000, '{"@type": "Article", "name": 7}', "null"]
)
def test_broken_json_ld_is_passed_over(script: str) -> None:
    html = f'<script type="application/ld+json">{script}</script><h1>A title</h1>{LONG}'
    assert take(html).article.title == "A title"


def test_a_page_declared_in_the_wrong_encoding_is_read_by_its_bytes_with_a_note() -> None:
    taken = saved("windows-1252")
    assert taken.article.title == "Le café du port rouvre après l\u2019été"
    assert taken.notes == (
        "windows-1252 is cp1252 though the page says utf-8: look at its accents and quotation marks",
    )


@pytest.mark.parametrize(
    ("data", "header", "text"),
    [
        ("é\u2013".encode(), "text/html; charset=iso-8859-1", "é\u2013"),
        ("é\u2013".encode("cp1252"), "text/html; charset=iso-8859-1", "é\u2013"),
        ("é".encode("cp1252"), "text/html; charset=utf-8", "é"),
        ("<meta charset=shift_jis>港".encode("cp932"), "", "<meta charset=shift_jis>港"),
        ("港".encode("euc_jp"), "text/html; charset=EUC-JP", "港"),
        ("\ufeffé".encode("utf-16-le"), "text/html", "é"),
        (b"plain", "text/html; charset=nonsense", "plain"),
    ],
)
def test_bytes_are_read_by_mark_then_utf_8_then_header_then_page(data: bytes, header: str, text: str) -> None:
    assert decode_page(data, header)[0] == text


def test_a_teaser_is_taken_with_a_note() -> None:
    assert saved("paywall").notes == ("paywall has only 41 words of text: it may be a teaser before a paywall",)


ERROR = "Open the address in a browser; if the article is there, save the page and add that file."
NONE = "no article was found in page.html\nCopy the article's text into a .txt file, title first, and add that file."


@pytest.mark.parametrize(
    ("html", "message"),
    [
        (
            (PAGES / "not-found.html").read_text(),
            f"page.html is an error page, not an article: 'Page not found - Tidewater Courier'\n{ERROR}",
        ),
        ("<title>Just a moment...</title>", f"page.html is an error page, not an article: 'Just a moment...'\n{ERROR}"),
        ("<title>Error 404</title><p>Gone.", f"page.html is an error page, not an article: 'Error 404'\n{ERROR}"),
        ("<title>App</title><div id=root></div><script>boot()</script>", NONE),
        ("", NONE),
    ],
)
def test_a_page_without_an_article_is_refused(html: str, message: str) -> None:
    with pytest.raises(IngestError) as caught:
        take(html)
    assert str(caught.value) == message


def test_an_article_about_a_number_is_no_error_page() -> None:
    assert take(f"<title>Flight 404 lands</title><h1>Flight 404 lands</h1>{LONG}").article.title == "Flight 404 lands"


def test_a_date_that_is_none_is_noted_and_the_next_statement_counts() -> None:
    taken = take(
        f"""<meta property="article:published_time" content="31/31/2026"><meta name="date" content="2026-02-03">
        <h1>A title</h1>{LONG}"""
    )
    assert str(taken.article.published) == "2026-02-03"
    assert taken.notes == ("the page gives its date as '31/31/2026', which is no date",)


def test_a_canonical_address_of_the_front_page_or_of_no_page_is_not_believed() -> None:
    for canonical in ("https://example.org/", "javascript:x", "https://example.org/a b"):
        article = take(f'<link rel="canonical" href="{canonical}"><h1>A title</h1>{LONG}').article
        assert (article.url, article.evidence["url"]) == ("https://example.org/news/map", "address")


def test_text_that_looks_like_marks_stays_text_and_dangerous_links_lose_their_address() -> None:
    body = take(
        f"""<h1>A title</h1>{LONG}<p>Write [[ name ]] and {{{{ x }}}} or &lt;script&gt; or 5 * 3 * 2, he
        <a href="javascript:alert(1)">said</a> to <a href="/x(1)">somebody who listened for a long while</a>.</p>"""
    ).article.body
    assert body.split("\n\n")[-1] == (
        "Write [[ name ]] and {{ x }} or \\<script> or 5 \\* 3 \\* 2, he said to "
        "[somebody who listened for a long while](https://example.org/x%281%29)."
    )


def test_a_logo_is_no_lead_picture() -> None:
    html = f'<meta property="og:image" content="/img/site-logo.png"><h1>A title</h1>{LONG}'
    assert take(html).article.image is None


def test_a_deeply_nested_page_is_read() -> None:
    assert "council" in take(f"<h1>A title</h1>{'<div>' * 150}{LONG}").article.body
