"""The commands that arrange an issue, as a person runs them."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def runner(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["newsletter", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        return int(left.value.code or 0), captured.out, captured.err

    return runner


@pytest.fixture
def folder(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NEWSLETTER_PROJECT", raising=False)
    assert run("init", str(tmp_path / "weekly"))[0] == 0
    monkeypatch.chdir(tmp_path / "weekly")
    return tmp_path / "weekly"


def test_an_issue_is_rearranged(folder: Path, run: Run) -> None:
    assert run("issue", "move", "first-light", "chess", "--section", "top") == (
        0,
        "moved chess-club-needs-boards\n",
        "",
    )
    assert run("issue", "set", "first-light", "chess", "--title", "Chess!", "--layout", "story") == (
        0,
        "chess-club-needs-boards: layout story\nchanged issues/first-light/articles/chess-club-needs-boards.md\n",
        "",
    )
    assert run("issue", "section", "rename", "first-light", "in brief", "Short")[:2] == (
        0,
        "issues/first-light/issue.md: the section 'in brief' is now 'Short'\n",
    )
    assert run("issue", "section", "move", "first-light", "Short", "--position", "1")[:2] == (
        0,
        "issues/first-light/issue.md: Short, Top story, Around the region\n",
    )
    assert run("issue", "section", "add", "first-light", "Letters", "--layout", "brief")[0] == 0
    assert run("issue", "section", "remove", "first-light", "Short", "--to-inbox")[:2] == (
        0,
        (
            "moved tram-line-7-gets-quieter-wheels back to the inbox\n"
            "moved free-seeds-at-the-town-hall back to the inbox\nremoved the section 'Short'\n"
        ),
    )
    assert run("issue", "remove", "first-light", "ferme")[1] == (
        "moved ferme-du-vallon-opens-its-cellar back to the inbox\n"
    )
    text = (folder / "issues/first-light/issue.md").read_text()
    assert "  # The first article of the issue: one, with a large picture.\n  - title: Top story\n" in text
    assert "      - {article: chess-club-needs-boards, layout: story}\n" in text
    assert run("check", "first-light")[0] == 0


def test_an_edited_issue_is_checked_and_its_text_kept(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "issues/first-light/issue.md"
    monkeypatch.setenv("VISUAL", "sed -i s/Harbour/Lamp/")
    assert run("issue", "edit", "first-light") == (0, "issues/first-light/issue.md is fine\n", "")
    monkeypatch.setenv("VISUAL", "sed -i 's/layout: lead/layout: led/'")
    assert run("issue", "edit", "first-light") == (
        1,
        "",
        (
            "error: issues/first-light/issue.md:9: the section 'Top story' asks for the layout `led`, which the "
            "template 'weekly' does not have\n  Did you mean `lead`? Known: brief, lead, story.\n"
        ),
    )
    assert "subject: Lamp light" in file.read_text()
    assert "layout: led" in file.read_text()
    monkeypatch.setenv("VISUAL", "no-such-editor-here")
    assert run("issue", "edit", "first-light")[2].startswith(
        "error: the editor 'no-such-editor-here' cannot be started"
    )
    monkeypatch.delenv("VISUAL")
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("PATH", "")
    assert run("issue", "edit", "first-light") == (
        2,
        "",
        "error: no editor is set\n  Set the environment variable EDITOR to yours, like EDITOR=nano.\n",
    )


def test_only_what_reached_people_makes_an_issue_sent(folder: Path, run: Run) -> None:
    people = folder / "people.csv"
    people.write_text("email,name\nada@example.org,Ada\n")
    assert run("subscriber", "import", str(people), "--list", "weekly", "--consent-source", "test")[0] == 0
    assert run("send", "first-light", "--list", "weekly", "--transport", "outbox")[0] == 0
    assert " draft " in run("issue", "list")[1]
    assert run("issue", "rename", "first-light", "light")[:2] == (0, "renamed to issues/light/issue.md\n")
