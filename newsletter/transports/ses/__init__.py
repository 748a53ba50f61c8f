"""Amazon SES v2: `SendEmail` with raw content, one message, one recipient, one HTTP request (DESIGN §8).

SES has no idempotency token, and boto3 by default posts a message up to three times when an answer does not come: here
an attempt is one request and never another. What an answer means is decided in `answers`, and nowhere else.
"""

import base64
import math
import re
from typing import Any, Final

import boto3
import botocore.session
from botocore import exceptions as aws
from botocore.config import Config
from botocore.parsers import ResponseParserError

from newsletter.config import SesSettings
from newsletter.errors import TransportError
from newsletter.models import Envelope, Outcome, OutcomeKind
from newsletter.transports.ses.answers import CREDENTIALS, NO_CREDENTIALS, classify
from newsletter.transports.ses.lean import LeanClient, open_lean

__all__ = ["CONNECT_TIMEOUT", "READ_TIMEOUT", "SesTransport"]

CONNECT_TIMEOUT = 5
READ_TIMEOUT = 60
"""Seconds. After the second, whether SES took the message over is not known."""

_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")


class SesTransport:
    """Sends through Amazon SES; safe to share between threads, each of which gets a connection of its own.

    Requests are put together, signed and posted by `lean`, which does what boto3's client would do, in a fraction of
    its time; where it cannot, the client posts them, and `slow_because` says why. Raises TransportError when the
    region, the profile or the credentials are missing, before anything is sent.
    """

    name: Final = "ses"
    reaches_people: Final = True
    takes_base64: Final = True

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
            core = botocore.session.Session(profile=settings.profile or None)
            session = boto3.session.Session(botocore_session=core, region_name=settings.region or None)
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
            raise TransportError(f"the AWS credentials cannot be used: {exc}", remedy=CREDENTIALS) from exc
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

        self._lean: LeanClient | None
        try:
            self._lean, self.slow_because = open_lean(
                self._client, core, credentials, connect_timeout=CONNECT_TIMEOUT, read_timeout=READ_TIMEOUT
            )
        except NO_CREDENTIALS as exc:
            raise TransportError(f"the AWS credentials cannot be used: {exc}", remedy=CREDENTIALS) from exc

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
            "Content": {"Raw": {"Data": b""}},
            "EmailTags": [{"Name": name, "Value": value} for name, value in envelope.tags.items()],
        }
        if self._settings.configuration_set:
            request["ConfigurationSetName"] = self._settings.configuration_set
        try:
            response = self._post(request, envelope)
        except Exception as exc:  # noqa: BLE001 - botocore's parser raises AttributeError and TypeError at foreign JSON
            # whatever comes out of the call, the row must get an answer: one that is not known is ambiguous
            return classify(exc)
        # a truncated or foreign answer with status 200 comes out of botocore without the key
        if identifier := response.get("MessageId"):
            return Outcome(kind=OutcomeKind.ACCEPTED, message_id=identifier)
        return Outcome(
            kind=OutcomeKind.AMBIGUOUS, code="NoMessageId", text="the answer has status 200 but no message id"
        )

    def _post(self, request: dict[str, Any], envelope: Envelope) -> Any:
        if self._lean:
            return self._lean.send_email(request, envelope.base64 or base64.b64encode(envelope.message))
        request["Content"] = {"Raw": {"Data": envelope.message or base64.b64decode(envelope.base64)}}
        return self._client.send_email(**request)

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
        if self._lean:
            self._lean.close()
        self._client.close()
        self._asking.close()
