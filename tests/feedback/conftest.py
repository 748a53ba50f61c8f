"""Mailings that were sent, and what SES would tell of them."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.models import CompiledIssue, Mailbox, Newsletter, Outcome, OutcomeKind
from newsletter.store.database import Database, open_database
from newsletter.store.importing import NewSubscriber
from newsletter.store.ledger import Ledger, Result, new_attempt_id
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.subscribers import Subscribers

NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    return NOW


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database("sqlite:///.newsletter/newsletter.db", root=tmp_path) as database:
        yield database


class Post:
    """Sends issues to a list without a network, and remembers each person's attempt."""

    def __init__(self, database: Database, *, attempt_ids: bool = False) -> None:
        self.database = database
        self._number = itertools.count() if attempt_ids else None
        self.mailings = Mailings(database)
        self.people = Subscribers(database)

    def join(self, *names: str, domain: str = "example.org") -> None:
        self.people.ensure_list("weekly", NOW)
        rows = [NewSubscriber(line=1, email=f"{name}@{domain}", name=name.title()) for name in names]
        self.people.take(rows, list_name="weekly", consent_source="", now=NOW, write=True)

    def send(
        self, issue: str = "clouds", *, unknown: tuple[str, ...] = (), failed: tuple[str, ...] = (), days: int = 0
    ) -> dict[str, str]:
        """Send to everybody; return the attempt of each address. Those in `unknown` got no answer."""
        at = NOW + dt.timedelta(days=days)
        audience = Audience(issue=issue, lists=("weekly",), transport="ses", reaches_people=True)
        compiled = CompiledIssue(
            slug=issue, subject=issue.title(), preheader="", html="", text="", sha256="a" * 64,
            date=dt.date(2026, 11, 27), slots=(),
        )  # fmt: skip
        identity = Newsletter(name="Weekly", sender=Mailbox(email="news@example.com", name="Weekly"))
        mailing, _ = self.mailings.freeze(audience, compiled, identity, at)
        self.mailings.start(mailing.id, at)
        name = new_attempt_id if self._number is None else lambda: f"attempt-{next(self._number):06}"  # type: ignore[arg-type]
        ledger = Ledger(self.database, mailing.id, worker="w", attempt_id=name)
        claims = ledger.step([], claim=10_000, now=at)
        results = []
        for claim in claims:
            email = claim.subscriber.email
            kind = OutcomeKind.ACCEPTED
            if email in unknown:
                kind = OutcomeKind.AMBIGUOUS
            elif email in failed:
                kind = OutcomeKind.REFUSED
            number = f"m-{claim.attempt_id}" if kind is OutcomeKind.ACCEPTED else ""
            outcome = Outcome(kind=kind, message_id=number, code="", text="no answer" if not number else "")
            results.append(Result(attempt_id=claim.attempt_id, outcome=outcome, not_before=at))
        ledger.step(results, claim=0, now=at)
        self.mailings.finish(mailing.id, at + dt.timedelta(minutes=5))
        return {claim.subscriber.email: claim.attempt_id for claim in claims}


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


def ses_event(
    kind: str, attempt: str, email: str, *, minutes: float = 1, days: int = 0, tagged: bool = True, **detail: Any
) -> dict[str, Any]:
    """Return what SES publishes about the message of an attempt."""
    sent = NOW + dt.timedelta(days=days)
    at = (sent + dt.timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    part = {"Rendering Failure": "failure", "DeliveryDelay": "deliveryDelay"}.get(kind, kind.lower())
    mail: dict[str, Any] = {
        "timestamp": sent.isoformat().replace("+00:00", "Z"),
        "messageId": f"m-{attempt}",
        "source": "news@example.com",
        "destination": [email],
        "headers": [{"name": "Subject", "value": "Clouds"}],
    }
    if tagged:
        mail["tags"] = {"attempt": [attempt], "mailing": ["1"], "ses:configuration-set": ["weekly"]}
    about: dict[str, Any] = {} if kind == "Send" else {"timestamp": at, **DETAILS.get(kind, {}), **detail}
    people = {"Bounce": "bouncedRecipients", "Complaint": "complainedRecipients"}.get(kind)
    if people and people not in about:
        status = {
            "status": about.pop("status", "5.1.1"),
            "diagnosticCode": about.pop("words", "smtp; 550 no such user"),
        }
        about[people] = [{"emailAddress": email, **(status if kind == "Bounce" else {})}]
    return {"eventType" if tagged else "notificationType": kind, "mail": mail, part: about}


DETAILS: dict[str, dict[str, Any]] = {
    "Delivery": {"smtpResponse": "250 ok", "processingTimeMillis": 900},
    "Bounce": {"bounceType": "Permanent", "bounceSubType": "General", "feedbackId": "f1"},
    "Complaint": {"complaintFeedbackType": "abuse", "feedbackId": "f2"},
    "Open": {"userAgent": "Mozilla/5.0", "ipAddress": "192.0.2.1"},
    "Click": {"userAgent": "Mozilla/5.0", "ipAddress": "192.0.2.1", "link": "https://example.com/"},
}


@pytest.fixture
def event() -> Callable[..., dict[str, Any]]:
    return ses_event
