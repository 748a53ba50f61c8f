"""A hand on a mailing, as somebody types it; what a running sender does of it is in tests/delivery/test_control.py."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.cli import main
from newsletter.models import CompiledIssue, Mailbox, Newsletter
from newsletter.store.database import open_database, utc_now
from newsletter.store.mailings import Audience, Mailings

Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A project with a mailing to two people that is frozen and was never started."""

    def shell(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["newsletter", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    monkeypatch.setattr("getpass.getuser", lambda: "ines")
    shell("init", str(tmp_path / "project"))
    monkeypatch.chdir(tmp_path / "project")
    Path("people.csv").write_text("email,name\nanna@example.org,Anna\nben@example.org,Ben\n")
    shell("subscriber", "import", "people.csv", "--list", "weekly", "--consent-source", "tests")
    with open_database("sqlite:///.newsletter/newsletter.db", root=Path()) as database:
        audience = Audience(issue="first-light", lists=("weekly",), transport="outbox", reaches_people=False)
        compiled = CompiledIssue(slug="first-light", subject="Hi", preheader="", html="<p>Hi", text="Hi", sha256="a")
        newsletter = Newsletter(name="Weekly", sender=Mailbox(email="news@example.com"))
        Mailings(database).freeze(audience, compiled, newsletter, utc_now())
    return shell


def test_what_a_person_paused_is_not_sent_until_a_person_goes_on(shell: Shell) -> None:
    assert shell("mailing", "pause", "1", "--reason", "a typo") == (
        0,
        "mailing 1 is paused: 2 pending\n",
        "go on: newsletter mailing resume 1; end it for good: newsletter mailing cancel 1\n",
    )
    code, _, err = shell("send", "first-light", "--list", "weekly")
    assert code == 4
    assert err.endswith("paused by ines: a typo: nothing is sent until newsletter mailing resume 1\n")
    assert shell("mailing", "resume", "1") == (
        0,
        "mailing 1 may go on; no process is sending it: 2 pending\n",
        "send the rest: newsletter send first-light --list weekly --transport outbox\n",
    )
    code, out, _ = shell("send", "first-light", "--list", "weekly")
    assert code == 0
    assert "  sent                2\n" in out
    assert shell("mailing", "pause", "1") == (
        2,
        "",
        "error: mailing 1 is finished: nothing about it can be changed any more\n  See newsletter mailing show 1.\n",
    )


def test_a_cancelled_mailing_is_shown_with_who_why_and_whom_it_did_not_reach(shell: Shell) -> None:
    assert shell("mailing", "cancel", "1") == (
        2,
        "",
        "error: nothing was cancelled: there is nobody to ask\n  Say --yes.\n",
    )
    assert shell("mailing", "cancel", "1", "--yes", "--reason", "wrong issue") == (
        0,
        "mailing 1 is cancelled: 2 skipped\n",
        "2 people were skipped; who: newsletter mailing show 1\n",
    )
    _, out, _ = shell("mailing", "show", "1")
    assert ": cancelled by ines: wrong issue\n" in out
    assert "  skipped             2  (2 cancelled)\n" in out
    assert "  skipped  anna@example.org  cancelled\n" in out


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["20"], (0, "mailing 1 is sent at 20 a second, or less where less is allowed\n", "")),
        (["--as-allowed"], (0, "mailing 1 is sent at the rate allowed\n", "")),
        (["0"], (2, "", "error: 0 is no rate\n  To stop sending: newsletter mailing pause ID.\n")),
        ([], (2, "", "error: say one rate\n  Give messages a second, or --as-allowed.\n")),
    ],
)
def test_a_rate_is_set_or_taken_back(shell: Shell, words: list[str], answer: tuple[int, str, str]) -> None:
    assert shell("mailing", "rate", "1", *words) == answer


def test_a_watch_ends_with_the_mailing_and_every_look_is_a_line_of_json(shell: Shell) -> None:
    shell("send", "first-light", "--list", "weekly")
    code, out, _ = shell("mailing", "watch", "1", "--json")
    assert code == 0
    (line,) = out.splitlines()
    assert json.loads(line) == {
        "mailing": 1,
        "state": "finished",
        "counts": {"sent": 2},
        "done": 2,
        "total": 2,
        "rate": 0.0,
        "seconds_left": None,
    }
    code, out, _ = shell("mailing", "watch", "1")
    assert (code, out.splitlines()[0]) == (0, "mailing 1: first-light, Hi")
