"""A record that comes in: new, or a page that is in the inbox already and only fills what is empty there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from newsletter.content.canonical import canonical_url
from newsletter.errors import ConflictError
from newsletter.models import Article
from newsletter.project.folder import Project

Fill = Callable[[Article, Article], Mapping[str, Any]]
"""What of the second record fills empty fields of the first, by field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of a record: `kind` is added, updated, unchanged or duplicate, `file` the one it is about.

    `article` is the record as it stands in the inbox when it was added, `fields` what was filled.
    """

    kind: str
    file: str
    article: Article | None = None
    fields: tuple[str, ...] = ()


def receive(project: Project, article: Article, *, fill: Fill) -> Received:
    """Put a record into the inbox; one that is there already is filled or left. Raises ContentError."""
    try:
        added = project.add_article(article)
    except ConflictError as error:
        if error.place is None:
            raise
        return fill_in(project, article, error.place.file, fill=fill)
    return Received(kind="added", file=added.file, article=added)


def fill_in(project: Project, article: Article, file: str, *, fill: Fill, write: bool = True) -> Received:
    """Fill the empty fields of the inbox's record of the same page; a record of an issue is never changed."""
    if not file.startswith("issues/inbox/"):
        return Received(kind="duplicate", file=file)
    existing = project.find_article(f"inbox/{PurePosixPath(file).stem}")
    if not article.url or canonical_url(existing.url) != canonical_url(article.url):
        return Received(kind="duplicate", file=file)
    changes = fill(existing, article)
    if not changes:
        return Received(kind="unchanged", file=file)
    if write:
        project.update_article(f"inbox/{existing.slug}", changes)
    return Received(kind="updated", file=file, fields=tuple(key for key in changes if key != "evidence"))
