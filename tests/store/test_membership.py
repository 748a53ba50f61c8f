"""What the holder of a link sees and changes."""

import datetime as dt

import pytest
from sqlalchemy import select

from newsletter.models import CompiledIssue, Mailbox, Newsletter, SubscriberStatus
from newsletter.store.consent import Evidence, consent_of
from newsletter.store.database import Database
from newsletter.store.importing import NewSubscriber
from newsletter.store.ledger import Ledger
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.membership import Choice, Member, MemberLinks
from newsletter.store.schema import lists, memberships
from newsletter.store.subscribers import Subscribers


@pytest.fixture
def links(database: Database, people: Subscribers, now: dt.datetime) -> MemberLinks:
    for name in ("press", "weekly", "secret"):
        people.ensure_list(name, now)
        rows = [NewSubscriber(line=1, email="ada@example.org", name="Ada", attributes={"city": "Ulm"}, tags=("pro",))]
        people.take(rows, list_name=name, consent_source="fair", now=now, write=True)
    return MemberLinks(database)


def token(database: Database, name: str = "weekly") -> bytes:
    with database.read() as connection:
        found = connection.scalar(select(memberships.c.token).join(lists).where(lists.c.name == name))
    assert isinstance(found, bytes)
    return found


def test_a_link_knows_its_person(database: Database, links: MemberLinks) -> None:
    assert links.find(token(database)) == Member(
        id=1,
        email="ada@example.org",
        email_key="ada@example.org",
        name="Ada",
        language="",
        lists=("press", "secret", "weekly"),
    )
    assert links.find(bytes(16)) is None


def test_leaving_takes_a_person_off_the_list_once(database: Database, links: MemberLinks, now: dt.datetime) -> None:
    how = Evidence(at=now, source="one-click")
    assert [links.leave(token(database), how) for _ in range(2)] == [True, False]
    member = links.find(token(database))
    assert member is not None
    assert member.lists == ("press", "secret")
    assert links.leave(bytes(16), how) is False
    with database.read() as connection:
        record = consent_of(connection, 1)
    assert [(each.list, each.action, each.source) for each in record] == [
        *((name, "given", "fair") for name in ("press", "weekly", "secret")),
        ("weekly", "withdrawn", "one-click"),
    ]


def test_who_leaves_a_mail_that_went_to_two_lists_leaves_both(
    database: Database, links: MemberLinks, now: dt.datetime
) -> None:
    audience = Audience(issue="clouds", lists=("press", "weekly"), transport="ses", reaches_people=True)
    compiled = CompiledIssue(slug="clouds", subject="", preheader="", html="", text="", sha256="")
    newsletter = Newsletter(name="Weekly", sender=Mailbox(email="news@example.com"))
    mailing, _ = Mailings(database).freeze(audience, compiled, newsletter, now)
    Mailings(database).start(mailing.id, now)
    [claim] = Ledger(database, mailing.id, worker="w").step([], claim=1, now=now)
    links.leave(claim.subscription, Evidence(at=now, source="one-click"))
    member = links.find(claim.subscription)
    assert member is not None
    assert member.lists == ("secret",)


def test_leaving_everything_outlives_the_subscriber(
    database: Database, links: MemberLinks, people: Subscribers, now: dt.datetime
) -> None:
    links.leave(token(database), Evidence(at=now, source="page"), everything=True)
    record = people.find("ada@example.org")
    assert (record.status, record.suppression, record.subscriber.lists) == ("unsubscribed", "unsubscribe", ())


def test_what_is_saved_is_what_was_offered_and_nothing_else(
    database: Database, links: MemberLinks, people: Subscribers, now: dt.datetime
) -> None:
    choice = Choice(
        name="Countess", language="de", wanted=frozenset({"press", "nonsense"}), offered=frozenset({"press", "weekly"})
    )
    saved = links.save(token(database), choice, Evidence(at=now, source="page"))
    assert saved is not None
    assert (saved.name, saved.language, saved.lists) == ("Countess", "de", ("press", "secret"))
    assert people.find("ada@example.org").subscriber.attributes == {"city": "Ulm", "language": "de"}
    assert links.save(bytes(16), choice, Evidence(at=now, source="page")) is None


def test_who_comes_back_may_be_mailed_again_under_the_same_link(
    database: Database, links: MemberLinks, people: Subscribers, now: dt.datetime
) -> None:
    link, later = token(database), now + dt.timedelta(days=3)
    links.leave(link, Evidence(at=now, source="one-click"), everything=True)
    choice = Choice(name="Ada", language="", wanted=frozenset({"weekly"}), offered=frozenset({"weekly"}))
    links.save(link, choice, Evidence(at=later, source="page"))
    record = people.find("ada@example.org")
    assert (record.status, record.suppression, record.subscriber.lists) == (SubscriberStatus.ACTIVE, "", ("weekly",))
    assert token(database) == link
    back = next(each for each in record.memberships if each.list == "weekly")
    assert (back.joined_at, back.left_at, back.consent_source) == (later, None, "page")


def test_who_left_everything_by_command_comes_back_to_what_they_choose_alone(
    database: Database, links: MemberLinks, people: Subscribers, now: dt.datetime
) -> None:
    people.unsubscribe("ada@example.org", list_name=None, now=now)
    member = links.find(token(database))
    assert member is not None
    assert member.lists == ()
    choice = Choice(name="Ada", language="", wanted=frozenset({"weekly"}), offered=frozenset({"weekly"}))
    links.save(token(database), choice, Evidence(at=now, source="page"))
    assert people.find("ada@example.org").subscriber.lists == ("weekly",)


def test_the_export_holds_everything_about_the_person(database: Database, links: MemberLinks, now: dt.datetime) -> None:
    links.leave(token(database), Evidence(at=now, source="one-click"))
    at = now.isoformat()
    held = links.export(token(database))
    assert held is not None
    assert {key: held[key] for key in ("email", "name", "attributes", "tags", "status", "suppression")} == {
        "email": "ada@example.org",
        "name": "Ada",
        "attributes": {"city": "Ulm"},
        "tags": ["pro"],
        "status": "active",
        "suppression": "",
    }
    assert [(each["list"], each["left_at"]) for each in held["lists"]] == [
        ("press", None),
        ("secret", None),
        ("weekly", at),
    ]
    assert [each["action"] for each in held["consent"]] == ["given", "given", "given", "withdrawn"]
    assert held["deliveries"] == []
    assert links.export(bytes(16)) is None
