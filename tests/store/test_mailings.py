import datetime as dt
from collections.abc import Callable

import pytest

from newsletter.errors import UsageError
from newsletter.models import (
    CompiledIssue,
    DeliveryState,
    MailingState,
    MailingSummary,
    Newsletter,
    Outcome,
    OutcomeKind,
    SkipReason,
    SuppressionReason,
)
from newsletter.store.database import Database
from newsletter.store.ledger import Ledger, Result
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.subscribers import Subscribers

Join = Callable[..., None]
Freeze = Callable[..., MailingSummary]
MakeAudience = Callable[..., Audience]


def test_recipients_and_exclusions_add_up_to_everybody_on_the_lists(
    mailings: Mailings, people: Subscribers, join: Join, freeze: Freeze, audience: MakeAudience, now: dt.datetime
) -> None:
    join("anna", "ben", "cleo", "dora", "emil")
    people.unsubscribe("ben@example.org", list_name=None, now=now)
    people.suppress("cleo@example.org", SuppressionReason.BOUNCE, note="", now=now)
    people.unsubscribe("dora@example.org", list_name="weekly", now=now)
    count = mailings.count(audience())
    assert (count.recipients, count.skipped) == (2, {SkipReason.UNSUBSCRIBED: 1, SkipReason.SUPPRESSED: 1})
    assert [recipient.subscriber.email for recipient in mailings.recipients(audience())] == [
        "anna@example.org",
        "emil@example.org",
    ]
    summary = freeze()
    assert summary.counts == {DeliveryState.PENDING: 2, DeliveryState.SKIPPED: 2}
    assert summary.skipped == count.skipped
    assert summary.candidates == count.candidates == 4


def test_somebody_on_two_lists_gets_one_message(mailings: Mailings, join: Join, freeze: Freeze) -> None:
    join("anna", "ben")
    join("ben", "cleo", to="press")
    assert freeze("press", "weekly").counts == {DeliveryState.PENDING: 3}


def test_what_was_frozen_comes_back_equal(
    mailings: Mailings, join: Join, freeze: Freeze, compiled: CompiledIssue, newsletter: Newsletter
) -> None:
    join("anna")
    assert mailings.content(freeze().id) == (compiled, newsletter)


def test_freezing_twice_gives_the_same_mailing(
    mailings: Mailings,
    join: Join,
    freeze: Freeze,
    audience: MakeAudience,
    compiled: CompiledIssue,
    newsletter: Newsletter,
    now: dt.datetime,
) -> None:
    join("anna")
    first = freeze()
    again, new = mailings.freeze(audience(), compiled, newsletter, now)
    assert (again.id, new) == (first.id, False)
    assert mailings.find(audience("press")) is None


def test_a_finished_mailing_to_people_is_found_and_one_to_the_outbox_is_not(
    database: Database, mailings: Mailings, join: Join, freeze: Freeze, audience: MakeAudience, now: dt.datetime
) -> None:
    join("anna")
    for reaches_people in (True, False):
        summary = freeze(reaches_people=reaches_people)
        assert not mailings.finish(summary.id, now)
        ledger = Ledger(database, summary.id, worker="test")
        (claim,) = ledger.step([], claim=9, now=now)
        outcome = Outcome(kind=OutcomeKind.ACCEPTED, message_id="m")
        ledger.step([Result(attempt_id=claim.attempt_id, outcome=outcome, not_before=now)], claim=0, now=now)
        assert mailings.finish(summary.id, now)
        assert not mailings.finish(summary.id, now)
        found = mailings.find(audience(reaches_people=reaches_people))
        assert (found is not None) == reaches_people


@pytest.mark.parametrize(
    ("kind", "skipped"),
    [
        (OutcomeKind.ACCEPTED, {SkipReason.ALREADY_SENT: 1}),
        (OutcomeKind.AMBIGUOUS, {SkipReason.ALREADY_SENT: 1}),
        (OutcomeKind.RATE, {SkipReason.ALREADY_SENT: 1}),
        (OutcomeKind.REFUSED, {}),
    ],
)
def test_nobody_gets_an_issue_from_a_second_mailing_while_the_first_may_reach_them(
    database: Database,
    mailings: Mailings,
    join: Join,
    freeze: Freeze,
    audience: MakeAudience,
    now: dt.datetime,
    kind: OutcomeKind,
    skipped: dict[SkipReason, int],
) -> None:
    join("anna")
    ledger = Ledger(database, freeze().id, worker="test")
    (claim,) = ledger.step([], claim=1, now=now)
    assert mailings.count(audience("press", "weekly")).skipped == {SkipReason.ALREADY_SENT: 1}
    ledger.step([Result(attempt_id=claim.attempt_id, outcome=Outcome(kind=kind), not_before=now)], claim=0, now=now)
    assert mailings.count(audience("press", "weekly")).skipped == skipped
    assert mailings.count(audience("weekly", issue="rain")).skipped == {}
    assert mailings.count(audience("weekly", reaches_people=False)).skipped == {}


def test_the_outbox_keeps_nobody_from_getting_the_issue(
    mailings: Mailings, join: Join, freeze: Freeze, audience: MakeAudience
) -> None:
    join("anna")
    freeze(reaches_people=False)
    assert mailings.count(audience()).recipients == 1


def test_a_mailing_pauses_and_goes_on(mailings: Mailings, join: Join, freeze: Freeze, now: dt.datetime) -> None:
    join("anna")
    summary = freeze()
    mailings.pause(summary.id, "quota")
    paused = mailings.get(summary.id)
    assert (paused.state, paused.reason, paused.started_at) == (MailingState.PAUSED, "quota", now)
    mailings.start(summary.id, now + dt.timedelta(hours=1))
    going = mailings.list()[0]
    assert (going.state, going.reason, going.started_at) == (MailingState.SENDING, "", now)


def test_a_mailing_that_is_not_there_is_said_so(mailings: Mailings) -> None:
    with pytest.raises(UsageError) as error:
        mailings.get(7)
    assert str(error.value) == "there is no mailing 7\nSee newsletter mailing list."
    assert mailings.list() == ()
    assert not mailings.reached_people()
