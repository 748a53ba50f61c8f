"""`newsletter check --list` and `--explain`: the checks themselves."""

import os
from typing import Any

import typer

from newsletter.checks.base import Check
from newsletter.checks.registry import CHECKS, nearest
from newsletter.cli.output import say, say_json, say_table
from newsletter.config import Settings
from newsletter.errors import UsageError
from newsletter.project import Project
from newsletter.project.own_checks import own_checks


def list_checks(context: typer.Context, *, as_json: bool) -> None:
    """Print every check with the severity it has in this project, and why it has another than its own."""
    checks, settings = _known(context)
    rules = settings.checks.rules()
    if as_json:
        say_json([_values(entry, settings) for entry in checks])
        return
    rows = [
        (
            entry.id,
            rules[entry.id].severity if entry.id in rules else entry.severity.value,
            entry.family.value,
            entry.title + (f" ({rules[entry.id].reason})" if entry.id in rules else ""),
        )
        for entry in checks
    ]
    say_table(("id", "severity", "about", "what"), rows)


def explain_check(context: typer.Context, name: str) -> None:
    """Print what a check is about, where its rule comes from and how it is silenced; raises UsageError."""
    checks, settings = _known(context)
    entry = next((each for each in checks if each.id == name.upper()), None)
    if entry is None:
        raise UsageError(f"there is no check {name[:40]!r}", remedy=nearest(name, [each.id for each in checks]))
    say(f"{entry.id}  {entry.title}  ({entry.severity}, {entry.family})")
    if entry.id in settings.checks.rules():
        rule = settings.checks.rules()[entry.id]
        say(f"here: {rule.severity}, {rule.reason}")
    say()
    say(entry.why)
    say(f"Source: {entry.source}")
    say()
    say("Silence it in one record or issue, in its front matter:")
    say(f"  ignore: [{entry.id}]")
    say("or in newsletter.toml, for all:")
    say(f'  [checks]\n  {entry.id} = {{ severity = "off", reason = "…" }}')


def _known(context: typer.Context) -> tuple[tuple[Check, ...], Settings]:
    """Return all checks and the settings; outside a project the program's own checks alone."""
    try:
        project = Project.open(context.obj, os.environ)
    except UsageError:
        return CHECKS, Settings()
    return (*CHECKS, *own_checks(project.root)), project.settings


def _values(entry: Check, settings: Settings) -> dict[str, Any]:
    rule = settings.checks.rules().get(entry.id)
    return {
        "id": entry.id,
        "family": entry.family.value,
        "severity": rule.severity if rule else entry.severity.value,
        "reason": rule.reason if rule else None,
        "title": entry.title,
        "why": entry.why,
        "source": entry.source,
    }
