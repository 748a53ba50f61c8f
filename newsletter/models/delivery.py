"""One sending of one issue, person by person."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class MailingState(StrEnum):
    """Where a mailing is."""

    READY = "ready"  # frozen, never started
    SENDING = "sending"  # started; if no process holds its lock, it was interrupted and can be resumed
    PAUSED = "paused"  # stopped with a reason; the same command goes on
    FINISHED = "finished"  # no delivery is pending or sending


class DeliveryState(StrEnum):
    """Where one subscriber of one mailing is."""

    PENDING = "pending"  # not handed over yet, or surely not accepted
    SENDING = "sending"  # claimed under an attempt id, committed before the network call
    SENT = "sent"  # the provider accepted it and gave a message id
    FAILED = "failed"  # refused for this address or message, final
    UNKNOWN = "unknown"  # may or may not have been accepted; only evidence or a person settles it
    SKIPPED = "skipped"  # not to be mailed, with the reason


class SkipReason(StrEnum):
    """Why a candidate gets no message."""

    UNSUBSCRIBED = "unsubscribed"  # left the list or everything
    SUPPRESSED = "suppressed"  # stands on the suppression list
    ALREADY_SENT = "already_sent"  # another mailing of this issue has, or may have, reached the address
    REMOVED = "removed"  # the subscriber was deleted after the freeze


class OutcomeKind(StrEnum):
    """What a transport says of one attempt; it decides the delivery's next state and the mailing's."""

    ACCEPTED = "accepted"  # taken over by the provider, with a message id
    RATE = "rate"  # too fast: surely not accepted, again later and slower
    QUOTA = "quota"  # the 24-hour quota is used up: surely not accepted, the mailing waits
    UNREACHABLE = "unreachable"  # nothing left this machine: again later
    PAUSE = "pause"  # account, identity, credentials or an unknown error: not accepted, a person must act
    REFUSED = "refused"  # this address or message is refused for good
    AMBIGUOUS = "ambiguous"  # no answer, or none that can be trusted: may have been accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One message for one person: bare sender and recipient addresses, RFC 5322 bytes with CRLF, and its tags.

    A transport that takes base64 may be given the message as that, in one line, and `message` is empty then. `tags`
    go to transports that can echo them in their events (`attempt`, `mailing`, `issue`).
    """

    sender: str
    recipient: str
    message: bytes
    attempt_id: str
    tags: Mapping[str, str] = field(default_factory=dict)
    base64: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A transport's answer; `code` and `text` are the provider's own words, `remedy` ours for a pause."""

    kind: OutcomeKind
    message_id: str = ""
    code: str = ""
    text: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingSummary:
    """A mailing with its deliveries counted by state; the counts are derived from the rows when it is read."""

    id: int
    issue: str
    subject: str
    sha256: str
    transport: str
    lists: tuple[str, ...]
    state: MailingState
    reason: str
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    counts: Mapping[DeliveryState, int]
    skipped: Mapping[SkipReason, int] = field(default_factory=dict)

    @property
    def candidates(self) -> int:
        """Everybody on the lists at the freeze: recipients plus exclusions."""
        return sum(self.counts.values())
