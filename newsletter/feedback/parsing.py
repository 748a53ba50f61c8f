"""One event of Amazon SES, in either of its two shapes, as a value.

Event publishing (`eventType`) carries the tags of the message, identity notifications (`notificationType`) do not.
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from newsletter.errors import FeedbackError
from newsletter.feedback.bounces import judge_bounce
from newsletter.models import Event, EventMeaning, EventType

ATTEMPT_TAG = "attempt"
_TAG = re.compile(r"[A-Za-z0-9_-]{1,64}")

_TYPES = {
    "send": (EventType.SEND, "send", EventMeaning.ACCEPTED),
    "delivery": (EventType.DELIVERY, "delivery", EventMeaning.DELIVERED),
    "bounce": (EventType.BOUNCE, "bounce", EventMeaning.SOFT_BOUNCE),
    "complaint": (EventType.COMPLAINT, "complaint", EventMeaning.COMPLAINT),
    "reject": (EventType.REJECT, "reject", EventMeaning.REJECTED),
    "open": (EventType.OPEN, "open", EventMeaning.OPEN),
    "click": (EventType.CLICK, "click", EventMeaning.CLICK),
    "renderingfailure": (EventType.RENDERING_FAILURE, "failure", EventMeaning.REJECTED),
    "deliverydelay": (EventType.DELIVERY_DELAY, "deliveryDelay", EventMeaning.DELAYED),
    "subscription": (EventType.SUBSCRIPTION, "subscription", EventMeaning.OTHER),
}
_RECIPIENTS = ("bouncedRecipients", "complainedRecipients", "recipients", "delayedRecipients")
_REPEATED = frozenset(
    {
        *("timestamp", "messageId", "source", "sourceArn", "sourceIp", "callerIdentity", "sendingAccountId"),
        *("destination", "headersTruncated", "headers", "commonHeaders", "tags"),
    }
)
"""Fields of `mail` that are not kept: the ledger, or a field of the event, says the same."""


def parse_event(record: Mapping[str, Any]) -> Event:
    """Read one event; fields and types that nobody here knows are kept.

    Raises FeedbackError, with the reason, for what cannot be told from other events: no message id, no time.
    """
    name = record.get("eventType") or record.get("notificationType")
    kind, part, meaning = _TYPES.get(
        re.sub(r"[^a-z]", "", str(name).lower()), (EventType.OTHER, "", EventMeaning.OTHER)
    )
    mail = record.get("mail")
    if not isinstance(mail, Mapping) or not isinstance(mail.get("messageId"), str) or not mail["messageId"]:
        raise FeedbackError(f"the {name} event names no message")
    about = record.get(part)
    detail: Mapping[str, Any] = about if isinstance(about, Mapping) else {}
    meaning, code, reason = _judge(kind, meaning, detail)
    at = _time(detail.get("timestamp") or mail.get("timestamp"), str(name))
    recipients = _recipients(detail, mail)
    return Event(
        key=_key(mail["messageId"], kind if kind is not EventType.OTHER else str(name), at, recipients, detail),
        type=kind,
        meaning=meaning,
        message_id=mail["messageId"],
        occurred_at=at,
        attempt_id=_attempt(mail.get("tags")),
        recipients=recipients,
        code=code[:60],
        reason=reason,
        payload=_kept(record, mail, kind),
    )


def _judge(kind: EventType, meaning: EventMeaning, detail: Mapping[str, Any]) -> tuple[EventMeaning, str, str]:
    if kind is EventType.BOUNCE:
        return judge_bounce(detail)
    if kind is EventType.COMPLAINT:
        feedback = str(detail.get("complaintFeedbackType") or "")
        if detail.get("complaintSubType") == "OnAccountSuppressionList":
            return EventMeaning.PROVIDER_SUPPRESSED, "OnAccountSuppressionList", ""
        return (EventMeaning.NOT_SPAM if feedback == "not-spam" else meaning), feedback, ""
    if kind in {EventType.REJECT, EventType.RENDERING_FAILURE}:
        return meaning, "", str(detail.get("reason") or detail.get("errorMessage") or "")
    return meaning, "", ""


def _key(message_id: str, kind: str, at: dt.datetime, recipients: tuple[str, ...], detail: Mapping[str, Any]) -> str:
    """Return what two copies of an event have in common, whatever they were wrapped in.

    A message is sent once. Of everything else the time, the people and, where SES gives them, the feedback id, the
    link and the reader's program tell one from the next. The message id stands first, so that the events of a mailing
    lie together in the index.
    """
    if kind == EventType.SEND:
        return f"{message_id}/{kind}"[:200]
    parts = [at.isoformat(), *sorted(address.lower() for address in recipients)]
    parts += [str(detail.get(name) or "") for name in ("feedbackId", "link", "userAgent", "ipAddress")]
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return f"{message_id[:120]}/{kind[:40]}/{digest}"


def _time(text: Any, name: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(str(text))
    except ValueError as exc:
        raise FeedbackError(f"the {name} event has no time: {text!r}") from exc
    return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def _recipients(detail: Mapping[str, Any], mail: Mapping[str, Any]) -> tuple[str, ...]:
    for name in _RECIPIENTS:
        found = _addresses(detail.get(name))
        if found:
            return found
    return _addresses(mail.get("destination"))


def _addresses(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        return ()
    texts = [each.get("emailAddress") if isinstance(each, Mapping) else each for each in values]
    return tuple(_bare(text) for text in texts if isinstance(text, str) and "@" in text)


def _bare(text: str) -> str:
    """Return the address of `Name <address>`."""
    if text.endswith(">") and "<" in text:
        text = text.rpartition("<")[2][:-1]
    return text.strip()


def _attempt(tags: Any) -> str:
    values = tags.get(ATTEMPT_TAG) if isinstance(tags, Mapping) else None
    value = values[0] if isinstance(values, list) and values else values
    return value if isinstance(value, str) and _TAG.fullmatch(value) else ""


def _kept(record: Mapping[str, Any], mail: Mapping[str, Any], kind: EventType) -> Mapping[str, Any]:
    if kind is EventType.OTHER:
        return _storable(record)
    more = {name: value for name, value in mail.items() if name not in _REPEATED}
    tags = mail.get("tags")
    if isinstance(tags, Mapping):
        ours = {name: value for name, value in tags.items() if not name.startswith("ses:") and name != ATTEMPT_TAG}
        more |= {"tags": ours} if ours else {}
    kept = {name: value for name, value in record.items() if name not in {"eventType", "notificationType", "mail"}}
    return _storable({**kept, "mail": more} if more else kept)


def _storable(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return it without halves of characters, which JSON can name but no database keeps."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        cleaned: Mapping[str, Any] = json.loads(text.encode("utf-8", "replace"))
        return cleaned
    return value
