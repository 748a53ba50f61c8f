"""What comes after the attempt: evidence that settles an unknown delivery, and what a person decides about one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, insert, select, update

from newsletter.errors import UsageError
from newsletter.message.address import canonical_email, email_key
from newsletter.models import DeliveryState, MailingState, OutcomeKind
from newsletter.store.database import Database
from newsletter.store.ledger import OPEN_STATES
from newsletter.store.schema import attempts, deliveries, mailings, resolutions


class Settlement(StrEnum):
    """What evidence about an attempt changed."""

    SETTLED = "settled"  # the delivery is sent now
    KNOWN = "known"  # it was settled before: nothing changed
    SUPERSEDED = "superseded"  # a person had it sent again: the address probably got it twice
    NO_SUCH_ATTEMPT = "no_such_attempt"  # none of ours


class Decision(StrEnum):
    """What a person decides about a delivery nobody can know."""

    RESEND = "resend"  # send again, at the risk of a second copy
    LEAVE = "leave"  # leave it unknown, at the risk that it never arrived


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A decision with who took it and why."""

    decision: Decision
    who: str
    reason: str


def settle(database: Database, attempt_id: str, message_id: str, *, now: dt.datetime) -> Settlement:
    """Record evidence, an event that carries the attempt's tag, that the provider accepted an attempt.

    Also a row that a person gave back to `pending`, and that nobody has claimed yet, becomes `sent`: to send it after
    that would be to send it twice knowingly.
    """
    with database.write() as connection:
        return settle_attempt(connection, attempt_id, message_id, now=now)


def settle_attempt(connection: Connection, attempt_id: str, message_id: str, *, now: dt.datetime) -> Settlement:
    """Do what `settle` does, inside the caller's transaction."""
    row = connection.execute(
        select(deliveries.c.id, deliveries.c.state, deliveries.c.attempt_id)
        .join(attempts, attempts.c.delivery_id == deliveries.c.id)
        .where(attempts.c.id == attempt_id)
    ).first()
    if row is None:
        return Settlement.NO_SUCH_ATTEMPT
    evidence = {"outcome": OutcomeKind.ACCEPTED, "message_id": message_id}
    connection.execute(
        update(attempts)
        .where(attempts.c.id == attempt_id)
        .values(**evidence, ended_at=func.coalesce(attempts.c.ended_at, now))
    )
    if row.attempt_id != attempt_id:
        return Settlement.SUPERSEDED
    changed = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.id == row.id,
            deliveries.c.attempt_id == attempt_id,
            deliveries.c.state.in_([*OPEN_STATES, DeliveryState.PENDING]),
        )
        .values(state=DeliveryState.SENT, message_id=message_id, reason="", code="", text="", updated_at=now)
    )
    return Settlement.SETTLED if changed.rowcount == 1 else Settlement.KNOWN


def resolve(
    database: Database, mailing_id: int, emails: Sequence[str], resolution: Resolution, *, now: dt.datetime
) -> int:
    """Decide about unknown deliveries, all of the mailing's when no address is given; return how many.

    RESEND makes them pending again; who decided it and why is kept with the attempt. Raises UsageError for an
    address whose delivery is not unknown, and then nothing is changed.
    """
    keys = {email_key(canonical_email(email)): email for email in emails}
    query = select(deliveries.c.id, deliveries.c.email_key, deliveries.c.attempt_id).where(
        deliveries.c.mailing_id == mailing_id, deliveries.c.state == DeliveryState.UNKNOWN
    )
    if keys:
        query = query.where(deliveries.c.email_key.in_(keys))
    with database.write() as connection:
        rows = connection.execute(query).all()
        missing = [email for key, email in keys.items() if key not in {row.email_key for row in rows}]
        if missing:
            raise UsageError(
                f"the delivery to {missing[0]} is not unknown in mailing {mailing_id}",
                remedy=f"See newsletter mailing show {mailing_id} --state unknown.",
            )
        for row in rows:
            connection.execute(
                insert(resolutions).values(
                    delivery_id=row.id,
                    attempt_id=row.attempt_id,
                    decision=resolution.decision,
                    who=resolution.who,
                    reason=resolution.reason,
                    decided_at=now,
                )
            )
        if rows:
            _decide(connection, [row.id for row in rows], resolution, now)
            _reopen(connection, mailing_id)
    return len(rows)


def _decide(connection: Connection, rows: Sequence[int], resolution: Resolution, now: dt.datetime) -> None:
    unknown = update(deliveries).where(deliveries.c.id == bindparam("row"), deliveries.c.state == DeliveryState.UNKNOWN)
    change = {"reason": f"left: {resolution.reason}", "updated_at": now}
    if resolution.decision is Decision.RESEND:
        change = {"state": DeliveryState.PENDING, "reason": "", "not_before": now, "updated_at": now}
    connection.execute(unknown.values(**change), [{"row": row} for row in rows])


def _reopen(connection: Connection, mailing_id: int) -> None:
    pending = select(deliveries.c.id).where(
        deliveries.c.mailing_id == mailing_id, deliveries.c.state == DeliveryState.PENDING
    )
    connection.execute(
        update(mailings)
        .where(mailings.c.id == mailing_id, mailings.c.state == MailingState.FINISHED, pending.exists())
        .values(state=MailingState.PAUSED, reason="deliveries are to be sent again", finished_at=None)
    )
