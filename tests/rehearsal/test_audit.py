"""The audit finds each way in which an account can be wrong."""

import dataclasses
import datetime as dt
from collections import Counter

from newsletter.models import DeliveryState
from newsletter.rehearsal.audit import audit
from newsletter.rehearsal.faults import Fault
from newsletter.rehearsal.truth import Acceptance, Truth
from newsletter.store.mailings import DeliveryRecord

NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
SENT, UNKNOWN = DeliveryState.SENT, DeliveryState.UNKNOWN


def row(name: str, state: DeliveryState = SENT, attempt: str = "") -> DeliveryRecord:
    return DeliveryRecord(
        email=f"{name}@example.com", state=state, reason="", attempt_count=1, attempt_id=attempt or f"t-{name}",
        message_id=f"m-{name}" if state is SENT else "", code="", text="", updated_at=NOW,
    )  # fmt: skip


def took(name: str, attempt: str = "") -> Acceptance:
    return Acceptance(
        message_id=f"m-{name}", recipient=f"{name}@example.com", tags={"attempt": attempt or f"t-{name}"}, at=NOW,
        answered=True,
    )  # fmt: skip


def problems(rows: list[DeliveryRecord], accepted: list[Acceptance], *, lost_in_flight: int = 0) -> list[str]:
    people = ["ada@example.com", "ben@example.com"]
    truth = Truth(accepted=tuple(accepted), faults=Counter())
    return list(audit(people, rows, truth, lost_in_flight=lost_in_flight).problems)


def test_an_account_that_adds_up_has_no_problem() -> None:
    assert problems([row("ada"), row("ben")], [took("ada"), took("ben")]) == []


def test_somebody_who_is_not_in_the_ledger_is_lost() -> None:
    assert problems([row("ada")], [took("ada")]) == ["lost: not in the ledger"]


def test_a_row_that_was_left_open_is_lost() -> None:
    rows = [row("ada"), row("ben", DeliveryState.SENDING)]
    assert problems(rows, [took("ada")]) == ["lost: neither sent nor reported"]


def test_two_acceptances_for_one_person_are_a_duplicate() -> None:
    accepted = [took("ada", "t-earlier"), took("ada"), took("ben")]
    assert problems([row("ada"), row("ben")], accepted) == ["duplicates: accepted more than once"]


def test_a_row_called_sent_that_was_never_accepted_is_false() -> None:
    wrong = ["falsely sent: never accepted, or under another id"]
    assert problems([row("ada"), row("ben")], [took("ada")]) == wrong
    other = dataclasses.replace(took("ben"), message_id="m-other")
    assert problems([row("ada"), row("ben")], [took("ada"), other]) == wrong


def test_a_row_called_failed_that_was_accepted_is_false() -> None:
    rows = [row("ada"), row("ben", DeliveryState.FAILED)]
    assert problems(rows, [took("ada"), took("ben")]) == ["falsely failed or skipped: accepted all the same"]


def test_a_stranger_is_found() -> None:
    accepted = [took("ada"), took("ben"), took("eve")]
    assert problems([row("ada"), row("ben")], accepted) == ["strangers: accepted for somebody who is not in the ledger"]


def test_unknown_rows_need_a_kill_or_a_fault_that_accounts_for_them() -> None:
    rows = [row("ada"), row("ben", UNKNOWN)]
    assert problems(rows, [took("ada")]) == ["unknown: more than the 0 that kills and faults account for"]
    assert problems(rows, [took("ada")], lost_in_flight=4) == []
    truth = Truth(accepted=(took("ada"), took("ben")), faults=Counter({Fault.RESET_AFTER: 1, Fault.THROTTLE: 9}))
    found = audit(["ada@example.com", "ben@example.com"], rows, truth, lost_in_flight=0)
    assert found.adds_up
    assert (found.unknown_bound, found.accepted_unknown) == (1, 1)
