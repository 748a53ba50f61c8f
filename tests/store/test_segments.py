"""A segment means the same to the database and to its evaluator; what it cannot say is refused in place."""

import datetime as dt
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from newsletter.errors import UsageError
from newsletter.models import Subscriber
from newsletter.store.database import Database, open_database
from newsletter.store.schema import lists, memberships, subscribers
from newsletter.store.segment_language import parse_segment
from newsletter.store.segment_sql import Person, condition, matches

NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
WORDS = ["DE", "de", "", "3", "-2.5", "03", "1.", ".5", "1e3", "Ü", "pro", "%", "'; DROP TABLE subscribers; --"]
KEYS = ["country", "n", "home town"]
values = st.sampled_from([*WORDS, 0, 3, -2.5, 10, True, False, None, ["pro"], {"a": 1}])
persons = st.builds(
    lambda name, attributes, tags, on, days: Person(
        subscriber=Subscriber(email="a@example.org", name=name, attributes=attributes, tags=tags, lists=on),
        joined=NOW - dt.timedelta(days=days),
    ),
    st.sampled_from(WORDS),
    st.dictionaries(st.sampled_from(KEYS), values, max_size=3),
    st.lists(st.sampled_from(WORDS), max_size=3, unique=True).map(tuple),
    st.sampled_from([(), ("weekly",)]),
    st.integers(0, 5),
)
texts = st.sampled_from(WORDS).map(lambda word: '"' + word + '"')
constants = st.one_of(texts, st.sampled_from(["3", "-2.5", "0", "10.0", "true", "false", "none"]))
attributes = st.sampled_from([f'subscriber.attributes["{key}"]' for key in KEYS])
orders = st.sampled_from(["==", "!=", "<", ">", "<=", ">="])


def _simple() -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{} {} {}".format, attributes, st.sampled_from(["==", "!="]), constants),
        st.builds("{} {} {}".format, attributes, orders, st.one_of(texts, st.sampled_from(["3", "-2.5", "0"]))),
        st.builds("{} {} {}".format, texts, orders, st.sampled_from(["subscriber.name", *["subscriber.email"]])),
        st.builds("{} {} subscriber.tags".format, texts, st.sampled_from(["in", "not in"])),
        st.builds("{} in {}".format, texts, st.one_of(attributes, st.just("subscriber.name"))),
        st.builds("{} in [{}, {}]".format, attributes, constants, constants),
        st.builds("subscriber.joined {} days_ago({})".format, orders, st.integers(0, 5)),
        st.sampled_from(['"weekly" in subscriber.lists', '"x" not in subscriber.lists']),
    )


expressions = st.recursive(
    _simple(),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Database:
    database = open_database("sqlite:///one.db", root=Path(tmp_path_factory.mktemp("one")))
    with database.write() as connection:
        connection.execute(insert(lists).values(id=1, name="weekly", title="", created_at=NOW))
    return database


@given(person=persons, source=expressions)
@settings(max_examples=300, deadline=None)
def test_the_database_and_the_evaluator_agree(one: Database, person: Person, source: str) -> None:
    tree = parse_segment(source, now=NOW)
    who = person.subscriber
    with one.read() as connection:
        row: dict[str, Any] = {
            "email": who.email,
            "email_key": who.email,
            "name": who.name,
            "attributes": dict(who.attributes),
        }
        row |= {"tags": list(who.tags), "status": "active", "created_at": person.joined}
        connection.execute(insert(subscribers).values(id=1, **row))
        if who.lists:
            on: dict[str, Any] = {
                "subscriber_id": 1,
                "list_id": 1,
                "token": b"x",
                "joined_at": NOW,
                "consent_source": "",
            }
            connection.execute(insert(memberships).values(**on))
        found = connection.execute(select(subscribers.c.id).where(condition(tree))).all()
        opposite = connection.execute(select(subscribers.c.id).where(~condition(tree))).all()
        connection.rollback()
    assert bool(found) is matches(tree, person)
    assert bool(found) is not bool(opposite)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "subscriber.nam == 'x'",
            (
                "`subscriber.nam` is nothing a segment can ask for, at character 1: subscriber.nam == 'x'\n"
                "A subscriber has: subscriber.email, subscriber.name, subscriber.attributes.KEY, subscriber.tags, "
                "subscriber.lists, subscriber.joined."
            ),
        ),
        (
            'subscriber.name == "x" and subscriber.name | upper == "X"',
            (
                'neither side is something a subscriber has, at character 28: subscriber.name | upper == "X"\n'
                "A subscriber has: subscriber.email, subscriber.name, subscriber.attributes.KEY, subscriber.tags, "
                "subscriber.lists, subscriber.joined."
            ),
        ),
        (
            'subscriber.tags == "pro"',
            '`subscriber.tags` is a set, at character 1: subscriber.tags == "pro"\nAsk: "word" in subscriber.tags.',
        ),
        (
            "subscriber.joined > 3",
            (
                "`subscriber.joined` cannot be compared with this, at character 1: subscriber.joined > 3\n"
                'Texts with texts; subscriber.joined with days_ago(90) or date("2026-01-31").'
            ),
        ),
        (
            '"a" in subscriber.tags and',
            (
                "the expression cannot be read: unexpected 'end of print statement', "
                "at character 24: and\nSee docs/subscribers.md for what a segment can say."
            ),
        ),
        (
            "subscriber.joined > days_ago(x)",
            '`days_ago` cannot be used so, at character 21: days_ago(x)\nWrite days_ago(90) or date("2026-01-31").',
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(source: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_segment(source, now=NOW)
    assert str(error.value) == message


@given(st.text(alphabet=string.printable, max_size=60))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_read_or_refused(source: str) -> None:
    try:
        tree = parse_segment(source, now=NOW)
    except UsageError as exc:
        remedy = exc.remedy
    else:
        remedy = str(condition(tree))
    assert remedy
