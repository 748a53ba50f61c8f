"""Real servers for the doctor: an SES that says what a test wants, a name server, unsubscribe pages good and bad."""

import contextlib
import datetime as dt
import json
import shutil
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from moto.server import ThreadedMotoServer

from newsletter.doctor.base import Diagnosis
from newsletter.doctor.names import Names
from newsletter.doctor.patient import Patient
from newsletter.doctor.registry import ITEMS, examine
from newsletter.project import Project
from newsletter.store.database import open_database
from newsletter.store.importing import NewSubscriber
from newsletter.store.subscribers import Subscribers

REPOSITORY = Path(__file__).parents[2]
TOKENS = ("aaa", "bbb", "ccc")
ACCOUNT: dict[str, Any] = {
    "ProductionAccessEnabled": True,
    "SendingEnabled": True,
    "EnforcementStatus": "HEALTHY",
    "SendQuota": {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0, "SentLast24Hours": 120.0},
    "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
}
IDENTITY: dict[str, Any] = {
    "IdentityType": "DOMAIN",
    "VerifiedForSendingStatus": True,
    "DkimAttributes": {
        "SigningEnabled": True,
        "Status": "SUCCESS",
        "Tokens": list(TOKENS),
        "SigningAttributesOrigin": "AWS_SES",
        "CurrentSigningKeyLength": "RSA_2048_BIT",
    },
    "MailFromAttributes": {
        "MailFromDomain": "bounce.weekly.com",
        "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
    },
}
DESTINATION: dict[str, Any] = {
    "Name": "events",
    "Enabled": True,
    "MatchingEventTypes": ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY_DELAY"],
    "SnsDestination": {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:events"},
}
ZONE: dict[tuple[str, str], list[str]] = {
    ("com", "NS"): ["a.gtld-servers.net."],
    **{(f"{token}._domainkey.weekly.com", "CNAME"): [f"{token}.dkim.amazonses.com."] for token in TOKENS},
    ("weekly.com", "MX"): ["10 mx.weekly.com."],
    ("weekly.com", "TXT"): ['"v=spf1 include:_spf.weekly.com ~all"', '"site-verification=1"'],
    ("_dmarc.weekly.com", "TXT"): ['"v=DMARC1; p=quarantine; rua=mailto:dmarc@weekly.com"'],
    ("bounce.weekly.com", "MX"): ["10 feedback-smtp.eu-west-1.amazonses.com."],
    ("bounce.weekly.com", "TXT"): ['"v=spf1 include:amazonses.com" " ~all"'],
    ("amazonses.com", "TXT"): ['"v=spf1 ip4:199.255.192.0/22 ip4:54.240.0.0/18 -all"'],
}


class SesAccount:
    """An SES that answers the questions of the doctor: change its fields to make it sick.

    `refusals` maps a path to status, code and text; `ahead` puts its clock forward.
    """

    def __init__(self) -> None:
        self.account: Any = json.loads(json.dumps(ACCOUNT))
        self.identities: dict[str, Any] = {"weekly.com": json.loads(json.dumps(IDENTITY))}
        self.sets: dict[str, Any] = {"weekly": {"ConfigurationSetName": "weekly"}}
        self.destinations: list[Any] = [json.loads(json.dumps(DESTINATION))]
        self.refusals: dict[str, tuple[int, str, str]] = {}
        self.throttled = 0
        self.ahead = dt.timedelta()
        self.sent: list[dict[str, Any]] = []
        self.asked: list[str] = []

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any, str]:
        self.asked.append(f"{method} {path}")
        if self.throttled:
            self.throttled -= 1
            return 429, {"message": "Too many requests"}, "TooManyRequestsException"
        for beginning, (status, code, text) in self.refusals.items():
            if path.startswith(beginning):
                return status, {"message": text}, code
        kind, _, name = path.removeprefix("/v2/email/").partition("/")
        name, _, part = name.partition("/")
        if kind == "outbound-emails":
            self.sent.append(body)
        answers = {
            "account": {"": self.account},
            "outbound-emails": {"": {"MessageId": f"id-{len(self.sent)}"}},
            "identities": self.identities,
            "configuration-sets": self.sets if not part else {"weekly": {"EventDestinations": self.destinations}},
        }
        if name in answers.get(kind, {}):
            return 200, answers[kind][name], ""
        return 404, {"message": f"{name} does not exist"}, "NotFoundException"


@contextlib.contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def ses() -> Iterator[SesAccount]:
    account = SesAccount()

    class Handler(_Quiet):
        def answer(self) -> None:
            body = json.loads(self.body() or b"{}")
            status, value, code = account.answer(self.command, unquote(self.path), body)
            data = json.dumps(value).encode()
            self.send_response_only(status)
            self.send_header("Date", format_datetime(dt.datetime.now(dt.UTC) + account.ahead, usegmt=True))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            if code:
                self.send_header("x-amzn-ErrorType", code)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = answer  # noqa: N815 - names of http.server

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    account.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    with serving(server):
        yield account


class Zone(dict[tuple[str, str], list[str]]):
    """Records by name and type; `broken` names are answered with SERVFAIL, `silent` ends all answers."""

    broken: frozenset[str] = frozenset()
    silent = False
    port = 0


@pytest.fixture
def zone() -> Iterator[Zone]:
    """A name server on a port of its own, which answers from a dict."""
    zone = Zone(ZONE)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, back = self.request
            question = dns.message.from_wire(data)
            answer = dns.message.make_response(question)
            answer.flags |= dns.flags.RA
            asked = question.question[0]
            name, kind = asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)
            if zone.silent:
                return
            if name in zone.broken:
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif (name, kind) in zone:
                # room for any record: tests are not about TCP
                answer.answer.append(dns.rrset.from_text_list(asked.name, 60, "IN", kind, zone[name, kind]))
            elif not any(known == name for known, _ in zone):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            back.sendto(answer.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        zone.port = server.server_address[1]
        with serving(server):
            yield zone


@pytest.fixture
def names(zone: Zone) -> Names:
    return Names(["127.0.0.1"], port=zone.port, seconds=0.6)


BUTTON = '<form method="post"><button>Unsubscribe</button></form>'
DONE = "<p>You get no more of this.</p>"


class Pages:
    """A web site: what it answers to GET and to POST as status, body and location, and what it was asked."""

    def __init__(self) -> None:
        self.get: tuple[int, str, str] = (200, BUTTON, "")
        self.post: tuple[int, str, str] = (200, DONE, "")
        self.url = ""
        self.asked: list[tuple[str, str, str, bytes]] = []


def pages_server(pages: Pages) -> ThreadingHTTPServer:
    class Handler(_Quiet):
        def answer(self) -> None:
            pages.asked.append((self.command, self.path, self.headers.get("Content-Type", ""), self.body()))
            status, body, location = pages.get if self.command == "GET" else pages.post
            data = body.encode()
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = answer  # noqa: N815 - names of http.server

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    pages.url = f"http://127.0.0.1:{server.server_port}"
    return server


@pytest.fixture
def pages() -> Iterator[Pages]:
    pages = Pages()
    with serving(pages_server(pages)):
        yield pages


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    assert server._server
    server._server.server_close()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Give boto3 credentials of its own and keep it away from this machine's configuration and proxies."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch


@pytest.fixture
def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


TOML = """\
[newsletter]
name = "The Weekly"
sender = "{sender}"
postal_address = "1 Harbour Street"
[delivery]
{rate}
[transports.ses]
region = "eu-west-1"
endpoint_url = "{endpoint}"
configuration_set = "{configuration_set}"
[public]
base_url = "{base_url}"
[feedback]
queue_url = "{queue_url}"
"""


@pytest.fixture
def project_of(tmp_path: Path) -> Callable[..., Path]:
    """Lay down a project with its own settings; `people` go onto the list `weekly`."""

    def make(people: int = 0, **settings: str) -> Path:
        root = tmp_path / f"project{len(list(tmp_path.iterdir()))}"
        shutil.copytree(REPOSITORY / "templates", root / "templates")
        values = {
            "sender": "The Weekly <news@weekly.com>",
            "rate": "",
            "endpoint": "",
            "configuration_set": "weekly",
            "base_url": "",
            "queue_url": "",
        }
        (root / "newsletter.toml").write_text(TOML.format(**{**values, **settings}))
        if people:
            now = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
            with open_database("sqlite:///.newsletter/newsletter.db", root=root) as database:
                store = Subscribers(database)
                store.ensure_list("weekly", now)
                rows = [NewSubscriber(line=n, email=f"r{n}@example.org") for n in range(people)]
                store.take(rows, list_name="weekly", consent_source="", now=now, write=True)
        return root

    return make


@pytest.fixture
def patient_of(project_of: Callable[..., Path], names: Names) -> Iterator[Callable[..., Patient]]:
    """Make a patient: settings of the project as keywords, `options` those of the patient."""
    made: list[Patient] = []

    def make(people: int = 3, options: dict[str, Any] | None = None, **settings: str) -> Patient:
        values: dict[str, Any] = {"transport": "ses", "clock": lambda: dt.datetime.now(dt.UTC), "names": names}
        project = Project.open(project_of(people, **settings), {})
        made.append(Patient(project, **{**values, **(options or {})}))
        return made[-1]

    yield make
    for patient in made:
        patient.aws.close()


Look = Callable[[Patient, str], Diagnosis]


@pytest.fixture
def look() -> Look:
    """Look into one item as `examine` does, with no other before it."""

    def look(patient: Patient, number: str) -> Diagnosis:
        reports = examine(patient, items=[item for item in ITEMS if item.id == number])
        return reports[0].diagnosis

    return look
