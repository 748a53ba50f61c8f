"""What SES reports of every message, and whether it arrives: configuration set, destinations, queue."""

from collections.abc import Mapping
from typing import Any

from newsletter.doctor.aws import policy_statements
from newsletter.doctor.base import SES_ONLY, Diagnosis, Topic, failure, passed, plural, skipped, warning
from newsletter.doctor.items.account import validation_diagnosis
from newsletter.doctor.patient import Item, Patient

NEEDED = ("SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY_DELAY")
"""Event types without which somebody's fate stays unknown. RENDERING_FAILURE is of SES's own templates only."""
TRACKING = ("OPEN", "CLICK")
RETENTION_SECONDS = 1_209_600
"""14 days, the longest that SQS keeps a message; the default is 4."""

_NO_SET = "no configuration set: see D501"
_NO_QUEUE = "no queue: see D505"


def working_destinations(it: Patient) -> tuple[Mapping[str, Any], ...]:
    """Return the destinations that are on and carry whole events; CloudWatch keeps numbers only."""
    return tuple(
        each for each in it.aws.event_destinations() if each.get("Enabled") and "CloudWatchDestination" not in each
    )


def _configured(it: Patient) -> str:
    return it.settings.transports.ses.configuration_set


def _set(it: Patient) -> Diagnosis:
    name = _configured(it)
    if not name:
        return warning(
            "no configuration set is configured, so that SES reports neither bounces nor complaints to newsletter",
            "Make one with an event destination, and set transports.ses.configuration_set in newsletter.toml.",
        )
    found = it.aws.configuration_set()
    if found is None:
        return failure(
            f"there is no configuration set {name} in {it.aws.region}",
            "Create it in this region, or mend transports.ses.configuration_set in newsletter.toml.",
        )
    if found.get("SendingOptions", {}).get("SendingEnabled") is False:
        return failure(
            f"sending is switched off for the configuration set {name}",
            f"Run: aws sesv2 put-configuration-set-sending-options --sending-enabled --configuration-set-name {name}",
        )
    return passed(f"the configuration set {name} is there")


def _validation(it: Patient) -> Diagnosis:
    if not _configured(it) or not (found := it.aws.configuration_set()):
        return skipped(_NO_SET)
    options = found.get("SuppressionOptions", {})
    return validation_diagnosis(options.get("ValidationOptions", {}), f"the configuration set {_configured(it)}")


def _types(it: Patient) -> Diagnosis:
    if not _configured(it) or it.aws.configuration_set() is None:
        return skipped(_NO_SET)
    destinations = working_destinations(it)
    reported = {kind for each in destinations for kind in each.get("MatchingEventTypes", ())}
    missing = [kind for kind in NEEDED if kind not in reported]
    if not destinations:
        return warning(
            f"the configuration set {_configured(it)} reports events to nobody",
            "Add an event destination: an SNS topic with an SQS queue behind it.",
        )
    if missing:
        return warning(
            f"SES does not report {', '.join(missing)}",
            f"Add them to the event destination {destinations[0]['Name']} of {_configured(it)}.",
        )
    return passed(f"SES reports {', '.join(NEEDED)}")


def _tracking(it: Patient) -> Diagnosis:
    if not _configured(it) or not (found := it.aws.configuration_set()):
        return skipped(_NO_SET)
    counted = sorted({kind for each in working_destinations(it) for kind in each.get("MatchingEventTypes", ())})
    tracked = [kind.lower() + "s" for kind in counted if kind in TRACKING]
    domain = found.get("TrackingOptions", {}).get("CustomRedirectDomain", "")
    if tracked and not domain:
        return warning(
            f"SES counts {' and '.join(tracked)} through awstrack.me, a name shared with everybody who uses SES",
            "Take OPEN and CLICK out of the event destination, or set a custom redirect domain.",
        )
    return passed(
        f"SES counts {' and '.join(tracked)} through {domain}" if tracked else "SES counts no opens or clicks"
    )


def _queue(it: Patient) -> Diagnosis:
    url = it.settings.feedback.queue_url
    if not url:
        return warning(
            "no queue of events is configured, so that bounces do not reach newsletter",
            "Subscribe an SQS queue to the topic, and set feedback.queue_url in newsletter.toml.",
        )
    attributes = it.aws.queue()
    if attributes is None:
        return failure(f"there is no queue {url}", "Mend feedback.queue_url in newsletter.toml.")
    waiting = int(attributes.get("ApproximateNumberOfMessages", "0"))
    words = f"the queue {url.rpartition('/')[2]} answers; {plural(waiting, 'event')} waiting"
    if int(attributes.get("MessageRetentionPeriod", "0")) < RETENTION_SECONDS:
        days = int(attributes.get("MessageRetentionPeriod", "0")) / 86_400
        return warning(
            f"{words}, kept for {days:.3g} days only",
            f"Set MessageRetentionPeriod of the queue to {RETENTION_SECONDS} (14 days).",
        )
    return passed(words)


def _policy(it: Patient) -> Diagnosis:
    attributes = it.aws.queue() if it.settings.feedback.queue_url else None
    if attributes is None:
        return skipped(_NO_QUEUE)
    statements = [each for each in policy_statements(attributes) if each.get("Effect") == "Allow"]
    for statement in statements:
        principal = statement.get("Principal", "")
        everybody = principal == "*" or (isinstance(principal, dict) and principal.get("AWS") == "*")
        service = isinstance(principal, dict) and "Service" in principal
        if (everybody or service) and not _is_narrow(statement):
            return warning(
                "anybody at AWS may write to the queue, and so forge bounces that take people off your lists",
                "Add to the queue's policy the condition aws:SourceArn with the ARN of your topic.",
            )
    return passed(
        "only those named may write to the queue" if statements else "only this account may write to the queue"
    )


def _is_narrow(statement: Mapping[str, Any]) -> bool:
    conditions = statement.get("Condition", {})
    keys = {key.lower() for group in conditions.values() if isinstance(group, dict) for key in group}
    return bool(keys & {"aws:sourcearn", "aws:sourceaccount", "aws:principalarn", "aws:principalaccount"})


def _item(number: int, title: str, source: str, run: Any) -> Item:
    return Item(
        id=f"D{number}",
        topic=Topic.EVENTS,
        title=title,
        source=source,
        run=run,
        network=True,
        transports=SES_ONLY,
    )


ITEMS = (
    _item(501, "the configuration set exists and sends", "SES API v2 GetConfigurationSet", _set),
    _item(
        502, "the configuration set leaves nobody out silently", "GetConfigurationSet, ValidationOptions", _validation
    ),
    _item(503, "SES reports what happens to a message", "SES API v2 GetConfigurationSetEventDestinations", _types),
    _item(504, "links are not rewritten through a shared name", "GetConfigurationSet, TrackingOptions", _tracking),
    _item(505, "the queue of events answers and keeps them for 14 days", "SQS GetQueueAttributes", _queue),
    _item(506, "nobody else can write to the queue", "SQS GetQueueAttributes, Policy", _policy),
)
