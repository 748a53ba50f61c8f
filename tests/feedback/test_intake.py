"""What events change: once each, in any order, and nothing besides."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from newsletter.feedback.intake import ingest
from newsletter.models import DeliveryState, EventType, SuppressionReason
from newsletter.store.database import Database, open_database
from newsletter.store.doubt import doubts, events_of_mailing
from newsletter.store.events import Taken, count_events, unreadable_ones
from newsletter.store.evidence import Decision, Resolution, resolve
from newsletter.store.forgetting import forget
from newsletter.store.keys import load_keys
from newsletter.store.mailings import Mailings
from newsletter.store.schema import deliveries, events, suppressions
from tests.feedback.conftest import Post, ses_event

Make = Callable[..., dict[str, Any]]
ADA, BEN, CEM = "ada@example.org", "ben@example.org", "cem@example.org"


def take(database: Database, *records: Any, limit: int = 4) -> Taken:
    chunks = (each if isinstance(each, str) else json.dumps(each) + "\n" for each in records)
    return ingest(database, chunks, "test", soft_bounce_limit=limit)


def barred(database: Database) -> dict[str, tuple[str, str]]:
    with database.read() as connection:
        rows = connection.execute(select(suppressions)).all()
    return {row.email_key: (row.reason, row.note) for row in rows}


def states(database: Database, mailing: int = 1) -> dict[str, str]:
    return {row.email: row.state for row in Mailings(database).deliveries(mailing)}


def test_an_event_with_the_attempts_tag_settles_an_unknown_delivery(database: Database, post: Post) -> None:
    post.join("ada", "ben")
    sent = post.send(unknown=(ADA, BEN))
    assert states(database) == {ADA: "unknown", BEN: "unknown"}
    taken = take(database, ses_event("Send", sent[ADA], ADA))
    assert (taken.settled, taken.new[EventType.SEND]) == (1, 1)
    assert states(database) == {ADA: "sent", BEN: "unknown"}
    (row,) = post.mailings.deliveries(1, [DeliveryState.SENT])
    assert row.message_id == f"m-{sent[ADA]}"


def test_a_notification_without_tags_settles_nothing_until_a_tagged_event_names_its_message(
    database: Database, post: Post
) -> None:
    post.join("ada")
    sent = post.send(unknown=(ADA,))
    taken = take(database, ses_event("Delivery", sent[ADA], ADA, tagged=False))
    assert (taken.foreign, states(database)) == (1, {ADA: "unknown"})
    take(database, ses_event("Send", sent[ADA], ADA))
    assert states(database) == {ADA: "sent"}
    assert count_events(database).foreign == 0


def test_the_same_events_again_change_nothing(database: Database, post: Post) -> None:
    post.join("ada")
    sent = post.send()
    records = [ses_event(kind, sent[ADA], ADA) for kind in ("Send", "Bounce")]
    first = take(database, *records)
    assert (sum(first.new.values()), first.suppressed) == (2, 1)
    again = take(database, *records, *records)
    assert (sum(again.new.values()), again.known, again.suppressed) == (0, 4, 0)


BARRING: list[tuple[str, dict[str, Any], dict[str, tuple[str, str]]]] = [
    ("Bounce", {}, {ADA: ("bounce", "5.1.1 smtp; 550 no such user")}),
    ("Complaint", {}, {ADA: ("complaint", "abuse")}),
    ("Complaint", {"complainedRecipients": []}, {ADA: ("complaint", "abuse")}),
    ("Complaint", {"complaintFeedbackType": "not-spam"}, {}),
    ("Bounce", {"status": "5.7.515", "words": "smtp; 550 5.7.515 Access denied"}, {}),
    ("Bounce", {"bounceType": "Transient", "bounceSubType": "MailboxFull", "status": "4.2.2", "words": ""}, {}),
    ("Bounce", {"bounceSubType": "OnAccountSuppressionList"}, {
        ADA: ("bounce", "OnAccountSuppressionList smtp; 550 no such user")
    }),
    ("Delivery", {}, {}),
    ("Open", {}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "detail", "expected"), BARRING)
def test_only_dead_addresses_and_complaints_are_suppressed(
    database: Database, post: Post, kind: str, detail: dict[str, Any], expected: dict[str, tuple[str, str]]
) -> None:
    post.join("ada")
    sent = post.send()
    take(database, ses_event(kind, sent[ADA], ADA, **detail))
    assert barred(database) == expected


def test_a_refusal_of_our_domain_is_counted_by_code_for_the_alarm(database: Database, post: Post) -> None:
    post.join("ada", "ben")
    sent = post.send()
    records = [ses_event("Bounce", sent[who], who, words="smtp; 550 5.7.26 unauthenticated") for who in (ADA, BEN)]
    assert take(database, *records).refusals == {"5.7.26": 2}


def test_a_complaint_that_names_several_people_and_no_message_of_ours_bars_nobody(database: Database) -> None:
    people = [{"emailAddress": each} for each in (ADA, BEN)]
    taken = take(database, ses_event("Complaint", "elsewhere", ADA, complainedRecipients=people))
    assert (taken.unattributed, taken.foreign, barred(database)) == (1, 1, {})


def test_who_complained_stays_barred_whatever_else_they_did(database: Database, post: Post) -> None:
    post.join("ada")
    sent = post.send()
    post.people.unsubscribe(ADA, list_name=None, now=post.mailings.get(1).created_at)
    take(database, ses_event("Complaint", sent[ADA], ADA), ses_event("Bounce", sent[ADA], ADA))
    assert barred(database)[ADA][0] == "complaint"


def test_a_persons_own_decision_is_not_overwritten_by_events(database: Database, post: Post) -> None:
    post.join("ada")
    sent = post.send()
    post.people.suppress(ADA, SuppressionReason.MANUAL, note="asked by phone", now=post.mailings.get(1).created_at)
    take(database, ses_event("Complaint", sent[ADA], ADA))
    assert barred(database) == {ADA: ("manual", "asked by phone")}


SOFT: dict[str, Any] = {"bounceType": "Transient", "bounceSubType": "MailboxFull", "status": "4.2.2", "words": "full"}


def issues(post: Post, count: int) -> list[str]:
    return [post.send(f"issue-{number}", days=7 * number)[ADA] for number in range(count)]


def test_soft_bounces_of_issues_in_a_row_suppress_at_the_limit(database: Database, post: Post) -> None:
    post.join("ada")
    sent = issues(post, 3)
    records = [ses_event("Bounce", each, ADA, days=7 * week, **SOFT) for week, each in enumerate(sent)]
    take(database, *records[:2], limit=3)
    assert barred(database) == {}
    assert take(database, records[2], limit=3).suppressed == 1
    assert barred(database) == {ADA: ("bounce", "soft bounces: 3 mailings in a row")}


def test_a_delivery_between_soft_bounces_begins_the_count_anew_also_when_it_is_heard_of_last(
    database: Database, post: Post
) -> None:
    post.join("ada")
    sent = issues(post, 4)
    bounces = [ses_event("Bounce", sent[week], ADA, days=7 * week, **SOFT) for week in (0, 1, 3)]
    take(database, *bounces, limit=3)
    assert barred(database) == {ADA: ("bounce", "soft bounces: 3 mailings in a row")}
    take(database, ses_event("Delivery", sent[2], ADA, days=14), limit=3)
    assert barred(database) == {}


def test_a_limit_of_nought_suppresses_nobody_for_soft_bounces(database: Database, post: Post) -> None:
    post.join("ada")
    records = [ses_event("Bounce", each, ADA, **SOFT) for each in issues(post, 5)]
    take(database, *records, limit=0)
    assert barred(database) == {}


def test_late_evidence_of_a_copy_that_was_sent_again_names_who_got_it_twice(database: Database, post: Post) -> None:
    post.join("ada")
    first = post.send(unknown=(ADA,))[ADA]
    decision = Resolution(decision=Decision.RESEND, who="kim", reason="nothing came")
    resolve(database, 1, [], decision, now=post.mailings.get(1).created_at)
    second = post.send()[ADA]
    assert first != second
    assert take(database, ses_event("Send", first, ADA), ses_event("Delivery", first, ADA)).twice == [ADA]
    assert take(database, ses_event("Delivery", first, ADA, minutes=9)).twice == []
    assert take(database, ses_event("Send", second, ADA)).twice == []


def test_of_a_person_who_was_forgotten_no_event_brings_anything_back(database: Database, post: Post) -> None:
    post.join("ada")
    sent = post.send()
    take(
        database, ses_event("Delivery", sent[ADA], ADA), ses_event("Bounce", "foreign", ADA), '{"to": "Ada@example.org"'
    )
    forget(database, ADA, load_keys(database.state_dir, may_create=True))
    late = [ses_event("Bounce", sent[ADA], ADA, minutes=3), ses_event("Complaint", "elsewhere", ADA, minutes=4)]
    assert take(database, *late).suppressed == 0
    with database.read() as connection:
        kept = repr(connection.execute(select(events)).all()) + repr(connection.execute(select(suppressions)).all())
    assert "ada@" not in kept
    assert unreadable_ones(database) == ()
    assert list(barred(database).values()) == [("forgotten", "")]


def test_what_cannot_be_read_is_kept_once_with_source_and_reason(database: Database) -> None:
    assert take(database, "{broken\n").unreadable == 1
    assert take(database, "{broken\n").unreadable == 0
    (aside,) = unreadable_ones(database)
    assert (aside.body, aside.source) == ("{broken", "test")
    assert aside.reason.startswith("it is no JSON: ")


def story(post: Post) -> list[dict[str, Any]]:
    """Three issues to 30 people, with everything that can happen to them."""
    chance = random.Random(7)
    post.join(*(f"p{number:02}" for number in range(30)))
    told = []
    for week in range(3):
        lost = tuple(f"p{number:02}@example.org" for number in range(week, 30, 5))
        for email, attempt in post.send(f"issue-{week}", unknown=lost, days=7 * week).items():
            kinds: Sequence[tuple[str, dict[str, Any]]] = chance.choice(
                [
                    [("Send", {}), ("Delivery", {})],
                    [("Send", {}), ("Delivery", {}), ("Complaint", {}), ("Open", {})],
                    [("Send", {}), ("Bounce", {})],
                    [("Send", {}), ("DeliveryDelay", {}), ("Bounce", SOFT)],
                    [("Send", {}), ("Bounce", SOFT)],
                    [("Delivery", {"tagged": False}), ("Send", {})],
                ]
            )
            for minutes, (kind, detail) in enumerate(kinds):
                told.append(ses_event(kind, attempt, email, minutes=minutes, days=7 * week, **detail))
    return told


def snapshot(database: Database) -> object:
    with database.read() as connection:
        happened = connection.execute(select(events).order_by(events.c.dedupe_key)).all()
        rows = connection.execute(
            select(deliveries.c.id, deliveries.c.state, deliveries.c.message_id).order_by(deliveries.c.id)
        ).all()
        out = connection.execute(select(suppressions).order_by(suppressions.c.email_key)).all()
    return happened, rows, out


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
def test_any_order_any_repetition_and_any_batches_leave_the_same_state(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    ends = []
    seed = None
    for disorder in (False, True):
        root = tmp_path_factory.mktemp("order")
        with open_database("sqlite:///n.db", root=root) as database:
            post = Post(database, attempt_ids=True)
            told = story(post)
            dropped = set(chance.sample(range(len(told)), len(told) // 20)) if seed is None else seed
            seed = dropped
            told = [each for number, each in enumerate(told) if number not in dropped]
            if disorder:
                told = told * 3
                chance.shuffle(told)
            step = chance.randint(1, 60) if disorder else len(told)
            for at in range(0, len(told), step):
                take(database, *told[at : at + step], limit=2)
            ends.append(snapshot(database))
    assert ends[0] == ends[1]


def test_a_dropped_event_leaves_its_delivery_as_it_was(database: Database, post: Post) -> None:
    post.join("ada", "ben", "cem")
    sent = post.send(unknown=(ADA, BEN, CEM))
    take(database, *(ses_event("Delivery", sent[who], who) for who in (ADA, CEM)))
    assert states(database) == {ADA: "sent", BEN: "unknown", CEM: "sent"}


def test_an_unknown_delivery_is_shown_with_what_speaks_for_and_against(database: Database, post: Post) -> None:
    post.join("ada", "ben", "cem")
    sent = post.send(unknown=(BEN,))
    (doubt,) = doubts(database, 1)
    assert (doubt.email, doubt.why, doubt.around_before, doubt.around_after) == (BEN, "no answer", 0, 0)
    take(database, ses_event("Send", sent[ADA], ADA), ses_event("Delivery", sent[CEM], CEM))
    (doubt,) = doubts(database, 1)
    assert (doubt.around_before, events_of_mailing(database, 1)) == (2, 2)
    decision = Resolution(decision=Decision.LEAVE, who="kim", reason="better none than two")
    resolve(database, 1, [], decision, now=doubt.since)
    assert [each.decided for each in doubts(database, 1)] == ["leave by kim: better none than two"]
    take(database, ses_event("Send", sent[BEN], BEN))
    assert doubts(database, 1) == []
