"""Article records: one Markdown file with YAML front matter <-> Article, and the edits that commands make in it."""

import re
from collections.abc import Mapping
from typing import Any

from newsletter.content import yamltree
from newsletter.content.fields import Fields, check_image_source
from newsletter.content.frontmatter import edit_front_matter, parse_front_matter
from newsletter.content.slug import check_slug
from newsletter.content.text import normal_lines
from newsletter.content.yamlwrite import entry
from newsletter.models import Article, ArticleStatus, Image, Place

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
    "status",
    "embargo",
    "expires",
    "collected",
    "evidence",
    "ignore",
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
        status=ArticleStatus(fields.choice("status", tuple(ArticleStatus)) or ArticleStatus.INBOX),
        embargo=fields.date("embargo"),
        expires=fields.date("expires"),
        collected=fields.date("collected"),
        evidence=fields.texts("evidence"),
        ignore=fields.words("ignore"),
        extra=fields.free("extra"),
        file=file,
        lines={**fields.lines, **image_lines, "body": front.body_line},
    )


def format_article(article: Article) -> str:
    """Write a record as a person would: only filled fields, in a fixed order, long text in blocks."""
    values: dict[str, Any] = {key: _plain(getattr(article, key)) for key in KEYS if getattr(article, key)}
    if article.status is ArticleStatus.INBOX:
        del values["status"]
    front = [line for key, value in values.items() for line in entry(key, value)]
    body = f"\n{article.body}\n" if article.body else ""
    return "\n".join(["---", *front, "---", body])


def edit_article(text: str, changes: Mapping[str, Any], *, slug: str, file: str) -> str:
    """Set fields of a record and leave every other line as it is, comments, order and line ends included.

    The keys are those of the front matter and `body`; None or an empty value removes a field. Raises ContentError when
    the result would be no readable record.
    """
    front = {key: _plain(value) or None for key, value in changes.items() if key != "body"}
    if front.get("status") == ArticleStatus.INBOX:
        front["status"] = None
    before = parse_front_matter(text, file=file).tree.values
    # what is not there cannot be removed, and must not be asked of a file that a command cannot edit
    front = {key: value for key, value in front.items() if value is not None or key in before}
    text = edit_front_matter(text, front, file=file)
    if "body" in changes:
        text = with_body(text, changes["body"] or "")
    parse_article(text, slug=slug, file=file)
    return text


def with_body(text: str, body: str) -> str:
    """Put another body below the front matter of a file that is known to have one, of a record or an issue."""
    lines = re.split(r"(?<=\n)", text)
    fences = [number for number, line in enumerate(lines) if line.removeprefix("\ufeff").rstrip() == "---"]
    eol = "\r\n" if lines[fences[0]].endswith("\r\n") else "\n"
    head = "".join(lines[: fences[1] + 1]).rstrip("\r\n")
    body = normal_lines(body).strip("\n")
    tail = ["", *body.split("\n")] if body else []
    return eol.join([head, *tail, ""])


def _plain(value: Any) -> Any:
    """Return a field's value as the YAML writer takes it."""
    if not isinstance(value, Image):
        return value
    filled = {key: getattr(value, key) for key in IMAGE_KEYS if getattr(value, key)}
    return value.src if list(filled) == ["src"] else filled


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
