"""The one list of checks; docs/checks.md is generated from it."""

from newsletter.checks.base import Check, Subject
from newsletter.checks.content import CHECKS as CONTENT
from newsletter.checks.images import CHECKS as IMAGES
from newsletter.checks.links import CHECKS as LINKS
from newsletter.checks.size import CHECKS as SIZE
from newsletter.checks.subject import CHECKS as SUBJECT
from newsletter.models import Finding, Severity

CHECKS: tuple[Check, ...] = tuple(sorted((*SUBJECT, *SIZE, *IMAGES, *LINKS, *CONTENT), key=lambda check: check.id))

_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


def check_issue(subject: Subject) -> tuple[Finding, ...]:
    """Run every check over an issue; errors come first, then by id and place."""
    found = [finding for check in CHECKS for finding in check.findings(subject)]
    return tuple(sorted(found, key=lambda finding: (_ORDER[finding.severity], finding.id, str(finding.place or ""))))
