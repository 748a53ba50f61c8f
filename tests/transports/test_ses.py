"""What Amazon SES's answers mean, each over real HTTP, and that one attempt is one request."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore import exceptions as aws_errors

from newsletter.config import SesSettings
from newsletter.errors import TransportError
from newsletter.models import Envelope, Outcome, OutcomeKind
from newsletter.transports import ses
from newsletter.transports.ses import SesTransport
from newsletter.transports.ses import answers as table
from newsletter.transports.ses.answers import RULES, classify

ENVELOPE = Envelope(
    sender="news@example.com",
    recipient="ada@example.com",
    message=b"From: news@example.com\r\n\r\nHello\r\n",
    attempt_id="01J0ATTEMPT",
    tags={"attempt": "01J0ATTEMPT", "issue": "clouds"},
)
Open = Callable[..., SesTransport]


@pytest.fixture
def open_ses(http_server: Any, aws: Any) -> Iterator[Open]:
    opened: list[SesTransport] = []

    def open_it(**settings: str) -> SesTransport:
        opened.append(SesTransport(SesSettings(**{"endpoint_url": http_server.url, **settings}), concurrency=2))
        return opened[-1]

    yield open_it
    for transport in opened:
        transport.close()


def test_the_request_names_everything_and_carries_the_bytes(http_server: Any, answers: Any, open_ses: Open) -> None:
    http_server.script = [answers.accepted("0100-1")]
    outcome = open_ses(configuration_set="weekly").send(ENVELOPE)
    assert outcome == Outcome(kind=OutcomeKind.ACCEPTED, message_id="0100-1")
    assert http_server.requests == [
        (
            "POST",
            "/v2/email/outbound-emails",
            {
                "FromEmailAddress": "news@example.com",
                "Destination": {"ToAddresses": ["ada@example.com"]},
                "Content": {"Raw": {"Data": "RnJvbTogbmV3c0BleGFtcGxlLmNvbQ0KDQpIZWxsbw0K"}},
                "EmailTags": [{"Name": "attempt", "Value": "01J0ATTEMPT"}, {"Name": "issue", "Value": "clouds"}],
                "ConfigurationSetName": "weekly",
            },
        )
    ]


ROWS = [
    (429, "TooManyRequestsException", "Maximum sending rate exceeded.", OutcomeKind.RATE, ""),
    (429, "TooManyRequestsException", "Too many requests", OutcomeKind.RATE, ""),
    (429, "SomethingNew", "slow down", OutcomeKind.RATE, ""),
    (400, "Throttling", "Rate exceeded", OutcomeKind.RATE, ""),
    (400, "ThrottlingException", "Rate exceeded", OutcomeKind.RATE, ""),
    (400, "ThrottledException", "Rate exceeded", OutcomeKind.RATE, ""),
    (400, "LimitExceededException", "Maximum sending rate exceeded.", OutcomeKind.RATE, ""),
    (400, "LimitExceededException", "Daily message quota exceeded.", OutcomeKind.QUOTA, ""),
    (400, "Throttling", "Daily message quota exceeded", OutcomeKind.QUOTA, ""),
    (429, "TooManyRequestsException", "Daily message quota exceeded.", OutcomeKind.QUOTA, ""),
    (400, "AccountSuspendedException", "suspended", OutcomeKind.PAUSE, table.ACCOUNT),
    (400, "SendingPausedException", "paused", OutcomeKind.PAUSE, ("Switch sending on again for the account or the "
     "configuration set, in the SES console.")),
    (400, "MailFromDomainNotVerifiedException", "no MX", OutcomeKind.PAUSE, ("Mend the MX and TXT records of the MAIL "
     "FROM domain, or switch it off, in the SES console.")),
    (404, "NotFoundException", "Configuration set <x> does not exist.", OutcomeKind.PAUSE, ("Create the configuration "
     "set in this region, or mend transports.ses.configuration_set in newsletter.toml.")),
    (400, "MessageRejected", ("Email address is not verified. The following identities failed the check in region "
     "US-EAST-1: news@example.com"), OutcomeKind.PAUSE, table.IDENTITY),
    (400, "MessageRejected", "Did not have authority to send from email x@example.com", OutcomeKind.PAUSE,
     table.IDENTITY),
    (400, "MessageRejected", "Sending paused for this account.", OutcomeKind.PAUSE, table.ACCOUNT),
    (400, "MessageRejected", "Sending suspended for this account.", OutcomeKind.PAUSE, table.ACCOUNT),
    (400, "RequestExpired", "Request has expired.", OutcomeKind.PAUSE, table.CLOCK),
    (403, "RequestTimeTooSkewed", "The difference is too large", OutcomeKind.PAUSE, table.CLOCK),
    (403, "InvalidSignatureException", "Signature expired: 1 is now earlier than 2", OutcomeKind.PAUSE, table.CLOCK),
    (403, "InvalidSignatureException", "Signature not yet current: 2", OutcomeKind.PAUSE, table.CLOCK),
    (403, "SignatureDoesNotMatch", "The request signature does not match", OutcomeKind.PAUSE, table.CREDENTIALS),
    (403, "ExpiredTokenException", "The security token included in the request is expired", OutcomeKind.PAUSE,
     table.CREDENTIALS),
    (400, "ExpiredToken", "The token is expired", OutcomeKind.PAUSE, table.CREDENTIALS),
    (403, "AccessDeniedException", "not authorized to perform ses:SendEmail", OutcomeKind.PAUSE, table.CREDENTIALS),
    (401, "Unauthorized", "who are you", OutcomeKind.PAUSE, table.CREDENTIALS),
    (400, "MessageRejected", "Message contains forbidden content", OutcomeKind.REFUSED, ""),
    (400, "BadRequestException", "Illegal address", OutcomeKind.REFUSED, ""),
    (400, "LimitExceededException", "some other limit", OutcomeKind.PAUSE, table.UNKNOWN),
    (418, "TeapotException", "short and stout", OutcomeKind.PAUSE, table.UNKNOWN),
    (301, "Moved", "elsewhere", OutcomeKind.PAUSE, table.UNKNOWN),
    (500, "InternalServiceErrorException", "oops", OutcomeKind.AMBIGUOUS, ""),
    (500, "Throttling", "Maximum sending rate exceeded.", OutcomeKind.AMBIGUOUS, ""),
    (503, "ServiceUnavailable", "busy", OutcomeKind.AMBIGUOUS, ""),
]  # fmt: skip


@pytest.mark.parametrize(("status", "code", "text", "kind", "remedy"), ROWS)
def test_every_answer_means_what_the_table_says_and_is_asked_for_once(
    *, status: int, code: str, text: str, kind: OutcomeKind, remedy: str, http_server: Any, answers: Any, open_ses: Open
) -> None:
    http_server.script = [answers.error(status, code, text)]
    assert open_ses().send(ENVELOPE) == Outcome(kind=kind, code=code, text=text, remedy=remedy)
    assert len(http_server.requests) == 1


def test_every_rule_is_in_the_table_of_answers() -> None:
    used = {next(rule for rule in RULES if rule.fits(code, status, text))
            for status, code, text, _, remedy in ROWS
            if status < 500 and remedy != table.UNKNOWN}  # fmt: skip
    assert [rule for rule in RULES if rule not in used] == []


def test_a_pause_always_says_what_to_do_and_nothing_else_does() -> None:
    assert [rule for rule in RULES if bool(rule.remedy) != (rule.kind is OutcomeKind.PAUSE)] == []


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>login</html>", b"null", b'{"MessageId": ""}', b"[1]"])
def test_an_answer_without_a_message_id_is_ambiguous(
    body: bytes, http_server: Any, answers: Any, open_ses: Open
) -> None:
    http_server.script = [answers.raw(200, body)]
    assert open_ses().send(ENVELOPE).kind is OutcomeKind.AMBIGUOUS
    assert len(http_server.requests) == 1


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("fault", ["hang", "hang_up", "reset", "truncated", "error"])
def test_whatever_breaks_there_is_one_post_an_attempt_and_its_end_is_ambiguous(
    *, mode: str, fault: str, http_server: Any, answers: Any, open_ses: Open, aws: pytest.MonkeyPatch
) -> None:
    aws.setenv("AWS_MAX_ATTEMPTS", "5")
    aws.setenv("AWS_RETRY_MODE", mode)
    aws.setattr(ses, "READ_TIMEOUT", 0.3)
    http_server.script = [answers.error(503, "Busy", "") if fault == "error" else getattr(answers, fault)]
    assert open_ses().send(ENVELOPE).kind is OutcomeKind.AMBIGUOUS
    assert [method for method, _, _ in http_server.requests] == ["POST"]


def test_when_nobody_listens_nothing_was_sent(open_ses: Open, closed_port: int) -> None:
    outcome = open_ses(endpoint_url=f"http://127.0.0.1:{closed_port}").send(ENVELOPE)
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNREACHABLE, "EndpointConnectionError")


def test_when_the_proxy_does_not_listen_nothing_was_sent(
    open_ses: Open, closed_port: int, aws: pytest.MonkeyPatch
) -> None:
    aws.delenv("NO_PROXY", raising=False)
    aws.delenv("no_proxy", raising=False)
    aws.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port}")
    outcome = open_ses(endpoint_url="http://ses.example.com").send(ENVELOPE)
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNREACHABLE, "ProxyConnectionError")


def test_when_connecting_takes_too_long_nothing_was_sent(open_ses: Open, aws: pytest.MonkeyPatch) -> None:
    aws.setattr(ses, "CONNECT_TIMEOUT", 0.3)
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):  # nobody accepts: the queue is full, and further callers get no answer
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        outcome = open_ses(endpoint_url=f"http://127.0.0.1:{full.getsockname()[1]}").send(ENVELOPE)
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNREACHABLE, "ConnectTimeoutError")


def test_a_tls_error_is_ambiguous(http_server: Any, open_ses: Open) -> None:
    outcome = open_ses(endpoint_url=http_server.url.replace("http:", "https:")).send(ENVELOPE)
    assert (outcome.kind, outcome.code) == (OutcomeKind.AMBIGUOUS, "SSLError")


def test_credentials_that_cannot_be_refreshed_pause_the_mailing() -> None:
    for error in (
        aws_errors.NoCredentialsError(),
        aws_errors.CredentialRetrievalError(provider="sso", error_msg="gone"),
        aws_errors.UnauthorizedSSOTokenError(),
        aws_errors.LoginRefreshRequired(),
        aws_errors.TokenRetrievalError(provider="sso", error_msg="gone"),
    ):
        assert classify(error) == Outcome(
            kind=OutcomeKind.PAUSE, code=type(error).__name__, text=str(error), remedy=table.CREDENTIALS
        )


def test_a_call_that_botocore_itself_refuses_pauses_the_mailing() -> None:
    outcome = classify(aws_errors.ParamValidationError(report="bad"))
    assert (outcome.kind, outcome.remedy) == (OutcomeKind.PAUSE, "Check the sender and [transports.ses].")


def test_an_error_that_nobody_knows_is_ambiguous() -> None:
    assert classify(aws_errors.HTTPClientError(error="?")).kind is OutcomeKind.AMBIGUOUS
    assert classify(aws_errors.BotoCoreError()).kind is OutcomeKind.AMBIGUOUS


@pytest.mark.parametrize("tags", [{"issue": "wölken"}, {"issue": ""}, {"is sue": "x"}, {"issue": "x" * 257}])
def test_a_tag_that_ses_would_not_echo_is_refused_before_the_call(
    tags: dict[str, str], http_server: Any, open_ses: Open
) -> None:
    envelope = Envelope(sender="a@example.com", recipient="b@example.com", message=b"", attempt_id="1", tags=tags)
    outcome = open_ses().send(envelope)
    assert (outcome.kind, outcome.code) == (OutcomeKind.PAUSE, "InvalidTag")
    assert http_server.requests == []


def test_the_rate_is_that_of_the_account(http_server: Any, answers: Any, open_ses: Open) -> None:
    account = {"SendQuota": {"Max24HourSend": 50000.0, "MaxSendRate": 14.0, "SentLast24Hours": 0.0}}
    http_server.script = [answers.error(503, "Busy", ""), answers.raw(200, json.dumps(account).encode())]
    assert open_ses().max_rate() == 14.0
    assert [request[:2] for request in http_server.requests] == [("GET", "/v2/email/account")] * 2


@pytest.mark.parametrize("rate", [0.0, -1.0])
def test_a_rate_that_is_none_is_none(rate: float, http_server: Any, answers: Any, open_ses: Open) -> None:
    http_server.script = [answers.raw(200, json.dumps({"SendQuota": {"MaxSendRate": rate}}).encode())]
    assert open_ses().max_rate() is None


@pytest.mark.parametrize(("status", "code"), [(404, "NotFoundException"), (403, "AccessDeniedException")])
def test_without_an_answer_about_the_account_there_is_no_rate(
    status: int, code: str, http_server: Any, answers: Any, open_ses: Open
) -> None:
    http_server.script = [answers.error(status, code, "")]
    assert open_ses().max_rate() is None


def test_without_a_region_it_does_not_open(aws: pytest.MonkeyPatch) -> None:
    aws.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(TransportError) as error:
        SesTransport(SesSettings(), concurrency=1)
    assert str(error.value) == (
        "Amazon SES needs a region, and none is configured\n"
        "Set transports.ses.region in newsletter.toml, like eu-central-1, or AWS_DEFAULT_REGION."
    )


def test_without_credentials_it_does_not_open(aws: pytest.MonkeyPatch) -> None:
    aws.delenv("AWS_ACCESS_KEY_ID")
    aws.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(TransportError) as error:
        SesTransport(SesSettings(), concurrency=1)
    assert str(error.value) == (
        "there are no AWS credentials\n"
        "Log in with aws sso login or aws configure, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    )


def test_with_half_of_the_credentials_it_does_not_open(aws: pytest.MonkeyPatch) -> None:
    aws.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(TransportError, match=r"^the AWS credentials cannot be used: Partial credentials found in env"):
        SesTransport(SesSettings(), concurrency=1)


def test_an_unknown_profile_is_named(aws: pytest.MonkeyPatch) -> None:
    with pytest.raises(TransportError) as error:
        SesTransport(SesSettings(profile="weekly"), concurrency=1)
    assert str(error.value) == (
        "AWS has no profile 'weekly'\n"
        "Mend transports.ses.profile in newsletter.toml, or make it with: aws configure --profile NAME."
    )


def test_a_region_that_is_none_is_named(aws: pytest.MonkeyPatch) -> None:
    with pytest.raises(TransportError, match=r"^Amazon SES cannot be used as configured: .*'eu central'"):
        SesTransport(SesSettings(region="eu central"), concurrency=1)
