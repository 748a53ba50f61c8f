"""What checks are told of the world outside the issue: pictures, earlier issues, answers of the web, finished mails."""

import datetime as dt
from dataclasses import dataclass, field

from newsletter.message.verify import MessageContent
from newsletter.models import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """A picture file of the issue: octets, pixels, `format` as Pillow names it ("JPEG").

    `luminance` is the mean of what shows of a transparent picture, from 0 (black) to 1; None for one without
    transparency.
    """

    size: int
    width: int = 0
    height: int = 0
    format: str = ""
    frames: int = 1
    luminance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastIssue:
    """Another issue of the project, `file` as a person would type it."""

    slug: str
    subject: str
    file: str
    number: int | None = None
    date: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleShare:
    """How much of the mail's HTML an article is, in octets; `end` is the octet behind it."""

    slug: str
    bytes: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalMessage:
    """The mail of one reader as it would be sent; `problem` says in a sentence why there is none.

    `why` names what is awkward about the reader.
    """

    reader: Reader
    why: str
    message: bytes = b""
    content: MessageContent | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamScore:
    """What SpamAssassin said: its score, the score it takes for spam, and the rules that counted."""

    score: float
    limit: float
    rules: tuple[str, ...] = field(default=())
