"""The ledger of deliveries: claim, record, recover. What comes later, evidence and decisions, is in `evidence`.

Every change names the state it leaves, so that doing one twice does nothing. A claim is committed before its attempt
may touch the network; whoever dies after that leaves a row in `sending`, which only becomes `unknown`, never `pending`.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, or_, select, update

from newsletter.models import (
    DeliveryState,
    Outcome,
    OutcomeKind,
    SkipReason,
    Subscriber,
    SubscriberStatus,
    SuppressionReason,
)
from newsletter.store.database import Database
from newsletter.store.schema import (
    attempts,
    deliveries,
    lists,
    mailings,
    memberships,
    subscribers,
    suppressions,
)
from newsletter.store.subscribers import list_names_column, subscriber_of
from newsletter.store.suppressions import barring

NEXT_STATE = {
    OutcomeKind.ACCEPTED: DeliveryState.SENT,
    OutcomeKind.RATE: DeliveryState.PENDING,
    OutcomeKind.QUOTA: DeliveryState.PENDING,
    OutcomeKind.UNREACHABLE: DeliveryState.PENDING,
    OutcomeKind.PAUSE: DeliveryState.PENDING,
    OutcomeKind.REFUSED: DeliveryState.FAILED,
    OutcomeKind.AMBIGUOUS: DeliveryState.UNKNOWN,
}
"""What an attempt's outcome makes of its delivery."""

OPEN_STATES = (DeliveryState.SENDING, DeliveryState.UNKNOWN)
"""States of an attempt whose end is not known yet."""

LOST = "the sending process ended before the answer was written down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A delivery that is ours to send: the attempt is committed, the message is not built yet."""

    delivery_id: int
    attempt_id: str
    attempt_number: int
    subscriber: Subscriber
    subscription: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How an attempt ended; `not_before` says when a delivery that goes back to pending may be tried again."""

    attempt_id: str
    outcome: Outcome
    not_before: dt.datetime


def new_attempt_id() -> str:
    """Return a name no attempt had before, of ASCII letters and digits, as SES asks of a tag."""
    return uuid.uuid4().hex


class Ledger:
    """The deliveries of one mailing, in the hands of the one process that holds its lock."""

    def __init__(
        self, database: Database, mailing_id: int, *, worker: str, attempt_id: Callable[[], str] = new_attempt_id
    ) -> None:
        self._database = database
        self._mailing_id = mailing_id
        self._worker = worker
        self._attempt_id = attempt_id
        with database.read() as connection:
            names = connection.scalar(select(mailings.c.lists).where(mailings.c.id == mailing_id)) or []
        # built once: putting the statement together costs ten times what SQLite needs to run it
        self._due = _due(mailing_id, names)

    def step(self, results: Sequence[Result], *, claim: int, now: dt.datetime) -> list[Claim]:
        """Record results and claim up to `claim` more deliveries, in one commit.

        Only when this returns may the claims' messages be handed over. A delivery whose person has left, was barred
        or removed since the freeze becomes `skipped` instead. Raises StoreError, and then nothing of it happened.
        """
        with self._database.write() as connection:
            _record(connection, results, now)
            return self._claim(connection, claim, now) if claim else []

    def recover(self, now: dt.datetime) -> int:
        """Make `unknown` what a dead process left in `sending`; return how many.

        Only for who holds the mailing's lock: that proves the process dead. What waited to be tried again is due now:
        somebody has just asked for it, and the clock may have been put back since.
        """
        query = select(deliveries.c.attempt_id).where(
            deliveries.c.mailing_id == self._mailing_id, deliveries.c.state == DeliveryState.SENDING
        )
        with self._database.write() as connection:
            lost = [
                Result(
                    attempt_id=attempt_id,
                    outcome=Outcome(kind=OutcomeKind.AMBIGUOUS, code="interrupted", text=LOST),
                    not_before=now,
                )
                for attempt_id in connection.execute(query).scalars()
            ]
            _record(connection, lost, now)
            connection.execute(
                update(deliveries)
                .where(
                    deliveries.c.mailing_id == self._mailing_id,
                    deliveries.c.state == DeliveryState.PENDING,
                    deliveries.c.not_before > now,
                )
                .values(not_before=now)
            )
        return len(lost)

    def next_due(self) -> dt.datetime | None:
        """Return when the next pending delivery may be tried; None when none is pending."""
        query = select(func.min(deliveries.c.not_before)).where(
            deliveries.c.mailing_id == self._mailing_id, deliveries.c.state == DeliveryState.PENDING
        )
        with self._database.read() as connection:
            due: dt.datetime | None = connection.scalar(query)
        return due

    def _claim(self, connection: Connection, limit: int, now: dt.datetime) -> list[Claim]:
        claims: list[Claim] = []
        while len(claims) < limit:
            rows = connection.execute(self._due, {"now": now, "most": limit - len(claims)}).all()
            if not rows:
                break
            found: list[tuple[Claim, int]] = []
            for row in rows:
                reason = _exclusion(row)
                if reason is not None:
                    _skip(connection, row.delivery_id, reason, now)
                else:
                    found.append((self._claim_of(row), row.current_membership_id))
            if found:
                self._begin(connection, found, now)
            claims += [claim for claim, _ in found]
        return claims

    def _claim_of(self, row: Row[Any]) -> Claim:
        return Claim(
            delivery_id=row.delivery_id,
            attempt_id=self._attempt_id(),
            attempt_number=row.attempt_count + 1,
            subscriber=subscriber_of(row),
            subscription=row.token,
        )

    def _begin(self, connection: Connection, claims: Sequence[tuple[Claim, int]], now: dt.datetime) -> None:
        changed = connection.execute(
            _CLAIM,
            [
                {
                    "row": claim.delivery_id,
                    "attempt": claim.attempt_id,
                    "number": claim.attempt_number,
                    "membership": membership_id,
                    "now": now,
                }
                for claim, membership_id in claims
            ],
        )
        assert changed.rowcount == len(claims), "the write lock is ours, so a row read as pending is pending"
        connection.execute(
            insert(attempts),
            [
                {
                    "id": claim.attempt_id,
                    "delivery_id": claim.delivery_id,
                    "worker": self._worker,
                    "started_at": now,
                    "code": "",
                    "text": "",
                }
                for claim, _ in claims
            ],
        )


_CLAIM = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"), deliveries.c.state == DeliveryState.PENDING)
    .values(
        state=DeliveryState.SENDING,
        attempt_id=bindparam("attempt"),
        attempt_count=bindparam("number"),
        membership_id=bindparam("membership"),
        updated_at=bindparam("now"),
    )
)
_RECORD = (
    update(deliveries)
    # written with OR: SQLAlchemy takes no IN in a statement that runs for many rows
    .where(
        deliveries.c.attempt_id == bindparam("attempt"), or_(*(deliveries.c.state == state for state in OPEN_STATES))
    )
    .values(
        state=bindparam("new_state"),
        reason=bindparam("why"),
        message_id=bindparam("message"),
        code=bindparam("said"),
        text=bindparam("words"),
        not_before=bindparam("again"),
        updated_at=bindparam("now"),
    )
)
_END = (
    update(attempts)
    # evidence that came first is not overwritten by a later doubt
    .where(attempts.c.id == bindparam("attempt"), func.coalesce(attempts.c.outcome, "") != OutcomeKind.ACCEPTED)
    .values(
        ended_at=func.coalesce(attempts.c.ended_at, bindparam("now", type_=attempts.c.ended_at.type)),
        outcome=bindparam("kind"),
        message_id=bindparam("message"),
        code=bindparam("said"),
        text=bindparam("words"),
    )
)


def _due(mailing_id: int, list_names: Sequence[str]) -> Select[Any]:
    """Select the next pending deliveries with what the claim must look up again; takes `now` and `most`."""
    # whoever left one of the mailing's lists but is still on another is mailed as a member of that one
    current = (
        select(func.min(memberships.c.id))
        .join(lists)
        .where(
            memberships.c.subscriber_id == deliveries.c.subscriber_id,
            memberships.c.left_at.is_(None),
            lists.c.name.in_(list_names),
        )
        .correlate(deliveries)
        .scalar_subquery()
    )
    return (
        select(
            deliveries.c.id.label("delivery_id"),
            deliveries.c.attempt_count,
            subscribers,
            list_names_column(),
            suppressions.c.reason.label("suppression"),
            memberships.c.id.label("current_membership_id"),
            memberships.c.token,
        )
        .select_from(
            deliveries.outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .outerjoin(suppressions, barring(deliveries.c.email_key))
            .outerjoin(memberships, memberships.c.id == current)
        )
        .where(
            deliveries.c.mailing_id == mailing_id,
            deliveries.c.state == DeliveryState.PENDING,
            deliveries.c.not_before <= bindparam("now", type_=deliveries.c.not_before.type),
        )
        .order_by(deliveries.c.not_before, deliveries.c.id)
        .limit(bindparam("most"))
    )


def _exclusion(row: Row[Any]) -> SkipReason | None:
    if row.suppression == SuppressionReason.UNSUBSCRIBE:
        return SkipReason.UNSUBSCRIBED
    if row.suppression is not None:
        return SkipReason.SUPPRESSED
    if row.id is None:
        return SkipReason.REMOVED
    if row.status != SubscriberStatus.ACTIVE or row.current_membership_id is None:
        return SkipReason.UNSUBSCRIBED
    return None


def _skip(connection: Connection, delivery_id: int, reason: SkipReason, now: dt.datetime) -> None:
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state == DeliveryState.PENDING)
        .values(state=DeliveryState.SKIPPED, reason=reason, updated_at=now)
    )


def _record(connection: Connection, results: Sequence[Result], now: dt.datetime) -> None:
    if not results:
        return
    values = []
    for result in results:
        outcome = result.outcome
        state = NEXT_STATE[outcome.kind]
        values.append(
            {
                "attempt": result.attempt_id,
                "new_state": state,
                "why": "" if state is DeliveryState.SENT else outcome.text or outcome.code or outcome.kind,
                "message": outcome.message_id or None,
                "said": outcome.code,
                "words": outcome.text,
                "again": result.not_before,
                "kind": outcome.kind,
                "now": now,
            }
        )
    connection.execute(_RECORD, values)
    connection.execute(_END, values)
