"""CSV, semicolons, tabs, a byte order mark or none -> records; one a row."""

import csv
import io
from collections.abc import Iterator, Mapping

from newsletter.errors import IngestError
from newsletter.ingest.fields import field_names, make_record
from newsletter.ingest.taken import Taken
from newsletter.models import Place

MAX_CELL = 200_000


def read_table(text: str, *, file: str, mapping: Mapping[str, str]) -> Iterator[Taken | IngestError]:
    """Yield a record a row, or the error that names the row's line; empty rows are passed over.

    Raises IngestError for a text that is no table, and for a header without a title.
    """
    text = text.removeprefix("\ufeff").lstrip("\r\n")
    csv.field_size_limit(MAX_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, file), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
    except csv.Error as exc:
        raise _broken(file, rows.line_num, exc) from exc
    names = field_names([name for name in header if name], mapping, file)
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as exc:
            yield _broken(file, line, exc)
            return
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        place = Place(file=file, line=line)
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            yield IngestError(
                f"the row has {len(row)} cells under {len(header)} columns",
                place=place,
                remedy="Put quotation marks around the cell that has the separator in it.",
            )
            continue
        try:
            yield make_record(dict(zip(header, row, strict=False)), names, place)
        except IngestError as exc:
            yield exc


def _delimiter(text: str, file: str) -> str:
    """Return the separator that the header uses most; Excel writes semicolons where the comma is the decimal mark."""
    first = text.partition("\n")[0]
    counts = {mark: first.count(mark) for mark in (",", ";", "\t")}
    best = max(counts, key=lambda mark: counts[mark])
    if not first.strip():
        raise IngestError("the table is empty", place=Place(file=file), remedy="Its first row has to name the columns.")
    return best


def _broken(file: str, line: int, exc: csv.Error) -> IngestError:
    return IngestError(
        f"the table is broken here: {exc}",
        place=Place(file=file, line=max(line, 1)),
        remedy="Look for a quotation mark that is not closed; the rows from here on were not read.",
    )
