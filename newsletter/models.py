"""The values that travel between the stages: frozen, slotted, keyword-only.

Dictionaries live only at the edges (YAML, JSON, database rows); a value is normalised once, where it enters.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: a file as a person would type it, a line and a column, both counted from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


# --- content --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of an article: `src` is an http(s) URL or a path inside the issue's folder (`images/x.jpg`)."""

    src: str = field(
        metadata={"about": "a file in the issue's `images` folder, `images/name.jpg`, or an http(s) address"}
    )
    alt: str = field(default="", metadata={"about": "what it shows; a picture without it stops a send"})
    credit: str = field(default="", metadata={"about": "who made it"})


class ArticleStatus(StrEnum):
    """What the editors have decided about a record; the issue that uses it is told by the folder its file is in."""

    INBOX = "inbox"  # nobody has decided yet
    SHORTLISTED = "shortlisted"  # wanted for one of the next issues
    REJECTED = "rejected"  # not wanted; kept so that it is not collected again


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A record an editor collected; `body` is Markdown, every other text is plain."""

    slug: str
    title: str = field(metadata={"about": "the headline; the only field that has to be there"})
    url: str = field(default="", metadata={"about": "where the original is, from https:// on"})
    summary: str = field(default="", metadata={"about": "one or two sentences"})
    body: str = field(default="", metadata={"about": "the text below the front matter, in Markdown"})
    author: str = field(default="", metadata={"about": "who wrote it"})
    author_bio: str = field(default="", metadata={"about": "a sentence about them"})
    source: str = field(default="", metadata={"about": "who published it"})
    via: str = field(default="", metadata={"about": "through whom it was found"})
    image: Image | None = field(
        default=None, metadata={"about": "the picture: `src`, `alt` and `credit`, or only its address"}
    )
    published: dt.date | None = field(default=None, metadata={"about": "when the original appeared, like 2026-11-27"})
    tags: tuple[str, ...] = field(default=(), metadata={"about": "words to find it by"})
    status: ArticleStatus = field(
        default=ArticleStatus.INBOX,
        metadata={"about": "what was decided: inbox (nothing yet), shortlisted or rejected"},
    )
    embargo: dt.date | None = field(default=None, metadata={"about": "the first day on which it may be sent"})
    expires: dt.date | None = field(default=None, metadata={"about": "the last day on which it is worth sending"})
    collected: dt.date | None = field(default=None, metadata={"about": "the day on which it came into the inbox"})
    evidence: Mapping[str, str] = field(default_factory=dict, metadata={"about": "which field was taken from where"})
    extra: Mapping[str, Any] = field(default_factory=dict, metadata={"about": "anything of your own"})
    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def place(self, key: str = "title") -> Place:
        """Where the field `key` stands in the record's file; the file alone when it has no line of its own."""
        return Place(file=self.file or self.slug, line=self.lines.get(key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled run of articles, named by slug, in a layout that the template knows; `note` is Markdown.

    `layouts` holds the articles that have a layout of their own.
    """

    title: str = field(metadata={"about": "the heading readers see; the only field that has to be there"})
    layout: str = field(
        default="story", metadata={"about": "how its articles look, a layout of the template: docs/templates.md"}
    )
    articles: tuple[str, ...] = field(
        default=(),
        metadata={
            "about": "files in `articles/` without `.md`, in the order of the mail; one with a layout of its own as "
            "`article: NAME` with `layout: …` below it"
        },
    )
    note: str = field(default="", metadata={"about": "a text below the heading, in Markdown"})
    layouts: Mapping[str, str] = field(default_factory=dict)
    line: int | None = None

    def layout_of(self, article: str) -> str:
        """Return the layout that an article of the section appears in."""
        return self.layouts.get(article, self.layout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue as its `issue.md` says it; `introduction` is the Markdown below the front matter.

    `subject`, `preheader`, `introduction` and the sections' titles and notes may carry slots.
    """

    slug: str
    subject: str = field(metadata={"about": "the mail's subject; the only field that has to be there"})
    number: int | None = field(default=None, metadata={"about": "which issue it is; no two have the same"})
    preheader: str = field(default="", metadata={"about": "the line that inboxes show behind the subject"})
    date: dt.date | None = field(default=None, metadata={"about": "the day on which it appears, like 2026-11-27"})
    template: str = field(default="", metadata={"about": "a folder in `templates/`; without it the newsletter's"})
    sections: tuple[Section, ...] = field(default=(), metadata={"about": "its sections, in the order of the mail"})
    introduction: str = field(default="", metadata={"about": "the text below the front matter, in Markdown"})
    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def place(self, key: str = "subject") -> Place:
        """Where the field `key` stands in `issue.md`; the file alone when it has no line of its own."""
        return Place(file=self.file or self.slug, line=self.lines.get(key))


@dataclass(frozen=True, slots=True, kw_only=True)
class AssembledIssue:
    """An issue together with every article its sections name: all that rendering needs of the content."""

    issue: Issue
    articles: Mapping[str, Article]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template folder as values: its texts by path relative to the folder, and its parameters.

    Shared partials stand under `_shared/…`. `root` is the folder as a person would type it, for messages. `sections`
    are those that a new issue begins with.
    """

    name: str
    files: Mapping[str, str]
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    root: str = ""

    @property
    def layouts(self) -> tuple[str, ...]:
        """The layouts that sections and articles may ask for, by name."""
        return tuple(
            sorted(name[len("layouts/") : -len(".mjml")] for name in self.files if name.startswith("layouts/"))
        )

    def place(self, file: str, line: int | None = None) -> Place:
        """Name a line of one of the template's files."""
        root = self.root or self.name
        if file.startswith("_shared/"):
            root = root.rpartition("/")[0]
        return Place(file=f"{root}/{file}" if root else file, line=line)


# --- who sends ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A display name and an address (RFC 5322 §3.4); the address is canonical, the name free of control characters."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsletter:
    """Whose mail this is: what a template prints and what the headers need.

    `site_url` and `public_url` have no trailing slash. `list_id` is the identifier between the angle brackets of
    List-ID (RFC 2919 §2).
    """

    name: str
    sender: Mailbox
    reply_to: Mailbox | None = None
    postal_address: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    site_url: str = ""
    public_url: str = ""
    list_id: str = ""


# --- the compiled issue ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPlace:
    """One slot of a compiled issue: its source text, the part it stands in and the line an editor wrote it on."""

    source: str
    part: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledIssue:
    """What is previewed, checked and sent: four texts in slot source, and the SHA-256 of the whole.

    Slot source is static text with `[[ ]]` and `[% %]`; it is read only by `newsletter.render.slots`, which knows
    how a literal bracket of the content is kept apart from a slot.
    """

    slug: str
    subject: str
    preheader: str
    html: str
    text: str
    sha256: str
    date: dt.date | None = None
    number: int | None = None
    template: str = ""
    slots: tuple[SlotPlace, ...] = ()


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"  # the issue must not be sent
    WARNING = "warning"  # a person should look
    INFO = "info"  # good to know


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check says: a stable id, a severity, the place in the editor's own files, a sentence and a remedy."""

    id: str
    severity: Severity
    message: str
    remedy: str
    place: Place | None = None


# --- people ---------------------------------------------------------------------------------------------------------


class SubscriberStatus(StrEnum):
    """Whether a subscriber may be mailed at all; leaving one list is a matter of the membership."""

    ACTIVE = "active"  # may be mailed
    UNSUBSCRIBED = "unsubscribed"  # left everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person on our lists, as slots see one: `subscriber.email`, `subscriber.first_name` and so on."""

    email: str
    name: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()

    @property
    def first_name(self) -> str:
        """The first word of the name; empty when there is no name."""
        return self.name.split()[0] if self.name.split() else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingContext:
    """The mailing as slots see it: `mailing.id`, `mailing.issue`."""

    id: str
    issue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Everything a slot can name. The fields are the documented reader context."""

    subscriber: Subscriber
    unsubscribe_url: str
    preferences_url: str
    web_url: str
    mailing: MailingContext


class SuppressionReason(StrEnum):
    """Why an address must not be mailed."""

    UNSUBSCRIBE = "unsubscribe"  # the person asked to leave everything
    BOUNCE = "bounce"  # a permanent bounce
    COMPLAINT = "complaint"  # marked as spam
    MANUAL = "manual"  # a person of the team decided


# --- delivery -------------------------------------------------------------------------------------------------------


class MailingState(StrEnum):
    """Where a mailing is."""

    READY = "ready"  # frozen, never started
    SENDING = "sending"  # started; if no process holds its lock, it was interrupted and can be resumed
    PAUSED = "paused"  # stopped with a reason; the same command goes on
    FINISHED = "finished"  # no delivery is pending or sending


class DeliveryState(StrEnum):
    """Where one subscriber of one mailing is."""

    PENDING = "pending"  # not handed over yet, or surely not accepted
    SENDING = "sending"  # claimed under an attempt id, committed before the network call
    SENT = "sent"  # the provider accepted it and gave a message id
    FAILED = "failed"  # refused for this address or message, final
    UNKNOWN = "unknown"  # may or may not have been accepted; only evidence or a person settles it
    SKIPPED = "skipped"  # not to be mailed, with the reason


class SkipReason(StrEnum):
    """Why a candidate gets no message."""

    UNSUBSCRIBED = "unsubscribed"  # left the list or everything
    SUPPRESSED = "suppressed"  # stands on the suppression list
    ALREADY_SENT = "already_sent"  # another mailing of this issue has, or may have, reached the address
    REMOVED = "removed"  # the subscriber was deleted after the freeze


class OutcomeKind(StrEnum):
    """What a transport says of one attempt; it decides the delivery's next state and the mailing's."""

    ACCEPTED = "accepted"  # taken over by the provider, with a message id
    RATE = "rate"  # too fast: surely not accepted, again later and slower
    QUOTA = "quota"  # the 24-hour quota is used up: surely not accepted, the mailing waits
    UNREACHABLE = "unreachable"  # nothing left this machine: again later
    PAUSE = "pause"  # account, identity, credentials or an unknown error: not accepted, a person must act
    REFUSED = "refused"  # this address or message is refused for good
    AMBIGUOUS = "ambiguous"  # no answer, or none that can be trusted: may have been accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One message for one person: bare sender and recipient addresses, RFC 5322 bytes with CRLF, and its tags.

    `tags` go to transports that can echo them in their events (`attempt`, `mailing`, `issue`).
    """

    sender: str
    recipient: str
    message: bytes
    attempt_id: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A transport's answer; `code` and `text` are the provider's own words, `remedy` ours for a pause."""

    kind: OutcomeKind
    message_id: str = ""
    code: str = ""
    text: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingSummary:
    """A mailing with its deliveries counted by state; the counts are derived from the rows when it is read."""

    id: int
    issue: str
    subject: str
    sha256: str
    transport: str
    lists: tuple[str, ...]
    state: MailingState
    reason: str
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    counts: Mapping[DeliveryState, int]
    skipped: Mapping[SkipReason, int] = field(default_factory=dict)

    @property
    def candidates(self) -> int:
        """Everybody on the lists at the freeze: recipients plus exclusions."""
        return sum(self.counts.values())
