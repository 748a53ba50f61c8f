"""The account, asked over real HTTP: each item well and ill."""

import datetime as dt
import socket
from collections.abc import Callable
from typing import Any

import pytest

from newsletter.doctor.base import Diagnosis, Verdict, failure, passed, skipped, unknown, warning
from newsletter.doctor.items.account import send_seconds
from newsletter.doctor.patient import Patient
from newsletter.doctor.registry import ITEMS, examine

PatientOf = Callable[..., Patient]
Look = Callable[[Patient, str], Diagnosis]


@pytest.fixture
def of(aws: Any, ses: Any, patient_of: PatientOf) -> PatientOf:
    return lambda people=3, **more: patient_of(people, endpoint=ses.url, **more)


WELL = {
    "D301": "AWS credentials come from env; the region is eu-west-1",
    "D302": "SES in eu-west-1 knows the account",
    "D303": "the account is out of the sandbox",
    "D304": "sending is switched on",
    "D305": "the account is in good standing",
    "D306": "49,880 of 50,000 messages a day are left; this list needs 3 messages",
    "D307": "SES takes 14 a second: 3 messages in about 1 s",
    "D308": "SES stops mailing an address after a bounce or a complaint",
    "D309": "Auto Validation of the account leaves nobody out",
    "D310": "Virtual Deliverability Manager is off: SES changes no message",
    "D311": "this machine's clock agrees with that of SES",
}


def test_an_account_that_may_send_passes(of: PatientOf) -> None:
    items = [item for item in ITEMS if item.id in WELL]
    found = {report.item.id: report.diagnosis for report in examine(of(), items=items)}
    assert found == {number: passed(message) for number, message in WELL.items()}


AUTO = {
    "ConditionThreshold": {
        "ConditionThresholdEnabled": "ENABLED",
        "OverallConfidenceThreshold": {"ConfidenceVerdictThreshold": "HIGH"},
    }
}
ILL = [
    (
        "D303",
        {"ProductionAccessEnabled": False, "Details": {"ReviewDetails": {"Status": "DENIED"}}},
        failure(
            "the account is in the sandbox: 200 messages a day, to verified addresses only; AWS has denied your "
            "request",
            "Request production access: SES console, Account dashboard.",
        ),
    ),
    (
        "D304",
        {"SendingEnabled": False},
        failure(
            "sending is switched off for this account",
            "Mend what made you or AWS switch it off, then: aws sesv2 put-account-sending-attributes "
            "--sending-enabled.",
        ),
    ),
    (
        "D305",
        {"EnforcementStatus": "PROBATION"},
        warning(
            "AWS is reviewing the account, usually for bounces or complaints, and may pause it",
            "Answer the case in the AWS Support Center before the next big send.",
        ),
    ),
    (
        "D305",
        {"EnforcementStatus": "SHUTDOWN"},
        failure("AWS has paused sending for this account", "Answer the case in the AWS Support Center."),
    ),
    (
        "D305",
        {"EnforcementStatus": "ODD"},
        unknown("SES calls the account's status ODD", "Look at it: SES console, Account dashboard."),
    ),
    (
        "D306",
        {"SendQuota": {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 198.0}},
        warning(
            "2 of 200 messages a day are left; this list needs 3 messages",
            "Send later, when the last 24 hours are over; a send waits for that by itself.",
        ),
    ),
    (
        "D306",
        {"SendQuota": {"Max24HourSend": 2.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0}},
        warning(
            "2 of 2 messages a day are left; this list needs 3 messages; the send would be spread over 2 days",
            "Ask for a higher sending quota: AWS Service Quotas, Amazon SES.",
        ),
    ),
    (
        "D306",
        {"SendQuota": {}},
        unknown("SES does not tell the quota of this account", "Look at it: SES console, Account dashboard."),
    ),
    (
        "D308",
        {"SuppressionAttributes": {"SuppressedReasons": ["BOUNCE"]}},
        warning(
            "SES goes on mailing addresses after a complaint",
            "Run: aws sesv2 put-account-suppression-attributes --suppressed-reasons BOUNCE COMPLAINT",
        ),
    ),
    (
        "D309",
        {"SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"], "ValidationAttributes": AUTO}},
        warning(
            "Auto Validation of the account is on (high): SES accepts messages to addresses it doubts "
            "and never sends them, and they count as sent",
            "Switch Auto Validation off in the SES console, or look for those people in the bounce events.",
        ),
    ),
    (
        "D310",
        {"VdmAttributes": {"VdmEnabled": "ENABLED", "DashboardAttributes": {"EngagementMetrics": "ENABLED"}}},
        warning(
            "Virtual Deliverability Manager counts opens and clicks: SES adds a picture to every mail and leads its "
            "links through its own servers",
            "Switch engagement tracking off in the SES console, or tell your readers of it.",
        ),
    ),
]


@pytest.mark.parametrize(("number", "changes", "expected"), ILL, ids=lambda each: str(each)[:40])
def test_what_is_wrong_with_an_account_is_named_with_its_remedy(
    of: PatientOf, look: Look, ses: Any, number: str, changes: dict[str, Any], expected: Diagnosis
) -> None:
    ses.account |= changes
    assert look(of(), number) == expected


def test_an_account_without_a_daily_quota_is_enough_for_every_list(of: PatientOf, look: Look, ses: Any) -> None:
    ses.account["SendQuota"]["Max24HourSend"] = -1.0
    assert look(of(), "D306") == passed("there is no daily quota; this list needs 3 messages")


def test_a_configured_rate_above_that_of_the_account_is_named(of: PatientOf, look: Look) -> None:
    assert look(of(rate="rate = 50"), "D307") == warning(
        "delivery.rate is 50 a second, and SES takes 14",
        "Take delivery.rate out of newsletter.toml: what SES takes is then the limit.",
    )


def test_the_slower_of_the_two_rates_decides_how_long_a_send_takes(of: PatientOf, look: Look) -> None:
    patient = of(rate="rate = 2")
    assert send_seconds(patient) == pytest.approx(3 * 1.02 / 2)
    assert look(patient, "D307") == passed("SES takes 14 a second, held to 2 by delivery.rate: 3 messages in about 2 s")


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (2, (Verdict.WARNING, "this machine's clock is 120 s behind")),
        (-6, (Verdict.FAILURE, "this machine's clock is 360 s ahead; AWS refuses such requests")),
    ],
)
def test_a_clock_that_is_off_is_measured_by_the_answer_of_aws(
    of: PatientOf, look: Look, ses: Any, minutes: int, expected: tuple[Verdict, str]
) -> None:
    ses.ahead = dt.timedelta(minutes=minutes)
    patient = of()
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    patient.aws._clock = lambda: now
    found = look(patient, "D311")
    # the second may change between the two clocks
    seconds = int("".join(filter(str.isdigit, found.message.split(" s ")[0])))
    assert abs(seconds - abs(minutes) * 60) <= 2
    assert (found.verdict, found.message.replace(str(seconds), str(abs(minutes) * 60))) == expected


def verdicts(patient: Patient) -> dict[str, Diagnosis]:
    return {report.item.id: report.diagnosis for report in examine(patient) if report.item.id.startswith(("D3", "D4"))}


def test_without_credentials_one_item_says_so_and_the_others_point_to_it(of: PatientOf, aws: Any, ses: Any) -> None:
    aws.delenv("AWS_ACCESS_KEY_ID")
    found = verdicts(of())
    assert found.pop("D301") == failure(
        "there are no AWS credentials",
        "Log in with aws sso login or aws configure, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    )
    assert set(found.values()) == {skipped("see D301")}
    assert ses.asked == []


def test_refused_credentials_keep_a_mailing_from_going_out(of: PatientOf, ses: Any) -> None:
    ses.refusals["/v2/email/"] = (403, "InvalidClientTokenId", "The security token is not valid.")
    found = verdicts(of())
    assert found["D301"].verdict is Verdict.PASS
    assert found["D302"] == failure(
        "AWS refuses these credentials: InvalidClientTokenId: The security token is not valid.",
        "Log in again (aws sso login, aws configure), and compare this machine's clock.",
    )
    assert found["D303"] == found["D401"] == skipped("see D302")
    assert len(ses.asked) == 1


def test_a_missing_right_hides_only_what_it_is_about(of: PatientOf, ses: Any) -> None:
    ses.refusals["/v2/email/account"] = (403, "AccessDeniedException", "not authorized")
    found = verdicts(of())
    assert found["D302"] == unknown(
        "these credentials may not ask ses:GetAccount", "Allow ses:GetAccount to the role or user that sends."
    )
    assert found["D303"] == skipped("see D302")
    assert found["D401"].verdict is Verdict.PASS


def test_a_network_that_is_not_there_is_unknown_and_asked_once(aws: Any, patient_of: PatientOf) -> None:
    found = verdicts(patient_of(endpoint="http://127.0.0.1:9"))
    assert found["D302"] == unknown(
        "http://127.0.0.1:9 cannot be reached: Could not connect",
        "Check the network, the region and, behind a proxy, the variable HTTPS_PROXY.",
    )
    assert found["D303"] == found["D404"] == skipped("see D302")


def test_an_answer_that_is_none_of_ses_is_unknown(of: PatientOf, look: Look, ses: Any) -> None:
    ses.account = ["a login page"]
    found = look(of(), "D302")
    assert found.verdict is Verdict.UNKNOWN
    assert found.message.startswith("the answer to ses:GetAccount cannot be read: ")


def test_a_throttled_question_is_asked_again_a_second_later(of: PatientOf, look: Look, ses: Any) -> None:
    ses.throttled = 1
    assert look(of(), "D302").verdict is Verdict.PASS
    assert ses.asked == ["GET /v2/email/account"] * 2


def test_an_endpoint_that_takes_connections_and_says_nothing_is_asked_once(
    aws: Any, patient_of: PatientOf, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.doctor.aws.READ_TIMEOUT", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        found = look(patient_of(endpoint=url), "D302")
        assert found == unknown(
            f"{url} cannot be reached: Read timeout",
            "Check the network, the region and, behind a proxy, the variable HTTPS_PROXY.",
        )
