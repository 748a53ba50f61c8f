"""Addresses that can be mailed and still look wrong: mailboxes of a role, domains that are thrown away, misspellings.

Warnings only. Roles are those of RFC 2142 and a few that every provider names; throw-away domains come from the
package `disposable-email-domains`; misspelt ones are a letter or two away from where most people have their mailbox.
"""

import functools
from dataclasses import dataclass
from enum import StrEnum

from disposable_email_domains import blocklist
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

ROLES = frozenset(
    [
        "abuse",
        "accounting",
        "admin",
        "all",
        "billing",
        "compliance",
        "contact",
        "devnull",
        "dns",
        "enquiries",
        "everyone",
        "ftp",
        "help",
        "hello",
        "hostmaster",
        "hr",
        "info",
        "inoc",
        "ispfeedback",
        "ispsupport",
        "jobs",
        "list",
        "list-request",
        "maildaemon",
        "marketing",
        "media",
        "news",
        "no-reply",
        "noc",
        "noreply",
        "office",
        "phish",
        "phishing",
        "post",
        "postmaster",
        "press",
        "privacy",
        "registrar",
        "root",
        "sales",
        "security",
        "spam",
        "support",
        "team",
        "trouble",
        "undisclosed-recipients",
        "unsubscribe",
        "usenet",
        "uucp",
        "webmaster",
        "www",
    ]
)
MAILBOX_DOMAINS = (
    "aol.com",
    "bluewin.ch",
    "btinternet.com",
    "comcast.net",
    "email.com",
    "fastmail.com",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "hotmail.it",
    "hotmail.es",
    "icloud.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "live.de",
    "live.fr",
    "mac.com",
    "mail.com",
    "mail.de",
    "mail.ru",
    "mailbox.org",
    "me.com",
    "msn.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "outlook.fr",
    "posteo.de",
    "proton.me",
    "protonmail.com",
    "rocketmail.com",
    "seznam.cz",
    "sfr.fr",
    "t-online.de",
    "tutanota.com",
    "virgilio.it",
    "wanadoo.fr",
    "web.de",
    "wp.pl",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.es",
    "yahoo.fr",
    "yahoo.it",
    "yandex.com",
    "yandex.ru",
    "ymail.com",
    "ziggo.nl",
)
SHORTEST = 8
"""Characters of a domain below which one letter more or less is another domain, not a misspelling."""


class DoubtKind(StrEnum):
    """Why an address deserves a second look."""

    ROLE = "role"  # a function, not a person: several people read it, and some of them never agreed
    DISPOSABLE = "disposable"  # a domain of mailboxes that are thrown away
    TYPO = "typo"  # nearly a well-known domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What is doubtful about an address, in a sentence."""

    kind: DoubtKind
    text: str


def doubt_about(email: str) -> Doubt | None:
    """Return what is doubtful about a canonical address; None when nothing is."""
    local, _, domain = email.rpartition("@")
    if (doubt := _doubt_about_domain(domain)) is not None:
        if doubt.kind is DoubtKind.TYPO:
            return Doubt(kind=doubt.kind, text=f"did they mean {local}@{doubt.text}?")
        return doubt
    if local.lower() in ROLES:
        return Doubt(kind=DoubtKind.ROLE, text=f"`{local}` is a role, not a person")
    return None


@functools.lru_cache(maxsize=20_000)
def _doubt_about_domain(domain: str) -> Doubt | None:
    if domain in MAILBOX_DOMAINS:
        return None
    # first, because most misspellings of large providers belong to somebody who throws mail away
    if len(domain) >= SHORTEST:
        near = process.extractOne(domain, MAILBOX_DOMAINS, scorer=DamerauLevenshtein.distance, score_cutoff=1)
        if near and len(near[0]) >= SHORTEST:
            return Doubt(kind=DoubtKind.TYPO, text=near[0])
    if domain in blocklist:
        return Doubt(kind=DoubtKind.DISPOSABLE, text=f"mailboxes of {domain} are thrown away")
    return None
