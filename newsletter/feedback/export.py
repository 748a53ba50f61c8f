"""A report as a table for a spreadsheet, and as one page without anything from elsewhere."""

import csv
import io
import zoneinfo
from collections.abc import Iterator, Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from newsletter.errors import UsageError
from newsletter.feedback.report import Report

PROVIDERS = 12
"""Providers that the page draws; the rest is in the table."""


def as_rows(report: Report) -> Iterator[tuple[str, str, int]]:
    """Yield section, name and number."""
    numbers = report.numbers
    yield "audience", "candidates", numbers.candidates
    yield from (("excluded", name, count) for name, count in numbers.excluded.items())
    yield from (("state", name, count) for name, count in numbers.states.items())
    yield from (("fate", name, count) for name, count in numbers.fates.items())
    yield "left", "unsubscribed", numbers.unsubscribed
    for each in report.providers:
        yield from (
            (f"provider {name}", each.name, getattr(each, name))
            for name in ("sent", "delivered", "bounced", "complained")
        )
    yield from ((f"reason {fate}", words, count) for fate, words, count in report.reasons)
    yield from (("delivered at", at.isoformat(), count) for at, count in report.timeline)
    for kind, found in (("opens", report.opens), ("clicks", report.clicks)):
        for name in ("total", "people", "total_without_machines", "people_without_machines"):
            yield kind, name, getattr(found, name)
    yield from (("clicked by people", each.url, each.people_without_machines) for each in report.links)


def write_table(path: Path, rows: Iterator[tuple[str, str, int]]) -> None:
    """Write rows as CSV; a cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("section", "name", "number"))
    for section, name, number in rows:
        writer.writerow((_plain(section), _plain(name), number))
    write_file(path, text.getvalue())


def as_html(report: Report, newsletter: str, time_zone: str) -> str:
    """Return the page: charts as SVG, each with its table, in light and in dark; times in the newsletter's zone."""
    environment = Environment(
        loader=PackageLoader("newsletter.feedback", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = zoneinfo.ZoneInfo(time_zone)
    numbers = report.numbers
    return environment.get_template("report.html").render(
        report=report,
        numbers=numbers,
        newsletter=newsletter,
        zone=time_zone,
        started=numbers.started_at.astimezone(zone),
        timeline=[(at.astimezone(zone), count) for at, count in report.timeline],
        shown=PROVIDERS,
        most=_most([count for _, count in report.timeline]),
        span="one minute" if report.step_minutes == 1 else f"{report.step_minutes} minutes",
        share=_share,
        issues=[*report.earlier, numbers],
    )


def write_file(path: Path, text: str) -> None:
    """Write a file. Raises UsageError when it cannot be."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as exc:
        raise UsageError(f"{path} cannot be written: {exc.strerror}", remedy="Name another file.") from exc


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _most(counts: Sequence[int]) -> int:
    return max([*counts, 1])


def _share(part: int, whole: int) -> str:
    if not whole:
        return "-"
    # AWS looks at complaints from 0.1 % on, so a few of many thousands must not look like none
    return f"{part / whole:.1%}" if not part or part / whole >= 0.01 else f"{part / whole:.2%}"
