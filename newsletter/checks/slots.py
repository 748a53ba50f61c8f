"""Placeholders: what was to be replaced before the mail leaves, and was not."""

import re
from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.errors import SlotError
from newsletter.models import Place, Reader, Severity, SlotPlace
from newsletter.render.slots import Slot, parse_slots, reader_context, slot_context

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
    parts = (("subject", it.compiled.subject), ("preheader", it.compiled.preheader), ("html", it.compiled.html))
    for part, source in parts:
        for slot in parse_slots(source, html=part == "html", part=part).slots if "[[" in source else ():
            reader = next((reader for reader in it.readers if _is_empty(slot, reader)), None)
            if reader is None or slot.source.startswith("[%"):
                continue
            for written in it.compiled.slots:
                if written.part == part and written not in told and _is_it(written, slot, reader):
                    told.add(written)
                    yield Hit(
                        message=f"{written.source} is empty for a reader like {reader.subscriber.email}",
                        remedy='Give it a fallback: [[ subscriber.first_name or "there" ]].',
                        place=written.place,
                    )


def _is_empty(slot: Slot, reader: Reader) -> bool:
    try:
        return not slot.render(slot_context(reader_context(reader), html=slot.html)).strip()
    except SlotError:
        return False  # N801 names it


def _is_it(written: SlotPlace, slot: Slot, reader: Reader) -> bool:
    """Say whether a slot of the source is the one that was empty: it names the same, and is empty by itself."""
    if not written.source.startswith("[["):
        return False
    alone = parse_slots(written.source, html=slot.html, part=slot.part).slots
    return any(each.source == slot.source and _is_empty(each, reader) for each in alone)
