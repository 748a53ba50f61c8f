import datetime as dt
from pathlib import Path

import pytest

from newsletter.errors import IngestError
from newsletter.ingest.feed import Feed, parse_feed, read_feed
from newsletter.ingest.memory import MAX_SEEN, FeedMemory, format_memory, read_memory
from newsletter.ingest.taken import Taken
from newsletter.models import Article, Image
from newsletter.web.fetch import Fetcher

FEEDS = Path(__file__).parent / "feeds"


def feed(name: str, since: dt.date | None = None) -> Feed:
    return parse_feed((FEEDS / name).read_bytes(), url="https://feeds.example/x", file=name, since=since)


def articles(found: Feed) -> list[Article]:
    return [entry.result.article for entry in found.entries if isinstance(entry.result, Taken)]


def test_an_rss_2_feed_becomes_records_with_complete_links_and_markdown() -> None:
    found = feed("rss2.xml")
    first = articles(found)[0]
    assert (first.title, first.url, first.author) == (
        "Herring & chips return",
        "https://quay.example/2026/herring",
        "Ewa Lund",
    )
    assert (first.source, str(first.published)) == ("Quay News", "2026-11-20")
    assert first.summary == "The stall at pier 3 opens again.…"
    assert first.body == (
        "The stall at [pier 3](https://quay.example/pier-3) opens again.\n\n## Prices\n\n- small: 4\n- big: 6"
    )
    assert first.image == Image(src="https://quay.example/img/stall.jpg", alt="A blue stall")
    assert found.entries[0].id == "quay-301"
    assert found.notes == ()


def test_an_entry_that_cannot_be_used_stands_beside_the_others_and_a_wrong_date_is_noted() -> None:
    found = feed("rss2.xml")
    second, third, fourth = (entry.result for entry in found.entries[1:])
    assert isinstance(second, Taken)
    assert second.notes == ("Tide table for December: 'sometime soon' is no date, so the record has none",)
    assert (second.article.summary, second.article.body) == (
        "High water on the first at 6.12.",
        "High water on the first at **6.12**.",
    )
    assert second.article.image == Image(src="https://quay.example/img/tides.jpg")
    assert str(third) == "rss2.xml: entry 3 has neither a title nor a text"
    assert isinstance(fourth, Taken)
    assert fourth.article.author == "Jo Ek"


def test_an_atom_feed_becomes_records_with_links_by_its_base() -> None:
    first, second = articles(feed("atom.xml"))
    assert (first.title, first.url) == ("Snow, at last", "https://hill.example/blog/2026/snow.html")
    assert (str(first.published), first.summary, first.author) == ("2026-11-18", "First snow on the hill.", "Ida Moor")
    assert first.body == (
        "First snow on the hill, and [all paths](https://hill.example/maps) are white.\n\n> Slow down."
    )
    assert first.image == Image(src="https://hill.example/blog/pics/snow.png")
    assert (second.title, second.published, second.body) == ("No date, no text", None, "")


def test_an_rss_1_feed_becomes_records() -> None:
    (article,) = articles(feed("rss1.rdf"))
    assert (article.title, article.url) == ("Karte von 1702 gefunden", "https://archiv.example/karte")
    assert (article.summary, article.body) == ("Ein Blatt, größer als der Tisch.", "")
    assert (str(article.published), article.author, article.source) == ("2026-09-30", "Ole Brandt", "Archiv Nord")


def test_older_entries_are_left_out_and_those_without_a_date_are_not() -> None:
    titles = [article.title for article in articles(feed("rss2.xml", since=dt.date(2026, 11, 10)))]
    assert titles == ["Herring & chips return", "Tide table for December"]


def test_a_broken_feed_is_read_as_far_as_it_can_be_with_a_note() -> None:
    data = (
        (FEEDS / "rss2.xml")
        .read_bytes()
        .replace(b"<item><description></description></item>", b"<item><title>A & B</title>")
    )
    found = parse_feed(data[:-80], url="https://feeds.example/x", file="rss2.xml")
    assert [article.title for article in articles(found)][:3] == [
        "Herring & chips return",
        "Tide table for December",
        "A & B",
    ]
    assert len(found.notes) == 1
    assert found.notes[0].startswith("rss2.xml is broken (line ")
    assert found.notes[0].endswith("entries could be read")


@pytest.mark.parametrize("data", [b"<html><title>x</title></html>", b"", b"just text", b"<?xml version='1.0'?><x/>"])
def test_what_is_no_feed_is_refused(data: bytes) -> None:
    with pytest.raises(IngestError) as caught:
        parse_feed(data, url="https://feeds.example/x", file="page")
    assert str(caught.value) == (
        "page is no feed\nLook for the address of the page's RSS or Atom feed; pages go to `newsletter article add`."
    )


def test_a_feed_never_reads_a_file_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET")
    data = f"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>
    <rss version="2.0"><channel><title>T</title><item><title>a &x; b</title></item></channel></rss>"""
    assert "SECRET" not in str(parse_feed(data.encode(), url="https://feeds.example/x", file="f"))


def test_a_saved_feed_is_read_from_its_file(tmp_path: Path) -> None:
    assert read_feed(str(FEEDS / "atom.xml"), Fetcher()).title == "Hill Diary"
    with pytest.raises(IngestError) as caught:
        read_feed(str(tmp_path / "no.xml"), Fetcher())
    assert str(caught.value) == f"there is no file {tmp_path}/no.xml\nCheck its name and folder."


def test_the_memory_of_feeds_survives_and_keeps_the_newest_ids() -> None:
    memory = FeedMemory(etag='"x"', modified="Mon")
    memory.remember(f"id{number}" for number in range(MAX_SEEN + 5))
    memory.remember(["id7"])
    again = read_memory(format_memory({"https://a.example/": memory}))["https://a.example/"]
    assert again == memory
    assert (len(again.seen), again.seen[-1], "id4" in again.seen) == (MAX_SEEN, "id7", False)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"feeds": 3}', b'{"feeds": {"x": 1}}', b"\xff"])
def test_a_damaged_memory_is_forgotten(data: bytes) -> None:
    assert read_memory(data) == {}
