"""`newsletter mailing unknown`: who may or may not have been mailed, and what speaks for what."""

import os
from dataclasses import asdict
from typing import Annotated

import typer

from newsletter.cli.output import note, plural, say, say_json


def unknown(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="The mailing's number.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Name those of whom nobody can know whether the provider took the message: since when, and what evidence there is.

    \b
    newsletter mailing unknown 1
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.doubt import doubts, events_of_mailing
    from newsletter.store.mailings import Mailings

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        mailing = Mailings(database).get(number)
        found, heard = doubts(database, number), events_of_mailing(database, number)
    if as_json:
        say_json({"mailing": number, "events": heard, "unknown": [asdict(each) for each in found]})
        return
    say(f"mailing {number}, {mailing.issue}: {plural(len(found), 'delivery', 'deliveries')} unknown")
    for each in found:
        say(f"  {each.email}  since {each.since:%Y-%m-%d %H:%M:%S} UTC, attempt {each.attempt_count}: {each.why}")
        say(
            f"    no event carries its tag; in the ten minutes around it events came for "
            f"{each.around_before:,} messages before and {each.around_after:,} after"
        )
        if each.decided:
            say(f"    decided: {each.decided}")
    if found and not heard:
        note("No event about this mailing was taken in, so nothing speaks for or against: `newsletter events pull`.")
    elif found:
        note(
            "Events for many messages before and after, but none for this one: probably not accepted. That is no proof."
        )
    if found:
        note(f'decide: newsletter mailing resolve {number} EMAIL --resend --reason "…", or --leave')
