"""One import: a CSV file into a list, in whole batches, with a report of every row that was not taken."""

import codecs
import csv
import datetime as dt
import io
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Self, TextIO

from newsletter.errors import IngestError
from newsletter.models import Place
from newsletter.store.doubts import doubt_about
from newsletter.store.export import safe_cell
from newsletter.store.importing import NewSubscriber, RefusedRow, read_rows
from newsletter.store.subscribers import Subscribers, check_list_name
from newsletter.store.taking import ImportOutcome, UpdateMode

BATCH = 5_000
"""Rows of one transaction: a killed import leaves whole batches, and is simply run again."""

SHOWN = 10
"""Rows named on the screen; the report has them all."""

REFUSED = "refused"
DUPLICATE = "duplicate"
_REASONS = {
    ImportOutcome.UNSUBSCRIBED: "unsubscribed, kept out",
    ImportOutcome.SUPPRESSED: "suppressed, kept out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaken:
    """A row that is not on the list after the import, or not because of this row."""

    line: int
    value: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did: rows counted by outcome, the first rows not taken, where the rest is written."""

    rows: int
    counts: Mapping[str, int]
    first: tuple[NotTaken, ...]
    encoding: str
    new_list: bool
    report: Path | None
    doubts: Mapping[str, int]

    @property
    def on_list(self) -> int:
        """How many people of the file are on the list now."""
        taken = (ImportOutcome.ADDED, ImportOutcome.JOINED, ImportOutcome.UPDATED, ImportOutcome.UNCHANGED)
        return sum(self.counts.get(outcome, 0) for outcome in taken)


def import_file(  # noqa: PLR0913 - the caller's options, all named
    people: Subscribers,
    file: Path,
    *,
    list_name: str,
    consent_source: str,
    report: Path,
    now: dt.datetime,
    consent_at: dt.datetime | None = None,
    update: UpdateMode = UpdateMode.MERGE,
    tags: tuple[str, ...] = (),
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ImportReport:
    """Take the people of a CSV file onto a list, which is made when it is not there.

    `progress` hears bytes read and bytes in all, once a batch. `report` is written only when a row was not taken or
    is doubtful. Memory does not grow with the file. Raises IngestError when the file cannot be read or has no column of
    addresses, StoreError when the database refuses; whole batches taken before stay, and the same import can be run
    again.
    """
    check_list_name(list_name)
    encoding = detect_encoding(file)
    with _open(file) as raw, io.TextIOWrapper(raw, encoding, newline="") as text, _Report(report) as out:
        size = os.fstat(raw.fileno()).st_size

        def take(rows: Sequence[NewSubscriber]) -> list[ImportOutcome]:
            outcomes = people.take(
                rows,
                list_name=list_name,
                consent_source=consent_source,
                consent_at=consent_at,
                update=update,
                now=now,
                write=not dry_run,
            )
            progress(raw.tell(), size)
            return outcomes

        with closing(_Intake(take, out, tags)) as intake:
            new_list = False
            try:
                for row in read_rows(text, file=str(file)):
                    if intake.rows == 0 and not dry_run:
                        # only now: a file without a column of addresses must not leave an empty list behind
                        new_list = people.ensure_list(list_name, now)
                    intake.add(row)
            except UnicodeDecodeError as exc:
                raise IngestError(
                    f"the file is neither UTF-8 nor Windows-1252 after row {intake.rows}",
                    place=Place(file=str(file)),
                    remedy="Save it as UTF-8 and import it again.",
                ) from exc
            intake.flush()
    if intake.rows == 0:
        raise IngestError("there is no row below the headings", place=Place(file=str(file)), remedy="Add people to it.")
    return ImportReport(
        rows=intake.rows,
        counts=dict(intake.counts),
        first=tuple(out.first),
        encoding=encoding,
        new_list=new_list,
        report=report if out.first or intake.doubts else None,
        doubts=dict(intake.doubts),
    )


class _Intake:
    """Rows on their way into the store: duplicates found, batches filled, outcomes counted."""

    def __init__(
        self,
        take: Callable[[Sequence[NewSubscriber]], list[ImportOutcome]],
        out: "_Report",
        tags: tuple[str, ...],
    ) -> None:
        self.rows = 0
        self.doubts: Counter[str] = Counter()
        self._tags = tags
        self.counts: Counter[str] = Counter()
        self._take = take
        self._out = out
        self._seen = _Seen()
        self._batch: list[NewSubscriber] = []

    def add(self, row: NewSubscriber | RefusedRow) -> None:
        self.rows += 1
        if isinstance(row, RefusedRow):
            self._leave_out(row, REFUSED)
        elif first := self._seen.first_line(row):
            reason = f"the same address as in line {first}"
            self._leave_out(RefusedRow(line=row.line, value=row.email, reason=reason), DUPLICATE)
        else:
            self._batch.append(replace(row, tags=tuple(dict.fromkeys(row.tags + self._tags))) if self._tags else row)
        if len(self._batch) == BATCH:
            self.flush()

    def flush(self) -> None:
        if self._batch:
            outcomes = self._take(self._batch)
            self.counts.update(outcomes)
            for row, outcome in zip(self._batch, outcomes, strict=True):
                if outcome in _REASONS:
                    self._out.add(NotTaken(line=row.line, value=row.email, outcome=outcome, reason=_REASONS[outcome]))
                elif doubt := doubt_about(row.email):
                    self.doubts[doubt.kind] += 1
                    self._out.warn(NotTaken(line=row.line, value=row.email, outcome="doubtful", reason=doubt.text))
            self._batch.clear()

    def close(self) -> None:
        self._seen.close()

    def _leave_out(self, row: RefusedRow, outcome: str) -> None:
        self.counts[outcome] += 1
        self._out.add(NotTaken(line=row.line, value=row.value, outcome=outcome, reason=row.reason))


def detect_encoding(file: Path) -> str:
    """Return how a file is encoded: UTF-16 by its mark, UTF-8 if every byte agrees, else Windows-1252.

    Reads the file once, in pieces. Raises IngestError when it cannot be read.
    """
    with _open(file) as raw:
        start = raw.read(4)
        if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        raw.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while piece := raw.read(1 << 20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _open(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as exc:
        raise IngestError(
            f"the file cannot be read: {exc.strerror}", place=Place(file=str(file)), remedy="Check its name and rights."
        ) from exc


class _Seen:
    """The addresses of this file so far, in a private temporary database on disk: a set would grow with the file."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=OFF")
        self._connection.execute("CREATE TABLE seen (email_key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._connection.execute("BEGIN")

    def first_line(self, row: NewSubscriber) -> int:
        """Return the line where the address came before; 0 the first time."""
        new = self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (row.key, row.line))
        if new.rowcount == 1:
            return 0
        found = self._connection.execute("SELECT line FROM seen WHERE email_key = ?", (row.key,)).fetchone()
        return int(found[0])

    def close(self) -> None:
        self._connection.close()


class _Report:
    """The report file, made when its first row comes; nobody but its owner may read it."""

    def __init__(self, path: Path) -> None:
        self.first: list[NotTaken] = []
        self._path = path
        self._file: TextIO | None = None

    def add(self, row: NotTaken) -> None:
        if len(self.first) < SHOWN:
            self.first.append(row)
        self.warn(row)

    def warn(self, row: NotTaken) -> None:
        """Write a row that is not counted among those left out."""
        if self._file is None:
            descriptor = self._create()
            self._file = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(["line", "value", "outcome", "reason"])
        csv.writer(self._file).writerow([row.line, safe_cell(row.value), row.outcome, safe_cell(row.reason)])

    def _create(self) -> int:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise IngestError(
                f"the report cannot be written: {exc.strerror}",
                place=Place(file=str(self._path)),
                remedy="Choose another place with --report FILE.",
            ) from exc

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
