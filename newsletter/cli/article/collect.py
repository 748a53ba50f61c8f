"""`newsletter article add|feed|pull`: records come into the inbox."""

import datetime as dt
import sys
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, say_json

Tag = Annotated[list[str] | None, typer.Option("--tag", "-t", help="A tag for every record; may be repeated.")]
ListOnly = Annotated[bool, typer.Option("--list-only", help="Say what would be added, and write nothing.")]


def add(
    context: typer.Context,
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="Web addresses or files: pages, texts, tables; - reads a pipe."),
    ],
    tag: Tag = None,
    url: Annotated[str, typer.Option(help="The address of a saved page or text.")] = "",
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=NAME", help="Which column or key fills a field; may be repeated."),
    ] = None,
    kind: Annotated[
        str, typer.Option("--format", help="text, markdown, html, csv or json, where the source does not show it.")
    ] = "",
    list_only: ListOnly = False,
) -> None:
    """Make records in the inbox: of web pages, copied texts, Markdown, bookmarks and tables.

    A page that is there already only fills the empty fields of its record; the same import twice changes nothing.

    \b
    newsletter article add https://example.org/news/harbour article.txt
    newsletter article add page.html --url https://example.org/news/harbour
    newsletter article add bookmarks.json --tag energy --list-only
    newsletter article add sheet.csv --map title=Headline --map url=Address
    """
    from newsletter.cli.article import intake
    from newsletter.cli.project import open_project
    from newsletter.errors import UsageError
    from newsletter.ingest.fields import parse_mapping
    from newsletter.ingest.sniff import Kind
    from newsletter.ingest.sources import Reading, read_sources

    if kind and kind not in tuple(Kind):
        raise UsageError(f"there is no format {kind!r}", remedy=f"Known: {', '.join(Kind)}.")
    if url and len(sources) > 1:
        raise UsageError("--url is the address of one source", remedy="Add the others by a command of their own.")
    reading = Reading(kind=Kind(kind) if kind else None, url=url, mapping=parse_mapping(mapping or []))
    inbox = intake.Intake(open_project(context), tags=tag or (), list_only=list_only)
    fetcher = intake.make_fetcher()
    with intake.interruptible(inbox):
        inbox.read(sources, lambda source: read_sources(source, sys.stdin.buffer, fetcher, reading))
    inbox.finish()


def feed(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Address or file of an RSS or Atom feed.")],
    since: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Leave out older entries.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Take at most that many, as the feed orders them.")] = None,
    tag: Tag = None,
    list_only: ListOnly = False,
) -> None:
    """Make a record in the inbox of each entry of a feed.

    \b
    newsletter article feed https://example.org/feed.xml --since 2026-11-20
    newsletter article feed saved-feed.xml --limit 5 --list-only
    """
    from newsletter.cli.article import intake
    from newsletter.cli.project import open_project
    from newsletter.ingest.feed import read_feed

    inbox = intake.Intake(open_project(context), tags=tag or (), list_only=list_only)
    found = read_feed(source, intake.make_fetcher(), since=since.date() if since else None)
    for text in found.notes:
        note(f"note: {text}")
    with intake.interruptible(inbox):
        inbox.read([source], lambda _: [entry.result for entry in found.entries[:limit]])
    if not found.entries:
        note("The feed has no entries" + (f" since {since.date()}." if since else "."))
    inbox.finish()


def pull(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make records of what is new in the feeds that newsletter.toml names as [[feeds]].

    A feed that cannot be read does not stop the others. What was seen is remembered in .newsletter/feeds.json, so that
    an entry somebody deleted from the inbox does not come back.

    \b
    newsletter article pull
    newsletter article pull --json
    """
    from newsletter.cli.article import intake
    from newsletter.cli.article.pulling import pull_feeds
    from newsletter.cli.project import open_project

    project = open_project(context)
    if not project.settings.feeds:
        note('There are no feeds. Name one in newsletter.toml:\n  [[feeds]]\n  url = "https://example.org/feed.xml"')
    inbox = intake.Intake(project, quiet=as_json)
    reports: list[dict[str, Any]] = []
    with intake.interruptible(inbox):
        reports = pull_feeds(project, inbox, intake.make_fetcher())
    if as_json:
        say_json(reports)
    inbox.finish(failed=any(report["error"] for report in reports))
