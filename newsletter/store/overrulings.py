"""What a person sent despite a check: kept with the mailing, with who and why."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from newsletter.store.database import Database
from newsletter.store.schema import overrulings


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruling:
    """A finding that stops a send, and a person's decision to send all the same."""

    check: str
    message: str
    place: str
    who: str
    reason: str


def write_overrulings(connection: Connection, mailing_id: int, decided: Iterable[Overruling], now: dt.datetime) -> None:
    """Keep decisions with a mailing, in the transaction that makes it."""
    for each in decided:
        values = {
            "mailing_id": mailing_id,
            "check_id": each.check,
            "message": each.message,
            "place": each.place,
            "who": each.who,
            "reason": each.reason,
            "decided_at": now,
        }
        connection.execute(insert(overrulings).values(**values))


def overrulings_of(database: Database, mailing_id: int) -> tuple[Overruling, ...]:
    """Return what was overruled when a mailing was made, in the order of the findings."""
    query = select(overrulings).where(overrulings.c.mailing_id == mailing_id).order_by(overrulings.c.id)
    with database.read() as connection:
        return tuple(
            Overruling(check=row.check_id, message=row.message, place=row.place, who=row.who, reason=row.reason)
            for row in connection.execute(query)
        )
