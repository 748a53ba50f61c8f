"""How the command line speaks: results to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer

from newsletter.errors import NewsletterError


def say(text: str = "") -> None:
    """Print a result line."""
    typer.echo(text)


def note(text: str) -> None:
    """Print a line that is not the result: progress, warnings, what to do next."""
    typer.echo(text, err=True)


def say_json(value: Any) -> None:
    """Print a value as JSON: UTF-8, indented, dates in ISO 8601."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def say_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns; in a pipe the lines are as long as they need to be."""
    if not sys.stdout.isatty():
        widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
        for row in (header, *rows):
            typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in header:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)


def plural(count: int, noun: str, many: str = "") -> str:
    """Write a count with its noun: `1 article`, `3 articles`, `1,200 people`."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def fail(error: NewsletterError) -> NoReturn:
    """Print what, where and the remedy, and leave with the error's exit code."""
    where = f"{error.place}: " if error.place else ""
    note(f"error: {where}{error.what}")
    if error.remedy:
        note(f"  {error.remedy}")
    raise SystemExit(error.exit_code)
