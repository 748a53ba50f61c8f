"""Amazon SES v2: `SendEmail` with raw content, one message, one recipient, one HTTP request (DESIGN §8).

SES has no idempotency token, and boto3 by default posts a message up to three times when an answer does not come: the
sending client makes one attempt and never another. What an answer means is decided in `classify`, and nowhere else.
"""

import math
import re
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore import exceptions as aws
from botocore.config import Config
from botocore.parsers import ResponseParserError

from newsletter.config import SesSettings
from newsletter.errors import TransportError
from newsletter.models import Envelope, Outcome, OutcomeKind

CONNECT_TIMEOUT = 5
READ_TIMEOUT = 60
"""Seconds. After the second, whether SES took the message over is not known."""

_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")

NOTHING_LEFT = (aws.EndpointConnectionError, aws.ConnectTimeoutError, aws.ProxyConnectionError)
"""No connection was made, so nobody can have the message. An SSLError is not among them: it also comes after the
whole request was read."""
NO_CREDENTIALS = (
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.NoAuthTokenError,
    aws.TokenRetrievalError,
    aws.SSOError,
    aws.LoginError,
)

_CREDENTIALS = "Log in to AWS again (aws sso login, aws configure), check the rights ses:SendEmail, then go on."
_CLOCK = "Set this machine's clock; AWS refuses requests that are more than five minutes off."
_IDENTITY = (
    "Verify the sender's address or domain in the SES console, in this region; while the account is in the sandbox, "
    "every recipient must be verified too."
)
_ACCOUNT = "Look at the account's status in the SES console and answer the case that AWS opened."
_UNKNOWN = "Look the code up in the SES documentation, mend the cause, then give the same command again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an error of SES means: the first rule that fits decides.

    `code` is SES's error code, `status` the HTTP status, `text` a piece of the message in lower case; an empty one
    fits everything.
    """

    kind: OutcomeKind
    code: str = ""
    status: int = 0
    text: str = ""
    remedy: str = ""

    def fits(self, code: str, status: int, text: str) -> bool:
        """Whether an error is the one that this rule is about."""
        return self.code in {"", code} and self.status in {0, status} and self.text in text.lower()


_RATE, _QUOTA, _PAUSE, _REFUSED = OutcomeKind.RATE, OutcomeKind.QUOTA, OutcomeKind.PAUSE, OutcomeKind.REFUSED
RULES = (
    Rule(text="daily message quota", kind=_QUOTA),
    Rule(text="maximum sending rate exceeded", kind=_RATE),
    Rule(code="TooManyRequestsException", kind=_RATE),
    Rule(code="Throttling", kind=_RATE),
    Rule(code="ThrottlingException", kind=_RATE),
    Rule(code="ThrottledException", kind=_RATE),
    Rule(status=429, kind=_RATE),
    Rule(code="AccountSuspendedException", kind=_PAUSE, remedy=_ACCOUNT),
    Rule(code="SendingPausedException", kind=_PAUSE, remedy="Switch sending on again for the account or the "
         "configuration set, in the SES console."),
    Rule(code="MailFromDomainNotVerifiedException", kind=_PAUSE, remedy="Mend the MX and TXT records of the MAIL FROM "
         "domain, or switch it off, in the SES console."),
    Rule(code="NotFoundException", kind=_PAUSE, remedy="Create the configuration set in this region, or mend "
         "transports.ses.configuration_set in newsletter.toml."),
    Rule(code="MessageRejected", text="not verified", kind=_PAUSE, remedy=_IDENTITY),
    Rule(code="MessageRejected", text="authority to send", kind=_PAUSE, remedy=_IDENTITY),
    Rule(code="MessageRejected", text="sending paused", kind=_PAUSE, remedy=_ACCOUNT),
    Rule(code="MessageRejected", text="sending suspended", kind=_PAUSE, remedy=_ACCOUNT),
    Rule(code="RequestExpired", kind=_PAUSE, remedy=_CLOCK),
    Rule(code="RequestTimeTooSkewed", kind=_PAUSE, remedy=_CLOCK),
    Rule(text="signature expired", kind=_PAUSE, remedy=_CLOCK),
    Rule(text="signature not yet current", kind=_PAUSE, remedy=_CLOCK),
    Rule(text="expired", kind=_PAUSE, remedy=_CREDENTIALS),
    Rule(status=401, kind=_PAUSE, remedy=_CREDENTIALS),
    Rule(status=403, kind=_PAUSE, remedy=_CREDENTIALS),
    Rule(code="MessageRejected", kind=_REFUSED),
    Rule(code="BadRequestException", kind=_REFUSED),
)  # fmt: skip
"""The errors that SES answers, surely not accepted all of them; one that is not here pauses the mailing."""


class SesTransport:
    """Sends through Amazon SES; one client, shared by all threads.

    Raises TransportError when the region, the profile or the credentials are missing, before anything is sent.
    """

    name: Final = "ses"
    reaches_people: Final = True

    def __init__(self, settings: SesSettings, *, concurrency: int) -> None:
        self._settings = settings
        once = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            tcp_keepalive=True,
            max_pool_connections=concurrency,
            retries={"mode": "standard", "total_max_attempts": 1},
        )
        again = Config(
            connect_timeout=CONNECT_TIMEOUT, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
        )
        try:
            session = boto3.session.Session(profile_name=settings.profile or None, region_name=settings.region or None)
            credentials = session.get_credentials()
            self._client = session.client("sesv2", endpoint_url=settings.endpoint_url or None, config=once)
            self._asking = session.client("sesv2", endpoint_url=settings.endpoint_url or None, config=again)
        except aws.NoRegionError as exc:
            raise TransportError(
                "Amazon SES needs a region, and none is configured",
                remedy="Set transports.ses.region in newsletter.toml, like eu-central-1, or AWS_DEFAULT_REGION.",
            ) from exc
        except aws.ProfileNotFound as exc:
            raise TransportError(
                f"AWS has no profile {exc.kwargs['profile']!r}",
                remedy="Mend transports.ses.profile in newsletter.toml, or make it with: aws configure --profile NAME.",
            ) from exc
        except NO_CREDENTIALS as exc:
            raise TransportError(f"the AWS credentials cannot be used: {exc}", remedy=_CREDENTIALS) from exc
        except (aws.BotoCoreError, ValueError) as exc:
            raise TransportError(
                f"Amazon SES cannot be used as configured: {exc}",
                remedy="Mend [transports.ses] in newsletter.toml or the AWS configuration.",
            ) from exc
        if credentials is None:
            raise TransportError(
                "there are no AWS credentials",
                remedy="Log in with aws sso login or aws configure, or set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY.",
            )

    def send(self, envelope: Envelope) -> Outcome:
        """Post one message, once, and say what the answer means."""
        for name, value in envelope.tags.items():
            if not (_TAG.fullmatch(name) and _TAG.fullmatch(value)):
                return Outcome(
                    kind=OutcomeKind.PAUSE,
                    code="InvalidTag",
                    text=f"the tag {name}={value[:80]} is not made of ASCII letters, digits, - and _",
                    remedy="Rename the issue so that its name is made of them.",
                )
        request: dict[str, Any] = {
            "FromEmailAddress": envelope.sender,
            "Destination": {"ToAddresses": [envelope.recipient]},
            "Content": {"Raw": {"Data": envelope.message}},
            "EmailTags": [{"Name": name, "Value": value} for name, value in envelope.tags.items()],
        }
        if self._settings.configuration_set:
            request["ConfigurationSetName"] = self._settings.configuration_set
        try:
            response = self._client.send_email(**request)
        except Exception as exc:  # noqa: BLE001 - botocore's parser raises AttributeError and TypeError at foreign JSON
            # whatever comes out of the call, the row must get an answer: one that is not known is ambiguous
            return classify(exc)
        # a truncated or foreign answer with status 200 comes out of botocore without the key
        if identifier := response.get("MessageId"):
            return Outcome(kind=OutcomeKind.ACCEPTED, message_id=identifier)
        return Outcome(
            kind=OutcomeKind.AMBIGUOUS, code="NoMessageId", text="the answer has status 200 but no message id"
        )

    def max_rate(self) -> float | None:
        """Return the account's MaxSendRate, in recipients a second; None when SES does not tell.

        The right ses:GetAccount is not needed for sending, so that its absence is no error.
        """
        try:
            rate = self._asking.get_account().get("SendQuota", {}).get("MaxSendRate", 0)
        except (aws.BotoCoreError, aws.ClientError, ResponseParserError, AttributeError, TypeError):
            return None
        return rate if 0 < rate < math.inf else None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        self._asking.close()


def classify(error: Exception) -> Outcome:
    """Say what an error of the sending call means for the message: by code and status, then by the text."""
    if isinstance(error, aws.ClientError):
        return _answered(error)
    code, text = type(error).__name__, str(error)
    if isinstance(error, NOTHING_LEFT):
        return Outcome(kind=OutcomeKind.UNREACHABLE, code=code, text=text)
    if isinstance(error, NO_CREDENTIALS):
        return Outcome(kind=OutcomeKind.PAUSE, code=code, text=text, remedy=_CREDENTIALS)
    if isinstance(error, aws.ParamValidationError):
        # refused by this machine: the call is wrong, not the address, and would be for everybody
        return Outcome(kind=OutcomeKind.PAUSE, code=code, text=text, remedy="Check the sender and [transports.ses].")
    return Outcome(kind=OutcomeKind.AMBIGUOUS, code=code, text=text)


def _answered(error: aws.ClientError) -> Outcome:
    code = error.response.get("Error", {}).get("Code", "")
    text = error.response.get("Error", {}).get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if not 300 <= status < 500:
        return Outcome(kind=OutcomeKind.AMBIGUOUS, code=code or f"HTTP {status}", text=text)
    for rule in RULES:
        if rule.fits(code, status, text):
            return Outcome(kind=rule.kind, code=code, text=text, remedy=rule.remedy)
    return Outcome(kind=OutcomeKind.PAUSE, code=code, text=text, remedy=_UNKNOWN)
