"""What a transport is: one method that carries one message to one person and says what became of it."""

from typing import Protocol

from newsletter.models import Envelope, Outcome


class Transport(Protocol):
    """Carries messages; safe to share between threads.

    `reaches_people` is False for a transport that leaves everything on this machine.
    """

    @property
    def name(self) -> str:
        """The name on the command line and in the ledger."""
        ...

    @property
    def reaches_people(self) -> bool:
        """Whether a message leaves this machine for a person's mailbox."""
        ...

    @property
    def takes_base64(self) -> bool:
        """Whether a message may come as base64 (`Envelope.base64`), which then saves encoding it."""
        ...

    def send(self, envelope: Envelope) -> Outcome:
        """Hand over one message, at most once, and say what became of it; what goes wrong is an outcome, not raised."""
        ...

    def max_rate(self) -> float | None:
        """Messages a second that the provider allows; None when no limit is known."""
        ...

    def close(self) -> None:
        """Let go of connections; closing twice does nothing."""
        ...
