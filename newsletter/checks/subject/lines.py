"""Subject and preheader: what a reader sees before opening."""

import re
from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.facts import PastIssue
from newsletter.checks.subject.widths import INBOXES, shown_in, text_width
from newsletter.models import Severity

SLOT = re.compile(r"\[\[.*?\]\]|\[%.*?%\]|\[#.*?#\]", re.DOTALL)

LONGEST_SUBJECT = 70
"""Characters; desktop inboxes show about this many, phones 30 to 40."""
LONGEST_PREHEADER = 140
"""Characters; no inbox list shows more."""
LEAST_SHOWN = 0.55
"""Share of the subject's width that the narrowest list has to show."""

_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55]")
_REPLY = re.compile(r"\s*(re|fwd?|aw|wg|sv|vs|tr|rv|antw)\s*:", re.IGNORECASE)
_BROWSER = re.compile(r"\s*(view|read|open|see)\b.{0,30}\b(browser|online|web)\b", re.IGNORECASE)


def written(text: str) -> str:
    """Return an editor's text without its slots."""
    return " ".join(SLOT.sub("", text).split())


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
    subject = it.assembled.issue.subject
    if not written(subject):
        yield Hit(
            message="the subject is nothing but a slot" if subject.strip() else "the issue has no subject",
            remedy="Write one into issue.md, under `subject:`, that stands without the slot.",
            place=it.assembled.issue.place("subject"),
        )


@check(
    id="N102",
    family=Family.SUBJECT,
    severity=Severity.WARNING,
    title="subject too long for an inbox list",
    source="limit of this tool: 70 characters, about what the widest inbox lists on a desktop show",
    bad=Example(
        issue={"subject": "Thirty years dark, and now it shines again over the harbour, the pier and the town"}
    ),
)
def long_subject(it: Subject) -> Iterator[Hit]:
    """Even the widest inbox list cuts such a subject off, and what was cut off persuades nobody."""
    length = len(written(it.assembled.issue.subject))
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


@check(
    id="N105",
    family=Family.SUBJECT,
    severity=Severity.INFO,
    title="phones show only the beginning of the subject",
    source="widths of Helvetica (Adobe Core 14 AFM); limit of this tool: 37 characters of English on a phone",
    bad=Example(issue={"subject": "MANY WARM WORDS WITHOUT A SMALL LETTER WILL WANT MUCH ROOM"}),
    good=Example(
        about="more letters, but narrow ones",
        issue={"subject": "Till it fills: a little lift still lifts little lists in silly hills"},
    ),
)
def wide_subject(it: Subject) -> Iterator[Hit]:
    """Measured in pixels, since a W takes the room of four i; the shorter of the lists are those of phones."""
    subject = written(it.assembled.issue.subject)
    narrowest = INBOXES[0]
    width = text_width(subject, narrowest.font)
    if width * LEAST_SHOWN > narrowest.width:
        yield Hit(
            message=f"of the subject {narrowest.name} shows {shown_in(subject, narrowest)!r}, {narrowest.width} of "
            f"{width:.0f} pixels",
            remedy="Begin with the words that matter.",
            place=it.assembled.issue.place("subject"),
        )


@check(
    id="N106",
    family=Family.SUBJECT,
    severity=Severity.INFO,
    title="preheader longer than any inbox shows",
    source="limit of this tool: 140 characters, more than inbox lists show behind a subject",
    bad=Example(
        issue={"preheader": "Also this week: four villages, one row of turbines, and seeds for everybody. " * 2}
    ),
)
def long_preheader(it: Subject) -> Iterator[Hit]:
    """What is beyond about 140 characters nobody sees in a list."""
    length = len(written(it.assembled.issue.preheader))
    if length > LONGEST_PREHEADER:
        yield Hit(
            message=f"the preheader has {length} characters; no inbox shows more than about {LONGEST_PREHEADER}",
            remedy="Keep the first 90 characters strong, and drop the rest.",
            place=it.assembled.issue.place("preheader"),
        )


@check(
    id="N107",
    family=Family.SUBJECT,
    severity=Severity.WARNING,
    title="preheader tells how to read the mail",
    source="inbox lists show the preheader as the beginning of the mail",
    bad=Example(issue={"preheader": "View this mail in your browser"}),
)
def technical_preheader(it: Subject) -> Iterator[Hit]:
    """The line is there to give a reason to open the mail, not a way to see it elsewhere."""
    if _BROWSER.match(it.assembled.issue.preheader):
        yield Hit(
            message="the preheader tells readers how to see the mail elsewhere",
            remedy="Say what is in it.",
            place=it.assembled.issue.place("preheader"),
        )


@check(
    id="N108",
    family=Family.SUBJECT,
    severity=Severity.WARNING,
    title="subject in capitals",
    source="SpamAssassin, rule SUBJ_ALL_CAPS",
    bad=Example(issue={"subject": "THE LAMP BURNS AGAIN"}),
    good=Example(issue={"subject": "NASA and ESA light the lamp again"}),
)
def shouting(it: Subject) -> Iterator[Hit]:
    """Capitals read as shouting, to people and to filters."""
    subject = written(it.assembled.issue.subject)
    words = [word for word in re.findall(r"[^\W\d_]+", subject) if len(word) > 3]
    loud = [word for word in words if word.isupper()]
    if len(loud) >= 2 and len(loud) * 2 > len(words):
        yield Hit(
            message=f"the subject shouts: {', '.join(loud[:4])}",
            remedy="Write it in small letters.",
            place=it.assembled.issue.place("subject"),
        )


@check(
    id="N109",
    family=Family.SUBJECT,
    severity=Severity.WARNING,
    title="too many exclamation or question marks",
    source="SpamAssassin, rules PLING_QUERY and SUBJ_ATTENTION",
    bad=Example(issue={"subject": "It shines!!! Who lit it?"}),
    good=Example(issue={"subject": "It shines! Who lit it?"}),
)
def excited(it: Subject) -> Iterator[Hit]:
    """One mark is a tone; a row of them is advertising."""
    subject = written(it.assembled.issue.subject)
    if re.search(r"[!?¡¿]{2,}|\${2,}", subject) or subject.count("!") > 2:
        yield Hit(
            message="the subject has a row of exclamation or question marks",
            remedy="One is enough.",
            place=it.assembled.issue.place("subject"),
        )


@check(
    id="N110",
    family=Family.SUBJECT,
    severity=Severity.INFO,
    title="several emoji in the subject",
    source="screen readers read each of them out by its whole name (Unicode CLDR short names)",
    bad=Example(issue={"subject": "🔥🔥 The lamp burns 🎉 again"}),
    good=Example(issue={"subject": "🔥 The lamp burns again"}),
)
def colourful(it: Subject) -> Iterator[Hit]:
    """A screen reader says "fire fire the lamp burns party popper again"."""
    found = _EMOJI.findall(it.assembled.issue.subject)
    if len(found) > 2:
        yield Hit(
            message=f"the subject has {len(found)} emoji: {''.join(found[:6])}",
            remedy="Keep one at most.",
            place=it.assembled.issue.place("subject"),
        )


@check(
    id="N111",
    family=Family.SUBJECT,
    severity=Severity.WARNING,
    title="subject pretends to be an answer",
    source="CAN-SPAM §5(a)(2): no deceptive subject headings",
    bad=Example(issue={"subject": "Re: the lamp"}),
    good=Example(issue={"subject": "Reed and rush: the lamp"}),
)
def pretending(it: Subject) -> Iterator[Hit]:
    """`Re:` and `Fwd:` in a mail nobody asked for deceive, which the law forbids in many countries."""
    match = _REPLY.match(it.assembled.issue.subject)
    if match:
        yield Hit(
            message=f"the subject begins with {match[0].strip()!r}, as if the mail were an answer or passed on",
            remedy="Leave that out.",
            place=it.assembled.issue.place("subject"),
        )


@check(
    id="N112",
    family=Family.SUBJECT,
    severity=Severity.WARNING,
    title="subject of an earlier issue",
    source="Gmail puts mails of one sender and subject into one conversation",
    bad=Example(
        about="the issue `april` has the same subject",
        issue={"subject": "News from the pier"},
        facts={"past": (PastIssue(slug="april", subject="News from the pier", file="issues/april/issue.md"),)},
    ),
)
def repeated_subject(it: Subject) -> Iterator[Hit]:
    """Two mails of one subject look like one sent twice, and Gmail folds them into one conversation."""
    mine = written(it.assembled.issue.subject).casefold()
    for other in it.past:
        if mine and written(other.subject).casefold() == mine:
            yield Hit(
                message=f"the issue {other.slug} has the same subject",
                remedy=f"Say what is new in this one; the other is {other.file}.",
                place=it.assembled.issue.place("subject"),
            )
