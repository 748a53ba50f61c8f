"""The sender as SES knows it: verified, signed for, with a return path of its own."""

from collections.abc import Mapping
from typing import Any

from newsletter.doctor.aws import Identity
from newsletter.doctor.base import SES_ONLY, Diagnosis, Topic, failure, passed, skipped, warning
from newsletter.doctor.names import organisation_of
from newsletter.doctor.patient import Item, Patient

_CONSOLE = "SES console, Identities"
_NOBODY = skipped("SES does not know the sender: see D401")


def sending_identity(it: Patient) -> Identity | None:
    """Return the verified identity that covers the sender, nearest first; the nearest one when none is verified.

    None when SES knows neither the address nor its domain. Raises ExaminationError when SES does not answer.
    """
    found = it.aws.identities()
    verified = [identity for identity in found if identity.facts.get("VerifiedForSendingStatus")]
    return next(iter(verified or found), None)


def signing_identity(it: Patient) -> Identity | None:
    """Return the identity whose DKIM key signs: an address without a key of its own is signed for by its domain."""
    found = it.aws.identities()
    working = [identity for identity in found if _signs(identity)]
    return next(iter(working), None)


def _signs(identity: Identity) -> bool:
    dkim = identity.facts.get("DkimAttributes", {})
    return bool(dkim.get("SigningEnabled")) and dkim.get("Status") == "SUCCESS"


def mail_from(it: Patient) -> Mapping[str, Any]:
    """Return the MAIL FROM attributes that count; empty when the return path is amazonses.com."""
    for identity in it.aws.identities():
        attributes = identity.facts.get("MailFromAttributes", {})
        if attributes.get("MailFromDomain"):
            return dict(attributes)
    return {}


def return_path_domain(it: Patient) -> str:
    """Return the domain of the envelope sender; "" when it is SES's own, which SES looks after."""
    if it.transport != "ses":
        return it.sender_domain
    return str(mail_from(it).get("MailFromDomain", "")).lower()


def _verified(it: Patient) -> Diagnosis:
    identity = sending_identity(it)
    sender = it.newsletter.sender.email
    if identity is None:
        return failure(
            f"SES in {it.aws.region} knows neither {sender} nor its domain",
            f"Create the identity {organisation_of(it.sender_domain)} in this region: {_CONSOLE}.",
        )
    if identity.facts.get("VerifiedForSendingStatus"):
        return passed(f"{sender} may send, by the identity {identity.name}")
    error = identity.facts.get("VerificationInfo", {}).get("ErrorType", "")
    status = identity.facts.get("VerificationStatus", "PENDING")
    reason = f": {status}{f', {error}' if error else ''}"
    return failure(
        f"the identity {identity.name} is not verified{reason}",
        "Publish the DNS records that the SES console shows for it, or follow the link in AWS's mail.",
    )


def _signed(it: Patient) -> Diagnosis:
    if not it.aws.identities():
        return _NOBODY
    identity = signing_identity(it)
    if identity is not None:
        return passed(f"SES signs with DKIM for {identity.name}")
    nearest = it.aws.identities()[-1]
    dkim = nearest.facts.get("DkimAttributes", {})
    if not dkim.get("SigningEnabled"):
        reason = "DKIM signing is switched off"
    else:
        reason = f"SES does not find the DKIM records ({dkim.get('Status', 'NOT_STARTED')})"
    return failure(
        f"{reason} for {nearest.name}", f"Switch Easy DKIM on and publish the three CNAME records: {_CONSOLE}."
    )


def _key_length(it: Patient) -> Diagnosis:
    if not it.aws.identities():
        return _NOBODY
    identity = signing_identity(it)
    if identity is None:
        return skipped("nothing is signed: see D402")
    dkim = identity.facts.get("DkimAttributes", {})
    length = dkim.get("CurrentSigningKeyLength", "")
    if length == "RSA_1024_BIT":
        return warning(
            f"the DKIM key of {identity.name} has 1024 bits",
            "Run: aws sesv2 put-email-identity-dkim-signing-attributes --signing-attributes-origin AWS_SES "
            f"--signing-attributes NextSigningKeyLength=RSA_2048_BIT --email-identity {identity.name}",
        )
    if length != "RSA_2048_BIT":
        return skipped("SES does not tell the length of a key of your own")
    return passed(f"the DKIM key of {identity.name} has 2048 bits")


def _mail_from(it: Patient) -> Diagnosis:
    if not it.aws.identities():
        return _NOBODY
    attributes = mail_from(it)
    if not attributes:
        return warning(
            "bounces go to amazonses.com, so that SPF says nothing about your domain and DMARC rests on DKIM alone",
            f"Set a custom MAIL FROM domain, like bounce.{organisation_of(it.sender_domain)}: {_CONSOLE}.",
        )
    domain, status = attributes["MailFromDomain"], attributes.get("MailFromDomainStatus", "PENDING")
    if status == "SUCCESS":
        return passed(f"bounces go to {domain}")
    remedy = f"Publish the MX and TXT records that the SES console shows for {domain}."
    if attributes.get("BehaviorOnMxFailure") == "REJECT_MESSAGE":
        return failure(f"SES does not find the records of {domain} ({status}) and refuses to send", remedy)
    return warning(f"SES does not find the records of {domain} ({status}) and uses amazonses.com", remedy)


def _item(number: int, title: str, source: str, run: Any) -> Item:
    return Item(
        id=f"D{number}",
        topic=Topic.IDENTITY,
        title=title,
        source=f"SES API v2 GetEmailIdentity, {source}",
        run=run,
        network=True,
        transports=SES_ONLY,
    )


ITEMS = (
    _item(401, "the sender's address or domain is verified", "VerifiedForSendingStatus", _verified),
    _item(402, "SES signs with DKIM for the sender's domain", "DkimAttributes", _signed),
    _item(403, "the DKIM key has 2048 bits", "CurrentSigningKeyLength; RFC 8301 §3.2", _key_length),
    _item(404, "bounces go to a domain of yours", "MailFromAttributes", _mail_from),
)
