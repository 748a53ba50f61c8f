"""Records that come in through the page: a pasted address, a dropped file."""

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from newsletter.errors import IngestError, NewsletterError, UsageError
from newsletter.ingest.merge import merge_missing
from newsletter.ingest.sources import Reading, is_address, read_bytes, read_sources
from newsletter.ingest.taken import Taken
from newsletter.project.intake import Received, receive
from newsletter.studio.inbox import today_of
from newsletter.studio.outline import error_values
from newsletter.studio.workshop import Workshop
from newsletter.web.fetch import Fetcher

SUFFIXES = frozenset({"html", "htm", "xhtml", "md", "markdown", "txt", "text", "csv", "tsv", "json", "jsonl", "ndjson"})
MAX_UPLOAD = 20 * 1024 * 1024
"""Bytes of a dropped file; larger tables are for `newsletter article add`."""


def add_page(workshop: Workshop, url: str, fetcher: Fetcher) -> dict[str, Any]:
    """Fetch a page and put its record into the inbox; the project is free for others meanwhile."""
    url = url.strip()
    if not is_address(url):
        raise UsageError(f"{url[:120]!r} is no web address", remedy="Paste it as a whole, from https:// on.")
    results = list(read_sources(url, io.BytesIO(), fetcher, Reading()))
    return _take(workshop, results, url)


def add_file(workshop: Workshop, name: str, data: bytes) -> dict[str, Any]:
    """Put the records of a dropped file into the inbox; a table can hold many."""
    name = PurePath(name.replace("\\", "/")).name[:120]
    if name.rpartition(".")[2].lower() not in SUFFIXES:
        raise IngestError(
            f"{name or 'this file'} is of a kind that no text is read from here",
            remedy="Drop a web page, a text, Markdown, CSV or JSON.",
        )
    return _take(workshop, read_bytes(data, name, Reading()), name)


def _take(workshop: Workshop, results: Iterable[Taken | IngestError], source: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    for result in results:
        try:
            if isinstance(result, IngestError):
                raise result
            found.append(_receive(workshop, result))
        except NewsletterError as error:
            found.append({"kind": "refused", "error": error_values(error)})
    kinds = [it["kind"] for it in found]
    counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    return {"done": f"{source}: {counted or 'nothing in it'}", "records": found[:50]}


def _receive(workshop: Workshop, taken: Taken) -> dict[str, Any]:
    with workshop.project() as project:
        article = replace(taken.article, collected=taken.article.collected or today_of(project))
        inbox = workshop.root / "issues" / "inbox"
        before = {path: path.read_bytes() for path in _same_page(workshop, article.url)}
        received = receive(project, article, fill=merge_missing)
        path = inbox / PurePath(received.file).name
        if received.kind in {"added", "updated"}:
            label = f"{received.kind.capitalize()} {path.stem}"
            workshop.journal.record(label, {path: before.get(path)}, {path: path.read_bytes()})
        return {"kind": received.kind, "file": received.file, "notes": [*taken.notes, *_lookalike(workshop, received)]}


def _same_page(workshop: Workshop, url: str) -> list[Any]:
    with workshop.project() as project:
        entries = project.catalogue().at(url) if url else ()
        return [workshop.root / entry.file for entry in entries if not entry.issue]


def _lookalike(workshop: Workshop, received: Received) -> list[str]:
    if received.article is None:
        return []
    with workshop.project() as project:
        matches = project.catalogue().similar(received.article)
    return [f"looks like {match.entry.file}: {match.reason}" for match in matches[:1]]
