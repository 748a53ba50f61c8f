"""From an issue's name to everything that can be looked at: the one way that preview, build, check and send take."""

from dataclasses import dataclass, replace
from typing import Any

from newsletter.checks import check_issue
from newsletter.checks.base import Subject
from newsletter.content.fields import is_image_path
from newsletter.errors import ContentError, DeliveryError
from newsletter.message.build import MessageSizes, MessageTemplate, message_sizes
from newsletter.message.reader import sample_reader
from newsletter.message.verify import MessageContent
from newsletter.models import AssembledIssue, CompiledIssue, Finding, Newsletter, Reader, Severity, Template
from newsletter.project.folder import Project
from newsletter.render import compile_issue


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedIssue:
    """An issue compiled from the files as they are now, the mail one reader would get, and what checks say of it."""

    assembled: AssembledIssue
    compiled: CompiledIssue
    newsletter: Newsletter
    reader: Reader
    content: MessageContent
    message: bytes
    sizes: MessageSizes
    findings: tuple[Finding, ...]


def prepare_issue(
    project: Project, slug: str, reader: Reader | None = None, *, past_issues: bool = False
) -> PreparedIssue:
    """Compile an issue, merge it for a reader (an invented one when None) and check it.

    With `past_issues` its articles are compared with those of every other issue too.

    Raises ContentError, TemplateError, SlotError, MessageError or RenderGuardError; findings are no errors here,
    `require_sendable` decides.
    """
    assembled = project.assemble(slug)
    template = project.template(assembled.issue.template or project.settings.newsletter.template)
    newsletter = project.settings.identity()
    prepared = prepare(assembled, template, newsletter, reader)
    return replace(
        prepared,
        findings=check_issue(
            Subject(
                assembled=assembled,
                compiled=prepared.compiled,
                newsletter=newsletter,
                html=prepared.content.html,
                text=prepared.content.text,
                images=_images(project, assembled),
                used=_used(project, assembled) if past_issues else {},
            )
        ),
    )


def prepare(
    assembled: AssembledIssue, template: Template, newsletter: Newsletter, reader: Reader | None = None
) -> PreparedIssue:
    """Compile an issue that is at hand and merge it for a reader, without checking it."""
    compiled = compile_issue(assembled, template, newsletter)
    whom = reader or sample_reader(newsletter, compiled.slug)
    mail = MessageTemplate(compiled, newsletter)
    content, message = mail.content(whom), mail.build(whom)
    return PreparedIssue(
        assembled=assembled,
        compiled=compiled,
        newsletter=newsletter,
        reader=whom,
        content=content,
        message=message,
        sizes=message_sizes(content, message),
        findings=(),
    )


def require_sendable(prepared: PreparedIssue) -> None:
    """Refuse an issue in which a check found an error; raises DeliveryError."""
    errors = [finding for finding in prepared.findings if finding.severity is Severity.ERROR]
    if errors:
        raise DeliveryError(
            f"{prepared.compiled.slug} has {len(errors)} {'error' if len(errors) == 1 else 'errors'} and was not sent",
            place=errors[0].place,
            remedy=f"Mend what is named above; `newsletter check {prepared.compiled.slug}` looks again.",
        )


def facts_of(prepared: PreparedIssue) -> dict[str, Any]:
    """Return what message.json holds: the compiled issue's hash, the mail's sizes in bytes, the slots, the findings."""
    compiled, sizes = prepared.compiled, prepared.sizes
    return {
        "issue": compiled.slug,
        "number": compiled.number,
        "date": compiled.date.isoformat() if compiled.date else None,
        "template": compiled.template,
        "subject": prepared.content.subject,
        "sha256": compiled.sha256,
        "reader": prepared.reader.subscriber.email,
        "sizes": {"html": sizes.html, "text": sizes.text, "message": sizes.message},
        "slots": [{"part": slot.part, "source": slot.source, "place": str(slot.place)} for slot in compiled.slots],
        "findings": [values_of(finding) for finding in prepared.findings],
    }


def values_of(finding: Finding) -> dict[str, str | None]:
    """Return a finding as JSON values."""
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "place": str(finding.place) if finding.place else None,
        "message": finding.message,
        "remedy": finding.remedy,
    }


def _used(project: Project, assembled: AssembledIssue) -> dict[str, str]:
    catalogue, here = project.catalogue(), assembled.issue.slug
    used: dict[str, str] = {}
    for slug, article in assembled.articles.items():
        elsewhere = [match for match in catalogue.similar(article) if match.entry.issue not in {"", here}]
        if elsewhere:
            used[slug] = f"{elsewhere[0].entry.file} ({elsewhere[0].reason})"
    return used


def _images(project: Project, assembled: AssembledIssue) -> dict[str, int | None]:
    sizes: dict[str, int | None] = {}
    for article in assembled.articles.values():
        if article.image and is_image_path(article.image.src):
            try:
                sizes[article.image.src] = project.image_file(assembled.issue.slug, article.image.src).stat().st_size
            except ContentError:
                sizes[article.image.src] = None
    return sizes
