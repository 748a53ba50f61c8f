"""A picture of an issue can be had before its checks."""

import shutil
from dataclasses import replace
from pathlib import Path

from newsletter.config import load_settings
from newsletter.project import Project
from newsletter.project.preparation import check_prepared, prepare_issue, prepare_unchecked

REPOSITORY = Path(__file__).parent.parent.parent


def test_a_picture_and_its_checks_together_are_what_preparing_gives(tmp_path: Path) -> None:
    for name in ("templates", "issues"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    shutil.copytree(REPOSITORY / "tests/checks/bad-issue", tmp_path / "issues/bad-issue")
    shutil.copy(REPOSITORY / "newsletter.toml", tmp_path)
    project = Project(tmp_path, load_settings(tmp_path / "newsletter.toml", {}))
    picture = prepare_unchecked(project, "bad-issue")
    whole = prepare_issue(project, "bad-issue")
    assert picture.findings == ()
    assert whole.findings != ()
    assert check_prepared(project, picture).findings == whole.findings
    assert replace(picture, mail=whole.mail, subject=whole.subject, findings=whole.findings) == whole
