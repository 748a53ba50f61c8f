"""The body of a SendEmail call: who, to whom, and the rules that SES has for addresses, tags and raw messages."""

import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsletter.rehearsal.refusal import RefusedCall

LARGEST = 40 * 1024 * 1024
"""Octets of a raw message in base64, the most that SES v2 takes."""

HEAD_PIECE = 2 * 1024
"""Base64 characters that are enough for most header sections: a multiple of four."""

_ADDRESS = re.compile(r"(?:.*<)?([!-;=?-~]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+)>?")
_TAG_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}|ses:feedback-id-[ab]")
_TAG_VALUE = re.compile(r"[A-Za-z0-9_-]{1,256}")
_SET = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FIELD = re.compile(rb"([!-9;-~]+):[ \t]?([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)\r\n")
_ONCE = frozenset(
    {
        *("from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version"),
        *("content-type", "list-id", "list-unsubscribe", "list-unsubscribe-post", "list-archive", "list-help"),
        *("precedence", "auto-submitted", "return-path"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEmail:
    """A call as SES understands it; `size` is the octets of the message."""

    sender: str
    recipients: tuple[str, ...]
    tags: Mapping[str, str]
    configuration_set: str
    subject: str
    size: int


def read_send_email(body: bytes, *, whole: bool) -> RawEmail:
    """Read and check a call; `whole` looks at every line of the message, not only at its header.

    Raises RefusedCall, as SES answers it.
    """
    call, message = _split(body)
    recipients = tuple(call.get("Destination", {}).get("ToAddresses", ()))
    if len(recipients) not in range(1, 51):
        raise _bad("Recipient count must be between 1 and 50.")
    sender = call.get("FromEmailAddress", "")
    for address in (sender, *recipients):
        _check_address(address)
    configuration_set = call.get("ConfigurationSetName", "")
    if configuration_set and not _SET.fullmatch(configuration_set):
        raise _bad(f"Configuration set name {configuration_set!r} is invalid.")
    length = message.stop - message.start
    if length > LARGEST:
        raise _bad(f"Message length is more than {LARGEST} bytes long: '{length}'.")
    subject = _check_head(_head_of(body, message))
    if whole:
        _check_lines(_decoded(body[message.start : message.stop]))
    return RawEmail(
        sender=sender,
        recipients=recipients,
        tags=_tags(call.get("EmailTags", ())),
        configuration_set=configuration_set,
        subject=subject,
        size=length // 4 * 3 - body[message.stop - 2 : message.stop].count(b"="),
    )


def _split(body: bytes) -> tuple[dict[str, Any], range]:
    """Parse the JSON without the message, and say where that is; base64 has no character that JSON escapes."""
    mark = body.find(b'"Raw"')
    mark = body.find(b'"Data"', mark) + 6 if mark >= 0 else -1
    start = body.find(b'"', mark) + 1 if mark > 5 else 0
    end = body.find(b'"', start) if start else -1
    if end < 0:
        raise _bad("Content must have a Raw message: the stand-in takes no other.")
    try:
        call = json.loads(body[:start] + body[end:])
        taken_out = call["Content"]["Raw"]["Data"] == ""
    except (ValueError, KeyError, TypeError) as exc:
        raise RefusedCall(400, "SerializationException", "The request is no JSON of SendEmail.") from exc
    if not taken_out:
        raise RefusedCall(400, "SerializationException", "Content.Raw.Data is no base64.")
    return call, range(start, end)


def _head_of(body: bytes, message: range) -> bytes:
    for stop in (min(message.stop, message.start + HEAD_PIECE), message.stop):
        start = _decoded(body[message.start : stop])
        # SES takes lines that end in LF alone, as Python's e-mail package writes them, and mends them
        head, empty_line, _ = start.partition(b"\r\n\r\n" if b"\r\n" in start else b"\n\n")
        if empty_line:
            return (head if b"\r\n" in head else head.replace(b"\n", b"\r\n")) + b"\r\n"
    raise _bad("The message has no empty line between its header and its body.")


def _decoded(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data, strict_mode=True)
    except binascii.Error as exc:
        raise RefusedCall(400, "SerializationException", "Content.Raw.Data is no base64.") from exc


def _check_head(head: bytes) -> str:
    position, subject = 0, ""
    seen: set[str] = set()
    while position < len(head):
        field = _FIELD.match(head, position)
        if field is None or not head[position : field.end()].isascii():
            raise _bad(f"Invalid header line: {head[position : position + 60]!r}.")
        name = field[1].decode("ascii").lower()
        if name in seen and name in _ONCE:
            raise _bad(f"Duplicate header '{field[1].decode('ascii')}'.")
        if max(map(len, field[0].split(b"\r\n"))) > 998:
            raise _bad(f"Header line is too long: '{field[1].decode('ascii')}'.")
        seen.add(name)
        subject = field[2].decode("ascii") if name == "subject" else subject
        position = field.end()
    if "from" not in seen:
        raise _bad("Missing required header 'From'.")
    return subject


def _check_lines(message: bytes) -> None:
    if max(map(len, message.split(b"\n"))) > 999:
        raise _bad("A line of the message is longer than 998 characters (RFC 5321).")


def _check_address(address: str) -> None:
    match = _ADDRESS.fullmatch(address)
    if not address.isascii():
        raise _bad("Local address contains control or non-ASCII characters.")
    if match is None:
        raise _bad("Missing final '@domain'.")
    if len(match[1].rpartition("@")[0]) > 64 or len(match[1]) > 320:
        raise _bad("Address length is more than 320 characters long, or its local part than 64.")


def _tags(listed: Any) -> dict[str, str]:
    tags: dict[str, str] = {}
    for tag in listed:
        name, value = tag["Name"], tag["Value"]
        if not (_TAG_NAME.fullmatch(name) and _TAG_VALUE.fullmatch(value)):
            raise _bad(f"Invalid message tag: {name}={value}.")
        tags[name] = value
    return tags


def _bad(message: str) -> RefusedCall:
    return RefusedCall(400, "BadRequestException", message)
