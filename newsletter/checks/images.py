"""Images: that they are there, reachable, and say what they show."""

import re
from collections.abc import Iterator
from dataclasses import replace

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.facts import ImageFacts
from newsletter.models import Article, Image, Place, Severity

_FILE_NAME = re.compile(r"[\w-]+\.(?:jpe?g|png|gif|webp|svg)|(?:image|img|dsc|photo|picture)[\s_-]*\d*", re.IGNORECASE)

HEAVY = 300 * 1024
HEAVY_TOGETHER = 1024 * 1024
_LIGHTER = "`newsletter article image ARTICLE FILE` brings a picture to the size that a mail shows."

_SHOWN = Image(src="images/lamp.jpg", alt="A lighthouse with red bands at dawn", credit="Jo Ek")


def _at_alt(article: Article) -> Place:
    return article.place("image.alt" if "image.alt" in article.lines else "image")


def owner_place(it: Subject, src: str) -> Place:
    """Where the record of a local picture names it; the issue's sections when none does."""
    owner = next((article for article in it.articles() if article.image and article.image.src == src), None)
    return owner.place("image") if owner else it.assembled.issue.place("sections")


@check(
    id="N301",
    family=Family.IMAGES,
    severity=Severity.ERROR,
    title="picture without alt text",
    source="WCAG 2.2 §1.1.1",
    bad=Example(article={"image": replace(_SHOWN, alt="")}),
)
def missing_alt(it: Subject) -> Iterator[Hit]:
    """Screen readers read the alt text, and many people see it first: their mail program holds pictures back."""
    for article in it.articles():
        if article.image and article.image.src and not article.image.alt.strip():
            yield Hit(
                message=f"the picture of {article.title!r} has no alt text",
                remedy="Say in `image.alt` what it shows, for readers who do not see it.",
                place=_at_alt(article),
            )


@check(
    id="N302",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="alt text is a file name",
    source="WCAG 2.2 §1.1.1, failure F30",
    bad=Example(article={"image": replace(_SHOWN, alt="IMG_2041.jpg")}),
)
def useless_alt(it: Subject) -> Iterator[Hit]:
    """A file name read aloud says nothing of the picture."""
    for article in it.articles():
        if article.image and _FILE_NAME.fullmatch(article.image.alt.strip()):
            yield Hit(
                message=f"the alt text {article.image.alt!r} says nothing about the picture of {article.title!r}",
                remedy="Say what it shows.",
                place=_at_alt(article),
            )


@check(
    id="N303",
    family=Family.IMAGES,
    severity=Severity.ERROR,
    title="picture file missing",
    source="the mail would show a broken picture",
    bad=Example(
        about="the file images/lamp.jpg is not in the issue's folder", facts={"images": {"images/lamp.jpg": None}}
    ),
)
def missing_file(it: Subject) -> Iterator[Hit]:
    """A picture that is named but not there is a broken picture in every mail."""
    for src, facts in it.images.items():
        if facts is None:
            yield Hit(
                message=f"the picture {src} is not in the issue's folder",
                remedy=f"Put the file there, or mend the address: issues/{it.assembled.issue.slug}/{src}.",
                place=owner_place(it, src),
            )


@check(
    id="N304",
    family=Family.IMAGES,
    severity=Severity.ERROR,
    title="pictures without a site",
    source="mail clients load pictures over the web",
    bad=Example(newsletter={"site_url": ""}),
)
def unpublished(it: Subject) -> Iterator[Hit]:
    """Pictures do not travel in the mail: each reader's program loads them from the site."""
    if it.images and not it.newsletter.site_url:
        yield Hit(
            message="the issue has pictures of its own, but nowhere to load them from",
            remedy='Set `site_url = "https://…"` in newsletter.toml, and publish the issue\'s images/ folder there.',
        )


@check(
    id="N305",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="picture heavier than 300 KB",
    source="half a second at 5 Mbit/s, a slow mobile connection",
    bad=Example(about="images/lamp.jpg has 400 KB", facts={"images": {"images/lamp.jpg": ImageFacts(size=400 * 1024)}}),
    good=Example(about="it has 300 KB", facts={"images": {"images/lamp.jpg": ImageFacts(size=HEAVY)}}),
)
def heavy(it: Subject) -> Iterator[Hit]:
    """Readers on the road wait for heavy pictures, and pay for them."""
    for src, facts in it.images.items():
        if facts and facts.size > HEAVY:
            yield Hit(
                message=f"the picture {src} has {facts.size / 1024:,.0f} KB, and readers on the road wait for it",
                remedy=_LIGHTER,
                place=owner_place(it, src),
            )


@check(
    id="N306",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="pictures heavier than 1 MB together",
    source="under two seconds at 5 Mbit/s, a slow mobile connection",
    bad=Example(
        about="five pictures of 256 KB",
        facts={"images": {f"images/{name}.jpg": ImageFacts(size=256 * 1024) for name in "abcde"}},
    ),
    good=Example(
        about="four pictures of 256 KB",
        facts={"images": {f"images/{name}.jpg": ImageFacts(size=256 * 1024) for name in "abcd"}},
    ),
)
def heavy_together(it: Subject) -> Iterator[Hit]:
    """Ten light pictures can be one heavy mail."""
    total = sum(facts.size for facts in it.images.values() if facts)
    if total > HEAVY_TOGETHER:
        yield Hit(
            message=f"the pictures of the issue have {total / 1024 / 1024:,.1f} MB together",
            remedy=_LIGHTER,
            place=it.assembled.issue.place("sections"),
        )
