"""Subject and preheader: what a reader sees before opening."""

from collections.abc import Iterator

from newsletter.checks.base import Check, Hit, Subject
from newsletter.models import Severity

LONGEST_SUBJECT = 70
"""Characters; desktop inboxes show about this many, phones 30 to 40."""


def _missing_subject(it: Subject) -> Iterator[Hit]:
    if not it.assembled.issue.subject.strip():
        yield Hit(
            message="the issue has no subject",
            remedy="Write one into issue.md, under `subject:`.",
            place=it.assembled.issue.place("subject"),
        )


def _long_subject(it: Subject) -> Iterator[Hit]:
    length = len(it.assembled.issue.subject)
    if length > LONGEST_SUBJECT:
        yield Hit(
            message=f"the subject has {length} characters; inboxes cut it at about {LONGEST_SUBJECT}",
            remedy="Put what matters into the first 40 characters, or shorten it.",
            place=it.assembled.issue.place("subject"),
        )


def _missing_preheader(it: Subject) -> Iterator[Hit]:
    if not it.assembled.issue.preheader.strip():
        yield Hit(
            message="the issue has no preheader, so inboxes show the first words of the mail instead",
            remedy="Write one into issue.md, under `preheader:`.",
            place=it.assembled.issue.place("preheader"),
        )


def _repeating_preheader(it: Subject) -> Iterator[Hit]:
    issue = it.assembled.issue
    one, two = issue.subject.strip().casefold(), issue.preheader.strip().casefold()
    if one and two.startswith(one):
        yield Hit(
            message="the preheader repeats the subject",
            remedy="Use the line for a second reason to open the mail.",
            place=issue.place("preheader"),
        )


CHECKS = (
    Check(
        id="N101",
        severity=Severity.ERROR,
        title="no subject",
        source="RFC 5322 §3.6.5; every client shows it first",
        run=_missing_subject,
    ),
    Check(
        id="N102",
        severity=Severity.WARNING,
        title="subject too long for an inbox list",
        source="widths of common inbox lists",
        run=_long_subject,
    ),
    Check(
        id="N103",
        severity=Severity.WARNING,
        title="no preheader",
        source="inbox lists show about 90 characters behind the subject",
        run=_missing_preheader,
    ),
    Check(
        id="N104",
        severity=Severity.WARNING,
        title="preheader repeats the subject",
        source="inbox lists show both, side by side",
        run=_repeating_preheader,
    ),
)
