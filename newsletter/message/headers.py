"""Header fields as bytes: RFC 5322 syntax, RFC 2047 encoding, and list fields, which are neither folded nor encoded.

Every function returns one whole field, CRLF included. Written by hand because it runs once per reader, and because
Python's own `policy.SMTP` folds and encodes a long List-Unsubscribe, which breaks one-click unsubscribing (RFC 8058).
"""

import base64
import re
from functools import lru_cache
from urllib.parse import quote

from newsletter.errors import AddressError, MessageError
from newsletter.message.address import header_text
from newsletter.models import Mailbox

MAX_LINE = 78
"""Characters of a header line without CRLF (RFC 5322 §2.1.1, the SHOULD); a longer address stays whole."""
MAX_ENCODED_LINE = 76
"""Characters of a line that holds an encoded word (RFC 2047 §2)."""
MAX_ENCODED_WORD = 75
"""Characters of an encoded word (RFC 2047 §2)."""
MAX_LIST_FIELD = 996
"""Octets of a field that is not folded, name and value: what SES takes, two below RFC 5322's limit of 998."""

ONE_CLICK = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
"""RFC 8058 §3.1; it must come after List-Unsubscribe, or Gmail shows no button."""

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PRINTABLE = re.compile(r"[ -~]*")
_SPACES = re.compile(r" {2,}")
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
_URI = re.compile(r"https?://[!-;=?-~]+")  # RFC 3986 characters, roughly; no white space, no angle brackets
_LOCAL_HTTP = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|\Z)")
# RFC 2047 §5 (3): what may stand as itself in an encoded word, even within a display name
_Q_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
_Q = {octet: "_" if octet == 0x20 else f"={octet:02X}" for octet in range(256) if octet not in _Q_SAFE}


def text_field(name: str, value: str) -> bytes:
    """Return an unstructured field such as Subject, folded and encoded where needed.

    Raises MessageError when the value is empty or cannot stand in a header.
    """
    text = header_text(value, f"the {name.lower()}")
    if not text:
        raise MessageError(f"the {name.lower()} is empty", remedy="Write one.")
    if not text.isascii():
        return f"{name}: {encoded_words(text, used=len(name) + 2)}\r\n".encode("ascii")
    if len(name) + 2 + len(text) <= MAX_LINE:
        return f"{name}: {text}\r\n".encode("ascii")
    return f"{name}: {_fold(text, used=len(name) + 2)}\r\n".encode("ascii")


def mailbox_field(name: str, mailbox: Mailbox) -> bytes:
    """Return an address field with one mailbox: atoms, a quoted string or encoded words, as its name needs.

    Runs of spaces in the name become one, as they would when the field is read (RFC 5322 §3.2.2). The address is
    canonical already; raises MessageError when the name or the address cannot stand in a header.
    """
    if not _ADDRESS.fullmatch(mailbox.email):
        raise AddressError(
            f"{mailbox.email[:200]!r} cannot stand in a header: it is no canonical address",
            remedy="Import the subscriber again, or mend the sender in newsletter.toml.",
        )
    phrase = _phrase(mailbox.name, used=len(name) + 2, what=f"the name of {mailbox.email}")
    if not phrase:
        return f"{name}: {mailbox.email}\r\n".encode("ascii")
    used = len(name) + 2 + len(phrase) if "\r\n" not in phrase else len(phrase) - phrase.rindex("\r\n") - 2
    gap = " " if used + len(mailbox.email) + 3 <= (MAX_ENCODED_LINE if "=?" in phrase else MAX_LINE) else "\r\n "
    return f"{name}: {phrase}{gap}<{mailbox.email}>\r\n".encode("ascii")


def plain_name(name: str) -> str:
    """Return a display name as a mail client shows it: runs of spaces are one (RFC 5322 §3.2.2)."""
    return _SPACES.sub(" ", name.strip())


def list_id_field(list_id: str, name: str) -> bytes:
    """Return List-ID (RFC 2919 §2) with the newsletter's name in front, if that is plain ASCII and short enough."""
    phrase = ""
    if _PRINTABLE.fullmatch(name) and len(name) <= MAX_LINE:
        phrase = _phrase(name, used=0, what="the newsletter's name")
    return _list_field("List-ID", f"{phrase} <{list_id}>" if phrase else f"<{list_id}>")


def unsubscribe_field(url: str, contact: Mailbox) -> bytes:
    """Return List-Unsubscribe: the HTTPS address, then one to write to (RFC 2369 §3.2, RFC 8058 §3.1).

    The last part of `url` is the token; it stands in the subject of the mail that the second one opens. Raises
    MessageError for an address that is not HTTPS, unless it is on this machine, where links are tried out.
    """
    if not url.startswith("https://") and not _LOCAL_HTTP.match(url):
        raise MessageError(
            f"the unsubscribe address {url[:200]!r} is not HTTPS, which one-click unsubscribing needs (RFC 8058)",
            remedy="Write public.base_url in newsletter.toml with https://.",
        )
    token = url.rpartition("/")[2]
    return _list_field("List-Unsubscribe", f"<{_uri(url)}>, <{_mailto(contact.email)}?subject=unsubscribe%20{token}>")


def archive_field(url: str) -> bytes:
    """Return List-Archive with the issue's address on the web (RFC 2369 §3.6); nothing at all when that is empty."""
    return _list_field("List-Archive", f"<{_uri(url)}>") if url else b""


def encoded_words(text: str, *, used: int) -> str:
    """Return text as RFC 2047 encoded words in UTF-8, one a line, no character split between two.

    `used` is how many characters the first line holds already. Q or B encoding, whichever is shorter for the whole.
    """
    as_q = len(_q(text)) <= _b_length(len(text.encode("utf-8")))
    overhead = len("=?utf-8?q??=")
    room = min(MAX_ENCODED_WORD, MAX_ENCODED_LINE - used) - overhead
    whole = _encoded_word(text, as_q=as_q)
    if len(whole) - overhead <= room:
        return whole
    words: list[str] = []
    word, size = "", 0
    for character in text:
        cost = len(_q(character)) if as_q else len(character.encode("utf-8"))
        if word and (size + cost if as_q else _b_length(size + cost)) > room:
            words.append(_encoded_word(word, as_q=as_q))
            word, size, room = "", 0, MAX_ENCODED_WORD - overhead
        word += character
        size += cost
    words.append(_encoded_word(word, as_q=as_q))
    return "\r\n ".join(words)


def _q(text: str) -> str:
    return text.encode("utf-8").decode("latin-1").translate(_Q)


def _b_length(octets: int) -> int:
    return (octets + 2) // 3 * 4


def _encoded_word(text: str, *, as_q: bool) -> str:
    if as_q:
        return f"=?utf-8?q?{_q(text)}?="
    return f"=?utf-8?b?{base64.b64encode(text.encode('utf-8')).decode('ascii')}?="


def _fold(text: str, *, used: int) -> str:
    """Fold printable ASCII at its spaces; where that loses something (long words, runs of spaces), encode it."""
    words = text.split(" ")
    if "" in words or max(map(len, words)) > MAX_LINE - used:
        return encoded_words(text, used=used)
    lines = [words[0]]
    room = MAX_LINE - used
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
            room = MAX_LINE - 1
    return "\r\n ".join(lines)


def _phrase(name: str, *, used: int, what: str) -> str:
    text = plain_name(header_text(name, what)) if name else ""
    if not text:
        return ""
    if text.isascii():
        if _ATOMS.fullmatch(text) and used + len(text) <= MAX_LINE:
            return text
        quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if used + len(quoted) <= MAX_LINE:
            return quoted
    return encoded_words(text, used=used)


@lru_cache(maxsize=16)
def _mailto(address: str) -> str:
    """Write an address as a mailto URI (RFC 6068 §2); cached, for it is the same for all readers."""
    return f"mailto:{quote(address, safe='@+')}"


def _uri(url: str) -> str:
    if not _URI.fullmatch(url):
        raise MessageError(
            f"{url[:200]!r} cannot stand in a list header: it is no plain ASCII web address",
            remedy="Write the domain in its xn-- form and everything else percent-encoded, in newsletter.toml.",
        )
    return url


def _list_field(name: str, value: str) -> bytes:
    line = f"{name}: {value}"
    if len(line) > MAX_LIST_FIELD:
        raise MessageError(
            f"{name} would have {len(line)} characters; {MAX_LIST_FIELD} is the most for a line that is never folded",
            remedy="Shorten the web addresses in newsletter.toml.",
        )
    return line.encode("ascii") + b"\r\n"
