"""One link -> what is behind it: HEAD first, then GET where only the page itself can tell."""

import re
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpcore

from newsletter.errors import IngestError
from newsletter.models import LinkResult, LinkVerdict
from newsletter.web.connection import ask, headers_of, next_address, read_body
from newsletter.web.domain import registrable_domain
from newsletter.web.landing import decode_page, judge_page

NO_HOST = "there is no such host"

MAX_REDIRECTS = 10
MAX_BYTES = 200_000
"""Bytes of a page that are looked at; the title stands in front."""

_ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
_MEANT_TO_LEAD_ON = {"doi.org", "handle.net", "purl.org", "w3id.org", "n2t.net", "arks.org", "youtu.be", "spoti.fi"}
"""Names whose purpose is to lead to another site: identifiers that last, and short names of one site."""

_DOOR = re.compile(r"(?:consent|login|signin|accounts?|auth|sso|id|idp)\.", re.IGNORECASE)
_HTML = re.compile(r"text/html|application/xhtml", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a server said: where, whether it is a web page, the page as far as it was read, and where it leads on."""

    url: str
    status: int
    is_page: bool
    page: str = ""
    target: str = ""


def probe(url: str, *, allowed: frozenset[tuple[str, int]], deadline: float) -> LinkResult:
    """Say what is behind a link, until a moment of the monotonic clock; never raises for what a server does."""
    try:
        answer = _follow(url, allowed, deadline)
    except IngestError as exc:
        return _not_asked(url, exc)
    except httpcore.TimeoutException:
        return LinkResult(url=url, verdict=LinkVerdict.TIMEOUT, reason="there was no answer in time")
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as exc:
        return _broken(url, exc)
    verdict, reason = _judge(url, answer)
    return LinkResult(url=url, verdict=verdict, reason=reason, final=answer.url, status=answer.status)


def _follow(url: str, allowed: frozenset[tuple[str, int]], deadline: float) -> _Answer:
    """Follow the redirects; a server that does not like HEAD is asked with GET from there on."""
    current, method, left = url, "HEAD", MAX_REDIRECTS
    while True:
        try:
            answer = _ask(method, current, allowed, deadline)
        except (httpcore.ReadError, httpcore.WriteError, httpcore.ProtocolError, httpcore.ReadTimeout):
            if method == "GET" or time.monotonic() >= deadline:
                raise
            method = "GET"
            continue
        if answer.target and left:
            left -= 1
            current = answer.target
        elif method == "GET" or answer.target or (answer.status < 300 and not answer.is_page):
            return answer
        else:
            method = "GET"


def _ask(method: str, url: str, allowed: frozenset[tuple[str, int]], deadline: float) -> _Answer:
    if method == "HEAD":  # leaves half of the time for the GET behind it
        deadline = time.monotonic() + (deadline - time.monotonic()) / 2
    with ask(method, url, headers={"Accept": _ACCEPT}, allowed=allowed, deadline=deadline) as response:
        media = headers_of(response).get("content-type", "text/html")
        is_page, target = bool(_HTML.search(media)), next_address(url, response)
        page = _page(response, media) if is_page and method == "GET" and not target else ""
        return _Answer(url=url, status=response.status, is_page=is_page, page=page, target=target)


def _page(response: httpcore.Response, media: str) -> str:
    try:
        return decode_page(read_body(response, MAX_BYTES), media)
    except IngestError:  # packed in an unknown way: the status still tells something
        return ""


def _judge(url: str, answer: _Answer) -> tuple[LinkVerdict, str]:
    status = answer.status
    if status in {404, 410}:
        return LinkVerdict.DEAD, f"the server has no such page (status {status})"
    if 300 <= status < 400:
        return LinkVerdict.REFUSED, f"it leads on and on without the cookies of a browser (status {status})"
    if status >= 500 and status != 999:  # LinkedIn answers programs with 999
        return LinkVerdict.UNREACHABLE, f"the server failed (status {status})"
    if status >= 400:
        return LinkVerdict.REFUSED, f"the server does not answer programs (status {status})"
    return _judge_place(url, answer)


def _judge_place(url: str, answer: _Answer) -> tuple[LinkVerdict, str]:
    asked, final = (urlsplit(place).hostname or "" for place in (url, answer.url))
    if _DOOR.match(final) and not _DOOR.match(asked):
        return LinkVerdict.REFUSED, f"it asks for consent or a login first, at {final}"
    verdict, reason = judge_page(url, answer.url, answer.page)
    one = registrable_domain(asked)
    if verdict is LinkVerdict.OK and one not in _MEANT_TO_LEAD_ON and one != registrable_domain(final):
        return LinkVerdict.MOVED, f"it leads to {answer.url[:200]}"
    return verdict, reason


def _not_asked(url: str, exc: IngestError) -> LinkResult:
    cause = exc.__cause__
    if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN:
        return LinkResult(url=url, verdict=LinkVerdict.UNREACHABLE, reason="its name cannot be looked up at the moment")
    if isinstance(cause, OSError | UnicodeError):
        return LinkResult(url=url, verdict=LinkVerdict.DEAD, reason=NO_HOST)
    return LinkResult(url=url, verdict=LinkVerdict.SKIPPED, reason=exc.what)


def _broken(url: str, exc: Exception) -> LinkResult:
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return LinkResult(
                url=url, verdict=LinkVerdict.CERTIFICATE, reason=f"its certificate is not valid: {cause.verify_message}"
            )
        cause = cause.__cause__ or cause.__context__
    reason = str(exc).strip() or "the connection broke"
    return LinkResult(url=url, verdict=LinkVerdict.UNREACHABLE, reason=f"the connection failed: {reason}")
