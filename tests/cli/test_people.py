"""Looking after people from the command line: lists, one person at a time, what a person may ask for, suppressions."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run_here(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    assert run("init", str(tmp_path / "project"))[0] == 0
    monkeypatch.chdir(tmp_path / "project")
    assert run("list", "new", "weekly", "--title", "The Weekly") == (0, "made list weekly\n", "")
    return run


def add(run: Run, email: str, *more: str) -> tuple[int, str, str]:
    return run("subscriber", "add", email, "--list", "weekly", "--consent-source", "phone", *more)


def test_a_person_from_the_first_day_to_the_last(run_here: Run) -> None:
    assert add(run_here, "zebedee.quill@example.org", "--name", "Zebedee Quill", "--attribute", "city=Zanzibar") == (
        0,
        "zebedee.quill@example.org: added on list weekly\n",
        "",
    )
    assert run_here("subscriber", "tag", "pro", "zebedee.quill@example.org")[1] == (
        "zebedee.quill@example.org is changed\n"
    )
    assert run_here("subscriber", "untag", "x", "zebedee.quill@example.org")[1] == (
        "zebedee.quill@example.org stays as it was\n"
    )
    assert run_here("subscriber", "edit", "zebedee.quill@example.org", "-a", "job=baker")[0] == 0
    [found] = json.loads(run_here("subscriber", "find", "zanzibar", "pro", "--json")[1])
    assert found["attributes"] == {"city": "Zanzibar", "job": "baker"}
    held = json.loads(run_here("subscriber", "export-person", "zebedee.quill@example.org")[1])
    assert [each["source"] for each in held["consent"]] == ["phone"]
    refused = run_here("subscriber", "forget", "zebedee.quill@example.org")
    assert refused == (2, "", "error: nothing was deleted: there is nobody to ask\n  Say --yes.\n")
    code, out, _ = run_here("subscriber", "forget", "zebedee.quill@example.org", typed="y\n")
    assert (code, out.strip()) == (0, "zebedee.quill@example.org is forgotten")
    files = list(Path(".newsletter").glob("newsletter.db*"))
    assert files
    for file in files:
        assert not [word for word in (b"zebedee", b"Zebedee", b"Zanzibar") if word in file.read_bytes()]
    code, _, err = add(run_here, "zebedee.quill@example.org")
    assert (code, err) == (
        2,
        (
            "error: zebedee.quill@example.org is suppressed and was kept out\n"
            "  See newsletter subscriber show zebedee.quill@example.org.\n"
        ),
    )


def test_without_a_source_of_consent_nobody_is_taken(run_here: Run) -> None:
    Path("people.csv").write_text("email\nada@example.org\n")
    assert run_here("subscriber", "import", "people.csv", "--list", "weekly")[0] == 2
    assert run_here("subscriber", "import", "people.csv", "--list", "weekly", "--consent-source", " ") == (
        2,
        "",
        (
            "error: nobody can say where these people agreed to be mailed\n"
            '  Declare it: --consent-source "sign-up sheet of the book fair".\n'
        ),
    )
    assert json.loads(run_here("list", "show", "--json")[1])[0]["subscribers"] == 0


def test_an_import_keeps_the_date_and_points_at_doubtful_addresses(run_here: Run) -> None:
    Path("people.csv").write_text("email\nada@gmial.com\ninfo@example.org\n")
    code, out, err = run_here(
        *("subscriber", "import", "people.csv", "--list", "weekly", "--consent-source", "fair"),
        *("--consent-date", "2025-05-31", "--tag", "fair", "--report", "report.csv"),
    )
    assert (code, out) == (0, "2 rows for list weekly: 2 added\n")
    assert "  taken, but look at it: 1 address with a domain that looks mistyped\n" in err
    assert "  taken, but look at it: 1 address of a role, not a person\n" in err
    assert "2,ada@gmial.com,doubtful,did they mean ada@gmail.com?" in Path("report.csv").read_text()
    held = json.loads(run_here("subscriber", "export-person", "ada@gmial.com")[1])
    assert (held["tags"], held["consent"][0]["at"]) == (["fair"], "2025-05-31T00:00:00+00:00")
    future = run_here(
        *("subscriber", "import", "people.csv", "--list", "weekly", "--consent-source", "x"),
        *("--consent-date", "2999-01-01"),
    )
    assert future == (2, "", "error: 2999-01-01 is in the future\n  Say when these people agreed.\n")


def test_exports_are_for_the_owner_and_never_overwrite(run_here: Run) -> None:
    add(run_here, "ada@example.org", "--name", "=1+1")
    assert run_here("subscriber", "export", "--out", "all.csv")[2] == "2 lines in all.csv\n"
    assert Path("all.csv").read_text() == "email,name,status,lists,tags\nada@example.org,'=1+1,active,weekly,\n"
    assert run_here("subscriber", "export", "--out", "all.csv")[0] == 1
    assert json.loads(run_here("subscriber", "export", "--jsonl")[1])["name"] == "=1+1"


def test_suppressions_come_and_go_with_reason_and_date(run_here: Run) -> None:
    who = ("Example.com", "ada@example.org")
    added = run_here("suppression", "add", *who, "--reason", "complaint", "--date", "2026-01-02")
    assert added == (0, "2 suppressions added\n", "")
    assert run_here("suppression", "list")[1] == (
        "who              kind     reason     since       note\n"
        "example.com      domain   complaint  2026-01-02\n"
        "ada@example.org  address  complaint  2026-01-02\n"
    )
    assert run_here("suppression", "export", "out.csv")[1] == "2 suppressions in out.csv\n"
    assert run_here("suppression", "remove", "example.com", "--yes")[1] == "example.com is no longer suppressed\n"
    assert run_here("suppression", "import", "out.csv")[1] == "2 rows: 1 added, 1 there before, 0 refused\n"
    assert run_here("suppression", "add", "x.org", "--reason", "dislike") == (
        2,
        "",
        "error: 'dislike' is no reason\n  Known: unsubscribe, bounce, complaint, manual.\n",
    )


def test_lists_are_shown_renamed_and_put_away(run_here: Run) -> None:
    assert run_here("list", "rename", "weekly", "monthly", "--title", "The Monthly")[0] == 0
    assert run_here("list", "archive", "monthly")[1] == "list monthly is archived\n"
    [shown] = json.loads(run_here("list", "show", "--json")[1])
    assert (shown["name"], shown["title"], shown["archived_at"] is not None) == ("monthly", "The Monthly", True)
    assert run_here("list", "show", "weekly")[2] == "error: there is no list `weekly`\n  Known lists: monthly.\n"


def test_the_database_is_copied_checked_and_counted(run_here: Run) -> None:
    add(run_here, "ada@example.org")
    code, out, _ = run_here("db", "backup", "copy.db")
    assert (code, out) == (0, f"copy.db: {Path('copy.db').stat().st_size:,} bytes\n")
    assert run_here("db", "backup", "copy.db")[2] == (
        "error: copy.db: this file is there already\n  Choose another name, or delete it.\n"
    )
    assert run_here("db", "check")[1].endswith("newsletter.db is sound\n")
    assert json.loads(run_here("db", "stats", "--json")[1])["rows"]["subscribers"] == 1


def test_a_segment_is_saved_counted_and_explains_an_audience(run_here: Run) -> None:
    add(run_here, "ada@example.org", "--attribute", "country=DE", "--tag", "pro")
    add(run_here, "ben@example.org", "--attribute", "country=FR", "--tag", "pro")
    add(run_here, "eve@example.org", "--attribute", "country=DE", "--tag", "pro")
    run_here("suppression", "add", "eve@example.org")
    source = 'subscriber.attributes.country == "DE" and "pro" in subscriber.tags and subscriber.joined > days_ago(90)'
    assert run_here("segment", "new", "pro-de", source) == (0, "segment pro-de: 2 people\n", "")
    assert run_here("segment", "show", "pro-de")[1] == f"{source}\n2 people\n"
    assert run_here("segment", "new", "pro-de", source)[2].startswith("error: there is a segment `pro-de` already\n")
    assert json.loads(run_here("audience", "explain", "--list", "weekly", "--segment", "pro-de", "--json")[1]) == {
        "candidates": 3,
        "recipients": 1,
        "excluded": {"outside the segment": 1, "suppressed": 1},
    }
    assert run_here("audience", "explain", "clouds", "--list", "weekly")[1] == (
        "            people\ncandidates  3\nsuppressed  -1\nrecipients  2\n"
    )
    assert run_here("segment", "edit", "pro-de", '"x" in subscriber.tags')[1] == "segment pro-de: 0 people\n"
    assert run_here("segment", "edit", "x", '"x" in subscriber.tags')[2] == (
        "error: there is no segment `x`\n  Known segments: pro-de.\n"
    )
    assert run_here("segment", "count", "pro-de")[1] == "0\n"
    assert run_here("segment", "remove", "pro-de")[1] == "segment pro-de is removed\n"
    assert json.loads(run_here("segment", "list", "--json")[1]) == []
