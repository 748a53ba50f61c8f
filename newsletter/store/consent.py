"""The record of consent: who agreed to what, when, how, under which text, and when it was withdrawn (GDPR Art. 7).

Rows are only ever added; they go with the person. A text is kept once under its version, the beginning of its SHA-256.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from newsletter.store.database import Database
from newsletter.store.schema import consent_texts, consents


class ConsentAction(StrEnum):
    """What a person did."""

    GIVEN = "given"  # agreed, by a click in a mail to the address or on their own page
    WITHDRAWN = "withdrawn"  # took it back


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """When and how somebody did something: `source` is the way, `ip` is empty unless the project keeps addresses."""

    at: dt.datetime
    source: str
    text_version: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """One row of the record; `text` is what the person agreed to."""

    list: str
    action: ConsentAction
    source: str
    text_version: str
    text: str
    ip: str
    at: dt.datetime


def text_version(text: str) -> str:
    """Return the version of a consent text; "" for an empty one."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12] if text else ""


def keep_text(database: Database, text: str, now: dt.datetime) -> str:
    """Keep a text that people are asked to agree to, once, and return its version."""
    version = text_version(text)
    if version:
        row = {"version": version, "text": text, "first_used_at": now}
        with database.write() as connection:
            connection.execute(upsert(consent_texts).values(**row).on_conflict_do_nothing())
    return version


def record_consent(
    connection: Connection,
    subscriber_id: int,
    lists: Sequence[str],
    action: ConsentAction,
    evidence: Evidence,
) -> None:
    """Add a row for each list."""
    rows = [
        {
            "subscriber_id": subscriber_id,
            "list": name,
            "action": action,
            "source": evidence.source,
            "text_version": evidence.text_version,
            "ip": evidence.ip,
            "at": evidence.at,
        }
        for name in lists
    ]
    if rows:
        connection.execute(insert(consents), rows)


def consent_of(connection: Connection, subscriber_id: int) -> tuple[ConsentRecord, ...]:
    """Return a person's record, the oldest first."""
    query = (
        select(consents, consent_texts.c.text)
        .select_from(consents.outerjoin(consent_texts, consent_texts.c.version == consents.c.text_version))
        .where(consents.c.subscriber_id == subscriber_id)
        .order_by(consents.c.id)
    )
    return tuple(
        ConsentRecord(
            list=row.list,
            action=ConsentAction(row.action),
            source=row.source,
            text_version=row.text_version,
            text=row.text or "",
            ip=row.ip,
            at=row.at,
        )
        for row in connection.execute(query)
    )
