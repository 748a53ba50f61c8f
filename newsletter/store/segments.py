"""Saved segments, and who of an audience is in one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from newsletter.errors import UsageError
from newsletter.models import SkipReason, SubscriberStatus
from newsletter.store.database import Database
from newsletter.store.mailings import Audience, candidates_of
from newsletter.store.schema import segments, subscribers
from newsletter.store.segment_language import parse_segment
from newsletter.store.segment_sql import condition
from newsletter.store.subscribers import LIST_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A saved expression over subscribers."""

    name: str
    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everybody on the lists: recipients, those outside the segment, and those left out, by reason."""

    recipients: int
    outside: int
    skipped: Mapping[SkipReason, int]

    @property
    def candidates(self) -> int:
        """Recipients plus everybody who gets nothing."""
        return self.recipients + self.outside + sum(self.skipped.values())


class Segments:
    """The saved segments of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> tuple[Segment, ...]:
        """Return every segment by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(segments).order_by(segments.c.name)).all()
        return tuple(Segment(name=row.name, expression=row.expression) for row in rows)

    def save(self, segment: Segment, *, now: dt.datetime, replace: bool = False) -> None:
        """Save a checked expression; raises UsageError for one that cannot be read, and for a name out of place."""
        if not LIST_NAME.fullmatch(segment.name):
            raise UsageError(
                f"{segment.name!r} cannot be the name of a segment",
                remedy="Use lower-case letters, digits and hyphens.",
            )
        parse_segment(segment.expression, now=now)
        with self._database.write() as connection:
            here = segments.c.name == segment.name
            known = connection.scalar(select(segments.c.name).where(here)) is not None
            if known and not replace:
                raise UsageError(
                    f"there is a segment `{segment.name}` already", remedy=f"newsletter segment edit {segment.name} …"
                )
            if replace and not known:
                raise _unknown(connection, segment.name)
            if known:
                connection.execute(update(segments).where(here).values(expression=segment.expression))
            else:
                values = {"name": segment.name, "expression": segment.expression, "created_at": now}
                connection.execute(insert(segments).values(**values))

    def remove(self, name: str) -> None:
        """Delete a segment, no people; raises UsageError when there is none of that name."""
        with self._database.write() as connection:
            if connection.execute(delete(segments).where(segments.c.name == name)).rowcount == 0:
                raise _unknown(connection, name)

    def count(self, name: str, *, now: dt.datetime) -> int:
        """Count everybody in a segment who may be mailed at all."""
        active = subscribers.c.status == SubscriberStatus.ACTIVE
        with self._database.read() as connection:
            where = segment_condition(connection, name, now)
            return connection.scalar(select(func.count()).select_from(subscribers).where(active, where)) or 0

    def explain(self, audience: Audience, name: str, *, now: dt.datetime) -> Explanation:
        """Say who of an audience would get a message now, with a segment or, if `name` is empty, without."""
        with self._database.read() as connection:
            people = candidates_of(audience)
            inside = segment_condition(connection, name, now) if name else subscribers.c.id.is_not(None)
            found = people.add_columns(inside.label("inside")).subquery()
            query = select(found.c.inside, found.c.reason, func.count().label("number")).group_by("inside", "reason")
            rows = connection.execute(query).all()
        counts = {row.reason: row.number for row in rows if row.inside}
        return Explanation(
            recipients=counts.get("", 0),
            outside=sum(row.number for row in rows if not row.inside),
            skipped={reason: counts[reason] for reason in SkipReason if reason in counts},
        )


def segment_condition(connection: Connection, name: str, now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition of a saved segment, for a query over `subscribers`; raises UsageError for an unknown one."""
    expression = connection.scalar(select(segments.c.expression).where(segments.c.name == name))
    if expression is None:
        raise _unknown(connection, name)
    return condition(parse_segment(expression, now=now))


def _unknown(connection: Connection, name: str) -> UsageError:
    known = list(connection.execute(select(segments.c.name).order_by(segments.c.name)).scalars())
    remedy = f"Known segments: {', '.join(known)}." if known else "Make it: newsletter segment new."
    return UsageError(f"there is no segment `{name}`", remedy=remedy)
