"""Looking at a database without changing it: no migration, no rights mended, nothing written."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.pool import NullPool

from newsletter.store.database import Database, add_functions, explain
from newsletter.store.migrate import revision_of
from newsletter.store.schema import HEAD

SQLITE_VERSION = sqlite3.sqlite_version
"""The SQLite that Python was built with."""

BUSY_SECONDS = 5
"""How long a look waits for another command's write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """A database file as it lies there: bytes with its write-ahead log, revision, and what `quick_check` complains of.

    `head` is the revision of this code. A file that is not there has no revision and no complaint.
    """

    file: Path
    exists: bool
    size: int = 0
    revision: str = ""
    head: str = HEAD
    complaints: tuple[str, ...] = ()


def database_file(url: str, root: Path) -> Path:
    """Return the file of `store.url`, relative to the project `root`."""
    return root / (make_url(url).database or "")


def loose_files(files: tuple[Path, ...]) -> tuple[tuple[Path, str], ...]:
    """Return those files that others than their owner may read or write, each with its mode, like `0644`."""
    modes = ((file, stat.S_IMODE(file.stat().st_mode)) for file in files if file.exists())
    return tuple((file, f"{mode:04o}") for file, mode in modes if mode & 0o077)


def inspect_database(url: str, root: Path) -> DatabaseState:
    """Read a database through, `PRAGMA quick_check` (SQLite), and say at which revision it is.

    Raises StoreError when it cannot be opened, or is no database.
    """
    file = database_file(url, root)
    if not file.exists():
        return DatabaseState(file=file, exists=False)
    with read_database(url, root) as database, database.read() as connection:
        rows = connection.exec_driver_sql("PRAGMA quick_check(10)").scalars().all()
        revision = revision_of(connection)
    size = sum(path.stat().st_size for path in (file, file.with_name(f"{file.name}-wal")) if path.exists())
    return DatabaseState(
        file=file,
        exists=True,
        size=size,
        revision=revision,
        complaints=tuple(str(row) for row in rows if row != "ok"),
    )


@contextmanager
def read_database(url: str, root: Path) -> Iterator[Database]:
    """Open a database that is there for reading only; raises StoreError."""
    file = database_file(url, root)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(file))}?mode=ro", uri=True, timeout=BUSY_SECONDS, check_same_thread=False
        )
        connection.isolation_level = None
        add_functions(connection)
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with closing(Database(engine, str(file), state_dir=root / ".newsletter")) as database:
        try:
            yield database
        except sqlite3.Error as exc:
            raise explain(exc, str(file)) from exc
