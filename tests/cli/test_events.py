"""`newsletter events`, as somebody types it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

BOUNCE = {
    "eventType": "Bounce",
    "mail": {"timestamp": "2026-11-27T09:00:00Z", "messageId": "m1", "destination": ["ada@example.org"]},
    "bounce": {
        "timestamp": "2026-11-27T09:00:05Z",
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": "ada@example.org", "status": "5.7.26", "diagnosticCode": ""}],
    },
}


@pytest.fixture
def project(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert run("init", str(tmp_path / "project"))[0] == 0
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def test_files_and_standard_input_are_taken_in_and_alarms_are_loud(project: Path, run: Run) -> None:
    Path("events.jsonl").write_text(json.dumps(BOUNCE))
    code, out, err = run("events", "ingest", "events.jsonl")
    assert (code, out) == (0, "1 new event: 1 bounce\n          1 about messages that are not in this ledger\n")
    assert "ALARM: 1 message refused with 5.7.26 because of our domain, nobody was suppressed\n" in err
    code, out, err = run("events", "ingest", "-", stdin=json.dumps(BOUNCE).encode())
    assert (code, out, err) == (0, "0 new events\n          1 known before\n", "")


def test_what_cannot_be_read_is_named_and_the_exit_code_says_so(project: Path, run: Run) -> None:
    code, out, err = run("events", "ingest", "-", stdin=b'{"a": 1}\n\xff\n')
    assert (code, out) == (1, "0 new events\n")
    assert err == "warning: 2 events could not be read; see `newsletter events status`\n"
    code, out, err = run("events", "status")
    assert code == 0
    assert "-: it is no event of SES: neither eventType nor notificationType is there\n" in out
    assert "No event was taken in yet." in err
    (first, second) = json.loads(run("events", "status", "--json")[1])["unreadable"]
    assert {first["body"], second["body"]} == {'{"a": 1}', "\ufffd"}


def test_a_file_that_is_not_there_is_named(project: Path, run: Run) -> None:
    assert run("events", "ingest", "nothing.json")[::2] == (
        2,
        "error: nothing.json cannot be read: No such file or directory\n  Give the path of a file of events.\n",
    )


def test_without_a_queue_pull_says_what_to_write(project: Path, run: Run) -> None:
    code, out, err = run("events", "pull")
    assert (code, out) == (1, "")
    assert "there is no queue to pull events from\n" in err


def test_unknown_names_nobody_where_nobody_is_unknown(project: Path, run: Run) -> None:
    Path("people.csv").write_text("email\nada@example.org\n")
    run("subscriber", "import", "people.csv", "--list", "weekly", "--consent-source", "tests")
    assert run("send", "first-light", "--list", "weekly")[0] == 0
    code, out, err = run("mailing", "unknown", "1")
    assert (code, out, err) == (0, "mailing 1, first-light: 0 deliveries unknown\n", "")
    assert json.loads(run("mailing", "unknown", "1", "--json")[1]) == {"mailing": 1, "events": 0, "unknown": []}
    assert run("mailing", "unknown", "7")[0] == 2
