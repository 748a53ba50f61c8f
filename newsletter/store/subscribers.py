"""Subscribers, lists and memberships."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from newsletter.errors import UsageError
from newsletter.message.address import canonical_email, email_key
from newsletter.models import Subscriber, SubscriberStatus, SuppressionReason
from newsletter.store.database import Database
from newsletter.store.importing import NewSubscriber
from newsletter.store.schema import lists, memberships, subscribers, suppressions
from newsletter.store.suppressions import add_suppressions
from newsletter.store.taking import ImportOutcome, Terms, UpdateMode, take_rows

LIST_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSummary:
    """A list and how many people are on it now."""

    name: str
    title: str
    subscribers: int
    archived_at: dt.datetime | None = None


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

    def lists(self, *, archived: bool = False) -> tuple[ListSummary, ...]:
        """Return every list by name, those that were put away only with `archived`."""
        on_it = func.count(memberships.c.id).filter(memberships.c.left_at.is_(None))
        query = (
            select(lists.c.name, lists.c.title, lists.c.archived_at, on_it.label("people"))
            .select_from(lists.outerjoin(memberships))
            .group_by(lists.c.id)
            .order_by(lists.c.name)
        )
        if not archived:
            query = query.where(lists.c.archived_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(
            ListSummary(name=row.name, title=row.title, subscribers=row.people, archived_at=row.archived_at)
            for row in rows
        )

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
        """Make the list if it is not there; return whether it was made.

        Raises UsageError for a name out of form and for a list that was put away.
        """
        check_list_name(name)
        statement = upsert(lists).values(name=name, title=name, created_at=now).on_conflict_do_nothing()
        with self._database.write() as connection:
            if connection.scalar(select(lists.c.archived_at).where(lists.c.name == name)) is not None:
                raise UsageError(
                    f"the list `{name}` is archived", remedy=f"Take it out: newsletter list archive {name} --undo."
                )
            return connection.execute(statement).rowcount == 1

    def take(  # noqa: PLR0913 - the terms of an import, all named
        self,
        rows: Sequence[NewSubscriber],
        *,
        list_name: str,
        consent_source: str,
        now: dt.datetime,
        write: bool,
        consent_at: dt.datetime | None = None,
        update: UpdateMode = UpdateMode.MERGE,
    ) -> list[ImportOutcome]:
        """Take rows, each address once, onto a list in one transaction; return what became of each, in order.

        With `write=False` nothing changes and the answer is what would happen. A person who left is kept out.
        `consent_at` is when the people agreed, now if nobody knows better.
        """
        terms = Terms(list_name=list_name, consent_source=consent_source, consent_at=consent_at or now, update=update)
        context: AbstractContextManager[Connection] = self._database.write() if write else self._database.read()
        with context as connection:
            list_id = connection.scalar(select(lists.c.id).where(lists.c.name == list_name))
            return take_rows(
                connection,
                rows,
                terms,
                list_id=list_id,
                state_dir=self._database.state_dir,
                now=now,
                write=write,
            )

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
                _suppress(connection, email_key(canonical), SuppressionReason.UNSUBSCRIBE, now)
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
            return _suppress(connection, email_key(canonical_email(email)), reason, now, note)

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


def _suppress(connection: Connection, key: str, reason: SuppressionReason, now: dt.datetime, note: str = "") -> bool:
    row = {"email_key": key, "reason": reason, "note": note, "created_at": now}
    return add_suppressions(connection, [row]) == 1
