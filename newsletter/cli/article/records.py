"""`newsletter article list|show`: look at records."""

import datetime as dt
import os
import zoneinfo
from dataclasses import asdict, fields
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say, say_json, say_table
from newsletter.errors import UsageError
from newsletter.models import Article, ArticleStatus

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_(
    context: typer.Context,
    unused: Annotated[bool, typer.Option("--unused", help="The inbox; this is what you get without it, too.")] = False,
    used: Annotated[bool, typer.Option("--used", help="The records of all issues; with --unused, everything.")] = False,
    expired: Annotated[bool, typer.Option("--expired", help="Only those whose `expires` has passed.")] = False,
    tag: Annotated[list[str] | None, typer.Option("--tag", "-t", help="Only those with the tag; repeatable.")] = None,
    status: Annotated[
        str, typer.Option("--status", help="inbox, shortlisted or rejected; rejected ones are hidden otherwise.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """List records: those of the inbox, or of the issues, or both.

    \b
    newsletter article list
    newsletter article list --used --tag energy
    newsletter article list --status shortlisted --json
    """
    from newsletter.cli.project import open_project

    if status and status not in tuple(ArticleStatus):
        raise UsageError(f"there is no status {status!r}", remedy=f"Known: {', '.join(ArticleStatus)}.")
    project = open_project(context)
    today = dt.datetime.now(zoneinfo.ZoneInfo(project.settings.newsletter.time_zone)).date()
    catalogue = project.catalogue()
    within = [entry for entry in catalogue.entries() if (used if entry.issue else unused or not used)]
    wanted = [
        entry
        for entry in within
        if set(tag or ()) <= set(entry.tags)
        and (entry.expired(today) or not expired)
        and (entry.status == status if status else entry.issue or entry.status != ArticleStatus.REJECTED)
    ]
    errors = [error for error in catalogue.errors() if used or str(error.place).startswith("issues/inbox/")]
    if as_json:
        say_json([_entry_as_json(entry, today) for entry in wanted])
    elif wanted:
        say_table(
            ("article", "title", "from", "published", "state"),
            [
                (e.slug, e.title, e.author or e.source, str(e.published or ""), ", ".join(_state(e, today)))
                for e in wanted
            ],
        )
        where = "" if used else " in the inbox"
        note(f"{plural(len(wanted), 'article')}{where}{_hidden(len(within) - len(wanted))}")
    elif within:
        note(f"No article fits; {plural(len(within), 'article')} looked at.")
    elif used and not errors:
        note("No issue has an article yet.")
    elif not errors:
        note("The inbox is empty. Put a record into it with `newsletter article add FILE`.")
    for error in errors:
        note(f"error: {error}")
    if errors:
        raise typer.Exit(1)


def show(
    context: typer.Context,
    article: Annotated[
        str, typer.Argument(help="An article of the inbox or an issue; the beginning of its name is enough.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show a record: where its file is, and what is in it.

    \b
    newsletter article show harbour
    newsletter article show harbour-light-returns-after-thirty-years --json
    """
    from newsletter.content.article import format_article
    from newsletter.project import Project

    found = Project.open(context.obj, os.environ).find_article(article)
    if as_json:
        say_json(_as_json(found))
        return
    note(found.file)
    say(format_article(found).rstrip("\n"))


def _state(entry: Any, today: dt.date) -> list[str]:
    """Say in words what an editor has to know before using a record."""
    return [
        *([f"in {entry.issue}"] if entry.issue else []),
        *([str(entry.status)] if entry.status != ArticleStatus.INBOX else []),
        *([f"embargo until {entry.embargo}"] if entry.embargoed(today) else []),
        *([f"expired {entry.expires}"] if entry.expired(today) else []),
    ]


def _hidden(count: int) -> str:
    return f", {count:,} not shown" if count else ""


def _entry_as_json(entry: Any, today: dt.date) -> dict[str, Any]:
    # not asdict: it copies every value deeply, which takes seconds for ten thousand entries
    values = {field.name: getattr(entry, field.name) for field in fields(entry) if field.name != "print"}
    return {**values, "embargoed": entry.embargoed(today), "expired": entry.expired(today)}


def _as_json(article: Article) -> dict[str, Any]:
    """Return a record as plain values, without the line numbers that only messages need."""
    values = asdict(article)
    del values["lines"]
    return values
