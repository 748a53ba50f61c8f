"""`newsletter subscriber export-person`, `forget`: what a person may ask for (GDPR Art. 15, 17 and 20)."""

import os
import sys
from typing import Annotated

import typer

from newsletter.cli.output import say, say_json
from newsletter.errors import UsageError

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="An address.")]


def export_person(context: typer.Context, email: Email) -> None:
    """Print everything that is held about a person, as JSON: data, lists, consent, deliveries, the provider's events.

    \b
    newsletter subscriber export-person ada@example.org > ada.json
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.held import held_about

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        say_json(held_about(database, email))


def forget(
    context: typer.Context,
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete all that is kept about a person, for good; only a keyed hash keeps an import from bringing them back.

    \b
    newsletter subscriber forget ada@example.org

    Backups, exported files and reports of imports are yours to clean: docs/privacy.md says where to look.
    """
    from newsletter.message.address import canonical_email, email_key
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.forgetting import forget as forget_address
    from newsletter.store.keys import load_keys
    from newsletter.store.mailings import Mailings

    project = Project.open(context.obj, os.environ)
    key = email_key(canonical_email(email))
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("nothing was deleted: there is nobody to ask", remedy="Say --yes.")
        typer.confirm(f"Delete all that is kept about {email}? It cannot be undone.", abort=True, err=True)
    with open_database(project.settings.store.url, root=project.root) as database:
        keys = load_keys(database.state_dir, may_create=not Mailings(database).reached_people())
        known = forget_address(database, key, keys)
    say(f"{email} is forgotten" if known else f"{email} was no subscriber, and is forgotten")
