"""Where each issue is: what the ledger and the checks know of it. Content and deliveries meet only here."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from newsletter.cli.output import note
from newsletter.errors import NewsletterError, StoreError
from newsletter.models import Issue


def states_of(project: Any, issues: Iterable[Issue]) -> dict[str, tuple[str, list[int]]]:
    """Return the state of each issue in a word, and the numbers of its mailings that reach people."""
    from newsletter.project.state import state_of

    known = _history(project)
    found = {}
    for issue in issues:
        sent, check = known.mailings.get(issue.slug, []), known.passed.get(issue.slug)
        states = [str(mailing.state) for mailing in sent]
        state = state_of(project, issue, passed=check.fingerprint if check else "", mailings=states)
        found[issue.slug] = (state, [mailing.id for mailing in sent])
    return found


def mailings_of(project: Any) -> dict[str, list[Any]]:
    """Return the mailings that reach people, by issue; none when nothing was ever sent and there is no database."""
    return dict(_history(project).mailings)


def remember_check(project: Any, compiled: Any, *, passed: bool) -> None:
    """Keep for `issue list` that the check of a compiled issue found no error, or forget that an earlier one did not.

    Nothing is kept of files that changed while they were checked. A database that cannot be written is no error of the
    check: it is said, and the check stands.
    """
    from newsletter.store.history import has_database

    if not passed and not has_database(project.settings.store.url, project.root):
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


def _history(project: Any) -> Any:
    from newsletter.store.history import read_history

    return read_history(project.settings.store.url, project.root)
