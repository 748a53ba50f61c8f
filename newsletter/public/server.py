"""The pages under uvicorn: one address for a reverse proxy, another for whoever watches, one JSON line a request."""

import asyncio
import datetime as dt
import errno
import json
import logging
import socket
import threading
from contextlib import ExitStack
from typing import TextIO

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from newsletter.errors import UsageError
from newsletter.public.app import PublicApp
from newsletter.public.metrics import make_health_app

HEAD_SECONDS = 10.0
"""How long the head of a request may take to come in."""
CONNECTIONS = 500
"""Requests in flight at most; more are told to come again (503)."""
FIELDS = ("route", "method", "status", "milliseconds", "reason", "place", "outcome")


class JsonLines(logging.Formatter):
    """One JSON object a line, of fields that name no person."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record down."""
        values = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **{name: getattr(record, name) for name in FIELDS if hasattr(record, name)},
        }
        return json.dumps(values)


class PatientProtocol(H11Protocol):
    """Hangs up on who opens a connection and does not say what for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the head of the first request."""
        super().connection_made(transport)
        self.loop.call_later(HEAD_SECONDS, self._lose_patience)

    def _lose_patience(self) -> None:
        asked: object = self.cycle  # declared as if it were always there
        if asked is None:
            self.transport.close()


class PublicServer:
    """An app bound to a port, not yet served; port 0 is a free one.

    Without `health_port` there is no health endpoint. Raises UsageError for a port that cannot be had.
    """

    def __init__(self, app: PublicApp, *, host: str, port: int, health_port: int | None) -> None:
        with ExitStack() as stack:
            self._socket = stack.enter_context(_bind(host, port))
            self._health_socket = None
            if health_port is not None:
                self._health_socket = stack.enter_context(_bind("127.0.0.1", health_port))
            stack.pop_all()
        self.app = app
        self.port: int = self._socket.getsockname()[1]
        self.health_port: int = self._health_socket.getsockname()[1] if self._health_socket else 0
        self._server = _server(app, http=PatientProtocol)
        self._health = _server(make_health_app(app.site.metrics, app.probe), http="h11")

    def run(self) -> None:
        """Serve until SIGTERM, Ctrl-C (which still ends in KeyboardInterrupt) or `stop`; requests in flight end."""
        watched = None
        if self._health_socket is not None:
            watched = threading.Thread(target=self._health.run, args=[[self._health_socket]], name="health")
            watched.start()
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
            if watched is not None and self._health_socket is not None:
                self._health.should_exit = True
                watched.join(timeout=5)
                self._health_socket.close()

    def stop(self) -> None:
        """End `run` from another thread."""
        self._server.should_exit = True


def log_to(stream: TextIO) -> None:
    """Let the pages write their log, one JSON object a line."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("newsletter.public")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


def _server(app: object, *, http: object) -> uvicorn.Server:
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        loop="asyncio",
        http=http,  # type: ignore[arg-type]
        ws="none",
        lifespan="auto",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        # who the visitor is behind a proxy is decided by `limits.client_of`
        proxy_headers=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OSError as exc:
        bound.close()
        taken = exc.errno == errno.EADDRINUSE
        raise UsageError(
            f"port {port} is in use"
            if taken
            else f"{host}:{port} cannot be used: {(exc.strerror or str(exc)).lower()}",
            remedy="Choose another one with --port or --health-port.",
        ) from exc
    return bound
