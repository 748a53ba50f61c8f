import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from newsletter.models import (
    CompiledIssue,
    DeliveryState,
    Envelope,
    Mailbox,
    MailingSummary,
    Newsletter,
    Outcome,
    OutcomeKind,
)
from newsletter.store.database import Database, open_database
from newsletter.store.importing import NewSubscriber
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.subscribers import Subscribers

NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
AUDIENCE = Audience(issue="clouds", lists=("weekly",), transport="ses", reaches_people=True)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database("sqlite:///.newsletter/newsletter.db", root=tmp_path) as database:
        yield database


@pytest.fixture
def audience() -> Audience:
    return AUDIENCE


@pytest.fixture
def compiled() -> CompiledIssue:
    return CompiledIssue(
        slug="clouds",
        subject="Clouds",
        preheader="",
        html="<p>Hello [[ subscriber.first_name ]] of [[ subscriber.attributes.city ]]</p>\n",
        text="Leave: [[ unsubscribe_url ]]\n",
        sha256="a" * 64,
    )


@pytest.fixture
def newsletter() -> Newsletter:
    return Newsletter(
        name="Weekly",
        sender=Mailbox(email="news@example.com", name="Weekly"),
        postal_address="1 Street, City",
        public_url="https://news.example.com",
        list_id="weekly.example.com",
    )


@pytest.fixture
def join(database: Database) -> Callable[..., None]:
    """Put addresses of example.org on the list `weekly`, or so many numbered ones."""

    def join(*names: str, count: int = 0, city: str | None = "Rome") -> None:
        people = Subscribers(database)
        people.ensure_list("weekly", NOW)
        attributes = {} if city is None else {"city": city}
        rows = [
            NewSubscriber(line=1, email=f"{name}@example.org", name=name.title(), attributes=attributes)
            for name in [*names, *(f"p{number}" for number in range(count))]
        ]
        people.take(rows, list_name="weekly", consent_source="", now=NOW, write=True)

    return join


@pytest.fixture
def freeze(database: Database, compiled: CompiledIssue, newsletter: Newsletter) -> Callable[[], MailingSummary]:
    def freeze() -> MailingSummary:
        mailings = Mailings(database)
        summary, _ = mailings.freeze(AUDIENCE, compiled, newsletter, NOW)
        mailings.start(summary.id, NOW)
        return mailings.get(summary.id)

    return freeze


@dataclass
class Provider:
    """A transport whose answers a test decides; it remembers what it was given."""

    answer: Callable[[Envelope, int], Outcome]
    rate: float | None = None
    name: str = "ses"
    reaches_people: bool = True
    takes_base64: bool = False
    given: list[Envelope] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, envelope: Envelope) -> Outcome:
        with self.lock:
            self.given.append(envelope)
            number = len(self.given)
        return self.answer(envelope, number)

    def max_rate(self) -> float | None:
        return self.rate

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def provider() -> Callable[..., Provider]:
    return Provider


@dataclass
class Ear:
    """A reporter that remembers."""

    done: dict[DeliveryState, int] = field(default_factory=dict)
    lost: list[tuple[str, str]] = field(default_factory=list)

    def progress(self, done: Mapping[DeliveryState, int], _rate: float | None) -> None:
        self.done = dict(done)

    def unrecorded(self, attempt_id: str, message_id: str) -> None:
        self.lost.append((attempt_id, message_id))


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def accepted() -> Callable[[Envelope, int], Outcome]:
    return lambda envelope, _: Outcome(kind=OutcomeKind.ACCEPTED, message_id=f"m-{envelope.attempt_id}")
