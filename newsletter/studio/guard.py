"""Who may talk to the studio: this machine's browser with the token, and its own pages alone to change anything."""

import re
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer; a page with a policy of its own keeps that."""

USE_THE_LINK = "The studio opens only with its link: use the one that it printed in the terminal.\n"
CHANGES = ("/api/",)
"""Below which paths something can be changed; everything else is to look at."""

_PAGE = re.compile(r"/(?:issues/[a-z0-9-]+)?")
"""The pages that the link with the token can lead to."""

_TYPES = frozenset({"application/json", "application/octet-stream"})
"""What a change comes as: a browser asks the studio before it lets another page send these (Fetch §3.3.5)."""


class Guard:
    """ASGI middleware around the studio.

    The Host is checked against DNS rebinding, the token becomes a cookie of this port only, and nothing is answered to
    a page of another origin. A change has to come from the studio's own origin. There is no CORS header.
    """

    def __init__(self, app: ASGIApp, *, port: int, token: str) -> None:
        self._app = app
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._origins = {f"http://{host}" for host in self._hosts}
        # cookies know no ports (RFC 6265 §8.5), and two studios may run at once
        self._cookie = f"newsletter-studio-{port}"
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is not let in, and put the headers on what is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._refuse(scope) or self._welcome(scope) or self._app
        await answer(scope, receive, send_with_headers)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("The studio answers to 127.0.0.1 and localhost only.\n", 403)
        changing = scope["method"] == "POST" and scope["path"].startswith(CHANGES)
        if scope["method"] not in {"GET", "HEAD"} and not changing:
            return PlainTextResponse("Nothing can be changed here.\n", 405, {"Allow": "GET, HEAD"})
        if _foreign(headers, opening=not changing) or (changing and headers.get("origin") not in self._origins):
            return PlainTextResponse("Another web page may not use the studio.\n", 403)
        if changing and headers.get("content-type", "").partition(";")[0].strip() not in _TYPES:
            return PlainTextResponse("A change comes as JSON or as a file's bytes.\n", 415)
        return None

    def _welcome(self, scope: Scope) -> Response | None:
        """Turn a token in the address into a cookie; refuse what has neither."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        if given and _PAGE.fullmatch(scope["path"]):
            if not self._is_token(given[0]):
                return PlainTextResponse(USE_THE_LINK, 403)
            answer = RedirectResponse(scope["path"], 303)
            answer.set_cookie(self._cookie, self._token, path="/", httponly=True, samesite="strict")
            return answer
        if self._is_token(_cookie(Headers(scope=scope), self._cookie)):
            return None
        return PlainTextResponse(USE_THE_LINK, 403)

    def _is_token(self, text: str) -> bool:
        return secrets.compare_digest(text.encode("utf-8", "replace"), self._token.encode())


def _foreign(headers: Headers, *, opening: bool) -> bool:
    """Say whether a page of another origin asks (Fetch Metadata); a link on it that opens the studio is no asking."""
    opened = opening and headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return headers.get("sec-fetch-site", "none") not in {"same-origin", "none"} and not opened


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie("; ".join(headers.getlist("cookie"))).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
