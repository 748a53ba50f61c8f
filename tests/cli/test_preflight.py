"""What `send` shows before people are mailed, and how it makes sure that it may."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli import main

Shell = Callable[..., tuple[int, str]]
SEND = ("send", "first-light", "--list", "weekly")


class Terminal(io.StringIO):
    """Somebody who types at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A project that may mail people by SMTP, with three on its list; gives the exit code and what was noted."""

    def shell(*words: str, typed: str | None = None) -> tuple[int, str]:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["newsletter", *words])
            if typed is not None:
                patch.setattr(sys, "stdin", Terminal(typed))
                patch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
            with pytest.raises(SystemExit) as left:
                main()
        return int(left.value.code or 0), capsys.readouterr().err

    shell("init", str(tmp_path / "project"))
    monkeypatch.chdir(tmp_path / "project")
    for name, value in {
        "NEWSLETTER__SENDER": "Weekly <news@example.com>",
        "NEWSLETTER__POSTAL_ADDRESS": "1 Street, City",
        "PUBLIC__BASE_URL": "https://news.example.com",
        "TRANSPORTS__SMTP__HOST": "127.0.0.1",
        "TRANSPORTS__SMTP__PORT": "1",
        "TRANSPORTS__SMTP__SECURITY": "none",
        "DELIVERY__RATE": "0.01",
    }.items():
        monkeypatch.setenv(f"NEWSLETTER_{name}", value)
    Path("people.csv").write_text("email,name\n" + "".join(f"{name}@example.org,{name}\n" for name in "abc"))
    shell("subscriber", "import", "people.csv", "--list", "weekly", "--consent-source", "tests")
    return shell


def lines_of(err: str, title: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith(title)]


def test_a_dry_run_shows_the_whole_send_and_changes_nothing(shell: Shell) -> None:
    code, err = shell(*SEND, "--transport", "smtp", "--dry-run")
    assert code == 0
    assert lines_of(err, "audience") == ["audience    3 candidates on weekly = 3 recipients"]
    assert lines_of(err, "for ") == [
        f"for         {name} <{name}@example.org>: Harbour light switched on, libraries open all night"
        for name in "abc"
    ]
    (time,) = lines_of(err, "time ")
    assert time.startswith("time        3 messages at 0.01/s take 5 minutes: done by ")
    assert err.endswith("nothing was sent\n")
    assert not Path(".newsletter/keys.json").exists()
    assert shell("mailing", "list")[1].startswith("Nothing was sent yet.")


def test_without_a_terminal_people_are_mailed_only_by_their_number(shell: Shell) -> None:
    code, err = shell(*SEND, "--transport", "smtp")
    assert code == 2
    assert err.endswith(
        "error: nothing was sent: 3 people would be mailed, and there is nobody to ask\n"
        "  Look at it with --dry-run, then say --yes-to 3.\n"
    )
    code, err = shell(*SEND, "--transport", "smtp", "--yes-to", "4")
    assert code == 2
    assert err.endswith(
        "error: nothing was sent: the audience is 3 people, not 4\n"
        "  Look at who it is; if it is right, say --yes-to 3.\n"
    )
    assert shell("mailing", "list")[1].startswith("Nothing was sent yet.")


def test_at_a_terminal_the_number_is_typed(shell: Shell) -> None:
    code, err = shell(*SEND, "--transport", "smtp", typed="yes\n")
    assert code == 1
    assert "To send it, type the number of people, 3:" in err
    assert err.endswith("nothing was sent\n")
    assert shell("mailing", "list")[1].startswith("Nothing was sent yet.")


def test_the_right_number_sends(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    # two are enough to meet the pause: nobody listens at that port
    monkeypatch.setenv("NEWSLETTER_DELIVERY__RATE", "1000")
    monkeypatch.setattr("newsletter.delivery.judge.LIMITS", Everything())
    code, err = shell(*SEND, "--transport", "smtp", typed="3\n")
    assert code == 4
    assert "stopped: 2 connections failed one after the other (ConnectionRefusedError" in err
    code, err = shell(*SEND, "--transport", "smtp")
    assert code == 4
    assert "going on with mailing 1, frozen " in err


class Everything(dict[Any, int]):
    """Two of whatever is wrong pause the mailing."""

    def get(self, _kind: Any, _otherwise: Any = None) -> int:
        return 2


def test_the_outbox_asks_nobody(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSLETTER_DELIVERY__RATE")
    assert shell(*SEND)[0] == 0
    assert len(list(Path("outbox/new").iterdir())) == 3
