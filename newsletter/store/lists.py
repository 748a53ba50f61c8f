"""Making, naming and putting away lists."""

import datetime as dt

from sqlalchemy import Connection, insert, select, update

from newsletter.errors import UsageError
from newsletter.models import MailingState
from newsletter.store.database import Database
from newsletter.store.schema import consents, lists, mailings
from newsletter.store.subscribers import check_list_name


def new_list(database: Database, name: str, *, title: str, now: dt.datetime) -> None:
    """Make an empty list; raises UsageError when there is one of that name, or none can be called so."""
    check_list_name(name)
    with database.write() as connection:
        _refuse_known(connection, name)
        connection.execute(insert(lists).values(name=name, title=title or name, created_at=now))


def rename_list(database: Database, name: str, new_name: str, *, title: str = "") -> None:
    """Give a list another name, and a title of its own if one is given; mailings and consents follow.

    Raises UsageError for an unknown list, a name that is taken, and while a mailing to it is not finished: its claims
    look the list up by name.
    """
    check_list_name(new_name)
    with database.write() as connection:
        row = connection.execute(select(lists).where(lists.c.name == name)).first()
        if row is None:
            raise unknown_list(connection, name)
        if new_name != name:
            _refuse_known(connection, new_name)
        sent = connection.execute(select(mailings.c.id, mailings.c.lists, mailings.c.state)).all()
        theirs = [each for each in sent if name in each.lists]
        unfinished = next((each.id for each in theirs if each.state != MailingState.FINISHED), None)
        if unfinished is not None and new_name != name:
            raise UsageError(
                f"mailing {unfinished} to the list `{name}` is not finished",
                remedy="Finish it first: it finds its people by the list's name.",
            )
        old_title = new_name if row.title == name else row.title
        connection.execute(update(lists).where(lists.c.id == row.id).values(name=new_name, title=title or old_title))
        connection.execute(update(consents).where(consents.c.list == name).values(list=new_name))
        for each in theirs:
            names = sorted(new_name if known == name else known for known in each.lists)
            connection.execute(update(mailings).where(mailings.c.id == each.id).values(lists=names))


def archive_list(database: Database, name: str, *, now: dt.datetime, undo: bool = False) -> bool:
    """Put a list away, or take it out again; return whether that changed anything.

    Nobody is mailed or imported to it, its people and their consent stay. Raises UsageError for an unknown list.
    """
    with database.write() as connection:
        row = connection.execute(select(lists).where(lists.c.name == name)).first()
        if row is None:
            raise unknown_list(connection, name)
        if (row.archived_at is None) == undo:
            return False
        connection.execute(update(lists).where(lists.c.id == row.id).values(archived_at=None if undo else now))
    return True


def unknown_list(connection: Connection, name: str) -> UsageError:
    """Return the error that names the lists there are."""
    known = list(connection.execute(select(lists.c.name).order_by(lists.c.name)).scalars())
    remedy = f"Known lists: {', '.join(known)}." if known else f"Make it: newsletter list new {name}."
    return UsageError(f"there is no list `{name}`", remedy=remedy)


def _refuse_known(connection: Connection, name: str) -> None:
    if connection.scalar(select(lists.c.id).where(lists.c.name == name)) is not None:
        raise UsageError(f"there is a list `{name}` already", remedy="Choose another name.")
