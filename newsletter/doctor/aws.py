"""What AWS says of the account, the sender and the events; each question is asked once, and none can hang."""

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

import boto3
from botocore import exceptions as aws
from botocore.config import Config
from botocore.parsers import ResponseParserError

from newsletter.config import Settings
from newsletter.doctor.base import Once
from newsletter.doctor.names import parent_domains
from newsletter.errors import ExaminationError
from newsletter.transports.ses import SesTransport
from newsletter.transports.ses.answers import NO_CREDENTIALS

CONNECT_TIMEOUT = 4
READ_TIMEOUT = 8
"""Seconds; a question without an answer is not repeated."""
THROTTLED = frozenset({"TooManyRequestsException", "Throttling", "ThrottlingException", "RequestThrottled"})
PAUSES = (1.1, 2.2, 4.4)
"""Seconds before a throttled question is asked again: SES takes one a second of all but sending."""

NETWORK = (aws.HTTPClientError, aws.EndpointConnectionError, aws.ConnectionError)
MISSING = frozenset({"NotFoundException", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
"""Codes that mean: there is no such thing."""
REFUSED = frozenset(
    {
        "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidClientTokenId",
        "InvalidSignatureException", "MissingAuthenticationToken", "OptInRequired", "RequestExpired",
        "SignatureDoesNotMatch", "UnrecognizedClientException",
    }
)  # fmt: skip
"""Codes that mean: these credentials, or this clock, will be refused for sending too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A sender that SES knows: an address or a domain, and what `GetEmailIdentity` says of it."""

    name: str
    facts: Mapping[str, Any]


class Closable(Protocol):
    """A client with connections."""

    def close(self) -> None:
        """Close them."""


class Aws:
    """The account as it answers; every method raises ExaminationError when there is no usable answer."""

    def __init__(self, settings: Settings, *, clock: Callable[[], dt.datetime]) -> None:
        self._settings = settings.transports.ses
        self._queue_url = settings.feedback.queue_url
        self._sender = settings.identity().sender.email
        self._clock = clock
        self._trouble: dict[str, ExaminationError] = {}
        self.skew: dt.timedelta | None = None
        self._opened: list[Closable] = []
        self.transport = Once(self._open_transport)
        self.session = Once(self._open_session)
        self._ses = Once(lambda: self._client("sesv2", self._settings.endpoint_url))
        self._sqs = Once(self._open_sqs)
        self.account = Once(self._ask_account)
        self.identities = Once(self._find_identities)
        self.configuration_set = Once(self._ask_configuration_set)
        self.event_destinations = Once(self._ask_destinations)
        self.queue = Once(self._ask_queue)

    @property
    def region(self) -> str:
        """The region that is asked."""
        return str(self.session().region_name)

    def close(self) -> None:
        """Close every connection to AWS."""
        for each in self._opened:
            each.close()

    def _open_transport(self) -> SesTransport:
        transport = SesTransport(self._settings, concurrency=1)
        self._opened.append(transport)
        return transport

    def _open_session(self) -> Any:
        self.transport()  # says in words what is wrong with region, profile and credentials
        return boto3.session.Session(
            profile_name=self._settings.profile or None, region_name=self._settings.region or None
        )

    def _client(self, service: Any, endpoint_url: str, region: str | None = None) -> Any:
        config = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": 1},
        )
        client = self.session().client(service, endpoint_url=endpoint_url or None, region_name=region, config=config)
        self._opened.append(client)
        return client

    def _open_sqs(self) -> Any:
        parts = urlsplit(self._queue_url)
        host = parts.hostname or ""
        if not host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            return self._client("sqs", f"{parts.scheme}://{parts.netloc}")
        labels = host.split(".")
        return self._client("sqs", "", labels[1] if labels[0] == "sqs" else None)

    # --- the questions ------------------------------------------------------------------------------------------

    def _ask_account(self) -> Mapping[str, Any]:
        return self._call(self._ses(), "ses:GetAccount", "get_account") or {}

    def _find_identities(self) -> tuple[Identity, ...]:
        """Return what SES knows of the sender's address and domain, nearest first: a domain covers its subdomains."""
        domain = self._sender.rpartition("@")[2]
        found = []
        for name in (self._sender, *parent_domains(domain)):
            facts = self._call(self._ses(), "ses:GetEmailIdentity", "get_email_identity", EmailIdentity=name)
            if facts is not None:
                found.append(Identity(name=name, facts=facts))
        return tuple(found)

    def _ask_configuration_set(self) -> Mapping[str, Any] | None:
        return self._call(
            self._ses(),
            "ses:GetConfigurationSet",
            "get_configuration_set",
            ConfigurationSetName=self._settings.configuration_set,
        )

    def _ask_destinations(self) -> tuple[Mapping[str, Any], ...]:
        answer = self._call(
            self._ses(),
            "ses:GetConfigurationSetEventDestinations",
            "get_configuration_set_event_destinations",
            ConfigurationSetName=self._settings.configuration_set,
        )
        return tuple((answer or {}).get("EventDestinations", ()))

    def _ask_queue(self) -> Mapping[str, str] | None:
        answer = self._call(
            self._sqs(),
            "sqs:GetQueueAttributes",
            "get_queue_attributes",
            QueueUrl=self._queue_url,
            AttributeNames=["All"],
        )
        return None if answer is None else answer.get("Attributes", {})

    # --- the queue of events, for live messages -----------------------------------------------------------------

    def receive(self, *, hidden_seconds: int) -> list[tuple[str, str]]:
        """Take up to ten messages, for two seconds; return receipt and body of each."""
        answer = self._call(
            self._sqs(),
            "sqs:ReceiveMessage",
            "receive_message",
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=2,
            VisibilityTimeout=hidden_seconds,
        )
        return [(each["ReceiptHandle"], each["Body"]) for each in (answer or {}).get("Messages", ())]

    def delete(self, receipt: str) -> None:
        """Take a message off the queue for good."""
        self._call(self._sqs(), "sqs:DeleteMessage", "delete_message", QueueUrl=self._queue_url, ReceiptHandle=receipt)

    def put_back(self, receipt: str) -> None:
        """Let others see a message at once."""
        self._call(
            self._sqs(),
            "sqs:ChangeMessageVisibility",
            "change_message_visibility",
            QueueUrl=self._queue_url,
            ReceiptHandle=receipt,
            VisibilityTimeout=0,
        )

    # --- how a question is asked --------------------------------------------------------------------------------

    def _call(self, client: Any, right: str, operation: str, **values: Any) -> Mapping[str, Any] | None:
        """Ask; None when there is no such thing. What would be wrong with every question is remembered."""
        service = right.partition(":")[0]
        if service in self._trouble:
            raise self._trouble[service]
        try:
            answer = _ask_patiently(getattr(client, operation), values)
        except aws.ClientError as exc:
            self._compare_clocks(exc.response)
            if exc.response.get("Error", {}).get("Code") in MISSING:
                return None
            raise self._refusal(exc, service, right) from exc
        except NETWORK as exc:
            self._trouble[service] = ExaminationError(
                f"{client.meta.endpoint_url} cannot be reached: {_without_address(exc)}",
                remedy="Check the network, the region and, behind a proxy, the variable HTTPS_PROXY.",
            )
            raise self._trouble[service] from exc
        except NO_CREDENTIALS as exc:
            raise ExaminationError(
                f"the AWS credentials cannot be used: {exc}", remedy="Log in again: aws sso login.", hinders=True
            ) from exc
        except (aws.BotoCoreError, ResponseParserError, AttributeError, TypeError) as exc:
            raise ExaminationError(
                f"the answer to {right} cannot be read: {exc}",
                remedy="Check transports.ses.endpoint_url and the proxy.",
            ) from exc
        self._compare_clocks(answer)
        return answer

    def _refusal(self, error: aws.ClientError, service: str, right: str) -> ExaminationError:
        code = error.response.get("Error", {}).get("Code", "")
        text = error.response.get("Error", {}).get("Message", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in REFUSED:
            self._trouble[service] = ExaminationError(
                f"AWS refuses these credentials: {code}: {text}",
                remedy="Log in again (aws sso login, aws configure), and compare this machine's clock.",
                hinders=True,
            )
            return self._trouble[service]
        if status == 403 or code.startswith("AccessDenied"):
            return ExaminationError(
                f"these credentials may not ask {right}", remedy=f"Allow {right} to the role or user that sends."
            )
        return ExaminationError(
            f"{right} was answered with {code or status}: {text[:200]}", remedy="Try again; look the code up at AWS."
        )

    def _compare_clocks(self, answer: Any) -> None:
        stamp = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
        try:
            self.skew = self._clock() - parsedate_to_datetime(stamp)
        except (ValueError, TypeError):
            return


def _ask_patiently(question: Callable[..., Mapping[str, Any]], values: Mapping[str, Any]) -> Mapping[str, Any]:
    for pause in PAUSES:
        try:
            return question(**values)
        except aws.ClientError as exc:
            if exc.response.get("Error", {}).get("Code") not in THROTTLED:
                raise
        time.sleep(pause)
    return question(**values)


def _without_address(error: Exception) -> str:
    return re.sub(r'( to the| on)? endpoint URL: "[^"]*"', "", str(error)).rstrip(". ")


def policy_statements(attributes: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Return the statements of a queue's policy; raises ExaminationError for one that is no JSON."""
    text = attributes.get("Policy", "")
    if not text:
        return []
    try:
        statements = json.loads(text)["Statement"]
    except (ValueError, KeyError, TypeError) as exc:
        raise ExaminationError("the queue's policy cannot be read", remedy="Look at it in the SQS console.") from exc
    return statements if isinstance(statements, list) else [statements]
