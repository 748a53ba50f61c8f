import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.store.database import Database, open_database
from newsletter.store.subscribers import Subscribers

NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    return NOW


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database("sqlite:///.newsletter/newsletter.db", root=tmp_path) as database:
        yield database


@pytest.fixture
def people(database: Database) -> Subscribers:
    return Subscribers(database)
