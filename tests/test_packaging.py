"""What people install is the wheel: it is built, put into an empty environment and used there."""

import mailbox
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSLETTER_", "PYTHON", "VIRTUAL"))}


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=CLEAN, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, REPOSITORY, cwd=target)
    [built] = target.glob("*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_carries_the_stock_and_the_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "newsletter/py.typed",
        "newsletter/stock/newsletter.toml",
        "newsletter/stock/subscribers.sample.csv",
        "newsletter/stock/templates/weekly/email.mjml",
        "newsletter/stock/templates/_shared/article.mjml",
        "newsletter/stock/templates/public/base.html",
        "newsletter/stock/templates/public/locale/de.po",
        "newsletter/stock/issues/first-light/issue.md",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "docs/"))]


@pytest.mark.slow
def test_an_empty_environment_can_init_build_and_send(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv/bin/python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    newsletter = tmp_path / "venv/bin/newsletter"

    assert "in weekly" in run(newsletter, "init", "weekly", cwd=tmp_path)
    project = tmp_path / "weekly"
    run(newsletter, "build", "first-light", cwd=project)
    assert "<!DOCTYPE html>" in (project / "build/first-light/message.html").read_text()[:20]
    run(
        newsletter,
        "subscriber",
        "import",
        "subscribers.sample.csv",
        "--list",
        "weekly",
        "--consent-source",
        "tests",
        cwd=project,
    )
    run(python, "-m", "newsletter", "--project", project, "send", "first-light", "--list", "weekly", cwd=tmp_path)

    sample = (REPOSITORY / "subscribers.sample.csv").read_text().splitlines()
    messages = list(mailbox.Maildir(project / "outbox", create=False))
    assert len(messages) == len(sample) - 1
    assert len({message["List-Unsubscribe"] for message in messages}) == len(messages)
