"""Who the mail can be looked at as: the usual invented reader, awkward ones, and the subscribers there are."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from newsletter.errors import StoreError, UsageError
from newsletter.message.reader import sample_reader
from newsletter.models import Newsletter, Reader, Subscriber
from newsletter.project import Project
from newsletter.store.history import has_database

USUAL = "usual"
OFFERED = 20
LOOKED_AT = 50_000
"""Subscribers looked at for a word: a second's work."""

AWKWARD: dict[str, tuple[str, Subscriber]] = {
    "no-name": ("No name", Subscriber(email="reader@example.com")),
    "one-letter": ("A name of one letter", Subscriber(email="o@example.com", name="O")),
    "long-name": (
        "A very long name",
        Subscriber(
            email="wolfeschlegelsteinhausenbergerdorff@example.com",
            name="Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Hohenlohe-Langenburg",
        ),
    ),
    "long-address": (
        "An address of 120 characters",
        Subscriber(email=f"{'very.' * 12}long@{'sub.' * 11}example.com", name="Ann Long"),
    ),
    "html": ("HTML for a name", Subscriber(email="bobby@example.com", name='<b>Bobby</b> "Tables" & <i>Söhne</i>')),
    "slots": ("Template code for a name", Subscriber(email="code@example.com", name="[[ 7 * 7 ]] {{ 7 * 7 }} %s")),
    "capitals": ("Capitals only", Subscriber(email="LOUD@example.com", name="MARIE-CLAIRE D'ARCY")),
    "accents": ("Accents and an apostrophe", Subscriber(email="zoe@example.com", name="Žofie Ní Bhriain-O'Connor")),
    "right-to-left": ("A name from right to left", Subscriber(email="layla@example.com", name="ليلى بنت أحمد")),
    "han": ("A name without spaces", Subscriber(email="mei@example.com", name="王小明")),
    "emoji": ("Emoji in the name", Subscriber(email="joy@example.com", name="Joy 👩‍👩‍👧‍👦🏳️‍🌈")),
    "attributes": (
        "Attributes of every kind",
        Subscriber(
            email="data@example.com",
            name="Dora Data",
            attributes={"city": "", "age": 0, "vip": False, "note": "a\nb", "list": [1, 2]},
            tags=("a tag", "<tag>"),
        ),
    ),
}
"""By key: what is awkward about a reader, and the reader."""


def reader_named(project: Project, slug: str, key: str) -> Reader | None:
    """Return a reader by key or address, None for the usual one; raises UsageError for an unknown one."""
    if key in {"", USUAL}:
        return None
    newsletter = project.settings.identity()
    if key in AWKWARD:
        return _as_reader(newsletter, slug, AWKWARD[key][1])
    return _as_reader(newsletter, slug, _subscriber(project, key))


def offered_readers(project: Project, words: str) -> list[dict[str, Any]]:
    """Return readers to choose from, as JSON values: the invented ones, then subscribers that have the words."""
    wanted = words.casefold().split()
    invented = [{"key": USUAL, "name": "Ada Lovelace", "about": "the usual reader"}]
    invented += [{"key": key, "name": it.name or it.email, "about": what} for key, (what, it) in AWKWARD.items()]
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
