"""Compiled issue + reader -> one RFC 5322 message.

Everything that is the same for all readers is encoded once, when the template is made; per reader only the slots are
rendered and encoded, and the pieces joined. That costs tens of microseconds where Python's e-mail generator takes
milliseconds, and `tests/message/test_build.py` proves that both say the same.
"""

from binascii import a2b_base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2.runtime import Context

from newsletter.errors import RenderGuardError
from newsletter.message.aligned import Encoded, join_base64, prepare
from newsletter.message.headers import (
    ONE_CLICK,
    archive_field,
    list_id_field,
    mailbox_field,
    text_field,
    unsubscribe_field,
)
from newsletter.message.quoted import canonical_breaks, encode_piece
from newsletter.message.verify import MessageContent, verify_message
from newsletter.models import CompiledIssue, Mailbox, Newsletter, Reader
from newsletter.render.slots import Slot, SlotText, parse_slots, reader_context, slot_context

_Piece = bytes | Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSizes:
    """Octets: the two parts as a mail client decodes them (CRLF counts two), and the whole message on the wire."""

    html: int
    text: int
    message: int


class MessageTemplate:
    """A compiled issue made ready for many readers; one per mailing, safe to share between threads.

    Raises SlotError for slots that cannot be parsed and MessageError for a newsletter whose values cannot stand in a
    header. The bytes depend on nothing but the issue, the newsletter and the reader; the message carries no Date and
    no Message-ID, because SES overwrites both: transports that need them add them.
    """

    def __init__(self, compiled: CompiledIssue, newsletter: Newsletter) -> None:
        self.newsletter = newsletter
        self.boundary = f"=_{compiled.sha256[:32]}"
        self._subject = parse_slots(compiled.subject, html=False, part="subject")
        self._text = _close(parse_slots(compiled.text, html=False, part="text"))
        self._html = _close(parse_slots(compiled.html, html=True, part="html"))
        self._contact = newsletter.reply_to or newsletter.sender
        self._from = mailbox_field("From", newsletter.sender)
        self._reply_to = mailbox_field("Reply-To", newsletter.reply_to) if newsletter.reply_to else b""
        self._fixed_subject = None if self._subject.slots else text_field("Subject", self._subject.render({}))
        self._list_id = list_id_field(newsletter.list_id, newsletter.name)
        # "=_" occurs in no quoted-printable text (RFC 2045 §6.7, note 1), and so the boundary never does
        self._mime = (
            "MIME-Version: 1.0\r\n"
            f'Content-Type: multipart/alternative; boundary="{self.boundary}"\r\n'
        ).encode("ascii")  # fmt: skip
        self._body = _merge(
            [
                _part_start(self.boundary, "text/plain"),
                *_encode_static(self._text, "the text part"),
                b"\r\n",
                _part_start(self.boundary, "text/html"),
                *_encode_static(self._html, "the HTML part"),
                f"\r\n--{self.boundary}--\r\n".encode("ascii"),
            ]
        )
        self._fields = 8 + bool(self._reply_to)  # From, To, Subject, three of the list, two of MIME; not the archive
        self._verified = False
        # made when first asked for: a preview never needs it
        self._encoded: tuple[_Piece | Encoded, ...] | None = None

    @property
    def pieces(self) -> int:
        """How many pieces a body is joined from, slots included."""
        return len(self._body)

    def build(self, reader: Reader) -> bytes:
        """Return the message for one reader: CRLF, ASCII, no line of text longer than 76 characters.

        The number of header fields is counted every time, so that no value can add one. The first message is parsed
        as a whole by the standard library, and every header and both texts compared. Raises SlotError when a slot
        fails for the reader, MessageError when a value cannot stand in the message, RenderGuardError when it reads
        back differently.
        """
        message = b"".join(self._chunks(reader, self._body))
        self._verify(message, reader)
        return message

    def build_base64(self, reader: Reader) -> bytes:
        """Return what `build` returns in base64, in one line, as Amazon SES takes it; raises the same."""
        if self._encoded is None:
            self._encoded = tuple(prepare(each) if isinstance(each, bytes) else each for each in self._body)
        message = join_base64(self._chunks(reader, self._encoded))
        if not self._verified:
            self._verify(a2b_base64(message), reader)
        return message

    def _chunks(self, reader: Reader, body: Iterable[_Piece | Encoded]) -> Iterator[Any]:
        """Yield the message's pieces in order: the header, then the body with its slots filled and encoded."""
        context = reader_context(reader)
        yield self._head(reader, context) + b"\r\n"
        contexts = _contexts(context)
        for piece in body:
            if isinstance(piece, Slot):
                yield encode_piece(piece.render(contexts[piece.html]), piece.source)
            else:
                yield piece

    def _verify(self, message: bytes, reader: Reader) -> None:
        if not self._verified:
            verify_message(message, newsletter=self.newsletter, reader=reader, meant=self.content(reader))
            self._verified = True

    def content(self, reader: Reader) -> MessageContent:
        """Return what the reader gets to read, not encoded; raises SlotError."""
        context = reader_context(reader)
        return MessageContent(
            subject=self._subject.render(context).strip(),
            html=_read(self._html, context),
            text=_read(self._text, context),
        )

    def try_slots(self, reader: Reader) -> None:
        """Evaluate every slot for a reader but build nothing; raises SlotError, or MessageError for the subject."""
        values = reader_context(reader)
        if self._fixed_subject is None:
            text_field("Subject", self._subject.render(values))
        contexts = _contexts(values)
        for piece in self._body:
            if isinstance(piece, Slot):
                piece.render(contexts[piece.html])

    def _head(self, reader: Reader, context: Mapping[str, Any]) -> bytes:
        """Return the header fields in the order of DESIGN §6, and make sure that there are no others."""
        subscriber = reader.subscriber
        head = b"".join(
            (
                self._from,
                mailbox_field("To", Mailbox(email=subscriber.email, name=subscriber.name)),
                self._reply_to,
                self._fixed_subject or text_field("Subject", self._subject.render(context)),
                self._list_id,
                unsubscribe_field(reader.unsubscribe_url, self._contact),
                ONE_CLICK,
                archive_field(reader.web_url),
                self._mime,
            )
        )
        # each of these functions returns one field; a line more than that can only have come out of a value
        breaks = head.count(b"\n")
        fields = breaks - head.count(b"\n ")
        if fields != self._fields + bool(reader.web_url) or breaks != head.count(b"\r"):
            raise RenderGuardError(
                f"the header for {subscriber.email} has a line that no field of it accounts for",
                remedy="Nothing was sent to this reader; please report the subject and the reader's name.",
            )
        return head


def message_sizes(content: MessageContent, message: bytes) -> MessageSizes:
    """Return how large a message is, in octets; the texts as they are decoded, with CRLF."""
    return MessageSizes(
        html=len(content.html.encode("utf-8")) + content.html.count("\n"),
        text=len(content.text.encode("utf-8")) + content.text.count("\n"),
        message=len(message),
    )


def _close(text: SlotText) -> SlotText:
    """End a text with a line break that no slot can take away; mail clients and other programs expect one."""
    *before, last = text.pieces or ("",)
    if not isinstance(last, str):
        return SlotText(pieces=(*before, last, "\n"))
    return text if last.endswith(("\n", "\r")) else SlotText(pieces=(*before, last + "\n"))


def _read(text: SlotText, values: Mapping[str, Any]) -> str:
    """Render a text with canonical line breaks, each piece by itself, as it is encoded."""
    contexts = _contexts(values)
    return "".join(
        canonical_breaks(piece if isinstance(piece, str) else piece.render(contexts[piece.html]))
        for piece in text.pieces
    )


def _contexts(values: Mapping[str, Any]) -> tuple[Context, Context]:
    """Return the contexts of one reader: for slots of the text part, and for those of the HTML part."""
    return slot_context(values, html=False), slot_context(values, html=True)


def _encode_static(text: SlotText, what: str) -> list[bytes | Slot]:
    return [encode_piece(piece, what) if isinstance(piece, str) else piece for piece in text.pieces]


def _part_start(boundary: str, content_type: str) -> bytes:
    return (
        f"--{boundary}\r\n"
        f'Content-Type: {content_type}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")


def _merge(pieces: list[bytes | Slot]) -> tuple[bytes | Slot, ...]:
    """Join neighbouring static pieces."""
    merged: list[bytes | Slot] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, bytes) and isinstance(last, bytes):
            merged[-1] = last + piece
        else:
            merged.append(piece)
    return tuple(merged)
