"""Nobody silently lost, nobody knowingly sent twice: the whole command, real HTTP, killed wherever it hurts."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.ses_server import SesServer

pytestmark = pytest.mark.slow

CONCURRENCY = 4
SEND = ["send", "first-light", "--list", "weekly", "--transport", "ses"]
DOOMED = str(Path(__file__).with_name("doomed.py"))
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def server() -> Iterator[SesServer]:
    with SesServer() as server:
        yield server


@pytest.fixture
def start(tmp_path: Path, server: SesServer) -> Iterator[Start]:
    """Start `newsletter` in a new project, with the stand-in as its SES."""
    project = tmp_path / "weekly"
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "NEWSLETTER_"))},
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_MAX_ATTEMPTS": "5",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NEWSLETTER_TRANSPORTS__SES__ENDPOINT_URL": server.url,
        "NEWSLETTER_TRANSPORTS__SES__REGION": "eu-central-1",
        "NEWSLETTER_NEWSLETTER__SENDER": "Weekly <news@example.com>",
        "NEWSLETTER_NEWSLETTER__POSTAL_ADDRESS": "1 Street, City",
        "NEWSLETTER_PUBLIC__BASE_URL": "https://news.example.com",
        "NEWSLETTER_DELIVERY__CONCURRENCY": str(CONCURRENCY),
    }
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, program: tuple[str, ...] = ("-m", "newsletter")) -> subprocess.Popen[str]:
        command = [sys.executable, *program, "--project", str(project), *arguments]
        process = subprocess.Popen(
            command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    subprocess.run([sys.executable, "-m", "newsletter", "init", str(project)], check=True, capture_output=True)
    yield start
    for process in started:
        process.kill()
        process.communicate()


def join(start: Start, tmp_path: Path, count: int) -> list[str]:
    everybody = [f"p{number}@example.org" for number in range(count)]
    (tmp_path / "people.csv").write_text("\n".join(["email,name", *(f"{each},Pat" for each in everybody)]) + "\n")
    process = start("subscriber", "import", str(tmp_path / "people.csv"), "--list", "weekly")
    assert process.wait() == 0, process.communicate()
    return everybody


def ledger(tmp_path: Path) -> dict[str, tuple[str, str, str]]:
    """The state, attempt and message id of every address, read past our own code; the database itself is whole."""
    connection = sqlite3.connect(tmp_path / "weekly" / ".newsletter" / "newsletter.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = connection.execute("SELECT email, state, attempt_id, message_id FROM deliveries").fetchall()
    finally:
        connection.close()
    return {email: (state, attempt, message_id) for email, state, attempt, message_id in rows}


def judge(server: SesServer, tmp_path: Path, everybody: list[str], *, kills: int) -> Counter[str]:
    """Hold the ledger against what the server truly accepted."""
    found = ledger(tmp_path)
    times = Counter(server.addresses)
    truth = {attempt: (address, f"id-{number}") for number, (address, attempt, _) in enumerate(server.accepted, 1)}
    assert sorted(found) == sorted(everybody), "the ledger names everybody once"
    assert [address for address, count in times.items() if count > 1] == [], "nobody is sent it twice"
    states = Counter(state for state, _, _ in found.values())
    assert set(states) <= {"sent", "unknown"}, "everybody has it, or is reported"
    lost = [email for email, (state, _, _) in found.items() if state == "sent" and email not in times]
    assert lost == [], "nobody is called sent without being sent it"
    for email, (state, attempt, message_id) in found.items():
        if state == "sent":
            assert truth[attempt] == (email, message_id), "the attempt and message id are the provider's"
    assert states["unknown"] <= CONCURRENCY * kills
    return states


def test_killed_at_random_moments_and_started_again_until_finished(
    start: Start, server: SesServer, tmp_path: Path
) -> None:
    everybody = join(start, tmp_path, 300)
    chance = random.Random(20261127)
    moments = sorted(chance.sample(range(5, 290), 12))
    kills = 0
    for moment in moments:
        sender = start(*SEND)
        server.wait_for(moment, process=sender)
        if sender.poll() is None:
            sender.kill()
            kills += 1
        sender.communicate()
    last = start(*SEND)
    _, errors = last.communicate(timeout=60)
    states = judge(server, tmp_path, everybody, kills=kills)
    assert kills >= 8, errors
    assert last.returncode == (3 if states["unknown"] else 0)


def test_killed_at_every_labelled_step(start: Start, server: SesServer, tmp_path: Path) -> None:
    everybody = join(start, tmp_path, 60)
    points = [
        *(("before-commit", 1), ("after-commit", 1), ("before-commit", 3), ("after-commit", 3)),
        *(("before-call", 1), ("after-call", 1), ("before-call", 6), ("after-call", 6)),
    ]
    for label, number in points:
        sender = start(*SEND, program=(DOOMED, label, str(number)))
        _, errors = sender.communicate(timeout=60)
        assert sender.returncode == 9, errors
    last = start(*SEND)
    last.communicate(timeout=60)
    judge(server, tmp_path, everybody, kills=len(points))
    again = start(*SEND)
    _, errors = again.communicate(timeout=60)
    assert "Nothing is sent again." in errors
    assert again.returncode == last.returncode == 3


def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_go_on(
    start: Start, server: SesServer, tmp_path: Path
) -> None:
    everybody = join(start, tmp_path, 80)
    server.hold_at = 20
    sender = start(*SEND)
    server.wait_for(20)
    sender.send_signal(signal.SIGINT)
    server.release()
    output, errors = sender.communicate(timeout=60)
    assert sender.returncode == 4, errors
    assert "go on: newsletter send first-light --list weekly --transport ses" in errors
    assert "unknown" not in output
    going_on = start(*SEND)
    _, errors = going_on.communicate(timeout=60)
    assert going_on.returncode == 0, errors
    assert judge(server, tmp_path, everybody, kills=0) == {"sent": 80}


def test_a_second_sender_is_refused_and_the_first_goes_on(start: Start, server: SesServer, tmp_path: Path) -> None:
    everybody = join(start, tmp_path, 40)
    server.hold_at = 1
    first = start(*SEND)
    server.wait_for(1)
    second = start(*SEND)
    _, errors = second.communicate(timeout=60)
    assert (second.returncode, first.poll()) == (5, None), errors
    assert errors.endswith(
        "error: another process is sending mailing 1\n  Wait for it, or look: newsletter mailing show 1.\n"
    )
    server.release()
    _, errors = first.communicate(timeout=60)
    assert first.returncode == 0, errors
    assert judge(server, tmp_path, everybody, kills=0) == {"sent": 40}
