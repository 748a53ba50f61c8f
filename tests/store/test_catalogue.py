"""The cache of the catalogue: it may be lost, damaged or out of reach at any time."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from newsletter.store.catalogue import CatalogueFile

ROWS = {f"issues/inbox/{number}.md": (f"{number}:1:1", "x" * 400) for number in range(300)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".newsletter" / "catalogue.db"


def test_what_is_kept_is_there_for_the_next_command(path: Path) -> None:
    assert CatalogueFile(path).load("articles") == {}
    assert not path.parent.exists()
    CatalogueFile(path).save("articles", ROWS, ())
    assert CatalogueFile(path).load("articles") == ROWS
    CatalogueFile(path).save("articles", {"a": ("2", "new")}, ROWS)
    CatalogueFile(path).save("articles", {"a": ("3", "newer")}, ["not there"])
    assert CatalogueFile(path).load("articles") == {"a": ("3", "newer")}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def damage_pages(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:-4096] = b"\x07" * (len(data) - 8192)
    path.write_bytes(data)


def other_tables(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE kept (other TEXT)")
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"no database at all" * 500),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        damage_pages,
        other_tables,
        lambda path: path.unlink(),
    ],
    ids=["rubbish", "empty", "cut off", "pages", "other tables", "deleted"],
)
def test_a_damaged_cache_is_made_anew_without_a_word(path: Path, damage, capfd: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    CatalogueFile(path).save("articles", ROWS, ())
    damage(path)
    assert CatalogueFile(path).load("articles") == {}
    CatalogueFile(path).save("articles", ROWS, ())
    assert CatalogueFile(path).load("articles") == ROWS
    damage(path)
    CatalogueFile(path).save("articles", {"a": ("1", "x")}, ())
    assert CatalogueFile(path).load("articles")["a"] == ("1", "x")
    assert capfd.readouterr() == ("", "")


def test_a_cache_that_another_command_writes_is_done_without_and_left_alone(path: Path) -> None:
    CatalogueFile(path).save("articles", ROWS, ())
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    assert CatalogueFile(path).load("articles") == {}
    other.rollback()
    other.close()
    assert CatalogueFile(path).load("articles") == ROWS


def test_where_nothing_can_be_written_nothing_is_kept_and_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    cache = CatalogueFile(tmp_path / "file" / ".newsletter" / "catalogue.db")
    cache.save("articles", ROWS, ())
    assert cache.load("articles") == {}
    folder = CatalogueFile(tmp_path)
    folder.save("articles", ROWS, ())
    assert folder.load("articles") == {}
    if os.geteuid():
        tmp_path.chmod(0o500)
        CatalogueFile(tmp_path / ".newsletter/catalogue.db").save("articles", ROWS, ())
        tmp_path.chmod(0o700)
        assert not (tmp_path / ".newsletter").exists()
