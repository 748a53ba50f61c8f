"""Size: what Gmail clips, what a phone has to load, and a text part that says the same."""

import re
from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.facts import ImageFacts
from newsletter.models import Place, Severity

CLIPPED = 102_400
"""Bytes of decoded HTML at which Gmail shows "[Message clipped]"."""
NEAR = 80_000
DOWNLOAD = 1_536 * 1024
"""Bytes of a mail with its pictures: two and a half seconds at 5 Mbit/s."""
STYLES = 16_384
"""Bytes of `<style>` that Gmail reads; blocks beyond it are dropped."""
THIN = 0.35
"""Share of the HTML's words that the text part has to have."""

_WORD = re.compile(r"\w[^\s]*")
_GMAIL = "https://www.spamresource.com/2022/01/how-big-is-too-big-gmail-clipping.html: about 102 KB of decoded HTML"


def words_of(it: Subject) -> int:
    """Count the words in the body of the HTML, style sheets left out; what fills the preheader up is no word."""
    body = it.tree.find("body")
    if body is None:
        return 0
    count = 0
    for element in body.iter():
        if isinstance(element.tag, str) and element.tag != "style":
            count += len(_WORD.findall(element.text or ""))
        count += len(_WORD.findall(element.tail or ""))
    return count


def _heaviest(it: Subject) -> str:
    found = sorted(it.shares, key=lambda share: -share.bytes)[:3]
    return ", ".join(f"{share.slug} {share.bytes / 1024:,.0f} KB" for share in found)


def _cut_at(it: Subject) -> Place:
    for share in it.shares:
        if share.end > CLIPPED:
            return it.assembled.articles[share.slug].place("title")
    return it.assembled.issue.place("sections")


@check(
    id="N201",
    family=Family.SIZE,
    severity=Severity.WARNING,
    title="Gmail will clip the mail",
    source=_GMAIL,
    bad=Example(about="an article of 97,500 characters", article={"body": "word " * 19_500}),
    good=Example(about="an article of 72,500 characters", article={"body": "word " * 14_500}),
)
def clipped(it: Subject) -> Iterator[Hit]:
    """Gmail cuts a long mail off and hides the rest, the unsubscribe link too, behind "View entire message".

    The place is the article in which the cut would fall; the heaviest articles stand with their bytes.
    """
    size = len(it.html.encode())
    if size > CLIPPED:
        parts = f"; the heaviest: {_heaviest(it)}" if it.shares else ""
        yield Hit(
            message=f"the HTML has {size:,} bytes; Gmail clips a mail at {CLIPPED:,}{parts}",
            remedy="Move articles to a layout that shows their summary only, or leave some out.",
            place=_cut_at(it),
        )


@check(
    id="N202",
    family=Family.SIZE,
    severity=Severity.INFO,
    title="close to Gmail's limit",
    source=_GMAIL,
    bad=Example(about="an article of 72,500 characters", article={"body": "word " * 14_500}),
)
def nearly_clipped(it: Subject) -> Iterator[Hit]:
    """One more article, and the mail is clipped."""
    size = len(it.html.encode())
    if NEAR < size <= CLIPPED:
        parts = f"; the heaviest: {_heaviest(it)}" if it.shares else ""
        yield Hit(
            message=f"the HTML has {size:,} bytes, close to the {CLIPPED:,} at which Gmail clips a mail{parts}",
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


@check(
    id="N204",
    family=Family.SIZE,
    severity=Severity.WARNING,
    title="text part says much less than the HTML",
    source="SpamAssassin, rule MPART_ALT_DIFF; RFC 2046 §5.1.4",
    bad=Example(about="the text part leaves the articles out", facts={"text": "Read the issue on the web. " * 5}),
)
def thin_text(it: Subject) -> Iterator[Hit]:
    """The text part is for people, not for form's sake: it has to have the articles."""
    text, html = len(it.text.split()), words_of(it)
    if 20 <= text < html * THIN:
        yield Hit(
            message=f"the text part has {text:,} words, the HTML {html:,}",
            remedy="Let the template's email.txt print the articles too.",
            place=it.template.place("email.txt"),
        )


@check(
    id="N205",
    family=Family.SIZE,
    severity=Severity.WARNING,
    title="mail and pictures heavier than 1.5 MB",
    source="two and a half seconds at 5 Mbit/s, a slow mobile connection",
    bad=Example(
        about="six pictures of 290 KB",
        facts={"images": {f"images/{name}.jpg": ImageFacts(size=290 * 1024) for name in "abcdef"}},
    ),
)
def heavy_download(it: Subject) -> Iterator[Hit]:
    """What counts on the road is everything together that has to come before the mail looks finished."""
    pictures = sum(facts.size for facts in it.images.values() if facts)
    total = pictures + len(it.html.encode()) + len(it.text.encode())
    if total > DOWNLOAD:
        yield Hit(
            message=f"a reader loads {total / 1024 / 1024:.1f} MB, {pictures / 1024 / 1024:.1f} of it pictures",
            remedy="`newsletter article image ARTICLE FILE` brings a picture to the size that a mail shows.",
            place=it.assembled.issue.place("sections"),
        )


@check(
    id="N206",
    family=Family.SIZE,
    severity=Severity.WARNING,
    title="more pictures than text",
    source="SpamAssassin, rules HTML_IMAGE_RATIO_02 to _08",
    bad=Example(
        about="eight pictures and hardly a word",
        html="".join(
            f'<p><img src="https://weekly.example.com/{n}.jpg" alt="A lamp" width="600"></p>' for n in range(8)
        ),
    ),
)
def few_words(it: Subject) -> Iterator[Hit]:
    """Filters know mails that hide their text in pictures; people with pictures off see nothing."""
    pictures = sum(1 for image in it.tree.iter("img") if _wide(image.get("width", "")))
    words = words_of(it)
    if pictures >= 3 and words < pictures * 25:
        yield Hit(
            message=f"the mail has {pictures} pictures and {words} words",
            remedy="Say in words what the pictures show.",
            place=it.assembled.issue.place("sections"),
        )


def _wide(width: str) -> bool:
    return width.isdecimal() and int(width) >= 200


@check(
    id="N207",
    family=Family.SIZE,
    severity=Severity.WARNING,
    title="more style sheet than Gmail reads",
    source="https://github.com/hteumeuleu/email-bugs/issues/90: 16 KB of <style>",
    bad=Example(html=f"<style>{'.a { color: #123456; } ' * 800}</style>"),
)
def heavy_styles(it: Subject) -> Iterator[Hit]:
    """Gmail drops the blocks that go beyond 16 KB, and with them perhaps what makes the mail fit a phone."""
    total = sum(len((style.text or "").encode()) for style in it.tree.iter("style"))
    if total > STYLES:
        yield Hit(
            message=f"the style sheets in the head have {total:,} bytes; Gmail reads {STYLES:,}",
            remedy='Move rules into `<mj-style inline="inline">` or attributes, and delete those that nothing uses.',
            place=it.template_place("<mj-style") or it.template.place("email.mjml"),
        )


@check(
    id="N208",
    family=Family.SIZE,
    severity=Severity.WARNING,
    title="clipped for readers with long names",
    source=_GMAIL,
    bad=Example(
        about="the mail has 100,000 bytes and names the reader eighty times",
        article={"body": "word " * 13_000},
        issue={"introduction": "Hello [[ subscriber.name ]],\n\n" * 80},
    ),
)
def clipped_for_some(it: Subject) -> Iterator[Hit]:
    """Slots grow with the reader: the mail is measured for twenty invented ones, the longest names among them."""
    if len(it.html.encode()) > CLIPPED:
        return
    sizes = [(len(made.content.html.encode()), made) for made in it.messages if made.content]
    size, longest = max(sizes, key=lambda pair: pair[0], default=(0, None))
    if longest and size > CLIPPED:
        yield Hit(
            message=f"the HTML has {size:,} bytes for a reader with {longest.why}; Gmail clips at {CLIPPED:,}",
            remedy="Use names less often, or leave more room.",
            place=it.assembled.issue.place("sections"),
        )
