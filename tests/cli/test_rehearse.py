"""The rehearsal and the stand-in, as somebody types them."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.slow


@pytest.fixture
def project(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert run("init", str(tmp_path / "weekly"))[0] == 0
    monkeypatch.chdir(tmp_path / "weekly")
    return tmp_path / "weekly"


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_rehearsal_adds_up_and_leaves_the_project_as_it_was(run: Run, project: Path) -> None:
    before = files(project)
    code, out, err = run("rehearse", "first-light", "--subscribers", "30", "--faults", "reset-after@3,error@5,quota@9")
    assert code == 0, err
    lines = out.splitlines()
    assert re.fullmatch(r"30 people, 29 messages accepted in [\d.]+ s \(\d+/s\); 2 runs, 0 kills, 1 pauses", lines[0])
    assert lines[1:] == [
        "  faults      1 error, 1 quota, 1 reset-after",
        "  sent               28",
        "  unknown             2",
        "  of the 2 unknown 1 had been accepted; SES's events settled 1 and left 1 to newsletter mailing resolve",
        "  lost 0, duplicates 0, falsely sent 0",
    ]
    assert err == (
        "stopped: the provider's quota for 24 hours is used up (LimitExceededException: Daily message quota exceeded.)"
        "; going on\n"
    )
    assert files(project) == before


def test_the_people_of_a_list_can_be_taken(run: Run, project: Path) -> None:
    (project / "people.csv").write_text("email,name\nada@example.org,Ada\nben@example.org,Ben\n")
    assert run("subscriber", "import", "people.csv", "--list", "weekly", "--consent-source", "tests")[0] == 0
    code, out, err = run("rehearse", "first-light", "--list", "weekly")
    assert (code, out.splitlines()[1]) == (0, "  sent                2"), err


def test_a_send_that_cannot_start_says_why(run: Run, project: Path) -> None:
    settings = project / "newsletter.toml"
    settings.write_text(re.sub(r"(?m)^postal_address = .*$", 'postal_address = ""', settings.read_text()))
    code, out, err = run("rehearse", "first-light", "--subscribers", "3")
    assert (code, out) == (1, "")
    assert err.startswith("error: the send came to an end with exit code 1:\n")
    assert "the newsletter has no postal address" in err


def test_an_issue_that_is_not_there_is_named(run: Run, project: Path) -> None:
    code, _, err = run("rehearse", "nothing")
    assert code == 2
    assert err.startswith("error: there is no issue 'nothing'")


def test_the_stand_in_runs_until_it_is_told_to_end_and_counts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "newsletter", "ses-standin", "--port", "0", "--log", str(tmp_path / "log.jsonl")]
    with subprocess.Popen(
        [*command, "--faults", "no-id@2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    ) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        client = boto3.client(
            "sesv2", region_name="us-east-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b"
        )
        for _ in range(2):
            client.send_email(
                FromEmailAddress="news@example.com",
                Destination={"ToAddresses": ["ada@example.com"]},
                Content={"Raw": {"Data": b"From: news@example.com\r\nSubject: x\r\n\r\nHello\r\n"}},
            )
        client.close()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert errors.endswith("2 calls, 2 accepted; faults: 1 no-id\n")


def test_a_fault_that_there_is_not_is_a_wrong_command(run: Run, project: Path) -> None:
    code, out, err = run("rehearse", "first-light", "--faults", "thunder=1%")
    assert (code, out) == (2, "")
    assert err.startswith("error: there is no fault 'thunder'\n  Known: throttle, quota, ")
