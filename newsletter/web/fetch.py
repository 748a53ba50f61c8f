"""An address on the web -> bytes, within limits: public hosts only, five redirects, a size and a time."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpcore

from newsletter.errors import IngestError
from newsletter.web.address import SAVE_PAGE
from newsletter.web.connection import ask, headers_of, next_address, read_body

MAX_BYTES = 5 * 1024 * 1024
"""Bytes of a page after decompression; articles of big papers have about one megabyte."""

MAX_REDIRECTS = 5
SECONDS = 30.0
"""Time for all of a fetch, redirects included."""

_ACCEPT = "text/html,application/xhtml+xml,application/atom+xml,application/rss+xml,application/xml;q=0.9,*/*;q=0.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer: `url` is where the last redirect led; `unchanged` when the server says so, with an empty body."""

    url: str
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    modified: str = ""
    unchanged: bool = False


class Fetcher:
    """Fetches pages; `allowed` names hosts with ports, like ("127.0.0.1", 8080), that may be reached though private."""

    def __init__(
        self, *, allowed: Iterable[tuple[str, int]] = (), limit: int = MAX_BYTES, seconds: float = SECONDS
    ) -> None:
        self._allowed = frozenset(allowed)
        self._limit = limit
        self._seconds = seconds

    def get(self, url: str, *, etag: str = "", modified: str = "") -> Fetched:
        """Fetch a page; with the validators of an earlier answer the server may say that it is unchanged.

        Raises IngestError, saying why the page could not be had and what to do.
        """
        deadline = time.monotonic() + self._seconds
        seen: list[str] = []
        while True:
            seen.append(url)
            answer = self._ask(url, etag, modified, deadline)
            if isinstance(answer, Fetched):
                return answer
            if answer in seen:
                circle = " -> ".join([*seen[seen.index(answer) :], answer])
                raise IngestError(f"the page leads to itself: {circle[:400]}", remedy=SAVE_PAGE)
            if len(seen) > MAX_REDIRECTS:
                raise IngestError(
                    f"the page leads on more than {MAX_REDIRECTS} times, last to {answer[:200]}", remedy=SAVE_PAGE
                )
            url = answer

    def _ask(self, url: str, etag: str, modified: str, deadline: float) -> "Fetched | str":
        """Ask once; return the answer, or the address that it redirects to."""
        headers = {"Accept": _ACCEPT}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": modified} if modified else {}
        try:
            with ask("GET", url, headers=headers, allowed=self._allowed, deadline=deadline) as response:
                return self._read(url, response)
        except httpcore.TimeoutException as exc:
            host = urlsplit(url).hostname
            raise IngestError(f"{host} did not answer in time", remedy=f"Try again later. {SAVE_PAGE}") from exc
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as exc:
            host, reason = urlsplit(url).hostname, str(exc).strip() or "the connection broke"
            raise IngestError(f"{host} cannot be reached: {reason}", remedy=f"Try again later. {SAVE_PAGE}") from exc

    def _read(self, url: str, response: httpcore.Response) -> "Fetched | str":
        if target := next_address(url, response):
            return target
        if response.status >= 300 and response.status != 304:
            raise _refusal(url, response.status)
        unchanged = response.status == 304
        body = b"" if unchanged else read_body(response, self._limit)
        if len(body) > self._limit:
            raise IngestError(
                f"the page is larger than {self._limit / 1024 / 1024:g} MiB",
                remedy="Copy the article's text into a .txt file, title first, and add that file.",
            )
        headers = headers_of(response)
        return Fetched(
            url=url,
            body=body,
            content_type=headers.get("content-type", ""),
            etag=headers.get("etag", ""),
            modified=headers.get("last-modified", ""),
            unchanged=unchanged,
        )


def _refusal(url: str, status: int) -> IngestError:
    host = urlsplit(url).hostname
    if status in {404, 410}:
        return IngestError(f"{host} has no such page (status {status})", remedy="Check the address.")
    if status in {401, 402, 403, 407, 451}:
        return IngestError(f"{host} does not show this page to programs (status {status})", remedy=SAVE_PAGE)
    if status == 429:
        return IngestError(f"{host} was asked too often (status 429)", remedy=f"Try again later. {SAVE_PAGE}")
    if status >= 500:
        return IngestError(f"{host} failed (status {status})", remedy="Try again later.")
    return IngestError(f"{host} did not answer with a page (status {status})", remedy=SAVE_PAGE)
