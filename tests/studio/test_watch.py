"""Which changed files make the preview compile again."""

from pathlib import Path

import pytest
from watchfiles import Change

from newsletter.studio.watch import Watcher

ROOT = Path("/srv/node_modules/.venv/weekly")


@pytest.mark.parametrize(
    "name",
    [
        "issues/tides/issue.md",
        "issues/tides/articles/a.md",
        "issues/tides/images/a.jpg",
        "issues/tides",
        "templates/weekly/email.mjml",
        "templates/_shared/article.mjml",
        "templates/weekly/layouts",
    ],
)
def test_files_of_the_issue_and_of_templates_concern_it(name: str) -> None:
    assert Watcher(ROOT, "tides", lambda: None).concerns(Change.modified, str(ROOT / name))


@pytest.mark.parametrize(
    "name",
    [
        "issues/other/issue.md",
        "issues/inbox/a.md",
        "issues/tides/.issue.md.swp",
        "issues/tides/issue.md~",
        "issues/tides/#issue.md#",
        "issues/tides/.#issue.md",
        "issues/tides/4913",
        "issues/tides/articles/.a.md.k3x9",
        "issues/tides/.git/index",
        "templates/weekly/email.mjml.tmp",
        "templates/weekly/email.mjml___jb_tmp___",
        "outbox/new/1",
    ],
)
def test_other_issues_and_temporary_files_of_editors_do_not(name: str) -> None:
    assert not Watcher(ROOT, "tides", lambda: None).concerns(Change.modified, str(ROOT / name))


def test_a_path_outside_the_project_does_not() -> None:
    assert not Watcher(ROOT, "tides", lambda: None).concerns(Change.modified, "/srv/templates/weekly/email.mjml")
