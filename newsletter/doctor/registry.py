"""The one list of items, and looking into them one after the other; docs/doctor.md is generated from it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.doctor.base import Diagnosis, Topic, Verdict, failure, skipped, unknown
from newsletter.doctor.items.account import ITEMS as ACCOUNT
from newsletter.doctor.items.bulk import ITEMS as BULK
from newsletter.doctor.items.database import ITEMS as DATABASE
from newsletter.doctor.items.events import ITEMS as EVENTS
from newsletter.doctor.items.identity import ITEMS as IDENTITY
from newsletter.doctor.items.live import ITEMS as LIVE
from newsletter.doctor.items.machine import ITEMS as MACHINE
from newsletter.doctor.items.mail import ITEMS as MAIL
from newsletter.doctor.items.records import ITEMS as RECORDS
from newsletter.doctor.items.unsubscribe import ITEMS as UNSUBSCRIBE
from newsletter.doctor.patient import Item, Patient
from newsletter.errors import ExaminationError, NewsletterError, UsageError

_TOPICS = tuple(Topic)
ITEMS: tuple[Item, ...] = tuple(
    sorted(
        (*MAIL, *DATABASE, *MACHINE, *ACCOUNT, *IDENTITY, *EVENTS, *RECORDS, *UNSUBSCRIBE, *BULK, *LIVE),
        key=lambda item: (_TOPICS.index(item.topic), item.id),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of one item."""

    item: Item
    diagnosis: Diagnosis

    @property
    def verdict(self) -> Verdict:
        """How it is."""
        return self.diagnosis.verdict


def examine(
    patient: Patient,
    progress: Callable[[int, str], None] = lambda _done, _words: None,
    *,
    items: Sequence[Item] = ITEMS,
) -> tuple[Report, ...]:
    """Look into every item, in order; `progress` hears how many are done and what comes next.

    Nothing hangs: an item that gives no answer in its time is unknown. Raises UsageError when the list that was asked
    about does not exist or has nobody on it.
    """
    if patient.list_name:
        _require_list(patient)
    reports: list[Report] = []
    troubles: dict[int, str] = {}
    for number, item in enumerate(items):
        progress(number, item.title)
        diagnosis = _left_out(item, patient) or _look(item, patient, troubles)
        patient.seen[item.id] = diagnosis
        reports.append(Report(item=item, diagnosis=diagnosis))
    progress(len(items), "")
    return tuple(reports)


def _require_list(patient: Patient) -> None:
    try:
        patient.people()
    except UsageError:
        raise
    except NewsletterError:
        return  # the item of the list says it, beside everything else


def _left_out(item: Item, patient: Patient) -> Diagnosis | None:
    if patient.transport not in item.transports:
        return skipped(f"the transport is {patient.transport}")
    if item.topic is Topic.LIVE and not patient.live:
        return skipped("only with --live")
    if item.network and patient.offline:
        return skipped("--offline")
    return None


def _look(item: Item, patient: Patient, troubles: dict[int, str]) -> Diagnosis:
    """Run an item; trouble that an earlier item has reported already is named, not repeated."""
    outcome: list[Diagnosis | Exception] = []

    def run() -> None:
        try:
            outcome.append(item.run(patient))
        except Exception as exc:  # noqa: BLE001 - handed over to the thread that waits, which raises what is no trouble
            outcome.append(exc)

    # a thread that may be left behind: a hanging network disk or a login helper of AWS heeds no time-out of ours
    thread = threading.Thread(target=run, name=item.id, daemon=True)
    thread.start()
    thread.join(item.seconds)
    if not outcome:
        return unknown(f"no answer within {item.seconds:g} s", "Look at what it asks; see docs/doctor.md.")
    found = outcome[0]
    if isinstance(found, Diagnosis):
        return found
    if isinstance(found, OSError):
        return unknown(f"this machine does not let it be seen: {found}", "Check the rights of the project's folder.")
    if not isinstance(found, NewsletterError):
        raise found
    if id(found) in troubles:
        return skipped(f"see {troubles[id(found)]}")
    troubles[id(found)] = item.id
    if isinstance(found, ExaminationError) and not found.hinders:
        return unknown(found.what, found.remedy)
    where = f"{found.place}: " if found.place else ""
    return failure(f"{where}{found.what}", found.remedy)
