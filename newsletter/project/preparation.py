"""From an issue's name to everything that can be looked at: the one way that preview, build, check and send take."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.checks import check_issue
from newsletter.checks.base import Check, Subject
from newsletter.checks.facts import ArticleShare, SpamScore
from newsletter.checks.readers import awkward_readers, final_messages
from newsletter.checks.size import NEAR
from newsletter.config import FILE_NAME, line_of_key
from newsletter.errors import ConfigError, DeliveryError, UsageError
from newsletter.message.build import MessageSizes, MessageTemplate, message_sizes
from newsletter.message.reader import sample_reader
from newsletter.message.verify import MessageContent
from newsletter.models import (
    AssembledIssue,
    CompiledIssue,
    Finding,
    LinkResult,
    Newsletter,
    Place,
    Reader,
    Severity,
    Subscriber,
    Template,
)
from newsletter.project.folder import Project
from newsletter.project.measure import measure_issue
from newsletter.project.own_checks import own_checks
from newsletter.project.surroundings import image_facts, used_elsewhere
from newsletter.project.surroundings import past_issues as other_issues
from newsletter.render import compile_issue


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedIssue:
    """An issue compiled from the files as they are now, the mail one reader would get, and what checks say of it.

    `mail` builds it for other readers. `own` and `findings` are empty until `check_prepared` was asked.
    """

    assembled: AssembledIssue
    compiled: CompiledIssue
    newsletter: Newsletter
    mail: MessageTemplate
    reader: Reader
    content: MessageContent
    message: bytes
    sizes: MessageSizes
    subject: Subject
    own: tuple[Check, ...]
    findings: tuple[Finding, ...]


def prepare_issue(
    project: Project,
    slug: str,
    reader: Reader | None = None,
    *,
    past_issues: bool = False,
    people: Iterable[Subscriber] = (),
) -> PreparedIssue:
    """Compile an issue, merge it for a reader (an invented one when None) and check it.

    With `past_issues` its articles are compared with those of every other issue too. The finished mails of `people`
    are looked at beside those of the invented readers.

    Raises ContentError, TemplateError, SlotError, MessageError, RenderGuardError, or CheckError for a check of the
    project's own; findings are no errors here, `require_sendable` decides.
    """
    return check_prepared(project, prepare_unchecked(project, slug, reader), past_issues=past_issues, people=people)


def prepare_unchecked(project: Project, slug: str, reader: Reader | None = None) -> PreparedIssue:
    """Compile an issue and merge it for a reader: all that a picture of it needs, in a fraction of the time.

    Raises ContentError, TemplateError, SlotError, MessageError or RenderGuardError.
    """
    assembled = project.assemble(slug)
    template = project.template(assembled.issue.template or project.settings.newsletter.template)
    return prepare(assembled, template, project.settings.identity(), reader)


def check_prepared(
    project: Project, prepared: PreparedIssue, *, past_issues: bool = False, people: Iterable[Subscriber] = ()
) -> PreparedIssue:
    """Run all offline checks over an issue that was compiled; the files are not read again, pictures are looked at.

    With `past_issues` its articles are compared with those of every other issue too. The finished mails of `people`
    are looked at beside those of the invented readers. Raises CheckError for a check of the project's own.
    """
    assembled, template, newsletter = prepared.assembled, prepared.subject.template, prepared.newsletter
    readers = tuple(awkward_readers(newsletter, assembled.issue.slug, people))
    subject = replace(
        prepared.subject,
        today=dt.datetime.now(ZoneInfo(newsletter.time_zone)).date(),
        images=image_facts(project, assembled),
        used=used_elsewhere(project, assembled) if past_issues else {},
        past=other_issues(project, assembled) if past_issues else (),
        shares=_shares(assembled, template, newsletter) if prepared.sizes.html > NEAR else (),
        readers=readers,
        messages=tuple(final_messages(prepared.mail, readers)),
        names=project.settings.checks.names,
    )
    own = own_checks(project.root)
    return replace(prepared, subject=subject, own=own, findings=_findings(project, subject, own))


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
        mail=mail,
        reader=whom,
        content=content,
        message=message,
        sizes=message_sizes(content, message),
        subject=Subject(
            assembled=assembled,
            compiled=compiled,
            newsletter=newsletter,
            template=template,
            html=content.html,
            text=content.text,
        ),
        own=(),
        findings=(),
    )


def check_again(
    project: Project,
    prepared: PreparedIssue,
    *,
    links: Mapping[str, LinkResult] | None = None,
    spam: SpamScore | None = None,
) -> PreparedIssue:
    """Check an issue with what the web said of its links, or SpamAssassin of its mail."""
    subject = replace(prepared.subject, links=links, spam=spam)
    return replace(prepared, subject=subject, findings=_findings(project, subject, prepared.own))


def _findings(project: Project, subject: Subject, own: tuple[Check, ...]) -> tuple[Finding, ...]:
    rules = {
        name: None if entry.severity == "off" else Severity(entry.severity)
        for name, entry in project.settings.checks.rules().items()
    }
    try:
        return check_issue(subject, rules=rules, own=own)
    except ConfigError as exc:
        raise ConfigError(exc.what, place=_at_rule(project, exc.what), remedy=exc.remedy) from exc


def _at_rule(project: Project, what: str) -> Place:
    text = (project.root / FILE_NAME).read_text(encoding="utf-8-sig")
    name = next(name for name in project.settings.checks.rules() if name in what)
    return Place(file=FILE_NAME, line=line_of_key(text, ("checks", name)))


def _shares(assembled: AssembledIssue, template: Template, newsletter: Newsletter) -> tuple[ArticleShare, ...]:
    _, measures = measure_issue(assembled, template, newsletter)
    return tuple(ArticleShare(slug=each.slug, bytes=each.bytes, end=each.end) for each in measures)


def require_sendable(prepared: PreparedIssue, despite: Collection[str] = ()) -> tuple[Finding, ...]:
    """Refuse an issue in which a check found an error, and return the errors that `despite` overrules, by id.

    Raises DeliveryError for an error that is not overruled, UsageError for an id that overrules nothing.
    """
    errors = [finding for finding in prepared.findings if finding.severity is Severity.ERROR]
    slug = prepared.compiled.slug
    needless = [name for name in despite if name not in {finding.id for finding in errors}]
    if needless:
        found = ", ".join(sorted({finding.id for finding in errors})) or "none"
        raise UsageError(
            f"{needless[0]} found no error in {slug}, so there is nothing to overrule",
            remedy=f"Leave `--despite {needless[0]}` out. Checks with an error here: {found}.",
        )
    left = [finding for finding in errors if finding.id not in despite]
    if left:
        raise DeliveryError(
            f"{slug} has {len(left)} {'error' if len(left) == 1 else 'errors'} and was not sent",
            place=left[0].place,
            remedy=f"Mend what is named above; `newsletter check {slug}` looks again. "
            f'To send it all the same: --despite {left[0].id} --reason "…".',
        )
    return tuple(errors)


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
