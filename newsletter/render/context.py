"""What a template can name: the documented context, as dataclasses. docs/templates.md is generated from them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

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
class LinkContext:
    """One link of a parameter of the type `links`."""

    name: str = about("what it leads to")
    url: str = about("its address")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateContext:
    """Everything a template file can name at the top level."""

    newsletter: NewsletterContext = about("the newsletter")
    issue: IssueContext = about("the issue")
    parameters: Mapping[str, Any] = about(
        "the template's parameters by name: the issue's, else the project's, else the default"
    )


CONTEXT_TYPES = (
    TemplateContext,
    NewsletterContext,
    IssueContext,
    SectionContext,
    ArticleContext,
    ImageContext,
    LinkContext,
)
"""The documented context, from the top down."""

CONTEXT_NAMES = {kind.__name__: [field.name for field in fields(kind)] for kind in CONTEXT_TYPES}
