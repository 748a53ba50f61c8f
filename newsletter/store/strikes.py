"""Soft bounces in a row: judged anew from all events of a person, so that their order of arrival does not count."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby

from sqlalchemy import JSON, Connection, delete, func, literal, literal_column, select

from newsletter.models import EventMeaning, SuppressionReason
from newsletter.store.schema import attempts, deliveries, events, mailings, suppressions
from newsletter.store.suppressing import SOFT, Barred, suppress


def judge_soft_bounces(connection: Connection, email_keys: Iterable[str], *, limit: int) -> int:
    """Suppress those whom `limit` mailings in a row did not reach; return how many that are.

    A mailing that was delivered ends the row. A suppression of this kind that later news make wrong, a delivery in
    between, is taken back. `limit` 0 suppresses nobody.
    """
    keys = sorted(set(email_keys))
    if not keys or not limit:
        return 0
    bounced = select(events.c.email_key).where(
        # written out, because SQLite takes a partial index only for a value that it sees
        events.c.meaning == literal_column(f"'{EventMeaning.SOFT_BOUNCE.value}'"),
        events.c.email_key.in_(select(func.json_each(literal(keys, JSON)).table_valued("value").c.value)),
    )
    counted = connection.execute(bounced.group_by(events.c.email_key).having(func.count() >= limit)).scalars()
    changed = 0
    for key in counted.all():
        since = _struck_out(connection, key, limit)
        if since is not None:
            note = f"{SOFT}{limit} mailings in a row"
            barred = Barred(email_key=key, reason=SuppressionReason.BOUNCE, note=note, at=since)
            changed += suppress(connection, [barred])
        else:
            _take_back(connection, key)
    return changed


def _struck_out(connection: Connection, key: str, limit: int) -> dt.datetime | None:
    """Return when the row of soft bounces was long enough for the first time; None when it never was."""
    query = (
        select(deliveries.c.mailing_id, events.c.meaning, events.c.occurred_at)
        .join(attempts, attempts.c.id == events.c.attempt_id)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(
            deliveries.c.email_key == key,
            # the index of deliveries begins with the mailing
            deliveries.c.mailing_id.in_(select(mailings.c.id)),
            events.c.meaning.in_([EventMeaning.SOFT_BOUNCE, EventMeaning.DELIVERED]),
        )
        .order_by(deliveries.c.mailing_id, events.c.occurred_at)
    )
    run = 0
    for _, found in groupby(connection.execute(query), key=lambda row: row.mailing_id):
        rows = list(found)
        run = 0 if any(row.meaning == EventMeaning.DELIVERED for row in rows) else run + 1
        if run == limit:
            last: dt.datetime = rows[0].occurred_at
            return last
    return None


def _take_back(connection: Connection, key: str) -> None:
    connection.execute(
        delete(suppressions).where(
            suppressions.c.email_key == key,
            suppressions.c.reason == SuppressionReason.BOUNCE,
            suppressions.c.note.startswith(SOFT, autoescape=True),
        )
    )
