"""What every reader of sources hands back."""

from dataclasses import dataclass

from newsletter.models import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A record made from a source, and what a person should know about how it was read."""

    article: Article
    notes: tuple[str, ...] = ()
