"""Sign-ups and changes of address: nothing counts before the click, and nobody can be pestered."""

import datetime as dt

import pytest
from sqlalchemy import select

from newsletter.models import SubscriberStatus, SuppressionReason
from newsletter.store.confirmations import EXPIRES, Confirmations, Kind, Request, Waiting
from newsletter.store.consent import keep_text
from newsletter.store.database import Database
from newsletter.store.schema import confirmations as table
from newsletter.store.schema import subscribers
from newsletter.store.subscribers import Subscribers

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def waiting_room(database: Database, people: Subscribers, now: dt.datetime) -> Confirmations:
    people.ensure_list("weekly", now)
    people.ensure_list("press", now)
    return Confirmations(database)


def sign_up(email: str = "ada@example.org", *lists: str, name: str = "Ada") -> Request:
    return Request(kind=Kind.SIGN_UP, email=email, source="form", name=name, lists=lists or ("weekly",), language="de")


def asked(waiting_room: Confirmations, request: Request, now: dt.datetime) -> Waiting:
    waiting = waiting_room.ask(request, now)
    assert waiting is not None
    return waiting


def test_nobody_is_a_subscriber_before_the_click(
    waiting_room: Confirmations, people: Subscribers, now: dt.datetime
) -> None:
    asked(waiting_room, sign_up(), now)
    assert list(people.stream()) == []


def test_the_click_makes_a_subscriber_with_a_record_of_consent(
    database: Database, waiting_room: Confirmations, people: Subscribers, now: dt.datetime
) -> None:
    version = keep_text(database, "I agree.", now)
    request = Request(kind=Kind.SIGN_UP, email="ada@example.org", source="form", text_version=version, ip="192.0.2.7",
                      name="Ada", lists=("press", "weekly"), language="de")  # fmt: skip
    waiting = asked(waiting_room, request, now)
    assert waiting_room.confirm(waiting.token, now + HOUR) is Kind.SIGN_UP
    record = people.find("ada@example.org")
    assert (record.subscriber.name, record.subscriber.attributes) == ("Ada", {"language": "de"})
    assert [(each.list, each.joined_at, each.consent_source, each.consent_at) for each in record.memberships] == [
        ("press", now + HOUR, "form", now + HOUR),
        ("weekly", now + HOUR, "form", now + HOUR),
    ]
    from newsletter.store.consent import consent_of

    with database.read() as connection:
        found = consent_of(connection, 1)
    assert [(each.list, each.action, each.text, each.ip, each.at) for each in found] == [
        ("press", "given", "I agree.", "192.0.2.7", now + HOUR),
        ("weekly", "given", "I agree.", "192.0.2.7", now + HOUR),
    ]


def test_an_old_click_does_not_bring_back_who_left(
    waiting_room: Confirmations, people: Subscribers, now: dt.datetime
) -> None:
    waiting = asked(waiting_room, sign_up(), now)
    waiting_room.confirm(waiting.token, now)
    people.unsubscribe("ada@example.org", list_name="weekly", now=now)
    assert waiting_room.confirm(waiting.token, now + HOUR) is Kind.SIGN_UP
    assert people.find("ada@example.org").subscriber.lists == ()


def test_who_left_everything_comes_back_by_a_new_sign_up(
    waiting_room: Confirmations, people: Subscribers, now: dt.datetime
) -> None:
    waiting_room.confirm(asked(waiting_room, sign_up(), now).token, now)
    people.unsubscribe("ada@example.org", list_name=None, now=now)
    people.unsubscribe("ada@example.org", list_name="weekly", now=now)
    waiting_room.confirm(asked(waiting_room, sign_up(), now + HOUR).token, now + HOUR)
    record = people.find("ada@example.org")
    assert (record.status, record.suppression, record.subscriber.lists) == (SubscriberStatus.ACTIVE, "", ("weekly",))
    assert record.memberships[0].joined_at == now + HOUR


@pytest.mark.parametrize("reason", [SuppressionReason.BOUNCE, SuppressionReason.COMPLAINT, SuppressionReason.MANUAL])
def test_a_barred_address_gets_no_mail_and_no_click_of_it_counts(
    waiting_room: Confirmations, people: Subscribers, now: dt.datetime, reason: SuppressionReason
) -> None:
    early = asked(waiting_room, sign_up(), now)
    people.suppress("ada@example.org", reason, note="", now=now)
    assert waiting_room.ask(sign_up(), now + HOUR) is None
    assert waiting_room.confirm(early.token, now + HOUR) is None
    assert list(people.stream()) == []


def test_an_address_gets_one_mail_in_ten_minutes_and_three_a_day(waiting_room: Confirmations, now: dt.datetime) -> None:
    minutes = [0, 5, 11, 15, 22, 40, 24 * 60 + 1]
    mails = [waiting_room.ask(sign_up("Ada@example.org"), now + dt.timedelta(minutes=each)) for each in minutes]
    assert [mail is not None for mail in mails] == [True, False, True, False, True, False, True]
    assert waiting_room.ask(sign_up("eve@example.org"), now) is not None


def test_a_link_works_for_a_week_and_then_the_address_is_deleted(
    database: Database, waiting_room: Confirmations, now: dt.datetime
) -> None:
    waiting = asked(waiting_room, sign_up(), now)
    assert waiting_room.confirm(waiting.token, now + EXPIRES) is None
    assert waiting_room.purge(now + EXPIRES - dt.timedelta(seconds=1)) == 0
    assert waiting_room.purge(now + EXPIRES) == 1
    with database.read() as connection:
        assert connection.execute(select(table)).all() == []
    assert waiting_room.confirm(bytes(16), now) is None


def test_mails_that_never_left_are_found_again(waiting_room: Confirmations, now: dt.datetime) -> None:
    first = asked(waiting_room, sign_up(), now)
    second = asked(waiting_room, sign_up("eve@example.org", "press"), now + HOUR)
    assert waiting_room.unmailed(now + HOUR) == (first, second)
    waiting_room.mailed(first.token, now + HOUR)
    assert waiting_room.unmailed(now + HOUR) == (second,)
    assert waiting_room.unmailed(now + 26 * HOUR) == ()


def test_an_address_changes_by_the_click_unless_it_is_somebodys(
    database: Database, waiting_room: Confirmations, people: Subscribers, now: dt.datetime
) -> None:
    for email in ("ada@example.org", "eve@example.org"):
        waiting_room.confirm(asked(waiting_room, sign_up(email), now).token, now)
    with database.read() as connection:
        ada = connection.scalar(select(subscribers.c.id).where(subscribers.c.email == "ada@example.org"))

    def move(email: str) -> Kind | None:
        request = Request(kind=Kind.NEW_ADDRESS, email=email, source="page", subscriber_id=ada)
        return waiting_room.confirm(asked(waiting_room, request, now + HOUR).token, now + HOUR)

    assert move("eve@example.org") is None
    assert move("Countess@example.com") is Kind.NEW_ADDRESS
    assert {person.email: person.lists for person, _ in people.stream()} == {
        "Countess@example.com": ("weekly",),
        "eve@example.org": ("weekly",),
    }


def test_a_name_from_a_form_overwrites_none_that_is_known(
    waiting_room: Confirmations, people: Subscribers, now: dt.datetime
) -> None:
    waiting_room.confirm(asked(waiting_room, sign_up(), now).token, now)
    waiting_room.confirm(
        asked(waiting_room, sign_up("ada@example.org", "press", name="Mallory"), now + HOUR).token, now
    )
    assert people.find("ada@example.org").subscriber.name == "Ada"
