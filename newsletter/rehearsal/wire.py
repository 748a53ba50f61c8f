"""HTTP/1.1 as far as an AWS client speaks it, by hand on asyncio: a benchmark must not measure the stand-in."""

import asyncio
import re
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

MAX_HEAD = 64 * 1024
ROOM = 256 * 1024
_BLANK = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*(?=\r\n)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, read whole; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back: bytes of a whole response; `abrupt` resets the connection instead of closing it."""

    data: bytes = b""
    close: bool = False
    abrupt: bool = False


Reply = Callable[[Answer], None]
Handler = Callable[[Request, Reply], None]


def response(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a whole response with a JSON body."""
    extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = (
        f"HTTP/1.1 {status} {_PHRASES.get(status, 'Status')}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n{extra}\r\n"
    )
    return head.encode("ascii") + body


_PHRASES = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 413: "Content Too Large"}


class Connection(asyncio.BufferedProtocol):
    """One client; requests are answered one after the other, each through the `reply` its handler was given."""

    def __init__(self, handler: Handler, open_connections: set["Connection"], *, max_body: int) -> None:
        self._handler = handler
        self._open = open_connections
        self._max_body = max_body
        # one buffer for all requests of a connection: a new one for each would cost more than reading it
        self._buffer = bytearray(ROOM)
        self._filled = 0
        self._body_at = 0  # where the body begins; 0 until the head was seen
        self._needed = 0  # octets of the whole request
        self._transport: asyncio.Transport | None = None
        self._busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget the client; a request that was read whole is still carried out."""
        self._transport = None
        self._open.discard(self)

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.abort()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        """Give the free end of the buffer, and make it longer when a request needs it."""
        if self._needed > len(self._buffer) or self._filled == len(self._buffer):
            self._buffer = self._buffer.ljust(max(self._needed, 2 * len(self._buffer)), b"\0")
        return memoryview(self._buffer)[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        """Hand a request on when it is complete."""
        self._filled += nbytes
        if not self._busy:
            self._go_on()

    def _go_on(self) -> None:
        if not self._body_at:
            self._look_for_head()
        if self._body_at and self._filled >= self._needed:
            self._take()

    def _look_for_head(self) -> None:
        end = self._buffer.find(_BLANK, 0, min(self._filled, MAX_HEAD))
        if end < 0:
            if self._filled >= MAX_HEAD:
                self._refuse(413)
            return
        head = bytes(memoryview(self._buffer)[: end + 2])
        length = _LENGTH.search(head)
        body = int(length[1]) if length else 0
        if body > self._max_body:
            self._refuse(413)
            return
        self._body_at = end + len(_BLANK)
        self._needed = self._body_at + body
        if b"100-continue" in head.lower() and self._transport:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _refuse(self, status: int) -> None:
        self._answer(Answer(data=response(status, b"{}"), close=True))

    def _take(self) -> None:
        view = memoryview(self._buffer)
        head, body = bytes(view[: self._body_at - len(_BLANK)]), bytes(view[self._body_at : self._needed])
        rest = bytes(view[self._needed : self._filled])
        view.release()
        self._buffer[: len(rest)] = rest
        self._filled, self._body_at, self._needed = len(rest), 0, 0
        self._busy = True
        request = _parse(head, body)
        if request is None:
            self._refuse(400)
        else:
            self._handler(request, self._answer)

    def _answer(self, answer: Answer) -> None:
        self._busy = False
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if answer.data:
            transport.write(answer.data)
        if answer.abrupt:
            _reset(transport)
        elif answer.close:
            transport.close()
        elif self._filled:
            self._go_on()


def _parse(head: bytes, body: bytes) -> Request | None:
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return None
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            return None
        headers[name.lower()] = value.strip()
    return Request(method=words[0], target=words[1], headers=headers, body=body)


def _reset(transport: asyncio.Transport) -> None:
    connection: socket.socket = transport.get_extra_info("socket")
    # without lingering, closing sends RST in place of FIN
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
