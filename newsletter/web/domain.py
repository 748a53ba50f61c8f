"""A host -> the name somebody has registered: `www.example.co.uk` and `news.example.co.uk` are one owner's."""

import ipaddress
from functools import lru_cache

from publicsuffixlist import PublicSuffixList


def registrable_domain(host: str) -> str:
    """Return the part of a host name below its public suffix, in ASCII and lower case; the host itself without one.

    The list is that of publicsuffix.org with its private section, so that two sites on github.io have two owners.
    """
    host = host.rstrip(".").lower()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return _list().privatesuffix(_ascii(host)) or host
    return host


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


@lru_cache(maxsize=1)
def _list() -> PublicSuffixList:
    return PublicSuffixList()  # 80 ms, so not before it is needed
