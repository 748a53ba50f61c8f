"""Subscribers, lists, memberships and suppressions."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Connection, Row, Select, delete, func, insert, literal, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from newsletter.errors import UsageError
from newsletter.message.address import canonical_email, email_key
from newsletter.models import Subscriber, SubscriberStatus, SuppressionReason
from newsletter.store.database import Database
from newsletter.store.forgetting import forgotten
from newsletter.store.importing import NewSubscriber
from newsletter.store.schema import UtcDateTime, lists, memberships, subscribers, suppressions

LIST_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
TOKEN_BYTES = 16
"""Random bytes of a subscription: 128 bits cannot be guessed."""


class ImportOutcome(StrEnum):
    """What became of one row of an import."""

    ADDED = "added"  # a new subscriber, on the list
    JOINED = "joined"  # known before, new on this list
    UPDATED = "updated"  # on the list before, with another name, attribute or tag
    UNCHANGED = "unchanged"  # on the list before, with the same data
    UNSUBSCRIBED = "unsubscribed"  # left this list or everything: kept out
    SUPPRESSED = "suppressed"  # bounced, complained or barred: kept out


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSummary:
    """A list and how many people are on it now."""

    name: str
    title: str
    subscribers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRecord:
    """One person on one list, with the record of consent."""

    list: str
    joined_at: dt.datetime
    left_at: dt.datetime | None
    consent_source: str
    consent_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberRecord:
    """All that is kept about one subscriber; `suppression` is the reason, "" when there is none."""

    subscriber: Subscriber
    status: SubscriberStatus
    created_at: dt.datetime
    suppression: str
    memberships: tuple[MembershipRecord, ...]


class Subscribers:
    """The people in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lists(self) -> tuple[ListSummary, ...]:
        """Return every list by name."""
        on_it = func.count(memberships.c.id).filter(memberships.c.left_at.is_(None))
        query = (
            select(lists.c.name, lists.c.title, on_it.label("people"))
            .select_from(lists.outerjoin(memberships))
            .group_by(lists.c.id)
            .order_by(lists.c.name)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(ListSummary(name=row.name, title=row.title, subscribers=row.people) for row in rows)

    def require_lists(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the names, each once and in order; raises UsageError for one that is no list or has nobody on it."""
        known = {each.name: each.subscribers for each in self.lists()}
        if not known:
            raise UsageError(
                "there is no list yet", remedy="Import people: newsletter subscriber import FILE --list NAME."
            )
        for name in names:
            if name not in known:
                raise UsageError(f"there is no list `{name}`", remedy=f"Known lists: {', '.join(known)}.")
        if not any(known[name] for name in names):
            raise UsageError(
                f"nobody is on {' or '.join(f'`{name}`' for name in names)}",
                remedy=f"Import people: newsletter subscriber import FILE --list {names[0]}.",
            )
        return tuple(sorted(set(names)))

    def ensure_list(self, name: str, now: dt.datetime) -> bool:
        """Make the list if it is not there; return whether it was made. Raises UsageError for a name out of form."""
        check_list_name(name)
        statement = upsert(lists).values(name=name, title=name, created_at=now).on_conflict_do_nothing()
        with self._database.write() as connection:
            return connection.execute(statement).rowcount == 1

    def take(
        self, rows: Sequence[NewSubscriber], *, list_name: str, consent_source: str, now: dt.datetime, write: bool
    ) -> list[ImportOutcome]:
        """Take rows, each address once, onto a list in one transaction; return what became of each, in order.

        With `write=False` nothing changes and the answer is what would happen. A person who left is kept out, and an
        empty cell never erases what is known.
        """
        context: AbstractContextManager[Connection] = self._database.write() if write else self._database.read()
        keys = [row.key for row in rows]
        with context as connection:
            list_id = connection.scalar(select(lists.c.id).where(lists.c.name == list_name))
            known = _known(connection, keys, list_id)
            barred = {**_suppressed(connection, keys), **forgotten(connection, keys, self._database.state_dir)}
            outcomes = [_classify(row, known.get(key), barred.get(key)) for row, key in zip(rows, keys, strict=True)]
            if write:
                results = list(zip(rows, outcomes, strict=True))
                _store(connection, results, known, now)
                _join(connection, results, list_id, consent_source, now)
        return outcomes

    def stream(self, list_name: str | None = None) -> Iterator[tuple[Subscriber, SubscriberStatus]]:
        """Yield everybody, or everybody on a list, by address; holds a few at a time."""
        query = _with_lists().order_by(subscribers.c.email_key)
        if list_name is not None:
            on_list = (
                select(memberships.c.subscriber_id)
                .join(lists)
                .where(lists.c.name == list_name, memberships.c.left_at.is_(None))
            )
            query = query.where(subscribers.c.id.in_(on_list))
        with self._database.read() as connection:
            for row in connection.execute(query.execution_options(yield_per=1000)):
                yield subscriber_of(row), SubscriberStatus(row.status)

    def find(self, email: str) -> SubscriberRecord:
        """Return all that is kept about an address; raises UsageError when it is nobody's."""
        key = email_key(canonical_email(email))
        with self._database.read() as connection:
            row = connection.execute(_with_lists().where(subscribers.c.email_key == key)).first()
            if row is None:
                raise _nobody(email)
            reason = connection.scalar(select(suppressions.c.reason).where(suppressions.c.email_key == key))
            query = (
                select(lists.c.name, memberships)
                .join(lists)
                .where(memberships.c.subscriber_id == row.id)
                .order_by(lists.c.name)
            )
            on = tuple(
                MembershipRecord(
                    list=each.name,
                    joined_at=each.joined_at,
                    left_at=each.left_at,
                    consent_source=each.consent_source,
                    consent_at=each.consent_at,
                )
                for each in connection.execute(query)
            )
        return SubscriberRecord(
            subscriber=subscriber_of(row),
            status=SubscriberStatus(row.status),
            created_at=row.created_at,
            suppression=reason or "",
            memberships=on,
        )

    def unsubscribe(self, email: str, *, list_name: str | None, now: dt.datetime) -> bool:
        """Take a person off one list or, without one, off everything; return whether that changed anything.

        Leaving everything is kept as a suppression too, so that it outlives the subscriber's removal. Raises
        UsageError for an unknown address or list.
        """
        canonical = canonical_email(email)
        with self._database.write() as connection:
            person = connection.scalar(select(subscribers.c.id).where(subscribers.c.email_key == email_key(canonical)))
            if person is None:
                raise _nobody(email)
            if list_name is None:
                _suppress(connection, email_key(canonical), SuppressionReason.UNSUBSCRIBE, "", now)
                changed = connection.execute(
                    update(subscribers)
                    .where(subscribers.c.id == person, subscribers.c.status == SubscriberStatus.ACTIVE)
                    .values(status=SubscriberStatus.UNSUBSCRIBED)
                )
                return changed.rowcount == 1
            list_id = connection.scalar(select(lists.c.id).where(lists.c.name == list_name))
            here = (memberships.c.subscriber_id == person) & (memberships.c.list_id == list_id)
            if connection.scalar(select(memberships.c.id).where(here)) is None:
                raise UsageError(
                    f"{canonical} is not on a list `{list_name}`", remedy="See newsletter subscriber show."
                )
            left = connection.execute(
                update(memberships).where(here, memberships.c.left_at.is_(None)).values(left_at=now)
            )
            return left.rowcount == 1

    def suppress(self, email: str, reason: SuppressionReason, *, note: str, now: dt.datetime) -> bool:
        """Bar an address from every mailing, subscriber or not; return False when it was barred already."""
        with self._database.write() as connection:
            return _suppress(connection, email_key(canonical_email(email)), reason, note, now)

    def remove(self, email: str) -> None:
        """Delete a person and every membership; deliveries keep the address, a suppression stays.

        Raises UsageError when the address is nobody's.
        """
        key = email_key(canonical_email(email))
        with self._database.write() as connection:
            if connection.execute(delete(subscribers).where(subscribers.c.email_key == key)).rowcount == 0:
                raise _nobody(email)


def check_list_name(name: str) -> None:
    """Raise UsageError when a list cannot be called so."""
    if not LIST_NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a list",
            remedy="Use lower-case letters, digits and hyphens, like `weekly` or `press-de`.",
        )


def subscriber_of(row: Row[Any]) -> Subscriber:
    """Make the value that slots see from a row with `list_names`, comma-separated."""
    return Subscriber(
        email=row.email,
        name=row.name,
        attributes=row.attributes,
        tags=tuple(row.tags),
        lists=tuple(sorted(row.list_names.split(","))) if row.list_names else (),
    )


def list_names_column() -> Any:
    """Name the lists that the subscriber of the surrounding query is on, comma-separated."""
    return (
        select(func.aggregate_strings(lists.c.name, ","))
        .select_from(memberships.join(lists))
        .where(memberships.c.subscriber_id == subscribers.c.id, memberships.c.left_at.is_(None))
        .correlate(subscribers)
        .scalar_subquery()
        .label("list_names")
    )


def _with_lists() -> Select[Any]:
    return select(subscribers, list_names_column())


def _nobody(email: str) -> UsageError:
    return UsageError(f"nobody here has the address {email}", remedy="See newsletter subscriber list.")


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


def _suppressed(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    query = select(suppressions.c.email_key, suppressions.c.reason).where(suppressions.c.email_key.in_(_values(keys)))
    return {row.email_key: row.reason for row in connection.execute(query)}


def _classify(row: NewSubscriber, known: Row[Any] | None, suppression: str | None) -> ImportOutcome:
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
    return ImportOutcome.UPDATED if _merged(row, known) != _data(known) else ImportOutcome.UNCHANGED


def _data(known: Row[Any]) -> tuple[str, dict[str, Any], list[str]]:
    return known.name, known.attributes, known.tags


def _merged(row: NewSubscriber, known: Row[Any]) -> tuple[str, dict[str, Any], list[str]]:
    """Lay the row's data over the person's; an empty cell fills a gap but never erases."""
    attributes = {**known.attributes}
    for key, value in row.attributes.items():
        if value or key not in attributes:
            attributes[key] = value
    return row.name or known.name, attributes, list(dict.fromkeys([*known.tags, *row.tags]))


def _store(
    connection: Connection,
    rows: Sequence[tuple[NewSubscriber, ImportOutcome]],
    known: Mapping[str, Row[Any]],
    now: dt.datetime,
) -> None:
    new = [
        {"email": row.email, "key": row.key, "name": row.name, "attributes": dict(row.attributes), "tags": row.tags}
        for row, outcome in rows
        if outcome is ImportOutcome.ADDED
    ]
    if new:
        # one parameter for the whole batch: a parameter set a row takes SQLAlchemy three times as long as the insertion
        value = func.json_each(literal(new, JSON)).table_valued("value").c.value
        cells = [func.json_extract(value, f"$.{each}") for each in ("email", "key", "name", "attributes", "tags")]
        everybody = select(*cells, literal(SubscriberStatus.ACTIVE.value), literal(now, UtcDateTime))
        columns = ["email", "email_key", "name", "attributes", "tags", "status", "created_at"]
        connection.execute(insert(subscribers).from_select(columns, everybody))
    for row, outcome in rows:
        if outcome in {ImportOutcome.UPDATED, ImportOutcome.JOINED}:
            name, attributes, tags = _merged(row, known[row.key])
            connection.execute(
                update(subscribers)
                .where(subscribers.c.email_key == row.key)
                .values(name=name, attributes=attributes, tags=tags)
            )


def _join(
    connection: Connection,
    rows: Sequence[tuple[NewSubscriber, ImportOutcome]],
    list_id: int | None,
    consent_source: str,
    now: dt.datetime,
) -> None:
    keys = [row.key for row, outcome in rows if outcome in {ImportOutcome.ADDED, ImportOutcome.JOINED}]
    if not keys:
        return
    consent_at = now if consent_source else None
    everybody = select(
        subscribers.c.id,
        literal(list_id),
        # SQLite's own generator, seeded by the system; the links carry an HMAC besides
        func.randomblob(TOKEN_BYTES),
        literal(now, UtcDateTime),
        literal(consent_source),
        literal(consent_at, UtcDateTime),
    ).where(subscribers.c.email_key.in_(_values(keys)))
    columns = ["subscriber_id", "list_id", "token", "joined_at", "consent_source", "consent_at"]
    connection.execute(insert(memberships).from_select(columns, everybody))


def _values(keys: Sequence[str]) -> Select[Any]:
    """Select the keys themselves, passed as one parameter."""
    return select(func.json_each(literal(list(keys), JSON)).table_valued("value").c.value)


def _suppress(connection: Connection, key: str, reason: SuppressionReason, note: str, now: dt.datetime) -> bool:
    statement = (
        upsert(suppressions).values(email_key=key, reason=reason, note=note, created_at=now).on_conflict_do_nothing()
    )
    return connection.execute(statement).rowcount == 1
