"""SPF (RFC 7208) read as a receiver does, without a sending host: is it valid, and how many look-ups does it cost."""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from newsletter.doctor.names import Names

MAX_LOOKUPS = 10
"""Mechanisms and modifiers that ask DNS (RFC 7208 §4.6.4); more is a permanent error."""
MAX_VOID = 2
"""Look-ups without an answer (RFC 7208 §4.6.4)."""
MAX_MX = 10
"""Mail servers of one `mx` mechanism (RFC 7208 §4.6.4)."""

_TERM = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:([:/])(.*))?", re.IGNORECASE)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)")


@dataclass(slots=True, kw_only=True)
class Spf:
    """What an SPF record comes to, everything it includes counted.

    `policy` is what `all` says at the top: `-`, `~`, `?` or `+`; "" without one. `names` are all domains included.
    """

    record: str = ""
    lookups: int = 0
    voids: int = 0
    policy: str = ""
    names: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def spf_records(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the TXT records that are SPF records (RFC 7208 §4.5)."""
    return tuple(text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 "))


def read_spf(domain: str, names: Names) -> Spf:
    """Read a domain's SPF record and all it includes; raises ExaminationError when DNS does not answer."""
    walk = _Walk(names)
    walk.top(domain)
    return walk.spf


class _Walk:
    """One walk through a record and everything that it includes."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.spf = Spf()

    def top(self, domain: str) -> None:
        """Read the domain's own record; a redirect leads to the one that says what of all others (RFC 7208 §6.1)."""
        while True:
            record = self._record(domain)
            self.spf.record = self.spf.record or record
            self._terms(record, domain, (domain,))
            self.spf.policy, target = _policy(record), _redirect(record)
            if self.spf.policy or not target or self.spf.lookups > MAX_LOOKUPS:
                return
            self.spf.lookups += 1
            self.spf.names.append(target)
            domain = target

    def _record(self, domain: str) -> str:
        found = spf_records(self._names.txt(domain))
        if len(found) == 1:
            return found[0]
        words = "no SPF record" if not found else f"{len(found)} SPF records, and only one may be there"
        self.spf.problems.append(f"{domain} has {words}")
        return ""

    def _terms(self, record: str, domain: str, trail: tuple[str, ...]) -> None:
        for term in record.split()[1:]:
            if self.spf.lookups > MAX_LOOKUPS:
                return  # counted far enough
            if not _MODIFIER.fullmatch(term):
                self._mechanism(term, domain, trail)

    def _mechanism(self, term: str, domain: str, trail: tuple[str, ...]) -> None:
        found = _TERM.fullmatch(term)
        if found is None:
            self.spf.problems.append(f"{domain}: {term!r} is no SPF mechanism")
            return
        kind, mark, rest = found[2].lower(), found[3], found[4] or ""
        if kind == "all":
            return
        if kind in {"ip4", "ip6"}:
            self.spf.problems += [f"{domain}: {term!r} {problem}" for problem in _network_problems(kind, rest)]
            return
        self.spf.lookups += 1
        target = rest.partition("/")[0] if mark == ":" else domain
        if kind in {"include", "exists"} and (mark != ":" or not target):
            self.spf.problems.append(f"{domain}: {term!r} names no domain")
        elif "%" not in target:  # a macro: what it asks depends on the message
            self._look_up(kind, target.rstrip(".").lower(), trail)

    def _look_up(self, kind: str, target: str, trail: tuple[str, ...]) -> None:
        if kind == "include":
            self._include(target, trail)
        elif kind == "mx":
            hosts = self._names.mx(target)
            self.spf.voids += not hosts
            if len(hosts) > MAX_MX:
                self.spf.problems.append(f"mx:{target} has {len(hosts)} mail servers, and {MAX_MX} are the limit")
        elif kind in {"a", "exists"}:
            self.spf.voids += not self._names.addresses(target)

    def _include(self, target: str, trail: tuple[str, ...]) -> None:
        self.spf.names.append(target)
        if target in trail:
            self.spf.problems.append(f"{target} includes itself")
            return
        record = self._record(target)
        self.spf.voids += not record
        inner = (*trail, target)
        self._terms(record, target, inner)
        redirect = _redirect(record)
        if redirect and not _policy(record):
            self.spf.lookups += 1
            self._include(redirect, inner)


def _policy(record: str) -> str:
    """Return what `all` says in a record, `+` when it has no sign; "" without it."""
    for term in record.lower().split()[1:]:
        if term.lstrip("+?~-") == "all":
            return term[0] if term[0] in "+?~-" else "+"
    return ""


def _redirect(record: str) -> str:
    targets = [term.partition("=")[2] for term in record.split()[1:] if term.lower().startswith("redirect=")]
    return targets[0].rstrip(".").lower() if targets and "%" not in targets[0] else ""


def _network_problems(kind: str, text: str) -> Iterator[str]:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        yield "has no IP address"
        return
    if f"ip{network.version}" != kind:
        yield "has an address of the other kind"
