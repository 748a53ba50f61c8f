"""A person who wants to be forgotten is: in every table, in every file of the database, and for every later import."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter.errors import StoreError
from newsletter.message.tokens import TokenKeys
from newsletter.models import CompiledIssue, DeliveryState, Mailbox, Newsletter, Outcome, OutcomeKind, SkipReason
from newsletter.store.confirmations import Confirmations, Kind, Request
from newsletter.store.database import Database
from newsletter.store.evidence import Decision, Resolution, resolve
from newsletter.store.forgetting import forget, forgotten, hashed
from newsletter.store.importing import NewSubscriber
from newsletter.store.keys import load_keys
from newsletter.store.ledger import Ledger, Result
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.schema import events, suppressions
from newsletter.store.subscribers import Subscribers
from newsletter.store.taking import ImportOutcome

EMAIL, NAME = "zebedee.quill@example.org", "Zebedee Quill"
ROW = NewSubscriber(line=1, email=EMAIL, name=NAME, attributes={"city": "Zanzibar-Quill"})
OTHER = NewSubscriber(line=2, email="ada@example.org", name="Ada")


@pytest.fixture
def keys(tmp_path: Path) -> TokenKeys:
    return load_keys(tmp_path / ".newsletter", may_create=True)


def take(people: Subscribers, now: dt.datetime, *rows: NewSubscriber) -> list[ImportOutcome]:
    return people.take(rows or [ROW, OTHER], list_name="weekly", consent_source="fair", now=now, write=True)


def freeze(database: Database, now: dt.datetime, issue: str = "clouds") -> int:
    audience = Audience(issue=issue, lists=("weekly",), transport="ses", reaches_people=True)
    compiled = CompiledIssue(slug=issue, subject="", preheader="", html="", text="", sha256="")
    newsletter = Newsletter(name="Weekly", sender=Mailbox(email="news@example.com"))
    mailing, _ = Mailings(database).freeze(audience, compiled, newsletter, now)
    Mailings(database).start(mailing.id, now)
    return mailing.id


def test_no_trace_is_left_in_the_files_of_the_database(
    database: Database, people: Subscribers, keys: TokenKeys, now: dt.datetime, tmp_path: Path
) -> None:
    people.ensure_list("weekly", now)
    take(people, now)
    ledger = Ledger(database, freeze(database, now), worker="w")
    for claim in ledger.step([], claim=2, now=now):
        words = f"answer about {claim.subscriber.email}"
        outcome = Outcome(kind=OutcomeKind.AMBIGUOUS, code="x", text=words)
        ledger.step([Result(attempt_id=claim.attempt_id, outcome=outcome, not_before=now)], claim=0, now=now)
        if claim.subscriber.email == EMAIL:
            with database.write() as connection:
                payload = {"mail": {"destination": [EMAIL]}}
                values = {"dedupe_key": "1", "attempt_id": claim.attempt_id, "type": "bounce", "meaning": "hard_bounce"}
                connection.execute(events.insert().values(**values, occurred_at=now, code="", payload=payload))
    resolution = Resolution(decision=Decision.LEAVE, who="eve", reason=f"{EMAIL} wrote to us")
    assert resolve(database, 1, [EMAIL], resolution, now=now) == 1
    Confirmations(database).ask(Request(kind=Kind.SIGN_UP, email=EMAIL, source="form", name=NAME), now)

    assert forget(database, EMAIL, keys)

    database.close()
    for file in (tmp_path / ".newsletter").glob("newsletter.db*"):
        data = file.read_bytes().lower()
        assert [word for word in (b"zebedee", b"quill", b"zanzibar") if word in data] == []
        if file.suffix == ".db":
            assert b"ada@example.org" in data
    with database.read() as connection:
        assert connection.execute(select(events)).all() == []
    assert Mailings(database).get(1).counts == {DeliveryState.UNKNOWN: 2}


def test_an_import_does_not_bring_them_back(
    database: Database, people: Subscribers, keys: TokenKeys, now: dt.datetime
) -> None:
    people.ensure_list("weekly", now)
    take(people, now)
    forget(database, EMAIL, keys)
    upper = NewSubscriber(line=1, email="Zebedee.QUILL@example.org", name=NAME)
    assert take(people, now, ROW, OTHER) == [ImportOutcome.SUPPRESSED, ImportOutcome.UNCHANGED]
    assert take(people, now, upper) == [ImportOutcome.SUPPRESSED]
    assert [person.email for person, _ in people.stream()] == ["ada@example.org"]


def test_a_mailing_that_is_running_skips_them(
    database: Database, people: Subscribers, keys: TokenKeys, now: dt.datetime
) -> None:
    people.ensure_list("weekly", now)
    take(people, now)
    mailing = freeze(database, now)
    forget(database, EMAIL, keys)
    claims = Ledger(database, mailing, worker="w").step([], claim=9, now=now)
    assert [claim.subscriber.email for claim in claims] == ["ada@example.org"]
    assert Mailings(database).get(mailing).skipped == {SkipReason.SUPPRESSED: 1}
    rows = list(Mailings(database).deliveries(mailing, [DeliveryState.SKIPPED]))
    assert [(row.email, row.reason) for row in rows] == [("", "suppressed")]


def test_a_forgotten_person_who_signs_up_and_confirms_is_welcome(
    database: Database, people: Subscribers, keys: TokenKeys, now: dt.datetime
) -> None:
    people.ensure_list("weekly", now)
    take(people, now)
    forget(database, EMAIL, keys)
    confirmations = Confirmations(database)
    waiting = confirmations.ask(Request(kind=Kind.SIGN_UP, email=EMAIL, source="form", lists=("weekly",)), now)
    assert waiting is not None
    assert confirmations.confirm(waiting.token, now) is Kind.SIGN_UP
    assert people.find(EMAIL).subscriber.lists == ("weekly",)
    with database.read() as connection:
        assert connection.execute(select(suppressions)).all() == []


def test_the_hash_needs_the_key_and_outlives_its_replacement(
    database: Database, people: Subscribers, keys: TokenKeys, now: dt.datetime, tmp_path: Path
) -> None:
    people.ensure_list("weekly", now)
    forget(database, EMAIL, keys)
    new = TokenKeys(current="k2", keys={**keys.keys, "k2": bytes(32)})
    assert hashed(EMAIL, new) != hashed(EMAIL, keys)
    with database.read() as connection:
        assert forgotten(connection, [EMAIL, "ada@example.org"], tmp_path / ".newsletter") == {EMAIL: "forgotten"}
    assert forget(database, EMAIL, new) is False  # nobody was there, and the older hash gives way to the newer
    with database.read() as connection:
        assert connection.execute(select(suppressions.c.email_key)).scalars().all() == [hashed(EMAIL, new)]


def test_without_the_keys_nothing_is_imported_rather_than_somebody_brought_back(
    database: Database, people: Subscribers, keys: TokenKeys, now: dt.datetime, tmp_path: Path
) -> None:
    people.ensure_list("weekly", now)
    forget(database, EMAIL, keys)
    (tmp_path / ".newsletter/keys.json").unlink()
    with pytest.raises(StoreError) as error:
        take(people, now)
    assert error.value.what == "the keys of the unsubscribe links are gone"
    assert list(people.stream()) == []
