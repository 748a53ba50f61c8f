"""The two fields that a message gets from its transport where no provider writes them: Date and Message-ID."""

import datetime as dt
import re
from email.utils import format_datetime

from newsletter.errors import TransportError
from newsletter.models import Envelope

_ATTEMPT_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def message_id(envelope: Envelope) -> str:
    """Return the Message-ID of an attempt (RFC 5322 §3.6.4): its id at the sender's domain, so never the same twice.

    Raises TransportError for an attempt id that could not stand in a header or a file name.
    """
    if not _ATTEMPT_ID.fullmatch(envelope.attempt_id):
        raise TransportError(
            f"the attempt id {envelope.attempt_id[:140]!r} is not made of ASCII letters, digits, - and _",
            remedy="Attempt ids are made by the store; this one did not come from there.",
        )
    return f"<{envelope.attempt_id}@{envelope.sender.rpartition('@')[2]}>"


def stamped(envelope: Envelope, now: dt.datetime) -> bytes:
    """Return the message with Date and Message-ID in front of its own fields, which stay byte for byte as they are."""
    stamp = f"Date: {format_datetime(now)}\r\nMessage-ID: {message_id(envelope)}\r\n"
    return stamp.encode("ascii") + envelope.message
