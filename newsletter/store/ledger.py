"""The ledger of deliveries: claim, record, recover. What comes later, evidence and decisions, is in `evidence`.

Every change names the state it leaves, so that doing one twice does nothing. A claim is committed before its attempt
may touch the network; whoever dies after that leaves a row in `sending`, which only becomes `unknown`, never `pending`.
"""

import datetime as dt
import json
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, and_, func, insert, or_, select, update

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
from newsletter.store.prepared import Prepared, given
from newsletter.store.schema import (
    UtcDateTime,
    attempts,
    deliveries,
    lists,
    mailings,
    memberships,
    subscribers,
    suppressions,
)
from newsletter.store.subscribers import list_names_column
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
        self._due = Prepared(_due(mailing_id, names))

    def step(self, results: Sequence[Result], *, claim: int, now: dt.datetime) -> list[Claim]:
        """Record results and claim up to `claim` more deliveries, in one commit.

        Only when this returns may the claims' messages be handed over. A delivery whose person has left, was barred
        or removed since the freeze becomes `skipped` instead. Raises StoreError, and then nothing of it happened.
        """
        with self._database.write_quickly() as connection:
            _record(connection, results, now)
            return self._claim(connection, claim, now) if claim else []

    def recover(self, now: dt.datetime) -> int:
        """Make `unknown` what a dead process left in `sending`; return how many.

        Only for who holds the mailing's lock: that proves the process dead. What waited to be tried again is due now:
        somebody has just asked for it, and the clock may have been put back since.
        """
        with self._database.write_quickly() as connection:
            lost = [
                Result(
                    attempt_id=attempt_id,
                    outcome=Outcome(kind=OutcomeKind.AMBIGUOUS, code="interrupted", text=LOST),
                    not_before=now,
                )
                for (attempt_id,) in _OPEN.one(connection, mailing=self._mailing_id)
            ]
            _record(connection, lost, now)
            _HASTEN.one(connection, mailing=self._mailing_id, now=now)
        return len(lost)

    def next_due(self) -> dt.datetime | None:
        """Return when the next pending delivery may be tried; None when none is pending."""
        query = select(func.min(deliveries.c.not_before)).where(
            deliveries.c.mailing_id == self._mailing_id, deliveries.c.state == DeliveryState.PENDING
        )
        with self._database.read() as connection:
            due: dt.datetime | None = connection.scalar(query)
        return due

    def _claim(self, connection: sqlite3.Connection, limit: int, now: dt.datetime) -> list[Claim]:
        claims: list[Claim] = []
        while len(claims) < limit:
            rows = [_Due(*row) for row in self._due.one(connection, now=now, most=limit - len(claims))]
            if not rows:
                break
            found: list[tuple[Claim, int | None]] = []
            for row in rows:
                reason = _exclusion(row)
                if reason is not None:
                    _SKIP.one(connection, row=row.delivery_id, why=reason, now=now)
                else:
                    found.append((self._claim_of(row), row.membership_id))
            if found:
                self._begin(connection, found, now)
            claims += [claim for claim, _ in found]
        return claims

    def _claim_of(self, row: "_Due") -> Claim:
        return Claim(
            delivery_id=row.delivery_id,
            attempt_id=self._attempt_id(),
            attempt_number=row.attempt_count + 1,
            subscriber=Subscriber(
                email=row.email,
                name=row.name,
                attributes=json.loads(row.attributes),
                tags=tuple(json.loads(row.tags)),
                lists=tuple(sorted(row.list_names.split(","))) if row.list_names else (),
            ),
            subscription=row.token,
        )

    def _begin(
        self, connection: sqlite3.Connection, claims: Sequence[tuple[Claim, int | None]], now: dt.datetime
    ) -> None:
        values = [
            {
                "row": claim.delivery_id,
                "attempt": claim.attempt_id,
                "number": claim.attempt_number,
                "membership": membership_id,
            }
            for claim, membership_id in claims
        ]
        changed = _CLAIM.many(connection, values, now=now)
        assert changed == len(claims), "the write lock is ours, so a row read as pending is pending"
        rows = [{"attempt": claim.attempt_id, "row": claim.delivery_id} for claim, _ in claims]
        _BEGIN.many(connection, rows, worker=self._worker, now=now)


class _Due(NamedTuple):
    """A row of `_due`: the delivery, its person as they are now, and what stands against mailing them."""

    delivery_id: int
    attempt_count: int
    email: str
    name: str
    attributes: str
    tags: str
    status: str | None
    list_names: str | None
    suppression: str | None
    membership_id: int | None
    token: bytes


_NOW = given("now", UtcDateTime())
_CLAIM = Prepared(
    update(deliveries)
    .where(deliveries.c.id == given("row"), deliveries.c.state == DeliveryState.PENDING)
    .values(
        state=DeliveryState.SENDING,
        attempt_id=given("attempt"),
        attempt_count=given("number"),
        membership_id=given("membership"),
        updated_at=_NOW,
    )
)
_BEGIN = Prepared(
    insert(attempts).values(
        id=given("attempt"),
        delivery_id=given("row"),
        worker=given("worker"),
        started_at=_NOW,
        code="",
        text="",
    )
)
_RECORD = Prepared(
    update(deliveries)
    .where(
        deliveries.c.attempt_id == given("attempt"),
        # an answer that comes late may say how it ended, but only a person sends it again (DESIGN §8)
        or_(
            deliveries.c.state == DeliveryState.SENDING,
            and_(deliveries.c.state == DeliveryState.UNKNOWN, given("new_state") != DeliveryState.PENDING),
        ),
    )
    .values(
        state=given("new_state"),
        reason=given("why"),
        message_id=given("message"),
        code=given("said"),
        text=given("words"),
        not_before=given("again", UtcDateTime()),
        updated_at=_NOW,
    )
)
_END = Prepared(
    update(attempts)
    # evidence that came first is not overwritten by a later doubt
    .where(attempts.c.id == given("attempt"), func.coalesce(attempts.c.outcome, "") != OutcomeKind.ACCEPTED)
    .values(
        ended_at=func.coalesce(attempts.c.ended_at, _NOW),
        outcome=given("kind"),
        message_id=given("message"),
        code=given("said"),
        text=given("words"),
    )
)
_SKIP = Prepared(
    update(deliveries)
    .where(deliveries.c.id == given("row"), deliveries.c.state == DeliveryState.PENDING)
    .values(state=DeliveryState.SKIPPED, reason=given("why"), updated_at=_NOW)
)
_OPEN = Prepared(
    select(deliveries.c.attempt_id).where(
        deliveries.c.mailing_id == given("mailing"), deliveries.c.state == DeliveryState.SENDING
    )
)
_HASTEN = Prepared(
    update(deliveries)
    .where(
        deliveries.c.mailing_id == given("mailing"),
        deliveries.c.state == DeliveryState.PENDING,
        deliveries.c.not_before > _NOW,
    )
    .values(not_before=_NOW)
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
            subscribers.c.email,
            subscribers.c.name,
            subscribers.c.attributes,
            subscribers.c.tags,
            subscribers.c.status,
            list_names_column(),
            suppressions.c.reason.label("suppression"),
            memberships.c.id,
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
            deliveries.c.not_before <= _NOW,
        )
        .order_by(deliveries.c.not_before, deliveries.c.id)
        .limit(given("most", Integer()))
    )


def _exclusion(row: _Due) -> SkipReason | None:
    if row.suppression == SuppressionReason.UNSUBSCRIBE:
        return SkipReason.UNSUBSCRIBED
    if row.suppression is not None:
        return SkipReason.SUPPRESSED
    if row.status is None:
        return SkipReason.REMOVED
    if row.status != SubscriberStatus.ACTIVE or row.membership_id is None:
        return SkipReason.UNSUBSCRIBED
    return None


def _record(connection: sqlite3.Connection, results: Sequence[Result], now: dt.datetime) -> None:
    if not results:
        return
    rows, ends = [], []
    for result in results:
        outcome = result.outcome
        state = NEXT_STATE[outcome.kind]
        said = {
            "attempt": result.attempt_id,
            "message": outcome.message_id or None,
            "said": outcome.code,
            "words": outcome.text,
        }
        why = "" if state is DeliveryState.SENT else outcome.text or outcome.code or outcome.kind
        rows.append({**said, "new_state": state, "why": why, "again": result.not_before})
        ends.append({**said, "kind": outcome.kind})
    _RECORD.many(connection, rows, now=now)
    _END.many(connection, ends, now=now)
