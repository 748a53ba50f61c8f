"""Every exception of the package. The class answers what the caller should do; the message says what, where, remedy.

NewsletterError
├── UsageError            ask for something else: a name that does not exist, options that contradict each other
├── ConfigError           mend newsletter.toml or an environment variable
├── ContentError          mend an article or an issue file
│   └── ConflictError     something is already there: choose another name, or say that it may be replaced
│       └── ClashError    two people edited the same field: choose one of the versions
├── IngestError           mend or replace the file that was to be taken in; nothing was written
├── TemplateError         mend a template file
│   └── SlotError         mend a `[[ ]]` or `[% %]`, or the data of the reader it fails for
├── CheckError            mend a check of the project's own, in its folder checks/
├── RenderGuardError      a stage damaged the mail: do not send it, report it with the issue that shows it
├── MessageError          a value cannot stand in a message: mend the value
│   └── AddressError      an address that cannot be mailed: mend or leave out the subscriber
├── StoreError            mend the database's place, rights or version
├── FeedbackError         an event that cannot be read is kept aside; a queue that cannot: mend queue or credentials
├── TransportError        a transport cannot be used as configured: mend its section of newsletter.toml
├── ExaminationError      `doctor` could not get an answer: mend what it names and look again
└── DeliveryError         a mailing cannot start or go on
    └── SenderBusyError   another process is sending this mailing: wait for it
"""

from typing import ClassVar

from newsletter.models import Place


class NewsletterError(Exception):
    """Something a person can mend.

    `what` is one sentence, `place` the file and line to look at, `remedy` one sentence on what to do. The command
    line prints all three and leaves with `exit_code`.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, place: Place | None = None, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        remedy = f"\n{self.remedy}" if self.remedy else ""
        return f"{where}{self.what}{remedy}"


class UsageError(NewsletterError):
    """The command asks for something that is not there or cannot be; nothing was done."""

    exit_code = 2


class ConfigError(NewsletterError):
    """`newsletter.toml` or an environment variable is wrong; nothing was done."""


class ContentError(NewsletterError):
    """An article or issue file cannot be read or used."""


class ConflictError(ContentError):
    """A file or record of that name is already there; nothing was overwritten."""


class ClashError(ConflictError):
    """A field that was changed on the disk while somebody edited it; `disk` and `mine` are the versions."""

    def __init__(self, what: str, *, place: Place, remedy: str, disk: str, mine: str) -> None:
        super().__init__(what, place=place, remedy=remedy)
        self.disk = disk
        self.mine = mine


class IngestError(NewsletterError):
    """A source cannot become a record; nothing was written."""


class TemplateError(NewsletterError):
    """A template file cannot be compiled."""


class SlotError(TemplateError):
    """A slot cannot be parsed, was lost, or fails for a reader."""


class CheckError(NewsletterError):
    """A check of the project's own cannot be loaded, or failed."""


class RenderGuardError(NewsletterError):
    """A rendering stage changed something it must not change; the mail must not be sent."""


class MessageError(NewsletterError):
    """A value cannot stand in a message."""


class AddressError(MessageError):
    """An e-mail address that cannot be mailed."""


class StoreError(NewsletterError):
    """The database cannot be opened, read or written."""


class FeedbackError(NewsletterError):
    """What a provider reports, or the queue it lies in, cannot be read."""


class TransportError(NewsletterError):
    """A transport cannot be used as it is configured; no message was handed over."""


class ExaminationError(NewsletterError):
    """What `newsletter doctor` asked for gave no usable answer.

    `hinders` says whether that alone keeps a mailing from going out, as missing credentials do and a lost network
    packet does not.
    """

    def __init__(self, what: str, *, place: Place | None = None, remedy: str = "", hinders: bool = False) -> None:
        super().__init__(what, place=place, remedy=remedy)
        self.hinders = hinders


class DeliveryError(NewsletterError):
    """A mailing cannot start or go on."""


class SenderBusyError(DeliveryError):
    """Another process holds this mailing."""

    exit_code = 5
