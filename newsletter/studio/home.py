"""The start page as values: the issues with their states, the next date, what waits in the inbox."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from newsletter.errors import ContentError, NewsletterError, StoreError
from newsletter.models import Issue
from newsletter.project import Project
from newsletter.project.creation import with_defaults
from newsletter.project.state import state_of
from newsletter.project.templates import template_names
from newsletter.store.history import IssueHistory, read_history
from newsletter.studio.inbox import counts_of, today_of
from newsletter.studio.workshop import Workshop

SHOWN = 60
"""Issues on the page; the others are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An issue in the list; `editable` is false for one that was sent or is being sent."""

    slug: str
    number: int | None
    date: dt.date | None
    subject: str
    state: str
    sections: int
    articles: int
    editable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Everything on the start page; `due` is the issue whose date comes first, `next` what a new one would be."""

    newsletter: str
    weekday: str
    today: dt.date
    next: Issue
    due: Row | None
    days: int
    coming: tuple[Row, ...]
    past: tuple[Row, ...]
    hidden: int
    counts: dict[str, int]
    fresh: int
    errors: tuple[NewsletterError, ...]
    templates: tuple[str, ...]
    template: str


def home_of(workshop: Workshop, *, everything: bool = False) -> Home:
    """Look at the whole project; an issue that cannot be read is among the errors and hides no other."""
    with workshop.project() as project:
        issues, broken = project.read_issues()
        errors: list[NewsletterError] = list(broken)
        history = _history(project, errors)
        today = today_of(project)
        inbox = project.catalogue().inbox()
        following = with_defaults(Issue(slug="", subject=""), issues, project.settings, dt.datetime.now(dt.UTC))
        rows = [_row(project, issue, history) for issue in issues]
        coming = sorted((row for row in rows if row.editable), key=lambda row: (row.date or dt.date.max, row.slug))
        coming = [row for row in coming if row.date is None or row.date >= today - dt.timedelta(days=7)]
        due = next((row for row in coming if row.date and row.date >= today), None)
        past = sorted(
            (row for row in rows if row not in coming),
            key=lambda row: (row.date or dt.date.min, row.number or 0, row.slug),
            reverse=True,
        )
        shown = past if everything else past[: max(0, SHOWN - len(coming))]
        return Home(
            newsletter=project.settings.newsletter.name,
            weekday=project.settings.schedule.weekday.capitalize(),
            today=today,
            next=following,
            due=due,
            days=(due.date - today).days if due and due.date else 0,
            coming=tuple(coming),
            past=tuple(shown),
            hidden=len(past) - len(shown),
            counts=counts_of(inbox),
            fresh=sum(1 for it in inbox if it.collected and it.collected > today - dt.timedelta(days=7)),
            errors=tuple(errors),
            templates=tuple(template_names(project.root)),
            template=project.settings.newsletter.template,
        )


def _history(project: Project, errors: list[NewsletterError]) -> IssueHistory:
    try:
        return read_history(project.settings.store.url, project.root)
    except StoreError as error:
        errors.append(error)
        return IssueHistory()


def _row(project: Project, issue: Issue, history: IssueHistory) -> Row:
    check: Any = history.passed.get(issue.slug)
    mailings = [str(mailing.state) for mailing in history.mailings.get(issue.slug, [])]
    return Row(
        slug=issue.slug,
        number=issue.number,
        date=issue.date,
        subject=issue.subject,
        state=state_of(project, issue, passed=check.fingerprint if check else "", mailings=mailings),
        sections=len(issue.sections),
        articles=sum(len(section.articles) for section in issue.sections),
        editable=not mailings,
    )


def require_unsent(project: Project, slug: str) -> None:
    """Refuse to rename an issue that the ledger knows by its name; raises ContentError."""
    if read_history(project.settings.store.url, project.root).mailings.get(slug):
        raise ContentError(
            f"the issue {slug} was sent, or is being sent, under this name",
            remedy=f"Only `newsletter issue rename {slug} NEW --force` renames it.",
        )
