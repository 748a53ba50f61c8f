"""From a stream of text to the ledger: events in batches, what cannot be read kept aside with its reason."""

import codecs
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from newsletter.errors import FeedbackError, UsageError
from newsletter.feedback.parsing import parse_event
from newsletter.feedback.splitting import Piece, split
from newsletter.feedback.unwrapping import unwrap
from newsletter.models import Event
from newsletter.store.database import Database, utc_now
from newsletter.store.events import Taken, Unreadable, take_events

BATCH = 2_000
"""Events of one transaction: a second of work at most, so that a send beside it hardly waits."""

_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a piece of text holds."""

    events: tuple[Event, ...]
    unreadable: tuple[Unreadable, ...]


def read_piece(piece: Piece, source: str) -> Found:
    """Return the events of one JSON value, however they are wrapped, and what of it cannot be read."""
    if piece.problem:
        return Found(events=(), unreadable=(_aside(piece.text, source, piece.problem),))
    events: list[Event] = []
    unreadable: list[Unreadable] = []
    try:
        for record in unwrap(piece.value):
            try:
                events.append(parse_event(record))
            except FeedbackError as exc:
                unreadable.append(_aside(json.dumps(record, ensure_ascii=False), source, exc.what))
    except FeedbackError as exc:
        unreadable.append(_aside(piece.text, source, exc.what))
    return Found(events=tuple(events), unreadable=tuple(unreadable))


def read_text(text: str, source: str) -> Found:
    """Return the events of a whole text, the body of a message for one."""
    found = [read_piece(piece, source) for piece in split([text])]
    if not found:
        return Found(events=(), unreadable=(_aside(text, source, "it is empty"),))
    return Found(
        events=tuple(event for each in found for event in each.events),
        unreadable=tuple(each for one in found for each in one.unreadable),
    )


def ingest(
    database: Database,
    chunks: Iterable[str],
    source: str,
    *,
    soft_bounce_limit: int,
    tell: Callable[[Taken], None] = lambda _: None,
) -> Taken:
    """Take all events of a stream into the database, a batch a transaction, and return what that changed.

    `tell` hears the sum after every batch. Doing it again, the whole or a part, changes nothing. Raises StoreError.
    """
    total = Taken()
    events: list[Event] = []
    unreadable: list[Unreadable] = []

    def commit() -> None:
        total.add(take_events(database, events, unreadable, soft_bounce_limit=soft_bounce_limit, now=utc_now()))
        events.clear()
        unreadable.clear()
        tell(total)

    for piece in split(chunks):
        found = read_piece(piece, source)
        events += found.events
        unreadable += found.unreadable
        if len(events) + len(unreadable) >= BATCH:
            commit()
    if events or unreadable:
        commit()
    return total


def read_chunks(file: BinaryIO, heard: Callable[[int], None] = lambda _: None) -> Iterator[str]:
    """Yield the text of a file, what is not UTF-8 replaced; `heard` is told the bytes read so far."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    done = 0
    while data := file.read(_CHUNK):
        done += len(data)
        heard(done)
        yield decoder.decode(data)
    yield decoder.decode(b"", final=True)


def open_events(path: Path) -> BinaryIO:
    """Open a file of events. Raises UsageError when it cannot be."""
    try:
        return path.open("rb")
    except OSError as exc:
        raise UsageError(f"{path} cannot be read: {exc.strerror}", remedy="Give the path of a file of events.") from exc


def _aside(text: str, source: str, reason: str) -> Unreadable:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Unreadable(sha256=digest, source=source, reason=reason, body=text)
