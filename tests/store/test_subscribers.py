import datetime as dt

import pytest

from newsletter.errors import UsageError
from newsletter.models import Subscriber, SubscriberStatus
from newsletter.store.importing import NewSubscriber
from newsletter.store.subscribers import ListSummary, Subscribers


@pytest.fixture
def anna(people: Subscribers, now: dt.datetime) -> Subscriber:
    people.ensure_list("weekly", now)
    row = NewSubscriber(line=2, email="Anna@example.org", name="Anna Bäcker", attributes={"city": "Köln"}, tags=("x",))
    people.take([row], list_name="weekly", consent_source="fair", now=now, write=True)
    return Subscriber(
        email="Anna@example.org", name="Anna Bäcker", attributes={"city": "Köln"}, tags=("x",), lists=("weekly",)
    )


def test_a_subscriber_comes_back_as_it_went_in(people: Subscribers, anna: Subscriber, now: dt.datetime) -> None:
    record = people.find("ANNA@example.org")
    assert record.subscriber == anna
    assert (record.status, record.suppression, record.created_at) == (SubscriberStatus.ACTIVE, "", now)
    (membership,) = record.memberships
    assert (membership.list, membership.consent_source, membership.consent_at, membership.left_at) == (
        "weekly",
        "fair",
        now,
        None,
    )
    assert list(people.stream("weekly")) == [(anna, SubscriberStatus.ACTIVE)]


def test_leaving_a_list_twice_changes_something_once(people: Subscribers, anna: Subscriber, now: dt.datetime) -> None:
    assert people.unsubscribe(anna.email, list_name="weekly", now=now)
    assert not people.unsubscribe(anna.email, list_name="weekly", now=now)
    assert people.find(anna.email).subscriber.lists == ()
    assert people.lists() == (ListSummary(name="weekly", title="weekly", subscribers=0),)


def test_leaving_everything_outlives_the_removal(people: Subscribers, anna: Subscriber, now: dt.datetime) -> None:
    assert people.unsubscribe(anna.email, list_name=None, now=now)
    assert not people.unsubscribe(anna.email, list_name=None, now=now)
    record = people.find(anna.email)
    assert (record.status, record.suppression) == (SubscriberStatus.UNSUBSCRIBED, "unsubscribe")
    people.remove(anna.email)
    with pytest.raises(UsageError, match=r"nobody here has the address anna@example\.org"):
        people.find("anna@example.org")


def test_unknown_people_and_lists_are_named(people: Subscribers, anna: Subscriber, now: dt.datetime) -> None:
    with pytest.raises(UsageError, match=r"Anna@example\.org is not on a list `press`"):
        people.unsubscribe(anna.email, list_name="press", now=now)
    with pytest.raises(UsageError, match="nobody here"):
        people.remove("ben@example.org")
    with pytest.raises(UsageError) as error:
        people.require_lists(["press"])
    assert str(error.value) == "there is no list `press`\nKnown lists: weekly."


def test_a_list_without_anybody_is_refused(people: Subscribers, now: dt.datetime) -> None:
    with pytest.raises(UsageError, match="there is no list yet"):
        people.require_lists(["weekly"])
    people.ensure_list("weekly", now)
    with pytest.raises(UsageError, match="nobody is on `weekly`"):
        people.require_lists(["weekly"])
