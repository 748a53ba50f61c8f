"""The dress rehearsal: the real command against the stand-in, killed and resumed until it is finished, then audited."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from newsletter.errors import DeliveryError
from newsletter.models import DeliveryState
from newsletter.rehearsal.audit import Account, audit
from newsletter.rehearsal.faults import Fault
from newsletter.rehearsal.stage import DATABASE, LIST, environment
from newsletter.rehearsal.standin import SesStandIn
from newsletter.rehearsal.truth import read_truth
from newsletter.store.database import open_database, utc_now
from newsletter.store.evidence import settle
from newsletter.store.mailings import Mailings

FINISHED = {0, 3}
PAUSED = 4
PATIENCE = 20
"""Runs without a single message accepted after which a rehearsal gives up."""

_POLL_SECONDS = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """How a rehearsal went: runs of the sender (one, and one more for each kill and each pause), and the account.

    `after_events` are the states after SES's events were read; `seconds` is the time of all runs together.
    """

    runs: int
    kills: int
    pauses: tuple[str, ...]
    seconds: float
    account: Account
    after_events: Mapping[DeliveryState, int]
    faults: Mapping[Fault, int]


def rehearse(  # noqa: PLR0913 - what a rehearsal is made of, all named
    stage: Path,
    issue: str,
    people: list[str],
    standin: SesStandIn,
    *,
    log: Path,
    events: Path,
    environ: Mapping[str, str],
    concurrency: int,
    kills: int = 0,
    seed: int = 0,
    tell: Callable[[str], None] = lambda _: None,
) -> Rehearsal:
    """Send an issue on a stage that is set, with `kills` kill -9 at random moments, and audit the ledger.

    `tell` hears what happens. Raises DeliveryError when the send does not start, or comes to nothing.
    """
    sender = _Sender(stage, issue, environment(environ, endpoint=standin.url, concurrency=concurrency))
    moments = _moments(len(people), kills, seed)
    runs, done, idle = 0, 0, 0
    pauses: list[str] = []
    start = time.monotonic()
    while True:
        before = standin.accepted
        code, words, killed = sender.run(next(moments, None), standin)
        runs, done = runs + 1, done + killed
        idle = 0 if standin.accepted > before or killed else idle + 1
        if killed:
            tell(f"killed at {standin.accepted:,} accepted")
        elif code in FINISHED:
            break
        elif code != PAUSED or idle > PATIENCE:
            raise DeliveryError(f"the send came to an end with exit code {code}:\n{words}")
        else:
            pauses.append(next((line for line in words.splitlines() if line.startswith("stopped: ")), "stopped"))
            tell(f"{pauses[-1]}; going on")
    seconds = time.monotonic() - start
    truth = read_truth(log)
    with open_database(DATABASE, root=stage) as database:
        mailings = Mailings(database)
        (mailing,) = mailings.list()
        account = audit(people, mailings.deliveries(mailing.id), truth, lost_in_flight=concurrency * done)
        standin.flush_events()
        for attempt, message_id in _sent_events(events):
            settle(database, attempt, message_id, now=utc_now())
        after = mailings.get(mailing.id).counts
    return Rehearsal(
        runs=runs,
        kills=done,
        pauses=tuple(pauses),
        seconds=seconds,
        account=account,
        after_events=after,
        faults=truth.faults,
    )


class _Sender:
    """`newsletter send` in a process of its own, again and again."""

    def __init__(self, stage: Path, issue: str, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._command = [
            *(sys.executable, "-m", "newsletter", "--project", str(stage)),
            *("send", issue, "--list", LIST, "--transport", "ses", "--yes"),
        ]
        self._output = stage / "sender.txt"

    def run(self, moment: int | None, standin: SesStandIn) -> tuple[int, str, bool]:
        """Run to the end, or kill it at the moment when so many were accepted; return code, words, and whether."""
        killed = False
        # a file, because a pipe that nobody reads would stop the sender when it is full
        with (
            self._output.open("w+", encoding="utf-8") as output,
            subprocess.Popen(  # noqa: S603 - our own command
                self._command, env=dict(self._environ), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            ) as process,
        ):
            try:
                while process.poll() is None:
                    if moment is not None and standin.accepted >= moment:
                        process.kill()
                        killed = process.wait() < 0
                    time.sleep(_POLL_SECONDS)
            except BaseException:
                process.kill()
                raise
            output.seek(0)
            return process.returncode, output.read(), killed


def _moments(people: int, kills: int, seed: int) -> Iterator[int]:
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    return iter(sorted(chance.randrange(1, max(2, people)) for _ in range(kills)))


def _sent_events(events: Path) -> Iterator[tuple[str, str]]:
    """Yield the attempt and the message id of every `Send` event."""
    with events.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["eventType"] == "Send":
                yield event["mail"]["tags"]["attempt"][0], event["mail"]["messageId"]


def describe(rehearsal: Rehearsal) -> Iterator[str]:
    """Yield the account in lines: counts, what events settle, and the three numbers that must be 0."""
    account = rehearsal.account
    rate = account.accepted / rehearsal.seconds if rehearsal.seconds else 0.0
    yield (
        f"{account.people:,} people, {account.accepted:,} messages accepted in {rehearsal.seconds:,.1f} s "
        f"({rate:,.0f}/s); {rehearsal.runs} runs, {rehearsal.kills} kills, {len(rehearsal.pauses)} pauses"
    )
    if rehearsal.faults:
        yield "  faults      " + ", ".join(f"{count} {fault}" for fault, count in sorted(rehearsal.faults.items()))
    for state in DeliveryState:
        if state in account.states:
            yield f"  {state:11} {account.states[state]:>9,}"
    if unknown := account.states.get(DeliveryState.UNKNOWN, 0):
        left = rehearsal.after_events.get(DeliveryState.UNKNOWN, 0)
        yield (
            f"  of the {unknown:,} unknown {account.accepted_unknown:,} had been accepted; SES's events settled "
            f"{unknown - left:,} and left {left:,} to newsletter mailing resolve"
        )
    counts: Counter[str] = Counter()
    for what, emails in account.problems.items():
        counts[what.partition(":")[0]] += len(emails)
    yield f"  lost {counts['lost']}, duplicates {counts['duplicates']}, falsely sent {counts['falsely sent']}"
