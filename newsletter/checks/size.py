"""Size: what Gmail clips, and a text part that is there."""

from collections.abc import Iterator

from newsletter.checks.base import Check, Hit, Subject
from newsletter.models import Severity

CLIPPED = 102_400
"""Bytes of decoded HTML at which Gmail shows "[Message clipped]"."""

NEAR = 80_000


def _clipped(it: Subject) -> Iterator[Hit]:
    size = len(it.html.encode())
    if size > CLIPPED:
        yield Hit(
            message=f"the HTML has {size:,} bytes; Gmail clips a mail at {CLIPPED:,}",
            remedy="Move articles to a layout that shows their summary only, or leave some out.",
            place=it.assembled.issue.place("sections"),
        )


def _nearly_clipped(it: Subject) -> Iterator[Hit]:
    size = len(it.html.encode())
    if NEAR < size <= CLIPPED:
        yield Hit(
            message=f"the HTML has {size:,} bytes, close to the {CLIPPED:,} at which Gmail clips a mail",
            remedy="Leave room for readers with long names and addresses.",
            place=it.assembled.issue.place("sections"),
        )


def _no_text(it: Subject) -> Iterator[Hit]:
    if len(it.text.split()) < 20:
        yield Hit(
            message="the text part has fewer than 20 words",
            remedy="Mend the template's email.txt: some people read nothing else, and filters look for it.",
        )


CHECKS = (
    Check(
        id="N201",
        severity=Severity.WARNING,
        title="Gmail will clip the mail",
        source="observed limit of Gmail, about 102 KB of decoded HTML",
        run=_clipped,
    ),
    Check(
        id="N202",
        severity=Severity.INFO,
        title="close to Gmail's limit",
        source="observed limit of Gmail, about 102 KB of decoded HTML",
        run=_nearly_clipped,
    ),
    Check(
        id="N203",
        severity=Severity.ERROR,
        title="text part missing or empty",
        source="RFC 2046 §5.1.4: the alternatives say the same",
        run=_no_text,
    ),
)
