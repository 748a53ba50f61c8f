"""Quoted-printable text (RFC 2045 §6.7), in pieces that are encoded apart from each other and joined."""

import binascii
import re

from newsletter.errors import MessageError

_TRAILING_BLANK = re.compile(rb"([ \t])(?=\n)")
_LINE_BREAK = re.compile(r"\r\n?")


def canonical_breaks(text: str) -> str:
    """Return text with every CRLF and lone CR as LF, the line break that encoding turns into CRLF."""
    return _LINE_BREAK.sub("\n", text)


def encode_piece(text: str, what: str) -> bytes:
    """Return a piece of a text as quoted-printable UTF-8 that ends on a fresh line, so that any other may follow.

    Lines have at most 76 characters and end in CRLF, no blank stands before a line break; line breaks of any kind
    become CRLF, and where the piece does not end in one, a soft break is added. Raises MessageError for a lone
    surrogate; `what` names the text in it.
    """
    try:
        octets = (canonical_breaks(text) if "\r" in text else text).encode("utf-8")
    except UnicodeEncodeError as exc:
        raise MessageError(
            f"{what} contains half a character, U+{ord(text[exc.start]):04X}, which no mail can carry",
            remedy="Write the character again.",
        ) from exc
    if b" \n" in octets or b"\t\n" in octets:
        # b2a_qp escapes a blank before a line break, but lets the line grow beyond 76 by it (CPython 3.11 to 3.13);
        # behind a soft break the escape has a line of its own
        pieces = _TRAILING_BLANK.split(octets)
        encoded = b"".join(b"=%02X" % piece[0] if index % 2 else _open(piece) for index, piece in enumerate(pieces))
    else:
        encoded = _open(octets)
    return encoded.replace(b"\n", b"\r\n")


def _open(octets: bytes) -> bytes:
    """Encode, and leave room for the `=` of a soft break: a character more is encoded and taken away again."""
    encoded = binascii.b2a_qp(octets + b"x")[:-1]
    return encoded if not encoded or encoded.endswith(b"\n") else encoded + b"=\n"
