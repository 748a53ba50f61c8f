"""One healthy issue, and what the examples of the checks make of it. Authors of own checks test theirs with it.

subject = example_subject(Example(issue={"subject": ""}), template)
assert list(my_check.run(subject))
"""

import datetime as dt
from dataclasses import replace

from newsletter.checks.base import Example, Subject
from newsletter.checks.facts import FinalMessage, ImageFacts
from newsletter.checks.readers import awkward_readers, final_messages
from newsletter.message.build import MessageTemplate
from newsletter.message.reader import sample_reader
from newsletter.models import Article, AssembledIssue, Image, Issue, Mailbox, Newsletter, Section, Template
from newsletter.render import compile_issue

TODAY = dt.date(2026, 11, 26)

NEWSLETTER = Newsletter(
    name="The Weekly",
    sender=Mailbox(email="news@weekly.example.com", name="The Weekly"),
    postal_address="1 Harbour Street\n20457 Hamburg",
    site_url="https://weekly.example.com",
    public_url="https://news.weekly.example.com",
    list_id="weekly.example.com",
)

_LEAD = Article(
    slug="lamp",
    title="The old lamp burns again",
    url="https://courier.example.com/lamp",
    summary="Volunteers rebuilt the lamp on the north pier.",
    body="The lamp had been dark for *thirty years*.\n\nThe group met [in a school](https://courier.example.com/school)"
    " and worked there every Monday. Four hundred people came to see the first night of it.",
    author="Mara Lind",
    source="The Courier",
    image=Image(src="images/lamp.jpg", alt="A lighthouse with red bands at dawn", credit="Jo Ek"),
    published=dt.date(2026, 11, 20),
    file="issues/tides/articles/lamp.md",
    lines={"title": 2, "url": 3, "summary": 4, "image": 7, "image.src": 8, "image.alt": 9, "body": 14},
)
_STORY = Article(
    slug="turbines",
    title="Four villages share one row of turbines",
    url="https://courier.example.com/turbines",
    summary="They sell the power to themselves first, and what is left mends the road.",
    source="The Courier",
    published=dt.date(2026, 11, 19),
    file="issues/tides/articles/turbines.md",
    lines={"title": 2, "url": 3, "summary": 4, "body": 8},
)
_BRIEF = Article(
    slug="seeds",
    title="Free seeds at the town hall",
    url="https://town.example.com/seeds",
    summary="Bring an envelope, take the seeds of twelve old kinds of beans.",
    source="Town hall",
    published=dt.date(2026, 11, 23),
    file="issues/tides/articles/seeds.md",
    lines={"title": 2, "url": 3, "summary": 4, "body": 8},
)
ISSUE = AssembledIssue(
    issue=Issue(
        slug="tides",
        number=7,
        subject="Thirty years dark, and now it shines",
        preheader="Also this week: four villages, one row of turbines, and seeds for everybody",
        date=dt.date(2026, 11, 27),
        introduction='Hello [[ subscriber.first_name or "there" ]],\n\nthree good stories came together this week.',
        sections=(
            Section(title="Top story", layout="lead", articles=("lamp",), line=8),
            Section(title="Around the region", layout="story", articles=("turbines",), line=12),
            Section(title="In brief", layout="brief", articles=("seeds",), line=16),
        ),
        file="issues/tides/issue.md",
        lines={"subject": 3, "preheader": 4, "date": 5, "sections": 7, "introduction": 21},
    ),
    articles={article.slug: article for article in (_LEAD, _STORY, _BRIEF)},
)


def example_subject(example: Example, template: Template) -> Subject:
    """Compile the healthy issue with an example's changes and return what checks would see of it.

    Raises ValueError when an edit of the example finds nothing to replace, and what compiling raises.
    """
    newsletter = replace(NEWSLETTER, **example.newsletter)
    assembled = AssembledIssue(
        issue=replace(ISSUE.issue, **example.issue),
        articles={**ISSUE.articles, "lamp": replace(_LEAD, **example.article)},
    )
    template = replace(template, files={**template.files, **example.files})
    compiled = compile_issue(assembled, template, newsletter)
    mail = MessageTemplate(compiled, newsletter)
    content = mail.content(sample_reader(newsletter, assembled.issue.slug))
    html = _edited(content.html, example.html_edits).replace("</body>", f"{example.html}</body>")
    readers = tuple(awkward_readers(newsletter, assembled.issue.slug))
    messages = [_broken(made, example) for made in final_messages(mail, readers)]
    subject = Subject(
        assembled=assembled,
        compiled=compiled,
        newsletter=newsletter,
        template=template,
        html=html,
        text=_edited(content.text, example.text_edits),
        today=TODAY,
        images={"images/lamp.jpg": ImageFacts(size=60_000, width=1200, height=800, format="JPEG")},
        readers=readers,
        messages=tuple(messages),
    )
    return replace(subject, **example.facts)


def _edited(text: str, edits: tuple[tuple[str, str], ...]) -> str:
    for old, new in edits:
        if old not in text:
            raise ValueError(f"the example replaces {old!r}, which is not there")
        text = text.replace(old, new)
    return text


def _broken(made: FinalMessage, example: Example) -> FinalMessage:
    if not made.message:
        return made
    return replace(made, message=_edited(made.message.decode("ascii"), example.message_edits).encode("ascii"))
