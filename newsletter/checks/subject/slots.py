"""Placeholders: what was to be replaced before the mail leaves, and was not."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.errors import SlotError
from newsletter.models import Place, Severity, SlotPlace
from newsletter.render.slots import Slot, find_slots, parse_slots, reader_context, slot_context

_PLACEHOLDER = re.compile(
    r"""
    \{\{.*?\}\} | \{%.*?%\}                 # Jinja, Liquid, Handlebars
    | \*\|[A-Z_:]+\|\*                      # *|FNAME|*
    | %%?[A-Z_]{3,}%%?                      # %FIRSTNAME%
    | \[(?:first|last|full)[ _-]?name\]     # [First Name]
    | <(?:first|last|full)[ _-]?name>
    | \{(?:first|last|full)?[ _-]?name\}
    | \$\{\w+\}
    """,
    re.VERBOSE | re.IGNORECASE,
)


@check(
    id="N113",
    family=Family.SUBJECT,
    severity=Severity.ERROR,
    title="placeholder of another program",
    source="slots here are written [[ … ]]: docs/templates.md",
    bad=Example(issue={"subject": "Dear *|FNAME|*, the lamp burns again"}),
    good=Example(issue={"subject": 'Dear [[ subscriber.first_name or "reader" ]], the lamp burns again'}),
)
def foreign_placeholder(it: Subject) -> Iterator[Hit]:
    """What other mailers replace stands in the mail as it is: "Dear *|FNAME|*"."""
    issue = it.assembled.issue
    texts = [(issue.subject, issue.place("subject")), (issue.preheader, issue.place("preheader"))]
    texts += [(section.title, Place(file=issue.file or issue.slug, line=section.line)) for section in issue.sections]
    for text, place in texts:
        for match in _PLACEHOLDER.finditer(re.sub(r"\[\[.*?\]\]|\[%.*?%\]", "", text)):
            yield Hit(
                message=f"{match[0]!r} is not replaced: every reader sees it like this",
                remedy='Write a slot with a fallback: [[ subscriber.first_name or "reader" ]].',
                place=place,
            )


@check(
    id="N114",
    family=Family.SUBJECT,
    severity=Severity.WARNING,
    title="slot that is empty for some readers",
    source="not every subscriber has a name",
    bad=Example(issue={"introduction": "Hello [[ subscriber.first_name ]], three good stories came together."}),
)
def empty_slot(it: Subject) -> Iterator[Hit]:
    """A reader without a name gets to see "Hello ,"."""
    told: set[SlotPlace] = set()
    readers = [(reader, reader_context(reader)) for reader in it.readers]
    parts = (("subject", it.compiled.subject), ("preheader", it.compiled.preheader), ("html", it.compiled.html))
    for part, source in parts:
        # the slots alone, without the tens of thousands of characters between them
        bare = " ".join(span.source for span in find_slots(source, place=Place(file=part)))
        for slot in _parsed(bare, html=part == "html", part=part):
            if slot.source.startswith("[%"):
                continue
            reader, values = next((pair for pair in readers if _is_empty(slot, pair[1])), (None, {}))
            if reader is None:
                continue
            for written in it.compiled.slots:
                if written.part == part and written not in told and _is_it(written, slot, values):
                    told.add(written)
                    yield Hit(
                        message=f"{written.source} is empty for a reader like {reader.subscriber.email}",
                        remedy='Give it a fallback: [[ subscriber.first_name or "there" ]].',
                        place=written.place,
                    )


@lru_cache(maxsize=256)
def _parsed(source: str, *, html: bool, part: str) -> tuple[Slot, ...]:
    """Parse slots once: they stay the same while an editor writes around them."""
    return tuple(parse_slots(source, html=html, part=part).slots)


def _is_empty(slot: Slot, values: Mapping[str, Any]) -> bool:
    try:
        return not slot.render(slot_context(values, html=slot.html)).strip()
    except SlotError:
        return False  # N801 names it


def _is_it(written: SlotPlace, slot: Slot, values: Mapping[str, Any]) -> bool:
    """Say whether a slot of the source is the one that was empty: it names the same, and is empty by itself."""
    if not written.source.startswith("[["):
        return False
    alone = _parsed(written.source, html=slot.html, part=slot.part)
    return any(each.source == slot.source and _is_empty(each, values) for each in alone)
