"""A template on trial: the torture issue compiled with it, and what is found in the mails.

A mail is read as a program reads it: nothing of the issue may be lost, in no language, for no reader.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from newsletter.checks.size import CLIPPED
from newsletter.errors import NewsletterError, RenderGuardError, SlotError, UsageError
from newsletter.message.build import MessageTemplate
from newsletter.message.reader import sample_reader
from newsletter.models import Finding, Newsletter, Reader, Severity, Subscriber, Template
from newsletter.project.examination import (
    COMPILES,
    DAMAGED,
    FITS,
    SLOT,
    UNTRANSLATED,
    Trouble,
    examine,
    finding_of,
    short,
)
from newsletter.project.folder import Project
from newsletter.project.preparation import PreparedIssue, prepare
from newsletter.render import compile_issue
from newsletter.render.environment import missing_phrases
from newsletter.render.torture import MANY, Case, cases, find_case

SAFE_ADDRESS = "1 Trial Street\nTrial Town"

Tell = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFinding:
    """A finding and where it was made: the cases by name, each with its languages."""

    finding: Finding
    cases: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The result: what was found, and bytes of HTML by case and language of every mail that compiled."""

    template: str
    mails: int
    bytes: dict[tuple[str, str], int]
    findings: tuple[CaseFinding, ...]

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(found.finding.severity is Severity.ERROR for found in self.findings)


def try_template(template: Template, newsletter: Newsletter, tell: Tell = lambda _done, _of, _name: None) -> Trial:
    """Compile the torture issue with a template and look at every mail, some fifty of them, in two to five seconds.

    `tell` hears how many cases are done, of how many, and the name of the next.
    """
    found: dict[Finding, dict[str, list[str]]] = {}
    sizes: dict[tuple[str, str], int] = {}
    mails = 0

    def note(findings: Iterator[Finding], case: str, language: str) -> None:
        for finding in findings:
            languages = found.setdefault(finding, {}).setdefault(case, [])
            if language not in languages:
                languages.append(language)

    every = list(cases(template)) if template.layouts else []
    for number, case in enumerate(every):
        tell(number, len(every), case.name)
        for language in case.languages:
            mails += 1
            size, findings = _try(case, template, _sender(newsletter, language))
            note(iter(findings), case.name, language)
            if size is not None:
                sizes[case.name, language] = size
    if not template.layouts:
        note(iter([_no_layouts(template)]), "every layout", "en")
    note(_size(template, sizes), f"{MANY} articles", "en")
    for language in {language for _, language in sizes if language != "en"}:
        note(_untranslated(template, language), "phrases", language)
    ordered = sorted(found.items(), key=lambda item: (item[0].id, str(item[0].place), item[0].message))
    return Trial(
        template=template.name,
        mails=mails,
        bytes=sizes,
        findings=tuple(
            CaseFinding(
                finding=finding, cases=tuple((name, tuple(languages)) for name, languages in sorted(where.items()))
            )
            for finding, where in ordered
        ),
    )


def prepare_case(project: Project, name: str, case: str, language: str) -> PreparedIssue:
    """Prepare a mail of the torture issue for looking at it, with what was found in it.

    `language` is the newsletter's when empty. Raises UsageError for a case that the template does not have any more,
    and what compiling raises.
    """
    template, newsletter = project.template(name), project.settings.identity()
    found = find_case(template, case)
    if found is None:
        raise UsageError(f"there is no case {case[:60]!r}", remedy="Start again with another one.")
    sender = _sender(newsletter, language or newsletter.language)
    prepared = prepare(found.assembled, template, sender)
    return replace(prepared, findings=tuple(examine(found.assembled, prepared.content, sender)))


def _try(case: Case, template: Template, newsletter: Newsletter) -> tuple[int | None, list[Finding]]:
    try:
        compiled = compile_issue(case.assembled, template, newsletter)
        mail = MessageTemplate(compiled, newsletter)
        content = mail.content(sample_reader(newsletter, compiled.slug))
    except RenderGuardError as exc:
        return None, [_of_error(DAMAGED, exc)]
    except NewsletterError as exc:
        return None, [_of_error(COMPILES, exc)]
    findings = list(examine(case.assembled, content, newsletter))
    try:
        mail.content(_stranger(newsletter, compiled.slug))
    except SlotError as exc:
        findings.append(_of_error(SLOT, exc))
    return len(content.html.encode()), findings


def _sender(newsletter: Newsletter, language: str) -> Newsletter:
    return replace(newsletter, language=language, postal_address=newsletter.postal_address or SAFE_ADDRESS)


def _stranger(newsletter: Newsletter, slug: str) -> Reader:
    """Return a reader of whom nothing is known but the address, and who has no web version."""
    return replace(sample_reader(newsletter, slug), subscriber=Subscriber(email="x@example.com"), web_url="")


def _of_error(trouble: Trouble, exc: NewsletterError) -> Finding:
    return finding_of(trouble, exc.what, exc.remedy, exc.place)


def _no_layouts(template: Template) -> Finding:
    return finding_of(
        COMPILES,
        "the template has no layout",
        "Make layouts/story.mjml: it draws one article, as `article`.",
        template.place("layouts"),
    )


def _size(template: Template, sizes: dict[tuple[str, str], int]) -> Iterator[Finding]:
    one, many = sizes.get(("one article", "en")), sizes.get((f"{MANY} articles", "en"))
    if one is None or many is None or many <= one:
        return
    each = (many - one) / (MANY - 1)
    fit = int((CLIPPED - one) / each) + 1
    yield finding_of(
        FITS,
        f"one article makes {one:,} bytes of HTML, each further one about {each:,.0f}: "
        f"some {fit} fit before Gmail clips at {CLIPPED:,}",
        "Fewer tags and shorter styles in the layouts make room for more.",
        template.place("layouts"),
    )


def _untranslated(template: Template, language: str) -> Iterator[Finding]:
    for phrase, place in missing_phrases(template, language):
        yield finding_of(
            UNTRANSLATED,
            f"the phrase {short(phrase)} has no translation",
            "Add it to locale/LANGUAGE.po.",
            place,
        )
