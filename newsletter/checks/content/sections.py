"""Sections: empty ones, and one that outweighs all others."""

from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.models import Article, Place, Section, Severity

MOST = 0.75
"""Share of an issue's words that one of three or more sections may have."""
ENOUGH = 900
"""Words below which an issue is too short to be out of balance."""

_LONG = "The group met every Monday and worked until late. " * 120


@check(
    id="N521",
    family=Family.CONTENT,
    severity=Severity.INFO,
    title="section without an article",
    source="readers see nothing of it, or a heading with nothing below",
    bad=Example(issue={"sections": (Section(title="Top story", articles=("lamp",)), Section(title="In brief"))}),
    good=Example(
        issue={"sections": (Section(title="Top story", articles=("lamp",)), Section(title="Note", note="None today."))}
    ),
)
def empty(it: Subject) -> Iterator[Hit]:
    """Left over from the beginning of the week."""
    issue = it.assembled.issue
    for section in issue.sections:
        if not section.articles and not section.note.strip():
            yield Hit(
                message=f"the section {section.title!r} has no article",
                remedy="Fill it, or take it out of issue.md.",
                place=Place(file=issue.file or issue.slug, line=section.line),
            )


@check(
    id="N522",
    family=Family.CONTENT,
    severity=Severity.INFO,
    title="one section has nearly all of the issue",
    source="an issue of several sections promises several things",
    bad=Example(about="the top story has 1,080 words, the rest 60", article={"body": _LONG}),
)
def unbalanced(it: Subject) -> Iterator[Hit]:
    """Who does not like the one long thing has nothing else to read."""
    issue = it.assembled.issue
    words = [
        (sum(_words(it.assembled.articles[slug], section.layout_of(slug)) for slug in section.articles), section)
        for section in issue.sections
        if section.articles
    ]
    total = sum(count for count, _ in words)
    if len(words) < 3 or total < ENOUGH:
        return
    most, section = max(words, key=lambda pair: pair[0])
    if most > total * MOST:
        yield Hit(
            message=f"the section {section.title!r} has {most:,} of the issue's {total:,} words",
            remedy="Shorten it, or let it show summaries only.",
            place=Place(file=issue.file or issue.slug, line=section.line),
        )


def _words(article: Article, layout: str) -> int:
    """Count what the stock layouts print of an article: a lead its text, the others their summary if there is one."""
    text = article.body if layout == "lead" or not article.summary else article.summary
    return len((text or article.summary).split())
