"""The subscribers that a check looks at are the awkward ones, whoever else is on the lists."""

import datetime as dt

from sqlalchemy import insert

from newsletter.store.awkward import awkward_subscribers
from newsletter.store.database import Database
from newsletter.store.schema import subscribers


def add(database: Database, people: dict[str, str], now: dt.datetime) -> None:
    same = {"attributes": {}, "tags": [], "status": "active", "created_at": now}
    rows = [{"email": email, "email_key": email, "name": name, **same} for email, name in people.items()]
    with database.write() as connection:
        connection.execute(insert(subscribers), rows)


def test_the_awkward_are_found_among_many(database: Database, now: dt.datetime) -> None:
    usual = {f"p{number:03}@example.org": "Ada Byron" for number in range(100)}
    odd = {
        "long@example.org": "Maximiliane " * 9,
        "none@example.org": "",
        "markup@example.org": "<b>Bob</b>",
        f"{'x' * 60}@example.org": "Ada Byron",
        "o@example.org": "O",
    }
    add(database, {**usual, **odd}, now)
    found = [each.email for each in awkward_subscribers(database)]
    assert set(odd) <= set(found)
    assert len(found) <= 20


def test_nobody_is_no_error(database: Database) -> None:
    assert awkward_subscribers(database) == ()
