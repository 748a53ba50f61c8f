"""Suppressions as CSV, out and in: value, kind, reason, note, created_at."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from newsletter.content.dates import typed_time
from newsletter.errors import IngestError, UsageError
from newsletter.models import Place, SuppressionReason
from newsletter.store.export import safe_cell
from newsletter.store.suppressions import Suppression, SuppressionKind, Suppressions, suppression_key

COLUMNS = ("value", "kind", "reason", "note", "created_at")
VALUES = ("value", "email", "address", "email_address", "domain", "hash", "sha256")
"""Headings of the column that says who; without one the first column does."""

BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionImport:
    """What an import did: rows, how many are new, and the lines refused with the reason."""

    rows: int
    added: int
    refused: tuple[tuple[int, str], ...]


def suppression_lines(rows: Iterable[Suppression]) -> Iterator[str]:
    """Yield a heading and a line a suppression."""
    yield ",".join(COLUMNS) + "\r\n"
    for row in rows:
        out = io.StringIO()
        cells = [row.value, row.kind, row.reason, row.note, row.created_at.isoformat()]
        csv.writer(out).writerow([safe_cell(cell) for cell in cells])
        yield out.getvalue()


def import_suppressions(
    store: Suppressions, file: Path, *, reason: SuppressionReason, note: str, now: dt.datetime
) -> SuppressionImport:
    """Bar everybody a file names: one a line, or CSV with headings; a row's own reason and date come first.

    Taken batch by batch, so that an import that was interrupted is simply run again. Raises IngestError when the file
    cannot be read as UTF-8.
    """
    added, count = 0, 0
    refused: list[tuple[int, str]] = []
    batch: list[Suppression] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            for line, cells in _rows(text):
                count += 1
                try:
                    batch.append(_suppression(cells, reason, note, now))
                except UsageError as exc:
                    refused.append((line, exc.what))
                if len(batch) == BATCH:
                    added += store.add_rows(batch)
                    batch.clear()
        added += store.add_rows(batch)
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        why = exc.strerror if isinstance(exc, OSError) else str(exc)
        raise IngestError(
            f"the file cannot be read: {why}", place=Place(file=str(file)), remedy="Save it as CSV in UTF-8."
        ) from exc
    return SuppressionImport(rows=count, added=added, refused=tuple(refused))


def _rows(text: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line numbers and cells by heading."""
    reader = csv.reader(text)
    header: list[str] | None = None
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [cell.strip().lower().replace(" ", "_") for cell in cells]
            if any(heading in VALUES for heading in header):
                continue
            header = ["value"]
        yield reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=False))


def _suppression(cells: dict[str, str], reason: SuppressionReason, note: str, now: dt.datetime) -> Suppression:
    value = next((cells[name] for name in VALUES if cells.get(name)), "")
    suppression_key(value)
    own = cells.get("reason", "").lower()
    if own and own not in list(SuppressionReason):
        raise UsageError(f"{own!r} is no reason", remedy=f"Known: {', '.join(SuppressionReason)}.")
    return Suppression(
        value=value,
        kind=SuppressionKind.ADDRESS,
        reason=SuppressionReason(own) if own else reason,
        note=cells.get("note") or note,
        created_at=_date(cells.get("created_at", ""), now),
    )


def _date(text: str, now: dt.datetime) -> dt.datetime:
    at = typed_time(text)
    if at is None:
        return now
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
