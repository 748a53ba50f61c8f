"""Size: what Gmail clips, and a text part that is there."""

from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.models import Severity

CLIPPED = 102_400
"""Bytes of decoded HTML at which Gmail shows "[Message clipped]"."""

NEAR = 80_000


@check(
    id="N201",
    family=Family.SIZE,
    severity=Severity.WARNING,
    title="Gmail will clip the mail",
    source="observed limit of Gmail, about 102 KB of decoded HTML",
    bad=Example(about="an article of 97,500 characters", article={"body": "word " * 19_500}),
    good=Example(about="an article of 72,500 characters", article={"body": "word " * 14_500}),
)
def clipped(it: Subject) -> Iterator[Hit]:
    """Gmail cuts a long mail off and hides the rest, the unsubscribe link too, behind "View entire message"."""
    size = len(it.html.encode())
    if size > CLIPPED:
        yield Hit(
            message=f"the HTML has {size:,} bytes; Gmail clips a mail at {CLIPPED:,}",
            remedy="Move articles to a layout that shows their summary only, or leave some out.",
            place=it.assembled.issue.place("sections"),
        )


@check(
    id="N202",
    family=Family.SIZE,
    severity=Severity.INFO,
    title="close to Gmail's limit",
    source="observed limit of Gmail, about 102 KB of decoded HTML",
    bad=Example(about="an article of 72,500 characters", article={"body": "word " * 14_500}),
)
def nearly_clipped(it: Subject) -> Iterator[Hit]:
    """Long names and addresses of readers can still carry it over the limit."""
    size = len(it.html.encode())
    if NEAR < size <= CLIPPED:
        yield Hit(
            message=f"the HTML has {size:,} bytes, close to the {CLIPPED:,} at which Gmail clips a mail",
            remedy="Leave room for readers with long names and addresses.",
            place=it.assembled.issue.place("sections"),
        )


@check(
    id="N203",
    family=Family.SIZE,
    severity=Severity.ERROR,
    title="text part missing or empty",
    source="RFC 2046 §5.1.4: the alternatives say the same",
    bad=Example(
        about="the template's email.txt holds the unsubscribe link only", files={"email.txt": "[[ unsubscribe_url ]]"}
    ),
)
def no_text(it: Subject) -> Iterator[Hit]:
    """Some people and every watch read the text part, and filters distrust a mail without one."""
    if len(it.text.split()) < 20:
        yield Hit(
            message="the text part has fewer than 20 words",
            remedy="Mend the template's email.txt: some people read nothing else, and filters look for it.",
            place=it.template.place("email.txt"),
        )
