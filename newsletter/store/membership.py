"""What the holder of a link may see and change: the person behind a subscription's random id."""

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from newsletter.models import SubscriberStatus, SuppressionReason
from newsletter.store.consent import ConsentAction, Evidence, consent_of, record_consent
from newsletter.store.database import Database
from newsletter.store.forgetting import lift
from newsletter.store.schema import deliveries, lists, mailings, memberships, subscribers, suppressions

TOKEN_BYTES = 16
LANGUAGE = "language"
"""The attribute that holds a person's language, a BCP 47 tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person chose on their own page; lists that were not `offered` stay as they are."""

    name: str
    language: str
    wanted: frozenset[str]
    offered: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person as their own page shows them; `lists` are those they are on."""

    id: int
    email: str
    email_key: str
    name: str
    language: str
    lists: tuple[str, ...]


class MemberLinks:
    """People by the random ids that links carry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def titles(self) -> dict[str, str]:
        """Return the title of every list by name."""
        with self._database.read() as connection:
            return {row.name: row.title for row in connection.execute(select(lists).order_by(lists.c.name))}

    def find(self, subscription: bytes) -> Member | None:
        """Return the person behind a subscription, whether they are still on that list or not."""
        with self._database.read() as connection:
            row = _person(connection, subscription)
            return _member(connection, row) if row is not None else None

    def leave(self, subscription: bytes, evidence: Evidence, *, everything: bool = False) -> bool:
        """Take the person off the list, or off everything; return whether that changed anything.

        A mail that went to several lists at once named the first of them only; whoever leaves it leaves them all, or
        the next mail of that kind would come all the same.
        """
        with self._database.write() as connection:
            row = _person(connection, subscription)
            if row is None:
                return False
            names = _on(connection, row.id)
            going = names if everything else tuple(name for name in names if name in _mailed_with(connection, row))
            changed = _leave(connection, row.id, going, evidence)
            if everything:
                changed |= _bar(connection, row, evidence.at)
        return changed

    def save(self, subscription: bytes, choice: Choice, evidence: Evidence) -> Member | None:
        """Write what a person changed about themselves, and return them as they are now."""
        with self._database.write() as connection:
            row = _person(connection, subscription)
            if row is None:
                return None
            attributes = {**row.attributes, LANGUAGE: choice.language} if choice.language else row.attributes
            connection.execute(
                update(subscribers).where(subscribers.c.id == row.id).values(name=choice.name, attributes=attributes)
            )
            on = set(_on(connection, row.id))
            _leave(connection, row.id, sorted(choice.offered & on - choice.wanted), evidence)
            # who had left everything is still on lists by name: choosing one means to be mailed again
            gone = row.status != SubscriberStatus.ACTIVE
            if wanted := sorted(choice.offered & choice.wanted):
                lift(connection, row.email_key, self._database.state_dir)
                if gone:
                    _leave(connection, row.id, sorted(on - choice.wanted), evidence)
                    activate(connection, row.id)
                join(connection, row.id, wanted, evidence)
            fresh = _person(connection, subscription)
            return _member(connection, fresh) if fresh is not None else None

    def export(self, subscription: bytes) -> dict[str, Any] | None:
        """Return everything that is held about a person as JSON values (GDPR Art. 15 and 20)."""
        with self._database.read() as connection:
            row = _person(connection, subscription)
            return _everything(connection, row) if row is not None else None


def activate(connection: Connection, subscriber_id: int) -> None:
    """Let somebody who had left everything be mailed again."""
    connection.execute(
        update(subscribers).where(subscribers.c.id == subscriber_id).values(status=SubscriberStatus.ACTIVE)
    )


def join(connection: Connection, subscriber_id: int, names: Sequence[str], evidence: Evidence) -> None:
    """Put a person on lists and record the consent; who is on one already stays as they are."""
    known = {row.name: row.id for row in connection.execute(select(lists.c.name, lists.c.id))}
    here = memberships.c.subscriber_id == subscriber_id
    was = {row.list_id: row for row in connection.execute(select(memberships).where(here))}
    joined = []
    for name in names:
        before = was.get(known.get(name, -1))
        if name not in known or (before is not None and before.left_at is None):
            continue
        values: dict[str, Any] = {
            "joined_at": evidence.at,
            "left_at": None,
            "consent_source": evidence.source,
            "consent_at": evidence.at,
        }
        if before is not None:
            # the random id stays: links in old mails go on working
            connection.execute(update(memberships).where(memberships.c.id == before.id).values(**values))
        else:
            values |= {"subscriber_id": subscriber_id, "list_id": known[name], "token": os.urandom(TOKEN_BYTES)}
            connection.execute(insert(memberships).values(**values))
        joined.append(name)
    record_consent(connection, subscriber_id, joined, ConsentAction.GIVEN, evidence)


def _person(connection: Connection, subscription: bytes) -> Row[Any] | None:
    query = (
        select(subscribers, memberships.c.id.label("membership_id"), lists.c.name.label("list"))
        .select_from(memberships.join(subscribers).join(lists, lists.c.id == memberships.c.list_id))
        .where(memberships.c.token == subscription)
    )
    return connection.execute(query).first()


def _member(connection: Connection, row: Row[Any]) -> Member:
    on = _on(connection, row.id) if row.status == SubscriberStatus.ACTIVE else ()
    language = str(row.attributes.get(LANGUAGE, ""))
    return Member(id=row.id, email=row.email, email_key=row.email_key, name=row.name, language=language, lists=on)


def _on(connection: Connection, subscriber_id: int) -> tuple[str, ...]:
    query = (
        select(lists.c.name)
        .join(memberships)
        .where(memberships.c.subscriber_id == subscriber_id, memberships.c.left_at.is_(None))
        .order_by(lists.c.name)
    )
    return tuple(connection.execute(query).scalars())


def _mailed_with(connection: Connection, row: Row[Any]) -> set[str]:
    """Name the list of a subscription and every other one that mails under it were meant for too."""
    query = (
        select(mailings.c.lists)
        .distinct()
        .select_from(deliveries.join(mailings, mailings.c.id == deliveries.c.mailing_id))
        .where(deliveries.c.membership_id == row.membership_id)
    )
    return {row.list}.union(*connection.execute(query).scalars())


def _leave(connection: Connection, subscriber_id: int, names: Sequence[str], evidence: Evidence) -> bool:
    ids = select(lists.c.id).where(lists.c.name.in_(names))
    left = connection.execute(
        update(memberships)
        .where(
            memberships.c.subscriber_id == subscriber_id,
            memberships.c.list_id.in_(ids),
            memberships.c.left_at.is_(None),
        )
        .values(left_at=evidence.at)
    )
    record_consent(connection, subscriber_id, names, ConsentAction.WITHDRAWN, evidence)
    return left.rowcount > 0


def _bar(connection: Connection, row: Row[Any], now: dt.datetime) -> bool:
    """Keep that somebody left everything, so that it outlives the subscriber's removal."""
    known = select(suppressions.c.email_key).where(suppressions.c.email_key == row.email_key)
    if connection.scalar(known) is None:
        values = {"email_key": row.email_key, "reason": SuppressionReason.UNSUBSCRIBE, "note": "", "created_at": now}
        connection.execute(insert(suppressions).values(**values))
    changed = connection.execute(
        update(subscribers)
        .where(subscribers.c.id == row.id, subscribers.c.status == SubscriberStatus.ACTIVE)
        .values(status=SubscriberStatus.UNSUBSCRIBED)
    )
    return changed.rowcount == 1


def _everything(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    reason = connection.scalar(select(suppressions.c.reason).where(suppressions.c.email_key == row.email_key))
    on = select(lists.c.name, memberships).join(lists).where(memberships.c.subscriber_id == row.id)
    sent = (
        select(mailings.c.issue, mailings.c.subject, deliveries.c.state, deliveries.c.updated_at)
        .select_from(deliveries.join(mailings, mailings.c.id == deliveries.c.mailing_id))
        .where(deliveries.c.email_key == row.email_key)
        .order_by(deliveries.c.id)
    )
    return {
        "email": row.email,
        "name": row.name,
        "attributes": row.attributes,
        "tags": row.tags,
        "status": row.status,
        "suppression": reason or "",
        "created_at": row.created_at.isoformat(),
        "lists": [_membership(each) for each in connection.execute(on.order_by(lists.c.name))],
        "consent": [{**asdict(each), "at": each.at.isoformat()} for each in consent_of(connection, row.id)],
        "deliveries": [
            {"issue": each.issue, "subject": each.subject, "state": each.state, "at": each.updated_at.isoformat()}
            for each in connection.execute(sent)
        ],
    }


def _membership(row: Row[Any]) -> Mapping[str, Any]:
    return {
        "list": row.name,
        "joined_at": row.joined_at.isoformat(),
        "left_at": row.left_at.isoformat() if row.left_at else None,
        "consent_source": row.consent_source,
        "consent_at": row.consent_at.isoformat() if row.consent_at else None,
    }
