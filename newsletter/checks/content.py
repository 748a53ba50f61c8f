"""Content: what readers have had before."""

from collections.abc import Iterator

from newsletter.checks.base import Check, Hit, Subject
from newsletter.models import Severity


def _used_before(it: Subject) -> Iterator[Hit]:
    for section in it.assembled.issue.sections:
        for slug in section.articles:
            if slug in it.used:
                article = it.assembled.articles[slug]
                yield Hit(
                    message=f"{article.title!r} looks like what another issue has: {it.used[slug]}",
                    remedy=f"Leave it out, or say in it what is new; `newsletter article history {slug}` shows both.",
                    place=article.place("title"),
                )


CHECKS = (
    Check(
        id="N501",
        severity=Severity.WARNING,
        title="article used in another issue",
        source="readers notice what they have read before",
        run=_used_before,
    ),
)
