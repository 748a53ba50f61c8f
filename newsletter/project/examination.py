"""One mail of a template on trial, read as a program reads it: nothing of the issue may be missing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement, document_fromstring

from newsletter.message.reader import sample_reader
from newsletter.message.verify import MessageContent
from newsletter.models import AssembledIssue, Finding, Newsletter, Place, Severity
from newsletter.render.language import direction_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a trial can find, with its stable id."""

    id: str
    severity: Severity
    title: str


COMPILES = Trouble(id="T101", severity=Severity.ERROR, title="a case does not compile; the message says where")
DAMAGED = Trouble(id="T102", severity=Severity.ERROR, title="a rendering stage damaged the mail")
LOST_HTML = Trouble(id="T103", severity=Severity.ERROR, title="something of the issue is not in the HTML")
LOST_TEXT = Trouble(id="T104", severity=Severity.ERROR, title="something of the issue is not in the text part")
SLOT = Trouble(id="T105", severity=Severity.ERROR, title="a slot fails for a reader of whom little is known")
UNSUBSCRIBE = Trouble(id="T106", severity=Severity.ERROR, title="no way to unsubscribe, or no sender's address")
RESIDUE = Trouble(id="T107", severity=Severity.ERROR, title="HTML in the text part")
NO_ALT = Trouble(id="T108", severity=Severity.ERROR, title="a picture without an alt attribute")
DIRECTION = Trouble(id="T201", severity=Severity.WARNING, title="the mail does not run in its language's direction")
SAME_ID = Trouble(id="T202", severity=Severity.WARNING, title="an id is given twice")
NO_HEADING = Trouble(id="T203", severity=Severity.WARNING, title="no heading of the first level, or more than one")
FITS = Trouble(id="T301", severity=Severity.INFO, title="how many articles fit before Gmail clips")
UNTRANSLATED = Trouble(id="T302", severity=Severity.INFO, title="a phrase has no translation")

TROUBLES = (
    *(COMPILES, DAMAGED, LOST_HTML, LOST_TEXT, SLOT, UNSUBSCRIBE, RESIDUE, NO_ALT),
    *(DIRECTION, SAME_ID, NO_HEADING, FITS, UNTRANSLATED),
)


def examine(assembled: AssembledIssue, content: MessageContent, newsletter: Newsletter) -> Iterator[Finding]:
    """Look at one mail of an issue: everything of the issue has to be in it."""
    page = document_fromstring(content.html)
    yield from _lost(assembled, _squeezed(page.text_content()), LOST_HTML)
    yield from _lost(assembled, _squeezed(content.text), LOST_TEXT)
    yield from _legal(content, page, newsletter)
    if residue := re.search(
        r"&(?:amp|lt|gt|quot|nbsp|#\d+|#x[0-9a-fA-F]+);|</?(?:p|br|td|table|div|a|strong)\b", content.text
    ):
        yield finding_of(
            RESIDUE,
            f"the text part contains {residue[0]!r}",
            "Print plain fields and the ones that end in _text in email.txt; nothing is escaped there.",
        )
    yield from _alts(assembled, page)
    yield from _structure(page, newsletter)


def finding_of(trouble: Trouble, message: str, remedy: str, place: Place | None = None) -> Finding:
    """Return what a trial found as a finding."""
    return Finding(id=trouble.id, severity=trouble.severity, message=message, remedy=remedy, place=place)


def _squeezed(text: str) -> str:
    """Return a text without its white space and in one case: folding, wrapping and capitals are the template's."""
    return re.sub(r"\s+", "", text).casefold()


def _lost(assembled: AssembledIssue, text: str, trouble: Trouble) -> Iterator[Finding]:
    part = "HTML" if trouble is LOST_HTML else "text part"
    for section in assembled.issue.sections:
        for slug in section.articles:
            layout, article = section.layout_of(slug), assembled.articles[slug]
            if _squeezed(article.title) not in text:
                yield finding_of(
                    trouble,
                    f"the title of an article is not in the {part}, layout {layout}: {short(article.title)}",
                    "Print {{ article.title }} in every layout.",
                )
        static = "[[" not in section.title and section.articles
        if static and section.title and _squeezed(section.title) not in text:
            yield finding_of(
                trouble,
                f"the title of a section is not in the {part}: {short(section.title)}",
                "Print {{ section.title }} where section.articles is not empty.",
            )
        if "[" not in section.note and section.note and _squeezed(section.note.replace("*", "")) not in text:
            yield finding_of(
                trouble,
                f"the note of a section is not in the {part}",
                "Print {{ section.note }}, in email.txt {{ section.note_text }}.",
            )
    last = assembled.issue.introduction.rpartition("\n")[2]
    if last and "[" not in last and _squeezed(last) not in text:
        yield finding_of(
            trouble,
            f"the introduction is not in the {part}",
            "Print {{ issue.introduction }}, in email.txt {{ issue.introduction_text }}.",
        )


def short(text: str) -> str:
    """Return a text as a message quotes it."""
    return repr(text if len(text) <= 60 else text[:59] + "…")


def _legal(content: MessageContent, page: HtmlElement, newsletter: Newsletter) -> Iterator[Finding]:
    link = sample_reader(newsletter, "x").unsubscribe_url
    for part, there in (("HTML", link in page.xpath("//@href")), ("text part", link in content.text)):
        if not there:
            yield finding_of(
                UNSUBSCRIBE, f"the unsubscribe link is not in the {part}", "Print [[ unsubscribe_url ]] in the footer."
            )
    for part, text in (("HTML", page.text_content()), ("text part", content.text)):
        if _squeezed(newsletter.postal_address) not in _squeezed(text):
            yield finding_of(
                UNSUBSCRIBE,
                f"the sender's postal address is not in the {part}",
                "Print {{ newsletter.postal_address }} in the footer.",
            )


def _alts(assembled: AssembledIssue, page: HtmlElement) -> Iterator[Finding]:
    alts = {_squeezed(each.image.alt) for each in assembled.articles.values() if each.image}
    sources = {each.image.src for each in assembled.articles.values() if each.image}
    for image in page.iter("img"):
        src, alt = image.get("src", ""), image.get("alt")
        own = any(src.endswith(f"/{name}") for name in sources)
        if alt is None or (own and _squeezed(alt) not in alts):
            said = "no alt" if alt is None else f"another alt than the record: {short(alt)}"
            yield finding_of(
                NO_ALT,
                f"the picture {src[:80]} has {said}",
                'Write alt="{{ article.image.alt }}"; alt="" for decoration.',
            )


def _structure(page: HtmlElement, newsletter: Newsletter) -> Iterator[Finding]:
    wanted = direction_of(newsletter.language)
    if page.get("dir") not in {wanted, "auto"}:
        yield finding_of(
            DIRECTION,
            f"dir is {page.get('dir') or 'missing'} for a language that runs {wanted}",
            'Write <mjml lang="{{ newsletter.language }}" dir="{{ newsletter.direction }}">.',
        )
    ids = [str(name) for name in page.xpath("//@id")]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield finding_of(
            SAME_ID, f"the id {name!r} is given twice", "Use {{ article.anchor }} and {{ section.anchor }}."
        )
    if (count := len(list(page.iter("h1")))) != 1:
        yield finding_of(NO_HEADING, f"the mail has {count} headings <h1>", "Give it one: its name, or its headline.")
