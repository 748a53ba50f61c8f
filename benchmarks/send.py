"""Sending through Amazon SES: the usual script, a plain client loop and the engine, against the stand-in, in one run.

Run with `python benchmarks/send.py [RECIPIENTS]`. The stand-in is a process of its own on the same machine; each way
sends the same issue of about 84 KB of HTML and 9 KB of text. Printed are recipients per second and the CPU time of the
sending process per recipient; the engine's rows are all durable (SQLite, WAL, synchronous=FULL).
"""

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from jinja2 import Environment

from benchmarks.merge import NEWSLETTER, readers, synthetic_issue
from newsletter.config import DeliverySettings, SesSettings
from newsletter.delivery.mailing import send_mailing
from newsletter.delivery.stop import StopSignal
from newsletter.message.build import MessageTemplate
from newsletter.message.tokens import TokenKeys
from newsletter.models import DeliveryState, Reader
from newsletter.store.database import open_database
from newsletter.store.importing import NewSubscriber
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.subscribers import Subscribers
from newsletter.transports.ses import SesTransport

NOW = dt.datetime(2026, 11, 27, 7, 0, tzinfo=dt.UTC)
SENDER = NEWSLETTER.sender.email
KEYS = TokenKeys(current="k1", keys={"k1": b"k" * 32})
IN_FLIGHT = (4, 32)


class Silent:
    """A reporter that prints nothing."""

    def progress(self, done: Any, rate: float | None) -> None:
        """Hear how it goes."""

    def unrecorded(self, attempt_id: str, message_id: str) -> None:
        """Hear of a message without a record."""


@contextmanager
def standin(folder: Path) -> Iterator[str]:
    """Run the stand-in beside us; give its address."""
    command = [sys.executable, "-m", "newsletter", "ses-standin", "--port", "0", "--log", str(folder / "truth.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def boto_client(url: str, connections: int) -> Any:
    """Return boto3's client, with a pool as large as the threads."""
    once = Config(max_pool_connections=connections, retries={"mode": "standard", "total_max_attempts": 1})
    return boto3.client("sesv2", endpoint_url=url, config=once)


def post(client: Any, reader: Reader, message: bytes) -> None:
    """Post one message with boto3's client."""
    client.send_email(
        FromEmailAddress=SENDER,
        Destination={"ToAddresses": [reader.subscriber.email]},
        Content={"Raw": {"Data": message}},
        EmailTags=[{"Name": "attempt", "Value": "a1"}],
    )


def usual_script(url: str, count: int) -> None:
    """Send as most people would: Jinja over the body for each reader, EmailMessage, boto3 in a pool of threads."""
    compiled = synthetic_issue()
    brackets = Environment(variable_start_string="[[", variable_end_string="]]", autoescape=True)
    html, text = brackets.from_string(compiled.html), brackets.from_string(compiled.text)
    client = boto_client(url, 16)

    def send(reader: Reader) -> None:
        values = {
            "subscriber": reader.subscriber,
            "unsubscribe_url": reader.unsubscribe_url,
            "preferences_url": reader.preferences_url,
        }
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = SENDER, reader.subscriber.email, "The clouds of this week"
        message["List-Unsubscribe"] = f"<{reader.unsubscribe_url}>"
        message.set_content(text.render(values))
        message.add_alternative(html.render(values), subtype="html")
        post(client, reader, message.as_bytes())

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(send, readers(count)))


def client_loop(url: str, count: int) -> None:
    """Send ready messages with boto3's client, one after the other: what the client itself takes."""
    client = boto_client(url, 1)
    message = MessageTemplate(synthetic_issue(), NEWSLETTER).build(readers(1)[0])
    for reader in readers(count):
        post(client, reader, message)


def engine(url: str, count: int, *, concurrency: int) -> None:
    """Send with the engine: every row claimed and recorded, durably."""
    with tempfile.TemporaryDirectory() as folder, open_database("sqlite:///bench.db", root=Path(folder)) as database:
        mailing = _freeze(database, count)
        transport = SesTransport(SesSettings(endpoint_url=url), concurrency=concurrency)
        assert not transport.slow_because, transport.slow_because
        _Clock.start()
        sent = send_mailing(
            mailing,
            database=database,
            keys=KEYS,
            transport=transport,
            settings=DeliverySettings(concurrency=concurrency),
            reporter=Silent(),
            stop=StopSignal(),
        )
        _Clock.stop()
        transport.close()
        assert sent.mailing.counts == {DeliveryState.SENT: count}, sent


def _freeze(database: Any, count: int) -> Any:
    people = Subscribers(database)
    people.ensure_list("weekly", NOW)
    rows = [NewSubscriber(line=n, email=f"reader{n}@example.com", name=f"Zoë Reader {n}") for n in range(count)]
    people.take(rows, list_name="weekly", consent_source="", now=NOW, write=True)
    audience = Audience(issue="clouds", lists=("weekly",), transport="ses", reaches_people=True)
    return Mailings(database).freeze(audience, synthetic_issue(), NEWSLETTER, NOW)[0]


class _Clock:
    """Wall and CPU time between `start` and `stop`; a way that prepares first starts it again."""

    wall = cpu = 0.0

    @classmethod
    def start(cls) -> None:
        cls.wall, cls.cpu = -time.perf_counter(), -time.process_time()

    @classmethod
    def stop(cls) -> None:
        if cls.wall < 0:
            cls.wall, cls.cpu = cls.wall + time.perf_counter(), cls.cpu + time.process_time()


def measure(name: str, way: Callable[[str, int], None], url: str, count: int, usual: float | None) -> float:
    """Run one way and print it; return its recipients per second."""
    _Clock.start()
    way(url, count)
    _Clock.stop()
    rate = count / _Clock.wall
    ratio = f"{rate / usual:8.1f} x" if usual else "       1 x"
    print(f"{name:42}{count:>8,}{rate:>10,.0f}/s{_Clock.cpu / count * 1e6:>10,.0f} µs{ratio}", flush=True)
    return rate


def main() -> None:
    """Measure all ways against one stand-in."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4_000
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    print(f"{'':42}{'people':>8}{'rate':>12}{'CPU each':>13}{'ratio':>10}")
    with tempfile.TemporaryDirectory() as folder, standin(Path(folder)) as url:
        usual = measure("usual script (Jinja, EmailMessage, boto3)", usual_script, url, max(200, count // 10), None)
        measure("boto3 client in a loop, message ready", client_loop, url, max(200, count // 4), usual)
        for number in IN_FLIGHT:
            way = partial(engine, concurrency=number)
            measure(f"engine, {number} in flight, every row durable", way, url, count, usual)


if __name__ == "__main__":
    main()
