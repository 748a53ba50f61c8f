"""What the page shows: the picture of an issue that compiled, or the failure of one that did not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from newsletter.checks.size import CLIPPED, NEAR
from newsletter.config import FILE_NAME, load_settings
from newsletter.errors import ContentError, NewsletterError
from newsletter.message.build import MessageTemplate, message_sizes
from newsletter.models import Reader
from newsletter.project import Project
from newsletter.project.files import shown
from newsletter.project.preparation import PreparedIssue, facts_of, prepare_issue
from newsletter.render.context import UNPUBLISHED_SITE
from newsletter.render.slots import parse_slots, reader_context
from newsletter.studio.variants import Scheme, has_dark_rules, in_scheme, links_outside, local_images

AROUND = 3
"""Lines of a file shown before and behind the one an error names."""
MAX_EXCERPT_BYTES = 4 * 1024 * 1024
MAX_LINE = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A compiled issue for the page: `facts` as JSON values, the texts of the mail, and its HTML for the frame.

    `prepared` is what it was made from; two pictures that look the same are the same.
    """

    facts: Mapping[str, Any]
    html: str
    text: str
    message: str
    frames: Mapping[Scheme, str]
    prepared: PreparedIssue = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcerptLine:
    """A line of a file; `marked` is the one that an error names."""

    number: int
    text: str
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an issue does not compile: what, where, what to do, and the lines around the place."""

    what: str
    place: str
    remedy: str
    excerpt: tuple[ExcerptLine, ...]


Prepare = Callable[[Project, str], PreparedIssue]
"""What is shown: an issue of the project, or one that is made up to look at a template."""


def take_picture(root: Path, environ: Mapping[str, str], slug: str, prepare: Prepare = prepare_issue) -> Picture:
    """Compile an issue from the files as they are now, settings included; raises NewsletterError."""
    project = Project(root, load_settings(root / FILE_NAME, environ))
    return picture_of(project, slug, prepare(project, slug))


def seen_by(project: Project, slug: str, picture: Picture, reader: Reader) -> Picture:
    """Return the picture of the same compiled issue as another reader gets it; raises NewsletterError."""
    mail = MessageTemplate(picture.prepared.compiled, picture.prepared.newsletter)
    content, message = mail.content(reader), mail.build(reader)
    sizes = message_sizes(content, message)
    prepared = replace(picture.prepared, reader=reader, content=content, message=message, sizes=sizes)
    return picture_of(project, slug, prepared)


def picture_of(project: Project, slug: str, prepared: PreparedIssue) -> Picture:
    """Return what the page shows of a compiled issue; `slug` is its name there."""
    html = prepared.content.html
    base = f"{prepared.newsletter.site_url or UNPUBLISHED_SITE}/{prepared.compiled.slug}"
    local = links_outside(local_images(html, base, f"/issues/{slug}", lambda src: _version(project, slug, src)))
    return Picture(
        facts=_facts(prepared),
        html=html,
        text=prepared.content.text,
        message=prepared.message.decode("ascii").replace("\r\n", "\n"),
        frames={scheme: in_scheme(local, scheme) for scheme in Scheme},
        prepared=prepared,
    )


def describe(root: Path, error: NewsletterError) -> Failure:
    """Turn an error into what the page shows of it."""
    place = error.place
    if place is None:
        return Failure(what=error.what, place="", remedy=error.remedy, excerpt=())
    path = root / place.file
    where = str(place).replace(place.file, shown(root, path), 1)
    return Failure(what=error.what, place=where, remedy=error.remedy, excerpt=_excerpt(root, path, place.line))


def _excerpt(root: Path, path: Path, line: int | None) -> tuple[ExcerptLine, ...]:
    """Return the lines around one; none for a file that is outside the project, gone, huge or not text."""
    if line is None or not path.resolve().is_relative_to(root):
        return ()
    try:
        if not path.is_file() or path.stat().st_size > MAX_EXCERPT_BYTES:
            return ()
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ()
    first, last = max(1, line - AROUND), min(len(lines), line + AROUND)
    return tuple(
        ExcerptLine(number=number, text=lines[number - 1].rstrip("\r")[:MAX_LINE], marked=number == line)
        for number in range(first, last + 1)
    )


def _version(project: Project, slug: str, src: str) -> str:
    try:
        state = project.image_file(slug, src).stat()
    except (ContentError, OSError):
        return "missing"
    return f"{state.st_mtime_ns:x}-{state.st_size:x}"


def _facts(prepared: PreparedIssue) -> Mapping[str, Any]:
    sender = prepared.newsletter.sender
    preheader = parse_slots(prepared.compiled.preheader, html=False, part="preheader")
    headers = BytesHeaderParser().parsebytes(prepared.message.partition(b"\r\n\r\n")[0])
    return {
        **facts_of(prepared),
        "preheader": preheader.render(reader_context(prepared.reader)).strip(),
        "sender": {"name": sender.name, "email": sender.email},
        "clipped_at": CLIPPED,
        "near": NEAR,
        "dark_rules": has_dark_rules(prepared.content.html),
        "headers": [[name, _readable(value)] for name, value in headers.items()],
    }


def _readable(value: str) -> str:
    """Return a header's value unfolded (RFC 5322 §2.2.3) and decoded (RFC 2047)."""
    return str(make_header(decode_header(value.replace("\r", "").replace("\n", ""))))
