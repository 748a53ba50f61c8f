"""Dates: what is too early, too late or a slip of the pen."""

import datetime as dt
from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.models import Severity


@check(
    id="N511",
    family=Family.CONTENT,
    severity=Severity.ERROR,
    title="article under an embargo",
    source="the record's own `embargo`",
    bad=Example(article={"embargo": dt.date(2026, 11, 28)}),
    good=Example(article={"embargo": dt.date(2026, 11, 27)}),
)
def embargoed(it: Subject) -> Iterator[Hit]:
    """Somebody was promised that it does not appear before that day."""
    for article in it.articles():
        if article.embargo and it.date and article.embargo > it.date:
            yield Hit(
                message=f"{article.title!r} may not appear before {article.embargo}, and the issue appears {it.date}",
                remedy="Move it to a later issue, or the issue to that day.",
                place=article.place("embargo"),
            )


@check(
    id="N512",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="article out of date",
    source="the record's own `expires`",
    bad=Example(article={"expires": dt.date(2026, 11, 26)}),
    good=Example(article={"expires": dt.date(2026, 11, 27)}),
)
def expired(it: Subject) -> Iterator[Hit]:
    """An invitation to last week's market."""
    for article in it.articles():
        if article.expires and it.date and article.expires < it.date:
            yield Hit(
                message=f"{article.title!r} was worth sending until {article.expires}; the issue appears {it.date}",
                remedy="Leave it out, or give it a later `expires`.",
                place=article.place("expires"),
            )


@check(
    id="N513",
    family=Family.CONTENT,
    severity=Severity.INFO,
    title="issue dated in the past",
    source="readers see the date at the top of the mail",
    bad=Example(issue={"date": dt.date(2026, 11, 25)}),
    good=Example(issue={"date": dt.date(2026, 11, 26)}),
)
def past(it: Subject) -> Iterator[Hit]:
    """The date of the last issue, forgotten in a copy; of an issue that was sent long ago it means nothing."""
    date = it.assembled.issue.date
    if date and it.today and date < it.today:
        yield Hit(
            message=f"the issue is dated {date}, which is past",
            remedy="Set `date:` in issue.md, unless the issue is an old one.",
            place=it.assembled.issue.place("date"),
        )


@check(
    id="N514",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="date far in the future",
    source="a slip of the pen: 2062 for 2026",
    bad=Example(issue={"date": dt.date(2062, 11, 27)}),
)
def far(it: Subject) -> Iterator[Hit]:
    """Nobody plans an issue a year ahead."""
    date = it.assembled.issue.date
    if date and it.today and (date - it.today).days > 366:
        yield Hit(
            message=f"the issue is dated {date}, more than a year from today",
            remedy="Look at the year.",
            place=it.assembled.issue.place("date"),
        )


@check(
    id="N515",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="article published after the issue",
    source="a slip of the pen in `published`",
    bad=Example(article={"published": dt.date(2027, 11, 20)}),
)
def too_new(it: Subject) -> Iterator[Hit]:
    """The mail prints the date beside the article."""
    for article in it.articles():
        if article.published and it.date and article.published > it.date:
            yield Hit(
                message=f"{article.title!r} was published {article.published}, after the issue ({it.date})",
                remedy="Look at the year and the month.",
                place=article.place("published"),
            )
