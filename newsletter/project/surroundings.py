"""What checks are told of a project around one issue: its pictures, the other issues, where its articles were used."""

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageStat, UnidentifiedImageError

from newsletter.checks.facts import ImageFacts, PastIssue
from newsletter.content.fields import is_image_path
from newsletter.errors import ContentError
from newsletter.models import AssembledIssue
from newsletter.project.folder import Project

_MANY_PIXELS = 40_000_000


def image_facts(project: Project, assembled: AssembledIssue) -> dict[str, ImageFacts | None]:
    """Look at every picture file the articles name; None for one that is not there."""
    found: dict[str, ImageFacts | None] = {}
    for article in assembled.articles.values():
        if article.image and is_image_path(article.image.src):
            try:
                path = project.image_file(assembled.issue.slug, article.image.src)
                state = path.stat()
            except (ContentError, OSError):
                found[article.image.src] = None
            else:
                found[article.image.src] = _look(path, state.st_size, state.st_mtime_ns)
    return found


def past_issues(project: Project, assembled: AssembledIssue) -> tuple[PastIssue, ...]:
    """Return every other issue that can be read."""
    issues, _ = project.read_issues()
    return tuple(
        PastIssue(slug=issue.slug, subject=issue.subject, file=issue.file, number=issue.number, date=issue.date)
        for issue in issues
        if issue.slug != assembled.issue.slug
    )


def used_elsewhere(project: Project, assembled: AssembledIssue) -> dict[str, str]:
    """Say of each article that another issue has too where, and why it is held for the same."""
    catalogue, here = project.catalogue(), assembled.issue.slug
    used: dict[str, str] = {}
    for slug, article in assembled.articles.items():
        elsewhere = [match for match in catalogue.similar(article) if match.entry.issue not in {"", here}]
        if elsewhere:
            used[slug] = f"{elsewhere[0].entry.file} ({elsewhere[0].reason})"
    return used


@lru_cache(maxsize=512)
def _look(path: Path, size: int, _stamp: int) -> ImageFacts:
    """Read a picture's header, and its pixels only when it is transparent; a file that is none has no format."""
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            return ImageFacts(
                size=size,
                width=width,
                height=height,
                format=picture.format or "",
                frames=getattr(picture, "n_frames", 1),
                luminance=_luminance(picture) if width * height <= _MANY_PIXELS else None,
            )
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ImageFacts(size=size)


def _luminance(picture: Image.Image) -> float | None:
    """Return the mean brightness of the pixels that show; None when nothing of the picture is transparent."""
    if not picture.has_transparency_data:
        return None
    shown = picture.convert("LA")
    alpha = shown.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return None
    statistics = ImageStat.Stat(shown.getchannel("L"), mask=alpha.point(lambda value: 255 if value > 127 else 0))
    return statistics.mean[0] / 255 if statistics.count[0] else None
