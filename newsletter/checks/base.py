"""What a check is, and what it looks at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from newsletter.models import Article, AssembledIssue, CompiledIssue, Finding, Newsletter, Place, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is checked: the records, what they compiled to, and the mail of one reader.

    `images` holds the size in bytes of every local picture the issue names, None for one that is not there; `used`
    says of articles that stand in another issue too, by name, where and why they are held for the same.
    """

    assembled: AssembledIssue
    compiled: CompiledIssue
    newsletter: Newsletter
    html: str
    text: str
    images: Mapping[str, int | None] = field(default_factory=dict)
    used: Mapping[str, str] = field(default_factory=dict)

    def articles(self) -> Iterator[Article]:
        """Yield the articles in the order of the issue."""
        for section in self.assembled.issue.sections:
            for slug in section.articles:
                yield self.assembled.articles[slug]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing a check found: where, the sentence, what to do."""

    message: str
    remedy: str
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check with its stable id; `source` is where its rule comes from."""

    id: str
    severity: Severity
    title: str
    source: str
    run: Callable[[Subject], Iterator[Hit]]

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Yield what the check has to say of an issue."""
        for hit in self.run(subject):
            yield Finding(id=self.id, severity=self.severity, message=hit.message, remedy=hit.remedy, place=hit.place)
