"""A finished message taken apart by hand, quickly enough to do it for many readers."""

import binascii
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message taken apart: its header fields as (name, unfolded value), and both texts decoded."""

    fields: tuple[tuple[str, str], ...]
    text: str
    html: str


def take_apart(message: bytes) -> Taken:
    """Split a message of two quoted-printable parts by its boundary (RFC 2046 §5.1) and decode them."""
    head, _, body = message.partition(b"\r\n\r\n")
    lines = re.sub(r"\r\n(?=[ \t])", "", head.decode("ascii", "replace")).split("\r\n")
    fields = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    boundary = re.search(r'boundary="([^"]+)"', dict(fields).get("Content-Type", ""))
    pieces = body.split(b"--" + boundary[1].encode("ascii")) if boundary else []
    texts = [binascii.a2b_qp(piece.partition(b"\r\n\r\n")[2]).decode("utf-8", "replace") for piece in pieces[1:3]]
    text, html = (part.replace("\r\n", "\n").removesuffix("\n") for part in (*texts, "", "")[:2])
    return Taken(fields=fields, text=text, html=html)
