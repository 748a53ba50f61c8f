"""Base64 of a message that is joined from pieces: what is the same for all readers is encoded once (RFC 4648 §4).

Base64 turns three octets into four characters, so a piece looks different for each of the three places at which it can
begin. All three are made beforehand; per reader only the slots and the seams are encoded.
"""

from binascii import b2a_base64
from collections.abc import Iterable

WORTH_IT = 128
"""Octets from which three ready encodings are quicker than one made on the spot."""


class Encoded:
    """A piece in base64 for each number of octets, 0 to 2, that are left over from the piece before it."""

    __slots__ = ("forms",)

    def __init__(self, piece: bytes) -> None:
        self.forms = tuple(_form(piece, -left % 3) for left in range(3))


def _form(piece: bytes, missing: int) -> tuple[bytes, bytes, bytes]:
    """Return the octets that complete a group, the base64 of all whole groups after them, and what is left."""
    end = missing + (len(piece) - missing) // 3 * 3
    return piece[:missing], b2a_base64(piece[missing:end], newline=False), piece[end:]


def prepare(piece: bytes) -> bytes | Encoded:
    """Make a static piece ready; a short one stays as it is."""
    return Encoded(piece) if len(piece) >= WORTH_IT else piece


def join_base64(pieces: Iterable[bytes | Encoded]) -> bytes:
    """Return the base64 of all pieces one after the other, in one line."""
    done: list[bytes] = []
    left = b""
    for piece in pieces:
        if isinstance(piece, Encoded):
            first, middle, rest = piece.forms[len(left)]
            if first:
                done.append(b2a_base64(left + first, newline=False))
            done.append(middle)
            left = rest
        else:
            octets = left + piece
            end = len(octets) // 3 * 3
            done.append(b2a_base64(octets[:end], newline=False))
            left = octets[end:]
    done.append(b2a_base64(left, newline=False))
    return b"".join(done)
