"""Deliveries nobody can know about, with the evidence there is and is not."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from newsletter.models import DeliveryState
from newsletter.store.database import Database
from newsletter.store.schema import attempts, deliveries, events, resolutions


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One unknown delivery; `since` is when the attempt began, `why` how it ended, `decided` what a person said.

    `around_before` and `around_after` count messages of the same mailing whose attempts began in the ten minutes before
    and after and of which events have come: where both are many and this one has none, it was probably not accepted.
    """

    email: str
    since: dt.datetime
    attempt_id: str
    attempt_count: int
    why: str
    around_before: int
    around_after: int
    decided: str


_NEAR = dt.timedelta(minutes=10)


def doubts(database: Database, mailing_id: int) -> Sequence[Doubt]:
    """Return the unknown deliveries of a mailing in the order of the freeze."""
    query = (
        select(deliveries, attempts.c.started_at)
        .join(attempts, attempts.c.id == deliveries.c.attempt_id)
        .where(deliveries.c.mailing_id == mailing_id, deliveries.c.state == DeliveryState.UNKNOWN)
        .order_by(deliveries.c.id)
    )
    with database.read() as connection:
        known = _moments_with_events(connection, mailing_id)
        found = []
        for row in connection.execute(query).all():
            at = row.started_at
            found.append(
                Doubt(
                    email=row.email,
                    since=at,
                    attempt_id=row.attempt_id,
                    attempt_count=row.attempt_count,
                    why=row.text or row.code or row.reason,
                    around_before=bisect_right(known, at) - bisect_left(known, at - _NEAR),
                    around_after=bisect_right(known, at + _NEAR) - bisect_right(known, at),
                    decided=_decision(connection, row.attempt_id),
                )
            )
        return found


def _moments_with_events(connection: Connection, mailing_id: int) -> list[dt.datetime]:
    heard = select(events.c.dedupe_key).where(events.c.attempt_id == attempts.c.id)
    query = (
        select(attempts.c.started_at)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(deliveries.c.mailing_id == mailing_id, heard.exists())
        .order_by(attempts.c.started_at)
    )
    return list(connection.execute(query).scalars())


def _decision(connection: Connection, attempt_id: str) -> str:
    row = connection.execute(
        select(resolutions).where(resolutions.c.attempt_id == attempt_id).order_by(resolutions.c.id.desc()).limit(1)
    ).first()
    return f"{row.decision} by {row.who}: {row.reason}" if row else ""


def events_of_mailing(database: Database, mailing_id: int) -> int:
    """Count the events about a mailing's messages."""
    query = (
        select(func.count())
        .select_from(events.join(attempts, attempts.c.id == events.c.attempt_id).join(deliveries))
        .where(deliveries.c.mailing_id == mailing_id)
    )
    with database.read() as connection:
        return connection.scalar(query) or 0
