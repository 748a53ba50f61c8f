"""Read a finished message back as a mail program would and compare it with what was meant.

Run on the first message of a mailing: what is wrong with the static text, the newsletter's own headers or Python's
codecs shows there. `build` checks the names of the header fields of every later one by itself.
"""

import email
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr

from newsletter.errors import RenderGuardError
from newsletter.message.headers import plain_name
from newsletter.models import Mailbox, Newsletter, Reader

_FOLD = re.compile(r"\r?\n(?=[ \t])")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContent:
    """What one reader gets to read: the subject in one line, both texts with LF, each ending in one."""

    subject: str
    html: str
    text: str


def verify_message(message: bytes, *, newsletter: Newsletter, reader: Reader, meant: MessageContent) -> None:
    """Parse a message with the standard library; raises RenderGuardError when it says anything but what was meant.

    The names, order and number of the fields and parts, every value that names a person or a link, and both texts are
    compared; so are the parser's own complaints.
    """
    parsed = email.message_from_bytes(message, policy=policy.default)
    found = [(name, _FOLD.sub("", str(value))) for name, value in parsed.raw_items()]
    fields = _fields(newsletter, reader, meant.subject)
    _same("the list of header fields", [name for name, _ in found], list(fields))
    for name, value in found:
        _same(name, _READ[name](value) if name in _READ else value, fields[name])
    parts = list(parsed.iter_parts())
    _same("the list of parts", [part.get_content_type() for part in parts], ["text/plain", "text/html"])
    for part, written in zip(parts, (meant.text, meant.html), strict=True):
        payload = part.get_payload(decode=True)
        decoded = payload.decode("utf-8").replace("\r\n", "\n") if isinstance(payload, bytes) else None
        _same(f"the {part.get_content_type()} part", decoded, written)
    _same("the list of defects", [*parsed.defects, *(defect for part in parts for defect in part.defects)], [])


def read_mailbox(value: str) -> Mailbox:
    """Return the mailbox that an unfolded address field names, its encoded words decoded.

    By the older half of Python's e-mail package: the newer one keeps the space between two encoded words of a name
    (3.11), which RFC 2047 §6.2 says to drop.
    """
    name, address = parseaddr(value)
    return Mailbox(email=address, name=str(make_header(decode_header(name))))


def _read_text(value: str) -> str:
    return str(make_header(decode_header(value)))


_READ: Mapping[str, Callable[[str], object]] = {
    "From": read_mailbox,
    "To": read_mailbox,
    "Reply-To": read_mailbox,
    "Subject": _read_text,
    "List-ID": lambda value: value[value.rindex("<") :],
    "List-Unsubscribe": lambda value: value.partition(", ")[0],
    "Content-Type": lambda value: value.partition(";")[0],
}
"""How a field becomes comparable; a field that is not here is compared as it stands."""


def _fields(newsletter: Newsletter, reader: Reader, subject: str) -> dict[str, object]:
    subscriber = reader.subscriber
    fields: dict[str, object] = {
        "From": _shown(newsletter.sender),
        "To": _shown(Mailbox(email=subscriber.email, name=subscriber.name)),
        "Reply-To": _shown(newsletter.reply_to) if newsletter.reply_to else None,
        "Subject": subject,
        "List-ID": f"<{newsletter.list_id}>",
        "List-Unsubscribe": f"<{reader.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": f"<{reader.web_url}>" if reader.web_url else None,
        "MIME-Version": "1.0",
        "Content-Type": "multipart/alternative",
    }
    return {name: value for name, value in fields.items() if value is not None}


def _shown(mailbox: Mailbox) -> Mailbox:
    return Mailbox(email=mailbox.email, name=plain_name(mailbox.name))


def _same(what: str, found: object, meant: object) -> None:
    if found != meant:
        raise RenderGuardError(
            f"the message does not read back as it was written: {what} is {str(found)[:200]} instead of "
            f"{str(meant)[:200]}",
            remedy="Nothing was sent; please report it with the issue that shows it.",
        )
