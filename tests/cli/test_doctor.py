"""`newsletter doctor` as somebody types it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    shutil.copytree(REPOSITORY / "templates", tmp_path / "templates")
    (tmp_path / "newsletter.toml").write_text(
        '[newsletter]\nsender = "Weekly <news@weekly.com>"\npostal_address = "1 Street"\n'
        '[public]\nbase_url = "https://news.weekly.com"\n[transports.ses]\nregion = "eu-west-1"\n'
    )
    (tmp_path / "people.csv").write_text("email\nanna@example.org\nben@example.org\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_outbox_is_ready_and_says_so_in_the_last_line(project: Path, run: Run) -> None:
    run("subscriber", "import", "people.csv", "--list", "weekly", "--consent-source", "tests")
    code, out, err = run("doctor")
    assert "This machine\n  ✓ D201  the database is whole (" in out
    assert "\nSkipped: Amazon SES account, Sender in SES, Events from SES, DNS of the sender, Unsubscribe page, " in out
    assert "D101" not in out
    assert out.splitlines()[-1].startswith(
        "This machine can send the list weekly (2 people) into the outbox, where nobody is mailed."
    )
    assert code in {0, 3}  # 3 on a Python or with time zones that are old
    assert err == ""


def test_offline_only_this_machine_is_looked_at(project: Path, run: Run) -> None:
    run("subscriber", "import", "people.csv", "--list", "weekly", "--consent-source", "tests")
    code, out, _ = run("doctor", "--transport", "ses", "--offline")
    assert code in {0, 3}
    assert (
        "\nSkipped: Amazon SES account, Sender in SES, Events from SES, DNS of the sender: --offline\n"
        "\nSkipped: Live messages: only with --live\n"
    ) in out
    assert "of sending to the list weekly (2 people); the network was not asked." in out.splitlines()[-1]


def test_neighbours_that_were_left_out_share_a_line_and_remedies_stand_below(project: Path, run: Run) -> None:
    (project / "newsletter.toml").write_text('[newsletter]\nsender = ""\n')
    code, out, _ = run("doctor", "--transport", "ses", "--offline")
    assert code == 1
    assert out.startswith(
        "Newsletter\n"
        "  ✗ D101  the newsletter has no sender\n"
        '         Add to newsletter.toml: [newsletter] sender = "Weekly <news@your.domain>".\n'
    )
    assert "  - D702-D704  skipped: --offline\n" in out
    assert out.splitlines()[-1] == "No: 3 things must be mended first."


def test_json_has_every_item_and_the_answer(project: Path, run: Run) -> None:
    code, out, _ = run("doctor", "--json", "--offline", "--transport", "ses")
    found = json.loads(out)
    assert set(found) == {"ready", "answer", "items"}
    assert found["ready"] is None
    first = next(item for item in found["items"] if item["id"] == "D103")
    assert first == {
        "id": "D103",
        "topic": "Newsletter",
        "title": "the list has people to mail",
        "verdict": "warning",
        "message": "there is no list yet",
        "remedy": "Import people: newsletter subscriber import FILE --list NAME.",
        "source": "the database: on the list, not unsubscribed, not suppressed",
    }
    assert code == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--list", "other"), "error: there is no list yet\n"),
        (("--transport", "pigeon"), "error: there is no transport 'pigeon'\n"),
        (("--live",), "error: --live needs the network and the transport ses\n"),
        (("--live", "--transport", "ses", "--offline"), "error: --live needs the network and the transport ses\n"),
    ],
)
def test_a_wrong_command_is_refused(project: Path, run: Run, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run("doctor", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(message)


def test_nothing_of_the_project_is_changed(project: Path, run: Run) -> None:
    before = sorted(project.rglob("*"))
    run("doctor", "--offline", "--transport", "ses")
    assert sorted(project.rglob("*")) == before
