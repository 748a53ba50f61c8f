"""Events of the provider, once each, and what follows from them: settled deliveries and suppressed addresses.

What became of a delivery is derived from its events whenever somebody asks, and kept nowhere else. The same events in
any order, and however often, leave the same state.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, Connection, Select, func, insert, literal, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from newsletter.errors import AddressError
from newsletter.message.address import canonical_email, email_key
from newsletter.models import DeliveryState, Event, EventMeaning, EventType, OutcomeKind, SuppressionReason
from newsletter.store.database import Database
from newsletter.store.evidence import Settlement, settle_attempt
from newsletter.store.forgetting import forgotten
from newsletter.store.schema import attempts, deliveries, events, unreadable_events
from newsletter.store.strikes import judge_soft_bounces
from newsletter.store.suppressing import Barred, suppress

LONGEST_BODY = 256 * 1024
"""Characters kept of what cannot be read."""

_SUPPRESSING = {
    EventMeaning.HARD_BOUNCE: SuppressionReason.BOUNCE,
    EventMeaning.PROVIDER_SUPPRESSED: SuppressionReason.BOUNCE,
    EventMeaning.COMPLAINT: SuppressionReason.COMPLAINT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """What came in place of an event: where from, why it cannot be read, and its text; `sha256` is of that text."""

    sha256: str
    source: str
    reason: str
    body: str


@dataclass(slots=True, kw_only=True)
class Taken:
    """What a batch changed; `twice` names people who were sent a second copy after a first that had arrived."""

    new: Counter[EventType] = field(default_factory=Counter)
    known: int = 0
    unreadable: int = 0
    settled: int = 0
    suppressed: int = 0
    foreign: int = 0
    unattributed: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    twice: list[str] = field(default_factory=list)

    def add(self, other: "Taken") -> None:
        """Count another batch too."""
        self.new += other.new
        self.refusals += other.refusals
        self.twice += other.twice
        for name in ("known", "unreadable", "settled", "suppressed", "foreign", "unattributed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCounts:
    """What is there: events by type, the newest one's time, events about no message of ours, and the unreadable."""

    by_type: Mapping[str, int]
    newest: dt.datetime | None
    foreign: int
    unreadable: int


def take_events(
    database: Database,
    batch: Sequence[Event],
    unreadable: Sequence[Unreadable] = (),
    *,
    soft_bounce_limit: int,
    now: dt.datetime,
) -> Taken:
    """Write down the events that are new and do what follows from them, all in one transaction.

    Events and what cannot be read may come as often as they like. Raises StoreError, and then nothing of it happened.
    """
    unique = {event.key: event for event in batch}
    taken = Taken()
    with database.write() as connection:
        known = set(
            connection.execute(select(events.c.dedupe_key).where(events.c.dedupe_key.in_(_values(unique)))).scalars()
        )
        fresh = [event for key, event in unique.items() if key not in known]
        taken.known = len(batch) - len(fresh)
        owners = _owners(connection, fresh)
        gone = _forgotten(connection, fresh, owners, database)
        _insert(connection, fresh, owners, gone)
        linked = _settle(connection, fresh, owners, taken, now)
        taken.suppressed += suppress(connection, _barred(fresh, owners, gone, taken))
        people = _touched(fresh, owners) | linked
        taken.suppressed += judge_soft_bounces(connection, people, limit=soft_bounce_limit)
        taken.unreadable = _keep_aside(connection, unreadable, now)
    for event in fresh:
        taken.new[event.type] += 1
        taken.foreign += event.key not in owners
        if event.meaning is EventMeaning.POLICY_REFUSED:
            taken.refusals[event.code] += 1
    return taken


def count_events(database: Database) -> EventCounts:
    """Count what is there."""
    by_type = select(events.c.type, func.count().label("number")).group_by(events.c.type).order_by(events.c.type)
    with database.read() as connection:
        return EventCounts(
            by_type={row.type: row.number for row in connection.execute(by_type)},
            newest=connection.scalar(select(func.max(events.c.occurred_at))),
            foreign=connection.scalar(select(func.count()).where(events.c.attempt_id.is_(None))) or 0,
            unreadable=connection.scalar(select(func.count()).select_from(unreadable_events)) or 0,
        )


def unreadable_ones(database: Database) -> tuple[Unreadable, ...]:
    """Return what was kept aside, the oldest first."""
    query = select(unreadable_events).order_by(unreadable_events.c.seen_at, unreadable_events.c.sha256)
    with database.read() as connection:
        return tuple(
            Unreadable(sha256=row.sha256, source=row.source, reason=row.reason, body=row.body)
            for row in connection.execute(query)
        )


def _owners(connection: Connection, fresh: Sequence[Event]) -> dict[str, Any]:
    """Return the delivery of each event that is about one of ours, by the attempt's tag or else the message id."""
    query = select(
        attempts.c.id.label("attempt_id"),
        attempts.c.message_id,
        attempts.c.outcome,
        deliveries.c.state,
        deliveries.c.email,
        deliveries.c.email_key,
    ).join(deliveries, deliveries.c.id == attempts.c.delivery_id)
    tags = {event.attempt_id for event in fresh if event.attempt_id}
    by_tag: dict[str, Any] = {
        row.attempt_id: row for row in connection.execute(query.where(attempts.c.id.in_(_values(tags))))
    }
    untagged = {event.message_id for event in fresh if event.attempt_id not in by_tag}
    by_message: dict[str, Any] = {}
    if untagged:
        rows = connection.execute(query.where(attempts.c.message_id.in_(_values(untagged))))
        by_message = {row.message_id: row for row in rows}
    found = {event.key: by_tag.get(event.attempt_id) or by_message.get(event.message_id) for event in fresh}
    return {key: row for key, row in found.items() if row is not None}


def _forgotten(
    connection: Connection, fresh: Sequence[Event], owners: Mapping[str, Any], database: Database
) -> set[str]:
    """Return the events about people who had themselves forgotten: of those nothing personal is kept."""
    gone = {event.key for event in fresh if event.key in owners and not owners[event.key].email}
    strangers = [event for event in fresh if event.key not in owners]
    keys = {_key_of(address) for event in strangers for address in event.recipients}
    barred = forgotten(connection, sorted(keys), database.state_dir) if keys else {}
    return gone | {event.key for event in strangers if any(_key_of(each) in barred for each in event.recipients)}


def _insert(connection: Connection, fresh: Sequence[Event], owners: Mapping[str, Any], gone: set[str]) -> None:
    rows = []
    for event in fresh:
        owner = owners.get(event.key)
        alone = event.recipients[0] if len(event.recipients) == 1 else ""
        key = owner.email_key if owner else _key_of(alone) if alone else None
        rows.append(
            {
                "dedupe_key": event.key,
                "attempt_id": owner.attempt_id if owner else None,
                "message_id": event.message_id,
                "type": event.type,
                "occurred_at": event.occurred_at,
                "payload": {} if event.key in gone else event.payload,
                "meaning": event.meaning,
                "email_key": key if owner or event.key not in gone else None,
                "code": event.code,
            }
        )
    if rows:
        connection.execute(insert(events), rows)


def _settle(
    connection: Connection, fresh: Sequence[Event], owners: Mapping[str, Any], taken: Taken, now: dt.datetime
) -> set[str]:
    """Settle what was unknown; return the people whose earlier events are known by it to be theirs."""
    linked: set[str] = set()
    done: set[str] = set()
    for event in fresh:
        owner = owners.get(event.key)
        if owner is None or owner.attempt_id != event.attempt_id or event.attempt_id in done:
            continue
        if owner.outcome == OutcomeKind.ACCEPTED and owner.state == DeliveryState.SENT:
            continue
        done.add(event.attempt_id)
        settlement = settle_attempt(connection, event.attempt_id, event.message_id, now=now)
        taken.settled += settlement is Settlement.SETTLED
        if settlement is Settlement.SUPERSEDED and owner.outcome != OutcomeKind.ACCEPTED:
            taken.twice.append(owner.email)
        waiting = update(events).where(events.c.message_id == event.message_id, events.c.attempt_id.is_(None))
        values = {"attempt_id": event.attempt_id, "email_key": owner.email_key}
        if connection.execute(waiting.values(**values)).rowcount:
            linked.add(owner.email_key)
    return linked


def _barred(fresh: Sequence[Event], owners: Mapping[str, Any], gone: set[str], taken: Taken) -> list[Barred]:
    """Return whom the events bar.

    A complaint names everybody who may have complained, because mailbox providers hide who did (SES, complaint object):
    without a message of ours to go by, only a single name is taken for the one.
    """
    found: list[Barred] = []
    for event in fresh:
        reason = _SUPPRESSING.get(event.meaning)
        if reason is None or event.key in gone:
            continue
        owner = owners.get(event.key)
        keys = [owner.email_key] if owner else [_key_of(address) for address in event.recipients]
        if not keys or (event.meaning is EventMeaning.COMPLAINT and len(keys) > 1):
            taken.unattributed += 1
            continue
        note = " ".join(f"{event.code} {event.reason}".split())[:300]
        found += [Barred(email_key=key, reason=reason, note=note, at=event.occurred_at) for key in keys]
    return found


def _touched(fresh: Sequence[Event], owners: Mapping[str, Any]) -> set[str]:
    """Return the people whose row of soft bounces may have changed."""
    meanings = {EventMeaning.SOFT_BOUNCE, EventMeaning.DELIVERED}
    return {owners[event.key].email_key for event in fresh if event.meaning in meanings and event.key in owners}


def _keep_aside(connection: Connection, unreadable: Sequence[Unreadable], now: dt.datetime) -> int:
    rows = [
        {
            "sha256": each.sha256,
            "source": each.source,
            "reason": each.reason,
            "body": each.body[:LONGEST_BODY].encode("utf-8", "replace").decode("utf-8"),
            "seen_at": now,
        }
        for each in unreadable
    ]
    statement = upsert(unreadable_events).on_conflict_do_nothing()
    return sum(connection.execute(statement, [row]).rowcount for row in rows)


def _key_of(address: str) -> str:
    """Return the key of an address that SES names; what is no address any more keeps its own spelling."""
    try:
        return email_key(canonical_email(address))
    except AddressError:
        return address.lower()[:254]


def _values(texts: Iterable[str]) -> Select[Any]:
    """Select the texts themselves, passed as one parameter."""
    return select(func.json_each(literal(list(texts), JSON)).table_valued("value").c.value)
