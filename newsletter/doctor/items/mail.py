"""What is sent, from whom and to whom."""

import smtplib
import ssl

from newsletter.doctor.base import TO_PEOPLE, Diagnosis, Topic, failure, passed, plural, warning
from newsletter.doctor.patient import Item, Patient
from newsletter.errors import ExaminationError
from newsletter.message.address import display
from newsletter.transports import open_transport

SMTP_SECONDS = 15


def _sender(it: Patient) -> Diagnosis:
    if it.newsletter.sender.email.endswith(".invalid"):
        return failure(
            "the newsletter has no sender", 'Add to newsletter.toml: [newsletter] sender = "Weekly <news@your.domain>".'
        )
    domain = it.sender_domain
    if domain.endswith((".example", ".test", ".localhost")) or domain.removeprefix("www.") in {
        "example.com",
        "example.org",
        "example.net",
    }:
        return failure(
            f"the sender {it.newsletter.sender.email} is of a domain that nobody can have (RFC 2606)",
            "Set newsletter.sender in newsletter.toml to an address of your own domain.",
        )
    return passed(f"mail comes from {display(it.newsletter.sender)}")


def _postal_address(it: Patient) -> Diagnosis:
    if not it.newsletter.postal_address.strip():
        return failure(
            "the newsletter has no postal address",
            'Add to newsletter.toml: [newsletter] postal_address = "Example Ltd, 1 Street, City".',
        )
    return passed("the newsletter has a postal address")


def _list(it: Patient) -> Diagnosis:
    chosen = it.people().chosen
    if chosen is None:
        return warning("there is no list yet", "Import people: newsletter subscriber import FILE --list NAME.")
    count = chosen.count
    skipped = ", ".join(f"{number:,} {reason.replace('_', ' ')}" for reason, number in count.skipped.items())
    words = f"{chosen.name} has {plural(count.recipients, 'person', 'people')} to mail"
    if not count.recipients:
        return failure(f"{words}{f': {skipped}' if skipped else ''}", "See newsletter subscriber list.")
    return passed(f"{words}{f', and {skipped}' if skipped else ''}")


def _template(it: Patient) -> Diagnosis:
    sample = it.sample()
    layouts = plural(sample.layouts, "layout")
    return passed(
        f"the template {sample.compiled.template} makes a mail of {len(sample.message) / 1024:,.0f} KB "
        f"from a sample with {layouts}"
    )


def _smtp(it: Patient) -> Diagnosis:
    smtp = it.settings.transports.smtp
    open_transport("smtp", it.settings, root=it.project.root, environ={"NEWSLETTER_SMTP_PASSWORD": it.smtp_password})
    context = ssl.create_default_context()
    try:
        connection: smtplib.SMTP = (
            smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=SMTP_SECONDS, context=context)
            if smtp.security == "tls"
            else smtplib.SMTP(smtp.host, smtp.port, timeout=SMTP_SECONDS)
        )
        with connection:
            if smtp.security == "starttls":
                connection.starttls(context=context)
            if smtp.username:
                connection.login(smtp.username, it.smtp_password)
            connection.noop()
    except (smtplib.SMTPException, OSError) as exc:
        raise ExaminationError(
            f"the SMTP server {smtp.host}:{smtp.port} cannot be used: {exc}",
            remedy="Check [transports.smtp] in newsletter.toml, NEWSLETTER_SMTP_PASSWORD and the network.",
            hinders=True,
        ) from exc
    login = f"takes the login of {smtp.username}" if smtp.username else "answers"
    return passed(f"the SMTP server {smtp.host}:{smtp.port} {login}")


ITEMS = (
    Item(
        id="D101",
        topic=Topic.NEWSLETTER,
        title="the sender is an address of a real domain",
        source="RFC 5322 §3.6.2; RFC 2606 names domains that nobody can have",
        run=_sender,
        transports=TO_PEOPLE,
    ),
    Item(
        id="D102",
        topic=Topic.NEWSLETTER,
        title="there is a postal address",
        source="CAN-SPAM Act, 16 CFR 316; CASL",
        run=_postal_address,
        transports=TO_PEOPLE,
    ),
    Item(
        id="D103",
        topic=Topic.NEWSLETTER,
        title="the list has people to mail",
        source="the database: on the list, not unsubscribed, not suppressed",
        run=_list,
    ),
    Item(
        id="D104",
        topic=Topic.NEWSLETTER,
        title="the template and a sample with every layout compile",
        source="the same function that preview, check and send call",
        run=_template,
    ),
    Item(
        id="D105",
        topic=Topic.NEWSLETTER,
        title="the SMTP server answers and takes the login",
        source="RFC 5321, RFC 3207, RFC 4954",
        run=_smtp,
        network=True,
        transports=frozenset({"smtp"}),
    ),
)
