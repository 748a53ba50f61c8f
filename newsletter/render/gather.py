"""Issue, template and newsletter -> what a template can name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from newsletter.content.markdown import render_markdown
from newsletter.content.plaintext import plain_text
from newsletter.models import Article, AssembledIssue, Newsletter, Place, Section, Template
from newsletter.render.context import (
    UNPUBLISHED_SITE,
    ArticleContext,
    Html,
    ImageContext,
    IssueContext,
    NewsletterContext,
    Parameter,
    SectionContext,
    TemplateContext,
)
from newsletter.render.language import direction_of
from newsletter.render.parameters import resolve_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorTexts:
    """The fields of an issue that may carry slots, by name, with where each begins."""

    texts: Mapping[str, str]
    places: Mapping[str, Place]


def editor_texts(assembled: AssembledIssue) -> EditorTexts:
    """Collect the fields that may carry slots: subject, preheader, introduction, titles and notes of sections."""
    issue = assembled.issue
    texts = {"subject": issue.subject, "preheader": issue.preheader, "introduction": issue.introduction}
    places = {name: issue.place(name) for name in texts}
    for number, section in enumerate(issue.sections):
        for name, text in (("title", section.title), ("note", section.note)):
            texts[f"{number}.{name}"] = text
            places[f"{number}.{name}"] = Place(file=issue.file or issue.slug, line=section.line)
    return EditorTexts(texts=texts, places=places)


def build_context(
    assembled: AssembledIssue,
    template: Template,
    newsletter: Newsletter,
    *,
    texts: EditorTexts,
    opaque_url: Callable[[str], bool],
) -> TemplateContext:
    """Turn the content into what templates name; `texts` are the editor's fields with their slots protected.

    Raises ContentError for Markdown or a parameter that cannot be used, TemplateError for the default of one.
    """
    issue = assembled.issue
    base = f"{newsletter.site_url or UNPUBLISHED_SITE}/{issue.slug}"

    def markdown(text: str, place: Place) -> Html:
        return Html(_absolute_images(render_markdown(text, place=place, opaque_url=opaque_url), base))

    def section_context(number: int, section: Section) -> SectionContext:
        note = texts.texts[f"{number}.note"]
        return SectionContext(
            title=texts.texts[f"{number}.title"],
            anchor=Parameter(f"section-{number + 1}"),
            layout=section.layout,
            note=markdown(note, texts.places[f"{number}.note"]),
            note_text=plain_text(note),
            articles=tuple(
                _article_context(assembled.articles[slug], section.layout_of(slug), base) for slug in section.articles
            ),
        )

    introduction = texts.texts["introduction"]
    return TemplateContext(
        newsletter=_newsletter_context(newsletter),
        issue=IssueContext(
            slug=issue.slug,
            number=issue.number,
            subject=texts.texts["subject"],
            preheader=texts.texts["preheader"],
            date=issue.date,
            introduction=markdown(introduction, texts.places["introduction"]),
            introduction_text=plain_text(introduction),
            sections=tuple(section_context(number, section) for number, section in enumerate(issue.sections)),
        ),
        parameters=resolve_parameters(template, issue, base=base),
    )


def _newsletter_context(newsletter: Newsletter) -> NewsletterContext:
    direction = direction_of(newsletter.language)
    start, end = ("right", "left") if direction == "rtl" else ("left", "right")
    return NewsletterContext(
        name=newsletter.name,
        postal_address=newsletter.postal_address,
        language=newsletter.language,
        direction=Parameter(direction),
        start=Parameter(start),
        end=Parameter(end),
        site_url=newsletter.site_url,
    )


@lru_cache(maxsize=512)
def _body(text: str, place: Place, base: str) -> tuple[Html, str]:
    """Return a body as HTML and as plain text; an unchanged article is not parsed again while its issue is edited."""
    html = render_markdown(text, place=place, top_heading=4)  # h1 newsletter, h2 section, h3 the article's title
    return Html(_absolute_images(html, base)), plain_text(text)


def _article_context(article: Article, layout: str, base: str) -> ArticleContext:
    image = article.image
    body, body_text = _body(article.body, article.place("body"), base)
    return ArticleContext(
        slug=article.slug,
        anchor=Parameter(f"article-{article.slug}"),
        layout=layout,
        title=article.title,
        url=article.url,
        summary=article.summary,
        body=body,
        body_text=body_text,
        author=article.author,
        author_bio=article.author_bio,
        source=article.source,
        via=article.via,
        # a text dump may know whose picture it was and not have it
        image=ImageContext(src=_absolute(image.src, base), alt=image.alt, credit=image.credit)
        if image and image.src
        else None,
        published=article.published,
        tags=article.tags,
        extra=article.extra,
    )


def _absolute(src: str, base: str) -> str:
    return f"{base}/{src}" if src.startswith("images/") else src


def _absolute_images(html: str, base: str) -> str:
    # in sanitised HTML `<` begins a tag and nothing else, and quotes in attribute values are references
    return re.sub(r'(<img\b[^<]*?\bsrc=")images/', lambda match: f"{match[1]}{base}/images/", html)
