"""What stands between the internet and the pages: host, size, time, headers, one line of log without a person in it."""

import logging
import time
import traceback
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.public.metrics import Metrics

MOST_BODY = 64 * 1024
"""Bytes of a request's body; the longest form has a few hundred."""
BODY_SECONDS = 10.0
"""How long a body may take to come in."""
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    # the tokens are in the addresses: nobody else may hear of them
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""On every answer; one that sets its own keeps that."""
ROUTES = frozenset({"", "subscribe", "u", "p", "c", "i", "api", "style.css"})

_log = logging.getLogger("newsletter.public")


class Guard:
    """ASGI middleware around the pages.

    Only requests for the host of `base_url` get in; links in pages and mails are made of `base_url` alone, never of
    what a request says. A path in `base_url` is taken away, whether a proxy has done so before or not.
    """

    def __init__(self, app: ASGIApp, *, base_url: str, metrics: Metrics, body_seconds: float = BODY_SECONDS) -> None:
        parts = urlsplit(base_url)
        self._app = app
        self._metrics = metrics
        self._body_seconds = body_seconds
        self._secure = parts.scheme == "https"
        self._prefix = parts.path.rstrip("/")
        default = 443 if self._secure else 80
        host = (parts.hostname or "").lower()
        host = f"[{host}]" if ":" in host else host
        port = parts.port or default
        self._hosts = {f"{host}:{port}", *([host] if port == default else [])}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is not let in, and put the headers on what is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = self._without_prefix(scope)
        start = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if self._secure:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        try:
            answer = self._refuse(scope) or await self._let_in(scope, receive)
            if isinstance(answer, Response):
                await answer(scope, receive, send_with_headers)
            else:
                await self._app(scope, answer, send_with_headers)
        except Exception as exc:
            # the message may name a person; the class and the line do not
            last = traceback.extract_tb(exc.__traceback__)[-1]
            place = f"{last.filename}:{last.lineno}"
            _log.error("failed", extra={"reason": type(exc).__name__, "place": place})
            raise
        finally:
            self._tell(scope, status, time.perf_counter() - start)

    def _without_prefix(self, scope: Scope) -> Scope:
        path = scope["path"]
        if self._prefix and (path + "/").startswith(f"{self._prefix}/"):
            return {**scope, "path": path[len(self._prefix) :] or "/"}
        return scope

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("These pages do not answer to this host: see public.base_url.\n", 421)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BODY:
            return PlainTextResponse("This is too long.\n", 413, {"Connection": "close"})
        return None

    async def _let_in(self, scope: Scope, receive: Receive) -> Receive | Response:
        """Read the whole body, within bounds, before anything is done."""
        if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            return receive
        body = b""
        with anyio.move_on_after(self._body_seconds) as patience:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return PlainTextResponse("", 400)
                body += message.get("body", b"")
                if len(body) > MOST_BODY:
                    return PlainTextResponse("This is too long.\n", 413, {"Connection": "close"})
                if not message.get("more_body", False):
                    break
        if patience.cancelled_caught:
            return PlainTextResponse("This took too long.\n", 408, {"Connection": "close"})
        first = True

        async def replay() -> Message:
            nonlocal first
            if first:
                first = False
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        return replay

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        """Count and log an answer; of the path only its first part, for the second may be a token."""
        first, _, rest = scope["path"].lstrip("/").partition("/")
        route = f"/{first}{'/*' if rest else ''}" if first in ROUTES else "other"
        method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST", "OPTIONS"} else "other"
        self._metrics.requests.labels(route, method, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        values = {"route": route, "method": method, "status": status, "milliseconds": round(seconds * 1000, 1)}
        _log.info("answered", extra=values)
