"""Events out of an SQS queue, over HTTP: nothing lost, nothing twice, whenever the process dies."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import select

from newsletter.config import FeedbackSettings, SesSettings, Settings
from newsletter.config.settings import TransportsSettings
from newsletter.errors import ConfigError, FeedbackError
from newsletter.feedback.queue import EventQueue, pull
from newsletter.store.database import Database
from newsletter.store.events import count_events, unreadable_ones
from newsletter.store.schema import suppressions
from tests.feedback.conftest import Post, ses_event

ADA = "ada@example.org"
KILLS = 5


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def sqs(endpoint: str, aws: None) -> Iterator[Any]:
    client = boto3.client("sqs", endpoint_url=endpoint, region_name="us-east-1")
    yield client
    client.close()


@pytest.fixture
def url(sqs: Any, request: pytest.FixtureRequest) -> str:
    found: str = sqs.create_queue(QueueName=f"q{abs(hash(request.node.name))}")["QueueUrl"]
    return found


def settings_of(url: str) -> Settings:
    return Settings(
        feedback=FeedbackSettings(queue_url=url), transports=TransportsSettings(ses=SesSettings(region="us-east-1"))
    )


@pytest.fixture
def queue(url: str) -> Iterator[EventQueue]:
    queue = EventQueue(settings_of(url))
    yield queue
    queue.close()


def put(sqs: Any, url: str, *bodies: str) -> None:
    for at in range(0, len(bodies), 10):
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies[at : at + 10])]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)


def left(sqs: Any, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def test_events_raw_and_wrapped_by_sns_are_committed_and_leave_the_queue(
    database: Database, post: Post, queue: EventQueue, sqs: Any, url: str
) -> None:
    post.join("ada")
    attempt = post.send(unknown=(ADA,))[ADA]
    raw = json.dumps(ses_event("Send", attempt, ADA))
    wrapped = json.dumps({"Type": "Notification", "Message": json.dumps(ses_event("Bounce", attempt, ADA))})
    put(sqs, url, raw, wrapped, raw)
    taken = pull(database, queue, soft_bounce_limit=4, wait=0)
    assert (sum(taken.new.values()), taken.known, taken.settled, taken.suppressed) == (2, 1, 1, 1)
    assert left(sqs, url) == 0


def test_a_poisonous_message_is_kept_aside_and_does_not_come_back(
    database: Database, queue: EventQueue, sqs: Any, url: str
) -> None:
    put(sqs, url, "{oh", json.dumps(ses_event("Send", "a1", ADA)))
    taken = pull(database, queue, soft_bounce_limit=4, wait=0)
    assert (taken.unreadable, sum(taken.new.values()), left(sqs, url)) == (1, 1, 0)
    (aside,) = unreadable_ones(database)
    assert aside.body == "{oh"
    assert aside.source.startswith("sqs message ")


class Forgetful(EventQueue):
    """A process that dies after the commit and before the deletion."""

    def delete(self, messages: Any) -> None:  # noqa: ARG002
        raise KeyboardInterrupt


def test_dying_before_the_deletion_counts_nothing_twice(database: Database, sqs: Any, url: str) -> None:
    put(sqs, url, json.dumps(ses_event("Send", "a1", ADA)))
    dying = Forgetful(settings_of(url), visibility=1)
    with pytest.raises(KeyboardInterrupt):
        pull(database, dying, soft_bounce_limit=4, wait=0)
    dying.close()
    assert (count_events(database).by_type, left(sqs, url)) == ({"send": 1}, 1)
    queue = EventQueue(settings_of(url))
    taken = pull(database, queue, soft_bounce_limit=4, wait=3)
    queue.close()
    assert (taken.known, sum(taken.new.values()), left(sqs, url)) == (1, 0, 0)


@pytest.mark.slow
def test_killed_at_random_points_it_loses_nothing_and_counts_nothing_twice(
    tmp_path: Path, database: Database, post: Post, sqs: Any, url: str
) -> None:
    names = [f"p{number:03}" for number in range(300)]
    post.join(*names)
    sent = post.send(unknown=tuple(f"{name}@example.org" for name in names))
    told = [ses_event("Send", attempt, email) for email, attempt in sent.items()]
    told += [ses_event("Bounce", attempt, email) for email, attempt in list(sent.items())[:50]]
    put(sqs, url, *(json.dumps(each) for each in told + told[:100]))
    chance = random.Random(3)
    kills = 0
    for run in range(40):
        command = [sys.executable, str(Path(__file__).with_name("doomed.py")), str(tmp_path), url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            if run < KILLS:
                time.sleep(chance.uniform(0, 1.2))
                process.kill()
            kills += process.wait() < 0
        if run >= KILLS and left(sqs, url) == 0:
            break
    assert kills >= KILLS // 2
    assert left(sqs, url) == 0
    assert count_events(database).by_type == {"bounce": 50, "send": 300}
    assert {row.state for row in post.mailings.deliveries(1)} == {"sent"}
    with database.read() as connection:
        assert len(connection.execute(select(suppressions)).all()) == 50


def test_a_queue_that_is_not_there_is_named_with_the_key_to_mend(endpoint: str, database: Database) -> None:
    queue = EventQueue(settings_of(f"{endpoint}/123456789012/nothing"))
    with pytest.raises(FeedbackError) as caught:
        pull(database, queue, soft_bounce_limit=4, wait=0)
    queue.close()
    assert caught.value.what.startswith(f"the queue {endpoint}/123456789012/nothing refused: ")
    assert caught.value.remedy == "Mend `queue_url` under [feedback] in newsletter.toml."


def test_without_a_queue_the_error_says_what_to_write() -> None:
    with pytest.raises(ConfigError) as caught:
        EventQueue(Settings())
    assert str(caught.value) == (
        "there is no queue to pull events from\n"
        "Write the SQS queue's address to `queue_url` under [feedback] in newsletter.toml."
    )
