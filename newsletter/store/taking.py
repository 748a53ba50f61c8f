"""Taking a batch of rows onto a list: who is new, who is known, who is kept out, and the statements that write it."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, Row, Select, func, insert, literal, select, update

from newsletter.models import SubscriberStatus, SuppressionReason
from newsletter.store.consent import ConsentAction
from newsletter.store.importing import NewSubscriber
from newsletter.store.schema import UtcDateTime, consents, memberships, subscribers
from newsletter.store.suppressions import barred

TOKEN_BYTES = 16
"""Random bytes of a subscription: 128 bits cannot be guessed."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_INSERT = (
    "INSERT INTO subscribers (email, email_key, name, attributes, tags, status, created_at) VALUES (?,?,?,?,?,?,?)"
)


class ImportOutcome(StrEnum):
    """What became of one row of an import."""

    ADDED = "added"  # a new subscriber, on the list
    JOINED = "joined"  # known before, new on this list
    UPDATED = "updated"  # on the list before, with another name, attribute or tag
    UNCHANGED = "unchanged"  # on the list before, with the same data
    UNSUBSCRIBED = "unsubscribed"  # left this list or everything: kept out
    SUPPRESSED = "suppressed"  # bounced, complained or barred: kept out


class UpdateMode(StrEnum):
    """What a row does to the data of somebody who is known."""

    MERGE = "merge"  # fills gaps and replaces values; an empty cell erases nothing
    OVERWRITE = "overwrite"  # the row's attributes replace, empty ones too; a name or tags only when there are any
    SKIP = "skip"  # leaves the data alone; the person only joins the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms rows come onto a list: where and when the people agreed, and what happens to known ones."""

    list_name: str
    consent_source: str
    consent_at: dt.datetime
    update: UpdateMode = UpdateMode.MERGE


def take_rows(  # noqa: PLR0913 - what a batch needs, all named
    connection: Connection,
    rows: Sequence[NewSubscriber],
    terms: Terms,
    *,
    list_id: int | None,
    state_dir: Path,
    now: dt.datetime,
    write: bool,
) -> list[ImportOutcome]:
    """Take rows, each address once, inside the caller's transaction; return what became of each, in order."""
    keys = [row.key for row in rows]
    known = _known(connection, keys, list_id)
    out = barred(connection, keys, state_dir)
    outcomes = [_classify(row, known.get(key), out.get(key), terms.update) for row, key in zip(rows, keys, strict=True)]
    if write:
        results = list(zip(rows, keys, outcomes, strict=True))
        _insert(connection, results, now)
        _update(connection, results, known, terms.update)
        _join(connection, results, list_id, terms, now)
    return outcomes


def _known(connection: Connection, keys: Sequence[str], list_id: int | None) -> dict[str, Row[Any]]:
    query = (
        select(subscribers, memberships.c.id.label("membership_id"), memberships.c.left_at)
        .select_from(
            subscribers.outerjoin(
                memberships, (memberships.c.subscriber_id == subscribers.c.id) & (memberships.c.list_id == list_id)
            )
        )
        .where(subscribers.c.email_key.in_(_values(keys)))
    )
    return {row.email_key: row for row in connection.execute(query)}


def _classify(row: NewSubscriber, known: Row[Any] | None, suppression: str | None, mode: UpdateMode) -> ImportOutcome:
    if suppression == SuppressionReason.UNSUBSCRIBE:
        return ImportOutcome.UNSUBSCRIBED
    if suppression is not None:
        return ImportOutcome.SUPPRESSED
    if known is None:
        return ImportOutcome.ADDED
    if known.status != SubscriberStatus.ACTIVE or known.left_at is not None:
        return ImportOutcome.UNSUBSCRIBED
    if known.membership_id is None:
        return ImportOutcome.JOINED
    same = merged(row, known, mode) == (known.name, known.attributes, known.tags)
    return ImportOutcome.UNCHANGED if same else ImportOutcome.UPDATED


def merged(row: NewSubscriber, known: Row[Any], mode: UpdateMode) -> tuple[str, dict[str, Any], list[str]]:
    """Lay a row's data over a person's: name, attributes and tags as they are afterwards."""
    if mode is UpdateMode.SKIP:
        return known.name, known.attributes, known.tags
    attributes = {**known.attributes}
    for key, value in row.attributes.items():
        empty = value in (None, "")
        if mode is UpdateMode.OVERWRITE or not empty or key not in attributes:
            attributes[key] = value
    tags = list(dict.fromkeys([*known.tags, *row.tags]))
    if mode is UpdateMode.OVERWRITE and row.tags:
        tags = list(row.tags)
    return row.name or known.name, attributes, tags


_Results = Sequence[tuple[NewSubscriber, str, ImportOutcome]]


def _insert(connection: Connection, results: _Results, now: dt.datetime) -> None:
    """Write the new people.

    By the driver's own executemany: what SQLAlchemy does to a parameter set takes three times as long as the insertion.
    """
    when = now.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    status = SubscriberStatus.ACTIVE.value
    new = [
        (row.email, key, row.name, _encode(row.attributes), _encode(row.tags), status, when)
        for row, key, outcome in results
        if outcome is ImportOutcome.ADDED
    ]
    if new:
        connection.exec_driver_sql(_INSERT, new)


def _update(connection: Connection, results: _Results, known: Mapping[str, Row[Any]], mode: UpdateMode) -> None:
    if mode is UpdateMode.SKIP:
        return
    for row, key, outcome in results:
        if outcome in {ImportOutcome.UPDATED, ImportOutcome.JOINED}:
            name, attributes, tags = merged(row, known[key], mode)
            connection.execute(
                update(subscribers)
                .where(subscribers.c.email_key == key)
                .values(name=name, attributes=attributes, tags=tags)
            )


def _join(connection: Connection, results: _Results, list_id: int | None, terms: Terms, now: dt.datetime) -> None:
    """Put who is new on the list, and on record that they agreed."""
    keys = [key for _, key, outcome in results if outcome in {ImportOutcome.ADDED, ImportOutcome.JOINED}]
    if not keys:
        return
    these = subscribers.c.email_key.in_(_values(keys))
    at = literal(terms.consent_at if terms.consent_source else None, UtcDateTime)
    source = literal(terms.consent_source)
    # SQLite's own generator, seeded by the system; the links carry an HMAC besides
    token = func.randomblob(TOKEN_BYTES)
    everybody = select(subscribers.c.id, literal(list_id), token, literal(now, UtcDateTime), source, at).where(these)
    columns = ["subscriber_id", "list_id", "token", "joined_at", "consent_source", "consent_at"]
    connection.execute(insert(memberships).from_select(columns, everybody))
    if terms.consent_source:
        given = literal(ConsentAction.GIVEN.value)
        record = select(subscribers.c.id, literal(terms.list_name), given, source, literal(""), literal(""), at)
        names = ["subscriber_id", "list", "action", "source", "text_version", "ip", "at"]
        connection.execute(insert(consents).from_select(names, record.where(these)))


def _values(keys: Sequence[str]) -> Select[Any]:
    """Select the keys themselves, passed as one parameter."""
    return select(func.json_each(literal(list(keys), JSON)).table_valued("value").c.value)
