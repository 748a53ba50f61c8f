"""Article records: one Markdown file with YAML front matter <-> Article."""

from typing import Any

from newsletter.content import yamltree
from newsletter.content.fields import Fields, check_image_source
from newsletter.content.frontmatter import parse_front_matter
from newsletter.content.slug import check_slug
from newsletter.content.yamlwrite import entry
from newsletter.models import Article, Image, Place

KEYS = (
    "title",
    "url",
    "summary",
    "author",
    "author_bio",
    "source",
    "via",
    "image",
    "published",
    "tags",
    "extra",
)
IMAGE_KEYS = ("src", "alt", "credit")


def parse_article(text: str, *, slug: str, file: str) -> Article:
    """Read a record; `file` is its name for messages and for the Article.

    `lines` of the result has the line of every key, `image.src` and the like, and of `body`. Raises ContentError.
    """
    check_slug(slug, "the article's name")
    front = parse_front_matter(text, file=file)
    start = Place(file=file, line=front.first_line)
    fields = Fields(front.tree, KEYS, of="an article", start=start)
    image, image_lines = _image(fields, start)
    return Article(
        slug=slug,
        title=fields.required("title", "the article"),
        url=fields.url("url"),
        summary=fields.lines_of_text("summary"),
        body=front.body,
        author=fields.text("author"),
        author_bio=fields.lines_of_text("author_bio"),
        source=fields.text("source"),
        via=fields.text("via"),
        image=image,
        published=fields.date("published"),
        tags=fields.words("tags"),
        extra=fields.free("extra"),
        file=file,
        lines={**fields.lines, **image_lines, "body": front.body_line},
    )


def format_article(article: Article) -> str:
    """Write a record as a person would: only filled fields, in a fixed order, long text in blocks."""
    values: dict[str, Any] = {key: getattr(article, key) for key in KEYS if getattr(article, key)}
    if article.image is not None:
        filled = {key: getattr(article.image, key) for key in IMAGE_KEYS if getattr(article.image, key)}
        values["image"] = article.image.src if list(filled) == ["src"] else filled
    front = [line for key, value in values.items() for line in entry(key, value)]
    body = f"\n{article.body}\n" if article.body else ""
    return "\n".join(["---", *front, "---", body])


def _image(fields: Fields, start: Place) -> tuple[Image | None, dict[str, int]]:
    node = fields.node("image")
    if node is None:
        return None, {}
    if not isinstance(node, yamltree.Mapping):
        src = fields.text("image")
        check_image_source(src, "image", fields.place("image"))
        return Image(src=src), {"image.src": fields.lines["image"]}
    inner = Fields(node, IMAGE_KEYS, of="an image", start=start, prefix="image.")
    src = inner.text("src")
    if src:
        check_image_source(src, "image.src", inner.place("src"))
    elif not any(inner.text(key) for key in IMAGE_KEYS):
        return None, inner.lines
    return Image(src=src, alt=inner.text("alt"), credit=inner.text("credit")), inner.lines
