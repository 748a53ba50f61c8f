import datetime as dt
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.errors import ConflictError, UsageError
from newsletter.models import MailingSummary
from newsletter.store.database import Database
from newsletter.store.doubts import doubt_about
from newsletter.store.export import csv_lines, json_lines, write_private
from newsletter.store.held import held_about
from newsletter.store.importing import NewSubscriber
from newsletter.store.ledger import Ledger
from newsletter.store.lists import archive_list, new_list, rename_list
from newsletter.store.people import Change, add_person, edit_person, find_people
from newsletter.store.subscribers import Subscribers
from newsletter.store.taking import ImportOutcome, UpdateMode


def test_one_person_is_added_with_consent_on_record(people: Subscribers, database: Database, now: dt.datetime) -> None:
    new_list(database, "weekly", title="", now=now)
    change = Change(name="Ada", attributes={"city": "Ulm"}, add_tags=("pro",))
    outcome = add_person(people, "Ada@EXAMPLE.org", change, list_name="weekly", consent_source="phone", now=now)
    assert outcome is ImportOutcome.ADDED
    held = held_about(database, "ada@example.org")
    assert (held["email"], held["name"], held["attributes"], held["tags"]) == (
        "Ada@example.org",
        "Ada",
        {"city": "Ulm"},
        ["pro"],
    )
    assert [(each["list"], each["action"], each["source"]) for each in held["consent"]] == [
        ("weekly", "given", "phone")
    ]
    with pytest.raises(UsageError) as error:
        add_person(people, "ben@example.org", change, list_name="press", consent_source="phone", now=now)
    assert str(error.value) == "there is no list `press`\nMake it: newsletter list new press."


def test_editing_sets_takes_away_and_says_whether_anything_changed(
    people: Subscribers, database: Database, join: Callable[..., None]
) -> None:
    join("ada")
    assert edit_person(database, "ada@example.org", Change(attributes={"city": "Ulm", "job": "x"}, add_tags=("a", "b")))
    assert edit_person(database, "ada@example.org", Change(name="", attributes={"job": None}, remove_tags=("a",)))
    assert not edit_person(database, "ada@example.org", Change(remove_tags=("a",)))
    found = people.find("ada@example.org").subscriber
    assert (found.name, found.attributes, found.tags) == ("", {"city": "Ulm"}, ("b",))
    with pytest.raises(UsageError, match="nobody here has the address"):
        edit_person(database, "eve@example.org", Change(name="Eve"))


def test_people_are_found_by_every_word(database: Database, join: Callable[..., None]) -> None:
    join("ada", "ben", "abe")
    edit_person(database, "ben@example.org", Change(attributes={"city": "Köln_1"}, add_tags=("pro",)))

    def found(*words: str) -> list[str]:
        return [subscriber.email.partition("@")[0] for subscriber, _ in find_people(database, words, most=5)]

    assert found("EXAMPLE") == ["abe", "ada", "ben"]
    assert found("example", "köln_1".replace("k", "K")) == ["ben"]
    assert found("pro") == ["ben"]
    assert found("n_1") == ["ben"]
    assert found("%") == []


def test_an_export_holds_everybody_and_no_formula(
    people: Subscribers, database: Database, join: Callable[..., None], now: dt.datetime, tmp_path: Path
) -> None:
    join("ada")
    row = NewSubscriber(line=1, email="ben@example.org", name="=HYPERLINK(1)", attributes={"city": "+49", "n": "3"})
    people.take([row], list_name="weekly", consent_source="", now=now, write=True)
    lines = list(csv_lines(people, "weekly"))
    assert lines == [
        "email,name,status,lists,tags,city,n\r\n",
        "ada@example.org,Ada,active,weekly,,,\r\n",
        "ben@example.org,'=HYPERLINK(1),active,weekly,,'+49,3\r\n",
    ]
    assert json.loads(list(json_lines(people, None))[1])["attributes"] == {"city": "+49", "n": "3"}
    file = tmp_path / "out.csv"
    assert write_private(file, lines) == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(ConflictError, match="this file is there already"):
        write_private(file, lines)


def test_everything_held_outlives_the_removal_of_the_subscriber(
    people: Subscribers,
    database: Database,
    join: Callable[..., None],
    freeze: Callable[..., MailingSummary],
    now: dt.datetime,
) -> None:
    join("ada")
    Ledger(database, freeze().id, worker="w").step([], claim=1, now=now)
    held = held_about(database, "ada@example.org")
    assert [(each["issue"], each["state"]) for each in held["deliveries"]] == [("clouds", "sending")]
    assert len(held["attempts"]) == 1
    json.dumps(held)
    people.remove("ada@example.org")
    left = held_about(database, "ada@example.org")
    assert "name" not in left
    assert left["deliveries"] == held["deliveries"]
    with pytest.raises(UsageError, match="nothing is held about eve"):
        held_about(database, "eve@example.org")


def test_a_renamed_list_takes_its_records_along(
    people: Subscribers,
    database: Database,
    join: Callable[..., None],
    freeze: Callable[..., MailingSummary],
    now: dt.datetime,
) -> None:
    join("ada")
    join("ben", to="press")
    mailing = freeze()
    with pytest.raises(UsageError) as error:
        rename_list(database, "weekly", "monthly")
    assert str(error.value) == (
        f"mailing {mailing.id} to the list `weekly` is not finished\n"
        "Finish it first: it finds its people by the list's name."
    )
    rename_list(database, "press", "presse")
    assert [(each.name, each.title) for each in people.lists()] == [("presse", "presse"), ("weekly", "weekly")]
    with pytest.raises(UsageError, match="there is a list `presse` already"):
        rename_list(database, "weekly", "presse")
    with pytest.raises(UsageError, match="there is no list `press`"):
        rename_list(database, "press", "x")


def test_an_archived_list_is_neither_mailed_nor_imported_to(
    people: Subscribers, database: Database, join: Callable[..., None], now: dt.datetime
) -> None:
    join("ada")
    join("ben", to="press")
    assert archive_list(database, "press", now=now)
    assert not archive_list(database, "press", now=now)
    assert [each.name for each in people.lists()] == ["weekly"]
    with pytest.raises(UsageError, match="there is no list `press`"):
        people.require_lists(["press"])
    with pytest.raises(UsageError, match="the list `press` is archived"):
        people.ensure_list("press", now)
    assert archive_list(database, "press", now=now, undo=True)
    assert people.require_lists(["press"]) == ("press",)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (UpdateMode.MERGE, ("New", {"city": "Ulm", "job": "baker"}, ("a", "b"))),
        (UpdateMode.OVERWRITE, ("New", {"city": "", "job": "baker"}, ("b",))),
        (UpdateMode.SKIP, ("Old", {"city": "Ulm"}, ("a",))),
    ],
)
def test_what_an_import_does_to_known_people_is_said(
    people: Subscribers,
    now: dt.datetime,
    mode: UpdateMode,
    expected: tuple[str, dict[str, str], tuple[str, ...]],
) -> None:
    people.ensure_list("weekly", now)
    old = NewSubscriber(line=1, email="ada@example.org", name="Old", attributes={"city": "Ulm"}, tags=("a",))
    new = NewSubscriber(
        line=1, email="ada@example.org", name="New", attributes={"city": "", "job": "baker"}, tags=("b",)
    )
    people.take([old], list_name="weekly", consent_source="", now=now, write=True)
    [outcome] = people.take([new], list_name="weekly", consent_source="", now=now, write=True, update=mode)
    assert outcome is (ImportOutcome.UNCHANGED if mode is UpdateMode.SKIP else ImportOutcome.UPDATED)
    found = people.find("ada@example.org").subscriber
    assert (found.name, found.attributes, found.tags) == expected


@pytest.mark.parametrize(
    ("email", "text"),
    [
        ("ada@gmial.com", "did they mean ada@gmail.com?"),
        ("ada@hotmail.con", "did they mean ada@hotmail.com?"),
        ("info@example.org", "`info` is a role, not a person"),
        ("ada@mailinator.com", "mailboxes of mailinator.com are thrown away"),
    ],
)
def test_doubtful_addresses_are_pointed_out(email: str, text: str) -> None:
    doubt = doubt_about(email)
    assert doubt is not None
    assert doubt.text == text


@pytest.mark.parametrize("email", ["ada@gmail.com", "ada@mail.com", "ada@email.com", "ada@we.de", "ada@example.org"])
def test_ordinary_addresses_are_not(email: str) -> None:
    assert doubt_about(email) is None
