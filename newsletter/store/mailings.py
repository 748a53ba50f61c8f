"""Mailings: the audience, the freeze, and where each mailing is."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, case, exists, func, insert, literal, select, update

from newsletter.errors import UsageError
from newsletter.models import (
    CompiledIssue,
    DeliveryState,
    MailingState,
    MailingSummary,
    Newsletter,
    SkipReason,
    Subscriber,
    SubscriberStatus,
    SuppressionReason,
)
from newsletter.store.database import Database
from newsletter.store.frozen import freeze, thaw_issue, thaw_newsletter
from newsletter.store.overrulings import Overruling, write_overrulings
from newsletter.store.schema import UtcDateTime, deliveries, lists, mailings, memberships, subscribers, suppressions
from newsletter.store.subscribers import list_names_column, subscriber_of
from newsletter.store.suppressions import barring

REACHED = (DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.PENDING)
"""States in which another mailing of the issue has reached the address, or may, or will."""

_AT_ONCE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""When a new delivery is due: not `now`, or a clock that is put back would hold the whole mailing up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a mailing is for: an issue, lists in alphabetical order, and what carries it."""

    issue: str
    lists: tuple[str, ...]
    transport: str
    reaches_people: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceCount:
    """Everybody on the lists: those who get a message and those who do not, by reason."""

    recipients: int
    skipped: Mapping[SkipReason, int]

    @property
    def candidates(self) -> int:
        """Recipients plus exclusions."""
        return self.recipients + sum(self.skipped.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody a message is for; `subscription` is the random id of the membership, which the links carry."""

    subscriber: Subscriber
    subscription: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """One row of the ledger as a person reads it; `code` and `text` are the provider's words."""

    email: str
    state: DeliveryState
    reason: str
    attempt_count: int
    attempt_id: str
    message_id: str
    code: str
    text: str
    updated_at: dt.datetime


class Mailings:
    """The mailings in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, audience: Audience) -> AudienceCount:
        """Count the audience as it is now."""
        candidates = candidates_of(audience).subquery()
        query = select(candidates.c.reason, func.count().label("number")).group_by(candidates.c.reason)
        with self._database.read() as connection:
            found: dict[str, int] = {row.reason: row.number for row in connection.execute(query)}
        recipients = found.pop("", 0)
        return AudienceCount(
            recipients=recipients, skipped={reason: found[reason] for reason in SkipReason if reason in found}
        )

    def recipients(self, audience: Audience) -> Iterator[Recipient]:
        """Yield everybody who would get a message now; holds a few at a time."""
        candidates = candidates_of(audience).subquery()
        query = (
            select(subscribers, memberships.c.token, list_names_column())
            .select_from(
                candidates.join(subscribers, subscribers.c.id == candidates.c.subscriber_id).join(
                    memberships, memberships.c.id == candidates.c.membership_id
                )
            )
            .where(candidates.c.reason == "")
        )
        with self._database.read() as connection:
            for row in connection.execute(query.execution_options(yield_per=1000)):
                yield Recipient(subscriber=subscriber_of(row), subscription=row.token)

    def find(self, audience: Audience) -> MailingSummary | None:
        """Return the mailing that a send of this audience goes on with, or that already did it.

        That is an unfinished one; or, when the transport reaches people, the last finished one.
        """
        with self._database.read() as connection:
            found = _existing(connection, audience)
        return self.get(found) if found is not None else None

    def freeze(
        self,
        audience: Audience,
        compiled: CompiledIssue,
        newsletter: Newsletter,
        now: dt.datetime,
        overruled: Sequence[Overruling] = (),
    ) -> tuple[MailingSummary, bool]:
        """Write down who gets what, and what was overruled, in one transaction; return the mailing, whether it is new.

        If another process froze the same audience in the meantime, that one's mailing is returned.
        """
        with self._database.write() as connection:
            found = _existing(connection, audience)
            if found is None:
                number = _insert(connection, audience, compiled, newsletter, now)
                write_overrulings(connection, number, overruled, now)
        return self.get(found if found is not None else number), found is None

    def content(self, mailing_id: int) -> tuple[CompiledIssue, Newsletter]:
        """Return the issue and the newsletter as they were frozen."""
        query = select(mailings.c.compiled, mailings.c.newsletter).where(mailings.c.id == mailing_id)
        with self._database.read() as connection:
            row = connection.execute(query).one()
        return thaw_issue(row.compiled), thaw_newsletter(row.newsletter)

    def list(self) -> tuple[MailingSummary, ...]:
        """Return every mailing, the newest first."""
        with self._database.read() as connection:
            rows = connection.execute(_summary_query().order_by(mailings.c.id.desc())).all()
            return tuple(_summary(connection, row) for row in rows)

    def get(self, mailing_id: int) -> MailingSummary:
        """Return one mailing; raises UsageError when there is none of that number."""
        with self._database.read() as connection:
            row = connection.execute(_summary_query().where(mailings.c.id == mailing_id)).first()
            if row is None:
                raise UsageError(f"there is no mailing {mailing_id}", remedy="See newsletter mailing list.")
            return _summary(connection, row)

    def reached_people(self) -> bool:
        """Whether any mailing so far went to people: then links signed with our keys are out there."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(exists().where(mailings.c.reaches_people))))

    def deliveries(self, mailing_id: int, states: Sequence[DeliveryState] = ()) -> Iterator[DeliveryRecord]:
        """Yield the rows of a mailing in the order of the freeze, those in `states` only if any are given."""
        query = select(deliveries).where(deliveries.c.mailing_id == mailing_id).order_by(deliveries.c.id)
        if states:
            query = query.where(deliveries.c.state.in_(states))
        with self._database.read() as connection:
            for row in connection.execute(query.execution_options(yield_per=1000)):
                yield DeliveryRecord(
                    email=row.email,
                    state=DeliveryState(row.state),
                    reason=row.reason,
                    attempt_count=row.attempt_count,
                    attempt_id=row.attempt_id or "",
                    message_id=row.message_id or "",
                    code=row.code,
                    text=row.text,
                    updated_at=row.updated_at,
                )

    def start(self, mailing_id: int, now: dt.datetime) -> None:
        """Say that the mailing is being sent; the caller holds its lock."""
        waiting = (MailingState.READY, MailingState.PAUSED, MailingState.SENDING)
        values = {"state": MailingState.SENDING, "reason": "", "started_at": func.coalesce(mailings.c.started_at, now)}
        self._change(mailing_id, waiting, values)

    def pause(self, mailing_id: int, reason: str) -> None:
        """Say why the mailing stopped; it can be gone on with."""
        self._change(mailing_id, (MailingState.SENDING,), {"state": MailingState.PAUSED, "reason": reason})

    def finish(self, mailing_id: int, now: dt.datetime) -> bool:
        """Say that nothing is left to send; False, and nothing changes, while a delivery is pending or sending."""
        open_rows = exists().where(
            deliveries.c.mailing_id == mailing_id,
            deliveries.c.state.in_([DeliveryState.PENDING, DeliveryState.SENDING]),
        )
        values = {"state": MailingState.FINISHED, "reason": "", "finished_at": now}
        return self._change(mailing_id, (MailingState.SENDING,), values, ~open_rows)

    def _change(self, mailing_id: int, old: Sequence[MailingState], values: Mapping[str, Any], *more: Any) -> bool:
        statement = update(mailings).where(mailings.c.id == mailing_id, mailings.c.state.in_(old), *more)
        with self._database.write() as connection:
            return connection.execute(statement.values(**values)).rowcount == 1


def candidates_of(audience: Audience) -> Select[Any]:
    """Select everybody on the lists once: ids, address, and the reason why they get nothing ("" if they do)."""
    reached = exists().where(
        deliveries.c.mailing_id == mailings.c.id,
        deliveries.c.email_key == subscribers.c.email_key,
        deliveries.c.state.in_(REACHED),
        mailings.c.issue == audience.issue,
        mailings.c.reaches_people,
    )
    left = (subscribers.c.status != SubscriberStatus.ACTIVE) | (
        func.coalesce(suppressions.c.reason, "") == SuppressionReason.UNSUBSCRIBE
    )
    reasons: list[tuple[Any, str]] = [
        (left, SkipReason.UNSUBSCRIBED.value),
        (suppressions.c.reason.is_not(None), SkipReason.SUPPRESSED.value),
    ]
    if audience.reaches_people:
        reasons.append((reached.correlate(subscribers), SkipReason.ALREADY_SENT.value))
    return (
        select(
            subscribers.c.id.label("subscriber_id"),
            func.min(memberships.c.id).label("membership_id"),
            subscribers.c.email,
            subscribers.c.email_key,
            case(*reasons, else_="").label("reason"),
        )
        .select_from(
            memberships.join(lists)
            .join(subscribers, subscribers.c.id == memberships.c.subscriber_id)
            .outerjoin(suppressions, barring(subscribers.c.email_key))
        )
        .where(lists.c.name.in_(audience.lists), memberships.c.left_at.is_(None))
        .group_by(subscribers.c.id)
        .order_by(subscribers.c.id)
    )


def _existing(connection: Connection, audience: Audience) -> int | None:
    query = (
        select(mailings.c.id, mailings.c.lists)
        .where(mailings.c.issue == audience.issue, mailings.c.transport == audience.transport)
        .order_by(mailings.c.state == MailingState.FINISHED, mailings.c.id.desc())
    )
    if not audience.reaches_people:
        query = query.where(mailings.c.state != MailingState.FINISHED)
    for row in connection.execute(query):
        if tuple(row.lists) == audience.lists:
            return int(row.id)
    return None


def _insert(
    connection: Connection, audience: Audience, compiled: CompiledIssue, newsletter: Newsletter, now: dt.datetime
) -> int:
    values = {
        "issue": audience.issue,
        "subject": compiled.subject,
        "sha256": compiled.sha256,
        "compiled": freeze(compiled),
        "newsletter": freeze(newsletter),
        "transport": audience.transport,
        "reaches_people": audience.reaches_people,
        "lists": list(audience.lists),
        "state": MailingState.READY,
        "reason": "",
        "created_at": now,
    }
    key = connection.execute(insert(mailings).values(**values)).inserted_primary_key
    assert key is not None
    number = int(key[0])
    # a subquery the mailing itself cannot disturb: it has no deliveries yet
    people = candidates_of(audience).subquery()
    state = case((people.c.reason == "", DeliveryState.PENDING.value), else_=DeliveryState.SKIPPED.value)
    when = literal(now, UtcDateTime)
    everybody = select(
        literal(number),
        people.c.subscriber_id,
        people.c.membership_id,
        people.c.email,
        people.c.email_key,
        state,
        people.c.reason,
        literal(0),
        literal(_AT_ONCE, UtcDateTime),
        literal(""),
        literal(""),
        when,
    )
    columns = [
        *("mailing_id", "subscriber_id", "membership_id", "email", "email_key"),
        *("state", "reason", "attempt_count", "not_before", "code", "text", "updated_at"),
    ]
    connection.execute(insert(deliveries).from_select(columns, everybody))
    return number


def _summary_query() -> Select[Any]:
    heavy = {"compiled", "newsletter"}
    return select(*(column for column in mailings.c if column.name not in heavy))


def _summary(connection: Connection, row: Row[Any]) -> MailingSummary:
    query = (
        select(
            deliveries.c.state,
            case((deliveries.c.state == DeliveryState.SKIPPED, deliveries.c.reason), else_="").label("reason"),
            func.count().label("number"),
        )
        .where(deliveries.c.mailing_id == row.id)
        .group_by("state", "reason")
    )
    counts: Counter[DeliveryState] = Counter()
    skipped: Counter[SkipReason] = Counter()
    for found in connection.execute(query):
        counts[DeliveryState(found.state)] += found.number
        if found.state == DeliveryState.SKIPPED:
            skipped[SkipReason(found.reason)] += found.number
    return MailingSummary(
        id=row.id,
        issue=row.issue,
        subject=row.subject,
        sha256=row.sha256,
        transport=row.transport,
        lists=tuple(row.lists),
        state=MailingState(row.state),
        reason=row.reason,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        counts={state: counts[state] for state in DeliveryState if counts[state]},
        skipped={reason: skipped[reason] for reason in SkipReason if skipped[reason]},
    )
