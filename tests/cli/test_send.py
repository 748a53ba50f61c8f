"""People in, an issue out, and the account of it, as somebody types it."""

import json
import mailbox
import re
import sys
from pathlib import Path

import pytest

from newsletter.cli import main
from newsletter.store.schema import HEAD

CSV = """E-Mail;Name;Home Town
anna@EXAMPLE.org;"Bäcker; Anna";Köln
ben@example.org;Ben;
ANNA@example.org;Anna again;Bonn
nobody;Nobody;
jösé@example.org;José;
"""


class Shell:
    """Runs commands in a project and keeps what was printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._patch = patch
        self.out = ""
        self.err = ""

    def __call__(self, line: str) -> int:
        self._patch.setattr(sys, "argv", ["newsletter", *line.split()])
        with pytest.raises(SystemExit) as left:
            main()
        self.out, self.err = self._capsys.readouterr()
        return int(left.value.code or 0)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A new project with two people on the list `weekly`."""
    shell = Shell(capsys, monkeypatch)
    assert shell(f"init {tmp_path / 'project'}") == 0
    monkeypatch.chdir(tmp_path / "project")
    Path("people.csv").write_text(CSV)
    return shell


def test_an_import_counts_every_row_and_names_those_not_taken(shell: Shell) -> None:
    assert shell("subscriber import people.csv --list weekly --consent-source fair --report report.csv") == 0
    assert shell.out == "5 rows for list weekly (new): 1 duplicate, 2 refused, 2 added\n"
    assert "  line 4: ANNA@example.org: duplicate: the same address as in line 2\n" in shell.err
    assert "  line 5: nobody: refused: 'nobody' is no address that can be mailed: " in shell.err
    assert shell.err.endswith("every row that was not taken, and every doubtful address: report.csv\n")
    assert len(Path("report.csv").read_text().splitlines()) == 4
    assert shell("subscriber import people.csv --list weekly --consent-source fair") == 0
    assert shell.out == "5 rows for list weekly: 1 duplicate, 2 refused, 2 unchanged\n"


def test_an_import_of_nobody_fails(shell: Shell) -> None:
    Path("people.csv").write_text("email\nnobody\n")
    assert shell("subscriber import people.csv --list weekly --consent-source fair") == 1


def test_people_can_be_looked_up_and_leave(shell: Shell) -> None:
    assert shell("subscriber list") == 0
    assert "There is no list yet." in shell.err
    shell("subscriber import people.csv --list weekly --consent-source fair")
    assert shell("subscriber list --json") == 0
    assert [(each["email"], each["name"], each["status"]) for each in json.loads(shell.out)] == [
        ("anna@example.org", "Bäcker; Anna", "active"),
        ("ben@example.org", "Ben", "active"),
    ]
    assert shell("subscriber unsubscribe anna@example.org") == 0
    assert shell.out == "anna@example.org is off every list\n"
    assert shell("subscriber show ANNA@example.org") == 0
    assert "status      unsubscribed, suppressed: unsubscribe\n" in shell.out
    assert "attribute   home_town = Köln\n" in shell.out
    assert shell("subscriber remove ben@example.org") == 0
    assert shell("subscriber show ben@example.org") == 2


def test_an_issue_goes_to_the_outbox_with_an_account_that_adds_up(shell: Shell) -> None:
    shell("subscriber import people.csv --list weekly --consent-source fair")
    shell("subscriber unsubscribe ben@example.org")
    assert shell("send first-light --list weekly") == 0
    assert "audience    2 candidates on weekly - 1 unsubscribed = 1 recipient\n" in shell.err
    assert re.search(r"sent {12,}1\n  skipped {9,}1  \(1 unsubscribed\)\n  candidates {7,}2\n", shell.out)
    (message,) = mailbox.Maildir("outbox")
    assert "anna@example.org" in message["To"]
    assert not re.search(r"\[\[|\[%|\ufdd0", message.as_string())
    assert shell("mailing list --json") == 0
    (found,) = json.loads(shell.out)
    assert (found["id"], found["state"], found["counts"]) == (1, "finished", {"sent": 1, "skipped": 1})
    assert shell("mailing show 1") == 0
    assert "  skipped  ben@example.org  unsubscribed\n" in shell.out
    assert shell("mailing show 1 --json") == 0
    assert [row["state"] for row in json.loads(shell.out)["deliveries"]] == ["sent", "skipped"]


def test_sending_to_the_outbox_again_is_a_new_mailing(shell: Shell) -> None:
    shell("subscriber import people.csv --list weekly --consent-source fair")
    for number in (1, 2):
        assert shell("send first-light --list weekly") == 0
        assert shell.out.startswith(f"mailing {number}: ")


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        ("send first-light --list wekly", 2, "error: there is no list `wekly`\n  Known lists: weekly.\n"),
        ("mailing show 9", 2, "error: there is no mailing 9\n  See newsletter mailing list.\n"),
        (
            "mailing resolve 9 --resend",
            2,
            "error: say what is to be done, and why\n  Give --resend or --leave, and --reason TEXT.\n",
        ),
        (
            "subscriber import nowhere.csv --list weekly --consent-source fair",
            1,
            "error: nowhere.csv: the file cannot be read: No such file or directory\n  Check its name and rights.\n",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(shell: Shell, line: str, code: int, error: str) -> None:
    shell("subscriber import people.csv --list weekly --consent-source fair")
    assert shell(line) == code
    assert shell.err == error


def test_nothing_sent_yet_says_what_to_do(shell: Shell) -> None:
    assert shell("mailing list") == 0
    assert shell.err == "Nothing was sent yet. Send an issue with `newsletter send ISSUE --list NAME`.\n"
    assert shell("db upgrade") == 0
    assert shell.out.endswith(f"newsletter.db is up to date (revision {HEAD})\n")


def test_an_issue_with_an_error_is_not_sent_and_says_what_to_mend(shell: Shell) -> None:
    assert shell("subscriber import people.csv --list weekly --consent-source fair") == 0
    record = Path("issues/first-light/articles/harbour-light-returns-after-thirty-years.md")
    text = record.read_text()
    assert "alt:" in text
    record.write_text(re.sub(r"^  alt:.*\n(    .*\n)*", "", text, flags=re.MULTILINE))
    assert shell("send first-light --list weekly") == 1
    assert "error N301: issues/first-light/articles/harbour-light-returns-after-thirty-years.md:" in shell.err
    assert "has no alt text\n  Say in `image.alt` what it shows, for readers who do not see it.\n" in shell.err
    assert re.search(r"first-light has \d errors? and was not sent\n", shell.err)
    assert not list(Path("outbox/new").glob("*"))
    assert shell("mailing list") == 0
    assert "first-light" not in shell.out


def test_who_overrules_a_check_is_kept_with_the_mailing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ines")
    shell("subscriber import people.csv --list weekly --consent-source fair")
    record = Path("issues/first-light/articles/chess-club-needs-boards.md")
    record.write_text(record.read_text() + "\nTODO: who?\n")
    assert shell("send first-light --list weekly --despite N543") == 2
    assert shell.err == ('error: --despite and --reason go together\n  Give both: --despite N301 --reason "why".\n')
    assert shell("send first-light --list weekly --despite N999 --reason fun") == 2
    assert shell.err.endswith(
        "error: N999 found no error in first-light, so there is nothing to overrule\n"
        "  Leave `--despite N999` out. Checks with an error here: N543.\n"
    )
    assert shell("mailing list") == 0
    assert "first-light" not in shell.out
    assert shell("send first-light --list weekly --despite n543 --reason urgent") == 0
    assert "overruled   N543 by ines: urgent\n" in shell.err
    assert shell("mailing show 1") == 0
    line = "  overruled   N543 by ines: urgent (the text of 'Chess club needs boards' still has 'TODO:')\n"
    assert line in shell.out
    assert shell("mailing show 1 --json") == 0
    assert json.loads(shell.out)["overruled"] == [
        {
            "check": "N543",
            "message": "the text of 'Chess club needs boards' still has 'TODO:'",
            "place": "issues/first-light/articles/chess-club-needs-boards.md:7",
            "who": "ines",
            "reason": "urgent",
        }
    ]
