"""An issue and the articles it names, put together."""

import difflib
from collections.abc import Sequence
from pathlib import Path

from newsletter.errors import ContentError
from newsletter.models import Article, AssembledIssue, Issue
from newsletter.project.articles import all_records, inbox_records, issue_records, read_record


def assemble(root: Path, issue: Issue, issues: Sequence[str]) -> AssembledIssue:
    """Read every article that the sections of an issue name; `issues` are the names of all issues, for the messages.

    Raises ContentError at the line of an entry that is missing or named twice, and for an issue without articles.
    """
    here = {record.slug: record for record in issue_records(root, issue.slug)}
    found: dict[str, Article] = {}
    lines: dict[str, int] = {}
    for index, section in enumerate(issue.sections):
        for number, name in enumerate(section.articles):
            key = f"sections[{index}].articles[{number}]"
            if name in found:
                raise ContentError(
                    f"the article {name} is named a second time, first in line {lines[name]}",
                    place=issue.place(key),
                    remedy="Delete one of the two entries.",
                )
            if name not in here:
                raise ContentError(
                    f"the article {name} is not in issues/{issue.slug}/articles",
                    place=issue.place(key),
                    remedy=_where_it_may_be(root, issue, issues, name, section.title),
                )
            found[name] = read_record(root, here[name])
            lines[name] = issue.lines[key]
    if not found:
        raise ContentError(
            f"the issue {issue.slug} has no article yet",
            place=issue.place("sections"),
            remedy=f'Add one with `newsletter issue add {issue.slug} ARTICLE --section "Top story"`.',
        )
    return AssembledIssue(issue=issue, articles=found)


def _where_it_may_be(root: Path, issue: Issue, issues: Sequence[str], name: str, section: str) -> str:
    for record in all_records(root, issues):
        if record.slug == name and record.issue:
            return f"It is in the issue {record.issue}; copy its file into issues/{issue.slug}/articles."
        if record.slug == name:
            command = f'newsletter issue add {issue.slug} {name} --section "{section}"'
            return f"It is still in the inbox: `{command}` moves it."
    near = difflib.get_close_matches(
        name,
        [record.slug for record in (*issue_records(root, issue.slug), *inbox_records(root))],
        n=3,
        cutoff=0.5,
    )
    return f"Did you mean {', '.join(near)}?" if near else "`newsletter article list` shows what is there."
