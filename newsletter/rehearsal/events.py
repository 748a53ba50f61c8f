"""What becomes of an accepted message, and the events that SES would publish about it, as lines of JSON.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from newsletter.errors import UsageError
from newsletter.rehearsal.raw import RawEmail


class Fate(StrEnum):
    """What becomes of one accepted message."""

    DELIVERED = "delivered"  # handed to the recipient's server
    BOUNCED = "bounced"  # the mailbox does not exist
    SOFT_BOUNCED = "soft-bounced"  # the mailbox is full
    COMPLAINED = "complained"  # delivered, then marked as spam
    DELAYED = "delayed"  # late, then delivered
    OPENED = "opened"  # delivered and opened
    CLICKED = "clicked"  # delivered, opened, and a link followed
    REJECTED = "rejected"  # SES found a virus after accepting
    SUPPRESSED = "suppressed"  # on the account's suppression list, not delivered


_SHARE = re.compile(r"([a-z-]+)=(\d+(?:\.\d+)?)%")
_SIMULATOR = {
    "success": Fate.DELIVERED,
    "bounce": Fate.BOUNCED,
    "complaint": Fate.COMPLAINED,
    "ooto": Fate.SOFT_BOUNCED,
    "suppressionlist": Fate.SUPPRESSED,
}
"""SES's own mailbox simulator, at simulator.amazonses.com."""


def parse_fates(text: str) -> dict[Fate, float]:
    """Read `bounced=1%,opened=30%`; whoever is left is delivered. Raises UsageError for a fate that there is not."""
    shares: dict[Fate, float] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        match = _SHARE.fullmatch(part)
        if match is None or match[1] not in set(Fate):
            raise UsageError(
                f"{part!r} is no share of a fate", remedy=f"Write bounced=1%,opened=30%. Known: {', '.join(Fate)}."
            )
        shares[Fate(match[1])] = float(match[2]) / 100
    if sum(shares.values()) > 1 + 1e-9:
        raise UsageError("the fates come to more than 100 %", remedy="Lower their shares.")
    return shares


def fate_of(address: str, shares: Mapping[Fate, float], *, seed: int) -> Fate:
    """Return what becomes of mail to an address: the same for the same seed, whenever and how often it is asked."""
    local, _, domain = address.partition("@")
    if domain == "simulator.amazonses.com":
        return _SIMULATOR.get(local.partition("+")[0], Fate.DELIVERED)
    number = int.from_bytes(hashlib.sha256(f"{seed}/{address}".encode()).digest()[:8], "big") / 2**64
    for fate, share in shares.items():
        if number < share:
            return fate
        number -= share
    return Fate.DELIVERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message that was taken over."""

    message_id: str
    email: RawEmail
    at: dt.datetime


def events_of(accepted: Accepted, fate: Fate, *, delay: float) -> Iterator[dict[str, Any]]:
    """Yield what SES publishes about a message, in order; everything after `Send` happens `delay` seconds later."""
    mail = _mail(accepted)
    later = accepted.at + dt.timedelta(seconds=delay)
    people = list(accepted.email.recipients)
    yield {"eventType": "Send", "mail": mail, "send": {}}
    if fate is Fate.REJECTED:
        yield {"eventType": "Reject", "mail": mail, "reject": {"reason": "Bad content"}}
        return
    if fate in _BOUNCES:
        yield {"eventType": "Bounce", "mail": mail, "bounce": _bounce(fate, people, later, accepted.message_id)}
        return
    if fate is Fate.DELAYED:
        yield {"eventType": "DeliveryDelay", "mail": mail, "deliveryDelay": _delayed(people, later)}
    delivery = {
        "timestamp": _stamp(later),
        "processingTimeMillis": round(delay * 1000),
        "recipients": people,
        "smtpResponse": "250 2.6.0 Message received",
        "reportingMTA": "a8-50.smtp-out.amazonses.com",
    }
    yield {"eventType": "Delivery", "mail": mail, "delivery": delivery}
    agent = {"timestamp": _stamp(later), "ipAddress": "192.0.2.10", "userAgent": "Mozilla/5.0 (a made-up reader)"}
    if fate in {Fate.OPENED, Fate.CLICKED}:
        yield {"eventType": "Open", "mail": mail, "open": agent}
    if fate is Fate.CLICKED:
        yield {"eventType": "Click", "mail": mail, "click": {**agent, "link": "https://example.com/", "linkTags": None}}
    if fate is Fate.COMPLAINED:
        yield {"eventType": "Complaint", "mail": mail, "complaint": _complaint(people, later, accepted.message_id)}


_BOUNCES = {
    Fate.BOUNCED: ("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown"),
    Fate.SOFT_BOUNCED: ("Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full"),
    Fate.SUPPRESSED: (
        "Permanent",
        "OnAccountSuppressionList",
        "5.1.1",
        "Amazon SES did not send the message to this address because it is on the suppression list for your account.",
    ),
}


def _mail(accepted: Accepted) -> dict[str, Any]:
    email = accepted.email
    tags = {name: [value] for name, value in email.tags.items()}
    automatic = {
        "ses:configuration-set": [email.configuration_set],
        "ses:source-ip": ["192.0.2.1"],
        "ses:from-domain": [email.sender.rpartition("@")[2].rstrip(">")],
        "ses:caller-identity": ["rehearsal"],
    }
    return {
        "timestamp": _stamp(accepted.at),
        "messageId": accepted.message_id,
        "source": email.sender,
        "sourceArn": f"arn:aws:ses:us-east-1:123456789012:identity/{email.sender}",
        "sendingAccountId": "123456789012",
        "destination": list(email.recipients),
        "headersTruncated": False,
        "headers": [{"name": "Subject", "value": email.subject}],
        "commonHeaders": {"to": list(email.recipients), "messageId": accepted.message_id, "subject": email.subject},
        "tags": {**automatic, **tags},
    }


def _bounce(fate: Fate, people: list[str], at: dt.datetime, message_id: str) -> dict[str, Any]:
    kind, subtype, status, diagnostic = _BOUNCES[fate]
    recipients = [
        {"emailAddress": each, "action": "failed", "status": status, "diagnosticCode": diagnostic} for each in people
    ]
    return {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": recipients,
        "timestamp": _stamp(at),
        "feedbackId": f"{message_id}-feedback",
        "reportingMTA": "dns; a8-50.smtp-out.amazonses.com",
    }


def _complaint(people: list[str], at: dt.datetime, message_id: str) -> dict[str, Any]:
    return {
        "complainedRecipients": [{"emailAddress": each} for each in people],
        "timestamp": _stamp(at),
        "feedbackId": f"{message_id}-feedback",
        "complaintSubType": None,
        "userAgent": "a made-up feedback loop",
        "complaintFeedbackType": "abuse",
        "arrivalDate": _stamp(at),
    }


def _delayed(people: list[str], at: dt.datetime) -> dict[str, Any]:
    detail = {"status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 unable to connect to remote host"}
    return {
        "delayType": "TransientCommunicationFailure",
        "delayedRecipients": [{"emailAddress": each, **detail} for each in people],
        "expirationTime": _stamp(at + dt.timedelta(hours=14)),
        "timestamp": _stamp(at),
    }


def _stamp(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
