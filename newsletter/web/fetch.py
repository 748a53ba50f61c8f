"""An address on the web -> bytes, within limits: public hosts only, five redirects, a size and a time.

A host is looked up once and the connection goes to the address that was looked at; name, certificate and `Host` stay
those of the page. No proxy, cookie, cache or setting of the environment takes part.
"""

import ssl
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

import newsletter
from newsletter.errors import IngestError
from newsletter.web.address import SAVE_PAGE, check_address, resolve

MAX_BYTES = 5 * 1024 * 1024
"""Bytes of a page after decompression; articles of big papers have about one megabyte."""

MAX_REDIRECTS = 5
SECONDS = 30.0
"""Time for all of a fetch, redirects included."""

READ_SECONDS = 15.0
"""Time a server may be silent."""

_REDIRECTS = {301, 302, 303, 307, 308}
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
        host, port = check_address(url, self._allowed)
        backend = _Vetted(resolve(host, port, self._allowed), deadline)
        try:
            target = httpx.URL(url)
        except httpx.InvalidURL as exc:
            raise IngestError(f"{url[:200]} is no web address", remedy="Copy it again, from https:// on.") from exc
        headers: dict[bytes | str, bytes | str] = {
            "Host": target.netloc.decode("ascii"),
            "User-Agent": f"newsletter/{newsletter.__version__}",
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": modified} if modified else {}
        parts = httpcore.URL(
            scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path or b"/"
        )
        limits = dict.fromkeys(("connect", "read", "write", "pool"), READ_SECONDS)
        try:
            with (
                httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend) as pool,
                pool.stream("GET", parts, headers=headers, extensions={"timeout": limits}) as response,
            ):
                return self._read(url, response)
        except httpcore.TimeoutException as exc:
            raise IngestError(f"{host} did not answer in time", remedy=f"Try again later. {SAVE_PAGE}") from exc
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as exc:
            reason = str(exc).strip() or "the connection broke"
            raise IngestError(f"{host} cannot be reached: {reason}", remedy=f"Try again later. {SAVE_PAGE}") from exc

    def _read(self, url: str, response: httpcore.Response) -> "Fetched | str":
        headers = {name.decode("ascii", "replace").lower(): value.decode("latin-1") for name, value in response.headers}
        if response.status in _REDIRECTS and headers.get("location"):
            return _next_address(url, headers["location"])
        if response.status >= 300 and response.status != 304:
            raise _refusal(url, response.status)
        unchanged = response.status == 304
        return Fetched(
            url=url,
            body=b"" if unchanged else b"".join(self._body(response, headers.get("content-encoding", ""))),
            content_type=headers.get("content-type", ""),
            etag=headers.get("etag", ""),
            modified=headers.get("last-modified", ""),
            unchanged=unchanged,
        )

    def _body(self, response: httpcore.Response, encoding: str) -> Iterator[bytes]:
        """Yield the body unpacked; no more than the limit is ever held."""
        encoding = encoding.strip().lower()
        if encoding not in {"", "identity", "gzip", "x-gzip"}:
            raise IngestError(f"the page is packed as {encoding[:40]}, which was not asked for", remedy=SAVE_PAGE)
        inflate = zlib.decompressobj(wbits=31) if encoding.endswith("gzip") else None
        size = 0
        for chunk in response.iter_stream():
            try:
                piece = inflate.decompress(chunk, self._limit + 1 - size) if inflate else chunk
            except zlib.error as exc:
                raise IngestError("the page came packed and damaged", remedy=f"Try again. {SAVE_PAGE}") from exc
            size += len(piece)
            if size > self._limit:
                raise IngestError(
                    f"the page is larger than {self._limit / 1024 / 1024:g} MiB",
                    remedy="Copy the article's text into a .txt file, title first, and add that file.",
                )
            yield piece


def _next_address(url: str, location: str) -> str:
    try:
        # some servers send a Location in UTF-8, against RFC 9110 §10.2.2
        target = urljoin(url, location.encode("latin-1").decode("utf-8"))
    except UnicodeDecodeError:
        target = urljoin(url, location)
    except ValueError as exc:
        raise IngestError(f"{urlsplit(url).hostname} leads to no web address: {location[:200]}") from exc
    return target.partition("#")[0]


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


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class _Vetted(httpcore.NetworkBackend):
    """Connects to addresses that were looked at before, whatever name is asked for, until a deadline."""

    def __init__(self, addresses: list[str], deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - its addresses are known
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers."""
        last: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                stream = self._inner.connect_tcp(
                    address, port, _left(self._deadline, timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                last = exc
            else:
                return _Timed(stream, self._deadline)
        raise last


class _Timed(httpcore.NetworkStream):
    """A connection that ends at a deadline, even when the server sends one byte a second."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _Timed(inner, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return min(left, timeout) if timeout else left
