"""Real messages to the mailbox simulator of SES: what happens to them must come back as events."""

from newsletter.doctor.base import SES_ONLY, Diagnosis, Topic, failure, passed, warning
from newsletter.doctor.patient import Item, Patient
from newsletter.doctor.simulator import CASES, WAIT_SECONDS, Case
from newsletter.models import OutcomeKind


def _item(number: int, case: Case) -> Item:
    def run(it: Patient) -> Diagnosis:
        return _judge(it, case)

    return Item(
        id=f"D{number}",
        topic=Topic.LIVE,
        title=f"a message to {case.address} brings {', '.join(case.events)}",
        source="SES, mailbox simulator; event publishing",
        run=run,
        network=True,
        transports=SES_ONLY,
        seconds=2 * WAIT_SECONDS,
    )


def _judge(it: Patient, case: Case) -> Diagnosis:
    trial = it.trials()[case.name]
    outcome = trial.outcome
    if outcome.kind is not OutcomeKind.ACCEPTED:
        return failure(
            f"SES did not take the message to {case.address}: {outcome.code}: {outcome.text}",
            outcome.remedy or "See the items above.",
        )
    if not it.settings.feedback.queue_url:
        return warning(
            f"SES took the message to {case.address}; without a queue nobody hears more of it",
            "Set feedback.queue_url in newsletter.toml: see D505.",
        )
    if trial.missing:
        came = f"; {', '.join(trial.events)} came" if trial.events else ""
        return failure(
            f"{' and '.join(trial.missing)} of the message to {case.address} did not arrive "
            f"within {it.event_seconds:g} s{came}",
            "Check the event destination, the topic's subscription and both policies.",
        )
    slowest = max(trial.events.values(), default=0.0)
    return passed(f"{case.address}: {', '.join(trial.events)} within {slowest:.0f} s")


ITEMS = tuple(_item(901 + number, case) for number, case in enumerate(CASES))
