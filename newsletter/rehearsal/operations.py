"""The calls of SES v2 beside SendEmail that this product makes: account, identity, configuration set, suppression.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/Welcome.html
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from newsletter.rehearsal.account import SesAccount
from newsletter.rehearsal.refusal import RefusedCall
from newsletter.rehearsal.wire import Request

SEND_EMAIL = "/v2/email/outbound-emails"
UNLIMITED = -1.0
"""What SES answers as the quota of an account that has none."""

_EVENTS = (
    *("SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT"),
    *("RENDERING_FAILURE", "DELIVERY_DELAY", "OPEN", "CLICK"),
)


def answer(request: Request, account: SesAccount) -> dict[str, Any]:
    """Return what SES answers to a call other than SendEmail; raises RefusedCall."""
    path, _, query = request.target.partition("?")
    for method, pattern, operation in _OPERATIONS:
        match = re.fullmatch(pattern, path)
        if match and method == request.method:
            values = [unquote(part) for part in match.groups()]
            return operation(account, values, request.body, parse_qs(query))
    raise RefusedCall(404, "UnknownOperationException", f"The stand-in has no {request.method} {path}.")


def _get_account(account: SesAccount, _values: Any, _body: Any, _query: Any) -> dict[str, Any]:
    return {
        "DedicatedIpAutoWarmupEnabled": False,
        "EnforcementStatus": "HEALTHY",
        "ProductionAccessEnabled": True,
        "SendingEnabled": True,
        "SendQuota": {
            "Max24HourSend": UNLIMITED if account.quota is None else float(account.quota),
            "MaxSendRate": 10_000.0 if account.rate is None else account.rate,
            "SentLast24Hours": float(account.sent),
        },
        "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
        "Details": {"MailType": "MARKETING"},
        "PricingAttributes": {"CurrentPlan": "NONE"},
    }


def _get_identity(_account: Any, values: list[str], _body: Any, _query: Any) -> dict[str, Any]:
    (identity,) = values
    return {
        "IdentityType": "EMAIL_ADDRESS" if "@" in identity else "DOMAIN",
        "FeedbackForwardingStatus": True,
        "VerifiedForSendingStatus": True,
        "VerificationStatus": "SUCCESS",
        "DkimAttributes": {
            "SigningEnabled": True,
            "Status": "SUCCESS",
            "Tokens": ["one", "two", "three"],
            "SigningAttributesOrigin": "AWS_SES",
            "CurrentSigningKeyLength": "RSA_2048_BIT",
        },
        "MailFromAttributes": {
            "MailFromDomain": f"bounce.{identity.rpartition('@')[2]}",
            "MailFromDomainStatus": "SUCCESS",
            "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
        },
        "Policies": {},
        "Tags": [],
    }


def _get_configuration_set(_account: Any, values: list[str], _body: Any, _query: Any) -> dict[str, Any]:
    return {
        "ConfigurationSetName": values[0],
        "DeliveryOptions": {"TlsPolicy": "OPTIONAL"},
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SendingOptions": {"SendingEnabled": True},
        "Tags": [],
    }


def _get_event_destinations(_account: Any, values: list[str], _body: Any, _query: Any) -> dict[str, Any]:
    topic = f"arn:aws:sns:us-east-1:123456789012:{values[0]}"
    destination = {
        "Name": "standin",
        "Enabled": True,
        "MatchingEventTypes": _EVENTS,
        "SnsDestination": {"TopicArn": topic},
    }
    return {"EventDestinations": [destination]}


def _put_suppressed(account: SesAccount, _values: Any, body: bytes, _query: Any) -> dict[str, Any]:
    try:
        call = json.loads(body)
        address, reason = call["EmailAddress"].lower(), call["Reason"]
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise RefusedCall(400, "SerializationException", "The request is no JSON of the operation.") from exc
    if "@" not in address or reason not in {"BOUNCE", "COMPLAINT"}:
        raise RefusedCall(400, "BadRequestException", f"Cannot suppress {address!r} because of {reason!r}.")
    account.suppressed[address] = reason
    return {}


def _get_suppressed(account: SesAccount, values: list[str], _body: Any, _query: Any) -> dict[str, Any]:
    return {"SuppressedDestination": _summary(account, _known(account, values[0]))}


def _delete_suppressed(account: SesAccount, values: list[str], _body: Any, _query: Any) -> dict[str, Any]:
    del account.suppressed[_known(account, values[0])]
    return {}


def _list_suppressed(account: SesAccount, _values: Any, _body: Any, query: Mapping[str, list[str]]) -> dict[str, Any]:
    reasons = query.get("Reason", ["BOUNCE", "COMPLAINT"])
    size = int(query.get("PageSize", ["1000"])[0])
    start = int(query.get("NextToken", ["0"])[0])
    found = [address for address, reason in sorted(account.suppressed.items()) if reason in reasons]
    page = {"SuppressedDestinationSummaries": [_summary(account, each) for each in found[start : start + size]]}
    return {**page, **({"NextToken": str(start + size)} if start + size < len(found) else {})}


def _known(account: SesAccount, address: str) -> str:
    if address.lower() not in account.suppressed:
        raise RefusedCall(404, "NotFoundException", f"Email address {address} does not exist on your suppression list.")
    return address.lower()


def _summary(account: SesAccount, address: str) -> dict[str, Any]:
    return {"EmailAddress": address, "Reason": account.suppressed[address], "LastUpdateTime": round(time.time())}


Operation = Callable[[SesAccount, list[str], bytes, Mapping[str, list[str]]], dict[str, Any]]
_OPERATIONS: tuple[tuple[str, str, Operation], ...] = (
    ("GET", "/v2/email/account", _get_account),
    ("GET", "/v2/email/identities/([^/]+)", _get_identity),
    ("GET", "/v2/email/configuration-sets/([^/]+)", _get_configuration_set),
    ("GET", "/v2/email/configuration-sets/([^/]+)/event-destinations", _get_event_destinations),
    ("PUT", "/v2/email/suppression/addresses", _put_suppressed),
    ("GET", "/v2/email/suppression/addresses", _list_suppressed),
    ("GET", "/v2/email/suppression/addresses/([^/]+)", _get_suppressed),
    ("DELETE", "/v2/email/suppression/addresses/([^/]+)", _delete_suppressed),
)
