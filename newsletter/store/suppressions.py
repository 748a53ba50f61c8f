"""Who must not be mailed: by address, by domain, by the hash of an address.

One table holds them all under `email_key`: an address; `@` and a domain, which bars every address of exactly that
domain; `sha256:` and the SHA-256 of an address in lower case, in hexadecimal, as lists of people who must not be mailed
are handed from one company to another; and the keyed hash of somebody who was forgotten (`store.forgetting`).
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Select,
    case,
    delete,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from newsletter.errors import AddressError, UsageError
from newsletter.message.address import canonical_email, email_key
from newsletter.models import SuppressionReason
from newsletter.store.database import Database, sha256_hex
from newsletter.store.forgetting import PREFIX as FORGOTTEN_PREFIX
from newsletter.store.forgetting import forgotten
from newsletter.store.schema import suppressions

HASH_PREFIX = "sha256:"
_HASH = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")
_FORGOTTEN = re.compile(r"hmac:[^:\s]{1,40}:[0-9a-f]{64}")


class SuppressionKind(StrEnum):
    """What a suppression is about."""

    ADDRESS = "address"  # one address
    DOMAIN = "domain"  # every address of exactly this domain
    HASH = "hash"  # the address that has this hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One row: `value` is the address, the domain without an @, or the hash with its kind before the colon."""

    value: str
    kind: SuppressionKind
    reason: SuppressionReason
    note: str
    created_at: dt.datetime


def suppression_key(text: str) -> str:
    """Return how a suppression is kept: of an address, a domain with or without an @, or a SHA-256 in hexadecimal.

    Raises UsageError when the text is none of them.
    """
    word = text.strip()
    if hashed := _HASH.fullmatch(word):
        return HASH_PREFIX + hashed[1].lower()
    if _FORGOTTEN.fullmatch(word):
        return word
    try:
        if word.startswith("@") or "@" not in word:
            return email_key(canonical_email(f"a@{word.removeprefix('@')}")).removeprefix("a")
        return email_key(canonical_email(word))
    except AddressError as exc:
        raise UsageError(
            f"{word!r} is no address, domain or SHA-256",
            remedy="Write ada@example.org, example.org, or 64 hexadecimal digits.",
        ) from exc


def barring(key: ColumnElement[str]) -> ColumnElement[bool]:
    """Say which row of `suppressions` bars the address of this column, for the ON of an outer join: one row at most.

    The address itself comes first, then its domain, then its hash, which is looked at only when hashes are kept.
    """
    table = suppressions.alias()

    def row(where: ColumnElement[bool]) -> Any:
        return select(table.c.email_key).where(where).correlate_except(table).scalar_subquery()

    domain = literal("@") + func.substr(key, func.instr(key, "@") + 1)
    hashed = row(table.c.email_key == literal(HASH_PREFIX) + func.sha256_hex(key))
    found = func.coalesce(row(table.c.email_key == key), row(table.c.email_key == domain), case((_any_hash(), hashed)))
    return suppressions.c.email_key == found


def barred(connection: Connection, keys: Sequence[str], state_dir: Path) -> dict[str, str]:
    """Return those among the addresses that must not be mailed, with the reason; who was forgotten among them."""
    found = _reasons(connection, keys)
    others = select(exists().where(suppressions.c.email_key >= "@", suppressions.c.email_key < "A"))
    if connection.scalar(others):
        domains = {key: "@" + key.partition("@")[2] for key in keys}
        reasons = _reasons(connection, list(set(domains.values())))
        found = {key: reasons[domain] for key, domain in domains.items() if domain in reasons} | found
    if connection.scalar(select(_any_hash())):
        hashes = {HASH_PREFIX + sha256_hex(key): key for key in keys}
        found = {hashes[mark]: reason for mark, reason in _reasons(connection, list(hashes)).items()} | found
    return {**found, **forgotten(connection, keys, state_dir)}


class Suppressions:
    """Everybody who must not be mailed, in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, keys: Sequence[str], reason: SuppressionReason, *, note: str, at: dt.datetime) -> int:
        """Bar addresses, domains and hashes, keys of `suppression_key`; return how many were not barred before."""
        rows = [{"email_key": key, "reason": reason, "note": note, "created_at": at} for key in keys]
        with self._database.write() as connection:
            return add_suppressions(connection, rows)

    def add_rows(self, rows: Sequence[Suppression]) -> int:
        """Bar what another list bars, each with its own reason and date; return how many are new here."""
        values = [
            {
                "email_key": suppression_key(row.value),
                "reason": row.reason,
                "note": row.note,
                "created_at": row.created_at,
            }
            for row in rows
        ]
        with self._database.write() as connection:
            return add_suppressions(connection, values)

    def stream(self, reason: SuppressionReason | None = None) -> Iterator[Suppression]:
        """Yield every suppression, those of a reason only if one is given; holds a few at a time."""
        query = select(suppressions).order_by(suppressions.c.email_key)
        if reason is not None:
            query = query.where(suppressions.c.reason == reason)
        with self._database.read() as connection:
            for row in connection.execute(query.execution_options(yield_per=1000)):
                yield _suppression(row.email_key, SuppressionReason(row.reason), row.note, row.created_at)

    def find(self, text: str) -> Suppression:
        """Return what bars exactly this address, domain or hash; raises UsageError when nothing does."""
        key = suppression_key(text)
        with self._database.read() as connection:
            row = connection.execute(select(suppressions).where(suppressions.c.email_key == key)).first()
            if row is None and "@" in key and forgotten(connection, [key], self._database.state_dir):
                raise UsageError(
                    f"{text} was forgotten on their own wish", remedy="Only they can come back, by signing up again."
                )
        if row is None:
            raise UsageError(f"{text} is not suppressed", remedy="See newsletter suppression list.")
        return _suppression(row.email_key, SuppressionReason(row.reason), row.note, row.created_at)

    def remove(self, text: str) -> Suppression:
        """Let an address, a domain or a hash be mailed again, as far as this goes; return what barred it.

        Raises UsageError when nothing bars it, or when it belongs to somebody who was forgotten.
        """
        found = self.find(text)
        if found.reason is SuppressionReason.FORGOTTEN:
            raise UsageError(
                f"{text} stands for somebody who was forgotten on their own wish",
                remedy="Only they can come back, by signing up again.",
            )
        with self._database.write() as connection:
            connection.execute(delete(suppressions).where(suppressions.c.email_key == suppression_key(text)))
        return found


def add_suppressions(connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
    """Add rows inside the caller's transaction, leaving older ones as they are; return how many are new."""
    if not rows:
        return 0
    before = connection.scalar(select(func.count()).select_from(suppressions)) or 0
    connection.execute(upsert(suppressions).on_conflict_do_nothing(), list(rows))
    return (connection.scalar(select(func.count()).select_from(suppressions)) or 0) - before


def _suppression(key: str, reason: SuppressionReason, note: str, created_at: dt.datetime) -> Suppression:
    kind = SuppressionKind.ADDRESS
    if key.startswith("@"):
        kind = SuppressionKind.DOMAIN
    elif key.startswith((HASH_PREFIX, FORGOTTEN_PREFIX)):
        kind = SuppressionKind.HASH
    return Suppression(value=key.removeprefix("@"), kind=kind, reason=reason, note=note, created_at=created_at)


def _any_hash() -> ColumnElement[bool]:
    table = suppressions.alias()
    return exists().where(table.c.email_key >= HASH_PREFIX, table.c.email_key < "sha256;").correlate_except(table)


def _reasons(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    texts: Select[Any] = select(func.json_each(literal(list(keys), JSON)).table_valued("value").c.value)
    query = select(suppressions.c.email_key, suppressions.c.reason).where(suppressions.c.email_key.in_(texts))
    return {row.email_key: row.reason for row in connection.execute(query)}
