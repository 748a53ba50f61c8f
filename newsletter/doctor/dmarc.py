"""DMARC (RFC 7489): finding and reading a domain's record, and whether two names are aligned."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from newsletter.doctor.names import Names, organisation_of

POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dmarc:
    """The record that counts for a domain: where it stands, its tags, and what is wrong with it.

    `policy` is the one for this domain: `sp` of the organisation's record for a subdomain.
    """

    domain: str
    tags: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    policy: str = ""

    def strict(self, kind: str) -> bool:
        """Whether alignment asks for the very same name; `kind` is `dkim` or `spf`."""
        return self.tags.get(f"a{kind}", "r").lower() == "s"


def find_dmarc(domain: str, names: Names) -> Dmarc | None:
    """Find the record for mail from a domain: its own, else the organisation's (RFC 7489 §6.6.3); None without one.

    Raises ExaminationError when DNS does not answer.
    """
    for place in dict.fromkeys((domain, organisation_of(domain))):
        # exactly this beginning: `v=DMARC1` in other spellings is no DMARC record (RFC 7489 §6.4)
        found = [text for text in names.txt(f"_dmarc.{place}") if re.match(r"v\s*=\s*DMARC1\s*(;|$)", text)]
        if len(found) > 1:
            problem = f"_dmarc.{place} has {len(found)} records, and receivers then use none"
            return Dmarc(domain=place, problems=(problem,))
        if found:
            return _parse(found[0], place, subdomain=place != domain)
    return None


def aligned(one: str, other: str, *, strict: bool) -> bool:
    """Whether two domains are aligned: the same, or of the same organisation (RFC 7489 §3.1)."""
    return one == other or (not strict and organisation_of(one) == organisation_of(other))


def _parse(text: str, place: str, *, subdomain: bool) -> Dmarc:
    parts = [part.partition("=") for part in text.split(";") if part.strip()]
    tags = {name.strip().lower(): value.strip() for name, _, value in reversed(parts)}
    problems = [f"{name.strip()[:60]!r} is no tag with a value" for name, mark, _ in parts if not mark]
    problems += _problems(tags)
    policy = (tags.get("sp") if subdomain else None) or tags.get("p", "")
    return Dmarc(domain=place, tags=tags, problems=tuple(problems), policy=policy.lower())


def _problems(tags: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the values; unknown tags are ignored (RFC 7489 §6.3)."""
    if "p" not in tags:
        yield "it has no policy; write p=none at least"
    for name in ("p", "sp"):
        if name in tags and tags[name].lower() not in POLICIES:
            yield f"{name}={tags[name][:40]} is none of none, quarantine and reject"
    for name in ("adkim", "aspf"):
        if tags.get(name, "r").lower() not in {"r", "s"}:
            yield f"{name}={tags[name][:40]} is neither r nor s"
    if not (tags.get("pct", "100").isdigit() and int(tags.get("pct", "100")) <= 100):
        yield f"pct={tags['pct'][:40]} is no percentage"
    for address in filter(None, (part.strip() for part in tags.get("rua", "").split(","))):
        if not address.lower().startswith("mailto:"):
            yield f"rua={address[:60]} is no mailto: address"
