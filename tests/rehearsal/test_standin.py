"""What a client of Amazon SES meets at the stand-in, over real HTTP."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions as aws_errors

from newsletter.errors import UsageError
from newsletter.rehearsal.faults import ACCEPTS, Fault
from newsletter.rehearsal.standin import SesStandIn, StandInSettings
from newsletter.rehearsal.truth import read_truth

Open = Callable[..., SesStandIn]
Connect = Callable[..., Any]
Call = Callable[..., dict[str, Any]]
OLD = (
    "AWS4-HMAC-SHA256 Credential=A/20200101/us-east-1/ses/aws4_request, "
    f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
)
HEAD = b"From: news@example.com\r\nSubject: x\r\n"


def refusal(client: Any, call: dict[str, Any]) -> tuple[int, str, str]:
    with pytest.raises(aws_errors.ClientError) as error:
        client.send_email(**call)
    answer: Any = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def test_a_message_is_accepted_and_written_down_before_it_is_answered(
    open_standin: Open, connect: Connect, call: Call, tmp_path: Path
) -> None:
    standin = open_standin(seed=7)
    identifier = connect(standin).send_email(**call())["MessageId"]
    (found,) = read_truth(tmp_path / "truth.jsonl").accepted
    assert identifier == found.message_id == "010000000007-000000000001-000000"
    assert (found.recipient, found.tags, found.answered) == ("ada@example.com", {"attempt": "a1"}, True)
    assert json.loads((tmp_path / "truth.jsonl").read_text())["size"] == len(call()["Content"]["Raw"]["Data"])


def test_a_signature_is_calculated_again(open_standin: Open, connect: Connect, call: Call) -> None:
    standin = open_standin()
    status, code, _ = refusal(connect(standin, secret="another"), call())
    assert (status, code, standin.accepted) == (403, "SignatureDoesNotMatch", 0)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ("", "MissingAuthenticationTokenException"),
        ("Authorization: Basic eDp5\r\nX-Amz-Date: 20261127T070000Z\r\n", "IncompleteSignatureException"),
        (
            f"Authorization: {OLD}\r\nX-Amz-Date: 20200101T000000Z\r\n",
            "InvalidSignatureException",
        ),
    ],
)
def test_a_request_without_a_good_signature_is_refused(headers: str, code: str, open_standin: Open) -> None:
    standin = open_standin()
    with socket.create_connection(("127.0.0.1", standin.port)) as connection:
        connection.sendall(f"GET /v2/email/account HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
        answer = connection.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 403 ")
    assert f"x-amzn-ErrorType: {code}\r\n" in answer


MALFORMED = [
    ({"Destination": {"ToAddresses": []}}, "Recipient count must be between 1 and 50."),
    ({"Destination": {"ToAddresses": ["ada"]}}, "Missing final '@domain'."),
    (
        {"Destination": {"ToAddresses": ["jösé@example.com"]}},
        "Local address contains control or non-ASCII characters.",
    ),
    ({"message": HEAD + b"Subject: y\r\n\r\nHello\r\n"}, "Duplicate header 'Subject'."),
    ({"message": b"Subject: x\r\n\r\nHello\r\n"}, "Missing required header 'From'."),
    ({"message": HEAD + b"X: " + b"y" * 996 + b"\r\n\r\nHello\r\n"}, "Header line is too long: 'X'."),
    ({"message": HEAD + b"no colon\r\n\r\nHello\r\n"}, "Invalid header line: b'no colon\\r\\n'."),
    ({"message": HEAD}, "The message has no empty line between its header and its body."),
    (
        {"message": HEAD + b"\r\n" + b"y" * 1001 + b"\r\n"},
        "A line of the message is longer than 998 characters (RFC 5321).",
    ),
    ({"EmailTags": [{"Name": "a b", "Value": "x"}]}, "Invalid message tag: a b=x."),
    ({"ConfigurationSetName": "no set"}, "Configuration set name 'no set' is invalid."),
]


@pytest.mark.parametrize(("changes", "message"), MALFORMED)
def test_what_breaks_the_rules_of_ses_is_refused(
    changes: dict[str, Any], message: str, open_standin: Open, connect: Connect, call: Call
) -> None:
    standin = open_standin()
    assert refusal(connect(standin), call(**changes)) == (400, "BadRequestException", message)
    assert standin.accepted == 0


def test_a_message_above_forty_megabytes_is_refused(open_standin: Open, connect: Connect, call: Call) -> None:
    huge = HEAD + b"\r\n" + b"a line of text\r\n" * 2_000_000
    _, code, message = refusal(connect(open_standin()), call(huge))
    assert code == "BadRequestException"
    assert message.startswith("Message length is more than 41943040 bytes long")


def test_a_large_header_section_is_read_whole(open_standin: Open, connect: Connect, call: Call) -> None:
    long_head = HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(1_000))
    assert connect(open_standin()).send_email(**call(long_head + b"\r\nHello\r\n"))["MessageId"]


def test_a_message_whose_lines_end_in_lf_is_accepted(open_standin: Open, connect: Connect, call: Call) -> None:
    assert connect(open_standin()).send_email(**call(HEAD.replace(b"\r", b"") + b"\nHello\n"))["MessageId"]


def test_the_rate_is_kept_in_every_second(open_standin: Open, connect: Connect, call: Call) -> None:
    client = connect(open_standin(rate=3))
    for _ in range(3):
        client.send_email(**call())
    assert refusal(client, call()) == (429, "TooManyRequestsException", "Maximum sending rate exceeded.")
    time.sleep(1.05)
    assert client.send_email(**call())["MessageId"]
    assert client.get_account()["SendQuota"]["MaxSendRate"] == 3


def test_the_quota_is_kept_and_told(open_standin: Open, connect: Connect, call: Call) -> None:
    client = connect(open_standin(quota=2))
    client.send_email(**call(Destination={"ToAddresses": ["a@example.com", "b@example.com"]}))
    assert refusal(client, call()) == (400, "LimitExceededException", "Daily message quota exceeded.")
    assert client.get_account()["SendQuota"] == {
        "Max24HourSend": 2.0,
        "MaxSendRate": 10_000.0,
        "SentLast24Hours": 2.0,
    }


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_breaks_one_call_and_the_log_says_whether_it_was_accepted(
    fault: Fault, open_standin: Open, connect: Connect, call: Call, tmp_path: Path
) -> None:
    standin = open_standin(faults=f"{fault}@1", hang=0.1, slow=0.1)
    client = connect(standin)
    if fault in {Fault.SLOW, Fault.NO_ID, Fault.TRUNCATED, Fault.FOREIGN}:
        assert bool(client.send_email(**call()).get("MessageId")) == (fault is Fault.SLOW)
    else:
        with pytest.raises((aws_errors.ClientError, aws_errors.HTTPClientError)):
            client.send_email(**call())
    assert standin.accepted == (fault in ACCEPTS)
    assert standin.injected == {fault: 1}
    assert client.send_email(**call())["MessageId"]  # and the next call finds a server that works
    truth = read_truth(tmp_path / "truth.jsonl")
    assert truth.faults == {fault: 1}
    assert [each.answered for each in truth.accepted] == ([fault is Fault.SLOW] if fault in ACCEPTS else []) + [True]


def test_answers_are_held_from_an_acceptance_on_until_they_are_released(
    open_standin: Open, connect: Connect, call: Call
) -> None:
    standin = open_standin()
    standin.hold_at = 2
    client = connect(standin, read_timeout=0.3)
    assert client.send_email(**call())["MessageId"]
    with pytest.raises(aws_errors.ReadTimeoutError):
        client.send_email(**call())
    standin.release()
    assert client.send_email(**call())["MessageId"]
    assert standin.accepted == 3


def test_the_identity_and_the_configuration_set_are_as_they_should_be(open_standin: Open, connect: Connect) -> None:
    client = connect(open_standin())
    identity = client.get_email_identity(EmailIdentity="news@example.com")
    assert (identity["IdentityType"], identity["VerifiedForSendingStatus"]) == ("EMAIL_ADDRESS", True)
    assert client.get_configuration_set(ConfigurationSetName="weekly")["ConfigurationSetName"] == "weekly"
    found = client.get_configuration_set_event_destinations(ConfigurationSetName="weekly")
    assert "BOUNCE" in found["EventDestinations"][0]["MatchingEventTypes"]


def test_the_suppression_list_can_be_filled_listed_and_emptied(open_standin: Open, connect: Connect) -> None:
    client = connect(open_standin())
    for number in range(3):
        client.put_suppressed_destination(EmailAddress=f"P{number}@example.com", Reason="BOUNCE")
    client.put_suppressed_destination(EmailAddress="eve@example.com", Reason="COMPLAINT")
    page = client.list_suppressed_destinations(Reasons=["BOUNCE"], PageSize=2)
    assert [each["EmailAddress"] for each in page["SuppressedDestinationSummaries"]] == [
        "p0@example.com",
        "p1@example.com",
    ]
    page = client.list_suppressed_destinations(Reasons=["BOUNCE"], PageSize=2, NextToken=page["NextToken"])
    assert [each["EmailAddress"] for each in page["SuppressedDestinationSummaries"]] == ["p2@example.com"]
    assert "NextToken" not in page
    client.delete_suppressed_destination(EmailAddress="eve@example.com")
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_suppressed_destination(EmailAddress="eve@example.com")


def test_a_port_that_is_taken_is_named(open_standin: Open, tmp_path: Path) -> None:
    taken = open_standin().port
    with pytest.raises(UsageError) as error:
        SesStandIn(StandInSettings(log=tmp_path / "other.jsonl"), port=taken)
    assert str(error.value) == f"port {taken} cannot be used: Address already in use\nChoose another --port."


def test_a_call_that_it_does_not_know_is_named(open_standin: Open, connect: Connect) -> None:
    with pytest.raises(aws_errors.ClientError, match=r"The stand-in has no GET /v2/email/contact-lists\."):
        connect(open_standin()).list_contact_lists()
