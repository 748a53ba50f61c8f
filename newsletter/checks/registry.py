"""The one list of checks, a package for each family; docs/checks.md is generated from it."""

import difflib
from collections.abc import Iterable, Mapping
from types import ModuleType

import newsletter.checks.accessibility as of_accessibility
import newsletter.checks.clients as of_clients
import newsletter.checks.content as of_content
import newsletter.checks.deliverability as of_deliverability
import newsletter.checks.final as of_final
import newsletter.checks.images as of_images
import newsletter.checks.links as of_links
import newsletter.checks.size as of_size
import newsletter.checks.subject as of_subject
import newsletter.checks.transform as of_transform
from newsletter.checks.base import Check, Subject
from newsletter.errors import ConfigError, ContentError
from newsletter.models import Article, Finding, Issue, Severity

FAMILIES = (
    of_subject,  # N1
    of_size,  # N2
    of_images,  # N3
    of_accessibility,  # N3
    of_links,  # N4
    of_content,  # N5
    of_clients,  # N6
    of_deliverability,  # N7
    of_final,  # N8
    of_transform,  # N9
)
"""A check belongs to the registry when it stands at the top level of one of these packages."""


def checks_in(modules: Iterable[ModuleType]) -> tuple[Check, ...]:
    """Return the checks of some modules by id; raises ValueError for an id that two of them have."""
    found: dict[str, Check] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Check) and found.setdefault(value.id, value) is not value:
                raise ValueError(f"two checks have the id {value.id}")
    return tuple(found[name] for name in sorted(found))


CHECKS = checks_in(FAMILIES)

_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


def check_issue(
    subject: Subject, *, rules: Mapping[str, Severity | None] | None = None, own: tuple[Check, ...] = ()
) -> tuple[Finding, ...]:
    """Run every check over an issue, the project's `own` too; errors come first, then by id and place.

    `rules` gives a check another severity, or none at all when it is off. The issue's `ignore` silences a check
    everywhere, an article's in its own record. Raises ConfigError for an unknown id in `rules`, ContentError for one
    in an `ignore`.
    """
    checks = (*CHECKS, *own)
    chosen = rules or {}
    _require_known(subject, chosen, [entry.id for entry in checks])
    found = [
        finding
        for entry in checks
        if (severity := chosen.get(entry.id, entry.severity)) is not None
        for finding in entry.findings(subject, severity)
        if not _ignored(subject, finding)
    ]
    return tuple(sorted(found, key=lambda finding: (_ORDER[finding.severity], finding.id, str(finding.place or ""))))


def _ignored(subject: Subject, finding: Finding) -> bool:
    file = finding.place.file if finding.place else ""
    return finding.id in subject.assembled.issue.ignore or any(
        finding.id in article.ignore and article.file == file for article in subject.articles()
    )


def _require_known(subject: Subject, rules: Mapping[str, Severity | None], known: list[str]) -> None:
    for name in rules:
        if name not in known:
            raise ConfigError(f"there is no check {name}, which [checks] names", remedy=nearest(name, known))
    records: list[Issue | Article] = [subject.assembled.issue, *subject.articles()]
    for record in records:
        for name in record.ignore:
            if name not in known:
                raise ContentError(
                    f"there is no check {name[:40]!r} to ignore",
                    place=record.place("ignore"),
                    remedy=nearest(name, known),
                )


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown id: the one that comes near, and where all of them are listed."""
    near = difflib.get_close_matches(name.upper(), list(known), n=1, cutoff=0.5)
    return (f"Did you mean {near[0]}? " if near else "") + "`newsletter check --list` names them all."
