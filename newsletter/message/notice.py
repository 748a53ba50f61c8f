"""One mail to one person that they asked for themselves: a confirmation. No list, no slots, no mailing."""

import hashlib

from newsletter.message.headers import mailbox_field, text_field
from newsletter.message.quoted import encode_piece
from newsletter.models import Mailbox, Newsletter

AUTOMATIC = b"Auto-Submitted: auto-generated\r\n"
"""RFC 3834 §5: absence notices and the like are not to answer."""


def build_notice(newsletter: Newsletter, to: Mailbox, *, subject: str, text: str, html: str) -> bytes:
    """Return the message: `multipart/alternative`, text first, both parts UTF-8 quoted-printable, CRLF.

    Date and Message-ID come from the transport. Raises MessageError for what cannot stand in a message.
    """
    digest = hashlib.sha256(f"{to.email}\0{subject}\0{text}\0{html}".encode("utf-8", "replace")).hexdigest()
    # "=_" occurs in no quoted-printable text (RFC 2045 §6.7, note 1), and so the boundary never does
    boundary = f"=_{digest[:32]}"
    return b"".join(
        (
            mailbox_field("From", newsletter.sender),
            mailbox_field("To", to),
            mailbox_field("Reply-To", newsletter.reply_to) if newsletter.reply_to else b"",
            text_field("Subject", subject),
            AUTOMATIC,
            f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'.encode(
                "ascii"
            ),
            _part(boundary, "text/plain", text, "the text part"),
            _part(boundary, "text/html", html, "the HTML part"),
            f"--{boundary}--\r\n".encode("ascii"),
        )
    )


def _part(boundary: str, content_type: str, text: str, what: str) -> bytes:
    head = (
        f"--{boundary}\r\n"
        f'Content-Type: {content_type}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode("ascii") + encode_piece(text.rstrip("\n") + "\n", what) + b"\r\n"
