"""The ledger held against the truth, whether every line of the account agrees with what the stand-in accepted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from newsletter.models import DeliveryState
from newsletter.rehearsal.faults import AMBIGUOUS
from newsletter.rehearsal.truth import Acceptance, Truth
from newsletter.store.mailings import DeliveryRecord

NAMED = 5
"""Addresses named with a problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What an audit found; it adds up when `problems` is empty.

    `accepted_unknown` are the unknown deliveries that were accepted in truth: their events will settle them.
    """

    people: int
    states: Mapping[DeliveryState, int]
    accepted: int
    accepted_unknown: int
    unknown_bound: int
    problems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def adds_up(self) -> bool:
        """Whether nobody was lost, mailed twice or falsely called sent."""
        return not self.problems


def audit(people: Iterable[str], ledger: Iterable[DeliveryRecord], truth: Truth, *, lost_in_flight: int) -> Account:
    """Compare a finished ledger with what was accepted.

    `lost_in_flight` is how many rows a killed sender may have left open in all: concurrency x kills.
    """
    rows = {row.email: row for row in ledger}
    expected = set(people)
    times = Counter(each.recipient for each in truth.accepted)
    by_attempt = {each.tags.get("attempt", ""): each for each in truth.accepted}
    unknown = [row for row in rows.values() if row.state is DeliveryState.UNKNOWN]
    bound = lost_in_flight + sum(count for fault, count in truth.faults.items() if fault in AMBIGUOUS)
    sent = [row for row in rows.values() if row.state is DeliveryState.SENT]
    found = {
        "lost: not in the ledger": sorted(expected - set(rows)),
        "lost: neither sent nor reported": [
            row.email for row in rows.values() if row.state in {DeliveryState.PENDING, DeliveryState.SENDING}
        ],
        "duplicates: accepted more than once": sorted(email for email, count in times.items() if count > 1),
        "falsely sent: never accepted, or under another id": [
            row.email for row in sent if not _agrees(row, by_attempt.get(row.attempt_id))
        ],
        "falsely failed or skipped: accepted all the same": [
            row.email
            for row in rows.values()
            if row.state in {DeliveryState.FAILED, DeliveryState.SKIPPED} and row.email in times
        ],
        "strangers: accepted for somebody who is not in the ledger": sorted(set(times) - set(rows)),
        f"unknown: more than the {bound:,} that kills and faults account for": (
            [row.email for row in unknown] if len(unknown) > bound else []
        ),
    }
    return Account(
        people=len(expected),
        states=Counter(row.state for row in rows.values()),
        accepted=len(truth.accepted),
        accepted_unknown=sum(row.email in times for row in unknown),
        unknown_bound=bound,
        problems={what: tuple(emails) for what, emails in found.items() if emails},
    )


def _agrees(row: DeliveryRecord, accepted: Acceptance | None) -> bool:
    return accepted is not None and (accepted.recipient, accepted.message_id) == (row.email, row.message_id)
