"""Findings for a person: one screen, by article in reading order, the worst first."""

from collections.abc import Sequence

import typer

from newsletter.checks.base import Check
from newsletter.checks.report import RANK, clean_families, grouped, line_number
from newsletter.cli.output import plural, say
from newsletter.models import AssembledIssue, Finding, Severity

SHOWN = 20
"""Findings printed at most, the worst; the rest are counted."""
WITH_REMEDY = 10
"""Findings up to which remedies are printed, each behind the first finding of its check."""

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


def say_table_of(
    findings: Sequence[Finding], assembled: AssembledIssue, checks: Sequence[Check], *, accepted: int
) -> None:
    """Print the findings of an issue, how many a baseline holds back, and what is clean."""
    say(typer.style(f"{assembled.issue.slug}: {_counts(findings)}", bold=True) + _accepted(accepted))
    shown = sorted(findings, key=lambda finding: RANK[finding.severity])[:SHOWN]
    remedies = len(shown) <= WITH_REMEDY
    told: set[str] = set()
    for group in grouped(shown, assembled):
        say()
        say(typer.style(group.title, bold=True) + (f"  {group.file}" if group.file not in {"", group.title} else ""))
        for finding in group.findings:
            line = str(line_number(finding) or "")
            word = typer.style(f"{finding.severity:7}", fg=_COLOURS[finding.severity])
            say(f"{line:>5}  {word} {finding.id}  {finding.message}")
            if remedies and finding.id not in told:
                told.add(finding.id)
                say(typer.style(f"       {'':7}       {finding.remedy}", dim=True))
    say()
    if len(findings) > len(shown):
        say(f"and {len(findings) - len(shown)} more, none worse: --format json names them all")
    clean = [family.value for family in clean_families(findings, checks)]
    if clean:
        say(f"clean: {', '.join(clean)} ({len(checks)} checks)")
    if findings:
        say(f"more about one: newsletter check --explain {shown[0].id}")


def _counts(findings: Sequence[Finding]) -> str:
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    counts = {severity: sum(finding.severity is severity for finding in findings) for severity in names}
    return ", ".join(plural(count, names[severity]) for severity, count in counts.items() if count) or "nothing found"


def _accepted(accepted: int) -> str:
    return f" ({plural(accepted, 'accepted finding')} of the baseline left out)" if accepted else ""
