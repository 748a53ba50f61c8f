"""Content: what readers have had before."""

from collections.abc import Iterator

from newsletter.checks.base import Check, Hit, Subject
from newsletter.models import Severity


def _used_before(it: Subject) -> Iterator[Hit]:
    for article in it.articles():
        if article.slug in it.used:
            yield Hit(
                message=f"{article.title!r} looks like what another issue has: {it.used[article.slug]}",
                remedy="Leave it out, or say in it what is new; "
                f"`newsletter article history {article.slug}` shows both.",
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
