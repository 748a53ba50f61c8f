"""What a template can name: the documented context, as dataclasses. docs/templates.md is generated from them."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any

from newsletter.content.markdown import render_markdown
from newsletter.content.plaintext import plain_text
from newsletter.errors import TemplateError
from newsletter.models import Article, AssembledIssue, Newsletter, Place, Section, Template
from newsletter.render.language import direction_of

UNPUBLISHED_SITE = "https://site.invalid"
"""Stands in for `site_url` while there is none (RFC 2606); a check refuses to send it."""


class Html(str):
    """Safe HTML made from Markdown; a template prints it as it is."""

    __slots__ = ()


class Parameter(str):
    """A value that is safe anywhere in the mark-up (a colour, a width, an anchor): it is printed unchanged."""

    __slots__ = ()


def about(text: str) -> Any:
    """Describe a field of the context for the generated docs."""
    return field(metadata={"about": text})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageContext:
    """The picture of an article."""

    src: str = about("absolute address of the picture")
    alt: str = about("what the picture shows; empty only for decoration")
    credit: str = about("who made it")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleContext:
    """One article of a section."""

    slug: str = about("the record's file name without `.md`")
    anchor: Parameter = about('an id of the article, in ASCII: `<a id=…>` here, `href="#…"` in a list of contents')
    layout: str = about("name of its layout: its own, else the section's")
    title: str = about("the title")
    url: str = about("address of the original; empty when there is none")
    summary: str = about("one or two sentences")
    body: Html = about("the body as HTML")
    body_text: str = about("the body as plain text, for the text part")
    author: str = about("who wrote it")
    author_bio: str = about("a few words about the author")
    source: str = about("where it was published")
    via: str = about("through whom it was found")
    image: ImageContext | None = about("the picture, or none")
    published: dt.date | None = about("date of the original, or none")
    tags: tuple[str, ...] = about("tags")
    extra: Mapping[str, Any] = about("the record's own fields, `extra:` in its front matter, by name")


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionContext:
    """One section of the issue."""

    title: str = about("the title; may be empty")
    anchor: Parameter = about("an id of the section, in ASCII")
    layout: str = about("layout of its articles that have none of their own: `lead`, `story`, `brief`, …")
    note: Html = about("the editor's note as HTML; may be empty")
    note_text: str = about("the note as plain text")
    articles: tuple[ArticleContext, ...] = about("its articles, in the order of issue.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueContext:
    """The issue."""

    slug: str = about("name of the issue's folder")
    number: int | None = about("number of the issue, or none")
    subject: str = about("the subject line")
    preheader: str = about("the line behind the subject in inbox lists")
    date: dt.date | None = about("date of the issue, or none")
    introduction: Html = about("the editor's introduction as HTML")
    introduction_text: str = about("the introduction as plain text")
    sections: tuple[SectionContext, ...] = about("the sections, in order")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsletterContext:
    """The newsletter, from newsletter.toml."""

    name: str = about("the newsletter's name")
    postal_address: str = about("the sender's postal address")
    language: str = about("BCP 47 tag")
    direction: Parameter = about("the way its script runs: `ltr` or `rtl`")
    start: Parameter = about("the side on which its lines begin: `left` or `right`")
    end: Parameter = about("the side on which its lines end: `right` or `left`")
    site_url: str = about("where issues are published; may be empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateContext:
    """Everything a template file can name at the top level."""

    newsletter: NewsletterContext = about("the newsletter")
    issue: IssueContext = about("the issue")
    parameters: Mapping[str, Any] = about("the template's parameters, from template.toml")


CONTEXT_TYPES = (TemplateContext, NewsletterContext, IssueContext, SectionContext, ArticleContext, ImageContext)
"""The documented context, from the top down."""

CONTEXT_NAMES = {kind.__name__: [field.name for field in fields(kind)] for kind in CONTEXT_TYPES}


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

    Raises ContentError for Markdown that cannot be used and TemplateError for an unusable parameter.
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
        parameters={name: _parameter(name, value, template) for name, value in template.parameters.items()},
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


def _parameter(name: str, value: Any, template: Template) -> Any:
    if not isinstance(value, str):
        return value
    if re.search(r'[<>"&\\\n]|\[\[|\[%|\{\{', value) or not value.isprintable():
        raise TemplateError(
            f"the parameter `{name}` holds characters that would break the mark-up: {value!r}",
            place=template.place("template.toml"),
            remedy="Write colours, widths, font names and addresses without quotes, brackets or ampersands.",
        )
    return Parameter(value)
