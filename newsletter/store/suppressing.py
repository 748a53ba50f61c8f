"""Suppressions that follow from events: the same in whatever order the events come."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, tuple_
from sqlalchemy.dialects.sqlite import insert as upsert

from newsletter.models import SuppressionReason
from newsletter.store.schema import suppressions


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """An address that an event bars, and since when."""

    email_key: str
    reason: SuppressionReason
    note: str
    at: dt.datetime


SOFT = "soft bounces: "
"""How the note of a suppression begins that stands on soft bounces, and that later news may take back."""

_STATEMENT = upsert(suppressions)
_NEW = _STATEMENT.excluded
_NEW_SOFT = _NEW.note.startswith(SOFT, autoescape=True)
_OLD_SOFT = suppressions.c.note.startswith(SOFT, autoescape=True)
_STRONGER = or_(
    and_(
        _NEW.reason == SuppressionReason.COMPLAINT,
        # who complained stays barred even after asking to come back; MANUAL and FORGOTTEN are people's decisions
        suppressions.c.reason.in_([SuppressionReason.BOUNCE, SuppressionReason.UNSUBSCRIBE]),
    ),
    and_(
        _NEW.reason == SuppressionReason.BOUNCE,
        suppressions.c.reason == SuppressionReason.BOUNCE,
        _OLD_SOFT,
        ~_NEW_SOFT,
    ),
)
_EARLIER = and_(
    _NEW.reason == suppressions.c.reason,
    _NEW_SOFT == _OLD_SOFT,
    tuple_(_NEW.created_at, _NEW.note) < tuple_(suppressions.c.created_at, suppressions.c.note),
)
_SUPPRESS = _STATEMENT.on_conflict_do_update(
    index_elements=[suppressions.c.email_key],
    set_={"reason": _NEW.reason, "note": _NEW.note, "created_at": _NEW.created_at},
    where=or_(_STRONGER, _EARLIER),
)


def suppress(connection: Connection, barred: Sequence[Barred]) -> int:
    """Bar addresses; return how many rows that made or changed.

    Of several reasons the stronger counts, of several events of one reason the first.
    """
    changed = 0
    for each in barred:
        values = {"email_key": each.email_key, "reason": each.reason, "note": each.note, "created_at": each.at}
        changed += connection.execute(_SUPPRESS, values).rowcount
    return changed
