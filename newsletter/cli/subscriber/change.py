"""`newsletter subscriber add`, `edit`, `tag`, `untag`, `unsubscribe`, `remove`: one person, or a few, by hand."""

import os
from collections.abc import Sequence
from typing import Annotated

import typer

from newsletter.cli.output import note, say
from newsletter.errors import UsageError

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="An address.")]
Emails = Annotated[list[str], typer.Argument(metavar="EMAIL", help="Addresses.")]
ListName = Annotated[str | None, typer.Option("--list", "-l", metavar="NAME", help="A list's name.")]
Name = Annotated[str | None, typer.Option("--name", metavar="TEXT", help="The name.")]
Attributes = Annotated[
    list[str] | None, typer.Option("--attribute", "-a", metavar="KEY=VALUE", help="An attribute; `KEY=` takes it away.")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", "-t", metavar="TAG", help="A tag.")]


def add(
    context: typer.Context,
    email: Email,
    list_name: Annotated[str, typer.Option("--list", "-l", metavar="NAME", help="The list, which must be there.")],
    consent_source: Annotated[
        str, typer.Option("--consent-source", metavar="TEXT", help="Where this person agreed; kept on record.")
    ],
    name: Name = None,
    attributes: Attributes = None,
    tags: Tags = None,
) -> None:
    """Put one person on a list; who left or is suppressed is kept out.

    \b
    newsletter subscriber add ada@example.org --list weekly --consent-source "asked by phone" --name "Ada L."
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.doubts import doubt_about
    from newsletter.store.people import Change, add_person
    from newsletter.store.subscribers import Subscribers
    from newsletter.store.taking import ImportOutcome

    if not consent_source.strip():
        raise UsageError("nobody can say where this person agreed", remedy="Declare it with --consent-source.")
    project = Project.open(context.obj, os.environ)
    change = Change(name=name, attributes=_pairs(attributes), add_tags=tuple(tags or ()))
    with open_database(project.settings.store.url, root=project.root) as database:
        outcome = add_person(
            Subscribers(database), email, change, list_name=list_name, consent_source=consent_source, now=utc_now()
        )
    if outcome in {ImportOutcome.UNSUBSCRIBED, ImportOutcome.SUPPRESSED}:
        raise UsageError(f"{email} is {outcome} and was kept out", remedy=f"See newsletter subscriber show {email}.")
    if doubt := doubt_about(email.strip().lower()):
        note(f"note: {email}: {doubt.text}")
    say(f"{email}: {outcome} on list {list_name}")


def edit(
    context: typer.Context,
    email: Email,
    name: Name = None,
    attributes: Attributes = None,
) -> None:
    """Change the name or attributes of a person.

    \b
    newsletter subscriber edit ada@example.org --name "Ada Lovelace" --attribute city=London --attribute job=
    """
    from newsletter.store.people import Change

    if name is None and not attributes:
        raise UsageError("nothing to change", remedy="Say --name or --attribute KEY=VALUE.")
    _change(context, [email], Change(name=name, attributes=_pairs(attributes)))


def tag(
    context: typer.Context,
    tag: Annotated[str, typer.Argument(metavar="TAG", help="A tag.")],
    emails: Emails,
) -> None:
    """Give people a tag.

    \b
    newsletter subscriber tag pro ada@example.org ben@example.org
    """
    from newsletter.store.people import Change

    _change(context, emails, Change(add_tags=(tag.strip(),)))


def untag(
    context: typer.Context,
    tag: Annotated[str, typer.Argument(metavar="TAG", help="A tag.")],
    emails: Emails,
) -> None:
    """Take a tag from people.

    \b
    newsletter subscriber untag pro ada@example.org
    """
    from newsletter.store.people import Change

    _change(context, emails, Change(remove_tags=(tag.strip(),)))


def unsubscribe(context: typer.Context, email: Email, list_name: ListName = None) -> None:
    """Take a person off one list, or off everything; no import brings them back.

    \b
    newsletter subscriber unsubscribe ada@example.org
    newsletter subscriber unsubscribe ada@example.org --list weekly
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database, utc_now
    from newsletter.store.subscribers import Subscribers

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        changed = Subscribers(database).unsubscribe(email, list_name=list_name, now=utc_now())
    where = f"list {list_name}" if list_name else "every list"
    say(f"{email} is off {where}" + ("" if changed else ", and was before"))


def remove(context: typer.Context, email: Email) -> None:
    """Delete a person; the account of what was sent keeps the address, and a suppression stays.

    \b
    newsletter subscriber remove ada@example.org
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.subscribers import Subscribers

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        Subscribers(database).remove(email)
    say(f"{email} is removed")


def _change(context: typer.Context, emails: Sequence[str], change: object) -> None:
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.people import Change, edit_person

    assert isinstance(change, Change), "made by the command"
    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        for email in emails:
            changed = edit_person(database, email, change)
            say(f"{email} is changed" if changed else f"{email} stays as it was")


def _pairs(words: Sequence[str] | None) -> dict[str, str | None]:
    """Read KEY=VALUE; an empty value takes the attribute away."""
    pairs: dict[str, str | None] = {}
    for word in words or ():
        key, found, value = word.partition("=")
        if not found or not key.strip():
            raise UsageError(f"{word!r} is no attribute", remedy="Write KEY=VALUE, like city=London.")
        pairs[key.strip()] = value.strip() or None
    return pairs
