"""Whose mail it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A display name and an address (RFC 5322 §3.4); the address is canonical, the name free of control characters."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsletter:
    """Whose mail this is: what a template prints and what the headers need.

    `site_url` and `public_url` have no trailing slash. `list_id` is the identifier between the angle brackets of
    List-ID (RFC 2919 §2).
    """

    name: str
    sender: Mailbox
    reply_to: Mailbox | None = None
    postal_address: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    site_url: str = ""
    public_url: str = ""
    list_id: str = ""
