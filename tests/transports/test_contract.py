"""What every transport does, whichever it is."""

import mailbox
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiosmtpd.controller import Controller
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.server import ThreadedMotoServer
from moto.ses.models import ses_backends

from newsletter.config import SesSettings, SmtpSettings
from newsletter.models import Envelope, OutcomeKind
from newsletter.transports.base import Transport
from newsletter.transports.memory import MemoryTransport
from newsletter.transports.outbox import OutboxTransport
from newsletter.transports.ses import SesTransport
from newsletter.transports.smtp import SmtpTransport

STAMP = re.compile(rb"\ADate: [^\r\n]+\r\nMessage-ID: (<[^\r\n]+>)\r\n")
MESSAGE = (
    b"From: Weekly <news@example.com>\r\nTo: =?utf-8?q?Zo=C3=AB?= <zoe@example.com>\r\nSubject: Dots\r\n"
    b"List-Unsubscribe: <https://lists.example.com/u/" + b"x" * 300 + b">\r\n"
    b"\r\n.\r\n..two\r\n.three =C3=A9\r\nFrom here on\r\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A transport, what has arrived at its other end, and whether it puts Date and Message-ID in front."""

    transport: Transport
    arrived: Callable[[], list[bytes]]
    stamps: bool
    reaches_people: bool


class _Inbox:
    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.messages.append(envelope.content)
        return "250 taken"


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    assert server._server
    server._server.server_close()


def _memory() -> Iterator[Carried]:
    transport = MemoryTransport()
    yield Carried(
        transport=transport,
        arrived=lambda: [each.message for each in transport.envelopes],
        stamps=False,
        reaches_people=False,
    )


def _outbox(folder: Path) -> Iterator[Carried]:
    yield Carried(
        transport=OutboxTransport(folder),
        arrived=lambda: [path.read_bytes() for path in (folder / "new").iterdir()],
        stamps=True,
        reaches_people=False,
    )


def _smtp(port: int) -> Iterator[Carried]:
    inbox = _Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    transport = SmtpTransport(SmtpSettings(host="127.0.0.1", port=port, security="none"), password="")
    yield Carried(transport=transport, arrived=lambda: inbox.messages, stamps=True, reaches_people=True)
    transport.close()
    server.stop()


def _ses(url: str) -> Iterator[Carried]:
    client = boto3.client("sesv2", endpoint_url=url)
    client.create_email_identity(EmailIdentity="news@example.com")
    client.close()
    backend = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
    transport = SesTransport(SesSettings(endpoint_url=url), concurrency=8)
    yield Carried(
        transport=transport,
        arrived=lambda: [each.raw_data.encode("utf-8") for each in backend.sent_messages],
        stamps=False,
        reaches_people=True,
    )
    transport.close()
    backend.reset()


@pytest.fixture(params=["memory", "outbox", "smtp", "ses"])
def carried(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Carried]:
    if request.param == "ses":
        request.getfixturevalue("aws")
        yield from _ses(request.getfixturevalue("moto_url"))
    elif request.param == "smtp":
        yield from _smtp(request.getfixturevalue("closed_port"))
    elif request.param == "outbox":
        yield from _outbox(tmp_path / "box")
    else:
        yield from _memory()


def envelope(message: bytes = MESSAGE) -> Envelope:
    attempt = uuid.uuid4().hex
    return Envelope(
        sender="news@example.com",
        recipient="zoe@example.com",
        message=message,
        attempt_id=attempt,
        tags={"attempt": attempt},
    )


class TestEveryTransport:
    """The contract of `newsletter.transports.base.Transport`."""

    def test_an_accepted_message_arrives_byte_for_byte_and_has_an_id(self, carried: Carried) -> None:
        outcome = carried.transport.send(envelope())
        assert outcome.kind is OutcomeKind.ACCEPTED
        assert outcome.message_id
        (arrived,) = carried.arrived()
        stamp = STAMP.match(arrived)
        assert bool(stamp) == carried.stamps
        if stamp:
            assert stamp[1].decode() == outcome.message_id
            arrived = arrived[stamp.end() :]
        assert arrived == MESSAGE

    def test_two_attempts_are_two_messages(self, carried: Carried) -> None:
        outcomes = [carried.transport.send(envelope()) for _ in range(2)]
        assert len({outcome.message_id for outcome in outcomes}) == 2
        assert len(carried.arrived()) == 2

    def test_threads_can_share_it(self, carried: Carried) -> None:
        barrier = threading.Barrier(8)

        def ten(thread: int) -> list[str]:
            barrier.wait()
            messages = [MESSAGE.replace(b"Dots", f"Dots {thread}-{number}".encode()) for number in range(10)]
            outcomes = [carried.transport.send(envelope(message)) for message in messages]
            assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
            return [outcome.message_id for outcome in outcomes]

        with ThreadPoolExecutor(8) as threads:
            identifiers = [identifier for some in threads.map(ten, range(8)) for identifier in some]
        assert len(set(identifiers)) == 80
        subjects = {match[1] for each in carried.arrived() if (match := re.search(rb"Subject: Dots (\S+)", each))}
        assert subjects == {f"{thread}-{number}".encode() for thread in range(8) for number in range(10)}
        assert len(carried.arrived()) == 80

    def test_it_says_what_it_is(self, carried: Carried) -> None:
        assert carried.transport.reaches_people == carried.reaches_people
        assert carried.transport.name in type(carried.transport).__name__.lower()
        limits = carried.transport.limits()
        assert limits.rate is None
        assert limits.used <= (limits.quota or 0)

    def test_closing_twice_does_nothing(self, carried: Carried) -> None:
        carried.transport.send(envelope())
        carried.transport.close()
        carried.transport.close()


def test_a_sender_that_is_not_verified_pauses(moto_url: str, aws: Any) -> None:
    transport = SesTransport(SesSettings(endpoint_url=moto_url), concurrency=1)
    stranger = Envelope(sender="eve@example.net", recipient="a@example.com", message=MESSAGE, attempt_id="1")
    outcome = transport.send(stranger)
    transport.close()
    assert (outcome.kind, outcome.code) == (OutcomeKind.PAUSE, "MessageRejected")
    assert outcome.text == "Did not have authority to send from email eve@example.net"


def test_a_mail_client_reads_the_outbox(tmp_path: Path) -> None:
    OutboxTransport(tmp_path / "box").send(envelope())
    (message,) = mailbox.Maildir(tmp_path / "box", create=False)
    assert (message["Subject"], message["From"]) == ("Dots", "Weekly <news@example.com>")
