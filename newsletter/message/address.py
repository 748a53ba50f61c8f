"""The one place where an address becomes canonical.

The domain is lower-cased and in its IDNA form, the local part is kept as written; two addresses are the same person's
when their keys are equal. Local parts must be ASCII because SES has no SMTPUTF8 (SES v2 `SendEmail`, Destination).
"""

import re
from email.headerregistry import Address
from email.utils import parseaddr

from newsletter.errors import AddressError, MessageError
from newsletter.models import Mailbox

MAX_LENGTH = 254
"""Octets of an address on the wire (RFC 5321 §4.5.3.1.3 less the angle brackets)."""

# Python's parser, for one, takes an encoded word that has white space inside, which RFC 2047 §2 forbids
_ENCODED_WORD = re.compile(r"=\?[^?]*\?[bBqQ]\?")
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # categories Cc, Zl, Zp and Cs, whole
_ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def canonical_email(text: str) -> str:
    """Return the canonical form of an address.

    Raises AddressError with a sentence that names what is wrong with it.
    """
    # imported here: it takes 40 ms, and every command that reads the settings comes past this module
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    candidate = text.strip()
    if not candidate:
        raise AddressError("the address is empty", remedy="Fill it in or leave the row out.")
    try:
        result = validate_email(candidate, check_deliverability=False, allow_smtputf8=False, allow_quoted_local=False)
    except EmailNotValidError as exc:
        raise AddressError(
            f"{candidate!r} is no address that can be mailed: {str(exc).rstrip('.')}",
            remedy="Mend the address or leave it out.",
        ) from exc
    local, _, domain = (result.ascii_email or "").rpartition("@")
    canonical = f"{local}@{domain.lower()}"
    if len(canonical) > MAX_LENGTH:
        raise AddressError(
            f"{candidate!r} is longer than {MAX_LENGTH} characters", remedy="Mend the address or leave it out."
        )
    return canonical


def email_key(canonical: str) -> str:
    """Return what two spellings of one address have in common; uniqueness is over this."""
    return canonical.lower()


def header_text(value: str, what: str) -> str:
    """Return `value` if it can stand in a header as text, without surrounding white space.

    Raises MessageError for control characters (CR and LF among them), line and paragraph separators, lone surrogates
    and literal RFC 2047 encoded words: some Pythons decode the latter while serialising and so let a smuggled line
    break through. `what` names the value in the message.
    """
    text = value.strip()
    if forbidden := _FORBIDDEN.search(text):
        raise MessageError(
            f"{what} contains the control character U+{ord(forbidden[0]):04X}: {value[:60]!r}",
            remedy="Remove it: a header is one line of text.",
        )
    if _ENCODED_WORD.search(text):
        raise MessageError(
            f"{what} contains an encoded word: {value[:60]!r}",
            remedy="Write the text itself; it is encoded when the message is built.",
        )
    return text


def parse_mailbox(text: str) -> Mailbox:
    """Read `Name <address>` or a bare address (RFC 5322 §3.4).

    Raises AddressError when either part cannot stand in a header.
    """
    try:
        clean = header_text(text, "the address")
    except MessageError as exc:
        raise AddressError(exc.what, remedy=exc.remedy) from exc
    name, email = parseaddr(clean)
    if not email or ("<" in clean) != clean.endswith(">"):
        raise AddressError(f"{text!r} is no mail address", remedy="Write it like Weekly <news@example.com>.")
    return Mailbox(email=canonical_email(email), name=name)


def display(mailbox: Mailbox) -> str:
    """Return the mailbox as a person reads it, the name quoted where RFC 5322 asks for it."""
    if not mailbox.name:
        return mailbox.email
    if _ATEXT.fullmatch(mailbox.name):
        return f"{mailbox.name} <{mailbox.email}>"
    return str(Address(display_name=mailbox.name, addr_spec=mailbox.email))
