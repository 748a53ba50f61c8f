"""Alt texts: what readers get who do not see the picture."""

import re
from collections.abc import Iterator
from dataclasses import replace

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.images.files import pictures
from newsletter.checks.markup import is_hidden
from newsletter.models import Article, Image, Place, Severity

_FILE_NAME = re.compile(
    r"[\w-]+\.(?:jpe?g|png|gif|webp|svg)"
    r"|(?:image|img|dsc|photo|picture|pic|graphic|logo\d+|bild|foto|abbildung|imagen|untitled)[\s_-]*\d*",
    re.IGNORECASE,
)
_PHOTO_OF = re.compile(
    r"(?:an? )?(?:image|photo|photograph|picture|graphic|screenshot) (?:of|shows|showing)\b"
    r"|(?:ein )?(?:bild|foto) von\b|(?:une )?(?:photo|image) d[eu']|(?:una )?(?:foto|imagen) de\b",
    re.IGNORECASE,
)
_LONG = 150
_SHOWN = Image(src="images/lamp.jpg", alt="A lighthouse with red bands at dawn", credit="Jo Ek")


def _at_alt(article: Article) -> Place:
    return article.place("image.alt" if "image.alt" in article.lines else "image")


def _alts(it: Subject) -> Iterator[tuple[str, Place | None]]:
    """Yield every alt text that says something, once, with where it was written."""
    own = {article.image.alt.strip(): _at_alt(article) for article in it.articles() if article.image}
    written = (" ".join((img.get("alt") or "").split()) for img in pictures(it))
    for alt in dict.fromkeys([*own, *written]):
        if alt:
            yield alt, own.get(alt) or it.place_of(alt)


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
    for img in pictures(it):
        if img.get("alt") is None and not is_hidden(img):
            src = img.get("src") or ""
            yield Hit(
                message=f"the picture {src[:120]} has no alt text",
                remedy='Say what it shows, in alt="…"; a mere decoration gets alt="".',
                place=it.place_of(src),
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
    for alt, place in _alts(it):
        if _FILE_NAME.fullmatch(alt):
            yield Hit(
                message=f"the alt text {alt!r} says nothing about its picture", remedy="Say what it shows.", place=place
            )


@check(
    id="N307",
    family=Family.IMAGES,
    severity=Severity.INFO,
    title="alt text too long to listen to",
    source="limit of this tool: 150 characters, about ten seconds of speech",
    bad=Example(article={"image": replace(_SHOWN, alt="A lighthouse with red bands at dawn, " * 5)}),
)
def long_alt(it: Subject) -> Iterator[Hit]:
    """A screen reader reads it in one go, without a way to pause; a long text belongs below the picture."""
    for alt, place in _alts(it):
        if len(alt) > _LONG:
            yield Hit(
                message=f"an alt text has {len(alt)} characters: {alt[:40]!r}…",
                remedy=f"Say in {_LONG} characters what it shows, and the rest in the text.",
                place=place,
            )


@check(
    id="N308",
    family=Family.IMAGES,
    severity=Severity.INFO,
    title="alt text says that it is a picture",
    source="W3C WAI, images tutorial: tips and tricks",
    bad=Example(article={"image": replace(_SHOWN, alt="Photo of a lighthouse with red bands")}),
)
def begins_with_photo(it: Subject) -> Iterator[Hit]:
    """Screen readers say "graphic" by themselves."""
    for alt, place in _alts(it):
        if _PHOTO_OF.match(alt):
            yield Hit(
                message=f"an alt text says that the picture is a picture: {alt[:60]!r}",
                remedy="Begin with what it shows.",
                place=place,
            )


@check(
    id="N312",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="picture in a text that says nothing",
    source="WCAG 2.2 §1.1.1",
    bad=Example(article={"body": '<img src="https://courier.example.com/dusk.jpg" alt="" width="540">'}),
    good=Example(article={"body": '<img src="https://courier.example.com/dusk.jpg" alt="A lamp at dusk" width="540">'}),
)
def silent_picture(it: Subject) -> Iterator[Hit]:
    """`![](…)` is how a picture comes out of an export; pictures in an article are seldom mere decoration."""
    for img in pictures(it):
        src = img.get("src") or ""
        if img.get("alt") == "" and any(src in article.body for article in it.articles()):
            yield Hit(
                message=f"the picture {src[:120]} in a text has no alt text",
                remedy="Say between the brackets of ![…] what it shows.",
                place=it.place_of(src),
            )
