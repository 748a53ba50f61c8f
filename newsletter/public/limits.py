"""Against robots: how often a network may ask, and how long a form was looked at. Bounded, in memory, no cookie."""

import datetime as dt
import ipaddress
import os
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

from newsletter.message.tokens import Purpose, TokenKeys, make_token, read_token

SIGN_UPS = 30
"""Forms that one network may send in an hour; a school or an office is one network."""
HOUR = 3600.0
MOST_NETWORKS = 50_000
"""Networks remembered at most, the latest; about 10 MB."""
LEAST_AGE = dt.timedelta(seconds=2)
"""Nobody fills a form in faster."""
MOST_AGE = dt.timedelta(days=1)


class NetworkLimit:
    """Counts what comes from each network in a sliding hour; safe to share between threads."""

    def __init__(self, most: int = SIGN_UPS, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._seen)

    def allow(self, ip: str) -> bool:
        """Count one more from an address; False when its network has had its share."""
        network, now = network_of(ip), self._clock()
        with self._lock:
            times = self._seen.setdefault(network, deque())
            self._seen.move_to_end(network)
            while len(self._seen) > MOST_NETWORKS:
                self._seen.popitem(last=False)
            while times and times[0] <= now - HOUR:
                times.popleft()
            if len(times) >= self._most:
                return False
            times.append(now)
            return True


def network_of(ip: str) -> str:
    """Return the network that an address belongs to: what one household or office has, /24 or /64."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return "unknown"
    mapped = getattr(address, "ipv4_mapped", None) or address
    return str(ipaddress.ip_network((mapped, 24 if mapped.version == 4 else 64), strict=False))


def client_of(peer: str, forwarded: Sequence[str], trusted: Sequence[str]) -> str:
    """Return the visitor's address: the last one in X-Forwarded-For that no trusted proxy has.

    What a stranger writes into the header is never believed: only a trusted peer's is read, from its end.
    """
    chain = [peer, *reversed([part.strip() for line in forwarded for part in line.split(",")])]
    networks = [ipaddress.ip_network(each) for each in trusted]
    for text in chain:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return ""
        if not any(address in network for network in networks if network.version == address.version):
            return str(address)
    return peer


def make_stamp(now: dt.datetime, keys: TokenKeys) -> str:
    """Return a signed time for a form that is given out now."""
    return make_token(int(now.timestamp() * 1000).to_bytes(8, "big") + os.urandom(8), Purpose.FORM, keys)


def stamp_is_good(stamp: str, now: dt.datetime, keys: TokenKeys) -> bool:
    """Whether a form was given out by us, at least two seconds and at most a day ago."""
    signed = read_token(stamp, Purpose.FORM, keys)
    if signed is None:
        return False
    given = dt.datetime.fromtimestamp(int.from_bytes(signed[:8], "big") / 1000, dt.UTC)
    return LEAST_AGE <= now - given <= MOST_AGE
