import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from newsletter.errors import UsageError
from newsletter.models import (
    DeliveryState,
    MailingState,
    MailingSummary,
    Outcome,
    OutcomeKind,
    SkipReason,
    SuppressionReason,
)
from newsletter.store.database import Database
from newsletter.store.evidence import Decision, Resolution, Settlement, resolve, settle
from newsletter.store.ledger import LOST, Claim, Ledger, Result
from newsletter.store.mailings import DeliveryRecord, Mailings
from newsletter.store.schema import attempts, resolutions
from newsletter.store.subscribers import Subscribers

LATER = dt.timedelta(minutes=1)
RESEND = Resolution(decision=Decision.RESEND, who="eve", reason="nothing arrived")


@pytest.fixture
def mailing(join: Callable[..., None], freeze: Callable[..., MailingSummary]) -> MailingSummary:
    join("anna", "ben", "cleo")
    return freeze()


@pytest.fixture
def ledger(database: Database, mailing: MailingSummary) -> Ledger:
    return Ledger(database, mailing.id, worker="host:1")


def result(claim: Claim, kind: OutcomeKind, now: dt.datetime, **words: str) -> Result:
    return Result(attempt_id=claim.attempt_id, outcome=Outcome(kind=kind, **words), not_before=now)


def rows(mailings: Mailings, *states: DeliveryState) -> list[DeliveryRecord]:
    return list(mailings.deliveries(1, states))


def test_a_claim_is_durable_has_an_attempt_of_its_own_and_is_made_once(
    database: Database, ledger: Ledger, mailings: Mailings, now: dt.datetime
) -> None:
    first = ledger.step([], claim=2, now=now)
    second = ledger.step([], claim=2, now=now)
    assert [claim.subscriber.email for claim in [*first, *second]] == [
        "anna@example.org",
        "ben@example.org",
        "cleo@example.org",
    ]
    assert ledger.step([], claim=2, now=now) == []
    assert {row.state for row in rows(mailings)} == {DeliveryState.SENDING}
    ids = {claim.attempt_id for claim in [*first, *second]}
    assert len(ids) == 3
    assert all(each.isascii() and each.isalnum() for each in ids)
    assert all(len(claim.subscription) == 16 for claim in first)
    with database.read() as connection:
        assert {row.id: row.worker for row in connection.execute(select(attempts))} == dict.fromkeys(ids, "host:1")


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (OutcomeKind.ACCEPTED, DeliveryState.SENT),
        (OutcomeKind.RATE, DeliveryState.PENDING),
        (OutcomeKind.QUOTA, DeliveryState.PENDING),
        (OutcomeKind.UNREACHABLE, DeliveryState.PENDING),
        (OutcomeKind.PAUSE, DeliveryState.PENDING),
        (OutcomeKind.REFUSED, DeliveryState.FAILED),
        (OutcomeKind.AMBIGUOUS, DeliveryState.UNKNOWN),
    ],
)
def test_every_outcome_leads_to_its_state_and_is_kept_with_the_attempt(
    database: Database,
    ledger: Ledger,
    mailings: Mailings,
    now: dt.datetime,
    kind: OutcomeKind,
    state: DeliveryState,
) -> None:
    (claim,) = ledger.step([], claim=1, now=now)
    ledger.step([result(claim, kind, now + LATER, code="c", text="t", message_id="m")], claim=0, now=now)
    row = rows(mailings)[0]
    assert (row.state, row.attempt_id, row.code, row.text, row.message_id, row.attempt_count) == (
        state,
        claim.attempt_id,
        "c",
        "t",
        "m",
        1,
    )
    with database.read() as connection:
        attempt = connection.execute(select(attempts)).one()
    assert (attempt.outcome, attempt.code, attempt.text, attempt.message_id, attempt.ended_at) == (
        kind,
        "c",
        "t",
        "m",
        now,
    )


def test_a_delivery_that_goes_back_waits_behind_the_others(
    ledger: Ledger, mailings: Mailings, now: dt.datetime
) -> None:
    (claim,) = ledger.step([], claim=1, now=now)
    (second,) = ledger.step([result(claim, OutcomeKind.RATE, now + LATER)], claim=1, now=now)
    assert second.subscriber.email == "ben@example.org"
    ledger.step([result(second, OutcomeKind.ACCEPTED, now, message_id="m")], claim=1, now=now)
    assert ledger.step([], claim=1, now=now) == []
    assert ledger.next_due() == now + LATER
    (again,) = ledger.step([], claim=1, now=now + LATER)
    assert (again.subscriber.email, again.attempt_number) == ("anna@example.org", 2)
    assert again.attempt_id != claim.attempt_id
    assert ledger.next_due() is None


def test_who_left_was_barred_or_removed_since_the_freeze_is_skipped_by_the_claim(
    ledger: Ledger, mailings: Mailings, people: Subscribers, join: Callable[..., None], now: dt.datetime
) -> None:
    people.unsubscribe("anna@example.org", list_name="weekly", now=now)
    people.suppress("ben@example.org", SuppressionReason.COMPLAINT, note="", now=now)
    people.remove("cleo@example.org")
    assert ledger.step([], claim=5, now=now) == []
    assert [(row.email, row.state, row.reason) for row in rows(mailings)] == [
        ("anna@example.org", DeliveryState.SKIPPED, SkipReason.UNSUBSCRIBED),
        ("ben@example.org", DeliveryState.SKIPPED, SkipReason.SUPPRESSED),
        ("cleo@example.org", DeliveryState.SKIPPED, SkipReason.REMOVED),
    ]
    assert mailings.finish(1, now)


def test_who_left_one_list_of_two_is_mailed_as_a_member_of_the_other(
    database: Database,
    people: Subscribers,
    join: Callable[..., None],
    freeze: Callable[..., MailingSummary],
    now: dt.datetime,
) -> None:
    join("anna")
    join("anna", to="press")
    ledger = Ledger(database, freeze("press", "weekly").id, worker="test")
    people.unsubscribe("anna@example.org", list_name="weekly", now=now)
    (claim,) = ledger.step([], claim=1, now=now)
    assert claim.subscriber.lists == ("press",)


def test_what_a_dead_process_left_becomes_unknown_once(ledger: Ledger, mailings: Mailings, now: dt.datetime) -> None:
    ledger.step([], claim=2, now=now)
    assert (ledger.recover(now), ledger.recover(now)) == (2, 0)
    assert [(row.state, row.reason) for row in rows(mailings)] == [
        (DeliveryState.UNKNOWN, LOST),
        (DeliveryState.UNKNOWN, LOST),
        (DeliveryState.PENDING, ""),
    ]


def test_a_late_answer_still_counts_and_a_second_one_does_not(
    ledger: Ledger, mailings: Mailings, now: dt.datetime
) -> None:
    (claim,) = ledger.step([], claim=1, now=now)
    ledger.recover(now)
    ledger.step([result(claim, OutcomeKind.ACCEPTED, now, message_id="m")], claim=0, now=now)
    ledger.step([result(claim, OutcomeKind.REFUSED, now)], claim=0, now=now)
    assert [(row.email, row.message_id) for row in rows(mailings, DeliveryState.SENT)] == [("anna@example.org", "m")]


def test_an_event_settles_an_unknown_delivery_and_a_later_doubt_does_not_undo_it(
    database: Database, ledger: Ledger, mailings: Mailings, now: dt.datetime
) -> None:
    (claim,) = ledger.step([], claim=1, now=now)
    ledger.recover(now)
    assert settle(database, claim.attempt_id, "m", now=now) is Settlement.SETTLED
    assert settle(database, claim.attempt_id, "m", now=now) is Settlement.KNOWN
    assert settle(database, "nobody", "m", now=now) is Settlement.NO_SUCH_ATTEMPT
    ledger.step([result(claim, OutcomeKind.AMBIGUOUS, now)], claim=0, now=now)
    assert [row.message_id for row in rows(mailings, DeliveryState.SENT)] == ["m"]
    with database.read() as connection:
        assert connection.scalar(select(attempts.c.outcome)) == OutcomeKind.ACCEPTED


def test_a_person_has_it_sent_again_and_that_is_kept(
    database: Database, ledger: Ledger, mailings: Mailings, now: dt.datetime
) -> None:
    claims = ledger.step([], claim=3, now=now)
    ledger.recover(now)
    assert mailings.finish(1, now)
    assert resolve(database, 1, ["BEN@example.org"], RESEND, now=now) == 1
    assert (mailings.get(1).state, mailings.get(1).reason) == (
        MailingState.PAUSED,
        "deliveries are to be sent again",
    )
    with database.read() as connection:
        kept = connection.execute(select(resolutions)).one()
    assert (kept.attempt_id, kept.decision, kept.who, kept.reason) == (
        claims[1].attempt_id,
        "resend",
        "eve",
        "nothing arrived",
    )
    (again,) = ledger.step([], claim=3, now=now)
    assert again.subscriber.email == "ben@example.org"
    assert settle(database, claims[1].attempt_id, "m", now=now) is Settlement.SUPERSEDED
    assert [row.email for row in rows(mailings, DeliveryState.SENDING)] == ["ben@example.org"]


def test_evidence_that_comes_before_the_second_sending_prevents_it(
    database: Database, ledger: Ledger, mailings: Mailings, now: dt.datetime
) -> None:
    (claim, *_) = ledger.step([], claim=3, now=now)
    ledger.recover(now)
    resolve(database, 1, ["anna@example.org"], RESEND, now=now)
    assert settle(database, claim.attempt_id, "m", now=now) is Settlement.SETTLED
    assert ledger.step([], claim=3, now=now) == []


def test_leaving_it_unknown_is_kept_with_the_reason(
    database: Database, ledger: Ledger, mailings: Mailings, now: dt.datetime
) -> None:
    ledger.step([], claim=2, now=now)
    ledger.recover(now)
    leave = Resolution(decision=Decision.LEAVE, who="eve", reason="better none than two")
    assert resolve(database, 1, [], leave, now=now) == 2
    assert {row.reason for row in rows(mailings, DeliveryState.UNKNOWN)} == {"left: better none than two"}


def test_only_unknown_deliveries_can_be_resolved(database: Database, ledger: Ledger, now: dt.datetime) -> None:
    with pytest.raises(UsageError) as error:
        resolve(database, 1, ["anna@example.org"], RESEND, now=now)
    assert str(error.value) == (
        "the delivery to anna@example.org is not unknown in mailing 1\nSee newsletter mailing show 1 --state unknown."
    )


def test_a_new_start_tries_at_once_what_was_waiting(ledger: Ledger, now: dt.datetime) -> None:
    claims = ledger.step([], claim=3, now=now)
    ledger.step([result(claim, OutcomeKind.RATE, now + 1000 * LATER) for claim in claims], claim=0, now=now)
    assert ledger.step([], claim=3, now=now) == []
    ledger.recover(now)
    assert len(ledger.step([], claim=3, now=now)) == 3


def test_a_clock_that_is_put_back_holds_nothing_up(ledger: Ledger, now: dt.datetime) -> None:
    assert len(ledger.step([], claim=3, now=now - dt.timedelta(days=400))) == 3
