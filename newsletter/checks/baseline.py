"""Baselines: the findings a team has accepted, so that only new ones are reported."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable

from newsletter.errors import ConfigError
from newsletter.models import Finding, Place

VERSION = 1


def fingerprint(finding: Finding) -> str:
    """Return what stays the same when lines above a finding come or go: a hash of id, file and message."""
    return hashlib.sha256("\0".join(_key(finding)).encode()).hexdigest()[:32]


def format_baseline(findings: Iterable[Finding]) -> str:
    """Write findings as JSON, one a line and sorted, so that git shows what was accepted."""
    rows = sorted(_key(finding) for finding in findings)
    entries = ",\n".join(
        "  " + json.dumps({"id": name, "file": file, "message": message}, ensure_ascii=False)
        for name, file, message in rows
    )
    return (
        f'{{"version": {VERSION}, "findings": [\n{entries}\n]}}\n'
        if rows
        else f'{{"version": {VERSION}, "findings": []}}\n'
    )


def parse_baseline(text: str, *, file: str) -> Counter[tuple[str, str, str]]:
    """Read accepted findings, each with how often it was accepted; raises ConfigError."""
    try:
        values = json.loads(text)
        if values["version"] != VERSION:
            raise ValueError(f"version {values['version']!r}")  # noqa: TRY301 - one message for every kind of damage
        return Counter((row["id"], row["file"], row["message"]) for row in values["findings"])
    except (ValueError, KeyError, TypeError) as exc:
        raise ConfigError(
            "this is no baseline of `newsletter check`",
            place=Place(file=file),
            remedy="Write it anew: `newsletter check ISSUE --baseline FILE --update-baseline`.",
        ) from exc


def new_findings(findings: Iterable[Finding], accepted: Counter[tuple[str, str, str]]) -> tuple[Finding, ...]:
    """Return the findings that were not accepted; a second one of the same words is new."""
    left = Counter(accepted)
    new = []
    for finding in findings:
        key = _key(finding)
        if left[key]:
            left[key] -= 1
        else:
            new.append(finding)
    return tuple(new)


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.id, finding.place.file if finding.place else "", finding.message
