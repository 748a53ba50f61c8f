"""An issue as the page arranges it: its head, its sections, and a card for every article, as JSON values."""

from typing import Any

from newsletter.content.fields import is_image_path
from newsletter.errors import ContentError, NewsletterError
from newsletter.models import Article, Issue, Section, Template
from newsletter.project import Project
from newsletter.project.articles import Record, issue_records, read_record
from newsletter.project.templates import template_names
from newsletter.studio.workshop import Workshop, print_of

HEAD = ("subject", "preheader", "number", "date", "template", "introduction")


def outline_of(workshop: Workshop, slug: str) -> dict[str, Any]:
    """Return the outline of an issue; one that cannot be read has an `error` instead of sections.

    Raises UsageError for one that is not there.
    """
    with workshop.project() as project:
        path = project.issue_file(slug)
        common = {
            "slug": slug,
            "file": f"issues/{slug}/issue.md",
            "base": print_of(path),
            "templates": template_names(project.root),
            **journal_of(workshop),
        }
        try:
            issue = project.issue(slug)
        except ContentError as error:
            return {**common, "error": error_values(error)}
        return {**common, "error": None, **_issue_values(project, issue)}


def journal_of(workshop: Workshop) -> dict[str, Any]:
    """Return what can be undone and done again, each by its label."""
    journal = workshop.journal
    return {
        "undo": journal.done[-1].label if journal.done else None,
        "redo": journal.undone[-1].label if journal.undone else None,
    }


def error_values(error: NewsletterError) -> dict[str, Any]:
    """Return an error as JSON values: what, where, what to do."""
    return {"what": error.what, "place": str(error.place) if error.place else "", "remedy": error.remedy}


def article_values(article: Article) -> dict[str, Any]:
    """Return the fields of a record that the page shows and edits."""
    image = article.image
    return {
        "slug": article.slug,
        "file": article.file,
        "title": article.title,
        "url": article.url,
        "summary": article.summary,
        "body": article.body,
        "author": article.author,
        "source": article.source,
        "via": article.via,
        "published": article.published.isoformat() if article.published else "",
        "tags": list(article.tags),
        "image": {"src": image.src, "alt": image.alt, "credit": image.credit} if image and image.src else None,
        "words": len(article.body.split()),
    }


def _issue_values(project: Project, issue: Issue) -> dict[str, Any]:
    name = issue.template or project.settings.newsletter.template
    try:
        template: Template | None = project.template(name)
    except NewsletterError:
        template = None  # the preview says what is wrong with it
    records = {record.slug: record for record in issue_records(project.root, issue.slug)}
    named = {article for section in issue.sections for article in section.articles}
    return {
        "number": issue.number,
        "subject": issue.subject,
        "preheader": issue.preheader,
        "date": issue.date.isoformat() if issue.date else "",
        "template": issue.template,
        "introduction": issue.introduction,
        "layouts": list(template.layouts) if template else [],
        "parameters": _parameters(issue, template),
        "sections": [_section(project, issue, section, records) for section in issue.sections],
        "loose": [_card(project, issue, records[slug], slug) for slug in sorted(set(records) - named)],
    }


def _section(project: Project, issue: Issue, section: Section, records: dict[str, Record]) -> dict[str, Any]:
    return {
        "title": section.title,
        "layout": section.layout,
        "note": section.note,
        "cards": [
            {**_card(project, issue, records.get(slug), slug), "layout": section.layouts.get(slug, "")}
            for slug in section.articles
        ],
    }


def _card(project: Project, issue: Issue, record: Record | None, slug: str) -> dict[str, Any]:
    if record is None:
        what = f"there is no file issues/{issue.slug}/articles/{slug}.md"
        remedy = "Put it back, or remove the entry."
        return {"slug": slug, "title": slug, "error": {"what": what, "place": "", "remedy": remedy}}
    try:
        article = read_record(project.root, record)
    except ContentError as error:
        return {"slug": slug, "title": slug, "file": record.name, "error": error_values(error)}
    picture = article.image.src if article.image else ""
    local = f"/issues/{issue.slug}/{picture}" if is_image_path(picture) else ""
    return {**article_values(article), "picture": local, "error": None}


def _parameters(issue: Issue, template: Template | None) -> list[dict[str, Any]]:
    if template is None:
        return []
    return [
        {
            "name": name,
            "type": declared.type.value,
            "description": declared.description,
            "choices": list(declared.choices),
            "value": issue.parameters.get(name),
            "usual": template.parameters.get(name, declared.default),
        }
        for name, declared in template.declared.items()
        if declared.type != "links"
    ]
