"""What an SMTP server's answers mean at each point of the dialogue, and what a connection needs first."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from newsletter.config import SmtpSettings
from newsletter.errors import TransportError
from newsletter.models import Envelope, Outcome, OutcomeKind
from newsletter.transports import smtp
from newsletter.transports.smtp import SmtpTransport

ENVELOPE = Envelope(
    sender="news@example.com",
    recipient="ada@example.com",
    message=b"Subject: Dots\r\n\r\n.\r\n..two\r\n",
    attempt_id="A-1",
)
Open = Callable[..., SmtpTransport]


@pytest.fixture
def open_smtp(smtp_server: Any) -> Iterator[Open]:
    opened: list[SmtpTransport] = []

    def open_it(*, password: str = "", timeout: float = 5, **settings: Any) -> SmtpTransport:
        usual = {"host": "127.0.0.1", "port": smtp_server.server_address[1], "security": "none"}
        opened.append(SmtpTransport(SmtpSettings(**{**usual, **settings}), password=password, timeout=timeout))
        return opened[-1]

    yield open_it
    for transport in opened:
        transport.close()


def test_messages_follow_each_other_on_one_connection(smtp_server: Any, open_smtp: Open) -> None:
    transport = open_smtp()
    for _ in range(2):
        assert transport.send(ENVELOPE) == Outcome(
            kind=OutcomeKind.ACCEPTED, message_id="<A-1@example.com>", code="250", text="taken"
        )
    transport.close()
    assert smtp_server.commands == ["EHLO", *["MAIL", "RCPT", "DATA"] * 2, "QUIT"]
    assert smtp_server.messages[0].endswith(b"\r\nSubject: Dots\r\n\r\n..\r\n...two\r\n.\r\n")


UNREACHABLE, PAUSE, REFUSED, AMBIGUOUS = (
    OutcomeKind.UNREACHABLE,
    OutcomeKind.PAUSE,
    OutcomeKind.REFUSED,
    OutcomeKind.AMBIGUOUS,
)
ROWS = [
    ("", "421 too busy", UNREACHABLE, "421", ""),
    ("", "554 go away", PAUSE, "554", smtp._SECURITY),
    ("", "hang up", UNREACHABLE, "SMTPServerDisconnected", ""),
    ("", "wait", UNREACHABLE, "SMTPServerDisconnected", ""),
    ("EHLO", "hang up", UNREACHABLE, "SMTPServerDisconnected", ""),
    ("MAIL", "451 later", UNREACHABLE, "451", ""),
    ("MAIL", "421 closing", UNREACHABLE, "421", ""),
    ("MAIL", "454 Throttling failure: Maximum sending rate exceeded.", OutcomeKind.RATE, "454", ""),
    ("MAIL", "454 Throttling failure: Daily message quota exceeded.", OutcomeKind.QUOTA, "454", ""),
    ("MAIL", "550 not you", PAUSE, "550", smtp._SENDER),
    ("MAIL", "530 5.7.0 Must issue a STARTTLS command first", PAUSE, "530", smtp._SENDER),
    ("MAIL", "hang up", UNREACHABLE, "SMTPServerDisconnected", ""),
    ("RCPT", "450 4.2.0 Greylisted, try again temporarily", UNREACHABLE, "450", ""),
    ("RCPT", "452 4.3.2 too many connections", OutcomeKind.RATE, "452", ""),
    ("RCPT", "550 5.1.1 no such user", REFUSED, "550", ""),
    ("RCPT", "554 5.7.1 <ada@example.com>: Relay access denied", PAUSE, "554", smtp._SENDER),
    ("RCPT", "wait", UNREACHABLE, "SMTPServerDisconnected", ""),
    ("DATA", "451 later", UNREACHABLE, "451", ""),
    ("DATA", "554 no valid recipients", REFUSED, "554", ""),
    ("DATA", "hang up", AMBIGUOUS, "SMTPServerDisconnected", ""),
    (".", "250 2.0.0 queued", OutcomeKind.ACCEPTED, "250", ""),
    (".", "451 later", UNREACHABLE, "451", ""),
    (".", "552 too big", REFUSED, "552", ""),
    (".", "554 Message rejected: Email address is not verified.", PAUSE, "554", smtp._SENDER),
    (".", "421 closing", UNREACHABLE, "421", ""),
    (".", "hang up", AMBIGUOUS, "SMTPServerDisconnected", ""),
    (".", "wait", AMBIGUOUS, "SMTPServerDisconnected", ""),
    (".", "garbage", AMBIGUOUS, "-1", ""),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "reply", "kind", "code", "remedy"), ROWS)
def test_every_answer_means_what_the_table_says(
    *, verb: str, reply: str, kind: OutcomeKind, code: str, remedy: str, smtp_server: Any, open_smtp: Open
) -> None:
    smtp_server.replies = {verb: reply}
    transport = open_smtp(timeout=0.3 if reply == "wait" else 5)
    outcome = transport.send(ENVELOPE)
    assert (outcome.kind, outcome.code, outcome.remedy) == (kind, code, remedy)
    if reply[:1].isdigit():
        assert outcome.text == reply[4:]
    assert bool(outcome.message_id) == (kind is OutcomeKind.ACCEPTED)
    assert len(smtp_server.messages) <= 1
    assert smtp_server.commands.count("DATA") <= 1

    smtp_server.replies = {}  # and the next message finds a connection that works
    assert transport.send(ENVELOPE).kind is OutcomeKind.ACCEPTED


def test_a_connection_that_was_closed_in_a_pause_is_opened_again(smtp_server: Any, open_smtp: Open) -> None:
    transport = open_smtp()
    smtp_server.replies = {".": ["250 taken"], "MAIL": ["250 fine", "hang up"]}
    assert [transport.send(ENVELOPE).kind for _ in range(2)] == [OutcomeKind.ACCEPTED] * 2
    assert smtp_server.commands == ["EHLO", "MAIL", "RCPT", "DATA", "MAIL", "EHLO", "MAIL", "RCPT", "DATA"]
    assert len(smtp_server.messages) == 2


def test_when_nobody_listens_nothing_was_sent(open_smtp: Open, closed_port: int) -> None:
    outcome = open_smtp(port=closed_port).send(ENVELOPE)
    assert (outcome.kind, outcome.code) == (UNREACHABLE, "ConnectionRefusedError")


def test_a_host_without_an_address_is_unreachable(open_smtp: Open) -> None:
    assert open_smtp(host="mail.invalid").send(ENVELOPE).kind is UNREACHABLE


def test_a_server_without_starttls_pauses_the_mailing_and_hears_no_message(smtp_server: Any, open_smtp: Open) -> None:
    outcome = open_smtp(security="starttls").send(ENVELOPE)
    assert outcome == Outcome(
        kind=PAUSE,
        code="SMTPNotSupportedError",
        text="STARTTLS extension not supported by server.",
        remedy=smtp._SECURITY,
    )
    assert smtp_server.commands == ["EHLO"]


def test_a_user_without_a_password_is_refused_at_once(open_smtp: Open) -> None:
    with pytest.raises(TransportError) as error:
        open_smtp(username="news")
    assert str(error.value) == "the SMTP user 'news' has no password\nSet the variable NEWSLETTER_SMTP_PASSWORD."


def test_a_password_never_travels_in_the_clear(open_smtp: Open) -> None:
    with pytest.raises(TransportError) as error:
        open_smtp(username="news", password="secret", host="mail.example.com")
    assert str(error.value) == (
        "the SMTP password would travel to mail.example.com in the clear\n"
        'Set transports.smtp.security to "starttls" or "tls" in newsletter.toml.'
    )


class _Inbox:
    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.logins: list[tuple[bytes, bytes]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.messages.append(envelope.content)
        return "250 taken"

    def login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"secret", handled=False)


@pytest.fixture(params=["starttls", "tls"])
def secured(request: pytest.FixtureRequest, certificate: Path, closed_port: int) -> Iterator[tuple[_Inbox, Any]]:
    """A server that asks for TLS and a login."""
    inbox = _Inbox()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    implicit = request.param == "tls"
    server = Controller(
        inbox,
        hostname="127.0.0.1",
        port=closed_port,
        ssl_context=context if implicit else None,
        tls_context=None if implicit else context,
        require_starttls=not implicit,
        auth_required=not implicit,  # aiosmtpd does not count implicit TLS as any
        auth_require_tls=not implicit,
        authenticator=inbox.login,
    )
    server.start()
    yield inbox, SmtpSettings(host="127.0.0.1", port=closed_port, security=request.param, username="news")
    server.stop()


def test_it_logs_in_over_tls(secured: tuple[_Inbox, Any], certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    inbox, settings = secured
    transport = SmtpTransport(settings, password="secret")
    assert transport.send(ENVELOPE).kind is OutcomeKind.ACCEPTED
    transport.close()
    assert inbox.logins == [(b"news", b"secret")]
    assert len(inbox.messages) == 1


def test_a_wrong_password_pauses_the_mailing(
    secured: tuple[_Inbox, Any], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    inbox, settings = secured
    transport = SmtpTransport(settings, password="guess")
    outcome = transport.send(ENVELOPE)
    transport.close()
    assert (outcome.kind, outcome.code, outcome.remedy) == (PAUSE, "535", smtp._LOGIN)
    assert "guess" not in repr(outcome)
    assert inbox.messages == []


def test_a_certificate_that_nobody_vouches_for_pauses_the_mailing(secured: tuple[_Inbox, Any]) -> None:
    inbox, settings = secured
    transport = SmtpTransport(settings, password="secret")
    outcome = transport.send(ENVELOPE)
    transport.close()
    assert (outcome.kind, outcome.code, outcome.remedy) == (PAUSE, "SSLCertVerificationError", smtp._SECURITY)
    assert (inbox.logins, inbox.messages) == ([], [])
