"""A record that comes in again: what of it is new, without touching what a person wrote."""

from dataclasses import replace
from typing import Any

from newsletter.models import Article, Image

FIELDS = ("url", "summary", "body", "author", "author_bio", "source", "via", "published", "tags")


def merge_missing(existing: Article, new: Article) -> dict[str, Any]:
    """Return the changes of front matter (and `body`) that fill the empty fields of `existing` from `new`.

    A filled field is kept whatever `new` says, because a person may have edited it. Empty when nothing is new.
    """
    changes: dict[str, Any] = {
        name: getattr(new, name) for name in FIELDS if getattr(new, name) and not getattr(existing, name)
    }
    image = _image(existing.image, new.image)
    if image != existing.image:
        changes["image"] = image
    evidence = {name: origin for name, origin in new.evidence.items() if name in changes}
    if evidence:
        changes["evidence"] = {**existing.evidence, **evidence}
    return changes


def _image(existing: Image | None, new: Image | None) -> Image | None:
    """Fill in a picture; alternative text and credit only for the same one, or where no picture was named."""
    if existing is None or new is None:
        return existing or new
    if existing.src and existing.src != new.src:
        return existing
    return replace(
        existing,
        src=existing.src or new.src,
        alt=existing.alt or new.alt,
        credit=existing.credit or new.credit,
    )
