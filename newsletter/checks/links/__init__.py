"""Links (N4): the ones the law wants, and the ones a reader can follow and understand."""

from newsletter.checks.links.addresses import (
    anchor_to_nowhere,
    bare_ip,
    broken_address,
    insecure,
    local_host,
    no_web_address,
    relative,
    tracking,
    wrong_contact,
)
from newsletter.checks.links.answers import dead, moved, no_answer, not_told, parked, soft_404, wrong_certificate
from newsletter.checks.links.required import no_postal_address, no_unsubscribe, no_web_version
from newsletter.checks.links.texts import generic_text, nameless, often_the_same, other_host, shortener, too_many

__all__ = [
    "anchor_to_nowhere",
    "bare_ip",
    "broken_address",
    "dead",
    "generic_text",
    "insecure",
    "local_host",
    "moved",
    "nameless",
    "no_answer",
    "no_postal_address",
    "no_unsubscribe",
    "no_web_address",
    "no_web_version",
    "not_told",
    "often_the_same",
    "other_host",
    "parked",
    "relative",
    "shortener",
    "soft_404",
    "too_many",
    "tracking",
    "wrong_certificate",
    "wrong_contact",
]
