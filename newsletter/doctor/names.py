"""DNS look-ups with an end, and which part of a name is the organisation's."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
from publicsuffixlist import PublicSuffixList

from newsletter.doctor.base import Once
from newsletter.errors import ExaminationError

CANARY = "com."
"""A name that every name server of the internet knows."""
SECONDS = 5.0
"""Time for one look-up, all name servers and repetitions included."""


class Names:
    """Looks names up with this machine's resolver, or with the name servers given.

    Every method returns nothing for a name without such a record, and raises ExaminationError when nobody answers.
    """

    def __init__(self, nameservers: Sequence[str] = (), *, port: int = 53, seconds: float = SECONDS) -> None:
        self._nameservers = list(nameservers)
        self._port = port
        self._seconds = seconds
        self._resolver = Once(self._open)
        self.world = Once(self._reach_world)
        self._answered = False
        self._silence: ExaminationError | None = None

    def txt(self, name: str) -> tuple[str, ...]:
        """Return the TXT records, the strings of each joined (RFC 7208 §3.3)."""
        return tuple(b"".join(each.strings).decode("utf-8", "replace") for each in self._ask(name, "TXT"))

    def cname(self, name: str) -> str:
        """Return where a name leads, without the final dot; "" when it is no alias."""
        return next((_plain(each.target) for each in self._ask(name, "CNAME")), "")

    def mx(self, name: str) -> tuple[str, ...]:
        """Return the mail servers, the preferred first; `""` is the null MX of RFC 7505."""
        found = sorted((each.preference, _plain(each.exchange)) for each in self._ask(name, "MX"))
        return tuple(host for _, host in found)

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the IP addresses of a host."""
        return tuple(str(each.address) for kind in ("A", "AAAA") for each in self._ask(name, kind))

    def _open(self) -> dns.resolver.Resolver:
        try:
            resolver = dns.resolver.Resolver(configure=not self._nameservers)
        except dns.resolver.NoResolverConfiguration as exc:
            raise ExaminationError(
                "this machine has no name server", remedy="Write one into /etc/resolv.conf."
            ) from exc
        if self._nameservers:
            resolver.nameservers = self._nameservers
        resolver.port = self._port
        resolver.lifetime = self._seconds
        return resolver

    def _ask(self, name: str, kind: str) -> Sequence[Any]:
        if self._silence is not None:
            raise self._silence
        try:
            answer = self._resolver().resolve(name, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            self._answered = True
            self._doubt(name)
            return ()
        except dns.exception.Timeout as exc:
            trouble = ExaminationError(
                f"no name server answers: {kind} of {name} was asked for {self._seconds:g} s",
                remedy="Check the network and /etc/resolv.conf.",
            )
            if not self._answered:
                self._silence = trouble
            raise trouble from exc
        except (dns.exception.DNSException, OSError) as exc:
            if name == CANARY:
                raise ExaminationError(
                    f"this machine cannot look up any name: {_reason(exc)}",
                    remedy="Check the network and /etc/resolv.conf.",
                ) from exc
            if not self._answered:
                self.world()
            raise ExaminationError(
                f"{kind} of {name} cannot be looked up: {_reason(exc)}",
                remedy="Ask who runs the domain's name servers; try again.",
            ) from exc
        self._answered = True
        if answer.rrset is None:
            self._doubt(name)
            return ()
        return list(answer)

    def _doubt(self, name: str) -> None:
        """Believe "there is no such name" only of a name server that knows the internet."""
        if name != CANARY:
            self.world()

    def _reach_world(self) -> None:
        if not self._ask(CANARY, "NS"):
            raise ExaminationError(
                f"this machine's name server does not know the internet: it says that {CANARY} has no name servers",
                remedy="Ask from a network whose name server does, or leave the network out with --offline.",
            )


def organisation_of(domain: str) -> str:
    """Return the organisational domain: one label below the public suffix (RFC 7489 §3.2), or itself."""
    return _suffixes().privatesuffix(domain) or domain


def parent_domains(domain: str) -> tuple[str, ...]:
    """Return a domain and its parents, down to the organisation's."""
    labels, last = domain.split("."), organisation_of(domain)
    names = [".".join(labels[start:]) for start in range(len(labels))]
    return tuple(names[: names.index(last) + 1]) if last in names else (domain,)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")


def _reason(error: Exception) -> str:
    """Return what the last name server answered, or what kept it from being asked."""
    if isinstance(error, dns.resolver.NoNameservers) and (errors := error.kwargs.get("errors")):
        return str(errors[-1][3])[:200]
    return str(error)[:200] or type(error).__name__
