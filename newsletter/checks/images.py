"""Images: that they are there, reachable, and say what they show."""

import re
from collections.abc import Iterator

from newsletter.checks.base import Check, Hit, Subject
from newsletter.models import Article, Place, Severity

_FILE_NAME = re.compile(r"[\w-]+\.(?:jpe?g|png|gif|webp|svg)|(?:image|img|dsc|photo|picture)[\s_-]*\d*", re.IGNORECASE)

_HEAVY = 300 * 1024
_HEAVY_TOGETHER = 1024 * 1024
_LIGHTER = "`newsletter article image ARTICLE FILE` brings a picture to the size that a mail shows."


def _at_alt(article: Article) -> Place:
    return article.place("image.alt" if "image.alt" in article.lines else "image")


def _missing_alt(it: Subject) -> Iterator[Hit]:
    for article in it.articles():
        if article.image and article.image.src and not article.image.alt.strip():
            yield Hit(
                message=f"the picture of {article.title!r} has no alt text",
                remedy="Say in `image.alt` what it shows, for readers who do not see it.",
                place=_at_alt(article),
            )


def _useless_alt(it: Subject) -> Iterator[Hit]:
    for article in it.articles():
        if article.image and _FILE_NAME.fullmatch(article.image.alt.strip()):
            yield Hit(
                message=f"the alt text {article.image.alt!r} says nothing about the picture of {article.title!r}",
                remedy="Say what it shows.",
                place=_at_alt(article),
            )


def _missing_file(it: Subject) -> Iterator[Hit]:
    for src, size in it.images.items():
        if size is None:
            owner = next((a for a in it.articles() if a.image and a.image.src == src), None)
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


def _heavy(it: Subject) -> Iterator[Hit]:
    for src, size in it.images.items():
        if size and size > _HEAVY:
            owner = next((a for a in it.articles() if a.image and a.image.src == src), None)
            yield Hit(
                message=f"the picture {src} has {size / 1024:,.0f} KB, and readers on the road wait for it",
                remedy=_LIGHTER,
                place=owner.place("image") if owner else it.assembled.issue.place("sections"),
            )


def _heavy_together(it: Subject) -> Iterator[Hit]:
    total = sum(size or 0 for size in it.images.values())
    if total > _HEAVY_TOGETHER:
        yield Hit(
            message=f"the pictures of the issue have {total / 1024 / 1024:,.1f} MB together",
            remedy=_LIGHTER,
            place=it.assembled.issue.place("sections"),
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
    Check(
        id="N305",
        severity=Severity.WARNING,
        title="picture heavier than 300 KB",
        source="half a second at 5 Mbit/s, a slow mobile connection",
        run=_heavy,
    ),
    Check(
        id="N306",
        severity=Severity.WARNING,
        title="pictures heavier than 1 MB together",
        source="under two seconds at 5 Mbit/s, a slow mobile connection",
        run=_heavy_together,
    ),
)
