"""`newsletter build`: the compiled issue as files."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.output import note, say, say_json
from newsletter.models import Finding

IssueName = Annotated[str, typer.Argument(metavar="ISSUE", help="The issue's folder in issues/.")]


def build(
    context: typer.Context,
    issue: IssueName,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Where to write; build/ISSUE in the project by default."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print message.json instead of a summary.")] = False,
) -> None:
    """Compile an issue into files: message.html, message.txt, message.eml and message.json.

    The mail is the one that an invented reader would get; message.json holds the hash of the compiled issue, its
    sizes, its slots and what the checks found.

    \b
    newsletter build clouds
    newsletter build clouds --out /tmp/clouds
    """
    from newsletter.project import Project
    from newsletter.project.files import write_whole
    from newsletter.project.preparation import facts_of, prepare_issue

    project = Project.open(context.obj, os.environ)
    prepared = prepare_issue(project, issue)
    facts = facts_of(prepared)
    folder = out or project.root / "build" / issue
    write_whole(
        folder,
        {
            "message.html": prepared.content.html.encode(),
            "message.txt": prepared.content.text.encode(),
            "message.eml": prepared.message,
            "message.json": (json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode(),
        },
    )
    if as_json:
        say_json(facts)
        return
    say(f"{prepared.content.subject}")
    say(f"  HTML {prepared.sizes.html:,} bytes, text {prepared.sizes.text:,}, message {prepared.sizes.message:,}")
    say(f"  SHA-256 {prepared.compiled.sha256}")
    say(f"  {folder}/message.html, message.txt, message.eml, message.json")
    tell_findings(prepared.findings)


def tell_findings(findings: Sequence[Finding]) -> None:
    """Print findings to standard error, each with its place and remedy."""
    for finding in findings:
        where = f"{finding.place}: " if finding.place else ""
        note(f"{finding.severity.value} {finding.id}: {where}{finding.message}")
        note(f"  {finding.remedy}")
