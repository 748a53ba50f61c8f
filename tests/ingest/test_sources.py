import io
from pathlib import Path

import pytest

from newsletter.errors import ContentError, IngestError
from newsletter.ingest.sniff import Kind
from newsletter.ingest.sources import Reading, read_sources
from newsletter.ingest.taken import Taken
from newsletter.web.fetch import Fetcher

TEXT = "A title\n\nA paragraph that is long enough to be running text, and says so.\n"


def read_all(source: str, data: bytes = b"", reading: Reading | None = None) -> list[Taken | IngestError]:
    return list(read_sources(source, io.BytesIO(data), Fetcher(), reading or Reading()))


def read(source: str, data: bytes = b"", reading: Reading | None = None) -> Taken:
    (result,) = read_all(source, data, reading)
    assert isinstance(result, Taken)
    return result


def write(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


def test_a_text_becomes_a_record_named_after_its_title(tmp_path: Path) -> None:
    taken = read(write(tmp_path, "dump.txt", TEXT.encode()))
    assert (taken.article.slug, taken.article.title, taken.notes) == ("a-title", "A title", ())


def test_standard_input_is_read_for_a_dash() -> None:
    assert read("-", TEXT.encode()).article.title == "A title"


@pytest.mark.parametrize(("name", "slug"), [("my-record.md", "my-record"), ("My Record.md", "x"), ("dump.txt", "x")])
def test_markdown_with_front_matter_is_taken_as_it_is(tmp_path: Path, name: str, slug: str) -> None:
    article = read(write(tmp_path, name, b"---\ntitle: X\nvia: Nordwire\n---\n*Body*\n")).article
    assert (article.slug, article.title, article.via, article.body) == (slug, "X", "Nordwire", "*Body*")


def test_windows_1252_is_read_with_a_note(tmp_path: Path) -> None:
    source = write(tmp_path, "old.txt", TEXT.replace("title", "t\u00eftle \u2013 \u201cx\u201d").encode("cp1252"))
    taken = read(source)
    assert taken.article.title == "A t\u00eftle \u2013 \u201cx\u201d"
    assert taken.notes == (
        f"{source} is not UTF-8 and was read as Windows-1252: look at its accents and quotation marks",
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marked_encodings_are_read_without_a_note(tmp_path: Path, encoding: str) -> None:
    taken = read(write(tmp_path, "x.txt", TEXT.replace("title", "tïtle").encode(encoding)))
    assert (taken.article.title, taken.notes) == ("A tïtle", ())


ONLY = "and only texts and web pages can be read"
COPY = "Copy the article's text into a .txt file, title first, and add that file."


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("missing.txt", "there is no file missing.txt\nCheck its name and folder."),
        ("a\x00b", "a\x00b cannot be read: embedded null byte\nCheck its name and rights."),
        (
            "ftp://example.org/x",
            "ftp://example.org/x is no address that can be fetched\nOnly http:// and https:// addresses can be.",
        ),
    ],
)
def test_what_cannot_be_read_says_why(source: str, message: str) -> None:
    with pytest.raises(IngestError) as caught:
        read(source)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"%PDF-1.7 ...", f"standard input is a PDF, {ONLY}\n{COPY}"),
        (b"\x89PNG\r\n\x1a\n", f"standard input is a picture, {ONLY}\n{COPY}"),
        (b"RIFF\x00\x00\x00\x00WEBP", f"standard input is a picture, {ONLY}\n{COPY}"),
        (
            b"PK\x03\x04\x00\x00",
            f"standard input is a word processor's file or an archive, {ONLY}\n{COPY}",
        ),
        (b"a\x00b", "standard input: this is no text file\nSave the article as plain text."),
        (b"title \x81\x8d", "standard input: this is no text file\nSave the article as plain text."),
        (b"\xff\xfea", "standard input: this is no text file\nSave the article as plain text."),
        (b"<!DOCTYPE html><p>x", f"no article was found in standard input\n{COPY}"),
        (b"x" * 5_242_881, "standard input is larger than 5 MiB\nSave the article alone."),
        (b"", "standard input: the text is empty\nCopy the whole article, title first."),
        (
            b"<?xml version='1.0'?>\n<rss version='2.0'></rss>",
            "standard input is a feed\nTake its entries with `newsletter article feed standard input`.",
        ),
    ],
)
def test_bytes_that_are_no_article_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(IngestError) as caught:
        read_all("-", data)
    assert str(caught.value) == message


def test_markdown_without_front_matter_has_its_heading_as_title_and_stays_as_it_is(tmp_path: Path) -> None:
    body = "By Jo Ek\n\nThe *first* paragraph is long enough to be running text, and says so.\n\n- one\n- two"
    article = read(write(tmp_path, "note.md", f"# A title #\n\n{body}\n".encode())).article
    assert (article.title, article.slug, article.author, article.body) == ("A title", "a-title", "Jo Ek", body)


def test_the_format_is_seen_in_the_bytes_unless_it_is_said() -> None:
    page = b"<html><title>T</title><h1>T</h1><p>" + b"Words of a page that are enough to be its text. " * 12
    assert read("-", page).article.title == "T"
    assert read("-", b'[{"title": "J"}]').article.title == "J"
    assert read("-", b"title;url\nC;https://example.org/c\n").article.url == "https://example.org/c"
    assert read("-", b"headline\nC\n", Reading(kind=Kind.CSV)).article.title == "C"
    assert read("-", TEXT.encode(), Reading(url="https://example.org/x")).article.url == "https://example.org/x"


def test_an_address_given_by_hand_has_to_be_one() -> None:
    with pytest.raises(IngestError) as caught:
        read("-", TEXT.encode(), Reading(url="example.org"))
    assert str(caught.value) == (
        "`--url` is no complete web address: 'example.org'\nWrite it from https:// on, as the browser shows it."
    )


def test_broken_front_matter_is_named_with_its_line() -> None:
    with pytest.raises(ContentError) as caught:
        read_all("-", b"---\ntitle: X\nfoo: y\n---\n")
    assert str(caught.value.place) == "standard input:3"


def test_a_folder_is_named_as_one(tmp_path: Path) -> None:
    with pytest.raises(IngestError) as caught:
        read(str(tmp_path))
    assert str(caught.value) == f"{tmp_path} is a folder\nName its files: `newsletter article add FOLDER/*.txt`."
