"""An invented issue with every layout of a template: what shows that a mail can be made here at all."""

from dataclasses import dataclass, replace

from newsletter.message.build import MessageTemplate
from newsletter.message.reader import sample_reader
from newsletter.message.verify import MessageContent
from newsletter.models import (
    Article,
    AssembledIssue,
    CompiledIssue,
    Image,
    Issue,
    Newsletter,
    Reader,
    Section,
    Template,
)
from newsletter.render import compile_issue

SLUG = "doctor-sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The mail that one invented reader would get."""

    compiled: CompiledIssue
    newsletter: Newsletter
    reader: Reader
    content: MessageContent
    message: bytes
    layouts: int

    def message_to(self, email: str) -> bytes:
        """Return the same mail for another address."""
        reader = replace(self.reader, subscriber=replace(self.reader.subscriber, email=email))
        return MessageTemplate(self.compiled, self.newsletter).build(reader)


def make_sample(template: Template, newsletter: Newsletter) -> Sample:
    """Compile the invented issue and merge it for one reader.

    Raises TemplateError, SlotError, ContentError, MessageError or RenderGuardError with the place to mend.
    """
    articles = {layout: _article(layout) for layout in template.layouts or ("story",)}
    issue = Issue(
        slug=SLUG,
        subject="A sample of every layout",
        preheader="Made by newsletter doctor",
        template=template.name,
        introduction='Hello [[ subscriber.first_name or "there" ]].',
        sections=tuple(Section(title=layout.title(), layout=layout, articles=(layout,)) for layout in articles),
        file=f"issues/{SLUG}/issue.md",
    )
    compiled = compile_issue(AssembledIssue(issue=issue, articles=articles), template, newsletter)
    reader = sample_reader(newsletter, SLUG)
    merge = MessageTemplate(compiled, newsletter)
    return Sample(
        compiled=compiled,
        newsletter=newsletter,
        reader=reader,
        content=merge.content(reader),
        message=merge.build(reader),
        layouts=len(articles),
    )


def _article(layout: str) -> Article:
    return Article(
        slug=layout,
        title=f"An article in the layout {layout}",
        url="https://example.com/article",
        summary="One or two sentences say what it is about.",
        body="A paragraph with *emphasis* and [a link](https://example.com/more).",
        author="Ada Lovelace",
        source="Example Post",
        image=Image(src="https://example.com/harbour.jpg", alt="A harbour at night", credit="Jo Ek"),
        file=f"issues/{SLUG}/articles/{layout}.md",
    )
