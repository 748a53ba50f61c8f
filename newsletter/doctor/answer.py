"""The last line: whether this machine can send to this list."""

from collections import Counter
from collections.abc import Sequence

from newsletter.doctor.base import Verdict, duration, plural
from newsletter.doctor.items.account import send_seconds
from newsletter.doctor.patient import Patient
from newsletter.doctor.registry import Report
from newsletter.errors import NewsletterError


def exit_code(reports: Sequence[Report]) -> int:
    """Return 1 for a failure, 3 for a warning or something unknown, else 0."""
    found = {report.verdict for report in reports}
    if Verdict.FAILURE in found:
        return 1
    return 3 if found & {Verdict.WARNING, Verdict.UNKNOWN} else 0


def ready(reports: Sequence[Report], patient: Patient) -> bool | None:
    """Say whether a mailing can go out; None when that is not known."""
    found = {report.verdict for report in reports}
    if Verdict.FAILURE in found:
        return False
    if Verdict.UNKNOWN in found or patient.offline or not _recipients(patient):
        return None
    return True


def answer(reports: Sequence[Report], patient: Patient) -> str:
    """Return the last line: one sentence that a person can act on."""
    count = Counter(report.verdict for report in reports if not report.item.derived)
    bad, doubts, look = count[Verdict.FAILURE], count[Verdict.UNKNOWN], count[Verdict.WARNING]
    if bad:
        return f"No: {plural(bad, 'thing')} must be mended first."
    whom = _whom(patient)
    if doubts:
        return f"Not known whether this machine can send {whom}: {plural(doubts, 'thing')} could not be found out."
    then = f" {plural(look, 'thing')} should be looked at." if look else ""
    if not _recipients(patient):
        return f"Nothing stands in the way, but there is nobody to send to yet.{then}"
    if patient.offline and patient.transport != "outbox":
        return f"Nothing on this machine stands in the way of sending {whom}; the network was not asked.{then}"
    return f"This machine can send {whom}{_duration(patient)}.{then}"


def _whom(patient: Patient) -> str:
    chosen = _chosen(patient)
    if not chosen:
        return f"by {patient.transport}"
    people = plural(chosen[1], "person", "people")
    if patient.transport == "outbox":
        return f"the list {chosen[0]} ({people}) into the outbox, where nobody is mailed"
    return f"to the list {chosen[0]} ({people})"


def _chosen(patient: Patient) -> tuple[str, int] | None:
    try:
        chosen = patient.people().chosen
    except NewsletterError:
        return None
    return (chosen.name, chosen.count.recipients) if chosen else None


def _recipients(patient: Patient) -> int:
    chosen = _chosen(patient)
    return chosen[1] if chosen else 0


def _duration(patient: Patient) -> str:
    try:
        seconds = send_seconds(patient)
    except NewsletterError:
        return ""
    return f" in about {duration(seconds)}" if seconds else ""
