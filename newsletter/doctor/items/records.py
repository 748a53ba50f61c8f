"""What receivers look up in DNS: the DKIM keys, SPF of the return path, DMARC, and where answers go."""

from typing import Any

from newsletter.doctor.base import SES_ONLY, TO_PEOPLE, Diagnosis, Topic, failure, passed, skipped, warning
from newsletter.doctor.dmarc import Dmarc, aligned, find_dmarc
from newsletter.doctor.items.identity import return_path_domain, signing_identity
from newsletter.doctor.names import organisation_of
from newsletter.doctor.patient import Item, Patient
from newsletter.doctor.spf import MAX_LOOKUPS, MAX_VOID, Spf, read_spf, spf_records

BULK = 5_000
"""Messages a day from which Gmail and Microsoft ask for DMARC; Yahoo names no number."""

_SES_SPF = "amazonses.com"
_OF_SES = passed("bounces go to amazonses.com, whose records Amazon keeps in order: see D404")


def _dkim(it: Patient) -> Diagnosis:
    identity = signing_identity(it)
    if identity is None:
        return skipped("nothing is signed: see D402")
    domain = identity.name.rpartition("@")[2]
    dkim = identity.facts.get("DkimAttributes", {})
    tokens = dkim.get("Tokens", ())
    if not tokens:
        return skipped("SES does not tell the names of the DKIM records")
    wrong = []
    for token in tokens:
        name = f"{token}._domainkey.{domain}"
        if dkim.get("SigningAttributesOrigin") == "EXTERNAL":
            if not any("p=" in text for text in it.names.txt(name)):
                wrong.append(f"{name} TXT (your public key)")
            continue
        target = f"{token}.{dkim.get('SigningHostedZone') or 'dkim.amazonses.com'}"
        if it.names.cname(name) != target.lower():
            wrong.append(f"{name} CNAME {target}")
    if wrong:
        return failure(
            f"{len(wrong)} of {len(tokens)} DKIM records are not as SES needs them",
            "Publish: " + "; ".join(wrong),
        )
    return passed(f"all {len(tokens)} DKIM records of {domain} are there")


def _read_spf(it: Patient) -> Spf | None:
    domain = return_path_domain(it)
    return read_spf(domain, it.names) if domain else None


def _spf(it: Patient) -> Diagnosis:
    spf, domain = _read_spf(it), return_path_domain(it)
    if spf is None:
        return _OF_SES
    example = "v=spf1 include:amazonses.com ~all" if it.transport == "ses" else "v=spf1 … ~all"
    if spf.problems:
        return failure(spf.problems[0], f"Publish exactly one TXT record at {domain}, like: {example}")
    if it.transport == "ses" and _SES_SPF not in spf.names:
        return failure(f"the SPF record of {domain} does not include amazonses.com", f"Publish: {example}")
    if spf.policy == "+":
        return failure(f"the SPF record of {domain} lets the whole world send (+all)", "End it in ~all or -all.")
    if not spf.policy:
        return warning(f"the SPF record of {domain} does not say what of all others", "End it in ~all or -all.")
    return passed(f"{domain} has the SPF record {spf.record}")


def _spf_lookups(it: Patient) -> Diagnosis:
    spf, domain = _read_spf(it), return_path_domain(it)
    if spf is None:
        return _OF_SES
    if not spf.record:
        return skipped("there is no SPF record: see D602")
    if spf.lookups > MAX_LOOKUPS:
        return failure(
            f"the SPF record of {domain} needs more than {MAX_LOOKUPS} look-ups, and receivers then ignore it",
            "Take out what no longer sends for you, or give newsletters a return path of their own.",
        )
    if spf.voids > MAX_VOID:
        return failure(
            f"{spf.voids} look-ups of the SPF record of {domain} have no answer, and {MAX_VOID} are allowed",
            "Take out the names that no longer exist.",
        )
    return passed(f"the SPF record of {domain} needs {spf.lookups} of {MAX_LOOKUPS} look-ups")


def _return_path_mx(it: Patient) -> Diagnosis:
    domain = return_path_domain(it)
    if not domain:
        return _OF_SES
    found, wanted = it.names.mx(domain), f"feedback-smtp.{it.aws.region}.amazonses.com"
    if found == (wanted,):
        return passed(f"bounces of {domain} reach SES")
    there = f"leads to {', '.join(found)}" if found else "is missing"
    return failure(
        f"the MX record of {domain} {there}, and SES needs {wanted} alone", f"Publish: {domain} MX 10 {wanted}"
    )


def _dmarc(it: Patient) -> Diagnosis:
    domain = it.sender_domain
    record = find_dmarc(domain, it.names)
    if record is None:
        place = organisation_of(domain)
        words, remedy = (
            f"{domain} has no DMARC record",
            f'Publish: _dmarc.{place} TXT "v=DMARC1; p=none; rua=mailto:dmarc@{place}"',
        )
        if it.recipients() >= BULK:
            return failure(
                f"{words}, and Gmail and Microsoft refuse mail to {it.recipients():,} people without", remedy
            )
        return warning(words, remedy)
    if record.problems:
        return failure(f"the DMARC record of {record.domain} is not valid: {record.problems[0]}", "Mend the record.")
    reports = "" if record.tags.get("rua") else ", which asks for no reports (rua)"
    return passed(f"{record.domain} has a DMARC record with the policy {record.policy}{reports}")


def _alignment(it: Patient) -> Diagnosis:
    record = find_dmarc(it.sender_domain, it.names) or Dmarc(domain=it.sender_domain)
    ways = []
    signing = signing_identity(it)
    signed = signing.name.rpartition("@")[2] if signing else ""
    if signed and aligned(it.sender_domain, signed, strict=record.strict("dkim")):
        ways.append("DKIM")
    path = return_path_domain(it)
    if path and aligned(it.sender_domain, path, strict=record.strict("spf")):
        ways.append("SPF")
    if not ways:
        return failure(
            f"neither the signature ({signed or 'none'}) nor the return path ({path or 'amazonses.com'}) is of "
            f"{organisation_of(it.sender_domain)}, so that DMARC fails",
            "Verify the sender's own domain in SES, with Easy DKIM and a custom MAIL FROM domain.",
        )
    return passed(f"{' and '.join(ways)} {'is' if len(ways) == 1 else 'are'} aligned with {it.sender_domain}")


def _answers(it: Patient) -> Diagnosis:
    reply_to = it.newsletter.reply_to
    domains = dict.fromkeys((it.sender_domain, *([reply_to.email.rpartition("@")[2]] if reply_to else [])))
    for domain in domains:
        found = it.names.mx(domain)
        if found == ("",):
            return failure(f"{domain} declares that it takes no mail", "Send from a domain that takes answers.")
        if not found and not it.names.addresses(domain):
            return failure(
                f"{domain} has no mail server, so that answers and abuse reports are lost",
                f"Publish an MX for {domain}.",
            )
        if not found:
            return warning(f"{domain} has no MX record; answers go to its web address", f"Publish an MX for {domain}.")
    return passed(f"answers reach {' and '.join(domains)}")


def _own_spf(it: Patient) -> Diagnosis:
    found = spf_records(it.names.txt(it.sender_domain))
    if len(found) > 1:
        return failure(
            f"{it.sender_domain} has {len(found)} SPF records, which is an error for every receiver",
            "Join them into one TXT record.",
        )
    return passed(f"{it.sender_domain} has {'one SPF record' if found else 'no SPF record of its own, and needs none'}")


def _item(number: int, title: str, source: str, run: Any, *, ses: bool = False) -> Item:
    return Item(
        id=f"D{number}",
        topic=Topic.DNS,
        title=title,
        source=source,
        run=run,
        network=True,
        transports=SES_ONLY if ses else TO_PEOPLE,
    )


ITEMS = (
    _item(601, "the DKIM records lead to SES", "RFC 6376 §3.6.2; GetEmailIdentity, Tokens", _dkim, ses=True),
    _item(602, "SPF of the return path is valid and names SES", "RFC 7208 §4.5, §5", _spf),
    _item(603, "SPF stays within its look-ups", "RFC 7208 §4.6.4: 10 look-ups, 2 without an answer", _spf_lookups),
    _item(604, "bounces find their way to SES", "SES, custom MAIL FROM domain", _return_path_mx, ses=True),
    _item(605, "there is a valid DMARC record", "RFC 7489 §6", _dmarc),
    _item(606, "signature or return path are of the sender's organisation", "RFC 7489 §3.1", _alignment, ses=True),
    _item(607, "answers have somewhere to go", "RFC 5321 §5.1, RFC 7505", _answers),
    _item(608, "the sender's domain has not more than one SPF record", "RFC 7208 §3.2", _own_spf),
)
