"""What editors write: articles, their pictures, issues and sections."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from newsletter.models.place import Place


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
    ignore: tuple[str, ...] = field(
        default=(), metadata={"about": "checks that say nothing of this record, by id, like N404: docs/checks.md"}
    )
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
    parameters: Mapping[str, Any] = field(
        default_factory=dict, metadata={"about": "parameters of the template, by name, that this issue has otherwise"}
    )
    sections: tuple[Section, ...] = field(default=(), metadata={"about": "its sections, in the order of the mail"})
    ignore: tuple[str, ...] = field(
        default=(), metadata={"about": "checks that say nothing of this issue, by id, like N404: docs/checks.md"}
    )
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
