"""A record's picture: what it is, and another in its place: file and record together, or neither."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from newsletter.content.article import parse_article
from newsletter.content.fields import is_image_path
from newsletter.content.frontlists import add_key, replace_value
from newsletter.content.frontmatter import edit_front_matter
from newsletter.content.images import PreparedImage, image_size, prepare_image
from newsletter.content.text import one_line
from newsletter.errors import ContentError, NewsletterError
from newsletter.models import Article, Image, Place
from newsletter.project.articles import INBOX, Record, read_record
from newsletter.project.files import create_file, delete_file, inside, read_text, replace_text, shown, write_whole
from newsletter.project.folder import Project

MAX_SOURCE = 20 * 1024 * 1024
"""Bytes of a picture that is taken in."""

USUAL_WIDTH = 1200
"""Pixels of a picture twice as sharp as a mail 600 pixels wide, for templates that do not say how wide they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a record's picture is; `file` is empty for one on the web or none, and width, height, bytes are 0 then.

    `origin` is the address it was downloaded from, as far as that is known.
    """

    article: str
    src: str = ""
    file: str = ""
    width: int = 0
    height: int = 0
    bytes: int = 0
    alt: str = ""
    credit: str = ""
    origin: str = ""


def read_picture(path: Path) -> bytes:
    """Read a picture from anywhere on the disk; raises ContentError when it is no file or larger than 20 MiB."""
    place = Place(file=str(path))
    try:
        if path.exists() and not path.is_file():
            raise ContentError("this is no file", place=place, remedy="Name a picture: a JPEG, PNG, GIF or WebP.")
        size = path.stat().st_size
        if size > MAX_SOURCE:
            raise ContentError(
                f"the picture has {size / 1024 / 1024:.1f} MiB, and the limit is {MAX_SOURCE // 1024 // 1024}",
                place=place,
                remedy="Make it smaller in an image editor.",
            )
        return path.read_bytes()
    except FileNotFoundError as exc:
        raise ContentError("there is no such file", place=place, remedy="Check its name and folder.") from exc
    except OSError as exc:
        reason = (exc.strerror or str(exc)).lower()
        raise ContentError(f"the file cannot be read: {reason}", place=place, remedy="Check its rights.") from exc


def describe_picture(project: Project, name: str) -> Picture:
    """Say what the picture of a record is; raises ContentError when its file is missing or no picture."""
    record = project.find_record(name)
    article = read_record(project.root, record)
    image = article.image or Image(src="")
    known = Picture(article=article.file, src=image.src, alt=image.alt, credit=image.credit, origin=origin_of(article))
    if not is_image_path(image.src):
        return known
    path = inside(project.root, _home(project, record) / image.src)
    data = read_picture(path) if path.is_file() else None
    if data is None:
        raise ContentError(
            f"the picture {image.src} is not there",
            place=article.place("image"),
            remedy=f"Put it there, or give another: `newsletter article image {record.slug} FILE`.",
        )
    file = shown(project.root, path)
    try:
        width, height = image_size(data)
    except ContentError as exc:
        raise ContentError(exc.what, place=Place(file=file), remedy=exc.remedy) from exc
    return replace(known, file=file, width=width, height=height, bytes=len(data))


def origin_of(article: Article) -> str:
    """Return the address of a record's picture on the web: its own, or the one it was downloaded from."""
    if article.image and re.match(r"(?i)https?:", article.image.src):
        return article.image.src
    recorded = article.evidence.get("image", "")
    return recorded if re.fullmatch(r"(?i)https?://\S+", recorded) else ""


def describe_in_words(project: Project, name: str, *, alt: str | None = None, credit: str | None = None) -> Article:
    """Set the alt text or the credit of a record's picture and nothing else; None leaves it as it is."""
    record = project.find_record(name)
    before = read_text(project.root, record.path)
    text = _edited(project.root, record, before, _words(alt, credit), "")
    if text != before:
        replace_text(project.root, record.path, text)
    return read_record(project.root, record)


def set_picture(  # noqa: PLR0913 - each names one choice of the editor
    project: Project, name: str, data: bytes, *, origin: str = "", alt: str | None = None, credit: str | None = None
) -> PreparedImage:
    """Make a picture of the bytes and make it the record's; `origin` is the address they come from.

    It is written beside the record, `images/SLUG.jpg`; a file of that name that is not this record's own picture stays,
    and the new one gets a number. Either picture and record are changed or nothing is. Raises ContentError.
    """
    record = project.find_record(name)
    prepared = prepare_image(data, max_width=picture_width(project, record))
    article = read_record(project.root, record)
    home = _home(project, record)
    current = article.image.src if article.image and is_image_path(article.image.src) else ""
    if current and _nothing_to_gain(home / current, data, prepared):
        prepared = replace(prepared, data=data)
        src = current
    else:
        src = _free_name(project, record, prepared, current)
    before = read_text(project.root, record.path)
    text = _edited(project.root, record, before, {"src": src, **_words(alt, credit)}, origin)
    with _written(project.root, home / src, prepared.data):
        if text != before:
            replace_text(project.root, record.path, text)
    return prepared


def picture_width(project: Project, record: Record) -> int:
    """Return the pixels a picture may be wide: twice what the template shows, for sharp screens."""
    try:
        template = project.issue(record.issue).template if record.issue else ""
        width = project.template(template or project.settings.newsletter.template).parameters.get("width")
    except NewsletterError:
        # what is wrong there is said where the issue is built
        return USUAL_WIDTH
    match = re.fullmatch(r"\s*(\d{3,4})\s*(?:px)?\s*", str(width))
    return 2 * int(match[1]) if match else USUAL_WIDTH


def _home(project: Project, record: Record) -> Path:
    return project.root / "issues" / (record.issue or INBOX)


def _words(alt: str | None, credit: str | None) -> dict[str, str]:
    return {key: one_line(value) for key, value in {"alt": alt, "credit": credit}.items() if value is not None}


def _nothing_to_gain(path: Path, data: bytes, prepared: PreparedImage) -> bool:
    """Say whether the bytes are the current picture already, and encoding it again would only cost quality."""
    size = (prepared.width, prepared.height)
    same = size == (prepared.original_width, prepared.original_height) and path.suffix == prepared.suffix
    lighter = len(prepared.data) < 0.9 * len(data)
    return same and not prepared.notes and not lighter and path.is_file() and path.read_bytes() == data


def _free_name(project: Project, record: Record, prepared: PreparedImage, current: str) -> str:
    home = _home(project, record)
    number = 1
    while True:
        src = f"images/{record.slug}{f'-{number}' if number > 1 else ''}{prepared.suffix}"
        path = home / src
        inside(project.root, path)
        if not path.exists() or (path.is_file() and path.read_bytes() == prepared.data):
            return src
        if src == current and not _shared(home, record, src):
            return src
        number += 1


def _shared(home: Path, record: Record, src: str) -> bool:
    """Say whether another file beside the record names the picture too."""
    others = [path for path in (*home.glob("*.md"), *home.glob("articles/*.md")) if path != record.path]
    needle = src.encode()
    return any(needle in path.read_bytes() for path in others if path.is_file())


def _edited(root: Path, record: Record, text: str, image: Mapping[str, str], origin: str) -> str:
    """Return the record's text with keys of its picture changed, and the address of the original noted."""
    file = shown(root, record.path)
    article = parse_article(text, slug=record.slug, file=file)
    old = article.image or Image(src="")
    changed = {key: value for key, value in image.items() if value != getattr(old, key)}
    if changed:
        text = _with_image(text, article, changed, file)
    if origin and article.evidence.get("image") != origin:
        evidence = {**article.evidence, "image": origin}
        text = _with_keys(text, "evidence", set(article.evidence), {"image": origin}, evidence, file)
    parse_article(text, slug=record.slug, file=file)
    return text


def _with_image(text: str, article: Article, changed: Mapping[str, str], file: str) -> str:
    """Change keys of `image`; a picture of which only the address is there becomes a mapping."""
    old = article.image or Image(src="")
    whole = {"src": old.src, "alt": old.alt, "credit": old.credit, **changed}
    whole = {key: value for key, value in whole.items() if value}
    line = article.lines.get("image", 0)
    if line and article.lines.get("image.src") == line:
        # all of it stands on one line; a comment behind it stays when the new value does, too
        if re.search(r"\s#", text.split("\n")[line - 1]):
            return replace_value(text, ("image",), whole, file=file)
        return edit_front_matter(text, {"image": whole}, file=file)
    known = {key for key in ("src", "alt", "credit") if f"image.{key}" in article.lines}
    return _with_keys(text, "image", known, changed, whole, file)


def _with_keys(  # noqa: PLR0913, PLR0917 - what is there, what is new, and what both are together
    text: str, key: str, known: set[str], changed: Mapping[str, str], whole: Mapping[str, str], file: str
) -> str:
    """Change keys of a mapping one by one, so that comments stay; what is written oddly is written anew as a whole."""
    edited = text
    try:
        for inner, value in changed.items() if known else ():
            if inner in known:
                edited = replace_value(edited, (key, inner), value, file=file)
            else:
                edited = add_key(edited, (key,), inner, value, file=file)
    except ContentError:
        return edit_front_matter(text, {key: whole or None}, file=file)
    return edited if known else edit_front_matter(text, {key: whole or None}, file=file)


@contextmanager
def _written(root: Path, path: Path, data: bytes) -> Iterator[None]:
    """Have a picture on the disk, and take it back when what follows fails."""
    before = path.read_bytes() if path.is_file() else None
    if before == data:
        yield
        return
    is_new_folder = not path.parent.exists()
    try:
        if before is None:
            create_file(root, path, data)
        else:
            write_whole(path.parent, {path.name: data})
        yield
    except BaseException:
        if before is not None:
            write_whole(path.parent, {path.name: before})
        elif path.is_file():
            delete_file(root, path)
        if is_new_folder:
            with suppress(OSError):
                path.parent.rmdir()
        raise
