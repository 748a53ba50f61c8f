import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.models import CompiledIssue, Mailbox, MailingSummary, Newsletter, Place, SlotPlace
from newsletter.store.database import Database, open_database
from newsletter.store.importing import NewSubscriber
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


@pytest.fixture
def people(database: Database) -> Subscribers:
    return Subscribers(database)


COMPILED = CompiledIssue(
    slug="clouds",
    subject="Clouds, [[ subscriber.first_name ]]",
    preheader="",
    html="<p>[[ subscriber.attributes.city ]] <a href='[[ unsubscribe_url ]]'>x</a></p>",
    text="Hi",
    sha256="a" * 64,
    date=dt.date(2026, 11, 27),
    slots=(SlotPlace(source="[[ x ]]", part="html", place=Place(file="issue.md", line=3)),),
)
NEWSLETTER = Newsletter(name="Weekly", sender=Mailbox(email="news@example.com", name="Weekly"))


@pytest.fixture
def compiled() -> CompiledIssue:
    return COMPILED


@pytest.fixture
def newsletter() -> Newsletter:
    return NEWSLETTER


def audience_of(*lists: str, issue: str = "clouds", reaches_people: bool = True) -> Audience:
    transport = "ses" if reaches_people else "outbox"
    return Audience(issue=issue, lists=lists or ("weekly",), transport=transport, reaches_people=reaches_people)


@pytest.fixture
def audience() -> Callable[..., Audience]:
    return audience_of


@pytest.fixture
def mailings(database: Database) -> Mailings:
    return Mailings(database)


@pytest.fixture
def join(people: Subscribers) -> Callable[..., None]:
    """Put addresses of example.org on a list."""

    def join(*names: str, to: str = "weekly") -> None:
        people.ensure_list(to, NOW)
        rows = [NewSubscriber(line=1, email=f"{name}@example.org", name=name.title()) for name in names]
        people.take(rows, list_name=to, consent_source="", now=NOW, write=True)

    return join


@pytest.fixture
def freeze(mailings: Mailings) -> Callable[..., MailingSummary]:
    """Freeze a mailing and say that it is being sent."""

    def freeze(*lists: str, **options: Any) -> MailingSummary:
        summary, new = mailings.freeze(audience_of(*lists, **options), COMPILED, NEWSLETTER, NOW)
        assert new
        mailings.start(summary.id, NOW)
        return mailings.get(summary.id)

    return freeze
