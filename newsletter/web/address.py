"""Which addresses a fetch may reach: public ones, looked up once, so that a web page cannot lead into a network."""

import ipaddress
import queue
import socket
import threading
from urllib.parse import urlsplit

from newsletter.errors import IngestError

PORTS = {"http": 80, "https": 443}
LOOKUP_SECONDS = 10.0
"""Time for looking a host up; the system's own patience can be minutes, with several name servers."""

SAVE_PAGE = "Open it in a browser, save the page and add the file: `newsletter article add page.html --url URL`."

# RFC 6052 §2.1: the last 32 bits are an IPv4 address; RFC 8215 leaves the second prefix to local networks.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")


def check_address(url: str, allowed: frozenset[tuple[str, int]]) -> tuple[str, int]:
    """Return host and port of an address that may be fetched; `allowed` are hosts and ports that always may.

    Raises IngestError for another scheme, for a user name in it, and for another port than the web's own.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise IngestError(f"{url[:200]} is no web address", remedy="Copy it again, from https:// on.") from exc
    if parts.scheme not in PORTS or not host:
        raise IngestError(
            f"{url[:200]} is no address that can be fetched", remedy="Only http:// and https:// addresses can be."
        )
    if parts.username is not None or parts.password is not None:
        raise IngestError("the address carries a user name or a password", remedy=f"Leave it out. {SAVE_PAGE}")
    port = port or PORTS[parts.scheme]
    if port not in PORTS.values() and (host, port) not in allowed:
        raise IngestError(f"{host} is asked on port {port}, and only 80 and 443 are fetched", remedy=SAVE_PAGE)
    return host, port


def resolve(host: str, port: int, allowed: frozenset[tuple[str, int]], *, seconds: float = LOOKUP_SECONDS) -> list[str]:
    """Look a host up once and return its addresses; a host with any address that is not public is refused.

    Raises IngestError, also when nobody answers in `seconds`.
    """
    try:
        addresses = _look_up(host, port, seconds)
    except TimeoutError as exc:
        raise IngestError(
            f"looking up {host} took longer than {seconds:g} seconds", remedy="Check the network and try again."
        ) from exc
    except (OSError, UnicodeError) as exc:
        raise IngestError(f"there is no host {host}", remedy="Check the address and the network.") from exc
    if (host, port) in allowed:
        return addresses
    for address in addresses:
        if not is_public(address):
            raise IngestError(
                f"{host} is inside a private network ({address}), and only public pages are fetched", remedy=SAVE_PAGE
            )
    return addresses


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """Ask the system for a host's addresses; it has no time limit of its own, so another thread asks and may be left.

    Raises TimeoutError, and what `getaddrinfo` raises.
    """
    answer: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as exc:
            answer.put(exc)
        else:
            answer.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))

    # a daemon: nobody waits for it when the command ends
    threading.Thread(target=ask, name=f"look up {host}", daemon=True).start()
    try:
        result = answer.get(timeout=seconds)
    except queue.Empty as exc:
        raise TimeoutError from exc
    if isinstance(result, Exception):
        raise result
    return result


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the public internet, an IPv4 address wrapped into IPv6 included."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip in _SIX_TO_FOUR:
            inner = ipaddress.IPv4Address(int(ip) >> 80 & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip in _LOCAL_NAT64 or ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
