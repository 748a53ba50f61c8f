"""The account: may it send, how much, how fast, and whom would SES leave out."""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from newsletter.doctor.base import SES_ONLY, Diagnosis, Topic, duration, failure, passed, plural, unknown, warning
from newsletter.doctor.patient import Item, Patient
from newsletter.errors import ExaminationError

STRETCH = 1.02
"""The rate is kept 2 % below what SES allows, as `send` does."""
SKEW_LOOK, SKEW_REFUSED = dt.timedelta(seconds=60), dt.timedelta(minutes=5)
"""Off by more than the second, and AWS refuses every request."""

_CONSOLE = "SES console, Account dashboard"


def send_seconds(it: Patient) -> float:
    """Return how long a send to the list takes by the rate alone, in seconds; 0 when no rate is known.

    Raises ExaminationError when SES does not tell.
    """
    rates = [it.settings.delivery.rate]
    if it.transport == "ses":
        rates.append(_quota(it).get("MaxSendRate"))
    rate = min((rate for rate in rates if rate), default=0.0)
    return it.recipients() * STRETCH / rate if rate else 0.0


def _quota(it: Patient) -> Mapping[str, Any]:
    quota = it.aws.account().get("SendQuota")
    if not quota or quota.get("Max24HourSend") is None or quota.get("MaxSendRate") is None:
        raise ExaminationError("SES does not tell the quota of this account", remedy=f"Look at it: {_CONSOLE}.")
    return dict(quota)


def _credentials(it: Patient) -> Diagnosis:
    credentials = it.aws.session().get_credentials()
    return passed(f"AWS credentials come from {credentials.method}; the region is {it.aws.region}")


def _answers(it: Patient) -> Diagnosis:
    it.aws.account()
    return passed(f"SES in {it.aws.region} knows the account")


def _sandbox(it: Patient) -> Diagnosis:
    if it.aws.account().get("ProductionAccessEnabled"):
        return passed("the account is out of the sandbox")
    review = it.aws.account().get("Details", {}).get("ReviewDetails", {}).get("Status", "")
    asked = {"PENDING": "; AWS is looking at your request", "DENIED": "; AWS has denied your request"}.get(review, "")
    return failure(
        f"the account is in the sandbox: 200 messages a day, to verified addresses only{asked}",
        f"Request production access: {_CONSOLE}.",
    )


def _sending(it: Patient) -> Diagnosis:
    if it.aws.account().get("SendingEnabled"):
        return passed("sending is switched on")
    return failure(
        "sending is switched off for this account",
        "Mend what made you or AWS switch it off, then: aws sesv2 put-account-sending-attributes --sending-enabled.",
    )


def _enforcement(it: Patient) -> Diagnosis:
    status = it.aws.account().get("EnforcementStatus", "")
    if status == "HEALTHY":
        return passed("the account is in good standing")
    if status == "PROBATION":
        return warning(
            "AWS is reviewing the account, usually for bounces or complaints, and may pause it",
            "Answer the case in the AWS Support Center before the next big send.",
        )
    if status == "SHUTDOWN":
        return failure("AWS has paused sending for this account", "Answer the case in the AWS Support Center.")
    return unknown(f"SES calls the account's status {status or 'nothing'}", f"Look at it: {_CONSOLE}.")


def _quota_is_enough(it: Patient) -> Diagnosis:
    quota, people = _quota(it), it.recipients()
    most, used = float(quota["Max24HourSend"]), float(quota.get("SentLast24Hours") or 0)
    needed = plural(people, "message")
    if most < 0 or math.isinf(most):
        return passed(f"there is no daily quota; this list needs {needed}")
    left = max(0, int(most - used))
    words = f"{left:,} of {most:,.0f} messages a day are left; this list needs {needed}"
    if people <= left:
        return passed(words)
    if people <= most:
        return warning(words, "Send later, when the last 24 hours are over; a send waits for that by itself.")
    days = math.ceil(people / most) if most else 0
    spread = f"; the send would be spread over {days} days" if days else ""
    return warning(f"{words}{spread}", "Ask for a higher sending quota: AWS Service Quotas, Amazon SES.")


def _rate(it: Patient) -> Diagnosis:
    allowed, wanted = float(_quota(it)["MaxSendRate"]), it.settings.delivery.rate
    if wanted and wanted > allowed:
        return warning(
            f"delivery.rate is {wanted:g} a second, and SES takes {allowed:g}",
            "Take delivery.rate out of newsletter.toml: what SES takes is then the limit.",
        )
    limit = f", held to {wanted:g} by delivery.rate" if wanted else ""
    seconds = send_seconds(it)
    time = f": {plural(it.recipients(), 'message')} in about {duration(seconds)}" if seconds else ""
    return passed(f"SES takes {allowed:g} a second{limit}{time}")


def _suppression(it: Patient) -> Diagnosis:
    reasons = set(it.aws.account().get("SuppressionAttributes", {}).get("SuppressedReasons", ()))
    missing = [word for word in ("BOUNCE", "COMPLAINT") if word not in reasons]
    if missing:
        return warning(
            f"SES goes on mailing addresses after a {' or a '.join(missing).lower()}",
            "Run: aws sesv2 put-account-suppression-attributes --suppressed-reasons BOUNCE COMPLAINT",
        )
    return passed("SES stops mailing an address after a bounce or a complaint")


def _validation(it: Patient) -> Diagnosis:
    attributes = it.aws.account().get("SuppressionAttributes", {}).get("ValidationAttributes", {})
    return validation_diagnosis(attributes, "the account")


def validation_diagnosis(attributes: Mapping[str, Any], whose: str) -> Diagnosis:
    """Say whether Auto Validation leaves people out: SES accepts such a message and never sends it."""
    condition = attributes.get("ConditionThreshold", {})
    if condition.get("ConditionThresholdEnabled") == "ENABLED":
        level = condition.get("OverallConfidenceThreshold", {}).get("ConfidenceVerdictThreshold", "MANAGED").lower()
        return warning(
            f"Auto Validation of {whose} is on ({level}): SES accepts messages to addresses it doubts "
            "and never sends them, and they count as sent",
            "Switch Auto Validation off in the SES console, or look for those people in the bounce events.",
        )
    return passed(f"Auto Validation of {whose} leaves nobody out")


def _vdm(it: Patient) -> Diagnosis:
    attributes = it.aws.account().get("VdmAttributes", {})
    if attributes.get("VdmEnabled") != "ENABLED":
        return passed("Virtual Deliverability Manager is off: SES changes no message")
    if attributes.get("DashboardAttributes", {}).get("EngagementMetrics") == "ENABLED":
        return warning(
            "Virtual Deliverability Manager counts opens and clicks: SES adds a picture to every mail and leads its "
            "links through its own servers",
            "Switch engagement tracking off in the SES console, or tell your readers of it.",
        )
    return passed("Virtual Deliverability Manager is on, without counting opens and clicks")


def _clock(it: Patient) -> Diagnosis:
    it.aws.account()
    skew = it.aws.skew
    if skew is None:
        raise ExaminationError("SES does not say what time it is", remedy="Compare this machine's clock by hand.")
    words = (
        f"this machine's clock is {abs(skew).total_seconds():.0f} s {'ahead' if skew > dt.timedelta(0) else 'behind'}"
    )
    if abs(skew) >= SKEW_REFUSED:
        return failure(f"{words}; AWS refuses such requests", "Set the clock, and have it set by NTP.")
    if abs(skew) >= SKEW_LOOK:
        return warning(words, "Have the clock set by NTP; from 5 minutes on AWS refuses requests.")
    return passed("this machine's clock agrees with that of SES")


def _item(number: int, title: str, source: str, run: Any) -> Item:
    return Item(
        id=f"D{number}",
        topic=Topic.ACCOUNT,
        title=title,
        source=source,
        run=run,
        network=True,
        transports=SES_ONLY,
    )


_GET = "SES API v2 GetAccount"
ITEMS = (
    _item(301, "there are AWS credentials and a region", "AWS default credential chain", _credentials),
    _item(302, "SES answers", _GET, _answers),
    _item(303, "the account is out of the sandbox", f"{_GET}, ProductionAccessEnabled", _sandbox),
    _item(304, "sending is switched on", f"{_GET}, SendingEnabled", _sending),
    _item(305, "the account is in good standing", f"{_GET}, EnforcementStatus", _enforcement),
    _item(306, "the daily quota is enough for the list", f"{_GET}, SendQuota", _quota_is_enough),
    _item(307, "the rate, and the time that a send takes", f"{_GET}, SendQuota", _rate),
    _item(308, "SES stops mailing after a bounce or complaint", f"{_GET}, SuppressedReasons", _suppression),
    _item(309, "Auto Validation leaves nobody out silently", f"{_GET}, ValidationAttributes", _validation),
    _item(310, "SES does not rewrite links and count opens", f"{_GET}, VdmAttributes", _vdm),
    _item(311, "the clock agrees with that of AWS", "Date of the answer (RFC 9110 §6.6.1); SigV4 allows 5 min", _clock),
)
