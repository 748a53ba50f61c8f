"""Material that tests of several rooms are made of."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.models import (
    Article,
    AssembledIssue,
    Image,
    Issue,
    Mailbox,
    MailingContext,
    Newsletter,
    Reader,
    Section,
    Subscriber,
    Template,
)
from newsletter.project.templates import read_template

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def weekly() -> Template:
    """The stock template `weekly`, as the project reads it."""
    return read_template(REPOSITORY, "weekly")


@pytest.fixture
def newsletter() -> Newsletter:
    return Newsletter(
        name="The Weekly",
        sender=Mailbox(email="news@example.com", name="The Weekly"),
        postal_address="1 Harbour Street\n20457 Hamburg",
        site_url="https://weekly.example.com",
        public_url="https://news.example.com",
        list_id="weekly.example.com",
    )


def _article(slug: str, **changes: Any) -> Article:
    values: dict[str, Any] = {
        "slug": slug,
        "title": f"The {slug} report",
        "url": f"https://example.com/{slug}",
        "summary": f"What the {slug} report found.",
        "body": f"The {slug} report has *two* parts.\n\nThe second [ends here](https://example.com/end).",
        "author": "Mara Lind",
        "source": "Example Post",
        "image": Image(src="images/harbour.jpg", alt="A harbour at night", credit="Jo Ek"),
        "published": dt.date(2026, 11, 20),
        "file": f"issues/tides/articles/{slug}.md",
        "lines": {"title": 2, "image": 7, "body": 12},
    }
    return Article(**{**values, **changes})


@pytest.fixture
def make_article() -> Callable[..., Article]:
    return _article


@pytest.fixture
def make_issue() -> Callable[..., AssembledIssue]:
    """Build an issue: `articles` by section layout, every other keyword a field of Issue."""

    def make(articles: list[Article] | None = None, **changes: Any) -> AssembledIssue:
        found = [_article("alpha"), _article("beta"), _article("gamma")] if articles is None else articles
        slugs = [article.slug for article in found]
        sections = (
            Section(title="Top story", layout="lead", articles=tuple(slugs[:1]), line=8),
            Section(title="More", layout="story", articles=tuple(slugs[1:2]), note="Chosen *by hand*.", line=11),
            Section(title="In brief", layout="brief", articles=tuple(slugs[2:]), line=15),
        )
        values: dict[str, Any] = {
            "slug": "tides",
            "number": 7,
            "subject": "Tides and harbours",
            "preheader": "Three reports from the coast",
            "date": dt.date(2026, 11, 27),
            "introduction": 'Hello [[ subscriber.first_name or "there" ]],\n\nthree things this week.',
            "sections": sections,
            "file": "issues/tides/issue.md",
            "lines": {"subject": 3, "preheader": 4, "sections": 7, "introduction": 20},
        }
        return AssembledIssue(
            issue=Issue(**{**values, **changes}), articles={article.slug: article for article in found}
        )

    return make


@pytest.fixture
def reader() -> Reader:
    return Reader(
        subscriber=Subscriber(
            email="ada@example.com", name="Ada Byron", attributes={"city": "Ulm"}, tags=("pro",), lists=("weekly",)
        ),
        unsubscribe_url="https://news.example.com/u/token",
        preferences_url="https://news.example.com/p/token",
        web_url="https://weekly.example.com/tides/",
        mailing=MailingContext(id="1", issue="tides"),
    )
