"""newsletter.toml and the environment -> Settings: read once, unknown keys refused with the nearest known one.

Every key can be overridden by a variable: `NEWSLETTER_` and the path in capitals, two underscores between the parts
(`NEWSLETTER_DELIVERY__TRANSPORT=ses`). Secrets have no key here: AWS credentials come from boto3's default chain, the
SMTP password from `NEWSLETTER_SMTP_PASSWORD`.
"""

import difflib
import re
import tomllib
import zoneinfo
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from newsletter.errors import AddressError, ConfigError
from newsletter.message.address import parse_mailbox
from newsletter.models import Mailbox, Newsletter, Place

FILE_NAME = "newsletter.toml"
ENV_PREFIX = "NEWSLETTER_"
RESERVED_ENV = frozenset({"NEWSLETTER_PROJECT", "NEWSLETTER_SMTP_PASSWORD"})
"""Variables with the prefix that are no settings: the project folder and the one secret."""


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
    feeds: tuple[FeedSettings, ...] = ()

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


def load_settings(file: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings of a project.

    Raises ConfigError naming the line of the file, or the variable, that is wrong.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(
            f"newsletter.toml cannot be read: {exc}", place=Place(file=str(file)), remedy="Save it as UTF-8 text."
        ) from exc
    return parse_settings(text, environ, file=str(file))


def parse_settings(text: str, environ: Mapping[str, str], *, file: str = FILE_NAME) -> Settings:
    """Turn the text of newsletter.toml and an environment into Settings; `file` is for messages only."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        line = re.search(r"at line (\d+), column (\d+)", str(exc))
        place = Place(file=file, line=int(line[1]), column=int(line[2])) if line else Place(file=file)
        sentence = str(exc).partition(" (at ")[0]
        raise ConfigError(f"this is no TOML: {sentence}", place=place, remedy="Mend that line.") from exc
    from_env = _merge_environment(values, environ)
    try:
        return Settings.model_validate(values)
    except ValidationError as exc:
        raise _explain(exc.errors()[0], text, file, from_env) from exc


def _merge_environment(values: dict[str, Any], environ: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Write the variables over the file's values; return which path came from which variable."""
    origin: dict[tuple[str, ...], str] = {}
    for variable, value in sorted(environ.items()):
        if not variable.startswith(ENV_PREFIX) or variable in RESERVED_ENV:
            continue
        path = tuple(variable.removeprefix(ENV_PREFIX).lower().split("__"))
        table = values
        for part in path[:-1]:
            inner = table.setdefault(part, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"{variable} names a key inside `{part}`, which is no table", remedy="Unset it.")
            table = inner
        table[path[-1]] = value
        origin[path] = variable
    return origin


def _explain(error: ErrorDetails, text: str, file: str, from_env: Mapping[tuple[str, ...], str]) -> ConfigError:
    path = tuple(str(part) for part in error["loc"])
    dotted = ".".join(path)
    variable = from_env.get(path)
    place = Place(file=variable) if variable else Place(file=file, line=_line_of(text, path))
    if error["type"] == "extra_forbidden":
        known = sorted(_known_keys(path[:-1]))
        near = difflib.get_close_matches(path[-1], known, n=1, cutoff=0.4)
        remedy = f"Did you mean `{near[0]}`? " if near else ""
        where = f"in [{'.'.join(path[:-1])}]" if len(path) > 1 else "at the top"
        return ConfigError(f"unknown key `{dotted}`", place=place, remedy=f"{remedy}Known {where}: {', '.join(known)}.")
    sentence = error["msg"].removeprefix("Value error, ")
    return ConfigError(
        f"`{dotted}`: {sentence}", place=place, remedy="Mend the value; docs/configuration.md has all keys."
    )


def _known_keys(path: Iterable[str]) -> Iterable[str]:
    model: type[BaseModel] = Settings
    for part in path:
        if part.isdigit():
            continue
        inner = model.model_fields[part].annotation
        inner = get_args(inner)[0] if get_args(inner) else inner
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return model.model_fields


def _line_of(text: str, path: tuple[str, ...]) -> int | None:
    """Find the line of a key in TOML text; tomllib keeps no positions, and this is for a message only."""
    table: tuple[str, ...] = ()
    best: int | None = None
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)
        if header:
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            if line.lstrip().startswith("[["):
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            if table == path[: len(table)]:
                best = number
            continue
        key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if key:
            full = table + tuple(part.strip("\"'") for part in key[1].split("."))
            if full == path:
                return number
    return best
