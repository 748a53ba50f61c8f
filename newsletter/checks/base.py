"""What a check is, and what it looks at.

A check is a function from a Subject to Hits, made a Check by the decorator `check`. Its two examples are shared by its
test and its page in docs/checks.md; its docstring says there why it is worth a look.
"""

import datetime as dt
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from lxml import html as lxml_html

from newsletter.checks.before import uninlined_html
from newsletter.checks.facts import ArticleShare, FinalMessage, ImageFacts, PastIssue, SpamScore
from newsletter.checks.parts import Taken, take_apart
from newsletter.models import (
    Article,
    AssembledIssue,
    CompiledIssue,
    Finding,
    LinkResult,
    Newsletter,
    Place,
    Reader,
    Severity,
    Template,
)


class Family(StrEnum):
    """What a check is about; its ids begin with the family's number."""

    SUBJECT = "subject and preheader"  # N1
    SIZE = "size"  # N2
    IMAGES = "images and accessibility"  # N3
    LINKS = "links"  # N4
    CONTENT = "content"  # N5
    CLIENTS = "client support"  # N6
    DELIVERABILITY = "deliverability"  # N7
    FINAL = "final form"  # N8
    TRANSFORM = "transformation and Outlook"  # N9
    OWN = "the project's own"  # P


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is checked: the records, what they compiled to, and the mail of one reader.

    `images` holds every local picture the issue names, None for one that is not there; `used` says of articles that
    stand in another issue too, by name, where and why they are held for the same. `shares` is empty while the mail is
    far from any limit; `links` and `spam` are None unless they were asked for. `names` are the sender's own, as they
    are spelt.
    """

    assembled: AssembledIssue
    compiled: CompiledIssue
    newsletter: Newsletter
    template: Template
    html: str
    text: str
    today: dt.date | None = None
    images: Mapping[str, ImageFacts | None] = field(default_factory=dict)
    used: Mapping[str, str] = field(default_factory=dict)
    past: tuple[PastIssue, ...] = ()
    shares: tuple[ArticleShare, ...] = ()
    readers: tuple[Reader, ...] = ()
    messages: tuple[FinalMessage, ...] = ()
    links: Mapping[str, LinkResult] | None = None
    spam: SpamScore | None = None
    names: tuple[str, ...] = ()

    @cached_property
    def tree(self) -> lxml_html.HtmlElement:
        """The HTML parsed, once for all checks; conditional comments stay comments."""
        return lxml_html.document_fromstring(self.html)

    @cached_property
    def uninlined(self) -> str:
        """The compiled HTML as it was before its CSS went into style attributes, slot source like the compiled."""
        return uninlined_html(self.assembled, self.template, self.newsletter)

    @cached_property
    def date(self) -> dt.date | None:
        """The day on which the issue appears: its own date, else today."""
        return self.assembled.issue.date or self.today

    @cached_property
    def taken(self) -> tuple[Taken | None, ...]:
        """The messages taken apart, in their order; None for one that could not be built."""
        return tuple(take_apart(made.message) if made.message else None for made in self.messages)

    def articles(self) -> Iterator[Article]:
        """Yield the articles in the order of the issue."""
        for section in self.assembled.issue.sections:
            for slug in section.articles:
                yield self.assembled.articles[slug]

    def place_of(self, text: str) -> Place | None:
        """Return where a text, an address for instance, was written: a record, the issue, the template; else None."""
        for article in self.articles():
            for key, value in (
                ("url", article.url),
                ("image.src", article.image.src if article.image else ""),
                ("title", article.title),
                ("summary", article.summary),
            ):
                if value and text in value:
                    return article.place(key if key in article.lines else key.partition(".")[0])
            if text in article.body:
                return line_of(article.place("body"), article.body, text)
        issue = self.assembled.issue
        for key, value in (("subject", issue.subject), ("preheader", issue.preheader)):
            if text in value:
                return issue.place(key)
        if text in issue.introduction:
            return line_of(issue.place("introduction"), issue.introduction, text)
        for section in issue.sections:
            if text in section.title or text in section.note:
                return Place(file=issue.file or issue.slug, line=section.line)
        return self.template_place(text, whole=True)

    def template_place(self, text: str, *, whole: bool = False) -> Place | None:
        """Return the first line of the template's files that has the text; None if no file has it.

        With `whole` it has to be all that stands between two tags or quotation marks.
        """
        pattern = re.compile(rf"(?<=[>\"']){re.escape(text)}(?=[<\"'])" if whole else re.escape(text))
        for name in sorted(self.template.files, key=lambda file: (file.endswith(".txt"), file.startswith("_"), file)):
            source = self.template.files[name]
            if text in source and (found := pattern.search(source)):
                return line_of(self.template.place(name, 1), source, found.start())
        return None


def line_of(start: Place, text: str, part: str | int) -> Place:
    """Return where a part of a text, or a character by its index, stands in its file; the text begins at `start`."""
    index = part if isinstance(part, int) else text.find(part)
    if start.line is None or index < 0:
        return start
    return Place(file=start.file, line=start.line + text.count("\n", 0, index))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing a check found: where, the sentence, what to do."""

    message: str
    remedy: str
    place: Place | None = None


Run = Callable[[Subject], Iterator[Hit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Changes to one healthy issue (`newsletter.checks.examples`), each by field name, that show what a check does.

    `article` changes the first article. `files` replaces files of the template, `html` stands at the end of the mail's
    body, `html_edits`, `text_edits` and `message_edits` replace (old, new) in the finished HTML, text and bytes.
    `facts` are fields of the Subject. `about` says it in words, where the changes alone do not.
    """

    about: str = ""
    issue: Mapping[str, Any] = field(default_factory=dict)
    article: Mapping[str, Any] = field(default_factory=dict)
    newsletter: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    html: str = ""
    html_edits: tuple[tuple[str, str], ...] = ()
    text_edits: tuple[tuple[str, str], ...] = ()
    message_edits: tuple[tuple[str, str], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check with its stable id; `source` is where its rule comes from, a standard or an address."""

    id: str
    family: Family
    severity: Severity
    title: str
    source: str
    bad: Example
    good: Example
    run: Run

    @property
    def why(self) -> str:
        """Why it is worth a look: the docstring of the function."""
        return inspect.getdoc(self.run) or ""

    def findings(self, subject: Subject, severity: Severity | None = None) -> Iterator[Finding]:
        """Yield what the check has to say of an issue, with another severity than its own if one is given."""
        for hit in self.run(subject):
            yield Finding(
                id=self.id,
                severity=severity or self.severity,
                message=hit.message,
                remedy=hit.remedy,
                place=hit.place,
            )


HEALTHY = Example()
"""The healthy issue as it is: the usual passing example."""

_ID = re.compile(r"[NP][0-9]{3}")


def check(  # noqa: PLR0913 - each is one fact of a check, given by name
    *,
    id: str,  # noqa: A002 - what everybody calls it
    severity: Severity,
    title: str,
    source: str,
    bad: Example,
    good: Example = HEALTHY,
    family: Family = Family.OWN,
) -> Callable[[Run], Check]:
    """Make a function a check; raises ValueError for an id that is not N or P and three digits."""
    if not _ID.fullmatch(id):
        raise ValueError(f"{id!r} is no id of a check: write P and three digits, like P101")

    def made(run: Run) -> Check:
        return Check(id=id, family=family, severity=severity, title=title, source=source, bad=bad, good=good, run=run)

    return made
