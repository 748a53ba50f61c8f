"""`SendEmail` as boto3's client would post it, without what the client does anew for every call.

Of boto3 and botocore come the credentials (refreshed ones too), the region, the endpoint, every header, and what an
error means. Left out are the check of parameters against the service model, the event system, and urllib3: together
three quarters of the time of a call. At the start the client is asked for one request, which it does not send, and the
lean one must come out the same, signature included; where it does not, or where a proxy stands between, the client
posts every message itself.
"""

import datetime as dt
import hashlib
import hmac
import json
import ssl
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore import exceptions as aws
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from botocore.httpsession import get_cert_path
from botocore.parsers import create_parser
from botocore.session import Session
from botocore.utils import get_environ_proxies

from newsletter.transports.ses.connection import Connection, Route

_EVENT = "before-send.sesv2.SendEmail"
_NEVER_SIGNED = {"user-agent", "authorization", "amz-sdk-invocation-id", "amz-sdk-request", "content-length"}
_PER_REQUEST = {"x-amz-date", "x-amz-security-token", "authorization", "amz-sdk-invocation-id", "content-length"}
_SAMPLE: Mapping[str, Any] = {
    "FromEmailAddress": "sample@example.com",
    "Destination": {"ToAddresses": ["sample@example.com"]},
    "Content": {"Raw": {"Data": b""}},
    "EmailTags": [{"Name": "attempt", "Value": "sample"}],
}


def now() -> dt.datetime:
    """Read the wall clock, which every signature names."""
    return dt.datetime.now(dt.UTC)


def open_lean(
    client: Any, session: Session, credentials: Any, *, connect_timeout: float, read_timeout: float
) -> tuple["LeanClient | None", str]:
    """Return a lean client that posts what `client` would, and ""; or None, and why there is none."""
    url = client.meta.endpoint_url
    if get_environ_proxies(url):
        return None, "a proxy stands between"
    sample = _capture(client)
    parts = urlsplit(sample.url)
    if parts.query or parts.scheme not in {"http", "https"} or not parts.hostname:
        return None, f"the endpoint {sample.url} has an unusual form"
    tls = _trusting(session.get_config_variable("ca_bundle")) if parts.scheme == "https" else None
    route = Route(
        url=sample.url,
        host=parts.hostname,
        port=parts.port or (443 if tls else 80),
        tls=tls,
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
    )
    lean = LeanClient(client, credentials, sample, route)
    if not lean.agrees_with(sample):
        return None, "this version or configuration of boto3 signs in another way"
    return lean, ""


def _trusting(bundle: str | None) -> ssl.SSLContext:
    """Return a context that trusts the authorities that boto3 trusts, or those of AWS_CA_BUNDLE."""
    path = bundle or str(get_cert_path(True))
    folder = Path(path).is_dir()
    return ssl.create_default_context(cafile=None if folder else path, capath=path if folder else None)


def _capture(client: Any) -> AWSPreparedRequest:
    """Let the client put a request together and sign it, and keep it from being sent."""
    seen: list[AWSPreparedRequest] = []

    def keep(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        seen.append(request)
        return AWSResponse(request.url, 200, HTTPHeaders(), _Nothing())

    client.meta.events.register(_EVENT, keep)
    try:
        client.send_email(**_SAMPLE)
    finally:
        client.meta.events.unregister(_EVENT, keep)
    return seen[0]


class _Nothing:
    """The body of an answer that never came."""

    @staticmethod
    def stream() -> list[bytes]:
        return [b"{}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _SigningKey:
    """The key of one day, derived from one secret."""

    secret: str
    day: str
    key: bytes


class LeanClient:
    """Posts `SendEmail` for one endpoint; safe to share between threads, each with a connection of its own."""

    def __init__(self, client: Any, credentials: Any, sample: AWSPreparedRequest, route: Route) -> None:
        self._credentials = credentials
        self._route = route
        self._region: str = client.meta.region_name
        self._shape = client.meta.service_model.operation_model("SendEmail").output_shape
        self._parser = create_parser("rest-json")
        parts = urlsplit(sample.url)
        self._path = parts.path
        self._host = parts.netloc.rpartition("@")[2]
        headers = {name: _text(value) for name, value in sample.headers.items()}
        self._fixed = {name: value for name, value in headers.items() if name.lower() not in _PER_REQUEST}
        signed = {name.lower() for name in self._fixed} - _NEVER_SIGNED | {"host", "x-amz-date"}
        self._values = {name.lower(): " ".join(value.split()) for name, value in self._fixed.items()}
        self._names = sorted(signed)
        self._head = "".join(
            [
                f"POST {self._path} HTTP/1.1\r\nHost: {self._host}\r\nAccept-Encoding: identity\r\n",
                *(f"{name}: {value}\r\n" for name, value in self._fixed.items()),
            ]
        )
        self._key = _SigningKey(secret="", day="", key=b"")
        self._here = threading.local()
        self._open: set[Connection] = set()
        self._lock = threading.Lock()

    def send_email(self, request: Mapping[str, Any], message: bytes) -> Mapping[str, Any]:
        """Post a request, whose `Data` is put in from `message`, base64 already; return SES's answer.

        One HTTP request, never a second one. Raises what botocore's client would: ClientError for an answer that is an
        error, the classes of botocore.exceptions for a connection that failed.
        """
        body = _body(request, message)
        stamp = now().strftime("%Y%m%dT%H%M%SZ")
        credentials = self._credentials.get_frozen_credentials()
        head = self._head_for(body, credentials, stamp, str(uuid.uuid4()))
        connection: Connection | None = getattr(self._here, "connection", None)
        if connection is None or not connection.usable():
            connection = self._connect(connection)
        try:
            status, headers, answer = connection.exchange(head, body)
        except BaseException:
            self._drop(connection)
            raise
        if not connection.usable():
            self._drop(connection)
        return self._read(status, headers, answer)

    def agrees_with(self, sample: AWSPreparedRequest) -> bool:
        """Whether a request of the client comes out the same here: body, headers and signature."""
        body = _body(_SAMPLE, b"")
        if body != sample.body:
            return False
        theirs = {name.lower(): _text(value) for name, value in sample.headers.items()}
        stamp, credentials = theirs.get("x-amz-date", ""), self._credentials.get_frozen_credentials()
        head = self._head_for(body, credentials, stamp, theirs.get("amz-sdk-invocation-id", ""))
        lines = [line.split(": ", 1) for line in head.decode("ascii").split("\r\n")[1:] if line]
        ours = {name.lower(): value for name, value in lines}
        return {**theirs, "host": self._host, "accept-encoding": "identity"} == ours

    def close(self) -> None:
        """Close every connection; no thread may be sending any more."""
        with self._lock:
            connections, self._open = self._open, set()
        self._here = threading.local()
        for connection in connections:
            connection.close()

    def _head_for(self, body: bytes, credentials: Credentials, stamp: str, invocation: str) -> bytes:
        """Return the header section: Signature Version 4 as botocore.auth.SigV4Auth makes it."""
        names = self._names
        values = {**self._values, "host": self._host, "x-amz-date": stamp}
        token = ""
        if credentials.token:
            names = sorted([*names, "x-amz-security-token"])
            values["x-amz-security-token"] = credentials.token
            token = f"X-Amz-Security-Token: {credentials.token}\r\n"
        listed = ";".join(names)
        signed = "".join(f"{name}:{values[name]}\n" for name in names)
        canonical = f"POST\n{self._path}\n\n{signed}\n{listed}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{stamp[:8]}/{self._region}/ses/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.digest(self._signing_key(credentials.secret_key, scope), text.encode(), "sha256").hex()
        return (
            f"{self._head}X-Amz-Date: {stamp}\r\n{token}"
            f"Authorization: AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
            f"SignedHeaders={listed}, Signature={signature}\r\n"
            f"amz-sdk-invocation-id: {invocation}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode("ascii")

    def _signing_key(self, secret: str, scope: str) -> bytes:
        day = scope[:8]
        cached = self._key
        if (cached.secret, cached.day) != (secret, day):
            key = f"AWS4{secret}".encode()
            for part in scope.split("/"):
                key = hmac.digest(key, part.encode(), "sha256")
            # one assignment: another thread sees the old key or the new one, both whole
            cached = self._key = _SigningKey(secret=secret, day=day, key=key)
        return cached.key

    def _connect(self, old: Connection | None) -> Connection:
        if old:
            self._drop(old)
        connection = Connection(self._route)
        self._here.connection = connection
        with self._lock:
            self._open.add(connection)
        return connection

    def _drop(self, connection: Connection) -> None:
        self._here.connection = None
        with self._lock:
            self._open.discard(connection)
        connection.close()

    def _read(self, status: int, headers: Mapping[str, str], body: bytes) -> Mapping[str, Any]:
        response = {
            "status_code": status,
            "headers": HTTPHeaders.from_dict(headers),
            "body": body,
            "context": {"operation_name": "SendEmail"},
        }
        parsed: Any = self._parser.parse(response, self._shape)
        if status >= 300:
            raise aws.ClientError(parsed, "SendEmail")
        return parsed  # type: ignore[no-any-return]


def _body(request: Mapping[str, Any], message: bytes) -> bytes:
    """Return the JSON as botocore writes it, the message put in without being looked at: base64 needs no escapes."""
    before, mark, after = json.dumps({**request, "Content": {"Raw": {"Data": ""}}}).partition('{"Raw": {"Data": "')
    return b"".join((before.encode("ascii"), mark.encode("ascii"), message, after.encode("ascii")))


def _text(value: bytes | str) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else value
