"""What a provider tells about a message after it was accepted."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class EventType(StrEnum):
    """What kind of event it is, in Amazon SES's own division."""

    SEND = "send"  # accepted, and delivery will be tried
    DELIVERY = "delivery"  # the recipient's server took the message
    BOUNCE = "bounce"  # the message was not delivered, finally
    COMPLAINT = "complaint"  # the recipient marked it as spam
    REJECT = "reject"  # accepted, then not sent: a virus was found
    OPEN = "open"  # the tracking picture was fetched
    CLICK = "click"  # a tracked link was fetched
    RENDERING_FAILURE = "rendering_failure"  # accepted, then not sent: a template of SES could not be filled
    DELIVERY_DELAY = "delivery_delay"  # late; SES goes on trying
    SUBSCRIPTION = "subscription"  # the recipient changed a preference on SES's own page
    OTHER = "other"  # a type that came after this list; kept as it came


class EventMeaning(StrEnum):
    """What an event says about the delivery; unlike its type, it decides what is done."""

    ACCEPTED = "accepted"  # the provider has the message
    DELIVERED = "delivered"  # the recipient's server has the message
    HARD_BOUNCE = "hard_bounce"  # the address does not work: suppressed
    PROVIDER_SUPPRESSED = "provider_suppressed"  # the provider's own list bars it: suppressed here too
    SOFT_BOUNCE = "soft_bounce"  # not this time: counted, suppressed after several issues in a row
    CONTENT_REFUSED = "content_refused"  # our message was too large or its content refused: nobody is suppressed
    POLICY_REFUSED = "policy_refused"  # our domain or our server was refused: an alarm, nobody is suppressed
    COMPLAINT = "complaint"  # marked as spam: suppressed for good
    NOT_SPAM = "not_spam"  # taken out of the spam folder: no complaint
    REJECTED = "rejected"  # accepted but never sent
    DELAYED = "delayed"  # not yet
    OPEN = "open"  # opened, or fetched by a machine
    CLICK = "click"  # clicked, or fetched by a machine
    OTHER = "other"  # says nothing about the delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event; the same event, however it came and however often, has the same `key`.

    `attempt_id` is the tag that the message carried, "" when there is none. `code` is the enhanced status code of a
    bounce (RFC 3463), or SES's subtype when it gives no code; `reason` the receiving server's words. `payload` is what
    SES said, without what the ledger or another field says already.
    """

    key: str
    type: EventType
    meaning: EventMeaning
    message_id: str
    occurred_at: dt.datetime
    attempt_id: str = ""
    recipients: tuple[str, ...] = ()
    code: str = ""
    reason: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
