"""The lean path of the SES transport puts on the wire what boto3's client puts there, or steps back where it cannot."""

import base64
import datetime as dt
import json
import ssl
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import botocore.auth
import pytest

from newsletter.config import SesSettings
from newsletter.models import Envelope, OutcomeKind
from newsletter.rehearsal.standin import SesStandIn, StandInSettings
from newsletter.transports import ses
from newsletter.transports.ses import SesTransport, lean

MESSAGE = b"From: news@example.com\r\nSubject: x\r\n\r\nHello \xe9\r\n"
NOW = dt.datetime(2026, 11, 27, 7, 0, 0, tzinfo=dt.UTC)


class Seen(NamedTuple):
    line: str
    headers: dict[str, str]
    body: bytes
    connection: int


class Recorder(ThreadingHTTPServer):
    """Keeps every request whole, and which connection it came on; answers with `answer`."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: connections are broken here on purpose."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Recording)
        self.seen: list[Seen] = []
        self.answer = b'HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"MessageId":"m1"}'
        self.hang_up = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Recording(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Recorder

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        port = self.client_address[1]
        self.server.seen.append(Seen(self.requestline, dict(self.headers.items()), body, port))
        self.wfile.write(self.server.answer)
        self.close_connection = self.server.hang_up

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name of http.server
        pass


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    from threading import Thread

    server = Recorder()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_ses(recorder: Recorder, aws: pytest.MonkeyPatch) -> Iterator[Callable[..., SesTransport]]:
    opened: list[SesTransport] = []

    def open_it(**settings: str) -> SesTransport:
        opened.append(SesTransport(SesSettings(**{"endpoint_url": recorder.url, **settings}), concurrency=2))
        return opened[-1]

    yield open_it
    for transport in opened:
        transport.close()


def post_by_client(transport: SesTransport) -> None:
    assert transport._lean
    transport._lean.close()
    transport._lean = None


def envelope(**changes: Any) -> Envelope:
    usual = {
        "sender": "news@example.com",
        "recipient": "ada@example.com",
        "message": MESSAGE,
        "attempt_id": "a1",
        "tags": {"attempt": "a1", "issue": "clouds"},
    }
    return Envelope(**{**usual, **changes})


CASES: list[tuple[dict[str, str], dict[str, Any], dict[str, str]]] = [
    ({}, {}, {}),
    ({"configuration_set": "weekly-set_1"}, {}, {}),
    ({}, {"tags": {}}, {}),
    ({}, {"recipient": 'o\'brien+"quoted\\back"/ü%41@example.com'}, {}),
    ({}, {"sender": "Wöchentlich <news@example.com>"}, {}),
    ({}, {"message": b"\x00\xff" * 5_000}, {}),
    ({"region": "eu-central-1"}, {}, {}),
    ({}, {}, {"AWS_SESSION_TOKEN": "a/token+with=signs=="}),
    ({}, {}, {"AWS_MAX_ATTEMPTS": "5", "AWS_RETRY_MODE": "legacy"}),
    ({}, {}, {"AWS_MAX_ATTEMPTS": "5", "AWS_RETRY_MODE": "adaptive"}),
    ({}, {}, {"AWS_SDK_UA_APP_ID": "weekly"}),
]


@pytest.mark.parametrize(("settings", "changes", "environ"), CASES)
def test_the_same_request_is_on_the_wire(
    settings: dict[str, str],
    changes: dict[str, Any],
    environ: dict[str, str],
    recorder: Recorder,
    open_ses: Callable[..., SesTransport],
    aws: pytest.MonkeyPatch,
) -> None:
    for name, value in environ.items():
        aws.setenv(name, value)
    aws.setattr(botocore.auth, "get_current_datetime", lambda: NOW)
    aws.setattr(lean, "now", lambda: NOW)
    transport = open_ses(**settings)
    assert transport.slow_because == ""
    assert transport.send(envelope(**changes)).message_id == "m1"
    post_by_client(transport)
    assert transport.send(envelope(**changes)).message_id == "m1"
    ours, theirs = recorder.seen
    assert (ours.line, ours.body) == (theirs.line, theirs.body)
    assert ours.headers.pop("amz-sdk-invocation-id") != theirs.headers.pop("amz-sdk-invocation-id")
    assert ours.headers == theirs.headers
    assert ours.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261127/")


def test_base64_that_was_made_before_is_sent_as_it_is(
    recorder: Recorder, open_ses: Callable[..., SesTransport]
) -> None:
    transport = open_ses()
    encoded = base64.b64encode(MESSAGE)
    assert transport.send(envelope(message=b"", base64=encoded)).kind is OutcomeKind.ACCEPTED
    post_by_client(transport)
    assert transport.send(envelope(message=b"", base64=encoded)).kind is OutcomeKind.ACCEPTED
    assert [json.loads(each.body)["Content"]["Raw"]["Data"].encode() for each in recorder.seen] == [encoded] * 2


def test_an_independent_receiver_finds_the_signature_right(tmp_path: Path, aws: pytest.MonkeyPatch) -> None:
    with SesStandIn(StandInSettings(log=tmp_path / "log.jsonl", secret="secret")) as standin:
        transport = SesTransport(SesSettings(endpoint_url=standin.url), concurrency=1)
        assert [transport.send(envelope()).kind for _ in range(3)] == [OutcomeKind.ACCEPTED] * 3
        transport.close()


def test_messages_follow_each_other_on_one_connection(
    recorder: Recorder, open_ses: Callable[..., SesTransport]
) -> None:
    transport = open_ses()
    assert [transport.send(envelope()).kind for _ in range(3)] == [OutcomeKind.ACCEPTED] * 3
    assert len({each.connection for each in recorder.seen}) == 1


def test_a_connection_that_was_closed_in_a_pause_is_opened_again(
    recorder: Recorder, open_ses: Callable[..., SesTransport]
) -> None:
    recorder.hang_up = True
    transport = open_ses()
    for _ in range(3):
        assert transport.send(envelope()).kind is OutcomeKind.ACCEPTED
        deadline = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5)
        connection = transport._lean._here.connection if transport._lean else None
        while connection and connection.usable():
            assert dt.datetime.now(dt.UTC) < deadline
    assert len({each.connection for each in recorder.seen}) == 3


@pytest.mark.parametrize(
    "answer",
    [
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"Mes\r\nd\r\nsageId":"m1"}\r\n0\r\n\r\n',
        b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"MessageId":"m1"}',
        b'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 18\r\n\r\n{"MessageId":"m1"}',
    ],
)
def test_answers_of_every_form_are_read_and_the_next_one_too(
    answer: bytes, recorder: Recorder, open_ses: Callable[..., SesTransport]
) -> None:
    recorder.answer = answer
    transport = open_ses()
    assert [transport.send(envelope()).message_id for _ in range(2)] == ["m1", "m1"]


@pytest.mark.parametrize(
    "answer", [b"ICY 200 OK\r\n\r\n", b"HTTP/1.1 two\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"]
)
def test_what_is_no_http_is_ambiguous(answer: bytes, recorder: Recorder, open_ses: Callable[..., SesTransport]) -> None:
    recorder.answer, recorder.hang_up = answer, True
    assert open_ses().send(envelope()).kind is OutcomeKind.AMBIGUOUS
    assert len(recorder.seen) == 1


def test_credentials_that_were_renewed_sign_the_next_message(
    recorder: Recorder, open_ses: Callable[..., SesTransport]
) -> None:
    transport = open_ses()
    transport.send(envelope())
    credentials: Any = transport._lean._credentials if transport._lean else None
    credentials.access_key, credentials.secret_key, credentials.token = "AKIDNEW", "other", "token"
    transport.send(envelope())
    old, new = (each.headers for each in recorder.seen)
    assert "Credential=AKIDEXAMPLE/" in old["Authorization"]
    assert "Credential=AKIDNEW/" in new["Authorization"]
    assert ("X-Amz-Security-Token" in old, new["X-Amz-Security-Token"]) == (False, "token")


def test_behind_a_proxy_the_client_posts_and_says_so(
    recorder: Recorder, open_ses: Callable[..., SesTransport], aws: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        aws.delenv(name, raising=False)
    aws.setenv("HTTP_PROXY", recorder.url)
    transport = open_ses(endpoint_url="http://ses.example.com")
    assert transport.slow_because == "a proxy stands between"
    assert transport.send(envelope()).kind is OutcomeKind.ACCEPTED
    assert recorder.seen[0].line == "POST http://ses.example.com/v2/email/outbound-emails HTTP/1.1"


@pytest.mark.parametrize("trusted", [True, False])
def test_over_tls_the_configured_authorities_are_trusted_and_no_others(
    recorder: Recorder,
    open_ses: Callable[..., SesTransport],
    certificate: Path,
    aws: pytest.MonkeyPatch,
    *,
    trusted: bool,
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    recorder.socket = context.wrap_socket(recorder.socket, server_side=True)
    aws.delenv("AWS_CA_BUNDLE", raising=False)
    if trusted:
        aws.setenv("AWS_CA_BUNDLE", str(certificate))
    transport = open_ses(endpoint_url=recorder.url.replace("http:", "https:"))
    assert transport.slow_because == ""
    outcomes = [transport.send(envelope()) for _ in range(2)]
    assert [outcome.message_id for outcome in outcomes] == (["m1", "m1"] if trusted else ["", ""])
    assert [outcome.code for outcome in outcomes] == (["", ""] if trusted else ["SSLError", "SSLError"])
    assert len(recorder.seen) == (2 if trusted else 0)


def test_where_boto3_signs_in_another_way_the_client_posts_and_says_so(
    recorder: Recorder, open_ses: Callable[..., SesTransport], aws: pytest.MonkeyPatch
) -> None:
    def signature(self: Any, string_to_sign: str, request: Any) -> str:
        return "0" * 64

    aws.setattr(botocore.auth.SigV4Auth, "signature", signature)
    transport = open_ses()
    assert transport.slow_because == "this version or configuration of boto3 signs in another way"
    assert transport.send(envelope()).kind is OutcomeKind.ACCEPTED
    assert recorder.seen[0].headers["Authorization"].endswith("Signature=" + "0" * 64)


def test_opening_sends_nothing(recorder: Recorder, open_ses: Callable[..., SesTransport]) -> None:
    assert open_ses().slow_because == ""
    assert recorder.seen == []
    assert ses.READ_TIMEOUT == 60
