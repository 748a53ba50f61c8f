"""Events from an SQS queue, long-polled; a message leaves the queue only after what it says is committed.

A process that dies between the commit and the deletion gets the message again, and the event is known then: nothing is
lost and nothing counts twice. What cannot be read is kept aside in the database and leaves the queue too, for it would
come back for ever.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore import exceptions as aws
from botocore.config import Config

from newsletter.config import Settings
from newsletter.errors import ConfigError, FeedbackError
from newsletter.feedback.intake import read_text
from newsletter.store.database import Database, utc_now
from newsletter.store.events import Taken, take_events

LONG_POLL = 20
"""Seconds that SQS waits for a message; the longest it allows."""
VISIBILITY = 120
"""Seconds that a received message is hidden from others; a batch is committed and deleted long before."""
AT_ONCE = 10
"""Messages of one request, the most that SQS allows."""
BATCH = 500
"""Messages of one transaction, and how long they are collected for, in seconds."""
COLLECTING = 10.0

_MISSING = {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of the queue; `handle` deletes it."""

    id: str
    handle: str
    body: str


class EventQueue:
    """The queue of `[feedback] queue_url`, with the credentials that sending uses.

    `visibility` is how many seconds a received message is hidden from others. Raises ConfigError when there is no such
    key, FeedbackError when AWS does not let us in.
    """

    def __init__(self, settings: Settings, *, visibility: int = VISIBILITY) -> None:
        self._visibility = visibility
        self._url = settings.feedback.queue_url
        if not self._url:
            raise ConfigError(
                "there is no queue to pull events from",
                remedy="Write the SQS queue's address to `queue_url` under [feedback] in newsletter.toml.",
            )
        parts = urlsplit(self._url)
        host = parts.hostname or ""
        ses = settings.transports.ses
        amazon = host.endswith((".amazonaws.com", ".amazonaws.com.cn"))
        try:
            session = boto3.session.Session(profile_name=ses.profile or None, region_name=ses.region or None)
            self._client: Any = session.client(
                "sqs",
                # a queue says its region in its address; another host is a stand-in
                region_name=host.split(".")[1] if amazon and host.startswith("sqs.") else None,
                endpoint_url=None if amazon else f"{parts.scheme}://{parts.netloc}",
                config=Config(
                    connect_timeout=5,
                    read_timeout=LONG_POLL + 10,
                    # unlike a message to a person, all of this can be asked again
                    retries={"mode": "standard", "total_max_attempts": 6},
                ),
            )
        except aws.BotoCoreError as exc:
            raise FeedbackError(
                f"the queue cannot be asked: {exc}", remedy="Mend the AWS profile or region; see docs/sending.md."
            ) from exc

    def receive(self, wait: int) -> list[Message]:
        """Return up to ten messages, waiting as many seconds for the first. Raises FeedbackError."""
        found = self._call(
            "receive_message", MaxNumberOfMessages=AT_ONCE, WaitTimeSeconds=wait, VisibilityTimeout=self._visibility
        )
        return [
            Message(id=each["MessageId"], handle=each["ReceiptHandle"], body=each["Body"])
            for each in found.get("Messages", [])
        ]

    def delete(self, messages: Sequence[Message]) -> None:
        """Take messages out of the queue; one that SQS keeps comes again, and is known then. Raises FeedbackError."""
        for start in range(0, len(messages), AT_ONCE):
            entries = [
                {"Id": str(number), "ReceiptHandle": each.handle}
                for number, each in enumerate(messages[start : start + AT_ONCE])
            ]
            self._call("delete_message_batch", Entries=entries)

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _call(self, name: str, **parameters: Any) -> Any:
        try:
            return getattr(self._client, name)(QueueUrl=self._url, **parameters)
        except aws.ClientError as exc:
            code = exc.response.get("Error", {}).get("Code", "")
            remedy = "Let these credentials do sqs:ReceiveMessage and sqs:DeleteMessage on the queue."
            if code in _MISSING:
                remedy = "Mend `queue_url` under [feedback] in newsletter.toml."
            raise FeedbackError(f"the queue {self._url} refused: {exc}", remedy=remedy) from exc
        except aws.BotoCoreError as exc:
            raise FeedbackError(
                f"the queue {self._url} cannot be reached: {exc}",
                remedy="Run the command again: what was not committed is still in the queue.",
            ) from exc


def pull(  # noqa: PLR0913 - two partners, and four things to choose, all named
    database: Database,
    queue: EventQueue,
    *,
    soft_bounce_limit: int,
    follow: bool = False,
    wait: int = LONG_POLL,
    tell: Callable[[Taken], None] = lambda _: None,
) -> Taken:
    """Take events out of the queue until it is empty, or for ever, and return what that changed.

    `tell` hears what each batch changed. It may be interrupted anywhere. Raises FeedbackError and StoreError.
    """
    total = Taken()
    while True:
        messages = _collect(queue, wait)
        if not messages and not follow:
            return total
        if not messages:
            continue
        found = [read_text(message.body, f"sqs message {message.id}") for message in messages]
        taken = take_events(
            database,
            [event for each in found for event in each.events],
            [aside for each in found for aside in each.unreadable],
            soft_bounce_limit=soft_bounce_limit,
            now=utc_now(),
        )
        queue.delete(messages)
        total.add(taken)
        tell(taken)


def _collect(queue: EventQueue, wait: int) -> list[Message]:
    messages = queue.receive(wait)
    until = time.monotonic() + COLLECTING
    while messages and len(messages) < BATCH and time.monotonic() < until:
        more = queue.receive(0)
        if not more:
            break
        messages += more
    return messages
