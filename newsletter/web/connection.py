"""One question to one address: looked up once, connected to where the look-up said, over by a deadline.

Name, certificate and `Host` stay those of the page. No proxy, cookie, cache or setting of the environment takes part.
"""

import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

import newsletter
from newsletter.errors import IngestError
from newsletter.web.address import SAVE_PAGE, check_address, resolve

READ_SECONDS = 15.0
"""Time a server may be silent."""

_REDIRECTS = {301, 302, 303, 307, 308}


@contextmanager
def ask(
    method: str, url: str, *, headers: Mapping[str, str], allowed: frozenset[tuple[str, int]], deadline: float
) -> Iterator[httpcore.Response]:
    """Ask for an address once, until a moment of the monotonic clock; redirects are not followed.

    Raises IngestError for an address that may not be fetched or has no host, and httpcore's own errors for a
    connection that fails.
    """
    host, port = check_address(url, allowed)
    backend = _Vetted(resolve(host, port, allowed), deadline)
    try:
        target = httpx.URL(url)
    except httpx.InvalidURL as exc:
        raise IngestError(f"{url[:200]} is no web address", remedy="Copy it again, from https:// on.") from exc
    sent: dict[bytes | str, bytes | str] = {
        "Host": target.netloc.decode("ascii"),
        "User-Agent": f"newsletter/{newsletter.__version__}",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    sent.update(headers.items())
    parts = httpcore.URL(
        scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path or b"/"
    )
    limits = dict.fromkeys(("connect", "read", "write", "pool"), READ_SECONDS)
    with (
        httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend) as pool,
        pool.stream(method, parts, headers=sent, extensions={"timeout": limits}) as response,
    ):
        yield response


def headers_of(response: httpcore.Response) -> dict[str, str]:
    """Return the headers of an answer, names in lower case."""
    return {name.decode("ascii", "replace").lower(): value.decode("latin-1") for name, value in response.headers}


def next_address(url: str, response: httpcore.Response) -> str:
    """Return where an answer leads on to, without a fragment; empty when it does not. Raises IngestError."""
    location = headers_of(response).get("location", "")
    if response.status not in _REDIRECTS or not location:
        return ""
    try:
        # some servers send a Location in UTF-8, against RFC 9110 §10.2.2
        target = urljoin(url, location.encode("latin-1").decode("utf-8"))
    except UnicodeDecodeError:
        target = urljoin(url, location)
    except ValueError as exc:
        raise IngestError(f"{urlsplit(url).hostname} leads to no web address: {location[:200]}") from exc
    return target.partition("#")[0]


def read_body(response: httpcore.Response, limit: int) -> bytes:
    """Return the body unpacked, or as much of it as is longer than `limit` by at least a byte; never much more.

    Raises IngestError for a body that is packed in another way than was asked for, or damaged.
    """
    encoding = headers_of(response).get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise IngestError(f"the page is packed as {encoding[:40]}, which was not asked for", remedy=SAVE_PAGE)
    inflate = zlib.decompressobj(wbits=31) if encoding.endswith("gzip") else None
    pieces: list[bytes] = []
    size = 0
    for chunk in response.iter_stream():
        try:
            piece = inflate.decompress(chunk, limit + 1 - size) if inflate else chunk
        except zlib.error as exc:
            raise IngestError("the page came packed and damaged", remedy=f"Try again. {SAVE_PAGE}") from exc
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            break
    return b"".join(pieces)


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
