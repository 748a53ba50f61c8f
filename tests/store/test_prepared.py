import datetime as dt

import pytest
from sqlalchemy import insert, select, update

from newsletter.errors import StoreError
from newsletter.store.database import Database
from newsletter.store.prepared import Prepared, given
from newsletter.store.schema import UtcDateTime, lists

ADD = Prepared(
    insert(lists).values(name=given("name"), title=given("title"), created_at=given("now", UtcDateTime())),
)


def titles(database: Database) -> dict[str, tuple[str, dt.datetime]]:
    with database.read() as connection:
        return {row.name: (row.title, row.created_at) for row in connection.execute(select(lists))}


def test_what_a_prepared_statement_writes_is_what_sqlalchemy_reads(database: Database, now: dt.datetime) -> None:
    berlin = now.astimezone(dt.timezone(dt.timedelta(hours=1)))
    with database.write_quickly() as connection:
        rows = [{"name": "weekly", "title": "The Weekly"}, {"name": "press", "title": "Press"}]
        assert ADD.many(connection, rows, now=berlin) == 2
    assert titles(database) == {"weekly": ("The Weekly", now), "press": ("Press", now)}


def test_constants_of_the_statement_stay_and_a_list_is_one_of_them(database: Database, now: dt.datetime) -> None:
    rename = Prepared(update(lists).where(lists.c.name.in_(["weekly", "daily"])).values(title=given("title")))
    with database.write_quickly() as connection:
        ADD.many(connection, [{"name": name, "title": ""} for name in ("weekly", "daily", "press")], now=now)
        assert rename.one(connection, title="News").rowcount == 2
    assert {name: title for name, (title, _) in titles(database).items()} == {
        "weekly": "News",
        "daily": "News",
        "press": "",
    }


def test_a_quick_write_that_raises_changes_nothing_and_the_next_one_works(database: Database, now: dt.datetime) -> None:
    row = {"name": "weekly", "title": ""}
    with pytest.raises(StoreError, match="UNIQUE constraint failed"):  # noqa: SIM117
        with database.write_quickly() as connection:
            ADD.many(connection, [row, row], now=now)
    assert titles(database) == {}
    with database.write_quickly() as connection:
        ADD.one(connection, **row, now=now)
    assert list(titles(database)) == ["weekly"]
