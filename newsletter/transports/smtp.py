"""An SMTP server (RFC 5321): one connection a thread, kept open from message to message.

Up to the DATA command nothing was handed over, so that a lost connection may be opened again; once the message itself
is on its way, a lost answer means that nobody knows.
"""

import datetime as dt
import re
import smtplib
import socket
import ssl
import threading
from typing import Final

from newsletter.config import SmtpSettings
from newsletter.errors import TransportError
from newsletter.models import Envelope, Outcome, OutcomeKind
from newsletter.transports.stamp import message_id, stamped

TIMEOUT = 60
"""Seconds to wait for a connection or an answer."""

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_TOO_FAST = re.compile(r"throttl|\brate\b|too many|too fast|slow down", re.IGNORECASE)
_RELAY = re.compile(r"relay|authenticat|not verified", re.IGNORECASE)
_LOGIN = "Check transports.smtp.username in newsletter.toml and the variable NEWSLETTER_SMTP_PASSWORD."
_SENDER = "Ask who runs the server which senders it takes, or log in: transports.smtp.username in newsletter.toml."
_SECURITY = "Check transports.smtp.host, port and security in newsletter.toml."


class SmtpTransport:
    """Sends through an SMTP server; safe to share between threads, each of which gets a connection of its own.

    Raises TransportError when a user name has no password, or the password would travel in the clear.
    """

    name: Final = "smtp"
    reaches_people: Final = True
    takes_base64: Final = False

    def __init__(self, settings: SmtpSettings, *, password: str, timeout: float = TIMEOUT) -> None:
        if settings.username and not password:
            raise TransportError(
                f"the SMTP user {settings.username!r} has no password",
                remedy="Set the variable NEWSLETTER_SMTP_PASSWORD.",
            )
        if settings.username and settings.security == "none" and settings.host not in _LOCAL:
            raise TransportError(
                f"the SMTP password would travel to {settings.host} in the clear",
                remedy='Set transports.smtp.security to "starttls" or "tls" in newsletter.toml.',
            )
        self._settings = settings
        self._password = password
        self._timeout = timeout
        self._hostname = socket.getfqdn()
        self._here = threading.local()
        self._lock = threading.Lock()
        self._open: set[smtplib.SMTP] = set()

    def send(self, envelope: Envelope) -> Outcome:
        """Hand one message over in one transaction, and say what the server's answers mean."""
        identifier = message_id(envelope)
        message = stamped(envelope, dt.datetime.now(dt.UTC))
        connection: smtplib.SMTP | None = getattr(self._here, "connection", None)
        reused = connection is not None
        try:
            connection = connection or self._connect()
            try:
                refusal = _announce(connection, envelope)
            except smtplib.SMTPServerDisconnected:
                if not reused:
                    raise
                # servers hang up after some idle minutes; nothing of this message was handed over yet
                self._drop(connection)
                connection = self._connect()
                refusal = _announce(connection, envelope)
        except (smtplib.SMTPException, OSError) as exc:
            self._drop(connection)
            return _not_connected(exc)
        outcome = refusal or _deliver(connection, message, identifier)
        if outcome.kind in {OutcomeKind.AMBIGUOUS, OutcomeKind.UNREACHABLE}:
            self._drop(connection)
        elif outcome.kind is not OutcomeKind.ACCEPTED:
            self._reset(connection)
        return outcome

    def max_rate(self) -> float | None:
        """Return None: SMTP has no way to ask."""
        return None

    def close(self) -> None:
        """Say goodbye on every connection; no thread may be sending any more."""
        with self._lock:
            connections, self._open = self._open, set()
        self._here = threading.local()
        for connection in connections:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _connect(self) -> smtplib.SMTP:
        host, port, security = self._settings.host, self._settings.port, self._settings.security
        context = ssl.create_default_context()
        connection: smtplib.SMTP
        if security == "tls":
            connection = smtplib.SMTP_SSL(
                host, port, local_hostname=self._hostname, timeout=self._timeout, context=context
            )
        else:
            connection = smtplib.SMTP(host, port, local_hostname=self._hostname, timeout=self._timeout)
        try:
            if security == "starttls":
                connection.starttls(context=context)
            connection.ehlo_or_helo_if_needed()
            if self._settings.username:
                connection.login(self._settings.username, self._password)
        except BaseException:
            connection.close()
            raise
        self._here.connection = connection
        with self._lock:
            self._open.add(connection)
        return connection

    def _drop(self, connection: smtplib.SMTP | None) -> None:
        self._here.connection = None
        if connection:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _reset(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self._drop(connection)


def _announce(connection: smtplib.SMTP, envelope: Envelope) -> Outcome | None:
    """Name sender and recipient; return what stands against them, or None."""
    code, answer = connection.mail(envelope.sender)
    if code != 250:
        return _refused(code, answer, otherwise=OutcomeKind.PAUSE)
    code, answer = connection.rcpt(envelope.recipient)
    if code not in {250, 251}:
        return _refused(code, answer, otherwise=OutcomeKind.REFUSED)
    return None


def _deliver(connection: smtplib.SMTP, message: bytes, identifier: str) -> Outcome:
    """Send the message itself, dots stuffed by smtplib (RFC 5321 §4.5.2)."""
    try:
        code, answer = connection.data(message)
    except smtplib.SMTPDataError as exc:
        return _refused(exc.smtp_code, exc.smtp_error, otherwise=OutcomeKind.REFUSED)
    except (smtplib.SMTPException, OSError) as exc:
        return Outcome(kind=OutcomeKind.AMBIGUOUS, code=type(exc).__name__, text=str(exc))
    if 200 <= code < 300:
        return Outcome(kind=OutcomeKind.ACCEPTED, message_id=identifier, code=str(code), text=_text(answer))
    if 400 <= code < 600:
        return _refused(code, answer, otherwise=OutcomeKind.REFUSED)
    return Outcome(kind=OutcomeKind.AMBIGUOUS, code=str(code), text=_text(answer))


def _refused(code: int, answer: bytes | str, *, otherwise: OutcomeKind) -> Outcome:
    """Say what a 4xx or 5xx answer means; `otherwise` is what a plain 5xx does at this point of the dialogue.

    421 closes the connection (RFC 5321 §3.8). Other 4xx, greylisting for example, ask for another try; slower where
    the text says so, as Amazon's 454 does, and the daily quota is a case of its own. A 5xx about relaying, a login or
    an unverified sender would hit everybody and pauses the mailing.
    """
    text = _text(answer)
    kind, remedy = otherwise, ""
    if "daily message quota" in text.lower():
        kind = OutcomeKind.QUOTA
    elif code == 421:
        kind = OutcomeKind.UNREACHABLE
    elif 400 <= code < 500:
        kind = OutcomeKind.RATE if _TOO_FAST.search(text) else OutcomeKind.UNREACHABLE
    elif not 500 <= code < 600:
        kind, remedy = OutcomeKind.PAUSE, _SECURITY
    elif code == 530 or _RELAY.search(text) or otherwise is OutcomeKind.PAUSE:
        kind, remedy = OutcomeKind.PAUSE, _SENDER
    return Outcome(kind=kind, code=str(code), text=text, remedy=remedy)


def _not_connected(error: Exception) -> Outcome:
    """Say what an error before the message was handed over means."""
    code, text = type(error).__name__, str(error)
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
        return Outcome(kind=OutcomeKind.PAUSE, code=str(error.smtp_code), text=_text(error.smtp_error), remedy=_LOGIN)
    if isinstance(error, smtplib.SMTPResponseException):
        kind = OutcomeKind.UNREACHABLE if 400 <= error.smtp_code < 500 else OutcomeKind.PAUSE
        remedy = _SECURITY if kind is OutcomeKind.PAUSE else ""
        return Outcome(kind=kind, code=str(error.smtp_code), text=_text(error.smtp_error), remedy=remedy)
    if isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLError):
        return Outcome(kind=OutcomeKind.PAUSE, code=code, text=text, remedy=_SECURITY)
    return Outcome(kind=OutcomeKind.UNREACHABLE, code=code, text=text)


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
