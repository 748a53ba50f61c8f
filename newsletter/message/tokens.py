"""The tokens in the links of mails: opaque, unforgeable, bound to one purpose, and valid for good by themselves.

A token is the id of the signing key, then base64url (RFC 4648 §5, no padding) of 16 random bytes that name a
subscription and 16 bytes of HMAC-SHA256 over the purpose and those bytes: 44 or 45 characters, hard to forge as
RFC 8058 §3.1 asks. It holds no address, and it has no expiry, because a link in an old mail must go on working
(CASL: at least 60 days). What may be used for some time only, a confirmation or a form, names something whose age
is known.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from newsletter.errors import MessageError

ID_BYTES = 16
"""Length of a subscription's random id: 128 bits."""
MAC_BYTES = 16
"""HMAC-SHA256 truncated to 128 bits (RFC 2104 §5 allows half of the output)."""
MIN_KEY_BYTES = 32
"""A key shorter than the hash's output weakens it (RFC 2104 §3)."""

_BODY = 43  # base64url characters of 32 bytes
_KEY_ID = re.compile(r"[A-Za-z0-9]{1,2}")
_TOKEN = re.compile(rf"({_KEY_ID.pattern})([A-Za-z0-9_-]{{{_BODY}}})")


class Purpose(StrEnum):
    """What a token may be used for; a token of one purpose is forged for every other."""

    UNSUBSCRIBE = "unsubscribe"  # leave the list
    PREFERENCES = "preferences"  # see and change what one gets
    CONFIRM = "confirm"  # say yes to what was asked for at a form; names the request, which has an age
    FORM = "form"  # send a form that was given out; holds the time and chance in the place of an id


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKeys:
    """The signing keys by id: `current` signs, all of them verify, so that a key can be replaced and old links go on.

    An id is one or two ASCII letters or digits, a key at least 32 random bytes. Raises MessageError otherwise.
    """

    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise MessageError(
                f"the signing key {self.current!r} is not among the keys", remedy="Restore the file of signing keys."
            )
        for key_id, key in self.keys.items():
            if not _KEY_ID.fullmatch(key_id):
                raise MessageError(
                    f"the signing key's id {key_id!r} is not one or two ASCII letters or digits",
                    remedy="Rename the key.",
                )
            if len(key) < MIN_KEY_BYTES:
                raise MessageError(
                    f"the signing key {key_id!r} has {len(key)} bytes; {MIN_KEY_BYTES} are needed",
                    remedy="Make the key of random bytes, and long enough.",
                )


def make_token(subscription_id: bytes, purpose: Purpose, keys: TokenKeys) -> str:
    """Sign a subscription's id for one purpose with the current key.

    Raises MessageError when the id has not exactly 16 bytes.
    """
    if len(subscription_id) != ID_BYTES:
        raise MessageError(
            f"a subscription's id has {ID_BYTES} bytes, this one {len(subscription_id)}",
            remedy="The store makes the ids; check where this one comes from.",
        )
    signed = subscription_id + _mac(keys.keys[keys.current], purpose, subscription_id)
    return keys.current + base64.urlsafe_b64encode(signed).rstrip(b"=").decode("ascii")


def read_token(token: str, purpose: Purpose, keys: TokenKeys) -> bytes | None:
    """Return the subscription's id that a token was made for; None for everything that is not such a token.

    Never raises, and compares in constant time, so that an answer tells a guesser nothing.
    """
    match = _TOKEN.fullmatch(token)
    key = keys.keys.get(match[1]) if match else None
    if match is None or key is None:
        return None
    try:
        signed = base64.urlsafe_b64decode(match[2] + "=")
    except binascii.Error:
        return None
    subscription_id, mac = signed[:ID_BYTES], signed[ID_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, purpose, subscription_id)):
        return None
    # 43 characters carry 258 bits: without this, four spellings of one token would be valid
    canonical = base64.urlsafe_b64encode(signed).rstrip(b"=").decode("ascii")
    return subscription_id if canonical == match[2] else None


def _mac(key: bytes, purpose: Purpose, subscription_id: bytes) -> bytes:
    return hmac.digest(key, b"newsletter/" + purpose.encode("ascii") + b"/" + subscription_id, "sha256")[:MAC_BYTES]
