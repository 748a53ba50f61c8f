"""The stand-in itself: one asyncio loop in a thread, which accepts, writes down, answers, and fails as it was told.

A message is accepted when its line is in the truth log; half of `latency` passes before, half between that and the
answer, so that a sender can be killed before, between and after.
"""

import asyncio
import datetime as dt
import json
import os
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

from newsletter.errors import UsageError
from newsletter.models import Place
from newsletter.rehearsal.account import SesAccount
from newsletter.rehearsal.events import Accepted, Fate, events_of, fate_of
from newsletter.rehearsal.faults import ACCEPTS, Fault, FaultDice, FaultSpec
from newsletter.rehearsal.operations import SEND_EMAIL, answer
from newsletter.rehearsal.raw import LARGEST, RawEmail, read_send_email
from newsletter.rehearsal.refusal import RefusedCall
from newsletter.rehearsal.signature import check_signature
from newsletter.rehearsal.truth import TruthLog
from newsletter.rehearsal.wire import Answer, Connection, Reply, Request, response

LOOKED_AT_WHOLE = 100
"""Of the messages, so many are read line by line at first, then one in so many: all of them would take the core
that a benchmark's sender needs. Every header section is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInSettings:
    """How the stand-in behaves; times in seconds, None is no limit.

    `hang` is how long a call without an answer stays open, `slow` how late a slow answer comes. With a `secret` every
    signature is calculated again. The truth goes to the file `log`; events, if any, to `events`.
    """

    log: Path
    events: Path | None = None
    rate: float | None = None
    quota: int | None = None
    faults: FaultSpec = field(default_factory=lambda: FaultSpec(shares={}))
    fates: dict[Fate, float] = field(default_factory=dict)
    event_delay: float = 0.0
    latency: float = 0.0
    hang: float = 3.0
    slow: float = 1.0
    seed: int = 0
    secret: str = ""


class SesStandIn:
    """A server on 127.0.0.1 that speaks SES v2; use it as a context manager.

    Raises UsageError when the port is taken or a file cannot be written.
    """

    def __init__(self, settings: StandInSettings, *, port: int = 0) -> None:
        self._settings = settings
        self._dice = FaultDice(settings.faults, seed=settings.seed)
        self.account = SesAccount(rate=settings.rate, quota=settings.quota)
        self.accepted = 0
        self.calls = 0
        self.hold_at: int | None = None
        self._held: list[Callable[[], None]] = []
        self._connections: set[Connection] = set()
        self._loop = asyncio.new_event_loop()
        with ExitStack() as until_open:
            until_open.callback(self._loop.close)
            self._socket = until_open.enter_context(_listen(port))
            self.port: int = self._socket.getsockname()[1]
            self._log = TruthLog(settings.log)
            until_open.callback(self._log.close)
            self._events = _EventFile(settings, settings.events) if settings.events else None
            until_open.pop_all()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """The address for `transports.ses.endpoint_url`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def injected(self) -> dict[Fault, int]:
        """How often each fault came so far."""
        return dict(self._dice.injected)

    def release(self) -> None:
        """Give the answers that were held: `hold_at` keeps back those from that acceptance on."""
        self._loop.call_soon_threadsafe(self._release)

    def flush_events(self) -> None:
        """Write the events that are outstanding, now; returns when they are in the file."""
        done = threading.Event()
        self._loop.call_soon_threadsafe(self._flush, done)
        done.wait()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._log.close()
        if self._events:
            self._events.close()

    def _run(self) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        make = partial(Connection, self._handle, self._connections, max_body=LARGEST * 2)
        server = loop.run_until_complete(loop.create_server(make, sock=self._socket))
        try:
            loop.call_soon(self._ready.set)
            loop.run_forever()
        finally:
            server.close()
            for connection in list(self._connections):
                connection.close()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()

    def _flush(self, done: threading.Event) -> None:
        if self._events:
            self._events.flush()
        done.set()

    def _release(self) -> None:
        self.hold_at = None
        held, self._held = self._held, []
        for give in held:
            give()

    def _handle(self, request: Request, reply: Reply) -> None:
        now = dt.datetime.now(dt.UTC)
        sending = request.target == SEND_EMAIL and request.method == "POST"
        fault: Fault | None = None
        try:
            check_signature(request, secret=self._settings.secret, now=now)
            if not sending:
                reply(Answer(data=_json(200, answer(request, self.account))))
                return
            self.calls += 1
            whole = self.calls <= LOOKED_AT_WHOLE or self.calls % LOOKED_AT_WHOLE == 0
            email = read_send_email(request.body, whole=whole)
            fault = self._dice.throw()
            _refuse_for(fault)
        except RefusedCall as refusal:
            if sending:
                self._log.refused(refusal.code, fault, now)
            reply(Answer(data=_refusal(refusal)))
            return
        if fault and fault not in ACCEPTS:
            self._log.refused(fault, fault, now)
            self._break(fault, reply)
            return
        self._after(self._settings.latency / 2, lambda: self._accept(email, fault, reply))

    def _accept(self, email: RawEmail, fault: Fault | None, reply: Reply) -> None:
        now = dt.datetime.now(dt.UTC)
        try:
            self.account.require_room(len(email.recipients))
        except RefusedCall as refusal:
            self._log.refused(refusal.code, None, now)
            reply(Answer(data=_refusal(refusal)))
            return
        self.account.count(len(email.recipients))
        identifier = f"0100{self._settings.seed:08x}-{self.accepted + 1:012d}-000000"
        accepted = Accepted(message_id=identifier, email=email, at=now)
        self._log.accepted(accepted, fault)
        self.accepted += 1
        if self._events and email.configuration_set:
            self._events.expect(accepted, self.account, self._loop)
        if fault and fault is not Fault.SLOW:
            self._break(fault, reply)
            return
        delay = self._settings.latency / 2 + (self._settings.slow if fault else 0.0)
        give = partial(reply, Answer(data=_json(200, {"MessageId": identifier})))
        if self.hold_at is not None and self.accepted >= self.hold_at:
            self._held.append(give)
        else:
            self._after(delay, give)

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        if seconds > 0:
            self._loop.call_later(seconds, do)
        else:
            do()

    def _break(self, fault: Fault, reply: Reply) -> None:
        if fault in {Fault.HANG_BEFORE, Fault.HANG_AFTER}:
            self._after(self._settings.hang, lambda: reply(Answer(close=True)))
        else:
            reply(_BROKEN[fault])


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=512)
    except OSError as exc:
        reason = os.strerror(exc.errno) if exc.errno else str(exc)
        raise UsageError(f"port {port} cannot be used: {reason}", remedy="Choose another --port.") from exc


def _refuse_for(fault: Fault | None) -> None:
    if fault in _REFUSALS:
        raise RefusedCall(*_REFUSALS[fault])


def _json(status: int, value: object, headers: dict[str, str] | None = None) -> bytes:
    return response(status, json.dumps(value).encode(), headers)


def _refusal(refusal: RefusedCall) -> bytes:
    return _json(refusal.status, {"message": refusal.message}, {"x-amzn-ErrorType": refusal.code})


_REFUSALS = {
    Fault.THROTTLE: (429, "TooManyRequestsException", "Maximum sending rate exceeded."),
    Fault.QUOTA: (400, "LimitExceededException", "Daily message quota exceeded."),
    Fault.PAUSED: (400, "SendingPausedException", "Sending is paused for this account."),
    Fault.SUSPENDED: (400, "AccountSuspendedException", "Your account has been suspended."),
    Fault.UNVERIFIED: (
        400,
        "MessageRejected",
        "Email address is not verified. The following identities failed the check in region US-EAST-1.",
    ),
    Fault.MAIL_FROM: (400, "MailFromDomainNotVerifiedException", "The MAIL FROM domain is not verified."),
    Fault.NOT_FOUND: (404, "NotFoundException", "Configuration set <rehearsal> does not exist."),
    Fault.FORBIDDEN: (403, "AccessDeniedException", "User is not authorized to perform: ses:SendEmail"),
    Fault.EXPIRED: (403, "ExpiredTokenException", "The security token included in the request is expired"),
    Fault.CLOCK: (403, "InvalidSignatureException", "Signature expired: 20260101T000000Z is now earlier than"),
    Fault.REJECTED: (400, "MessageRejected", "Message contains content that is not allowed."),
    Fault.BAD_ADDRESS: (400, "BadRequestException", "Missing final '@domain'."),
    Fault.ERROR: (500, "InternalServiceErrorException", "An internal error occurred."),
    Fault.UNAVAILABLE: (503, "ServiceUnavailable", "The service is unavailable."),
}
_BROKEN = {
    Fault.ERROR_AFTER: Answer(data=_refusal(RefusedCall(*_REFUSALS[Fault.ERROR]))),
    Fault.RESET_BEFORE: Answer(abrupt=True),
    Fault.RESET_AFTER: Answer(abrupt=True),
    Fault.TRUNCATED: Answer(data=_json(200, {"MessageId": "0100-this-never-arrives"})[:-20], close=True),
    Fault.NO_ID: Answer(data=_json(200, {})),
    Fault.FOREIGN: Answer(data=response(200, b"<html>Please log in to this network.</html>")),
}


class _EventFile:
    """Writes the events of accepted messages when their time has come; what is left at the end is written then."""

    def __init__(self, settings: StandInSettings, path: Path) -> None:
        self._settings = settings
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as exc:
            raise UsageError(
                f"the events cannot be written: {exc.strerror}",
                place=Place(file=str(path)),
                remedy="Name another file.",
            ) from exc
        self._waiting: deque[tuple[Accepted, Fate]] = deque()

    def expect(self, accepted: Accepted, account: SesAccount, loop: asyncio.AbstractEventLoop) -> None:
        """Decide about a message, and write its events after the delay."""
        address = accepted.email.recipients[0]
        fate = fate_of(address, self._settings.fates, seed=self._settings.seed)
        if address.lower() in account.suppressed:
            fate = Fate.SUPPRESSED
        self._waiting.append((accepted, fate))
        loop.call_later(self._settings.event_delay, self._write)

    def _write(self) -> None:
        if not self._waiting:
            return  # written by a flush
        accepted, fate = self._waiting.popleft()
        for event in events_of(accepted, fate, delay=self._settings.event_delay):
            self._file.write(json.dumps(event, separators=(",", ":")) + "\n")
        self._file.flush()

    def flush(self) -> None:
        """Write what is outstanding."""
        while self._waiting:
            self._write()

    def close(self) -> None:
        """Write what is outstanding, and close the file."""
        self.flush()
        self._file.close()
