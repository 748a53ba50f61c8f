"""An issue compiled once for all its readers."""

import datetime as dt
from dataclasses import dataclass

from newsletter.models.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPlace:
    """One slot of a compiled issue: its source text, the part it stands in and the line an editor wrote it on."""

    source: str
    part: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledIssue:
    """What is previewed, checked and sent: four texts in slot source, and the SHA-256 of the whole.

    Slot source is static text with `[[ ]]` and `[% %]`; it is read only by `newsletter.render.slots`, which knows
    how a literal bracket of the content is kept apart from a slot.
    """

    slug: str
    subject: str
    preheader: str
    html: str
    text: str
    sha256: str
    date: dt.date | None = None
    number: int | None = None
    template: str = ""
    slots: tuple[SlotPlace, ...] = ()
