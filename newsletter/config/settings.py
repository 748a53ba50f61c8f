"""Every key of newsletter.toml with its type, default and meaning; docs/configuration.md is generated from here."""

import ipaddress
import re
import zoneinfo
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from newsletter.errors import AddressError
from newsletter.message.address import parse_mailbox
from newsletter.models import Mailbox, Newsletter


def _time_zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as exc:
        raise ValueError(f"{name!r} is no time zone; write one like Europe/Berlin") from exc
    return name


def _web_address(url: str) -> str:
    if url and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", url):
        raise ValueError(f"{url!r} is no web address; write one like https://news.example.com")
    return url.rstrip("/")


def _origin(url: str) -> str:
    if not re.fullmatch(r"https?://[a-z0-9.:\[\]-]+", url):
        raise ValueError(
            f"{url!r} is no origin; write one like https://www.example.com, in lower case and without a path"
        )
    return url


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError as exc:
        raise ValueError(f"{text!r} is no IP address or network; write one like 10.0.0.0/8") from exc
    return text


def _feed_address(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s#]*", url):
        raise ValueError(f"{url!r} is no web address; write one like https://news.example.com/feed.xml")
    return url


def _mailbox(text: str) -> str:
    if text:
        try:
            parse_mailbox(text)
        except AddressError as exc:
            raise ValueError(f"{exc.what}; write one like Weekly <news@example.com>") from exc
    return text


def _list_id(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+", text):
        raise ValueError(f"{text!r} is no list id; write one like weekly.example.com (RFC 2919)")
    return text


def _check_id(name: str) -> str:
    if not re.fullmatch(r"[NP][0-9]{3}", name):
        raise ValueError("known here are `names` and the ids of checks, like N104")
    return name


def _check_entry(value: Any) -> Any:
    if not isinstance(value, dict) or set(value) != {"severity", "reason"}:
        raise ValueError('write it like { severity = "off", reason = "why" }')
    if value["severity"] not in ("off", "info", "warning", "error"):
        raise ValueError(f"the severity {value['severity']!r} is none of off, info, warning, error")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
MailboxText = Annotated[str, AfterValidator(_mailbox)]


class _Part(BaseModel):
    """A table of newsletter.toml: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewsletterSettings(_Part):
    """Whose mail it is and what every issue has in common."""

    name: str = Field("Newsletter", min_length=1, description="the newsletter's name, in the header and the List-ID")
    sender: MailboxText = Field("", description="From: `Weekly <news@example.com>`; required to send")
    reply_to: MailboxText = Field("", description="Reply-To, if answers go elsewhere")
    postal_address: str = Field("", description="the sender's postal address, required by law in most countries")
    language: str = Field("en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47 tag of the mail")
    time_zone: Annotated[str, AfterValidator(_time_zone)] = Field("UTC", description="IANA name, for dates and times")
    site_url: WebAddress = Field("", description="where issues and their images are published")
    list_id: Annotated[str, AfterValidator(_list_id)] = Field(
        "", description="List-ID (RFC 2919); made from the sender's domain when empty"
    )
    template: str = Field("weekly", description="the template of a new issue")


class ScheduleSettings(_Part):
    """When an issue appears: the date a new issue gets."""

    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = Field(
        "friday", description="the day an issue appears"
    )


class DeliverySettings(_Part):
    """How a mailing goes out."""

    transport: Literal["outbox", "ses", "smtp"] = Field("outbox", description="what `send` uses without --transport")
    concurrency: int = Field(4, ge=1, le=256, description="messages in flight at once; rate x answer time is enough")
    rate: float | None = Field(
        None, gt=0, description="messages a second at most; without it what the provider allows, or no limit"
    )


class SesSettings(_Part):
    """Amazon SES v2; credentials come from the AWS default chain."""

    region: str = Field("", description="AWS region; empty: what the AWS configuration says")
    profile: str = Field("", description="profile of the AWS configuration")
    endpoint_url: WebAddress = Field("", description="another endpoint, for tests and rehearsals")
    configuration_set: str = Field("", pattern=r"^[A-Za-z0-9_-]{0,64}$", description="SES configuration set")


class SmtpSettings(_Part):
    """An SMTP server; the password comes from NEWSLETTER_SMTP_PASSWORD."""

    host: str = Field("localhost", min_length=1, description="server name")
    port: int = Field(587, ge=1, le=65535, description="587 for STARTTLS, 465 for TLS, 25 without")
    security: Literal["starttls", "tls", "none"] = Field("starttls", description="how the connection is encrypted")
    username: str = Field("", description="login name; empty: no login")


class OutboxSettings(_Part):
    """A Maildir on this machine: everything is delivered but nobody is mailed."""

    path: str = Field("outbox", min_length=1, description="folder of the Maildir, relative to the project")


class TransportsSettings(_Part):
    """One table a transport."""

    ses: SesSettings = SesSettings()
    smtp: SmtpSettings = SmtpSettings()
    outbox: OutboxSettings = OutboxSettings()


class StoreSettings(_Part):
    """Where people and deliveries are kept."""

    url: str = Field(
        "sqlite:///.newsletter/newsletter.db",
        pattern=r"^sqlite:///.+",
        description="SQLAlchemy URL of a SQLite file, relative to the project",
    )


class PublicSettings(_Part):
    """The internet-facing pages that the links in every mail lead to."""

    base_url: WebAddress = Field("", description="address of the unsubscribe and preference pages; required to send")
    lists: tuple[str, ...] = Field((), description="lists that everybody may join by the form; empty: no sign-up")
    origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = Field(
        (), description="sites whose scripts may use the sign-up endpoint, like `https://www.example.com`"
    )
    trusted_proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
        ("127.0.0.1", "::1"), description="addresses or networks whose X-Forwarded-For is believed"
    )
    consent: str = Field("", description="what people agree to at the form; empty: one sentence in their language")
    record_ip: bool = Field(False, description="keep the IP address with the record of consent")


class CheckSettings(_Part):
    """Another severity for a check, and why; an entry of [checks]."""

    severity: Literal["off", "info", "warning", "error"] = Field(description="off, info, warning or error")
    reason: str = Field(min_length=3, description="why the newsletter does otherwise; shown by `check --list`")


class ChecksSettings(BaseModel):
    """What the checks are told, and other severities for some of them, each with its reason.

    A check's id is a key too, `N104 = { severity = "off", reason = "…" }` with off, info, warning or error;
    docs/checks.md has the ids.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[
        Annotated[str, AfterValidator(_check_id)], Annotated[CheckSettings, BeforeValidator(_check_entry)]
    ] = Field(init=False)

    names: tuple[str, ...] = Field(
        (), description="names as you spell them, people, places, companies: N511 looks for slips"
    )

    def rules(self) -> dict[str, CheckSettings]:
        """Return the entries by the check's id."""
        return dict(self.__pydantic_extra__ or {})


class FeedbackSettings(_Part):
    """Where SES reports what became of every message."""

    queue_url: WebAddress = Field("", description="SQS queue that receives the events of the configuration set")
    soft_bounce_limit: int = Field(
        4, ge=0, description="issues in a row that bounce softly before an address is suppressed; 0: never"
    )


class FeedSettings(_Part):
    """A feed that `newsletter article pull` reads; one `[[feeds]]` table each."""

    name: str = Field("", description="the feed's name in reports; its address when empty")
    url: Annotated[str, AfterValidator(_feed_address)] = Field(description="address of the RSS or Atom feed; required")
    tags: tuple[str, ...] = Field((), description="tags of every record that comes from it")


class Settings(_Part):
    """All of newsletter.toml."""

    newsletter: NewsletterSettings = NewsletterSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    delivery: DeliverySettings = DeliverySettings()
    transports: TransportsSettings = TransportsSettings()
    store: StoreSettings = StoreSettings()
    public: PublicSettings = PublicSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    checks: ChecksSettings = ChecksSettings()
    feeds: tuple[FeedSettings, ...] = ()
    templates: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Parameters of templates that this newsletter has otherwise than by default: the table "
        "`[templates.weekly]` is for the template `weekly`; `newsletter template show weekly` "
        "lists what there is.",
    )

    def identity(self) -> Newsletter:
        """Whose mail this is, as templates and headers need it.

        Without a sender the address is `newsletter@localhost.invalid`, so that an issue can be composed and
        previewed at once; `send` refuses it for every transport that reaches people.
        """
        part = self.newsletter
        sender = (
            parse_mailbox(part.sender) if part.sender else Mailbox(email="newsletter@localhost.invalid", name=part.name)
        )
        slug = re.sub(r"[^a-z0-9]+", "-", part.name.lower()).strip("-") or "newsletter"
        return Newsletter(
            name=part.name,
            sender=sender,
            reply_to=parse_mailbox(part.reply_to) if part.reply_to else None,
            postal_address=part.postal_address,
            language=part.language,
            time_zone=part.time_zone,
            site_url=part.site_url,
            public_url=self.public.base_url,
            list_id=part.list_id or f"{slug}.{sender.email.rpartition('@')[2]}",
        )
