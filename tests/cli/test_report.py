"""`newsletter report`, as somebody types it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sent(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("init", str(tmp_path / "project"))[0] == 0
    monkeypatch.chdir(tmp_path / "project")
    Path("people.csv").write_text("email\nada@example.org\nben@gmail.com\n")
    run("subscriber", "import", "people.csv", "--list", "weekly", "--consent-source", "tests")
    run("subscriber", "unsubscribe", "ben@gmail.com")
    assert run("send", "first-light", "--list", "weekly")[0] == 0


@pytest.mark.usefixtures("sent")
def test_the_account_is_drawn_in_the_terminal_and_says_what_is_missing(run: Run) -> None:
    code, out, err = run("report", "first-light")
    assert code == 0
    account = out.split("\n\n")[1].splitlines()
    assert account == [
        "candidates                         2  " + "█" * 30,
        "- unsubscribed                     1  " + "█" * 15,
        "sent                               1  " + "█" * 15,
        "  no news yet                      1  " + "█" * 15,
        "unsubscribed                       0  of those who got it",
    ]
    assert err == (
        "This issue only went to a transport that mails nobody.\n"
        "No event about this issue was taken in yet: see `newsletter events pull`.\n"
    )


@pytest.mark.usefixtures("sent")
def test_json_csv_and_html_are_written(run: Run) -> None:
    found = json.loads(run("report", "first-light", "--json")[1])
    assert (found["numbers"]["candidates"], found["numbers"]["sent"]) == (2, 1)
    code, out, err = run("report", "first-light", "--csv", "r.csv", "--html", "r.html")
    assert (code, out, err) == (0, "", "written: r.html\nwritten: r.csv\n")
    assert Path("r.csv").read_text().startswith("section,name,number\naudience,candidates,2\n")
    assert Path("r.html").read_text().startswith("<!DOCTYPE html>")
    assert run("report", "first-light", "--html", "nowhere/r.html")[::2] == (
        2,
        "error: nowhere/r.html cannot be written: No such file or directory\n  Name another file.\n",
    )


@pytest.mark.usefixtures("sent")
def test_an_issue_that_was_not_sent_is_named(run: Run) -> None:
    assert run("report", "nothing")[::2] == (
        2,
        "error: the issue `nothing` was not sent yet\n  See newsletter mailing list.\n",
    )
