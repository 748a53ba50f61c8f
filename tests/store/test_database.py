import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from newsletter.errors import StoreError
from newsletter.store.database import Database, open_database
from newsletter.store.migrate import SCRIPTS
from newsletter.store.schema import HEAD, lists, metadata

URL = "sqlite:///.newsletter/newsletter.db"


def test_the_migrations_make_exactly_the_tables_of_the_schema(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert ScriptDirectory(str(SCRIPTS)).get_current_head() == HEAD


def test_file_and_folder_are_for_their_owner_alone(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / ".newsletter"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_a_file_others_may_read_is_closed_to_them(database: Database, tmp_path: Path) -> None:
    database.close()
    file = tmp_path / ".newsletter" / "newsletter.db"
    file.chmod(0o644)
    open_database(URL, root=tmp_path).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_every_connection_is_durable_and_checks_foreign_keys(database: Database) -> None:
    with database.read() as connection:
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert values == ["wal", 2, 1, 30_000]


def test_a_write_that_raises_changes_nothing(database: Database, now: object) -> None:
    def fail() -> None:
        with database.write() as connection:
            connection.execute(lists.insert().values(name="weekly", title="", created_at=now))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as connection:
        assert connection.execute(select(lists)).all() == []


def test_a_database_newer_than_the_code_is_left_alone(database: Database, tmp_path: Path) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError) as error:
        open_database(URL, root=tmp_path)
    assert str(error.value) == (
        f"{database.file}: the database was written by a newer version of newsletter (revision 9999)\n"
        "Update newsletter on this machine; an older one must not touch it."
    )


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("email\n" * 500)
    with pytest.raises(StoreError) as error:
        open_database("sqlite:///people.csv", root=tmp_path)
    assert error.value.what == "this file is no SQLite database"
    assert (tmp_path / "people.csv").read_text() == "email\n" * 500


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE cats (name)")
    other.close()
    with pytest.raises(StoreError) as error:
        open_database("sqlite:///other.db", root=tmp_path)
    assert error.value.what == "this database holds the tables of another program"


def test_a_full_disk_is_said_in_words(database: Database, now: object) -> None:
    def fill() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1")
            connection.execute(lists.insert().values(name="weekly", title="x" * 1_000_000, created_at=now))

    with pytest.raises(StoreError) as error:
        fill()
    assert error.value.what == "the disk is full: the last change was not written"


def test_a_damaged_database_is_said_in_words(database: Database, tmp_path: Path) -> None:
    database.close()
    file = tmp_path / ".newsletter" / "newsletter.db"
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    file.write_bytes(bytes(data))
    with pytest.raises(StoreError) as error:
        open_database(URL, root=tmp_path)
    assert error.value.what == "the database is damaged"


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / ".newsletter").write_text("a file")
    with pytest.raises(StoreError) as error:
        open_database(URL, root=tmp_path)
    assert error.value.what.startswith("the database cannot be opened: ")


def test_two_first_starts_at_once_both_find_the_tables(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys\n"
        "from newsletter.store.database import open_database\n"
        f"open_database({URL!r}, root=pathlib.Path(sys.argv[1])).close()\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stderr=subprocess.PIPE) for _ in range(2)]
    assert [(process.communicate()[1], process.returncode) for process in both] == [(b"", 0), (b"", 0)]
