"""Looking after the database file: a consistent copy while it is in use, a check, and what is in it."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text

from newsletter.errors import ConflictError, StoreError
from newsletter.models import Place
from newsletter.store.database import Database
from newsletter.store.migrate import revision_of
from newsletter.store.schema import metadata

PAGES = 2_000
"""Pages copied at a time: a writer waits for one step of the copy at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStats:
    """A database in numbers: bytes of the file and of its write-ahead log, the revision, rows by table."""

    file: str
    size: int
    log_size: int
    revision: str
    rows: dict[str, int]


def back_up(
    database: Database, target: Path, *, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> int:
    """Copy the database as it is at one moment into a new file, mode 0600, and return its size in bytes.

    Others may read and write meanwhile: SQLite's backup API starts again by itself when they do. `progress` hears
    pages done and in all. Half a copy is never left under that name. Raises ConflictError when the file is there
    already, StoreError when it cannot be written.
    """
    place = Place(file=str(target))
    if target.exists():
        raise ConflictError("this file is there already", place=place, remedy="Choose another name, or delete it.")
    half = target.with_name(f"{target.name}.part")
    try:
        os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(database.file)) as source, closing(sqlite3.connect(half)) as copy:
            source.backup(copy, pages=PAGES, progress=lambda _status, left, total: progress(total - left, total))
            # a backup is one file: nothing of it may stand in a log beside it
            copy.execute("PRAGMA journal_mode=DELETE")
        _sync(half)
        half.rename(target)
    except (OSError, sqlite3.Error) as exc:
        half.unlink(missing_ok=True)
        why = exc.strerror if isinstance(exc, OSError) else exc
        raise StoreError(
            f"the backup cannot be written: {why}",
            place=place,
            remedy="Check the folder, its rights and the room on the disk.",
        ) from exc
    return target.stat().st_size


def check_database(database: Database) -> tuple[str, ...]:
    """Return what is wrong with the file, a sentence each: damaged pages, rows that point at nothing."""
    with database.read() as connection:
        found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(20)"))]
        wrong = [sentence for sentence in found if sentence != "ok"]
        for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
            wrong.append(f"row {row} of {table} points at a row of {parent} that is not there")
    return tuple(wrong)


def stats_of(database: Database) -> DatabaseStats:
    """Count the rows of every table, and the bytes of the files."""
    log = Path(f"{database.file}-wal")
    with database.read() as connection:
        rows = {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }
        revision = revision_of(connection)
    return DatabaseStats(
        file=database.file,
        size=Path(database.file).stat().st_size,
        log_size=log.stat().st_size if log.exists() else 0,
        revision=revision,
        rows=rows,
    )


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
