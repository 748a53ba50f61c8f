"""What a bounce says about the address, about our message, or about our own domain.

SES's division (permanent, transient, undetermined) is not enough: it calls a refusal of the sender's domain permanent
too, and the address is not to blame for that. The enhanced status code of the receiving server (RFC 3463) decides.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-bounce-object
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from newsletter.models import EventMeaning

OUR_DOMAIN = frozenset(
    {
        "7.1",  # delivery not authorised, message refused: RFC 3463 §3.8; block lists answer with it
        "7.8",  # authentication credentials invalid: RFC 4954 §6
        "7.20",  # no passing DKIM signature: RFC 7372 §3.1
        "7.21",  # no acceptable DKIM signature: RFC 7372 §3.1
        "7.22",  # no DKIM signature of the author's domain: RFC 7372 §3.1
        "7.23",  # SPF failed: RFC 7372 §3.2
        "7.24",  # SPF in error: RFC 7372 §3.2; Gmail: suspicious SPF record
        "7.25",  # no reverse DNS: RFC 7372 §3.3
        "7.26",  # several authentications failed: RFC 7372 §3.4; Gmail: sender not authenticated
        "7.27",  # the sender's domain takes no mail: RFC 7505 §4.2; Gmail: SPF did not pass
        "7.28",  # mail flood: IANA's registry; Gmail: unusual rate of mail
        "7.29",  # ARC failed: RFC 8617 §10.3; Gmail: not sent over TLS
        "7.30",  # Gmail: DKIM did not pass
        "7.31",  # Gmail: no DMARC policy
        "7.32",  # Gmail: the From domain is aligned with neither SPF nor DKIM
        "7.40",  # Gmail: no DMARC policy
        "7.501",  # Microsoft: access denied, spam abuse
        "7.502",  # Microsoft: access denied, banned sender
        "7.503",  # Microsoft: access denied, banned sender
        "7.508",  # Microsoft: too much mail from this server
        "7.509",  # Microsoft: DMARC failed
        "7.511",  # Microsoft: banned sender
        "7.515",  # Microsoft: the domain does not meet the required authentication level
        "7.708",  # Microsoft: traffic not accepted from this server
        *(f"7.{number}" for number in range(606, 650)),  # Microsoft: banned server address
    }
)
"""Codes without their class that refuse the sender; the pages are named in docs/feedback.md."""

_MAILBOX_GONE = frozenset({"7.13", "7.17", "7.18"})
"""Of the policy codes those about the mailbox: disabled (RFC 5248), its owner or its domain's changed (RFC 7293)."""

_CONTENT = frozenset({"MessageTooLarge", "ContentRejected", "AttachmentRejected"})
_PROVIDER = frozenset({"Suppressed", "OnAccountSuppressionList", "UnsubscribedRecipient"})
# three numbers behind a reply code or at the start, never a part of an IP address
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\.\d|\d)")


def judge_bounce(bounce: Mapping[str, Any]) -> tuple[EventMeaning, str, str]:
    """Return what a bounce means, its code (SES's subtype without one), and the receiving server's words."""
    subtype = str(bounce.get("bounceSubType") or "")
    recipient = _first(bounce.get("bouncedRecipients"))
    words = str(recipient.get("diagnosticCode") or "")
    found = enhanced_code(words) or enhanced_code(str(recipient.get("status") or ""))
    detail = found.partition(".")[2]
    code = found or subtype
    if subtype in _PROVIDER:
        return EventMeaning.PROVIDER_SUPPRESSED, subtype, words
    if detail in OUR_DOMAIN:
        return EventMeaning.POLICY_REFUSED, code, words
    if subtype in _CONTENT:
        return EventMeaning.CONTENT_REFUSED, code, words
    # any other refusal by policy is between the server and us; the address may be good
    blameless = detail.startswith("7.") and detail not in _MAILBOX_GONE
    if bounce.get("bounceType") == "Permanent" and not blameless:
        return EventMeaning.HARD_BOUNCE, code, words
    return EventMeaning.SOFT_BOUNCE, code, words


def enhanced_code(text: str) -> str:
    """Return the first enhanced status code of a text, `5.7.515`; "" when there is none."""
    match = _ENHANCED.search(text)
    return f"{match[1]}.{int(match[2])}.{int(match[3])}" if match else ""


def _first(recipients: Any) -> Mapping[str, Any]:
    if isinstance(recipients, Sequence) and recipients and isinstance(recipients[0], Mapping):
        return recipients[0]
    return {}
