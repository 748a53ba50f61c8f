"""Islands: opaque words that travel through MJML and the inliner in place of content, and are swapped back afterwards.

MJML sees structure only. Its engine writes attribute values in Rust's debug format, refuses ordinary article HTML and
dies on deep nesting; none of that can happen to a word of ASCII letters and digits. A word is a prefix that occurs in
none of the inputs, a kind, five digits and a closing letter, so that no word is part of another.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from newsletter.models import Place
from newsletter.render.slots import SlotSpan, check_slot, find_slots, mask


def choose_prefix(template: Iterable[str], content: Iterable[str]) -> str:
    """Return a prefix for islands that stands in none of the texts; the same inputs give the same prefix.

    It depends on the template alone unless some text contains it, so that a compiled template can be kept; content
    that knows the template and guesses the word only makes the next one be chosen.
    """
    parts = [*template]
    everything = "\0".join([*parts, *content]).lower()
    seed = hashlib.sha256("\0".join(parts).encode())
    while True:
        prefix = "nl" + seed.hexdigest()[:8]
        if prefix not in everything:
            return prefix
        seed.update(b"again")


@dataclass(slots=True, kw_only=True)
class Islands:
    """The words given out in one compilation, of one kind, and what each stands for."""

    prefix: str
    kind: str
    values: dict[str, str] = field(default_factory=dict)

    def add(self, value: str) -> str:
        """Return the word for a value."""
        word = f"{self.prefix}{self.kind}{len(self.values):05d}z"
        self.values[word] = value
        return word


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedSlots:
    """Texts in which every slot became a word, and the slots by word with the places they were written at."""

    texts: Mapping[str, str]
    spans: Mapping[str, tuple[SlotSpan, Place]]


def protect_slots(
    texts: Mapping[str, str], *, places: Mapping[str, Place], prefix: str, kind: str, mjml: bool
) -> ProtectedSlots:
    """Replace the slots of several texts by words; `places` says where each text begins.

    In MJML a statement between two elements becomes a comment around its word, which is kept at every level; Markdown
    and headers know words only. Raises SlotError for a slot that cannot be read, with its file and line.
    """
    islands = Islands(prefix=prefix, kind=kind)
    spans: dict[str, tuple[SlotSpan, Place]] = {}
    protected = {}
    for name, text in texts.items():
        out, position = "", 0
        for span in find_slots(text, place=places[name]):
            check_slot(span, place=places[name])
            word = islands.add(span.source)
            spans[word] = (span, Place(file=places[name].file, line=span.line))
            structural = mjml and name.endswith(".mjml") and span.statement and _between_elements(text, span)
            out += text[position : span.start] + (f"<!--{word}-->" if structural else word)
            position = span.end
        protected[name] = out + text[position:]
    return ProtectedSlots(texts=protected, spans=spans)


def _between_elements(text: str, span: SlotSpan) -> bool:
    before, after = text[: span.start].rstrip(), text[span.end :].lstrip()
    begins = not before or before.endswith((">", "%}", "#}", "%]", "#]"))
    return begins and (not after or after.startswith(("<", "{%", "{#", "[%", "[#")))


def word_pattern(prefix: str) -> re.Pattern[str]:
    """Return the pattern of every word of a compilation."""
    return re.compile(rf"{prefix}[a-z]\d{{5}}z")


def fill(text: str, values: Mapping[str, str], pattern: re.Pattern[str]) -> str:
    """Swap words for their values, values inside values included; words without a value here stay."""

    def swap(match: re.Match[str]) -> str:
        value = values.get(match[0])
        return match[0] if value is None else pattern.sub(swap, value)

    return pattern.sub(swap, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSource:
    """A finished text in slot source, and its slots in the order they stand in it."""

    source: str
    slots: tuple[tuple[SlotSpan, Place], ...]


def to_slot_source(text: str, spans: Mapping[str, tuple[SlotSpan, Place]], pattern: re.Pattern[str]) -> SlotSource:
    """Write the slots back into a text in which words stand for them; literal brackets of the text are masked."""
    out, found, position = [], [], 0
    for match in re.finditer(rf"<!--({pattern.pattern})-->|{pattern.pattern}", text):
        span, place = spans[match[1] or match[0]]
        found.append((span, place))
        out += [mask(text[position : match.start()]), span.source]
        position = match.end()
    return SlotSource(source="".join([*out, mask(text[position:])]), slots=tuple(found))


CURRENT: ContextVar[Islands] = ContextVar("islands")
"""The value islands of the compilation that is running; Jinja's finalize has no other way to reach them from macros."""
