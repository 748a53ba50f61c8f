"""`newsletter report`: what became of an issue, person by person accounted for."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, say, say_json

WIDTH = 30
SHOWN = 10


def report(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="The issue's name.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the numbers as a table.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write one page to hand on.")] = None,
) -> None:
    """Report what became of an issue: everybody accounted for, by provider, over time, compared with ten issues before.

    \b
    newsletter report clouds
    newsletter report clouds --html clouds.html
    """
    from newsletter.feedback.export import as_html, as_rows, write_file, write_table
    from newsletter.feedback.report import make_report
    from newsletter.project import Project
    from newsletter.store.database import open_database

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        found = make_report(database, issue)
    if html:
        write_file(html, as_html(found, project.settings.newsletter.name, project.settings.newsletter.time_zone))
    if csv:
        write_table(csv, as_rows(found))
    for path in filter(None, (html, csv)):
        note(f"written: {path}")
    if as_json:
        numbers = {**asdict(found.numbers), "sent": found.numbers.sent}
        say_json({**asdict(found), "numbers": numbers})
    elif not html and not csv:
        _say(found)


def _say(found: Any) -> None:
    numbers = found.numbers
    say(f"{numbers.issue}: {numbers.subject}, {numbers.started_at:%Y-%m-%d %H:%M} UTC")
    if not found.reaches_people:
        note("This issue only went to a transport that mails nobody.")
    say()
    _line("candidates", numbers.candidates, numbers.candidates)
    for reason, count in numbers.excluded.items():
        _line(f"- {reason}", count, numbers.candidates)
    for state, count in numbers.states.items():
        _line(state, count, numbers.candidates)
    for fate, count in numbers.fates.items():
        _line(f"  {fate}", count, numbers.candidates)
    say(f"{'unsubscribed':26} {numbers.unsubscribed:>9,}  of those who got it")
    if len(numbers.fates) == 1 and "no news yet" in numbers.fates:
        note("No event about this issue was taken in yet: see `newsletter events pull`.")
    _table("by provider", [(each.name, each.sent, _words(each)) for each in found.providers[:SHOWN]])
    _table("why it bounced", [(f"{fate}: {words}", count, "") for fate, words, count in found.reasons[:SHOWN]])
    span = "minute" if found.step_minutes == 1 else f"{found.step_minutes} minutes"
    title = f"delivered in each {span} (UTC)"
    _table(title, [(f"{at:%m-%d %H:%M}", count, "") for at, count in found.timeline])
    for name, each in (("opened", found.opens), ("clicked", found.clicks)):
        if each.total:
            say(f"\n{name} by {each.people:,} people; without machines by {each.people_without_machines:,}")
    _table("followed, without machines", [(x.url, x.people_without_machines, "") for x in found.links[:SHOWN]])
    if found.earlier:
        say("\ncompared with the issues before")
        for each in (*found.earlier, numbers):
            say(
                f"  {each.issue:24.24} {each.sent:>9,} sent {_share(each.delivered, each.sent)} delivered "
                f"{_share(each.bounced, each.sent)} bounced {_share(each.complained, each.sent)} complained "
                f"{_share(each.unsubscribed, each.sent)} left"
            )


def _line(name: str, count: int, most: int) -> None:
    bar = "█" * max(1, round(WIDTH * count / most)) if count and most else ""
    say(f"{name:26} {count:>9,}  {bar}".rstrip())


def _table(title: str, rows: list[tuple[str, int, str]]) -> None:
    if rows:
        say(f"\n{title}")
        most = max(count for _, count, _ in rows)
        width = min(80, max(24, *(len(name) for name, _, _ in rows)))
        for name, count, words in rows:
            bar = "█" * max(1, round(WIDTH * count / most)) if count else ""
            say(f"  {name[:80]:{width}} {count:>9,}  {bar:{WIDTH}}  {words}".rstrip())


def _words(each: Any) -> str:
    words = f"{_share(each.delivered, each.sent).strip()} delivered"
    words += f", {each.bounced:,} bounced" if each.bounced else ""
    return words + (f", {each.complained:,} complained" if each.complained else "")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:6.2%}" if whole else "     -"
