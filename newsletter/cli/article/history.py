"""`newsletter article history`: where a page was used, and what is like it."""

from typing import Annotated, Any

import typer

from newsletter.cli.article.records import AsJson
from newsletter.cli.output import note, say, say_json
from newsletter.errors import ContentError


def history(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="URL|ARTICLE", help="A page's address, or the name of a record.")],
    as_json: AsJson = False,
) -> None:
    """Say where a page was used already, and which records of the inbox and of every issue are nearly the same.

    \b
    newsletter article history https://example.org/harbour
    newsletter article history harbour --json
    """
    from newsletter.cli.project import open_project

    project = open_project(context)
    found = list(_found(project, what))
    if as_json:
        say_json([_as_json(project, match) for match in found])
    elif not found:
        note("Nothing like it, in the inbox or in any issue.")
    else:
        for match in found:
            say(f"{match.entry.file}: {where(project, match.entry)}: {match.entry.title}\n  {match.reason}")


def warn_of_lookalikes(project: Any, article: Any) -> None:
    """Print a warning for each record that is like `article`, the likest three; `project` is a Project."""
    for match in project.catalogue().similar(article)[:3]:
        entry = match.entry
        note(f"note: looks like {entry.slug}, {where(project, entry)}: {entry.title}\n  {match.reason}; {entry.file}")


def where(project: Any, entry: Any) -> str:
    """Name the place of an entry as a person would: `in issue 12 of 2026-11-27 (tides)`, or `in the inbox`."""
    if not entry.issue:
        return "in the inbox" if entry.status == "inbox" else f"in the inbox, {entry.status}"
    number, date = _issue(project, entry.issue)
    return " ".join(
        part
        for part in (
            "in issue" if number is not None else "in the issue",
            f"{number}" if number is not None else "",
            f"of {date}" if date else "",
            f"({entry.issue})" if number is not None else entry.issue,
        )
        if part
    )


def _found(project: Any, what: str) -> list[Any]:
    from newsletter.project import Match

    catalogue = project.catalogue()
    if "://" in what:
        here = [Match(entry=entry, score=1.0, reason="the same address", exact=True) for entry in catalogue.at(what)]
    else:
        record = project.find_record(what)
        own = [entry for entry in catalogue.named(record.slug) if entry.issue == record.issue]
        if not own:
            project.find_article(what)  # raises what is wrong with it
        here = [Match(entry=entry, score=1.0, reason="the record itself", exact=True) for entry in own]
    files = {match.entry.file for match in here}
    like = catalogue.similar(here[0].entry) if here else ()
    return [*here, *(match for match in like if match.entry.file not in files)]


def _issue(project: Any, slug: str) -> tuple[Any, Any]:
    try:
        issue = project.issue(slug)
    except ContentError:
        # a broken issue.md is no reason to hide what was in the issue
        return None, None
    return issue.number, issue.date


def _as_json(project: Any, match: Any) -> dict[str, Any]:
    entry = match.entry
    number, date = _issue(project, entry.issue) if entry.issue else (None, None)
    return {
        "article": entry.slug,
        "title": entry.title,
        "url": entry.url,
        "issue": entry.issue,
        "number": number,
        "date": date,
        "status": entry.status,
        "file": entry.file,
        "score": match.score,
        "exact": match.exact,
        "reason": match.reason,
    }
