import datetime as dt
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from newsletter.delivery.engine import Engine, Handover, RunEnd
from newsletter.delivery.rate import SlidingWindow
from newsletter.delivery.steering import Steering
from newsletter.delivery.stop import StopSignal
from newsletter.errors import MessageError, StoreError
from newsletter.models import DeliveryState, Envelope, MailingSummary, Outcome, OutcomeKind
from newsletter.store.database import Database
from newsletter.store.ledger import Claim, Ledger, Result
from newsletter.store.mailings import Mailings

Answer = Callable[[Envelope, int], Outcome]
Run = Callable[..., RunEnd]
ACCEPTED = Outcome(kind=OutcomeKind.ACCEPTED, message_id="m")
FAST = {"concurrency": 1}


@pytest.fixture
def mailing(join: Callable[..., None], freeze: Callable[[], MailingSummary]) -> MailingSummary:
    join(count=20)
    return freeze()


@pytest.fixture
def run(database: Database, mailing: MailingSummary, provider: Any, ear: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("newsletter.delivery.engine.BACKOFF_SECONDS", 0.001)

    def run(answer: Answer, **options: Any) -> RunEnd:
        transport = provider(answer)
        ledger = options.pop("ledger", None) or Ledger(database, mailing.id, worker="test")
        build = options.pop("build", lambda claim: claim.subscriber.email.encode())
        limiter = options.pop("limiter", None) or SlidingWindow(None)
        steering = Steering(database, mailing.id, limiter, own=limiter.rate)
        parts = {"concurrency": 4, "limiter": limiter, "steering": steering, "stop": StopSignal(), **options}
        handover = Handover(transport=transport, build=build, sender="news@example.com", tags={"mailing": "1"})
        try:
            return Engine(ledger=ledger, handover=handover, reporter=ear, **parts).run()
        finally:
            run.given = transport.given  # type: ignore[attr-defined]

    return run


def counts(database: Database) -> dict[DeliveryState, int]:
    return dict(Mailings(database).get(1).counts)


def test_everybody_gets_it_once(database: Database, run: Run, accepted: Answer, ear: Any) -> None:
    assert run(accepted) == RunEnd()
    assert counts(database) == {DeliveryState.SENT: 20}
    assert ear.done == {DeliveryState.SENT: 20}
    given: list[Envelope] = run.given  # type: ignore[attr-defined]
    assert sorted(envelope.recipient for envelope in given) == sorted(f"p{number}@example.org" for number in range(20))
    envelope = given[0]
    assert (envelope.sender, envelope.message.decode()) == ("news@example.com", envelope.recipient)
    assert envelope.tags == {"attempt": envelope.attempt_id, "mailing": "1"}


def test_a_row_is_committed_as_sending_before_its_message_leaves(database: Database, run: Run) -> None:
    seen = []

    def answer(envelope: Envelope, number: int) -> Outcome:
        rows = {row.email: row for row in Mailings(database).deliveries(1)}
        row = rows[envelope.recipient]
        seen.append((row.state, row.attempt_id == envelope.attempt_id))
        in_flight = sum(row.state is DeliveryState.SENDING for row in rows.values())
        assert in_flight <= 4
        return ACCEPTED

    run(answer)
    assert seen == [(DeliveryState.SENDING, True)] * 20


def test_what_was_surely_not_accepted_is_tried_again(database: Database, run: Run) -> None:
    refusals = {OutcomeKind.RATE, OutcomeKind.UNREACHABLE}

    def answer(envelope: Envelope, number: int) -> Outcome:
        return Outcome(kind=refusals.pop(), code="x") if refusals else ACCEPTED

    assert run(answer, limiter=SlidingWindow(1_000)) == RunEnd()
    assert counts(database) == {DeliveryState.SENT: 20}
    assert len(run.given) == 22  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Outcome(kind=OutcomeKind.REFUSED, text="bad address"), DeliveryState.FAILED),
        (Outcome(kind=OutcomeKind.AMBIGUOUS, text="read timeout"), DeliveryState.UNKNOWN),
        (Outcome(kind=OutcomeKind.ACCEPTED), DeliveryState.UNKNOWN),
    ],
)
def test_one_that_was_refused_or_is_open_is_never_tried_again(
    database: Database, run: Run, answer: Outcome, state: DeliveryState
) -> None:
    assert run(lambda envelope, _: answer if envelope.recipient == "p7@example.org" else ACCEPTED) == RunEnd()
    assert counts(database) == {DeliveryState.SENT: 19, state: 1}
    assert len(run.given) == 20  # type: ignore[attr-defined]


def test_an_exception_of_the_transport_leaves_it_open(database: Database, run: Run) -> None:
    def answer(envelope: Envelope, number: int) -> Outcome:
        if number == 3:
            raise OSError("connection lost")
        return ACCEPTED

    run(answer)
    (row,) = Mailings(database).deliveries(1, [DeliveryState.UNKNOWN])
    assert (row.code, row.text, row.reason) == ("OSError", "connection lost", "connection lost")


def test_a_message_that_cannot_be_built_fails_without_a_call(database: Database, run: Run, accepted: Answer) -> None:
    def build(claim: Claim) -> bytes:
        if claim.subscriber.email == "p7@example.org":
            raise MessageError("the subject contains the control character U+000A")
        return b""

    run(accepted, build=build)
    (row,) = Mailings(database).deliveries(1, [DeliveryState.FAILED])
    assert row.reason == "the subject contains the control character U+000A"
    assert len(run.given) == 19  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "calls", "reason"),
    [
        (OutcomeKind.QUOTA, 1, "the provider's quota for 24 hours is used up (Code: text)"),
        (OutcomeKind.PAUSE, 1, "the provider cannot be used (Code: text)"),
        (OutcomeKind.REFUSED, 3, "3 deliveries were refused one after the other (Code: text)"),
        (
            OutcomeKind.AMBIGUOUS,
            5,
            "5 answers were lost one after the other; those messages may or may not have been accepted (Code: text)",
        ),
        (OutcomeKind.UNREACHABLE, 11, "11 connections failed one after the other (Code: text)"),
    ],
)
def test_what_is_wrong_with_all_of_them_pauses_the_mailing(
    run: Run, kind: OutcomeKind, calls: int, reason: str
) -> None:
    end = run(lambda *_: Outcome(kind=kind, code="Code", text="text", remedy="Mend it."), **FAST)
    assert end == RunEnd(reason=reason, remedy="Mend it.")
    assert len(run.given) == calls  # type: ignore[attr-defined]


def test_five_refused_in_a_row_pause_it_later_too(database: Database, run: Run) -> None:
    end = run(lambda _, number: ACCEPTED if number <= 4 else Outcome(kind=OutcomeKind.REFUSED, text="no"), **FAST)
    assert end.reason == "5 deliveries were refused one after the other (no)"
    assert counts(database) == {DeliveryState.PENDING: 11, DeliveryState.SENT: 4, DeliveryState.FAILED: 5}


def test_a_stop_finishes_what_is_in_flight_and_claims_no_more(database: Database, run: Run) -> None:
    stop = StopSignal()

    def answer(envelope: Envelope, number: int) -> Outcome:
        if number == 5:
            stop.request()
        return ACCEPTED

    assert run(answer, stop=stop).reason == "interrupted"
    found = counts(database)
    assert set(found) == {DeliveryState.SENT, DeliveryState.PENDING}
    assert 5 <= found[DeliveryState.SENT] <= 9


def test_a_second_stop_leaves_at_once_and_the_open_ones_are_unknown(database: Database, run: Run) -> None:
    stop = StopSignal()
    never = threading.Event()

    def answer(envelope: Envelope, number: int) -> Outcome:
        if number == 4:
            stop.request()
            stop.request()
        never.wait(30)
        return ACCEPTED

    started = time.monotonic()
    assert run(answer, stop=stop).reason == "interrupted"
    assert time.monotonic() - started < 5
    assert counts(database) == {DeliveryState.UNKNOWN: 4, DeliveryState.PENDING: 16}
    never.set()


def test_the_rate_is_kept(run: Run) -> None:
    left: list[float] = []

    def answer(envelope: Envelope, number: int) -> Outcome:
        left.append(time.monotonic())
        return ACCEPTED

    run(answer, limiter=SlidingWindow(10))
    assert len(left) == 20
    assert left[10] - left[0] >= 1.0


def test_an_accepted_message_that_cannot_be_recorded_is_reported(
    database: Database, run: Run, mailing: MailingSummary, accepted: Answer, ear: Any
) -> None:
    class FullDisk(Ledger):
        def step(self, results: Any, *, claim: int, now: dt.datetime) -> list[Claim]:
            if results:
                raise StoreError("the disk is full: the last change was not written")
            return super().step(results, claim=claim, now=now)

    with pytest.raises(StoreError, match="the disk is full"):
        run(accepted, ledger=FullDisk(database, mailing.id, worker="test"))
    given: list[Envelope] = run.given  # type: ignore[attr-defined]
    assert sorted(ear.lost) == sorted((envelope.attempt_id, f"m-{envelope.attempt_id}") for envelope in given)
    assert counts(database) == {DeliveryState.SENDING: 4, DeliveryState.PENDING: 16}


def test_a_commit_that_fails_once_loses_no_answer(
    database: Database, run: Run, mailing: MailingSummary, accepted: Answer, ear: Any
) -> None:
    class Hiccup(Ledger):
        failed = False

        def step(self, results: list[Result], *, claim: int, now: dt.datetime) -> list[Claim]:  # type: ignore[override]
            if results and not self.failed:
                self.failed = True
                raise StoreError("the database was held by another process")
            return super().step(results, claim=claim, now=now)

    with pytest.raises(StoreError):
        run(accepted, ledger=Hiccup(database, mailing.id, worker="test"))
    assert ear.lost == []
    assert counts(database) == {DeliveryState.SENT: 4, DeliveryState.PENDING: 16}
