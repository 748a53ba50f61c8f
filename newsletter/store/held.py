"""Everything that is held about a person, as JSON values (GDPR Art. 15 and 20)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, Select, or_, select

from newsletter.errors import UsageError
from newsletter.message.address import canonical_email, email_key
from newsletter.store.consent import consent_of
from newsletter.store.database import Database
from newsletter.store.schema import (
    attempts,
    confirmations,
    deliveries,
    events,
    lists,
    mailings,
    memberships,
    subscribers,
    suppressions,
)


def held_about(database: Database, email: str) -> dict[str, Any]:
    """Return everything held about an address, a subscriber's or not.

    Raises UsageError when nothing is held. Of somebody who was forgotten nothing is.
    """
    key = email_key(canonical_email(email))
    with database.read() as connection:
        row = connection.execute(select(subscribers).where(subscribers.c.email_key == key)).first()
        held = _person(connection, row) if row is not None else {"email": key}
        held |= _about_address(connection, key)
    if row is None and not any(value for name, value in held.items() if name != "email"):
        raise UsageError(f"nothing is held about {email}", remedy="See newsletter subscriber find.")
    return held


def _person(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    on = select(lists.c.name, memberships).join(lists).where(memberships.c.subscriber_id == row.id)
    return {
        "email": row.email,
        "name": row.name,
        "attributes": row.attributes,
        "tags": row.tags,
        "status": row.status,
        "created_at": row.created_at.isoformat(),
        "lists": [_membership(each) for each in connection.execute(on.order_by(lists.c.name))],
        "consent": [{**asdict(each), "at": each.at.isoformat()} for each in consent_of(connection, row.id)],
    }


def _membership(row: Row[Any]) -> Mapping[str, Any]:
    return {
        "list": row.name,
        "joined_at": row.joined_at.isoformat(),
        "left_at": row.left_at.isoformat() if row.left_at else None,
        "consent_source": row.consent_source,
        "consent_at": row.consent_at.isoformat() if row.consent_at else None,
    }


def _about_address(connection: Connection, key: str) -> dict[str, Any]:
    """Collect what stands under the address itself and outlives the subscriber's removal."""
    theirs = select(deliveries.c.id).where(deliveries.c.email_key == key)
    tried = select(attempts).where(attempts.c.delivery_id.in_(theirs)).order_by(attempts.c.started_at, attempts.c.id)
    sent = (
        select(mailings.c.issue, mailings.c.subject, deliveries)
        .join(mailings, mailings.c.id == deliveries.c.mailing_id)
        .where(deliveries.c.email_key == key)
        .order_by(deliveries.c.id)
    )
    ids = select(attempts.c.id).where(attempts.c.delivery_id.in_(theirs))
    messages = select(attempts.c.message_id).where(attempts.c.delivery_id.in_(theirs))
    told = (
        select(events)
        .where(or_(events.c.attempt_id.in_(ids), events.c.message_id.in_(messages)))
        .order_by(events.c.occurred_at, events.c.dedupe_key)
    )
    waiting = select(confirmations).where(confirmations.c.email_key == key).order_by(confirmations.c.created_at)
    barred = select(suppressions).where(suppressions.c.email_key == key)
    return {
        "suppressions": _rows(connection, barred, "reason", "note", "created_at"),
        "deliveries": _rows(
            connection,
            sent,
            *(
                "issue",
                "subject",
                "email",
                "state",
                "reason",
                "attempt_count",
                "message_id",
                "code",
                "text",
                "updated_at",
            ),
        ),
        "attempts": _rows(connection, tried, "id", "started_at", "ended_at", "outcome", "code", "text", "message_id"),
        "events": _rows(connection, told, "type", "occurred_at", "message_id", "payload"),
        "confirmations": _rows(connection, waiting, "kind", "email", "data", "created_at", "mailed_at", "confirmed_at"),
    }


def _rows(connection: Connection, query: Select[Any], *names: str) -> list[dict[str, Any]]:
    return [{name: _plain(getattr(row, name)) for name in names} for row in connection.execute(query)]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
