"""What a screen reader finds its way by: language, direction, headings, tables that are none."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.markup import is_hidden, spoken
from newsletter.models import Severity

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-[A-Za-z0-9]{5,8})*")
_RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"}


def _headings(it: Subject) -> Iterator[HtmlElement]:
    for element in it.tree.iter(*_HEADINGS):
        if not is_hidden(element):
            yield element


@check(
    id="N320",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="heading level skipped",
    source="WCAG 2.2 §1.3.1; W3C WAI, page structure: headings",
    bad=Example(html="<h2>Letters</h2><h5>From Ulm</h5>"),
    good=Example(html="<h2>Letters</h2><h3>From Ulm</h3>"),
)
def skipped_heading(it: Subject) -> Iterator[Hit]:
    """Readers who jump from heading to heading think that they have missed something."""
    before = 1
    for heading in _headings(it):
        level = int(str(heading.tag)[1])
        if level > before + 1:
            text = spoken(heading)
            yield Hit(
                message=f"the heading {text[:60]!r} is <h{level}>, and the one before it <h{before}>",
                remedy=f"Make it <h{before + 1}>; how large it looks is the style's business.",
                place=it.place_of(text) if text else None,
            )
        before = level


@check(
    id="N321",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="not exactly one main heading",
    source="W3C WAI, page structure: headings",
    bad=Example(about="a second <h1>", html="<h1>Letters</h1>"),
)
def one_first_heading(it: Subject) -> Iterator[Hit]:
    """The main heading says what the mail is; two of them say two things."""
    count = sum(heading.tag == "h1" for heading in _headings(it))
    if count != 1:
        yield Hit(
            message=f"the mail has {count or 'no'} main heading{'s' if count > 1 else ''} (<h1>)",
            remedy="Give the name of the newsletter <h1>, and sections <h2>.",
            place=it.template_place("<h1") or it.template.place("email.mjml"),
        )


@check(
    id="N322",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="heading without a text",
    source="WCAG 2.2 §2.4.6",
    bad=Example(html="<h2> </h2>"),
)
def empty_heading(it: Subject) -> Iterator[Hit]:
    """A screen reader announces a heading and then says nothing."""
    for heading in _headings(it):
        if not spoken(heading):
            yield Hit(
                message=f"an <{heading.tag!s}> has no text",
                remedy="Leave it out where there is nothing to say, in the template by an {% if %}.",
                place=it.template_place(f"<{heading.tag!s}"),
            )


@check(
    id="N323",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="language missing or unknown",
    source="WCAG 2.2 §3.1.1; BCP 47",
    bad=Example(newsletter={"language": "und"}),
)
def unknown_language(it: Subject) -> Iterator[Hit]:
    """A screen reader speaks English words with the sounds of the reader's own language."""
    root = it.tree.getroottree().getroot()
    inside = [element for element in it.tree.xpath("//body//*[@lang]") if element.get("lang")]
    where = it.template_place("<mjml") or it.template.place("email.mjml")
    language = root.get("lang") or ""
    if not _TAG.fullmatch(language) or language.lower() == "und":
        yield Hit(
            message=f"the mail's language is {language!r}" if language else "the mail does not say its language",
            remedy='Set `language = "en"` in newsletter.toml, and lang="{{ newsletter.language }}" at <mjml>.',
            place=where,
        )
    elif not inside:
        yield Hit(
            message="the language stands at <html> only, which Gmail and Outlook.com throw away",
            remedy='Put lang="{{ newsletter.language }}" at an element inside the body too; MJML does.',
            place=where,
        )


@check(
    id="N324",
    family=Family.IMAGES,
    severity=Severity.ERROR,
    title="direction does not fit the language",
    source="HTML Living Standard §3.2.6.4",
    bad=Example(
        about='an Arabic mail with dir="ltr"',
        newsletter={"language": "ar"},
        html_edits=(('<html lang="ar" dir="rtl"', '<html lang="ar" dir="ltr"'),),
    ),
)
def wrong_direction(it: Subject) -> Iterator[Hit]:
    """Arabic, Hebrew and Persian run from right to left; in the other direction full stops and numbers jump."""
    root = it.tree.getroottree().getroot()
    language, direction = root.get("lang") or "", (root.get("dir") or "").lower()
    to_left = language.partition("-")[0].lower() in _RIGHT_TO_LEFT and "-latn" not in language.lower()
    if (to_left and direction in {"", "ltr"}) or (not to_left and direction == "rtl" and language):
        yield Hit(
            message=f"the language {language} does not run in the direction {direction or 'ltr'!r} of the mail",
            remedy='Write dir="auto" at <mjml>, or the right one of "ltr" and "rtl".',
            place=it.template_place("dir=") or it.template.place("email.mjml"),
        )


@check(
    id="N325",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="layout table announced as a table",
    source="WCAG 2.2 §1.3.1, technique ARIA4; emailmarkup.org: 84 % of mails have it",
    bad=Example(html="<table><tr><td>The Weekly</td></tr></table>"),
    good=Example(html='<table role="presentation"><tr><td>The Weekly</td></tr></table>'),
)
def layout_table(it: Subject) -> Iterator[Hit]:
    """Without role="presentation" a screen reader counts rows and columns aloud."""
    bare = [
        table
        for table in it.tree.iter("table")
        if (table.get("role") or "") not in {"presentation", "none"} and not table.xpath(".//th|.//caption")
    ]
    if bare:
        text = spoken(bare[0])[:40]
        yield Hit(
            message=f"{len(bare)} layout table{'s' if len(bare) > 1 else ''} without a role, the first with {text!r}",
            remedy='Write <table role="presentation">; a table of data gets a row of <th>.',
            place=(it.place_of(text) if text else None) or it.template_place("<table"),
        )


@check(
    id="N326",
    family=Family.IMAGES,
    severity=Severity.WARNING,
    title="mail without a title",
    source="WCAG 2.2 §2.4.2",
    bad=Example(html_edits=(("<title>Thirty years dark, and now it shines</title>", "<title></title>"),)),
)
def no_title(it: Subject) -> Iterator[Hit]:
    """Screen readers and the tab of a browser say the title first."""
    if not (it.tree.findtext(".//title") or "").strip():
        yield Hit(
            message="the mail has no title",
            remedy="Put <mj-title>{{ issue.subject }}</mj-title> into the template's <mj-head>.",
            place=it.template_place("<mj-head") or it.template.place("email.mjml"),
        )
