"""`newsletter issue diff`: what changed from one issue to another."""

import os
from dataclasses import asdict
from typing import Annotated, Any

import typer

from newsletter.cli.output import say, say_json


def diff(
    context: typer.Context,
    one: Annotated[str, typer.Argument(metavar="A", help="An issue's name.")],
    other: Annotated[str, typer.Argument(metavar="B", help="The name of the issue to compare it with.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what changed from issue A to issue B: its head, its sections, its articles and their texts.

    \b
    newsletter issue diff first-light clouds
    newsletter issue diff first-light clouds --json
    """
    from newsletter.project import Project
    from newsletter.project.comparison import compare, read_issue

    project = Project.open(context.obj, os.environ)
    changes = compare(read_issue(project, one), read_issue(project, other))
    if as_json:
        say_json([asdict(change) for change in changes])
        return
    for change in changes:
        say(_line(change, one, other))
    if not changes:
        say("no difference")


def _line(change: Any, one: str, other: str) -> str:
    whole = change.part == "issue"
    arrow = f"{change.before or 'none'} -> {change.after or 'none'}"
    match change.kind:
        case "added" | "removed":
            home = f", in {change.before or change.after}" if change.part == "article" else ""
            said = f"only in {other if change.kind == 'added' else one}{home}"
        case "reordered":
            said = f"another order, {arrow}"
        case "renamed":
            said = f"now {change.after}"
        case "text" if change.fields == ("file",):
            said = "its file is missing in one of them"
        case "text":
            said = f"other {', '.join(change.fields)}"
        case "introduction" | "note":
            said = "changed" if whole else f"{change.kind} changed"
        case _:
            said = arrow if whole else f"{change.kind} {arrow}"
    if whole:
        return f"{change.name if change.kind == 'reordered' else change.kind}: {said}"
    return f"{change.part} {change.name}: {said}"
