"""The sender and the events as SES tells them, well and ill; the queue is a real one of moto."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from newsletter.doctor.base import Diagnosis, Verdict, failure, passed, skipped, warning
from newsletter.doctor.patient import Patient
from newsletter.doctor.registry import ITEMS, examine

PatientOf = Callable[..., Patient]
Look = Callable[[Patient, str], Diagnosis]


@pytest.fixture
def of(aws: Any, ses: Any, patient_of: PatientOf) -> PatientOf:
    return lambda people=3, **more: patient_of(people, endpoint=ses.url, **more)


WELL = {
    "D401": "news@weekly.com may send, by the identity weekly.com",
    "D402": "SES signs with DKIM for weekly.com",
    "D403": "the DKIM key of weekly.com has 2048 bits",
    "D404": "bounces go to bounce.weekly.com",
    "D501": "the configuration set weekly is there",
    "D502": "Auto Validation of the configuration set weekly leaves nobody out",
    "D503": "SES reports SEND, DELIVERY, BOUNCE, COMPLAINT, REJECT, DELIVERY_DELAY",
    "D504": "SES counts no opens or clicks",
}


def test_a_sender_in_order_passes(of: PatientOf) -> None:
    items = [item for item in ITEMS if item.id in WELL]
    found = {report.item.id: report.diagnosis for report in examine(of(), items=items)}
    assert found == {number: passed(message) for number, message in WELL.items()}


def test_a_sender_whom_ses_does_not_know_is_the_one_failure(of: PatientOf, look: Look, ses: Any) -> None:
    ses.identities = {}
    assert look(of(), "D401") == failure(
        "SES in eu-west-1 knows neither news@weekly.com nor its domain",
        "Create the identity weekly.com in this region: SES console, Identities.",
    )
    for number in ("D402", "D403", "D404"):
        assert look(of(), number) == skipped("SES does not know the sender: see D401")


def test_a_domain_covers_its_subdomains_and_the_public_suffix_is_not_asked(of: PatientOf, look: Look, ses: Any) -> None:
    assert look(of(sender="news@mail.weekly.com"), "D401").verdict is Verdict.PASS
    assert ses.asked == [
        "GET /v2/email/identities/news@mail.weekly.com",
        "GET /v2/email/identities/mail.weekly.com",
        "GET /v2/email/identities/weekly.com",
    ]


def test_an_identity_that_waits_for_its_records_is_a_failure(of: PatientOf, look: Look, ses: Any) -> None:
    ses.identities["weekly.com"] |= {
        "VerifiedForSendingStatus": False,
        "VerificationStatus": "FAILED",
        "VerificationInfo": {"ErrorType": "HOST_NOT_FOUND"},
    }
    assert look(of(), "D401") == failure(
        "the identity weekly.com is not verified: FAILED, HOST_NOT_FOUND",
        "Publish the DNS records that the SES console shows for it, or follow the link in AWS's mail.",
    )


@pytest.mark.parametrize(
    ("dkim", "message"),
    [
        ({"SigningEnabled": False}, "DKIM signing is switched off for weekly.com"),
        ({"Status": "TEMPORARY_FAILURE"}, "SES does not find the DKIM records (TEMPORARY_FAILURE) for weekly.com"),
    ],
)
def test_mail_that_is_not_signed_is_a_failure(
    of: PatientOf, look: Look, ses: Any, dkim: dict[str, Any], message: str
) -> None:
    ses.identities["weekly.com"]["DkimAttributes"] |= dkim
    found = look(of(), "D402")
    assert (found.verdict, found.message) == (Verdict.FAILURE, message)
    assert look(of(), "D403") == skipped("nothing is signed: see D402")


def test_an_address_is_signed_for_by_its_domain(of: PatientOf, look: Look, ses: Any) -> None:
    ses.identities["news@weekly.com"] = {"VerifiedForSendingStatus": True, "DkimAttributes": {"SigningEnabled": False}}
    assert look(of(), "D401") == passed("news@weekly.com may send, by the identity news@weekly.com")
    assert look(of(), "D402") == passed("SES signs with DKIM for weekly.com")


def test_a_short_key_is_a_warning_with_the_command_that_changes_it(of: PatientOf, look: Look, ses: Any) -> None:
    ses.identities["weekly.com"]["DkimAttributes"]["CurrentSigningKeyLength"] = "RSA_1024_BIT"
    found = look(of(), "D403")
    assert (found.verdict, found.message) == (Verdict.WARNING, "the DKIM key of weekly.com has 1024 bits")
    assert found.remedy.endswith("NextSigningKeyLength=RSA_2048_BIT --email-identity weekly.com")


@pytest.mark.parametrize(
    ("attributes", "verdict", "message"),
    [
        (
            {},
            Verdict.WARNING,
            "bounces go to amazonses.com, so that SPF says nothing about your domain and DMARC rests on DKIM alone",
        ),
        (
            {"MailFromDomain": "b.weekly.com", "MailFromDomainStatus": "FAILED"},
            Verdict.WARNING,
            "SES does not find the records of b.weekly.com (FAILED) and uses amazonses.com",
        ),
        (
            {
                "MailFromDomain": "b.weekly.com",
                "MailFromDomainStatus": "PENDING",
                "BehaviorOnMxFailure": "REJECT_MESSAGE",
            },
            Verdict.FAILURE,
            "SES does not find the records of b.weekly.com (PENDING) and refuses to send",
        ),
    ],
)
def test_a_return_path_that_does_not_work_weighs_what_ses_then_does(
    of: PatientOf, look: Look, ses: Any, attributes: dict[str, str], verdict: Verdict, message: str
) -> None:
    ses.identities["weekly.com"]["MailFromAttributes"] = attributes
    found = look(of(), "D404")
    assert (found.verdict, found.message) == (verdict, message)


def test_without_a_configuration_set_nobody_reports_and_the_rest_is_skipped(of: PatientOf, look: Look) -> None:
    found = look(of(configuration_set=""), "D501")
    assert found == warning(
        "no configuration set is configured, so that SES reports neither bounces nor complaints to newsletter",
        "Make one with an event destination, and set transports.ses.configuration_set in newsletter.toml.",
    )
    assert look(of(configuration_set=""), "D503") == skipped("no configuration set: see D501")


def test_a_configuration_set_that_is_missing_or_switched_off_is_a_failure(of: PatientOf, look: Look, ses: Any) -> None:
    assert look(of(configuration_set="other"), "D501") == failure(
        "there is no configuration set other in eu-west-1",
        "Create it in this region, or mend transports.ses.configuration_set in newsletter.toml.",
    )
    ses.sets["weekly"]["SendingOptions"] = {"SendingEnabled": False}
    found = look(of(), "D501")
    assert (found.verdict, found.message) == (
        Verdict.FAILURE,
        "sending is switched off for the configuration set weekly",
    )


def test_event_types_that_nobody_hears_of_are_named(of: PatientOf, look: Look, ses: Any) -> None:
    ses.destinations[0]["MatchingEventTypes"] = ["SEND", "DELIVERY", "BOUNCE", "REJECT"]
    assert look(of(), "D503") == warning(
        "SES does not report COMPLAINT, DELIVERY_DELAY", "Add them to the event destination events of weekly."
    )
    ses.destinations[0]["Enabled"] = False
    ses.destinations.append({"Name": "numbers", "Enabled": True, "CloudWatchDestination": {}})
    assert look(of(), "D503").message == "the configuration set weekly reports events to nobody"


def test_links_through_a_shared_name_are_a_warning(of: PatientOf, look: Look, ses: Any) -> None:
    ses.destinations[0]["MatchingEventTypes"] += ["OPEN", "CLICK"]
    assert look(of(), "D504").message == (
        "SES counts clicks and opens through awstrack.me, a name shared with everybody who uses SES"
    )
    ses.sets["weekly"]["TrackingOptions"] = {"CustomRedirectDomain": "links.weekly.com"}
    assert look(of(), "D504") == passed("SES counts clicks and opens through links.weekly.com")


def test_moto_s_ses_knows_the_identity_and_the_set(aws: Any, moto_url: str, patient_of: PatientOf, look: Look) -> None:
    client = boto3.client("sesv2", endpoint_url=moto_url, region_name="eu-west-1")
    client.create_email_identity(EmailIdentity="weekly.com")
    client.create_configuration_set(ConfigurationSetName="weekly")
    client.close()
    patient = patient_of(endpoint=moto_url)
    # moto verifies no domain for sending
    assert look(patient, "D401").message == "the identity weekly.com is not verified: SUCCESS"
    assert look(patient, "D502") == passed("Auto Validation of the configuration set weekly leaves nobody out")
    other = patient_of(endpoint=moto_url, configuration_set="other")
    assert look(other, "D501").message == "there is no configuration set other in eu-west-1"
    assert look(patient, "D302").verdict is Verdict.UNKNOWN  # moto has no GetAccount


@pytest.fixture
def queue(aws: Any, moto_url: str) -> Iterator[Callable[..., str]]:
    client: Any = boto3.client("sqs", endpoint_url=moto_url, region_name="eu-west-1")
    made: list[str] = []

    def make(**attributes: str) -> str:
        made.append(str(client.create_queue(QueueName=f"events-{len(made)}", Attributes=attributes)["QueueUrl"]))
        return made[-1]

    yield make
    for url in made:
        client.delete_queue(QueueUrl=url)
    client.close()


def test_a_queue_that_answers_and_keeps_its_events_passes(of: PatientOf, look: Look, queue: Callable[..., str]) -> None:
    url = queue(MessageRetentionPeriod="1209600")
    assert look(of(queue_url=url), "D505") == passed("the queue events-0 answers; 0 events waiting")
    assert look(of(queue_url=url), "D506") == passed("only this account may write to the queue")


def test_a_queue_that_forgets_is_a_warning(of: PatientOf, look: Look, queue: Callable[..., str]) -> None:
    found = look(of(queue_url=queue()), "D505")
    assert (found.verdict, found.message) == (
        Verdict.WARNING,
        "the queue events-0 answers; 0 events waiting, kept for 4 days only",
    )


def test_a_queue_that_is_not_there_is_a_failure(of: PatientOf, look: Look, moto_url: str) -> None:
    url = f"{moto_url}/123456789012/nothing"
    assert look(of(queue_url=url), "D505") == failure(
        f"there is no queue {url}", "Mend feedback.queue_url in newsletter.toml."
    )
    assert look(of(queue_url=url), "D506") == skipped("no queue: see D505")


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ({"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}, Verdict.WARNING),
        (
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": "*",
                "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:events"}},
            },
            Verdict.PASS,
        ),
    ],
)
def test_a_queue_that_everybody_may_write_to_can_be_fed_forged_bounces(
    of: PatientOf, look: Look, queue: Callable[..., str], statement: dict[str, Any], verdict: Verdict
) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert look(of(queue_url=queue(Policy=policy)), "D506").verdict is verdict
