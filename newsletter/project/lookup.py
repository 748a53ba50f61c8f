"""Which article of an issue, or for an issue, a person means by a name or the beginning of one."""

import difflib
from pathlib import Path

from newsletter.errors import UsageError
from newsletter.models import Issue
from newsletter.project.articles import Record, inbox_records, issue_records


def entry_named(root: Path, issue: Issue, name: str) -> str:
    """Find an article of an issue by its slug or the beginning of it, its file deleted or not; return its slug.

    Raises UsageError naming what fits or comes near.
    """
    named = [slug for section in issue.sections for slug in section.articles]
    return _one(name, [*named, *(record.slug for record in issue_records(root, issue.slug))], f"the issue {issue.slug}")


def record_for(root: Path, issue: Issue, issues: list[str], name: str) -> Record:
    """Find the record that is meant for an issue: one of its own first, then the inbox, then other issues.

    Of several issues that hold the article the last by name counts. Raises UsageError.
    """
    found: list[Record] = []
    for place in (issue.slug, "", *(other for other in reversed(issues) if other != issue.slug)):
        records = issue_records(root, place) if place else inbox_records(root)
        exact = next((record for record in records if record.slug == name), None)
        if exact:
            return exact
        found += records
    slug = _one(name, [record.slug for record in found], "the project")
    return next(record for record in found if record.slug == slug)


def _one(name: str, slugs: list[str], where: str) -> str:
    fitting = sorted({slug for slug in slugs if slug == name})
    fitting = fitting or sorted({slug for slug in slugs if name and slug.startswith(name)})
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(f"{name!r} fits {len(fitting)} articles: {', '.join(fitting)}", remedy="Type more of it.")
    near = difflib.get_close_matches(name, slugs, n=3, cutoff=0.5)
    what = "no article" if where == "the project" else f"no article in {where} of the name"
    raise UsageError(
        f"there is {what} {name[:80]!r}",
        remedy=f"Did you mean {', '.join(near)}?" if near else "`newsletter article list` shows what is there.",
    )
