"""A tokenizer for MJML with Jinja in it: tags, attributes and lines, nothing more.

The MJML engine reports its first error only, mostly without a line, and lets unknown tags pass. What it would refuse or
drop is found here instead, in the file the author wrote.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

FILLER = "\x01"
"""Stands for each character of a Jinja construct: neither a quote nor a bracket, and no value anybody writes."""

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
"""HTML elements without an end tag (HTML Living Standard, void elements)."""

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|\[#.*?#\]|\[%.*?%\]|\[\[.*?\]\]", re.DOTALL)
_TOKEN = re.compile(
    r"(?P<comment><!--.*?-->)|(?P<foreign><!\[CDATA\[.*?\]\]>|<!doctype[^>]*>|<\?.*?\?>)"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>|<",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    rf"(?P<name>[^\s=\"'/{FILLER}]+)(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"']+)))?"
)


class TagKind(StrEnum):
    """What a tag does."""

    OPEN = "open"  # <x>
    CLOSE = "close"  # </x>
    EMPTY = "empty"  # <x />, or an HTML void element
    BROKEN = "broken"  # a `<` that begins a tag and never ends it, or begins none
    CONDITIONAL = "conditional"  # <!--[if mso]>…<![endif]-->
    COMMENT = "comment"  # any other comment
    FOREIGN = "foreign"  # CDATA, a doctype, an XML declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute as written; `value` is None for a bare name, `quoted` says whether quotes stood around it."""

    name: str
    value: str | None
    quoted: bool
    line: int

    @property
    def dynamic(self) -> bool:
        """Whether Jinja fills in the value, or a part of it."""
        return self.value is not None and FILLER in self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag with the text of its attributes and the line it begins on; `before` is the text in front of it."""

    kind: TagKind
    name: str
    line: int
    raw: str = ""
    before: str = ""

    def attributes(self) -> Iterator[Attribute]:
        """Yield the attributes in order."""
        for match in _ATTRIBUTE.finditer(self.raw.rstrip().removesuffix("/")):
            value = next((match[group] for group in ("double", "single", "bare") if match[group] is not None), None)
            yield Attribute(
                name=match["name"],
                value=value,
                quoted=match["bare"] is None,
                line=self.line + self.raw.count("\n", 0, match.start()),
            )


def hide_jinja(text: str) -> str:
    """Blank out Jinja constructs and slots, keeping every offset and every line."""
    return _JINJA.sub(lambda match: re.sub(r"[^\n]", FILLER, match[0]), text)


def tags(text: str) -> Iterator[Tag]:
    """Yield the tags and comments of a text in order; what stands inside a comment is passed over."""
    hidden = hide_jinja(text)
    line, position, end = 1, 0, 0
    for match in _TOKEN.finditer(hidden):
        line += hidden.count("\n", position, match.start())
        position = match.start()
        before, end = hidden[end : match.start()], match.end()
        kind = _kind(match)
        if match["name"] is None:
            excerpt = hidden[match.start() :].split("\n", 1)[0]
            yield Tag(kind=kind, name=excerpt[:40], line=line, raw=match[0], before=before)
        else:
            yield Tag(kind=kind, name=match["name"], line=line, raw=match["attributes"], before=before)


def tag_starts(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offset and the line of every tag of a text."""
    hidden = hide_jinja(text)
    for match in _TOKEN.finditer(hidden):
        if match["name"] is not None:
            yield match.start(), hidden.count("\n", 0, match.start()) + 1


def _kind(match: re.Match[str]) -> TagKind:
    if match["comment"] is not None:
        return TagKind.CONDITIONAL if match[0].startswith(("<!--[if", "<!--<![")) else TagKind.COMMENT
    if match["foreign"] is not None:
        return TagKind.FOREIGN
    if match["name"] is None:
        return TagKind.BROKEN
    if match["close"]:
        return TagKind.CLOSE
    return (
        TagKind.EMPTY if match["attributes"].rstrip().endswith("/") or match["name"].lower() in VOID else TagKind.OPEN
    )
