"""Slugs: the names of articles, issues and their files."""

import hashlib
import re
import unicodedata

from newsletter.errors import ContentError

MAX_LENGTH = 81
_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")

# Letters that NFKD does not take apart, as people of their languages write them without accents.
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
        "\u2019": "",
        "'": "",
    }
)


def slugify(title: str) -> str:
    """Make a slug of a title, at most 81 characters, cut between words; the same title gives the same slug.

    A title in another script than Latin gives `article-` and eight hexadecimal digits of its SHA-256.
    """
    folded = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS))
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not re.search(r"[a-z]", slug) and (not slug or any(character.isalpha() for character in plain)):
        return f"article-{hashlib.sha256(title.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    if len(slug) > MAX_LENGTH:
        slug = slug[: MAX_LENGTH + 1].rpartition("-")[0] or slug[:MAX_LENGTH]
    return slug.strip("-")


def check_slug(text: str, what: str) -> str:
    """Return `text` if it is a slug; `what` names it in the message.

    Raises ContentError otherwise: slugs become file names, so nothing else may pass.
    """
    if _PATTERN.fullmatch(text):
        return text
    example = slugify(text)
    raise ContentError(
        f"{what} {text[:100]!r} is no name of the form a-z, 0-9 and hyphens",
        remedy=f"Write it like {example}." if len(text) <= MAX_LENGTH else f"Use at most {MAX_LENGTH} characters.",
    )
