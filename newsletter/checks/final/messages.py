"""Final form: the very bytes that twenty awkward readers would get, taken apart again.

`newsletter.message.verify` reads the first message of a mailing as a whole; here each part of every message is decoded
by itself, which is quick enough to do it for all of them.
"""

import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from html import escape

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.facts import FinalMessage
from newsletter.checks.parts import Taken
from newsletter.models import Severity
from newsletter.render.slots import MASK

ORDER = (
    *("From", "To", "Reply-To", "Subject", "List-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive"),
    *("MIME-Version", "Content-Type"),
)
"""The header fields of a message, in order; Reply-To and List-Archive may be missing."""
OPTIONAL = frozenset({"Reply-To", "List-Archive"})

LONGEST_LINE = 998
"""Octets of a line without CRLF (RFC 5322 §2.1.1)."""
_REPORT = "Nothing of the issue is wrong: please report it with the issue that shows it."
_MARKERS = ("<mj-", "\\u{", MASK)


def _built(it: Subject) -> Iterator[tuple[FinalMessage, Taken]]:
    return ((made, taken) for made, taken in zip(it.messages, it.taken, strict=True) if taken)


@check(
    id="N801",
    family=Family.FINAL,
    severity=Severity.WARNING,
    title="no mail for some kind of reader",
    source="DESIGN §5: every slot is evaluated for the whole audience before a send",
    bad=Example(issue={"introduction": "Greetings to [[ subscriber.attributes.city ]] and all around it."}),
    good=Example(
        issue={"introduction": 'Greetings to [[ subscriber.attributes.city | default("your town") ]] and around.'}
    ),
)
def not_built(it: Subject) -> Iterator[Hit]:
    """A send stops when a slot fails for one reader; here it fails for invented ones, who lack every attribute."""
    told: set[str] = set()
    for made in it.messages:
        what = re.sub(r" for [^ ]+@[^ ]+:", ":", made.problem)
        if what and what not in told:
            told.add(what)
            slot = re.search(r"\[\[ ([\w.]+)", what)
            yield Hit(
                message=f"a reader with {made.why} cannot get the mail: {what}",
                remedy='Give the slot a fallback: [[ subscriber.attributes.city | default("your town") ]].',
                place=next((each.place for each in it.compiled.slots if slot and slot[1] in each.source), None),
            )


@check(
    id="N802",
    family=Family.FINAL,
    severity=Severity.ERROR,
    title="slot or marker left in the mail",
    source="DESIGN §5: a lost slot is an error",
    bad=Example(
        about="the unsubscribe slot stands in the text part as it was written",
        message_edits=(("Change what you get: ", "Change [[ preferences_url ]]: "),),
    ),
)
def left_over(it: Subject) -> Iterator[Hit]:
    """What stands in the template for the reader's own words must not be there any more."""
    sources = {each.source for each in it.compiled.slots}
    for made, taken in _built(it):
        mine = str(made.reader.subscriber.name)
        for part, text in (("HTML", taken.html), ("text", taken.text)):
            slots = sources if "[[" in text or "[%" in text else set()
            found = [each for each in slots if (each in text or escape(each) in text) and each not in mine]
            found += [marker for marker in _MARKERS if marker in text]
            if found:
                yield Hit(
                    message=f"the {part} part for a reader with {made.why} still has {found[0]!r}", remedy=_REPORT
                )
                return


@check(
    id="N803",
    family=Family.FINAL,
    severity=Severity.ERROR,
    title="not the reader's own unsubscribe link",
    source="RFC 8058 §3.1; CAN-SPAM §5(a)(3)",
    bad=Example(
        about="the link in the header is another one",
        message_edits=(("List-Unsubscribe: <https://news", "List-Unsubscribe: <https://old"),),
    ),
)
def wrong_link(it: Subject) -> Iterator[Hit]:
    """A link of somebody else would unsubscribe them; each reader's own has to be in both parts and the header."""
    for made, taken in _built(it):
        url = made.reader.unsubscribe_url
        parts = {
            "HTML part": (taken.html, escape(url)),
            "text part": (taken.text, url),
            "header": (dict(taken.fields).get("List-Unsubscribe", ""), url),
        }
        for part, (text, mine) in parts.items():
            found = set(re.findall(re.escape(mine.rpartition("/")[0]) + r"/[\w-]+", text))
            if found != {mine}:
                yield Hit(
                    message=f"the {part} for a reader with {made.why} has not this reader's own unsubscribe link",
                    remedy="Put [[ unsubscribe_url ]] into the template, in email.txt and in the footer.",
                    place=it.template_place("unsubscribe"),
                )
                return


@check(
    id="N804",
    family=Family.FINAL,
    severity=Severity.ERROR,
    title="line too long, or not plain ASCII",
    source="RFC 5322 §2.1.1, RFC 5321 §4.5.3.1.6",
    bad=Example(
        about="a line of 1,000 characters in the header",
        message_edits=(("MIME-Version: 1.0", f"X-Long: {'x' * 1000}\r\nMIME-Version: 1.0"),),
    ),
)
def long_line(it: Subject) -> Iterator[Hit]:
    """Servers cut such lines or refuse the mail."""
    for made in it.messages:
        longest = _long_line(made.message)
        breaks = made.message.count(b"\r\n")
        bare = breaks != made.message.count(b"\n") or breaks != made.message.count(b"\r")
        if longest or bare or not made.message.isascii() or b"\0" in made.message:
            what = f"a line of {longest:,} octets" if longest else "octets that no mail may have"
            yield Hit(message=f"the message for a reader with {made.why} has {what}", remedy=_REPORT)
            return


def _long_line(message: bytes) -> int:
    """Return the length of the first line that is too long, 0 when there is none; it steps from end to end."""
    start = 0
    while len(message) - start > LONGEST_LINE:
        end = message.rfind(b"\r\n", start, start + LONGEST_LINE + 2)
        if end < 0:
            return len(message[start:].partition(b"\r\n")[0])
        start = end + 2
    return 0


@check(
    id="N805",
    family=Family.FINAL,
    severity=Severity.ERROR,
    title="header fields repeated or out of order",
    source="RFC 5322 §3.6; Gmail needs List-Unsubscribe before List-Unsubscribe-Post",
    bad=Example(
        about="a second Subject",
        message_edits=(("MIME-Version: 1.0", "Subject: Buy now\r\nMIME-Version: 1.0"),),
    ),
)
def wrong_header(it: Subject) -> Iterator[Hit]:
    """A field too many is a header that a reader's name or the subject smuggled in."""
    for made, taken in _built(it):
        names = [name for name, _ in taken.fields]
        meant = [name for name in ORDER if name in names or name not in OPTIONAL]
        if names != meant:
            odd = next((name for name, due in zip(names, meant, strict=False) if name != due), names[-1])
            yield Hit(
                message=f"the header for a reader with {made.why} has {odd} where it does not belong", remedy=_REPORT
            )
            return


@check(
    id="N806",
    family=Family.FINAL,
    severity=Severity.ERROR,
    title="message does not read back as it was written",
    source="RFC 2045 §6.7, RFC 2047",
    bad=Example(about="one word of a part was changed", message_edits=(("Thirty years", "Twenty years"),)),
)
def misread(it: Subject) -> Iterator[Hit]:
    """The parts and the subject are decoded as a mail program would do it, and compared with what was meant."""
    for made, taken in _built(it):
        if made.content is None:
            continue
        subject = str(make_header(decode_header(dict(taken.fields).get("Subject", ""))))
        found = {"subject": subject, "text part": taken.text, "HTML part": taken.html}
        meant = {
            "subject": made.content.subject,
            "text part": made.content.text,
            "HTML part": made.content.html,
        }
        for part, text in meant.items():
            if found[part].rstrip("\n") != text.rstrip("\n"):
                yield Hit(
                    message=f"the {part} for a reader with {made.why} does not read back as it was written",
                    remedy=_REPORT,
                )
                return


@check(
    id="N807",
    family=Family.FINAL,
    severity=Severity.ERROR,
    title="a reader's name became mark-up",
    source="DESIGN §3: data never becomes code",
    bad=Example(issue={"introduction": "Hello [[ subscriber.name | safe ]], three good stories came together."}),
)
def injected(it: Subject) -> Iterator[Hit]:
    """One of the invented readers is called `<b onclick="x()">Bobby</b>`: everybody has to see that name as text."""
    for made, taken in _built(it):
        name = made.reader.subscriber.name
        if re.search(r"<\w", name) and name in taken.html:
            yield Hit(
                message=f"the mark-up in the name {name[:40]!r} is part of the mail's HTML",
                remedy="Take the filter `safe` out of the slot.",
                place=next((each.place for each in it.compiled.slots if "name" in each.source), None),
            )
            return
