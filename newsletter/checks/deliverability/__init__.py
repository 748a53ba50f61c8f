"""Deliverability (N7): what mailbox providers and their filters look at before a mail is shown."""

from newsletter.checks.deliverability.reputation import (
    dead_end,
    free_mail,
    list_headers,
    nameless,
    no_reply,
    no_sender,
    one_picture,
    other_domain,
    phrases,
    spam,
)

__all__ = [
    "dead_end",
    "free_mail",
    "list_headers",
    "nameless",
    "no_reply",
    "no_sender",
    "one_picture",
    "other_domain",
    "phrases",
    "spam",
]
