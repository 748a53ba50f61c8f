"""Where an issue is on its way, from what the files, the checks and the ledger say."""

import shutil
from pathlib import Path

import pytest

from newsletter.config import load_settings
from newsletter.project import Project
from newsletter.project.fingerprint import fingerprint
from newsletter.project.state import state_of

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name in ("issues", "templates"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    shutil.copy(REPOSITORY / "newsletter.toml", tmp_path)
    return Project(tmp_path, load_settings(tmp_path / "newsletter.toml", {}))


def test_an_issue_is_checked_until_one_of_its_files_changes(project: Project) -> None:
    issue = project.issue("first-light")
    passed = fingerprint(project, issue)
    assert state_of(project, issue, passed="", mailings=[]) == "draft"
    assert state_of(project, issue, passed=passed, mailings=[]) == "checked"
    (project.root / "issues/first-light/articles/chess-club-needs-boards.md").touch()
    assert state_of(project, issue, passed=passed, mailings=[]) == "checked"
    (project.root / "templates/weekly/email.txt").write_text("other")
    assert state_of(project, issue, passed=passed, mailings=[]) == "draft"


@pytest.mark.parametrize(
    ("mailings", "state"),
    [
        (["finished"], "sent"),
        (["finished", "paused"], "paused"),
        (["ready"], "ready"),
        (["finished", "sending", "paused"], "sending"),
    ],
)
def test_a_mailing_counts_more_than_a_check(project: Project, mailings: list[str], state: str) -> None:
    issue = project.issue("first-light")
    assert state_of(project, issue, passed=fingerprint(project, issue), mailings=mailings) == state
