"""`newsletter issue suggest`: what of the inbox an issue could take next."""

import datetime as dt
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, say_json, say_table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def suggest(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="The issue's name.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Rank what is in the inbox for an issue, each with its reasons: fresh, shortlisted, tags, seen before.

    \b
    newsletter issue suggest clouds
    newsletter issue suggest clouds --limit 3 --json
    """
    from zoneinfo import ZoneInfo

    from newsletter.cli.project import open_project
    from newsletter.project.suggestion import suggest as suggestions_for

    project = open_project(context)
    today = dt.datetime.now(ZoneInfo(project.settings.newsletter.time_zone)).date()
    result = suggestions_for(project, issue, today=today, limit=limit)
    if as_json:
        say_json({"issue": issue, "date": result.day, "suggestions": _as_json(result), "left_out": result.left_out})
        return
    rows = [
        (str(rank), each.entry.slug, each.entry.title, "; ".join(reason.words for reason in each.reasons))
        for rank, each in enumerate(result.found, start=1)
    ]
    if rows:
        say_table(("", "article", "title", "why"), rows)
    elif result.left_out:
        note(f"Nothing in the inbox fits an issue of {result.day}.")
    else:
        note("The inbox is empty. Fill it with `newsletter article add SOURCE`.")
    if result.left_out:
        note("Left out: " + ", ".join(f"{count:,} {_WHY[why]}" for why, count in result.left_out.items()) + ".")
    if rows:
        note(f'Next: newsletter issue add {issue} {result.found[0].entry.slug} --section "…"')


_WHY = {
    "rejected": "rejected",
    "expired": "expired by then",
    "embargoed": "under embargo then",
    "used": "used already",
    "unreadable": "unreadable, which `newsletter article list` explains",
}


def _as_json(result: Any) -> list[dict[str, Any]]:
    return [
        {
            "rank": rank,
            "article": each.entry.slug,
            "title": each.entry.title,
            "file": each.entry.file,
            "score": each.score,
            "reasons": [{"points": reason.points, "words": reason.words} for reason in each.reasons],
        }
        for rank, each in enumerate(result.found, start=1)
    ]
