"""A transport that keeps what it is given: for tests, of this package and of programs that use it."""

import threading
from collections import deque
from collections.abc import Iterable
from typing import Final

from newsletter.models import Envelope, Outcome, OutcomeKind


class MemoryTransport:
    """Accepts everything, unless told otherwise, and keeps it in `envelopes`.

    `outcomes` are answered in turn before everything is accepted; an exception among them is raised, as if the
    program had died at that point. Only an accepted message, or one whose outcome is ambiguous, is kept. `rate` is
    what `max_rate` answers, in messages a second.

        transport = MemoryTransport([Outcome(kind=OutcomeKind.RATE)])
        transport.send(envelope).kind   # rate; nothing is kept
        transport.send(envelope).kind   # accepted
        transport.envelopes             # [envelope]
    """

    name: Final = "memory"
    reaches_people: Final = False
    takes_base64: Final = False

    def __init__(self, outcomes: Iterable[Outcome | BaseException] = (), *, rate: float | None = None) -> None:
        self.envelopes: list[Envelope] = []
        self.closed = False
        self._outcomes = deque(outcomes)
        self._rate = rate
        self._lock = threading.Lock()

    def send(self, envelope: Envelope) -> Outcome:
        """Answer the next scripted outcome, or accept."""
        with self._lock:
            outcome = self._outcomes.popleft() if self._outcomes else None
            if isinstance(outcome, BaseException):
                raise outcome
            if outcome is None:
                outcome = Outcome(kind=OutcomeKind.ACCEPTED, message_id=f"memory-{envelope.attempt_id}")
            if outcome.kind in {OutcomeKind.ACCEPTED, OutcomeKind.AMBIGUOUS}:
                self.envelopes.append(envelope)
            return outcome

    def max_rate(self) -> float | None:
        """Return the rate it was made with."""
        return self._rate

    def close(self) -> None:
        """Say that it was closed."""
        self.closed = True
