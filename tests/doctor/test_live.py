"""Messages to the simulator: a stand-in of SES takes them, a real queue of moto brings the events."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from newsletter.doctor.base import Diagnosis, failure, passed, warning
from newsletter.doctor.patient import Patient
from newsletter.doctor.registry import ITEMS, examine
from newsletter.doctor.simulator import CASES, read_event

PatientOf = Callable[..., Patient]
LIVE = tuple(item for item in ITEMS if item.id.startswith("D9"))
WELL = {case.name: list(case.events) for case in CASES}


class Queue:
    """A queue of moto, and what SES and SNS would put onto it for the messages that were sent."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.url = str(client.create_queue(QueueName=name)["QueueUrl"])

    def put(self, kind: str, tags: dict[str, list[str]], *, wrapped: bool) -> None:
        event = json.dumps({"eventType": kind, "mail": {"messageId": "id", "tags": tags}})
        body = json.dumps({"Type": "Notification", "Message": event}) if wrapped else event
        self.client.send_message(QueueUrl=self.url, MessageBody=body)

    def answer(self, sent: list[dict[str, Any]], events: dict[str, list[str]]) -> None:
        """Put the events of all four messages onto the queue as soon as they were sent."""
        deadline = time.monotonic() + 20
        while len(sent) < len(CASES) and time.monotonic() < deadline:
            time.sleep(0.02)
        for number, message in enumerate(sent):
            (address,) = message["Destination"]["ToAddresses"]
            tags = {tag["Name"]: [tag["Value"]] for tag in message["EmailTags"]}
            for kind in events[address.partition("@")[0]]:
                self.put(kind, tags, wrapped=number % 2 == 0)

    def waiting(self) -> int:
        answer = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        return int(answer["ApproximateNumberOfMessages"])


@pytest.fixture
def queue(aws: Any, moto_url: str, request: pytest.FixtureRequest) -> Iterator[Queue]:
    client: Any = boto3.client("sqs", endpoint_url=moto_url, region_name="eu-west-1")
    queue = Queue(client, f"live-{time.monotonic_ns()}")
    yield queue
    client.delete_queue(QueueUrl=queue.url)
    client.close()


def run(patient: Patient, queue: Queue, ses: Any, events: dict[str, list[str]]) -> list[Diagnosis]:
    thread = threading.Thread(target=queue.answer, args=(ses.sent, events))
    thread.start()
    reports = examine(patient, items=LIVE)
    thread.join()
    return [report.diagnosis for report in reports]


def test_four_messages_whose_events_come_back_pass(patient_of: PatientOf, ses: Any, queue: Queue) -> None:
    patient = patient_of(endpoint=ses.url, queue_url=queue.url, options={"live": True, "event_seconds": 20})
    found = run(patient, queue, ses, WELL)
    assert [each.verdict.value for each in found] == ["pass"] * 4
    assert found[2].message.startswith("complaint@simulator.amazonses.com: Send, Delivery, Complaint within ")
    assert [message["Destination"]["ToAddresses"] for message in ses.sent] == [[case.address] for case in CASES]
    assert {message["ConfigurationSetName"] for message in ses.sent} == {"weekly"}
    assert queue.waiting() == 0


def test_an_event_that_does_not_come_is_named_when_the_time_is_over(
    patient_of: PatientOf, ses: Any, queue: Queue
) -> None:
    patient = patient_of(endpoint=ses.url, queue_url=queue.url, options={"live": True, "event_seconds": 3})
    found = run(patient, queue, ses, {**WELL, "bounce": ["Send"], "complaint": []})
    assert [each.verdict.value for each in found] == ["pass", "failure", "failure", "pass"]
    assert found[1] == failure(
        "Bounce of the message to bounce@simulator.amazonses.com did not arrive within 3 s; Send came",
        "Check the event destination, the topic's subscription and both policies.",
    )
    assert found[2].message == (
        "Send and Delivery and Complaint of the message to complaint@simulator.amazonses.com did not arrive within 3 s"
    )


def test_events_of_other_messages_stay_on_the_queue(patient_of: PatientOf, ses: Any, queue: Queue) -> None:
    queue.put("Bounce", {"attempt": ["01J0"]}, wrapped=True)
    queue.client.send_message(QueueUrl=queue.url, MessageBody="no JSON")
    patient = patient_of(endpoint=ses.url, queue_url=queue.url, options={"live": True, "event_seconds": 20})
    found = run(patient, queue, ses, WELL)
    assert [each.verdict.value for each in found] == ["pass"] * 4
    assert queue.waiting() == 2


def test_without_a_queue_only_the_acceptance_is_known(aws: Any, patient_of: PatientOf, ses: Any) -> None:
    reports = examine(patient_of(endpoint=ses.url, options={"live": True}), items=LIVE)
    assert reports[0].diagnosis == warning(
        "SES took the message to success@simulator.amazonses.com; without a queue nobody hears more of it",
        "Set feedback.queue_url in newsletter.toml: see D505.",
    )
    assert len(ses.sent) == 4


def test_a_message_that_ses_refuses_is_a_failure_with_its_words(aws: Any, patient_of: PatientOf, ses: Any) -> None:
    ses.refusals["/v2/email/outbound-emails"] = (400, "MessageRejected", "Email address is not verified.")
    reports = examine(patient_of(endpoint=ses.url, options={"live": True}), items=LIVE)
    assert reports[0].diagnosis.message == (
        "SES did not take the message to success@simulator.amazonses.com: MessageRejected: "
        "Email address is not verified."
    )
    assert reports[0].diagnosis.remedy.startswith("Verify the sender's address or domain in the SES console")


def test_nothing_is_sent_unless_it_is_asked_for(aws: Any, patient_of: PatientOf, ses: Any) -> None:
    reports = examine(patient_of(endpoint=ses.url), items=LIVE)
    assert {report.diagnosis.message for report in reports} == {"only with --live"}
    assert ses.sent == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "no JSON",
        '{"Type": "Notification"}',
        '{"Type": "Notification", "Message": "x"}',
        '{"eventType": "Send"}',
        '{"eventType": 1, "mail": {"tags": {}}}',
        '{"eventType": "Send", "mail": {"tags": []}}',
        '{"notificationType": "Bounce", "mail": {}}',
    ],
)
def test_what_is_no_event_is_none(body: str) -> None:
    assert read_event(body) is None


def test_an_event_is_read_raw_and_wrapped() -> None:
    event = {"eventType": "Bounce", "mail": {"tags": {"doctor": ["x"]}}}
    assert read_event(json.dumps(event)) == ("Bounce", {"doctor": ["x"]})
    assert read_event(json.dumps({"Type": "Notification", "Message": json.dumps(event)})) == (
        "Bounce",
        {"doctor": ["x"]},
    )


def test_the_slowest_event_is_timed(patient_of: PatientOf, ses: Any, queue: Queue) -> None:
    patient = patient_of(endpoint=ses.url, queue_url=queue.url, options={"live": True, "event_seconds": 20})
    found = run(patient, queue, ses, WELL)
    slowest = max(patient.trials()["success"].events.values())
    assert found[0] == passed(f"success@simulator.amazonses.com: Send, Delivery within {slowest:.0f} s")
