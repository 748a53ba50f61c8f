"""Addresses, domains and hashes that must not be mailed, at the freeze, at the claim and at every import."""

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.errors import UsageError
from newsletter.message.tokens import TokenKeys
from newsletter.models import MailingSummary, SkipReason, SuppressionReason
from newsletter.store.database import Database
from newsletter.store.forgetting import forget
from newsletter.store.importing import NewSubscriber
from newsletter.store.ledger import Ledger
from newsletter.store.mailings import Mailings
from newsletter.store.subscribers import Subscribers
from newsletter.store.suppression_files import import_suppressions, suppression_lines
from newsletter.store.suppressions import SuppressionKind, Suppressions, suppression_key
from newsletter.store.taking import ImportOutcome

MANUAL = SuppressionReason.MANUAL
ADA = hashlib.sha256(b"ada@example.org").hexdigest()


@pytest.fixture
def store(database: Database) -> Suppressions:
    return Suppressions(database)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ADA@Example.org", "ada@example.org"),
        ("bücher.example", "@xn--bcher-kva.example"),
        ("@Example.org", "@example.org"),
        (ADA.upper(), f"sha256:{ADA}"),
        (f"sha256:{ADA}", f"sha256:{ADA}"),
        (f"hmac:k1:{ADA}", f"hmac:k1:{ADA}"),
    ],
)
def test_a_suppression_is_an_address_a_domain_or_a_hash(text: str, key: str) -> None:
    assert suppression_key(text) == key


def test_what_is_none_of_them_is_refused() -> None:
    with pytest.raises(UsageError) as error:
        suppression_key("not an address")
    assert str(error.value) == (
        "'not an address' is no address, domain or SHA-256\n"
        "Write ada@example.org, example.org, or 64 hexadecimal digits."
    )


@pytest.mark.parametrize("who", ["ada@example.org", "example.org", ADA])
def test_the_freeze_leaves_out_who_is_barred(
    store: Suppressions,
    people: Subscribers,
    join: Callable[..., None],
    freeze: Callable[..., MailingSummary],
    now: dt.datetime,
    who: str,
) -> None:
    join("ada")
    other = NewSubscriber(line=1, email="ben@sub.example.org")
    people.take([other], list_name="weekly", consent_source="", now=now, write=True)
    store.add([suppression_key(who)], MANUAL, note="", at=now)
    mailing = freeze()
    assert mailing.skipped == {SkipReason.SUPPRESSED: 1}
    assert mailing.candidates == 2


@pytest.mark.parametrize("who", ["ada@example.org", "example.org", ADA])
def test_a_running_mailing_skips_who_is_barred_meanwhile(
    store: Suppressions,
    database: Database,
    mailings: Mailings,
    join: Callable[..., None],
    freeze: Callable[..., MailingSummary],
    now: dt.datetime,
    who: str,
) -> None:
    join("ada")
    mailing = freeze()
    store.add([suppression_key(who)], MANUAL, note="", at=now)
    assert Ledger(database, mailing.id, worker="w").step([], claim=5, now=now) == []
    assert mailings.get(mailing.id).skipped == {SkipReason.SUPPRESSED: 1}


def test_who_is_barred_twice_counts_once(
    store: Suppressions, join: Callable[..., None], freeze: Callable[..., MailingSummary], now: dt.datetime
) -> None:
    join("ada", "ben")
    keys = ["ada@example.org", "@example.org", f"sha256:{ADA}"]
    assert store.add(keys, MANUAL, note="", at=now) == 3
    assert store.add(keys, MANUAL, note="", at=now) == 0
    assert freeze().skipped == {SkipReason.SUPPRESSED: 2}


@pytest.mark.parametrize("who", ["ada@example.org", "example.org", ADA])
def test_an_import_keeps_out_who_is_barred(
    store: Suppressions, people: Subscribers, now: dt.datetime, who: str
) -> None:
    people.ensure_list("weekly", now)
    store.add([suppression_key(who)], MANUAL, note="", at=now)
    rows = [NewSubscriber(line=1, email="Ada@example.org"), NewSubscriber(line=2, email="ada@example.com")]
    outcomes = people.take(rows, list_name="weekly", consent_source="fair", now=now, write=True)
    assert outcomes == [ImportOutcome.SUPPRESSED, ImportOutcome.ADDED]


def test_what_is_exported_can_be_imported_again(store: Suppressions, now: dt.datetime, tmp_path: Path) -> None:
    store.add(["ada@example.org"], SuppressionReason.BOUNCE, note="=cmd()", at=now)
    store.add(["@example.com", f"sha256:{ADA}"], MANUAL, note="", at=now)
    before = list(store.stream())
    assert [each.kind for each in before] == [SuppressionKind.DOMAIN, SuppressionKind.ADDRESS, SuppressionKind.HASH]
    file = tmp_path / "out.csv"
    file.write_text("".join(suppression_lines(before)), newline="")
    assert f"ada@example.org,address,bounce,'=cmd(),{now.isoformat()}" in file.read_text()
    for each in before:
        store.remove(each.value)
    assert list(store.stream()) == []
    done = import_suppressions(store, file, reason=MANUAL, note="", now=now + dt.timedelta(days=1))
    assert (done.rows, done.added, done.refused) == (3, 3, ())
    assert [(each.value, each.reason, each.created_at) for each in store.stream()] == [
        (each.value, each.reason, each.created_at) for each in before
    ]


def test_a_bare_list_is_taken_and_a_bad_line_is_named(store: Suppressions, now: dt.datetime, tmp_path: Path) -> None:
    file = tmp_path / "gone.txt"
    file.write_text("ada@example.org\nno one\nexample.com\n")
    done = import_suppressions(store, file, reason=SuppressionReason.BOUNCE, note="old", now=now)
    assert (done.rows, done.added) == (3, 2)
    assert done.refused == ((2, "'no one' is no address, domain or SHA-256"),)
    assert {(each.value, each.reason, each.note) for each in store.stream()} == {
        ("ada@example.org", "bounce", "old"),
        ("example.com", "bounce", "old"),
    }


def test_who_was_forgotten_comes_back_only_by_their_own_wish(
    store: Suppressions, database: Database, join: Callable[..., None]
) -> None:
    from newsletter.store.keys import load_keys

    join("ada")
    keys: TokenKeys = load_keys(database.state_dir, may_create=True)
    forget(database, "ada@example.org", keys)
    [mark] = [each.value for each in store.stream()]
    for who in (mark, "ada@example.org"):
        with pytest.raises(UsageError, match="on their own wish"):
            store.remove(who)
    assert len(list(store.stream())) == 1
