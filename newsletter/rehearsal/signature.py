"""AWS Signature Version 4, as a receiver reads it: there, whole, of today; and right, where the secret is known.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

import datetime as dt
import hashlib
import hmac
import re
from urllib.parse import parse_qsl, quote

from newsletter.rehearsal.refusal import RefusedCall
from newsletter.rehearsal.wire import Request

SKEW = dt.timedelta(minutes=5)
"""How far a request's clock may be off."""

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([\w]+)/(\d{8})/([a-z0-9-]+)/ses/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
_FORMAT = "%Y%m%dT%H%M%SZ"


def check_signature(request: Request, *, secret: str, now: dt.datetime) -> None:
    """Refuse a request that is not signed, or signed wrongly; with an empty `secret` only the form is checked.

    Raises RefusedCall with status 403, as AWS does before a service sees the request.
    """
    stated = request.headers.get("authorization", "")
    if not stated:
        raise RefusedCall(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    match = _AUTHORIZATION.fullmatch(stated)
    stamp = request.headers.get("x-amz-date", "")
    if match is None or not re.fullmatch(r"\d{8}T\d{6}Z", stamp):
        raise RefusedCall(403, "IncompleteSignatureException", "The Authorization header is not Signature Version 4.")
    _, day, region, names, signature = match.groups()
    if not {"host", "x-amz-date"} <= set(names.split(";")) or day != stamp[:8]:
        raise RefusedCall(
            403, "InvalidSignatureException", "host and x-amz-date must be signed, for the day they name."
        )
    then = dt.datetime.fromisoformat(stamp)
    if then < now - SKEW:
        edge = (now - SKEW).strftime(_FORMAT)
        raise RefusedCall(403, "InvalidSignatureException", f"Signature expired: {stamp} is now earlier than {edge}")
    if then > now + SKEW:
        raise RefusedCall(403, "InvalidSignatureException", f"Signature not yet current: {stamp}")
    if secret and not hmac.compare_digest(signature, _signature(request, secret, stamp, region, names)):
        raise RefusedCall(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )


def _signature(request: Request, secret: str, stamp: str, region: str, names: str) -> str:
    path, _, query = request.target.partition("?")
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(query, keep_blank_values=True))
    signed = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names.split(";"))
    canonical = "\n".join(
        [
            *(request.method, quote(path, safe="/-_.~"), "&".join(f"{k}={v}" for k, v in pairs), signed, names),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    scope = f"{stamp[:8]}/{region}/ses/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
