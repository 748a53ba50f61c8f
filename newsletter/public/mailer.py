"""Confirmation mails, sent one after the other behind the visitors' backs: an answer never waits for a mail server.

What was asked for is in the database before a mail is tried; what a process could not send, the next one does.
"""

import datetime as dt
import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from newsletter.errors import NewsletterError
from newsletter.message.notice import build_notice
from newsletter.message.tokens import Purpose, TokenKeys, make_token
from newsletter.models import Envelope, Mailbox, Newsletter, OutcomeKind
from newsletter.public.metrics import Metrics
from newsletter.public.pages import Pages
from newsletter.store.confirmations import Confirmations, Kind, Waiting
from newsletter.transports import Transport

MOST_WAITING = 1_000
"""Mails that wait at most; who comes later finds their request in the database, for the next start."""
TIDY_SECONDS = 3600.0
"""How often requests that are too old are deleted."""
TRIES = 5
AGAIN = {OutcomeKind.RATE, OutcomeKind.UNREACHABLE, OutcomeKind.QUOTA, OutcomeKind.PAUSE}
"""Outcomes after which nothing was accepted, so that the mail is tried again."""
TEMPLATES = {Kind.SIGN_UP: "confirm", Kind.NEW_ADDRESS: "address"}

_log = logging.getLogger("newsletter.public")


@dataclass(kw_only=True)
class Mailer:
    """One thread that sends; `start` takes up what an earlier process left, `stop` ends after the mail at hand."""

    newsletter: Newsletter
    keys: TokenKeys
    pages: Pages
    confirmations: Confirmations
    transport: Transport
    metrics: Metrics
    now: Callable[[], dt.datetime]
    backoff: float = 2.0

    def __post_init__(self) -> None:
        self._waiting: queue.Queue[Waiting | None] = queue.Queue(MOST_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="confirmation mails", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self.confirmations.purge(self.now())
        for waiting in self.confirmations.unmailed(self.now()):
            self.put(waiting)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what waits stays in the database."""
        self._stopping.set()
        if self._thread.is_alive():
            try:
                self._waiting.put_nowait(None)
            except queue.Full:
                _log.debug("the thread will see that it has to stop")
            self._thread.join(timeout=10)

    def put(self, waiting: Waiting) -> None:
        """Let a mail be sent soon."""
        try:
            self._waiting.put_nowait(waiting)
        except queue.Full:
            self.metrics.mails.labels("put off").inc()

    def wait(self) -> None:
        """Return when nothing waits any more."""
        self._waiting.join()

    @property
    def running(self) -> bool:
        """Whether the thread is there."""
        return self._thread.is_alive()

    def _run(self) -> None:
        tidied = time.monotonic()
        while not self._stopping.is_set():
            try:
                waiting = self._waiting.get(timeout=TIDY_SECONDS)
                self._try(waiting)
                self._waiting.task_done()
            except queue.Empty:
                _log.debug("nothing waits")
            if time.monotonic() - tidied >= TIDY_SECONDS:
                tidied = time.monotonic()
                self._tidy()

    def _try(self, waiting: Waiting | None) -> None:
        try:
            if waiting is not None:
                self._deliver(waiting)
        except NewsletterError as exc:
            self.metrics.mails.labels("failed").inc()
            _log.error("a confirmation mail could not be made", extra={"reason": type(exc).__name__})

    def _tidy(self) -> None:
        try:
            self.confirmations.purge(self.now())
        except NewsletterError as exc:
            _log.error("old requests could not be deleted", extra={"reason": type(exc).__name__})

    def _deliver(self, waiting: Waiting) -> None:
        envelope = self._envelope(waiting)
        for attempt in range(TRIES):
            outcome = self.transport.send(envelope)
            if outcome.kind not in AGAIN:
                self.confirmations.mailed(waiting.token, self.now())
                break
            if self._stopping.wait(self.backoff * 2**attempt):
                break
        self.metrics.mails.labels(str(outcome.kind)).inc()
        if outcome.kind is not OutcomeKind.ACCEPTED:
            _log.warning("a confirmation mail was not accepted", extra={"outcome": str(outcome.kind)})

    def _envelope(self, waiting: Waiting) -> Envelope:
        url = f"{self.newsletter.public_url}/c/{make_token(waiting.token, Purpose.CONFIRM, self.keys)}"
        language = self.pages.languages.choose(waiting.language, self.newsletter.language)
        mail = self.pages.mail(TEMPLATES[waiting.kind], language, url=url)
        # the name came from a form that anybody can fill in: it is no part of the mail
        to = Mailbox(email=waiting.email)
        return Envelope(
            sender=self.newsletter.sender.email,
            recipient=waiting.email,
            message=build_notice(self.newsletter, to, subject=mail.subject, text=mail.text, html=mail.html),
            attempt_id=uuid.uuid4().hex,
            tags={"kind": str(waiting.kind)},
        )
