"""What was learnt of the project's files, kept between two commands in a SQLite file of its own.

Nothing here is worth a message: whatever is wrong with the file, it is made anew, or done without where nothing can be
written. One table needs no migrations: the standard library's driver is enough.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_TABLE = (
    "CREATE TABLE IF NOT EXISTS kept (kind TEXT, path TEXT, stamp TEXT NOT NULL, entry TEXT NOT NULL, "
    "PRIMARY KEY (kind, path)) WITHOUT ROWID"
)

_BUSY_SECONDS = 2
"""How long another command's write is waited for; after that this one's work is done again some other time."""


class CatalogueFile:
    """A cache in `path`; its folder is made, for its owner only, when there is something to keep."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, kind: str) -> Mapping[str, tuple[str, str]]:
        """Return stamp and entry of every file of a kind; nothing when the cache is missing, damaged or unreadable."""
        if not self._path.exists():
            return {}
        try:
            with self._open() as connection:
                rows = connection.execute("SELECT path, stamp, entry FROM kept WHERE kind = ?", (kind,)).fetchall()
        except sqlite3.DatabaseError as error:
            if _useless(error):
                self._drop()
            return {}
        return {path: (stamp, entry) for path, stamp, entry in rows}

    def save(self, kind: str, changed: Mapping[str, tuple[str, str]], removed: Iterable[str]) -> None:
        """Keep the changed ones of a kind and forget the removed; do nothing where nothing can be written."""
        rows = [(kind, path, *kept) for path, kept in changed.items()]
        gone = [(kind, path) for path in removed]
        with contextlib.suppress(OSError, sqlite3.DatabaseError):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            try:
                self._write(rows, gone)
            except sqlite3.DatabaseError as error:
                if not _useless(error):
                    raise
                self._drop()
                self._write(rows, gone)

    def _write(self, rows: list[tuple[str, str, str, str]], gone: list[tuple[str, str]]) -> None:
        with self._open() as connection:
            # what a power cut damages is read from the files again
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute(_TABLE)
            with connection:
                connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)
                connection.executemany("DELETE FROM kept WHERE kind = ? AND path = ?", gone)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
        try:
            yield connection
        finally:
            connection.close()

    def _drop(self) -> None:
        for path in (self._path, self._path.with_name(f"{self._path.name}-journal")):
            with contextlib.suppress(OSError):
                path.unlink()


def _useless(error: sqlite3.DatabaseError) -> bool:
    """Say whether the file is damaged or holds something else; else it is only out of reach for now."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    return code in {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
