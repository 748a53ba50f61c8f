"""Every type of event in both shapes and every wrapping; what nobody knows yet is kept, what is none is named."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.feedback.intake import read_text
from newsletter.feedback.parsing import parse_event
from newsletter.feedback.splitting import split
from newsletter.models import EventMeaning, EventType

Make = Callable[..., dict[str, Any]]

TYPES = [
    ("Send", EventType.SEND, EventMeaning.ACCEPTED),
    ("Delivery", EventType.DELIVERY, EventMeaning.DELIVERED),
    ("Bounce", EventType.BOUNCE, EventMeaning.HARD_BOUNCE),
    ("Complaint", EventType.COMPLAINT, EventMeaning.COMPLAINT),
    ("Reject", EventType.REJECT, EventMeaning.REJECTED),
    ("Open", EventType.OPEN, EventMeaning.OPEN),
    ("Click", EventType.CLICK, EventMeaning.CLICK),
    ("Rendering Failure", EventType.RENDERING_FAILURE, EventMeaning.REJECTED),
    ("DeliveryDelay", EventType.DELIVERY_DELAY, EventMeaning.DELAYED),
    ("Subscription", EventType.SUBSCRIPTION, EventMeaning.OTHER),
    ("Teleport", EventType.OTHER, EventMeaning.OTHER),
]


@pytest.mark.parametrize(("name", "kind", "meaning"), TYPES)
@pytest.mark.parametrize("tagged", [True, False])
def test_every_type_is_read_in_both_shapes(
    event: Make, name: str, kind: EventType, meaning: EventMeaning, *, tagged: bool
) -> None:
    found = parse_event(event(name, "a1", "ada@example.org", tagged=tagged))
    assert (found.type, found.meaning, found.message_id) == (kind, meaning, "m-a1")
    assert found.attempt_id == ("a1" if tagged else "")
    assert found.recipients == ("ada@example.org",)


def wrapped(event: dict[str, Any]) -> dict[str, str]:
    plain = json.dumps(event)
    sns = json.dumps({"Type": "Notification", "MessageId": "x", "TopicArn": "arn:t", "Message": plain})
    bridge = {"version": "0", "id": "y", "detail-type": "Email Bounced", "source": "aws.ses", "detail": event}
    return {
        "raw": plain,
        "indented": json.dumps(event, indent=2),
        "sns": sns,
        "eventbridge": json.dumps(bridge),
        "eventbridge in sns": json.dumps({"Type": "Notification", "Message": json.dumps(bridge)}),
        "list": f"[{plain}]",
    }


def test_the_same_event_has_the_same_key_however_it_is_wrapped(event: Make) -> None:
    texts = wrapped(event("Bounce", "a1", "ada@example.org"))
    found = {name: read_text(text, name) for name, text in texts.items()}
    assert [one.unreadable for one in found.values()] == [()] * len(texts)
    assert len({each.key for one in found.values() for each in one.events}) == 1


def test_an_event_and_the_notification_of_the_same_bounce_are_one(event: Make) -> None:
    published = parse_event(event("Bounce", "a1", "ada@example.org"))
    notified = parse_event(event("Bounce", "a1", "ada@example.org", tagged=False))
    assert published.key == notified.key


def test_two_openings_are_two_events_and_two_sends_of_one_message_one(event: Make) -> None:
    openings = {parse_event(event("Open", "a1", "ada@example.org", minutes=each)).key for each in (1, 2)}
    assert len(openings) == 2
    sends = {parse_event(event("Send", "a1", "ada@example.org", minutes=each)).key for each in (1, 2)}
    assert len(sends) == 1


def test_unknown_fields_are_kept_and_what_the_ledger_knows_is_not(event: Make) -> None:
    record = event("Delivery", "a1", "ada@example.org", hops=3)
    record["weather"] = "fine"
    record["mail"]["colour"] = "blue"
    payload = parse_event(record).payload
    assert payload["weather"] == "fine"
    assert payload["delivery"]["hops"] == 3
    assert payload["mail"] == {"colour": "blue", "tags": {"mailing": ["1"]}}
    assert "Subject" not in json.dumps(payload)


@given(size=st.integers(1, 40), joint=st.sampled_from(["\n", "", " ", "\r\n\n", ","]))
def test_values_are_found_however_the_stream_is_cut(size: int, joint: str) -> None:
    values = [{"a": 1, "text": '}{ " \\ é'}, [1, 2], {"b": {"c": None}}]
    text = joint.join(json.dumps(value, ensure_ascii=False) for value in values)
    chunks = [text[at : at + size] for at in range(0, len(text), size)]
    assert [piece.value for piece in split(chunks)] == values


def test_a_broken_line_does_not_take_its_neighbours_with_it(event: Make) -> None:
    good = [json.dumps(event("Send", f"a{number}", "ada@example.org")) for number in (1, 2)]
    found = read_text(f'{good[0]}\n{{"eventType": "Send", oh\n{good[1]}', "f")
    assert [each.message_id for each in found.events] == ["m-a1", "m-a2"]
    (bad,) = found.unreadable
    assert bad.body == '{"eventType": "Send", oh'
    assert bad.reason == "it is no JSON: Expecting property name enclosed in double quotes"


POISON = [
    ("", "it is empty"),
    ("42", "it is int, not an object"),
    ('{"a": 1}', "it is no event of SES: neither eventType nor notificationType is there"),
    ('{"eventType": "Send"}', "the Send event names no message"),
    ('{"eventType": "Send", "mail": {"messageId": "m"}}', "the Send event has no time: None"),
    ('{"Type": "Notification", "Message": "hello"}', "the message inside the SNS notification is no JSON"),
    (
        '{"Type": "SubscriptionConfirmation", "TopicArn": "arn:t"}',
        "it is a SubscriptionConfirmation of the topic arn:t, which the queue should not receive",
    ),
    ("[[[[[[[[1]]]]]]]]", "it is wrapped too often"),
    ("[" * 200_000, "it is nested too deeply"),
]


@pytest.mark.parametrize(("text", "reason"), POISON, ids=[reason for _, reason in POISON])
def test_what_is_no_event_is_kept_aside_with_its_reason(text: str, reason: str) -> None:
    found = read_text(text, "q")
    assert found.events == ()
    assert [each.reason for each in found.unreadable] == [reason]


def test_the_greeting_of_a_new_topic_is_neither_event_nor_poison() -> None:
    text = "Successfully validated SNS topic for Amazon SES event publishing."
    found = read_text(json.dumps({"Type": "Notification", "Message": text}), "q")
    assert (found.events, found.unreadable) == ((), ())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(
    kind=st.sampled_from([name for name, *_ in TYPES]),
    part=st.sampled_from(["bounce", "complaint", "delivery", "open", "click", "deliveryDelay", "mail", "failure"]),
    field=st.sampled_from(["timestamp", "bouncedRecipients", "recipients", "tags", "messageId", "bounceSubType"]),
    value=json_values,
)
def test_no_shape_of_any_field_makes_it_crash(kind: str, part: str, field: str, value: object) -> None:
    record: dict[str, Any] = {"eventType": kind, "mail": {"messageId": "m", "timestamp": "2026-11-27T09:00:00Z"}}
    record.setdefault(part, {})[field] = value
    found = read_text(json.dumps(record), "q")
    assert len(found.events) + len(found.unreadable) == 1
