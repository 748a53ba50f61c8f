"""Who the mail can be looked at as: the usual invented reader, awkward ones, and the subscribers there are."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from newsletter.checks.readers import AWKWARD
from newsletter.errors import StoreError, UsageError
from newsletter.message.reader import sample_reader
from newsletter.models import Newsletter, Reader, Subscriber
from newsletter.project import Project
from newsletter.store.history import has_database

USUAL = "usual"
OFFERED = 20
LOOKED_AT = 50_000
"""Subscribers looked at for a word: a second's work."""


def reader_named(project: Project, slug: str, key: str) -> Reader | None:
    """Return a reader by address, None for the usual one; raises UsageError for an unknown one."""
    if key in {"", USUAL}:
        return None
    newsletter = project.settings.identity()
    invented = next((it for _, it in AWKWARD if it.email == key), None)
    return _as_reader(newsletter, slug, invented or _subscriber(project, key))


def offered_readers(project: Project, words: str) -> list[dict[str, Any]]:
    """Return readers to choose from, as JSON values: the invented ones, then subscribers that have the words."""
    wanted = words.casefold().split()
    invented = [{"key": USUAL, "name": "Ada Lovelace", "about": "the usual reader"}]
    invented += [{"key": it.email, "name": it.name.strip() or it.email, "about": what} for what, it in AWKWARD]
    found = [it for it in invented if all(word in f"{it['name']} {it['about']}".casefold() for word in wanted)]
    return [
        *found,
        *({"key": it.email, "name": it.name or it.email, "about": it.email} for it in _search(project, wanted)),
    ]


def _as_reader(newsletter: Newsletter, slug: str, subscriber: Subscriber) -> Reader:
    return replace(sample_reader(newsletter, slug), subscriber=subscriber)


def _subscriber(project: Project, email: str) -> Subscriber:
    if not has_database(project.settings.store.url, project.root):
        raise UsageError(f"there is no subscriber {email[:80]!r}", remedy="Choose another reader.")
    from newsletter.store.database import open_database  # noqa: PLC0415 - SQLAlchemy takes long to import
    from newsletter.store.subscribers import Subscribers  # noqa: PLC0415

    with open_database(project.settings.store.url, root=project.root) as database:
        return Subscribers(database).find(email).subscriber


def _search(project: Project, words: list[str]) -> list[Subscriber]:
    """Find subscribers; a database out of reach has none, because the picture does not depend on it."""
    url = project.settings.store.url
    if not has_database(url, project.root):
        return []
    from newsletter.store.database import open_database  # noqa: PLC0415 - SQLAlchemy takes long to import
    from newsletter.store.subscribers import Subscribers  # noqa: PLC0415

    def fitting(subscribers: Any) -> Iterator[Subscriber]:
        for subscriber, _status in islice(subscribers.stream(), LOOKED_AT):
            if all(word in f"{subscriber.name} {subscriber.email}".casefold() for word in words):
                yield subscriber

    try:
        with open_database(url, root=project.root) as database:
            return list(islice(fitting(Subscribers(database)), OFFERED))
    except StoreError:
        return []
