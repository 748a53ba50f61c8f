"""`newsletter audience`: who would get a mailing."""

import os
from typing import Annotated

import typer

from newsletter.cli.output import say_json, say_table

app = typer.Typer(help="Say who would get a mailing, and who would not.", no_args_is_help=True)


@app.callback()
def audience() -> None:
    """Say who would get a mailing, and who would not."""


@app.command()
def explain(
    context: typer.Context,
    list_names: Annotated[list[str], typer.Option("--list", "-l", metavar="NAME", help="A list; may be given again.")],
    issue: Annotated[
        str, typer.Argument(metavar="ISSUE", help="Leave out who has this issue; without it nobody has it.")
    ] = "",
    segment: Annotated[str, typer.Option("--segment", metavar="NAME", help="Only who is in this segment.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count everybody on the lists: recipients, and exclusions by reason; together they are the candidates.

    \b
    newsletter audience explain --list weekly
    newsletter audience explain clouds --list weekly --list press --segment pro-de
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.mailings import Audience
    from newsletter.store.segments import Segments
    from newsletter.store.subscribers import Subscribers

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        lists = Subscribers(database).require_lists(list_names)
        whom = Audience(issue=issue, lists=lists, transport="", reaches_people=bool(issue))
        found = Segments(database).explain(whom, segment, now=utc_now())
    reasons: dict[str, int] = {"outside the segment": found.outside} if segment else {}
    reasons |= {str(reason): number for reason, number in found.skipped.items()}
    if as_json:
        say_json({"candidates": found.candidates, "recipients": found.recipients, "excluded": reasons})
        return
    rows = [(reason.replace("_", " "), f"-{number:,}") for reason, number in reasons.items()]
    say_table(("", "people"), [("candidates", f"{found.candidates:,}"), *rows, ("recipients", f"{found.recipients:,}")])
