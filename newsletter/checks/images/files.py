"""Picture files: that they are there, can be loaded, and are neither heavy nor coarse."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.facts import ImageFacts
from newsletter.checks.markup import is_hidden
from newsletter.models import Place, Severity

HEAVY = 300 * 1024
HEAVY_TOGETHER = 1024 * 1024
_NEARLY = 0.95
_TALLEST = 1728
_DARK = 0.25
_LIGHTER = "`newsletter article image ARTICLE FILE` brings a picture to the size that a mail shows."


def owner_place(it: Subject, src: str) -> Place:
    """Where the record of a local picture names it; the issue's sections when none does."""
    owner = next((article for article in it.articles() if article.image and article.image.src == src), None)
    return owner.place("image") if owner else it.assembled.issue.place("sections")


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


@check(
    id="N309",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="picture without a width",
    source="https://www.caniemail.com/features/html-width/",
    bad=Example(article={"body": "![A lamp at dusk](https://courier.example.com/dusk.jpg)"}),
    good=Example(article={"body": '<img src="https://courier.example.com/dusk.jpg" alt="A lamp at dusk" width="540">'}),
)
def no_width(it: Subject) -> Iterator[Hit]:
    """Outlook 2016 to 2019 heeds the attribute only: without it a photograph is shown 4,000 pixels wide."""
    for img in pictures(it):
        if not re.fullmatch(r"[1-9][0-9]{0,3}", img.get("width") or "") and not is_hidden(img):
            src = img.get("src") or ""
            yield Hit(
                message=f"the picture {src[:120]} has no width, so that Outlook shows it as large as its file",
                remedy='Write it as <img src="…" alt="…" width="540">, with the width in the mail.',
                place=it.place_of(src),
            )


@check(
    id="N310",
    family=Family.IMAGES,
    severity=Severity.INFO,
    title="picture too coarse for sharp screens",
    source="twice the width shown: telephones have two and more pixels to a CSS pixel",
    bad=Example(
        about="images/lamp.jpg is 600 pixels wide",
        facts={"images": {"images/lamp.jpg": ImageFacts(size=60_000, width=600, height=400, format="JPEG")}},
    ),
)
def coarse(it: Subject) -> Iterator[Hit]:
    """A picture that is as wide as its place looks blurred on a telephone."""
    for src, facts, shown in _shown(it):
        if facts.width < shown * 2 * _NEARLY:
            how = "is enlarged and looks" if facts.width < shown else "looks"
            yield Hit(
                message=f"the picture {src} is {facts.width} pixels wide, shown {shown} wide, "
                f"and {how} blurred on sharp screens",
                remedy=f"Use a file that is {shown * 2} pixels wide, if there is one.",
                place=owner_place(it, src),
            )


@check(
    id="N311",
    family=Family.IMAGES,
    severity=Severity.ERROR,
    title="picture that cannot be read",
    source="the mail would show a broken picture",
    bad=Example(about="images/lamp.jpg holds no picture", facts={"images": {"images/lamp.jpg": ImageFacts(size=900)}}),
)
def unreadable(it: Subject) -> Iterator[Hit]:
    """A saved error page or half a download has the name of a picture and shows none."""
    for src, facts in it.images.items():
        if facts and not facts.format:
            yield Hit(
                message=f"the file {src} is no picture that can be read",
                remedy="Save the picture again; `newsletter article image ARTICLE FILE` takes it in.",
                place=owner_place(it, src),
            )


@check(
    id="N313",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="picture taller than Outlook shows",
    source="Outlook for Windows draws with Word, which shows 1,728 pixels of a picture",
    bad=Example(
        about="images/lamp.jpg is 1,200 by 6,000 pixels",
        facts={"images": {"images/lamp.jpg": ImageFacts(size=60_000, width=1200, height=6000, format="JPEG")}},
    ),
)
def too_tall(it: Subject) -> Iterator[Hit]:
    """Outlook 2016 to 2019 cuts such a picture off or squeezes it."""
    for src, facts, shown in _shown(it):
        height = facts.height * shown / facts.width if facts.width else 0
        if height > _TALLEST:
            yield Hit(
                message=f"the picture {src} is shown {height:,.0f} pixels high, and Outlook cuts at {_TALLEST:,}",
                remedy="Cut it into two pictures, or show a part.",
                place=owner_place(it, src),
            )


@check(
    id="N314",
    family=Family.IMAGES,
    severity=Severity.INFO,
    title="moving picture",
    source="https://www.caniemail.com/features/image-gif/",
    bad=Example(
        about="images/lamp.jpg is a GIF of 12 frames",
        facts={"images": {"images/lamp.jpg": ImageFacts(size=60_000, width=1200, height=800, format="GIF", frames=12)}},
    ),
)
def moving(it: Subject) -> Iterator[Hit]:
    """Outlook 2016 to 2019 shows the first frame only, so the message has to be in that one."""
    for src, facts in it.images.items():
        if facts and facts.frames > 1:
            yield Hit(
                message=f"the picture {src} moves, and some mail programs show only the first of {facts.frames} frames",
                remedy="See to it that the first frame says what matters.",
                place=owner_place(it, src),
            )


@check(
    id="N315",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="dark picture on a transparent ground",
    source="dark mode changes the ground behind a picture, and not the picture",
    bad=Example(
        about="images/lamp.jpg is a transparent PNG with dark lines",
        facts={
            "images": {"images/lamp.jpg": ImageFacts(size=9_000, width=1200, height=800, format="PNG", luminance=0.1)}
        },
    ),
)
def vanishing(it: Subject) -> Iterator[Hit]:
    """In dark mode the ground behind it turns dark too, and the picture is gone."""
    for src, facts in it.images.items():
        if facts and facts.luminance is not None and facts.luminance < _DARK:
            yield Hit(
                message=f"the picture {src} is dark and transparent, so that dark mode swallows it",
                remedy="Give it a light ground or a light outline.",
                place=owner_place(it, src),
            )


def pictures(it: Subject) -> Iterator[HtmlElement]:
    """Yield the pictures of the mail that readers see, in order; not those one pixel wide, which show nothing."""
    for img in it.tree.iter("img"):
        if img.get("src") and img.get("width") not in {"0", "1"}:
            yield img


def _shown(it: Subject) -> Iterator[tuple[str, ImageFacts, int]]:
    """Yield the issue's own pictures that can be read, with the width at which the mail shows each."""
    for src, facts in it.images.items():
        widths = [img.get("width") or "" for img in pictures(it) if (img.get("src") or "").endswith(src)]
        widest = max((int(width) for width in widths if width.isdigit()), default=0)
        if facts and facts.width and widest:
            yield src, facts, widest
