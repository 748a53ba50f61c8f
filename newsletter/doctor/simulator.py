"""Messages to SES's mailbox simulator, and the events that come back on the queue.

The simulator takes part in the sandbox too, costs neither quota nor reputation, and mails nobody
(docs.aws.amazon.com/ses, "Using the mailbox simulator").
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from newsletter.doctor.aws import Aws
from newsletter.errors import ExaminationError
from newsletter.models import Envelope, Outcome, OutcomeKind

DOMAIN = "simulator.amazonses.com"
WAIT_SECONDS = 120.0
"""How long the events of all messages together are waited for."""

TAG = "doctor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An address of the simulator and the events that a message to it must bring."""

    name: str
    events: tuple[str, ...]

    @property
    def address(self) -> str:
        """Where the message goes."""
        return f"{self.name}@{DOMAIN}"


CASES = (
    Case(name="success", events=("Send", "Delivery")),
    Case(name="bounce", events=("Send", "Bounce")),
    Case(name="complaint", events=("Send", "Delivery", "Complaint")),
    Case(name="suppressionlist", events=("Send", "Bounce")),
)


@dataclass(slots=True, kw_only=True)
class Trial:
    """One message: what SES said of it, which events came, and after how many seconds the last of them."""

    case: Case
    tag: str
    outcome: Outcome
    events: dict[str, float] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """The events that have not come."""
        return tuple(kind for kind in self.case.events if kind not in self.events)


def read_event(body: str) -> tuple[str, Mapping[str, list[str]]] | None:
    """Return type and tags of an event of SES, raw or wrapped by SNS; None for everything else.

    The shape is that of SES event publishing: `eventType` and `mail.tags`, a list of values by name.
    """
    try:
        value: Any = json.loads(body)
        if isinstance(value, dict) and value.get("Type") == "Notification":
            value = json.loads(value["Message"])
        kind, tags = value["eventType"], value["mail"]["tags"]
    except (ValueError, KeyError, TypeError):
        return None
    return (kind, tags) if isinstance(kind, str) and isinstance(tags, dict) else None


def run_trials(
    aws: Aws,
    *,
    sender: str,
    message_to: Callable[[str], bytes],
    wait: bool,
    seconds: float = WAIT_SECONDS,
) -> dict[str, Trial]:
    """Send one message to every address of the simulator and, with `wait`, read the queue until all events came.

    Events of other messages are put back onto the queue. Raises ExaminationError when the queue cannot be read.
    """
    run = secrets.token_hex(8)
    trials: dict[str, Trial] = {}
    transport = aws.transport()
    for case in CASES:
        tag = f"{run}-{case.name}"
        envelope = Envelope(
            sender=sender,
            recipient=case.address,
            message=message_to(case.address),
            attempt_id=f"doctor-{tag}",
            tags={TAG: tag},
        )
        trials[case.name] = Trial(case=case, tag=tag, outcome=transport.send(envelope))
    if wait:
        _read_queue(aws, {trial.tag: trial for trial in trials.values() if _accepted(trial)}, seconds)
    return trials


def _accepted(trial: Trial) -> bool:
    return trial.outcome.kind is OutcomeKind.ACCEPTED


def _read_queue(aws: Aws, trials: Mapping[str, Trial], seconds: float) -> None:
    start = time.monotonic()
    foreign: list[str] = []
    try:
        while time.monotonic() - start < seconds and any(trial.missing for trial in trials.values()):
            # hidden for as long as this goes on: put back at once, they would come again and again
            for receipt, body in aws.receive(hidden_seconds=int(seconds) + 30):
                event = read_event(body)
                mine = [trials[tag] for tag in (event[1].get(TAG, ()) if event else ()) if tag in trials]
                if event is None or not mine:
                    foreign.append(receipt)
                    continue
                mine[0].events.setdefault(event[0], time.monotonic() - start)
                aws.delete(receipt)
    finally:
        for receipt in foreign:
            _put_back(aws, receipt)


def _put_back(aws: Aws, receipt: str) -> None:
    try:
        aws.put_back(receipt)
    except ExaminationError:
        return  # it comes back by itself when its time is over
