"""Forgetting a person: every trace goes, but for a keyed hash of the address that keeps imports from bringing it back.

The hash stands among the suppressions and, in the account of what was sent, in the place of the address, so that counts
still add up and a mailing that is running skips the person. It is HMAC-SHA256 (RFC 2104) under the keys that sign the
links, which are kept in a file of their own: the database alone does not even allow to try addresses out.
"""

import hmac
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import JSON, Connection, Select, delete, exists, func, insert, literal, or_, select, update

from newsletter.message.tokens import TokenKeys
from newsletter.models import SuppressionReason
from newsletter.store.database import Database, utc_now
from newsletter.store.keys import load_keys
from newsletter.store.schema import (
    attempts,
    confirmations,
    deliveries,
    events,
    resolutions,
    subscribers,
    suppressions,
    unreadable_events,
)

PREFIX = "hmac:"
"""How a hash begins; an address cannot, for it would have an @ behind it."""


def forget(database: Database, email_key: str, keys: TokenKeys) -> bool:
    """Delete all that is kept about an address, provider's events included; return whether it was a subscriber's.

    The file holds no trace of it afterwards, unless another process was reading at that moment: then its write-ahead
    log keeps old pages until it is folded in.
    """
    mark = hashed(email_key, keys)
    with database.write() as connection:
        theirs = select(deliveries.c.id).where(deliveries.c.email_key == email_key)
        tried = select(attempts.c.id).where(attempts.c.delivery_id.in_(theirs))
        messages = select(attempts.c.message_id).where(attempts.c.delivery_id.in_(theirs))
        connection.execute(delete(events).where(or_(events.c.attempt_id.in_(tried), events.c.message_id.in_(messages))))
        # an event about a message that is not in the ledger names the address itself
        connection.execute(delete(events).where(events.c.attempt_id.is_(None), events.c.email_key == email_key))
        named = func.instr(func.lower(unreadable_events.c.body), email_key) > 0
        connection.execute(delete(unreadable_events).where(named))
        connection.execute(update(attempts).where(attempts.c.delivery_id.in_(theirs)).values(text=""))
        connection.execute(update(resolutions).where(resolutions.c.delivery_id.in_(theirs)).values(reason=""))
        connection.execute(
            update(deliveries)
            .where(deliveries.c.email_key == email_key)
            .values(email="", email_key=mark, text="", reason=_kept_reason())
        )
        connection.execute(delete(confirmations).where(confirmations.c.email_key == email_key))
        # who is forgotten left on their own wish: the reason of an older suppression goes with the address
        connection.execute(
            delete(suppressions).where(suppressions.c.email_key.in_([email_key, *_marks(email_key, keys)]))
        )
        connection.execute(
            insert(suppressions).values(
                email_key=mark, reason=SuppressionReason.FORGOTTEN, note="", created_at=utc_now()
            )
        )
        known = connection.execute(delete(subscribers).where(subscribers.c.email_key == email_key)).rowcount == 1
    database.fold_log()
    return known


def hashed(email_key: str, keys: TokenKeys) -> str:
    """Return what stands in the place of a forgotten address: the id of the key, and the hash in hexadecimal."""
    return _mark(email_key, keys.current, keys)


def forgotten(connection: Connection, email_keys: Sequence[str], state_dir: Path) -> dict[str, str]:
    """Return those among the addresses that asked to be forgotten, with the reason as suppressions name it.

    Raises StoreError when people were forgotten and the file of keys is gone: nobody could say any more who they were.
    """
    reason = SuppressionReason.FORGOTTEN
    if not connection.scalar(select(exists().where(suppressions.c.reason == reason))):
        return {}
    keys = load_keys(state_dir, may_create=False)
    marks = {mark: email_key for email_key in email_keys for mark in _marks(email_key, keys)}
    found = connection.execute(
        select(suppressions.c.email_key).where(suppressions.c.email_key.in_(_values(list(marks))))
    )
    return {marks[mark]: reason for mark in found.scalars()}


def lift(connection: Connection, email_key: str, state_dir: Path) -> None:
    """Let a person come back who asked for it: what they once wished themselves no longer bars them."""
    own = (SuppressionReason.UNSUBSCRIBE, SuppressionReason.FORGOTTEN)
    marks = [email_key]
    if forgotten(connection, [email_key], state_dir):
        marks += _marks(email_key, load_keys(state_dir, may_create=False))
    connection.execute(delete(suppressions).where(suppressions.c.email_key.in_(marks), suppressions.c.reason.in_(own)))


def _marks(email_key: str, keys: TokenKeys) -> Iterator[str]:
    return (_mark(email_key, key_id, keys) for key_id in keys.keys)


def _mark(email_key: str, key_id: str, keys: TokenKeys) -> str:
    digest = hmac.digest(keys.keys[key_id], b"newsletter/forgotten/" + email_key.encode("ascii"), "sha256")
    return f"{PREFIX}{key_id}:{digest.hex()}"


def _kept_reason() -> object:
    """Keep the words of our own (`already_sent`), drop a provider's, which may hold the address."""
    return func.iif(deliveries.c.state == "skipped", deliveries.c.reason, "")


def _values(texts: list[str]) -> Select[tuple[str]]:
    """Select the texts themselves, passed as one parameter."""
    return select(func.json_each(literal(texts, JSON)).table_valued("value").c.value)
