"""The wrappings that an event of SES comes in: SNS, EventBridge, lists; the event inside is the same."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.errors import FeedbackError

_DEEPEST = 6
"""An event in SNS in SQS in a list is four deep."""

_GREETING = "Successfully validated SNS topic for Amazon SES event publishing."
"""What SES publishes once when a topic is chosen; it is no event."""


def unwrap(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the events in a decoded JSON value. Raises FeedbackError with the reason why there is none."""
    if depth > _DEEPEST:
        raise FeedbackError("it is wrapped too often")
    if isinstance(value, list):
        for each in value:
            yield from unwrap(each, depth + 1)
    elif not isinstance(value, Mapping):
        raise FeedbackError(f"it is {type(value).__name__}, not an object")
    elif "eventType" in value or "notificationType" in value:
        yield value
    elif value.get("Type") == "Notification" and isinstance(value.get("Message"), str):
        yield from _message(value["Message"], depth)
    elif value.get("Type") in {"SubscriptionConfirmation", "UnsubscribeConfirmation"}:
        raise FeedbackError(
            f"it is a {value['Type']} of the topic {value.get('TopicArn')}, which the queue should not receive"
        )
    elif "detail-type" in value and isinstance(value.get("detail"), Mapping):
        yield from unwrap(value["detail"], depth + 1)
    else:
        raise FeedbackError("it is no event of SES: neither eventType nor notificationType is there")


def _message(text: str, depth: int) -> Iterator[Mapping[str, Any]]:
    if text.strip() == _GREETING:
        return
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise FeedbackError("the message inside the SNS notification is no JSON") from exc
    yield from unwrap(inner, depth + 1)
