"""The transport for tests does as it is told."""

import pytest

from newsletter.models import Envelope, Outcome, OutcomeKind
from newsletter.transports.memory import MemoryTransport

ENVELOPE = Envelope(sender="news@example.com", recipient="ada@example.com", message=b"", attempt_id="1")


def test_scripted_outcomes_come_first_and_only_what_may_have_been_accepted_is_kept() -> None:
    script = [Outcome(kind=kind) for kind in OutcomeKind if kind is not OutcomeKind.ACCEPTED]
    transport = MemoryTransport(script)
    assert [transport.send(ENVELOPE) for _ in script] == script
    assert transport.envelopes == [ENVELOPE]  # the ambiguous one
    assert transport.send(ENVELOPE) == Outcome(kind=OutcomeKind.ACCEPTED, message_id="memory-1")
    assert transport.envelopes == [ENVELOPE] * 2


def test_a_scripted_exception_is_raised() -> None:
    transport = MemoryTransport([KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        transport.send(ENVELOPE)
    assert transport.envelopes == []


def test_the_rate_is_the_given_one() -> None:
    assert (MemoryTransport().limits().rate, MemoryTransport(rate=14.0).limits().rate) == (None, 14.0)
