"""Who reads: subscribers, and what a slot can name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class SubscriberStatus(StrEnum):
    """Whether a subscriber may be mailed at all; leaving one list is a matter of the membership."""

    ACTIVE = "active"  # may be mailed
    UNSUBSCRIBED = "unsubscribed"  # left everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person on our lists, as slots see one: `subscriber.email`, `subscriber.first_name` and so on."""

    email: str
    name: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()

    @property
    def first_name(self) -> str:
        """The first word of the name; empty when there is no name."""
        return self.name.split()[0] if self.name.split() else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingContext:
    """The mailing as slots see it: `mailing.id`, `mailing.issue`."""

    id: str
    issue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Everything a slot can name. The fields are the documented reader context."""

    subscriber: Subscriber
    unsubscribe_url: str
    preferences_url: str
    web_url: str
    mailing: MailingContext


class SuppressionReason(StrEnum):
    """Why an address must not be mailed."""

    UNSUBSCRIBE = "unsubscribe"  # the person asked to leave everything
    BOUNCE = "bounce"  # a permanent bounce
    COMPLAINT = "complaint"  # marked as spam
    MANUAL = "manual"  # a person of the team decided
    FORGOTTEN = "forgotten"  # had everything deleted; a keyed hash stands in the place of the address
