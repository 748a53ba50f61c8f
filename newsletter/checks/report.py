"""Findings as somebody reads them: by article in reading order, worst first, and what is clean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsletter.checks.base import Check, Family
from newsletter.models import AssembledIssue, Finding, Severity

RANK = {severity: rank for rank, severity in enumerate(Severity)}
"""0 for the worst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The findings of one file, worst first; `title` is what an editor calls it."""

    title: str
    file: str
    findings: tuple[Finding, ...]


def grouped(findings: Iterable[Finding], assembled: AssembledIssue) -> tuple[Group, ...]:
    """Group findings by file: the issue, its articles in order, then templates and settings, then the mail itself."""
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.place.file if finding.place else "", []).append(finding)
    issue = assembled.issue
    order = {issue.file: f"the issue {issue.slug}"}
    for section in issue.sections:
        for slug in section.articles:
            order[assembled.articles[slug].file] = assembled.articles[slug].title
    order |= {file: file for file in sorted(by_file) if file and file not in order}
    order[""] = "the mail as a whole"
    return tuple(
        Group(
            title=title,
            file=file,
            findings=tuple(sorted(by_file[file], key=lambda found: (RANK[found.severity], line_number(found)))),
        )
        for file, title in order.items()
        if file in by_file
    )


def line_number(finding: Finding) -> int:
    """Return the line of a finding; 0 without one."""
    return (finding.place.line or 0) if finding.place else 0


def clean_families(findings: Iterable[Finding], checks: Sequence[Check]) -> tuple[Family, ...]:
    """Return the families of which no check had anything to say."""
    ids = {finding.id for finding in findings}
    soiled = {entry.family for entry in checks if entry.id in ids}
    return tuple(family for family in Family if family not in soiled and any(each.family is family for each in checks))


def at_or_above(findings: Iterable[Finding], threshold: Severity) -> int:
    """Count the findings that are as bad as the threshold, or worse."""
    return sum(RANK[finding.severity] <= RANK[threshold] for finding in findings)
