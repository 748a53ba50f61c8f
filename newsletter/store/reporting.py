"""What a report asks of the ledger: everybody once, with what became of the message; all of it derived."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, or_, select

from newsletter.models import DeliveryState, EventMeaning, EventType, SuppressionReason
from newsletter.store.database import Database
from newsletter.store.schema import attempts, deliveries, events, mailings, memberships, suppressions

RANKED = (
    EventMeaning.ACCEPTED,
    EventMeaning.DELAYED,
    EventMeaning.SOFT_BOUNCE,
    # above a soft bounce: what comes after a delivery is an answering machine more often than a bounce
    EventMeaning.DELIVERED,
    EventMeaning.CONTENT_REFUSED,
    EventMeaning.POLICY_REFUSED,
    EventMeaning.REJECTED,
    EventMeaning.PROVIDER_SUPPRESSED,
    EventMeaning.HARD_BOUNCE,
    EventMeaning.COMPLAINT,
)
"""What counts when several things happened to one message: the last of these."""

BOUNCES = (
    EventMeaning.HARD_BOUNCE,
    EventMeaning.SOFT_BOUNCE,
    EventMeaning.PROVIDER_SUPPRESSED,
    EventMeaning.CONTENT_REFUSED,
    EventMeaning.POLICY_REFUSED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The mailings of one issue that a report is about; `until` is when the next issue went out, None if none has."""

    issue: str
    subject: str
    ids: tuple[int, ...]
    reaches_people: bool
    started_at: dt.datetime
    until: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """So many people of one domain in one state, with one reason if they were skipped, and one fate."""

    state: DeliveryState
    reason: str
    domain: str
    fate: EventMeaning
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An opening or a click, by a person or a machine; `delivered_at` is None when no delivery was reported."""

    delivery_id: int
    type: EventType
    at: dt.datetime
    delivered_at: dt.datetime | None
    payload: dict[str, Any]


def sent_issues(database: Database) -> tuple[Sent, ...]:
    """Return the issues that were sent, the oldest first: their mailings to people, or else their last trial."""
    query = select(
        mailings.c.id, mailings.c.issue, mailings.c.subject, mailings.c.reaches_people, mailings.c.started_at
    ).where(mailings.c.started_at.is_not(None))
    with database.read() as connection:
        rows = connection.execute(query.order_by(mailings.c.started_at)).all()
    by_issue: dict[str, list[Any]] = {}
    for row in rows:
        by_issue.setdefault(row.issue, []).append(row)
    chosen = [[row for row in found if row.reaches_people] or found[-1:] for found in by_issue.values()]
    chosen.sort(key=lambda found: found[0].started_at)
    result = []
    for number, found in enumerate(chosen):
        later = [other[0].started_at for other in chosen[number + 1 :] if other[0].reaches_people]
        result.append(
            Sent(
                issue=found[0].issue,
                subject=found[-1].subject,
                ids=tuple(row.id for row in found),
                reaches_people=found[0].reaches_people,
                started_at=found[0].started_at,
                until=later[0] if later else None,
            )
        )
    return tuple(result)


def account(database: Database, sent: Sent) -> list[Group]:
    """Count everybody of an issue once."""
    rank = case({meaning.value: number for number, meaning in enumerate(RANKED)}, value=events.c.meaning, else_=0)
    each = (
        select(
            deliveries.c.state,
            case((deliveries.c.state == DeliveryState.SKIPPED, deliveries.c.reason), else_="").label("reason"),
            _domain().label("domain"),
            func.coalesce(func.max(rank), 0).label("fate"),
        )
        .select_from(
            deliveries.outerjoin(attempts, attempts.c.delivery_id == deliveries.c.id).outerjoin(
                events, events.c.attempt_id == attempts.c.id
            )
        )
        .where(deliveries.c.mailing_id.in_(sent.ids))
        .group_by(deliveries.c.id)
        .subquery()
    )
    query = select(each, func.count().label("people")).group_by(*each.c)
    with database.read() as connection:
        return [
            Group(
                state=DeliveryState(row.state),
                reason=row.reason,
                domain=row.domain,
                fate=RANKED[row.fate],
                people=row.people,
            )
            for row in connection.execute(query)
        ]


def unsubscribed(database: Database, sent: Sent) -> int:
    """Count who got the issue and left a list or everything before the next one went out."""
    end = sent.until or dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
    query = (
        select(func.count(deliveries.c.id.distinct()))
        .select_from(
            deliveries.outerjoin(memberships, memberships.c.id == deliveries.c.membership_id).outerjoin(
                suppressions,
                (suppressions.c.email_key == deliveries.c.email_key)
                & (suppressions.c.reason == SuppressionReason.UNSUBSCRIBE),
            )
        )
        .where(
            deliveries.c.mailing_id.in_(sent.ids),
            deliveries.c.state == DeliveryState.SENT,
            or_(
                memberships.c.left_at.between(sent.started_at, end),
                suppressions.c.created_at.between(sent.started_at, end),
            ),
        )
    )
    with database.read() as connection:
        return connection.scalar(query) or 0


def bounce_codes(database: Database, sent: Sent) -> list[tuple[EventMeaning, str, int]]:
    """Count the people of each kind and code of bounce, the most frequent first."""
    number = func.count(deliveries.c.id.distinct())
    query = (
        _about(select(events.c.meaning, events.c.code, number.label("number")), sent)
        .where(events.c.meaning.in_(BOUNCES))
        .group_by(events.c.meaning, events.c.code)
        .order_by(number.desc(), events.c.code)
    )
    with database.read() as connection:
        return [(EventMeaning(row.meaning), row.code, row.number) for row in connection.execute(query)]


def delivered_by_minute(database: Database, sent: Sent) -> list[tuple[dt.datetime, int]]:
    """Count deliveries by the minute in which the receiving server took them, in order."""
    minute = func.strftime("%Y-%m-%dT%H:%M:00+00:00", events.c.occurred_at)
    query = (
        _about(select(minute.label("minute"), func.count(deliveries.c.id.distinct()).label("number")), sent)
        .where(events.c.meaning == EventMeaning.DELIVERED)
        .group_by(minute)
        .order_by(minute)
    )
    with database.read() as connection:
        return [(dt.datetime.fromisoformat(row.minute), row.number) for row in connection.execute(query)]


def visits(database: Database, sent: Sent) -> Iterator[Visit]:
    """Yield openings and clicks, those of one delivery together and in order; holds a few at a time."""
    delivered = (
        select(func.min(_other.c.occurred_at))
        .where(_other.c.attempt_id == events.c.attempt_id, _other.c.meaning == EventMeaning.DELIVERED)
        .scalar_subquery()
    )
    query = (
        _about(
            select(
                deliveries.c.id, events.c.type, events.c.occurred_at, events.c.payload, delivered.label("delivered_at")
            ),
            sent,
        )
        .where(events.c.type.in_([EventType.OPEN, EventType.CLICK]))
        .order_by(deliveries.c.id, events.c.occurred_at, events.c.dedupe_key)
    )
    with database.read() as connection:
        for row in connection.execute(query.execution_options(yield_per=1000)):
            yield Visit(
                delivery_id=row.id,
                type=EventType(row.type),
                at=row.occurred_at,
                delivered_at=row.delivered_at,
                payload=row.payload,
            )


_other = events.alias()


def _about(query: Any, sent: Sent) -> Any:
    return (
        query.select_from(events)
        .join(attempts, attempts.c.id == events.c.attempt_id)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(deliveries.c.mailing_id.in_(sent.ids))
    )


def _domain() -> Any:
    """Select the recipient's domain; "" for who was forgotten, whose key is no address."""
    at = func.instr(deliveries.c.email_key, "@")
    return case((at > 0, func.substr(deliveries.c.email_key, at + 1)), else_="")
