"""Opening the database: rights, pragmas, transactions, and what each of SQLite's errors means to a person."""

import datetime as dt
import hashlib
import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from newsletter.errors import StoreError
from newsletter.models import Place
from newsletter.store.migrate import migrate, revision_of
from newsletter.store.schema import HEAD

BUSY_SECONDS = 30
"""How long a transaction waits for another process's; ours are all short."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # FULL, not NORMAL: a claim that a power cut takes back would be sent again
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32000",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    # what is deleted is overwritten: a person who wants to be forgotten must not stay readable in the file
    "PRAGMA secure_delete=ON",
)

_SENTENCES = {
    sqlite3.SQLITE_BUSY: (
        f"the database was held by another process for more than {BUSY_SECONDS} seconds",
        "Let the other command finish and run this one again.",
    ),
    sqlite3.SQLITE_LOCKED: (
        "the database is held by another connection",
        "Let the other command finish and run this one again.",
    ),
    sqlite3.SQLITE_READONLY: (
        "the database cannot be written: the file or its folder is read-only",
        "Give yourself the right to write both (chmod u+w), or run as their owner.",
    ),
    sqlite3.SQLITE_FULL: (
        "the disk is full: the last change was not written",
        "Make room on that disk and run the command again; nothing that was committed is lost.",
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk reported an error while the database was read or written",
        "Check the disk and its free space, then run the command again.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "the database cannot be opened: its folder cannot be entered or written",
        "Check the folder's rights and `store.url` in newsletter.toml.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "this file is no SQLite database",
        "Check `store.url` in newsletter.toml, or put the right file back from a backup.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "the database is damaged",
        "Put it back from a backup; `sqlite3 FILE .recover` saves what can be read.",
    ),
}


def explain(error: BaseException | None, file: str) -> StoreError:
    """Turn a driver's error into the sentence a person needs, with the file it is about."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    what, remedy = _SENTENCES.get(code, (f"the database refused: {error}", "Run `newsletter db upgrade`."))
    return StoreError(what, place=Place(file=file), remedy=remedy)


class Database:
    """An open database. One transaction at a time and thread; use it as a context manager or call `close`."""

    def __init__(self, engine: Engine, file: str, *, state_dir: Path) -> None:
        self._engine = engine
        self.file = file
        self.state_dir = state_dir
        """The project's folder of what is no content; the signing keys are there."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database until the block ends.

        Raises StoreError for whatever the database refuses.
        """
        with self._guard(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose changes are all committed, durably, when the block ends, or none when it raises.

        The write lock is taken at the start (BEGIN IMMEDIATE): what is read inside cannot change before the commit.
        Raises StoreError for whatever the database refuses.
        """
        with self._guard(), self._engine.connect() as connection:
            connection.execution_options(write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def write_quickly(self) -> Iterator[sqlite3.Connection]:
        """Do what `write` does with the driver's own connection: for what runs again and again for a few rows each.

        Raises StoreError for whatever the database refuses.
        """
        with self._guard():
            pooled = self._engine.raw_connection()
            try:
                connection = pooled.driver_connection
                assert isinstance(connection, sqlite3.Connection)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    connection.rollback()
                    raise
            finally:
                pooled.close()

    def upgrade(self) -> tuple[str, str]:
        """Bring the tables to the revision of this code; return the revisions before and after (before: "" if new).

        Raises StoreError when the database was written by a newer version.
        """
        with self.read() as connection:
            before = revision_of(connection)
        if before == HEAD:
            return before, HEAD
        with self.write() as connection:
            before = revision_of(connection)
            migrate(connection, self.file)
        return before, HEAD

    def fold_log(self) -> None:
        """Write the write-ahead log into the file and empty it, as far as nobody is reading: old pages go with it."""
        with self._guard(), self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None, "a connection of the pool is open"
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection; SQLite then folds its write-ahead log into the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            raise explain(error.orig, self.file) from error
        except sqlite3.Error as error:
            raise explain(error, self.file) from error


def open_database(url: str, *, root: Path) -> Database:
    """Open the database of `store.url`, relative to the project `root`; make and migrate it when needed.

    The file gets the mode 0600 and a new folder 0700, because it holds people's addresses. Raises StoreError.
    """
    path = root / (make_url(url).database or "")
    _protect(path)
    engine = create_engine(
        make_url(url).set(database=str(path)),
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
        connect_args={"timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    database = Database(engine, str(path), state_dir=root / ".newsletter")
    try:
        database.upgrade()
    except BaseException:
        database.close()
        raise
    return database


def utc_now() -> dt.datetime:
    """Read the wall clock; for records only, never for deciding whether a worker lives or a rate is kept."""
    return dt.datetime.now(dt.UTC)


def _protect(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)
    except OSError as exc:
        raise StoreError(
            f"the database cannot be opened: {exc.strerror}",
            place=Place(file=str(path)),
            remedy="Check the rights of the file and its folder, and `store.url` in newsletter.toml.",
        ) from exc


def _on_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # the driver must not begin transactions by itself: they are begun in _on_begin, with the lock they need
    connection.isolation_level = None
    add_functions(connection)
    try:
        with closing(connection.cursor()) as cursor:
            for pragma in _PRAGMAS:
                cursor.execute(pragma)
    except sqlite3.Error:
        # the pool never hears of a connection whose beginning fails, so nobody else closes it
        connection.close()
        raise


def add_functions(connection: sqlite3.Connection | DBAPIConnection) -> None:
    """Give a connection the functions that statements of the store call: `sha256_hex`, for `store.suppressions`."""
    connection.create_function("sha256_hex", 1, sha256_hex, deterministic=True)


def sha256_hex(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal; statements call it by the same name."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _on_begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
