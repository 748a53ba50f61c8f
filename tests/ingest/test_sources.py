import io
from pathlib import Path

import pytest

from newsletter.errors import ContentError, IngestError
from newsletter.ingest.sources import Taken, read_source

TEXT = "A title\n\nA paragraph that is long enough to be running text, and says so.\n"


def read(source: str, data: bytes = b"") -> Taken:
    return read_source(source, io.BytesIO(data))


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


SAVE = "Save the article's text as a .txt file and add that file."


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "https://example.org/page",
            f"https://example.org/page is a web address, and only files can be added\n{SAVE}",
        ),
        ("page.html", f"page.html is a web page, and only texts can be added\n{SAVE}"),
        ("articles.csv", f"articles.csv is a table, and only texts can be added\n{SAVE}"),
        ("missing.txt", "there is no file missing.txt\nCheck its name and folder."),
        ("a\x00b", "a\x00b cannot be read: embedded null byte\nCheck its name and rights."),
    ],
)
def test_what_cannot_be_added_yet_says_what_can(source: str, message: str) -> None:
    with pytest.raises(IngestError) as caught:
        read(source)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04\x00\x00", "standard input: this is no text file\nSave the article as plain text."),
        (b"title \x81\x8d", "standard input: this is no text file\nSave the article as plain text."),
        (b"\xff\xfea", "standard input: this is no text file\nSave the article as plain text."),
        (b"<!DOCTYPE html><p>x", f"standard input is a web page, and only texts can be added\n{SAVE}"),
        (b"x" * 4_194_305, "standard input is larger than 4 MiB\nSave the article alone."),
        (b"", "standard input: the text is empty\nCopy the whole article, title first."),
    ],
)
def test_bytes_that_are_no_article_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(IngestError) as caught:
        read("-", data)
    assert str(caught.value) == message


def test_broken_front_matter_is_named_with_its_line() -> None:
    with pytest.raises(ContentError) as caught:
        read("-", b"---\ntitle: X\nfoo: y\n---\n")
    assert str(caught.value.place) == "standard input:3"


def test_a_folder_is_named_as_one(tmp_path: Path) -> None:
    with pytest.raises(IngestError) as caught:
        read(str(tmp_path))
    assert str(caught.value) == f"{tmp_path} is a folder\nName its files: `newsletter article add FOLDER/*.txt`."
