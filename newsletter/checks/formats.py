"""Findings for other programs: annotations of GitHub's workflows, and SARIF."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from newsletter.checks.base import Check
from newsletter.checks.baseline import fingerprint
from newsletter.models import Finding, Severity

_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_SARIF = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def github_annotations(findings: Iterable[Finding], checks: Sequence[Check]) -> list[str]:
    """Write findings as workflow commands, which GitHub shows beside the lines of a change.

    The escapes are those of https://github.com/actions/toolkit, packages/core/src/command.ts.
    """
    titles = {entry.id: entry.title for entry in checks}
    lines = []
    for finding in findings:
        values = {"title": f"{finding.id} {titles.get(finding.id, '')}".strip()}
        if finding.place:
            values = {"file": finding.place.file, "line": str(finding.place.line or 1), **values}
        properties = ",".join(f"{name}={_escaped(value, _PROPERTY)}" for name, value in values.items())
        text = _escaped(f"{finding.message}. {finding.remedy}", _DATA)
        lines.append(f"::{_GITHUB[finding.severity]} {properties}::{text}")
    return lines


def sarif(findings: Iterable[Finding], checks: Sequence[Check], version: str) -> dict[str, Any]:
    """Return findings as a log of SARIF 2.1.0 (OASIS standard), the rules of all checks with it."""
    index = {entry.id: number for number, entry in enumerate(checks)}
    driver = {"name": "newsletter", "semanticVersion": version, "rules": [_rule(entry) for entry in checks]}
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, index) for finding in findings],
            }
        ],
    }


def _rule(entry: Check) -> dict[str, Any]:
    return {
        "id": entry.id,
        "name": "".join(word.capitalize() for word in entry.title.replace("-", " ").split() if word.isalnum()),
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": entry.why or entry.title},
        "help": {"text": f"Source: {entry.source}"},
        "defaultConfiguration": {"level": _SARIF[entry.severity]},
        "properties": {"category": entry.family.value},
    }


def _result(finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": index[finding.id],
        "level": _SARIF[finding.severity],
        "message": {"text": f"{finding.message}. {finding.remedy}"},
        "partialFingerprints": {"newsletter/v1": fingerprint(finding)},
    }
    if finding.place:
        location: dict[str, Any] = {
            "artifactLocation": {"uri": quote(finding.place.file), "uriBaseId": "%SRCROOT%"},
        }
        if finding.place.line:
            region = {"startLine": finding.place.line}
            location["region"] = region | ({"startColumn": finding.place.column} if finding.place.column else {})
        result["locations"] = [{"physicalLocation": location}]
    return result


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
