"""One coordinator that owns the ledger, and worker threads that build and hand over.

A row is claimed, durably, before its message may leave, and never more rows than workers: that bounds what a crash
leaves unknown. What was answered is recorded together with the next claim, in one commit.
"""

import datetime as dt
import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from newsletter.delivery.judge import Judge
from newsletter.delivery.rate import SlidingWindow
from newsletter.delivery.stop import StopSignal
from newsletter.errors import NewsletterError, StoreError
from newsletter.models import DeliveryState, Envelope, Outcome, OutcomeKind
from newsletter.store.database import utc_now
from newsletter.store.ledger import LOST, NEXT_STATE, Claim, Ledger, Result
from newsletter.transports.base import Transport

BACKOFF_SECONDS = 1.0
MAX_BACKOFF_SECONDS = 60.0
GROUP_SECONDS = 0.002
"""How long an answer waits for others, up to half of those in flight, to be written down in one commit with it."""
_BACKED_OFF = {OutcomeKind.RATE, OutcomeKind.UNREACHABLE}


class Reporter(Protocol):
    """Who is told how a run goes."""

    def progress(self, done: Mapping[DeliveryState, int], rate: float | None) -> None:
        """Hear how many deliveries of this run ended in which state, and the rate that is kept now, if any."""

    def unrecorded(self, attempt_id: str, message_id: str) -> None:
        """Hear of a message that was accepted and could not be written down: its row will be `unknown`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """Why a run ended; `reason` is empty when nothing was left to send."""

    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What every message of a run has in common, and what makes each.

    `build` returns the message, in base64 if the transport takes that, and raises NewsletterError for a reader.
    """

    transport: Transport
    build: Callable[[Claim], bytes]
    sender: str
    tags: Mapping[str, str]


def steady_clock() -> Callable[[], dt.datetime]:
    """Return a clock that starts at the time of day and then never jumps, so that no retry is held up by a day."""
    start, since = utc_now(), time.monotonic()
    return lambda: start + dt.timedelta(seconds=time.monotonic() - since)


class Engine:
    """One run over the pending deliveries of a mailing whose lock is held."""

    def __init__(  # noqa: PLR0913 - the parts of a run, all named
        self,
        *,
        ledger: Ledger,
        handover: Handover,
        concurrency: int,
        limiter: SlidingWindow,
        reporter: Reporter,
        stop: StopSignal,
    ) -> None:
        self._ledger = ledger
        self._handover = handover
        self._concurrency = concurrency
        self._limiter = limiter
        self._reporter = reporter
        self._stop = stop
        self._now = steady_clock()
        self._judge = Judge()
        self._done: Counter[DeliveryState] = Counter()
        self._jobs: queue.SimpleQueue[Claim | None] = queue.SimpleQueue()
        # None wakes the coordinator; SimpleQueue.put is safe in a signal handler
        self._answers: queue.SimpleQueue[tuple[Claim, Outcome] | None] = queue.SimpleQueue()
        self._in_flight: dict[str, Claim] = {}

    def run(self) -> RunEnd:
        """Send until nothing is pending, a pause is due or a stop is asked for.

        Raises StoreError when results cannot be written down; what was accepted without a record is reported.
        """
        self._stop.wake = lambda: self._answers.put(None)
        # daemons: a second Ctrl-C must not wait for a provider that does not answer
        workers = [threading.Thread(target=self._work, daemon=True) for _ in range(self._concurrency)]
        for worker in workers:
            worker.start()
        try:
            self._coordinate()
        finally:
            for _ in workers:
                self._jobs.put(None)
        if not self._stop.at_once:
            for worker in workers:
                worker.join()
        if self._stop.requested:
            return RunEnd(reason="interrupted", remedy="Run the same command again to go on.")
        return RunEnd(reason=self._judge.reason, remedy=self._judge.remedy)

    def _coordinate(self) -> None:
        results: list[Result] = []
        while True:
            if self._stop.at_once:
                results += [self._result(claim, _lost()) for claim in self._in_flight.values()]
                self._in_flight.clear()
            going_on = not (self._stop.requested or self._judge.reason)
            free = self._concurrency - len(self._in_flight)
            wanted = self._limiter.reserve(free) if going_on else 0
            claims = self._step(results, wanted)
            self._limiter.release(wanted - len(claims))
            self._reporter.progress(self._done, self._limiter.rate)
            for claim in claims:
                self._jobs.put(claim)
            pause = self._pause_before_next(going_on=going_on, wanted=wanted, claimed=len(claims))
            if pause is None and not self._in_flight:
                return
            results = self._collect(pause)

    def _step(self, results: list[Result], wanted: int) -> list[Claim]:
        if not results and not wanted:
            return []
        try:
            claims = self._ledger.step(results, claim=wanted, now=self._now())
        except StoreError:
            self._save_what_can_be(results)
            raise
        self._in_flight.update((claim.attempt_id, claim) for claim in claims)
        return claims

    def _pause_before_next(self, *, going_on: bool, wanted: int, claimed: int) -> float | None:
        """Return the seconds to wait for answers at most; None to wait for answers alone, or to end without any."""
        if not going_on:
            return None
        if claimed == wanted:
            full = len(self._in_flight) == self._concurrency
            return None if full else max(self._limiter.delay(), 0.001)
        due = self._ledger.next_due()
        return None if due is None else max(0.01, (due - self._now()).total_seconds())

    def _collect(self, timeout: float | None) -> list[Result]:
        """Wait for an answer, take those that come with it, and judge them."""
        found = []
        try:
            found.append(self._answers.get(timeout=timeout))
            grouped = time.monotonic() + GROUP_SECONDS
            # None wakes us because a stop was asked for: then nothing is waited for
            while found[-1] is not None and len(found) < len(self._in_flight) // 2:
                found.append(self._answers.get(timeout=max(0.0, grouped - time.monotonic())))
            while True:
                found.append(self._answers.get_nowait())
        except queue.Empty:
            pass
        results = []
        for answer in found:
            if answer is not None and answer[0].attempt_id in self._in_flight:
                claim, outcome = answer
                del self._in_flight[claim.attempt_id]
                self._judge.hear(outcome)
                if outcome.kind is OutcomeKind.RATE:
                    self._limiter.slow_down()
                results.append(self._result(claim, outcome))
        return results

    def _result(self, claim: Claim, outcome: Outcome) -> Result:
        state = NEXT_STATE[outcome.kind]
        if state is not DeliveryState.PENDING:
            self._done[state] += 1
        wait = 0.0
        if outcome.kind in _BACKED_OFF:
            wait = min(MAX_BACKOFF_SECONDS, BACKOFF_SECONDS * 2 ** min(10, claim.attempt_number - 1))
            wait *= random.uniform(0.75, 1.25)  # noqa: S311 - spreads retries, guards nothing
        return Result(attempt_id=claim.attempt_id, outcome=outcome, not_before=self._now() + dt.timedelta(seconds=wait))

    def _save_what_can_be(self, results: list[Result]) -> None:
        """After a failed commit: wait for what is in flight, try once more to record, and report what stays out."""
        while self._in_flight and not self._stop.at_once:
            results += self._collect(None)
        try:
            self._ledger.step(results, claim=0, now=self._now())
        except StoreError:
            for result in results:
                if result.outcome.kind is OutcomeKind.ACCEPTED:
                    self._reporter.unrecorded(result.attempt_id, result.outcome.message_id)

    def _work(self) -> None:
        while (claim := self._jobs.get()) is not None:
            self._answers.put((claim, self._attempt(claim)))

    def _attempt(self, claim: Claim) -> Outcome:
        try:
            message = self._handover.build(claim)
        except NewsletterError as exc:
            self._limiter.release()
            return Outcome(kind=OutcomeKind.REFUSED, code="message", text=exc.what)
        except Exception as exc:  # noqa: BLE001 - nothing left this machine, so the row must go back, whatever it was
            self._limiter.release()
            return Outcome(kind=OutcomeKind.PAUSE, code=type(exc).__name__, text=f"the message cannot be built: {exc}")
        envelope = Envelope(
            sender=self._handover.sender,
            recipient=claim.subscriber.email,
            message=b"" if self._handover.transport.takes_base64 else message,
            base64=message if self._handover.transport.takes_base64 else b"",
            attempt_id=claim.attempt_id,
            tags={"attempt": claim.attempt_id, **self._handover.tags},
        )
        self._limiter.use()
        try:
            outcome = self._handover.transport.send(envelope)
        except Exception as exc:  # noqa: BLE001 - it may have been sent: any exception leaves that open
            return Outcome(kind=OutcomeKind.AMBIGUOUS, code=type(exc).__name__, text=str(exc))
        if outcome.kind is OutcomeKind.ACCEPTED and not outcome.message_id:
            return Outcome(kind=OutcomeKind.AMBIGUOUS, code=outcome.code, text="accepted without a message id")
        return outcome


def _lost() -> Outcome:
    return Outcome(kind=OutcomeKind.AMBIGUOUS, code="interrupted", text=LOST)
