"""A copy of the database that is whole, a check that finds damage, and honest numbers."""

import datetime as dt
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from newsletter.errors import ConflictError, StoreError
from newsletter.store.care import back_up, check_database, stats_of
from newsletter.store.database import Database, open_database
from newsletter.store.importing import NewSubscriber
from newsletter.store.subscribers import Subscribers


def test_a_backup_holds_one_moment_while_others_write(
    database: Database, people: Subscribers, join: Callable[..., None], now: dt.datetime, tmp_path: Path
) -> None:
    people.ensure_list("weekly", now)
    rows = [NewSubscriber(line=n, email=f"p{n}@example.org", attributes={"x": "y" * 2_000}) for n in range(6_000)]
    people.take(rows, list_name="weekly", consent_source="fair", now=now, write=True)
    heard: list[tuple[int, int]] = []

    def meanwhile(done: int, total: int) -> None:
        if not heard:
            join("late")
        heard.append((done, total))

    target = tmp_path / "copy.db"
    assert back_up(database, target, progress=meanwhile) == target.stat().st_size
    assert len(heard) > 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("copy")] == ["copy.db"]
    with open_database("sqlite:///copy.db", root=tmp_path) as copy:
        assert check_database(copy) == ()
        counts = stats_of(copy).rows
    assert counts["subscribers"] == counts["memberships"] == 6_001
    assert counts["consents"] == 6_000


def test_a_backup_overwrites_nothing_and_leaves_no_half(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")
    with pytest.raises(ConflictError, match="this file is there already"):
        back_up(database, target)
    assert target.read_text() == "mine"
    with pytest.raises(StoreError, match="the backup cannot be written: No such file or directory"):
        back_up(database, tmp_path / "nowhere" / "copy.db")


def test_a_sound_database_has_nothing_wrong_and_a_dangling_row_is_named(
    database: Database, join: Callable[..., None]
) -> None:
    join("ada")
    assert check_database(database) == ()
    with sqlite3.connect(database.file) as other:
        other.execute("DELETE FROM lists")
    other.close()
    assert check_database(database) == ("row 1 of memberships points at a row of lists that is not there",)


def test_the_numbers_are_those_of_the_tables(database: Database, join: Callable[..., None]) -> None:
    join("ada", "ben")
    stats = stats_of(database)
    assert (stats.rows["subscribers"], stats.rows["lists"], stats.rows["suppressions"]) == (2, 1, 0)
    assert stats.size + stats.log_size > 0
    with database.read() as connection:
        assert stats.revision == connection.scalar(text("SELECT version_num FROM alembic_version"))
