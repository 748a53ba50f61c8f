"""What an answer of SES, or none, means for the message: decided here and nowhere else (DESIGN §8)."""

from dataclasses import dataclass

from botocore import exceptions as aws

from newsletter.models import Outcome, OutcomeKind

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

CREDENTIALS = "Log in to AWS again (aws sso login, aws configure), check the rights ses:SendEmail, then go on."
CLOCK = "Set this machine's clock; AWS refuses requests that are more than five minutes off."
IDENTITY = (
    "Verify the sender's address or domain in the SES console, in this region; while the account is in the sandbox, "
    "every recipient must be verified too."
)
ACCOUNT = "Look at the account's status in the SES console and answer the case that AWS opened."
UNKNOWN = "Look the code up in the SES documentation, mend the cause, then give the same command again."


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
    Rule(code="AccountSuspendedException", kind=_PAUSE, remedy=ACCOUNT),
    Rule(code="SendingPausedException", kind=_PAUSE, remedy="Switch sending on again for the account or the "
         "configuration set, in the SES console."),
    Rule(code="MailFromDomainNotVerifiedException", kind=_PAUSE, remedy="Mend the MX and TXT records of the MAIL FROM "
         "domain, or switch it off, in the SES console."),
    Rule(code="NotFoundException", kind=_PAUSE, remedy="Create the configuration set in this region, or mend "
         "transports.ses.configuration_set in newsletter.toml."),
    Rule(code="MessageRejected", text="not verified", kind=_PAUSE, remedy=IDENTITY),
    Rule(code="MessageRejected", text="authority to send", kind=_PAUSE, remedy=IDENTITY),
    Rule(code="MessageRejected", text="sending paused", kind=_PAUSE, remedy=ACCOUNT),
    Rule(code="MessageRejected", text="sending suspended", kind=_PAUSE, remedy=ACCOUNT),
    Rule(code="RequestExpired", kind=_PAUSE, remedy=CLOCK),
    Rule(code="RequestTimeTooSkewed", kind=_PAUSE, remedy=CLOCK),
    Rule(text="signature expired", kind=_PAUSE, remedy=CLOCK),
    Rule(text="signature not yet current", kind=_PAUSE, remedy=CLOCK),
    Rule(text="expired", kind=_PAUSE, remedy=CREDENTIALS),
    Rule(status=401, kind=_PAUSE, remedy=CREDENTIALS),
    Rule(status=403, kind=_PAUSE, remedy=CREDENTIALS),
    Rule(code="MessageRejected", kind=_REFUSED),
    Rule(code="BadRequestException", kind=_REFUSED),
)  # fmt: skip
"""The errors that SES answers, surely not accepted all of them; one that is not here pauses the mailing."""


def classify(error: Exception) -> Outcome:
    """Say what an error of the sending call means for the message: by code and status, then by the text."""
    if isinstance(error, aws.ClientError):
        return _answered(error)
    code, text = type(error).__name__, str(error)
    if isinstance(error, NOTHING_LEFT):
        return Outcome(kind=OutcomeKind.UNREACHABLE, code=code, text=text)
    if isinstance(error, NO_CREDENTIALS):
        return Outcome(kind=OutcomeKind.PAUSE, code=code, text=text, remedy=CREDENTIALS)
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
    return Outcome(kind=OutcomeKind.PAUSE, code=code, text=text, remedy=UNKNOWN)
