"""Where each issue is: what the ledger and the checks know of it. Content and deliveries meet only here."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from newsletter.cli.output import note
from newsletter.errors import NewsletterError, StoreError
from newsletter.models import Issue

LOCAL = frozenset({"outbox", "memory"})
"""Transports that leave everything on this machine: what went through them was a rehearsal."""


def states_of(project: Any, issues: Iterable[Issue]) -> dict[str, tuple[str, list[int]]]:
    """Return the state of each issue, and the numbers of its mailings that reach people.

    draft; checked, when `newsletter check` found no error in the files as they are; ready, sending or paused while a
    mailing is unfinished; sent. Of these the last that is true counts.
    """
    passed, mailings = _known(project)
    found = {}
    for issue in issues:
        sent = mailings.get(issue.slug, [])
        unfinished = [str(mailing.state) for mailing in sent if mailing.state != "finished"]
        if unfinished:
            state = unfinished[0]
        elif sent:
            state = "sent"
        elif issue.slug in passed and _unchanged(project, issue, passed[issue.slug]):
            state = "checked"
        else:
            state = "draft"
        found[issue.slug] = (state, [mailing.id for mailing in sent])
    return found


def mailings_of(project: Any) -> dict[str, list[Any]]:
    """Return the mailings that reach people, by issue; none when nothing was ever sent and there is no database."""
    return _known(project)[1]


def remember_check(project: Any, compiled: Any, *, passed: bool) -> None:
    """Keep for `issue list` that the check of a compiled issue found no error, or forget that an earlier one did not.

    Nothing is kept of files that changed while they were checked. A database that cannot be written is no error of the
    check: it is said, and the check stands.
    """
    if not passed and not _has_database(project):
        return
    fingerprint = _print_of(project, compiled) if passed else ""
    from newsletter.store.checks import Checks, PassedCheck
    from newsletter.store.database import open_database

    now = dt.datetime.now(dt.UTC)
    try:
        with open_database(project.settings.store.url, root=project.root) as database:
            if fingerprint:
                check = PassedCheck(
                    issue=compiled.slug, sha256=compiled.sha256, fingerprint=fingerprint, checked_at=now
                )
                Checks(database).record(check)
            else:
                Checks(database).forget(compiled.slug)
    except StoreError as error:
        note(f"note: `newsletter issue list` does not learn of this check: {error}")


def _print_of(project: Any, compiled: Any) -> str:
    """Return the print of the files that an issue was compiled from; empty when they changed since."""
    from newsletter.project.fingerprint import fingerprint
    from newsletter.render import compile_issue

    try:
        before = fingerprint(project, project.issue(compiled.slug))
        template, newsletter = project.template(compiled.template), project.settings.identity()
        again = compile_issue(project.assemble(compiled.slug), template, newsletter)
        same = again.sha256 == compiled.sha256 and before == fingerprint(project, project.issue(compiled.slug))
    except NewsletterError:
        # somebody saved a file that cannot be read in this moment
        return ""
    return before if same else ""


def _known(project: Any) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Read the passed checks and the mailings that reach people, both by issue."""
    if not _has_database(project):
        return {}, {}
    # imported here: a project without a database needs no SQLAlchemy, which takes longer than all its issues
    from newsletter.store.checks import Checks
    from newsletter.store.database import open_database
    from newsletter.store.mailings import Mailings

    with open_database(project.settings.store.url, root=project.root) as database:
        mailings: dict[str, list[Any]] = {}
        for mailing in Mailings(database).list():
            if mailing.transport not in LOCAL:
                mailings.setdefault(mailing.issue, []).append(mailing)
        return dict(Checks(database).passed()), mailings


def _has_database(project: Any) -> bool:
    url = project.settings.store.url
    return not url.startswith("sqlite:///") or (project.root / url.removeprefix("sqlite:///")).exists()


def _unchanged(project: Any, issue: Issue, check: Any) -> bool:
    from newsletter.project.fingerprint import fingerprint

    return bool(fingerprint(project, issue) == check.fingerprint)
