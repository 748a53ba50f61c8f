"""Looking at a database without touching it."""

import sqlite3
from pathlib import Path

import pytest

from newsletter.errors import StoreError
from newsletter.store.database import open_database
from newsletter.store.inspection import inspect_database, loose_files, read_database
from newsletter.store.schema import HEAD

URL = "sqlite:///.newsletter/newsletter.db"


def make(root: Path) -> Path:
    with open_database(URL, root=root):
        return root / ".newsletter" / "newsletter.db"


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    state = inspect_database(URL, tmp_path)
    assert (state.exists, state.revision, state.complaints) == (False, "", ())
    assert list(tmp_path.iterdir()) == []


def test_a_whole_database_says_its_revision_and_size(tmp_path: Path) -> None:
    file = make(tmp_path)
    state = inspect_database(URL, tmp_path)
    assert (state.file, state.exists, state.revision, state.head, state.complaints) == (file, True, HEAD, HEAD, ())
    assert state.size == file.stat().st_size


def test_looking_mends_neither_revision_nor_mode(tmp_path: Path) -> None:
    file = make(tmp_path)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    file.chmod(0o644)
    assert inspect_database(URL, tmp_path).revision == "0000"
    assert loose_files((file, tmp_path / "nothing")) == ((file, "0644"),)


def test_damage_is_found(tmp_path: Path) -> None:
    file = make(tmp_path)
    data = bytearray(file.read_bytes())
    # the pages of tables and indexes, not the first with the schema
    for start in range(8192, len(data), 4096):
        data[start : start + 64] = b"\xff" * 64
    file.write_bytes(data)
    try:
        complaints = inspect_database(URL, tmp_path).complaints
    except StoreError as error:
        complaints = (error.what,)
    assert complaints
    assert complaints[0] != "ok"


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = make(tmp_path)
    file.write_bytes(b"no database at all, but long enough to look at" * 100)
    with pytest.raises(StoreError, match="this file is no SQLite database"):
        inspect_database(URL, tmp_path)


def test_nothing_can_be_written_through_it(tmp_path: Path) -> None:
    make(tmp_path)
    with (
        read_database(URL, tmp_path) as database,
        pytest.raises(StoreError, match="the database cannot be written"),
        database.write() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM lists")
