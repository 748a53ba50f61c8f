"""One connection that is kept open from request to request, and what its failures are called in botocore."""

import select
import socket
import ssl
from dataclasses import dataclass

from botocore import exceptions as aws

MAX_LINE = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where requests go, and how long to wait, in seconds; without `tls` in the clear."""

    url: str
    host: str
    port: int
    tls: ssl.SSLContext | None
    connect_timeout: float
    read_timeout: float


class Connection:
    """A connection of one thread.

    Making it raises EndpointConnectionError or ConnectTimeoutError, and then no request can have left; SSLError when
    the other end cannot be trusted or speaks no TLS.
    """

    def __init__(self, route: Route) -> None:
        self._route = route
        self._open = False
        try:
            plain = socket.create_connection((route.host, route.port), timeout=route.connect_timeout)
        except TimeoutError as exc:
            raise aws.ConnectTimeoutError(endpoint_url=route.url, error=exc) from exc
        except OSError as exc:
            raise aws.EndpointConnectionError(endpoint_url=route.url, error=exc) from exc
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._socket = route.tls.wrap_socket(plain, server_hostname=route.host) if route.tls else plain
        except OSError as exc:
            plain.close()
            raise aws.SSLError(endpoint_url=route.url, error=exc) from exc
        self._socket.settimeout(route.read_timeout)
        self._reader = self._socket.makefile("rb")
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)
        self._open = True

    def usable(self) -> bool:
        """Whether another request may be sent: the other end has not hung up in the pause."""
        if not self._open:
            return False
        # what can be read before anything was asked is the end of the connection, or nothing we could understand
        return not self._poll.poll(0)

    def exchange(self, head: bytes, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send one request and return status, headers (lower case) and body of its answer.

        Raises ReadTimeoutError, SSLError or ConnectionClosedError: whether the request was carried out is not known.
        """
        self._open = False
        try:
            self._socket.sendall(head)
            self._socket.sendall(body)
            status, headers = self._read_head()
            answer = self._read_body(status, headers)
        except TimeoutError as exc:
            raise aws.ReadTimeoutError(endpoint_url=self._route.url, error=exc) from exc
        except ssl.SSLError as exc:
            raise aws.SSLError(endpoint_url=self._route.url, error=exc) from exc
        except (OSError, ValueError) as exc:
            raise aws.ConnectionClosedError(endpoint_url=self._route.url, error=exc) from exc
        return status, headers, answer

    def close(self) -> None:
        """Hang up."""
        self._open = False
        self._reader.close()
        self._socket.close()

    def _read_head(self) -> tuple[int, dict[str, str]]:
        while True:
            version, _, rest = self._line().partition(" ")
            if not version.startswith("HTTP/1."):
                raise ValueError("the answer is no HTTP")
            status = int(rest[:3])
            headers: dict[str, str] = {}
            while line := self._line():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            if status >= 200:
                return status, headers

    def _read_body(self, status: int, headers: dict[str, str]) -> bytes:
        """Read a body by its length, in chunks, or to the end of the connection; one that breaks off stays short."""
        keep = headers.get("connection", "").lower() != "close"
        if status in {204, 304}:
            body, whole = b"", True
        elif headers.get("transfer-encoding", "").lower() == "chunked":
            body, whole = self._chunks(), True
        elif "content-length" in headers:
            length = int(headers["content-length"])
            body = self._reader.read(length)
            whole = len(body) == length
        else:
            body, whole = self._reader.read(), False
        self._open = keep and whole
        return body

    def _chunks(self) -> bytes:
        parts: list[bytes] = []
        while size := int(self._line().partition(";")[0], 16):
            parts.append(self._reader.read(size))
            self._line()
        while self._line():
            pass
        return b"".join(parts)

    def _line(self) -> str:
        line = self._reader.readline(MAX_LINE)
        if not line.endswith(b"\n"):
            raise ValueError("the answer breaks off")
        return line.rstrip(b"\r\n").decode("latin-1")
