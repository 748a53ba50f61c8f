"""Everybody as text: CSV that a spreadsheet cannot be tricked with, and JSON Lines."""

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from newsletter.errors import ConflictError, StoreError
from newsletter.models import Place
from newsletter.store.subscribers import Subscribers

FIXED = ("email", "name", "status", "lists", "tags")
"""The columns before those of the attributes."""


def safe_cell(text: str) -> str:
    """Keep a spreadsheet from running a cell as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in set("=+-@\t\r\n") else text


def csv_lines(people: Subscribers, list_name: str | None) -> Iterator[str]:
    """Yield a heading and a line a person; every attribute that anybody has is a column, in alphabetical order."""
    names = sorted({key for subscriber, _ in people.stream(list_name) for key in subscriber.attributes})
    yield _line([*FIXED, *names])
    for subscriber, status in people.stream(list_name):
        fixed = [subscriber.email, subscriber.name, status, ",".join(subscriber.lists), ",".join(subscriber.tags)]
        yield _line([*fixed, *(_text(subscriber.attributes.get(name)) for name in names)])


def json_lines(people: Subscribers, list_name: str | None) -> Iterator[str]:
    """Yield a JSON object a person, one a line."""
    for subscriber, status in people.stream(list_name):
        yield json.dumps({**asdict(subscriber), "status": status}, ensure_ascii=False) + "\n"


def write_private(file: Path, lines: Iterable[str]) -> int:
    """Write lines into a new file that only its owner may read, and return how many.

    Raises ConflictError when the file is there already, StoreError when it cannot be written.
    """
    count = 0
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
            for line in lines:
                out.write(line)
                count += 1
    except FileExistsError as exc:
        raise ConflictError(
            "this file is there already", place=Place(file=str(file)), remedy="Choose another name, or delete it."
        ) from exc
    except OSError as exc:
        raise StoreError(
            f"the file cannot be written: {exc.strerror}",
            place=Place(file=str(file)),
            remedy="Check the folder, its rights and the room on the disk.",
        ) from exc
    return count


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
