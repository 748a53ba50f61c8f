"""`newsletter mailing resolve`: what a person decides about deliveries nobody can know of."""

import getpass
import os
from typing import Annotated

import typer

from newsletter.cli.mailing.words import Number, resume_command
from newsletter.cli.output import note, plural, say
from newsletter.errors import UsageError


def resolve(
    context: typer.Context,
    number: Number,
    emails: Annotated[list[str] | None, typer.Argument(metavar="EMAIL...", help="Whom; all unknown without.")] = None,
    resend: Annotated[
        bool | None, typer.Option("--resend/--leave", help="Send again, at the risk of a second copy; or leave it.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with your name.")] = "",
) -> None:
    """Decide about deliveries of which nobody can know whether they were accepted.

    \b
    newsletter mailing resolve 1 ada@example.org --resend --reason "she says nothing came"
    newsletter mailing resolve 1 --leave --reason "better none than two"
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.evidence import Decision, Resolution
    from newsletter.store.evidence import resolve as decide
    from newsletter.store.mailings import Mailings

    if resend is None or not reason.strip():
        raise UsageError("say what is to be done, and why", remedy="Give --resend or --leave, and --reason TEXT.")
    project = Project.open(context.obj, os.environ)
    resolution = Resolution(
        decision=Decision.RESEND if resend else Decision.LEAVE, who=getpass.getuser(), reason=reason.strip()
    )
    with open_database(project.settings.store.url, root=project.root) as database:
        mailing = Mailings(database).get(number)
        done = decide(database, number, emails or [], resolution, now=utc_now())
    what = "to be sent again" if resend else "left unknown"
    say(f"{plural(done, 'delivery', 'deliveries')} {what}")
    if resend and done:
        note(f"send them: {resume_command(mailing)}")
