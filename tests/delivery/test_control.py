"""Pause, go on, cancel and another rate, asked for in one thread while another one sends."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from newsletter.config import DeliverySettings
from newsletter.delivery.control import ask
from newsletter.delivery.mailing import Sent, exit_code, send_mailing
from newsletter.delivery.plan import Plan, plan_mailing
from newsletter.delivery.stop import StopSignal
from newsletter.errors import UsageError
from newsletter.message.tokens import TokenKeys
from newsletter.models import (
    CompiledIssue,
    DeliveryState,
    Envelope,
    MailingState,
    MailingSummary,
    Newsletter,
    Outcome,
    OutcomeKind,
    SkipReason,
    Wish,
)
from newsletter.store.controls import Control, Controls
from newsletter.store.database import Database, open_database, utc_now
from newsletter.store.evidence import Decision, Resolution, resolve
from newsletter.store.mailings import Audience, Mailings

KEYS = TokenKeys(current="k1", keys={"k1": b"k" * 32})
ACCEPTED = Outcome(kind=OutcomeKind.ACCEPTED, message_id="m")


@pytest.fixture
def mailing(join: Callable[..., None], freeze: Callable[[], MailingSummary]) -> MailingSummary:
    join(count=60)
    return freeze()


class Run:
    """A sender in a thread of its own, with a database connection of its own, at 50 a second."""

    def __init__(self, folder: Path, mailing: MailingSummary, provider: Any, ear: Any) -> None:
        self.stop = StopSignal()
        self.sent = threading.Event()
        self.transport = provider(self._answer, rate=50.0)
        self._folder, self._mailing, self._ear = folder, mailing, ear
        self._threads = ThreadPoolExecutor(1)
        self.end: Future[Sent] = self._threads.submit(self._send)
        assert self.sent.wait(20)

    def _answer(self, _envelope: Envelope, _number: int) -> Outcome:
        self.sent.set()
        time.sleep(0.05)
        return ACCEPTED

    def _send(self) -> Sent:
        with open_database("sqlite:///.newsletter/newsletter.db", root=self._folder) as database:
            return send_mailing(
                self._mailing,
                database=database,
                keys=KEYS,
                transport=self.transport,
                settings=DeliverySettings(concurrency=2),
                reporter=self._ear,
                stop=self.stop,
            )

    def close(self) -> None:
        self.stop.request()
        self._threads.shutdown()


@pytest.fixture
def run(tmp_path: Path, mailing: MailingSummary, provider: Any, ear: Any) -> Iterator[Run]:
    run = Run(tmp_path, mailing, provider, ear)
    yield run
    run.close()


def test_a_running_mailing_pauses_waits_and_goes_on_in_the_same_process(database: Database, run: Run, ear: Any) -> None:
    asked = ask(database, 1, Wish.PAUSE, who="ines", reason="a wrong date")
    assert (asked.sender, asked.done) == (True, True)
    assert (asked.mailing.state, asked.mailing.reason) == (MailingState.PAUSED, "paused by ines: a wrong date")
    assert DeliveryState.SENDING not in asked.mailing.counts
    given = len(run.transport.given)
    assert 0 < given < 60
    time.sleep(0.7)
    assert (len(run.transport.given), run.end.done()) == (given, False)
    assert ear.pauses == ["paused by ines: a wrong date"]
    asked = ask(database, 1, Wish.GO_ON, who="ines", reason="")
    assert (asked.sender, asked.done) == (True, True)
    sent = run.end.result(60)
    assert (sent.mailing.state, sent.mailing.counts) == (MailingState.FINISHED, {DeliveryState.SENT: 60})


def test_a_cancelled_mailing_is_over_and_who_was_pending_is_skipped(database: Database, run: Run) -> None:
    assert ask(database, 1, Wish.CANCEL, who="ines", reason="wrong issue").done
    sent = run.end.result(20)
    given = len(run.transport.given)
    assert sent.mailing.counts == {DeliveryState.SENT: given, DeliveryState.SKIPPED: 60 - given}
    assert sent.mailing.skipped == {SkipReason.CANCELLED: 60 - given}
    assert (sent.mailing.state, sent.end.reason) == (MailingState.CANCELLED, "cancelled by ines: wrong issue")
    assert exit_code(sent.mailing) == 4
    with pytest.raises(UsageError, match="mailing 1 is cancelled: nothing about it can be changed any more"):
        ask(database, 1, Wish.GO_ON, who="ines", reason="")


def test_a_new_rate_is_kept_within_a_second_and_never_above_the_providers(database: Database, run: Run) -> None:
    Controls(database).set_rate(1, 2.0, who="ines")
    time.sleep(0.7)
    before = len(run.transport.given)
    time.sleep(2.0)
    assert len(run.transport.given) - before <= 6
    Controls(database).set_rate(1, 1_000_000.0, who="ines")
    assert run.end.result(60).mailing.counts == {DeliveryState.SENT: 60}


def test_ctrl_c_ends_a_sender_that_waits_and_the_mailing_stays_paused(database: Database, run: Run) -> None:
    ask(database, 1, Wish.PAUSE, who="ines", reason="")
    run.stop.request()
    sent = run.end.result(20)
    assert (sent.mailing.state, sent.mailing.reason) == (MailingState.PAUSED, "paused by ines")
    assert sent.end.reason == "interrupted"


def test_without_a_sender_a_wish_has_its_effect_at_once(database: Database, mailing: MailingSummary) -> None:
    paused = ask(database, 1, Wish.PAUSE, who="ines", reason="")
    assert (paused.sender, paused.done, paused.mailing.state) == (False, True, MailingState.PAUSED)
    gone_on = ask(database, 1, Wish.GO_ON, who="ben", reason="")
    assert (gone_on.sender, gone_on.mailing.state) == (False, MailingState.PAUSED)
    assert Controls(database).get(1).wish is Wish.GO_ON
    cancelled = ask(database, 1, Wish.CANCEL, who="ines", reason="")
    assert (cancelled.sender, cancelled.mailing.state) == (False, MailingState.CANCELLED)
    assert cancelled.mailing.counts == {DeliveryState.SKIPPED: 60}


def test_a_plan_says_who_paused_and_what_was_cancelled(
    database: Database, mailing: MailingSummary, audience: Audience, compiled: CompiledIssue, newsletter: Newsletter
) -> None:
    def plan() -> Plan:
        return plan_mailing(database, audience, compile_now=lambda: compiled, newsletter=newsletter, keys=KEYS)

    ask(database, 1, Wish.PAUSE, who="ines", reason="a typo")
    assert plan().held == "paused by ines: a typo"
    ask(database, 1, Wish.CANCEL, who="ines", reason="wrong issue")
    made = plan()
    assert (made.mailing, made.held, made.count.recipients) == (None, "", 60)
    assert made.notice == (
        "mailing 1 of this issue was cancelled by ines: wrong issue; whom it reached, 0, is left out here, and "
        "the rest get the issue as it is now, in a new mailing"
    )


def test_nothing_of_a_cancelled_mailing_is_sent_again(database: Database, run: Run) -> None:
    ask(database, 1, Wish.CANCEL, who="ines", reason="")
    run.end.result(20)
    resolution = Resolution(decision=Decision.RESEND, who="ines", reason="x")
    with pytest.raises(UsageError, match="mailing 1 was cancelled: nothing of it is sent any more"):
        resolve(database, 1, [], resolution, now=utc_now())
    Mailings(database).start(1, utc_now())
    assert Mailings(database).state(1) is MailingState.CANCELLED


def test_a_wish_about_a_mailing_that_is_not_there_is_refused(database: Database) -> None:
    with pytest.raises(UsageError, match="there is no mailing 7"):
        Controls(database).set_rate(7, 1.0, who="ines")
    assert Controls(database).get(7) == Control()
