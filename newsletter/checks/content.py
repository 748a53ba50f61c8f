"""Content: what readers have had before."""

from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.models import Severity


@check(
    id="N501",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="article used in another issue",
    source="readers notice what they have read before",
    bad=Example(
        about="another issue has the same article",
        facts={"used": {"lamp": "issues/first-light/articles/lamp.md (the same address)"}},
    ),
)
def used_before(it: Subject) -> Iterator[Hit]:
    """Compared are address, title and text with those of every other issue."""
    for article in it.articles():
        if article.slug in it.used:
            yield Hit(
                message=f"{article.title!r} looks like what another issue has: {it.used[article.slug]}",
                remedy="Leave it out, or say in it what is new; "
                f"`newsletter article history {article.slug}` shows both.",
                place=article.place("title"),
            )
