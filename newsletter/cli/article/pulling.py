"""All feeds of a project, one after the other: what is new in each becomes records."""

from typing import Any

from newsletter.cli.article.intake import Intake
from newsletter.cli.output import note
from newsletter.cli.progress import show_progress
from newsletter.config import FeedSettings
from newsletter.errors import NewsletterError
from newsletter.ingest.feed import Feed, parse_feed
from newsletter.ingest.memory import FeedMemory, format_memory, read_memory
from newsletter.project import Project
from newsletter.project.files import write_whole
from newsletter.web.fetch import Fetcher

MEMORY = "feeds.json"


def pull_feeds(project: Project, inbox: Intake, fetcher: Fetcher) -> list[dict[str, Any]]:
    """Read every feed and return a report for each; what was seen is kept after each of them."""
    path = project.state_dir / MEMORY
    memories = read_memory(path.read_bytes()) if path.is_file() else {}
    feeds = project.settings.feeds
    reports = []
    with show_progress("Pulling", len(feeds)) as progress:
        for number, settings in enumerate(feeds, start=1):
            memory = memories.setdefault(settings.url, FeedMemory())
            report = _pull(settings, memory, inbox, fetcher)
            write_whole(project.state_dir, {MEMORY: format_memory(memories)})
            reports.append(report)
            progress.update(number, report["feed"])
    return reports


def _pull(settings: FeedSettings, memory: FeedMemory, inbox: Intake, fetcher: Fetcher) -> dict[str, Any]:
    name = settings.name or settings.url
    report: dict[str, Any] = {"feed": name, "url": settings.url, "unchanged": False, "error": "", "added": []}
    try:
        fetched = fetcher.get(settings.url, etag=memory.etag, modified=memory.modified)
        if fetched.unchanged:
            note(f"{name}: nothing new")
            return {**report, "unchanged": True}
        found = parse_feed(fetched.body, url=fetched.url, file=settings.url, content_type=fetched.content_type)
    except NewsletterError as error:
        note(f"{name}: {error.what}" + (f"\n  {error.remedy}" if error.remedy else ""))
        return {**report, "error": error.what}
    for text in found.notes:
        note(f"note: {text}")
    before = len(inbox.added)
    _take(found, settings, memory, inbox)
    if not found.notes:
        # a feed that came broken is asked for as a whole again
        memory.etag, memory.modified = fetched.etag, fetched.modified
    if len(inbox.added) == before:
        note(f"{name}: nothing new")
    return {**report, "added": inbox.added[before:]}


def _take(found: Feed, settings: FeedSettings, memory: FeedMemory, inbox: Intake) -> None:
    """Take the entries that were not seen; a refused one is looked at again the next time."""
    seen = set(memory.seen)
    done = [
        entry.id
        for entry in found.entries
        if entry.id in seen or inbox.take(entry.result, settings.name or settings.url, settings.tags)
    ]
    memory.remember(reversed(done))
