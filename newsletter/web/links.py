"""Links -> what is behind each: many hosts at once, one question at a time to each of them, over by a deadline.

Every address is vetted as any fetch is: nothing connects to an address that is not public. Nothing is remembered here;
who asks keeps the results and hands them in again.
"""

import datetime as dt
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from newsletter.models import LinkResult, LinkVerdict
from newsletter.web.probe import NO_HOST, probe

FRESH = dt.timedelta(days=1)
"""How long an answer is believed."""

SECONDS = 60.0
"""Time for all links together."""

SECONDS_EACH = 15.0
"""Time for one link, its redirects and its second question included."""

WORKERS = 16
PAUSE = 0.5
"""Seconds between the end of one question to a host and the next to the same host."""

Progress = Callable[[int, int, LinkResult], None]

_LASTING = frozenset(LinkVerdict) - {LinkVerdict.TIMEOUT, LinkVerdict.UNREACHABLE, LinkVerdict.SKIPPED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How hard is asked: seconds for all links and for each, seconds between two questions to a host, threads."""

    seconds: float = SECONDS
    seconds_each: float = SECONDS_EACH
    pause: float = PAUSE
    workers: int = WORKERS


def probe_links(  # noqa: PLR0913 - each of them is a value of its own
    urls: Iterable[str],
    *,
    now: dt.datetime,
    known: Mapping[str, LinkResult] | None = None,
    progress: Progress | None = None,
    pace: Pace | None = None,
    allowed: Iterable[tuple[str, int]] = (),
) -> dict[str, LinkResult]:
    """Ask what is behind every link and return it by link, in the order given.

    `known` are results of earlier calls; one that is younger than a day and not of a passing trouble is taken over.
    `progress` hears of every new result: how many are there, how many will be, and the result, so that nothing is lost
    when KeyboardInterrupt ends the call. `allowed` are hosts with ports that may be asked though they are private.
    Links beyond the time limit are skipped; addresses that differ in their fragment are asked for once.
    """
    wanted = list(dict.fromkeys(urls))
    results = {url: fresh for url in wanted if (fresh := _fresh(known or {}, url, now))}
    pages: dict[str, list[str]] = {}
    for url in wanted:
        if url not in results:
            pages.setdefault(url.partition("#")[0], []).append(url)
    found: list[LinkResult] = []
    run = _Run(pages, pace or Pace(), frozenset(allowed))
    for result in run.results():
        for url in pages.pop(result.url):
            found.append(replace(result, url=url, checked=now))
            if progress:
                progress(len(results) + len(found), len(wanted), found[-1])
    over = [url for group in pages.values() for url in group]
    found += [
        LinkResult(url=url, verdict=LinkVerdict.SKIPPED, reason="the time for all links was over", checked=now)
        for url in over
    ]
    results |= {result.url: result for result in _not_offline(found)}
    return {url: results[url] for url in wanted}


def _fresh(known: Mapping[str, LinkResult], url: str, now: dt.datetime) -> LinkResult | None:
    result = known.get(url)
    lasting = result is not None and result.verdict in _LASTING and result.checked is not None
    return result if result and lasting and dt.timedelta(0) <= now - (result.checked or now) < FRESH else None


def _not_offline(found: list[LinkResult]) -> list[LinkResult]:
    """When no host at all is found, the network is gone and not the hosts."""
    asked = [result for result in found if result.verdict is not LinkVerdict.SKIPPED]
    if len(asked) < 2 or any(result.reason != NO_HOST for result in asked):
        return found
    offline = "no host can be looked up, so the network seems to be away"
    return [
        replace(result, verdict=LinkVerdict.UNREACHABLE, reason=offline) if result in asked else result
        for result in found
    ]


@dataclass(slots=True)
class _Host:
    """The pages of one host that are still to be asked for, and from when on."""

    pages: deque[str] = field(default_factory=deque)
    ready: float = 0.0
    busy: bool = False


class _Run:
    """The threads of one call; they are daemons, so that a name server that hangs cannot hold the program."""

    def __init__(self, pages: Iterable[str], pace: Pace, allowed: frozenset[tuple[str, int]]) -> None:
        self._pace = pace
        self._allowed = allowed
        self._deadline = time.monotonic() + pace.seconds
        self._hosts: dict[str, _Host] = {}
        for page in pages:
            self._hosts.setdefault(_host(page), _Host()).pages.append(page)
        self._total = sum(len(host.pages) for host in self._hosts.values())
        self._change = threading.Condition()
        self._answers: queue.SimpleQueue[LinkResult] = queue.SimpleQueue()

    def results(self) -> Iterable[LinkResult]:
        """Yield the results as they come, until all are there or the time is over."""
        for _ in range(min(self._pace.workers, len(self._hosts))):
            threading.Thread(target=self._work, name="link", daemon=True).start()
        try:
            for _ in range(self._total):
                try:
                    yield self._answers.get(timeout=max(0.0, self._deadline - time.monotonic()))
                except queue.Empty:
                    return
        finally:
            with self._change:
                for host in self._hosts.values():
                    host.pages.clear()
                self._change.notify_all()

    def _work(self) -> None:
        while taken := self._take():
            host, page = taken
            deadline = min(self._deadline, time.monotonic() + self._pace.seconds_each)
            try:
                self._answers.put(probe(page, allowed=self._allowed, deadline=deadline))
            finally:
                with self._change:
                    host.busy, host.ready = False, time.monotonic() + self._pace.pause
                    self._change.notify()

    def _take(self) -> tuple[_Host, str] | None:
        """Wait for a host that may be asked; None when nothing is left to ask."""
        with self._change:
            while open_hosts := [host for host in self._hosts.values() if host.pages]:
                free = [host for host in open_hosts if not host.busy]
                first = min(free, key=lambda host: host.ready, default=None)
                wait = None if first is None else first.ready - time.monotonic()
                if first is not None and wait is not None and wait <= 0:
                    first.busy = True
                    return first, first.pages.popleft()
                self._change.wait(wait)
            return None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
