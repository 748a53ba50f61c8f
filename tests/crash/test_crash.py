"""Nobody silently lost, nobody knowingly sent twice: the whole command, real HTTP, killed wherever it hurts.

The oracle is the product's own stand-in of Amazon SES, which shares no code with the sender. `NEWSLETTER_KILLS=1000`
makes the random kills a night's work: `make nightly`.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter.models import DeliveryState
from newsletter.project import Project
from newsletter.project.init import init_project
from newsletter.rehearsal.audit import audit
from newsletter.rehearsal.dress import rehearse
from newsletter.rehearsal.faults import parse_faults
from newsletter.rehearsal.stage import SECRET_KEY, made_up_people, seat, set_stage
from newsletter.rehearsal.standin import SesStandIn, StandInSettings
from newsletter.rehearsal.truth import read_truth
from newsletter.store.database import open_database, utc_now
from newsletter.store.mailings import Mailings

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("NEWSLETTER_KILLS", "20"))
PEOPLE = max(600, 10 * KILLS)
CONCURRENCY = 4
SEND = ["send", "first-light", "--list", "weekly", "--transport", "ses"]
COUNT = ["--yes-to", "60"]
"""What confirms a new mailing; to go on with one needs none."""
DOOMED = str(Path(__file__).with_name("doomed.py"))
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SesStandIn]:
    with SesStandIn(StandInSettings(log=tmp_path / "truth.jsonl", latency=0.01, secret="test")) as server:
        yield server


def wait_for(server: SesStandIn, count: int, *, seconds: float = 60) -> None:
    """Wait until so many messages were accepted in all."""
    deadline = time.monotonic() + seconds
    while server.accepted < count:
        assert time.monotonic() < deadline, f"{server.accepted} of {count} after {seconds} s"
        time.sleep(0.002)


@pytest.fixture
def start(tmp_path: Path, server: SesStandIn) -> Iterator[Start]:
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

    init_project(project)
    yield start
    for process in started:
        process.kill()
        process.communicate()


def join(start: Start, tmp_path: Path, count: int) -> list[str]:
    everybody = [f"p{number}@example.org" for number in range(count)]
    (tmp_path / "people.csv").write_text("\n".join(["email,name", *(f"{each},Pat" for each in everybody)]) + "\n")
    process = start(
        "subscriber", "import", str(tmp_path / "people.csv"), "--list", "weekly", "--consent-source", "tests"
    )
    assert process.wait() == 0, process.communicate()
    return everybody


def judge(tmp_path: Path, everybody: list[str], *, kills: int) -> Counter[DeliveryState]:
    """Hold the ledger against what the stand-in truly accepted; the database itself is whole."""
    root = tmp_path / "weekly"
    connection = sqlite3.connect(root / ".newsletter" / "newsletter.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        connection.close()
    with open_database("sqlite:///.newsletter/newsletter.db", root=root) as database:
        rows = list(Mailings(database).deliveries(1))
    truth = read_truth(tmp_path / "truth.jsonl")
    account = audit(everybody, rows, truth, lost_in_flight=CONCURRENCY * kills)
    assert account.problems == {}
    assert set(account.states) <= {DeliveryState.SENT, DeliveryState.UNKNOWN}, "everybody has it, or is reported"
    return Counter(account.states)


def test_killed_at_random_moments_among_faults_and_resumed_until_finished(tmp_path: Path) -> None:
    init_project(tmp_path / "weekly")
    stage = tmp_path / "stage"
    stage.mkdir()
    set_stage(Project.open(tmp_path / "weekly", {}), "first-light", stage)
    people = seat(made_up_people(PEOPLE, stage), stage, utc_now())
    log, events = tmp_path / "truth.jsonl", tmp_path / "events.jsonl"
    settings = StandInSettings(
        log=log, events=events, faults=parse_faults("2%"), latency=0.005, hang=0.2, slow=0.1, secret=SECRET_KEY
    )
    with SesStandIn(settings) as server:
        done = rehearse(
            stage,
            "first-light",
            people,
            server,
            log=log,
            events=events,
            environ=os.environ,
            concurrency=8,
            kills=KILLS,
            seed=20261127,
        )
    account = done.account
    assert account.problems == {}
    assert done.kills >= KILLS * 0.7
    # every unknown delivery that was accepted is settled by its event, and only those
    unknown = account.states[DeliveryState.UNKNOWN]
    assert done.after_events.get(DeliveryState.UNKNOWN, 0) == unknown - account.accepted_unknown
    assert sum(done.after_events.values()) == PEOPLE
    connection = sqlite3.connect(stage / ".newsletter" / "newsletter.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        connection.close()


def test_killed_at_every_labelled_step(start: Start, server: SesStandIn, tmp_path: Path) -> None:
    everybody = join(start, tmp_path, 60)
    points = [
        *(("before-commit", 1), ("after-commit", 1), ("before-commit", 3), ("after-commit", 3)),
        *(("before-call", 1), ("after-call", 1), ("before-call", 6), ("after-call", 6)),
    ]
    for label, number in points:
        sender = start(*SEND, *COUNT, program=(DOOMED, label, str(number)))
        _, errors = sender.communicate(timeout=60)
        assert sender.returncode == 9, errors
    last = start(*SEND)
    last.communicate(timeout=60)
    judge(tmp_path, everybody, kills=len(points))
    again = start(*SEND)
    _, errors = again.communicate(timeout=60)
    assert "Nothing is sent again." in errors
    assert again.returncode == last.returncode == 3


def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_go_on(
    start: Start, server: SesStandIn, tmp_path: Path
) -> None:
    everybody = join(start, tmp_path, 60)
    server.hold_at = 20
    sender = start(*SEND, *COUNT)
    wait_for(server, 20)
    sender.send_signal(signal.SIGINT)
    server.release()
    output, errors = sender.communicate(timeout=60)
    assert sender.returncode == 4, errors
    assert "go on: newsletter send first-light --list weekly --transport ses" in errors
    assert "unknown" not in output
    going_on = start(*SEND)
    _, errors = going_on.communicate(timeout=60)
    assert going_on.returncode == 0, errors
    assert judge(tmp_path, everybody, kills=0) == {DeliveryState.SENT: 60}


def test_a_second_sender_is_refused_and_the_first_goes_on(start: Start, server: SesStandIn, tmp_path: Path) -> None:
    everybody = join(start, tmp_path, 60)
    server.hold_at = 1
    first = start(*SEND, *COUNT)
    wait_for(server, 1)
    second = start(*SEND)
    _, errors = second.communicate(timeout=60)
    assert (second.returncode, first.poll()) == (5, None), errors
    assert errors.endswith(
        "error: another process is sending mailing 1\n  Wait for it, or look: newsletter mailing show 1.\n"
    )
    server.release()
    _, errors = first.communicate(timeout=60)
    assert first.returncode == 0, errors
    assert judge(tmp_path, everybody, kills=0) == {DeliveryState.SENT: 60}
