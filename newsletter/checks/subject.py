"""Subject and preheader: what a reader sees before opening."""

import re
from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.models import Severity

SLOT = re.compile(r"\[\[.*?\]\]|\[%.*?%\]|\[#.*?#\]", re.DOTALL)

LONGEST_SUBJECT = 70
"""Characters; desktop inboxes show about this many, phones 30 to 40."""


@check(
    id="N101",
    family=Family.SUBJECT,
    severity=Severity.ERROR,
    title="no subject",
    source="RFC 5322 §3.6.5; every client shows it first",
    bad=Example(issue={"subject": "[[ subscriber.first_name ]]"}),
)
def missing_subject(it: Subject) -> Iterator[Hit]:
    """Nobody opens a mail that is called "(no subject)"."""
    written = it.assembled.issue.subject
    if not SLOT.sub("", written).strip():
        yield Hit(
            message="the subject is nothing but a slot" if written.strip() else "the issue has no subject",
            remedy="Write one into issue.md, under `subject:`, that stands without the slot.",
            place=it.assembled.issue.place("subject"),
        )


@check(
    id="N102",
    family=Family.SUBJECT,
    severity=Severity.WARNING,
    title="subject too long for an inbox list",
    source="widths of common inbox lists",
    bad=Example(
        issue={"subject": "Thirty years dark, and now it shines again over the harbour, the pier and the town"}
    ),
)
def long_subject(it: Subject) -> Iterator[Hit]:
    """An inbox cuts a long subject off, and what was cut off persuades nobody."""
    length = len(it.assembled.issue.subject)
    if length > LONGEST_SUBJECT:
        yield Hit(
            message=f"the subject has {length} characters; inboxes cut it at about {LONGEST_SUBJECT}",
            remedy="Put what matters into the first 40 characters, or shorten it.",
            place=it.assembled.issue.place("subject"),
        )


@check(
    id="N103",
    family=Family.SUBJECT,
    severity=Severity.WARNING,
    title="no preheader",
    source="inbox lists show about 90 characters behind the subject",
    bad=Example(issue={"preheader": ""}),
)
def missing_preheader(it: Subject) -> Iterator[Hit]:
    """Without one, inboxes show the first words of the mail: "View this issue in your browser"."""
    if not it.assembled.issue.preheader.strip():
        yield Hit(
            message="the issue has no preheader, so inboxes show the first words of the mail instead",
            remedy="Write one into issue.md, under `preheader:`.",
            place=it.assembled.issue.place("preheader"),
        )


@check(
    id="N104",
    family=Family.SUBJECT,
    severity=Severity.WARNING,
    title="preheader repeats the subject",
    source="inbox lists show both, side by side",
    bad=Example(issue={"preheader": "Thirty years dark, and now it shines: the lamp"}),
)
def repeating_preheader(it: Subject) -> Iterator[Hit]:
    """The line stands right behind the subject: saying the same twice wastes it."""
    issue = it.assembled.issue
    one, two = issue.subject.strip().casefold(), issue.preheader.strip().casefold()
    if one and two.startswith(one):
        yield Hit(
            message="the preheader repeats the subject",
            remedy="Use the line for a second reason to open the mail.",
            place=issue.place("preheader"),
        )
