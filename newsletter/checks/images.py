"""Images: that they are there, reachable, and say what they show."""

import re
from collections.abc import Iterator

from newsletter.checks.base import Check, Hit, Subject
from newsletter.models import Article, Place, Severity

_FILE_NAME = re.compile(r"[\w-]+\.(?:jpe?g|png|gif|webp|svg)|(?:image|img|dsc|photo|picture)[\s_-]*\d*", re.IGNORECASE)


def _used(it: Subject) -> Iterator[Article]:
    for section in it.assembled.issue.sections:
        for slug in section.articles:
            yield it.assembled.articles[slug]


def _at_alt(article: Article) -> Place:
    return article.place("image.alt" if "image.alt" in article.lines else "image")


def _missing_alt(it: Subject) -> Iterator[Hit]:
    for article in _used(it):
        if article.image and article.image.src and not article.image.alt.strip():
            yield Hit(
                message=f"the picture of {article.title!r} has no alt text",
                remedy="Say in `image.alt` what it shows, for readers who do not see it.",
                place=_at_alt(article),
            )


def _useless_alt(it: Subject) -> Iterator[Hit]:
    for article in _used(it):
        if article.image and _FILE_NAME.fullmatch(article.image.alt.strip()):
            yield Hit(
                message=f"the alt text {article.image.alt!r} says nothing about the picture of {article.title!r}",
                remedy="Say what it shows.",
                place=_at_alt(article),
            )


def _missing_file(it: Subject) -> Iterator[Hit]:
    for src, size in it.images.items():
        if size is None:
            owner = next((a for a in _used(it) if a.image and a.image.src == src), None)
            yield Hit(
                message=f"the picture {src} is not in the issue's folder",
                remedy=f"Put the file there, or mend the address: issues/{it.assembled.issue.slug}/{src}.",
                place=owner.place("image") if owner else it.assembled.issue.place("sections"),
            )


def _unpublished(it: Subject) -> Iterator[Hit]:
    if it.images and not it.newsletter.site_url:
        yield Hit(
            message="the issue has pictures of its own, but nowhere to load them from",
            remedy='Set `site_url = "https://…"` in newsletter.toml, and publish the issue\'s images/ folder there.',
        )


CHECKS = (
    Check(
        id="N301",
        severity=Severity.ERROR,
        title="picture without alt text",
        source="WCAG 2.2 §1.1.1",
        run=_missing_alt,
    ),
    Check(
        id="N302",
        severity=Severity.WARNING,
        title="alt text is a file name",
        source="WCAG 2.2 §1.1.1, failure F30",
        run=_useless_alt,
    ),
    Check(
        id="N303",
        severity=Severity.ERROR,
        title="picture file missing",
        source="the mail would show a broken picture",
        run=_missing_file,
    ),
    Check(
        id="N304",
        severity=Severity.ERROR,
        title="pictures without a site",
        source="mail clients load pictures over the web",
        run=_unpublished,
    ),
)
