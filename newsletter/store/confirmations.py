"""What waits for a click in a mail: a sign-up, or the change of an address. Kept for a week and then deleted."""

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from newsletter.message.address import email_key
from newsletter.models import SubscriberStatus, SuppressionReason
from newsletter.store.consent import Evidence
from newsletter.store.database import Database
from newsletter.store.forgetting import lift
from newsletter.store.membership import LANGUAGE, TOKEN_BYTES, activate, join
from newsletter.store.schema import confirmations, subscribers, suppressions

EXPIRES = dt.timedelta(days=7)
"""How long the link of a confirmation mail works, and how long the address is kept without it."""
AGAIN = dt.timedelta(minutes=10)
"""How soon an address may get another confirmation mail."""
MAILS_A_DAY = 3
"""Confirmation mails to one address in 24 hours: nobody can be pestered through the form."""
OWN_WISH = (SuppressionReason.UNSUBSCRIBE, SuppressionReason.FORGOTTEN)
"""Reasons that a person takes back by signing up; to an address barred for another one no mail goes at all."""


class Kind(StrEnum):
    """What is waiting."""

    SIGN_UP = "sign-up"  # a form was filled in with this address
    NEW_ADDRESS = "new-address"  # a subscriber wants to be mailed here


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for at a form; `subscriber_id` is whose address changes, `language` the one of the mail."""

    kind: Kind
    email: str
    source: str
    text_version: str = ""
    ip: str = ""
    name: str = ""
    lists: tuple[str, ...] = ()
    language: str = ""
    subscriber_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A confirmation mail that is to be sent."""

    token: bytes
    kind: Kind
    email: str
    name: str
    lists: tuple[str, ...]
    language: str


class Confirmations:
    """The requests in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, request: Request, now: dt.datetime) -> Waiting | None:
        """Keep a request until it is confirmed; None when no mail may go to the address now.

        That is so for an address that bounced, complained or was barred, and for one that had its share of mails.
        """
        key = email_key(request.email)
        token = os.urandom(TOKEN_BYTES)
        with self._database.write() as connection:
            if _barred(connection, key) or _had_enough(connection, key, now):
                return None
            data = {
                "name": request.name,
                "lists": list(request.lists),
                "language": request.language,
                "source": request.source,
                "text_version": request.text_version,
                "ip": request.ip,
            }
            connection.execute(
                insert(confirmations).values(
                    token=token,
                    kind=request.kind,
                    email=request.email,
                    email_key=key,
                    subscriber_id=request.subscriber_id,
                    data=data,
                    created_at=now,
                )
            )
        return Waiting(
            token=token,
            kind=request.kind,
            email=request.email,
            name=request.name,
            lists=request.lists,
            language=request.language,
        )

    def unmailed(self, now: dt.datetime) -> tuple[Waiting, ...]:
        """Return the requests of the last day whose mail never left: the process ended before."""
        query = select(confirmations).where(
            confirmations.c.mailed_at.is_(None), confirmations.c.created_at > now - dt.timedelta(days=1)
        )
        with self._database.read() as connection:
            return tuple(_waiting(row) for row in connection.execute(query.order_by(confirmations.c.created_at)))

    def mailed(self, token: bytes, now: dt.datetime) -> None:
        """Say that the mail of a request left."""
        with self._database.write() as connection:
            connection.execute(update(confirmations).where(confirmations.c.token == token).values(mailed_at=now))

    def confirm(self, token: bytes, now: dt.datetime) -> Kind | None:
        """Do what was asked for; None when there is no such request, or it is too old or cannot be done any more.

        The second time nothing changes: whoever left in the meantime is not brought back by an old mail.
        """
        with self._database.write() as connection:
            row = connection.execute(
                select(confirmations).where(confirmations.c.token == token, confirmations.c.created_at > now - EXPIRES)
            ).first()
            if row is None:
                return None
            kind = Kind(row.kind)
            if row.confirmed_at is None:
                done = self._sign_up(connection, row, now) if kind is Kind.SIGN_UP else _move(connection, row)
                if not done:
                    return None
                connection.execute(update(confirmations).where(confirmations.c.token == token).values(confirmed_at=now))
        return kind

    def purge(self, now: dt.datetime) -> int:
        """Delete what is too old to be confirmed; return how many."""
        with self._database.write() as connection:
            old = delete(confirmations).where(confirmations.c.created_at <= now - EXPIRES)
            return connection.execute(old).rowcount

    def _sign_up(self, connection: Connection, row: Row[Any], now: dt.datetime) -> bool:
        if _barred(connection, row.email_key):
            return False
        lift(connection, row.email_key, self._database.state_dir)
        person = _subscriber(connection, row, now)
        data: Mapping[str, Any] = row.data
        evidence = Evidence(at=now, source=data["source"], text_version=data["text_version"], ip=data["ip"])
        join(connection, person, data["lists"], evidence)
        return True


def _subscriber(connection: Connection, row: Row[Any], now: dt.datetime) -> int:
    """Return the id of the address's subscriber, made or woken up; what is known is not overwritten."""
    name, language = row.data["name"], row.data["language"]
    known = connection.execute(select(subscribers).where(subscribers.c.email_key == row.email_key)).first()
    if known is None:
        values = {
            "email": row.email,
            "email_key": row.email_key,
            "name": name,
            "attributes": {LANGUAGE: language} if language else {},
            "tags": [],
            "status": SubscriberStatus.ACTIVE,
            "created_at": now,
        }
        key = connection.execute(insert(subscribers).values(**values)).inserted_primary_key
        assert key is not None, "an insertion of one row gives its key"
        return int(key[0])
    activate(connection, known.id)
    if name and not known.name:
        connection.execute(update(subscribers).where(subscribers.c.id == known.id).values(name=name))
    return int(known.id)


def _move(connection: Connection, row: Row[Any]) -> bool:
    """Give a subscriber another address, unless that is somebody's already."""
    taken = select(subscribers.c.id).where(subscribers.c.email_key == row.email_key)
    if _barred(connection, row.email_key) or connection.scalar(taken) not in {None, row.subscriber_id}:
        return False
    changed = connection.execute(
        update(subscribers)
        .where(subscribers.c.id == row.subscriber_id)
        .values(email=row.email, email_key=row.email_key)
    )
    return changed.rowcount == 1


def _barred(connection: Connection, key: str) -> bool:
    query = select(suppressions.c.reason).where(suppressions.c.email_key == key)
    reason = connection.scalar(query)
    return reason is not None and reason not in OWN_WISH


def _had_enough(connection: Connection, key: str, now: dt.datetime) -> bool:
    query = select(func.count(), func.max(confirmations.c.created_at)).where(
        confirmations.c.email_key == key, confirmations.c.created_at > now - dt.timedelta(days=1)
    )
    count, latest = connection.execute(query).one()
    return count >= MAILS_A_DAY or (latest is not None and latest > now - AGAIN)


def _waiting(row: Row[Any]) -> Waiting:
    data: Mapping[str, Any] = row.data
    return Waiting(
        token=row.token,
        kind=Kind(row.kind),
        email=row.email,
        name=data["name"],
        lists=tuple(data["lists"]),
        language=data["language"],
    )
