"""Real servers for the transports: scripted HTTP and SMTP ones that fail on purpose, moto's SES, aiosmtpd."""

import contextlib
import datetime as dt
import ipaddress
import json
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Answer = Callable[[BaseHTTPRequestHandler], None]


class ScriptedHTTPServer(ThreadingHTTPServer):
    """Answers each request with the next entry of `script`, the last one again and again; keeps what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Scripted)
        self.script: list[Answer] = []
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: connections are broken here on purpose."""


class _Scripted(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScriptedHTTPServer

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests.append((self.command, self.path, json.loads(body or b"{}")))
        script = self.server.script
        (script.pop(0) if len(script) > 1 else script[0])(self)

    do_GET = do_POST = _answer  # noqa: N815 - names of http.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name of http.server
        pass


class ScriptedSMTPServer(socketserver.ThreadingTCPServer):
    """Speaks SMTP, but answers as `replies` say, by verb; "." is the end of the message, "" the greeting.

    A reply of "hang up" closes the connection, "wait" answers nothing until the test is over.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SMTPDialogue)
        self.replies: dict[str, str | list[str]] = {}
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self.released = threading.Event()

    def reply(self, verb: str, usual: str) -> str:
        found = self.replies.get(verb, usual)
        if isinstance(found, list):
            return found.pop(0) if found else usual
        return found


class _SMTPDialogue(socketserver.StreamRequestHandler):
    server: ScriptedSMTPServer

    def handle(self) -> None:
        if not self.say("", "220 ready"):
            return
        while line := self.rfile.readline():
            verb = line.split()[0].decode("ascii").upper()
            self.server.commands.append(verb)
            usual = {"EHLO": "250 here", "DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 fine")
            if not self.say(verb, usual) or verb == "QUIT":
                return
            if verb == "DATA" and self.server.replies.get("DATA", "354").startswith("354"):  # type: ignore[union-attr]
                message = b""
                while not message.endswith(b"\r\n.\r\n"):
                    message += self.rfile.readline()
                self.server.messages.append(message)
                if not self.say(".", "250 taken"):
                    return

    def say(self, verb: str, usual: str) -> bool:
        reply = self.server.reply(verb, usual)
        if reply == "wait":
            self.server.released.wait(10)
        if reply in {"hang up", "wait"}:
            return False
        self.wfile.write(reply.encode("ascii") + b"\r\n")
        return not reply.startswith("421")


@contextlib.contextmanager
def running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def http_server() -> Iterator[ScriptedHTTPServer]:
    server = ScriptedHTTPServer()
    with running(server):
        yield server
        server.released.set()


@pytest.fixture
def smtp_server() -> Iterator[ScriptedSMTPServer]:
    server = ScriptedSMTPServer()
    with running(server):
        yield server
        server.released.set()


@pytest.fixture
def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Give boto3 credentials of its own and keep it away from this machine's configuration and proxies."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, length: int, kind: str = "") -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(length))
    if kind:
        handler.send_header("x-amzn-ErrorType", kind)
    handler.end_headers()
    handler.wfile.write(body)


class Answers:
    """What a scripted HTTP server can do with a request it has read."""

    @staticmethod
    def accepted(identifier: str = "0100-accepted") -> Answer:
        body = json.dumps({"MessageId": identifier}).encode()
        return lambda handler: _send(handler, 200, body, len(body))

    @staticmethod
    def error(status: int, code: str, message: str) -> Answer:
        body = json.dumps({"message": message}).encode()
        return lambda handler: _send(handler, status, body, len(body), code)

    @staticmethod
    def raw(status: int, body: bytes) -> Answer:
        return lambda handler: _send(handler, status, body, len(body))

    @staticmethod
    def truncated(handler: BaseHTTPRequestHandler) -> None:
        _send(handler, 200, b'{"MessageId": "01', 100)
        handler.close_connection = True

    @staticmethod
    def hang(handler: BaseHTTPRequestHandler) -> None:
        server = handler.server
        assert isinstance(server, ScriptedHTTPServer)
        server.released.wait(10)
        handler.close_connection = True

    @staticmethod
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    @staticmethod
    def reset(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        handler.close_connection = True


@pytest.fixture
def answers() -> type[Answers]:
    return Answers


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path
