"""A stand-in that runs, and boto3 in front of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from newsletter.rehearsal.faults import parse_faults
from newsletter.rehearsal.standin import SesStandIn, StandInSettings

MESSAGE = b"From: news@example.com\r\nTo: ada@example.com\r\nSubject: Clouds\r\n\r\nHello\r\n"


@pytest.fixture
def open_standin(tmp_path: Path) -> Iterator[Callable[..., SesStandIn]]:
    with ExitStack() as stack:

        def open_it(*, faults: str = "", **settings: Any) -> SesStandIn:
            usual = {"log": tmp_path / "truth.jsonl", "faults": parse_faults(faults), "secret": "secret"}
            return stack.enter_context(SesStandIn(StandInSettings(**{**usual, **settings})))

        yield open_it


@pytest.fixture
def connect() -> Iterator[Callable[..., Any]]:
    """Return a client that asks once; what its calls raise is the test's."""
    with ExitStack() as stack:

        def connect(standin: SesStandIn, *, secret: str = "secret", read_timeout: float = 5) -> Any:
            client = boto3.client(
                "sesv2",
                region_name="us-east-1",
                endpoint_url=standin.url,
                aws_access_key_id="AKIDEXAMPLE",
                aws_secret_access_key=secret,
                config=Config(retries={"total_max_attempts": 1}, read_timeout=read_timeout),
            )
            stack.callback(client.close)
            return client

        yield connect


@pytest.fixture
def call() -> Callable[..., dict[str, Any]]:
    """Return the parameters of a `send_email`."""

    def call(message: bytes = MESSAGE, **changes: Any) -> dict[str, Any]:
        usual = {
            "FromEmailAddress": "news@example.com",
            "Destination": {"ToAddresses": ["ada@example.com"]},
            "Content": {"Raw": {"Data": message}},
            "EmailTags": [{"Name": "attempt", "Value": "a1"}],
            "ConfigurationSetName": "weekly",
        }
        return {**usual, **changes}

    return call
