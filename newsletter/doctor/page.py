"""The unsubscribe page asked as a mailbox provider and as a mail scanner would, for a subscription nobody has."""

import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

import newsletter
from newsletter.doctor.base import Once
from newsletter.doctor.names import Names
from newsletter.errors import ExaminationError

E = TypeVar("E", bound=BaseException)

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 5.0, 10.0, 20.0
MAX_BYTES = 256 * 1024
ONE_CLICK: Mapping[str, str] = {"List-Unsubscribe": "One-Click"}

NOBODY = b"newsletter-nobod"
"""The 16 bytes of the subscription that is asked for: real ones are random, and so nobody is unsubscribed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the page answered."""

    status: int
    location: str
    body: str


class Page:
    """The unsubscribe page of one link; every question raises ExaminationError when there is no answer."""

    def __init__(self, url: str, names: Names) -> None:
        self.url = url
        self._names = names
        self.post = Once(lambda: self._ask("POST", data=dict(ONE_CLICK)))
        self.post_form = Once(
            # a file part without a name is how httpx is told to write multipart/form-data
            lambda: self._ask("POST", files={name: (None, value) for name, value in ONE_CLICK.items()})
        )
        self.get = Once(lambda: self._ask("GET"))
        self._trouble: ExaminationError | None = None

    def _ask(
        self,
        method: str,
        *,
        data: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[None, str]] | None = None,
    ) -> Answer:
        if self._trouble is not None:
            raise self._trouble
        deadline = time.monotonic() + ALL_SECONDS
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        headers = {"User-Agent": f"newsletter-doctor/{newsletter.__version__}"}
        try:
            with (
                httpx.Client(timeout=timeout, headers=headers, follow_redirects=False) as client,
                client.stream(method, self.url, data=data, files=files) as response,
            ):
                body = b""
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MAX_BYTES or time.monotonic() > deadline:
                        break
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            if _cause(exc, socket.gaierror) is not None:
                self._names.world()
            trouble = _explain(exc, self.url)
            if isinstance(exc, httpx.ConnectError | httpx.TimeoutException | httpx.ProxyError):
                self._trouble = trouble
            raise trouble from exc
        return Answer(
            status=response.status_code,
            location=response.headers.get("location", ""),
            body=body[:MAX_BYTES].decode("utf-8", "replace"),
        )


def _explain(error: Exception, url: str) -> ExaminationError:
    """Say what kept the page from answering, and whether that is the page's fault or may be this machine's."""
    host = httpx.URL(url).host
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) and (proxy := _proxy(url)):
        return ExaminationError(
            f"the proxy {proxy} cannot be reached", remedy="Check the variable HTTPS_PROXY, or unset it."
        )
    certificate = _cause(error, ssl.SSLCertVerificationError)
    if certificate is not None:
        return ExaminationError(
            f"the certificate of {host} is not trusted: {certificate.verify_message}",
            remedy="Renew it; mailbox providers refuse to unsubscribe through such a page.",
            hinders=True,
        )
    if _cause(error, ConnectionRefusedError) is not None:
        return ExaminationError(
            f"{host} refuses connections", remedy="Start the web server that public.base_url names.", hinders=True
        )
    look_up = _cause(error, socket.gaierror)
    if look_up is not None and look_up.errno == socket.EAI_NONAME:
        return ExaminationError(
            f"there is no host {host}", remedy="Mend public.base_url in newsletter.toml or the DNS.", hinders=True
        )
    if isinstance(error, httpx.TimeoutException):
        return ExaminationError(
            f"{host} does not answer within {READ_SECONDS:g} s", remedy="Look at the web server; try again."
        )
    return ExaminationError(
        f"{host} cannot be asked: {error}", remedy="Check the network and, behind a proxy, the variable HTTPS_PROXY."
    )


def _proxy(url: str) -> str:
    """Return the proxy of the environment that a request goes through, without a password; "" without one."""
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return ""
    return getproxies().get(parts.scheme, "").rpartition("@")[2]


def _cause(error: BaseException, kind: type[E]) -> E | None:
    """Return the nearest cause of a kind; httpx wraps what the socket said twice."""
    current: BaseException | None = error
    while current is not None:
        if isinstance(current, kind):
            return current
        current = current.__cause__ or current.__context__
    return None
