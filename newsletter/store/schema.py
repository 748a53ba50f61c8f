"""The tables. Counts are derived from rows and never stored; every time is UTC.

`HEAD` is the newest migration; a test holds the tables here against what the migrations make.
"""

import datetime as dt

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

HEAD = "0006"
"""The revision that this code reads and writes."""


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware time in UTC; SQLite keeps it as text of fixed width, which sorts as time does."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Write UTC without a zone; a time without a zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Read it as UTC."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("status", String(20), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

lists = Table(
    "lists",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("archived_at", UtcDateTime),
)

segments = Table(
    "segments",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("expression", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False),
    Column("list_id", ForeignKey("lists.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("token", LargeBinary(16), nullable=False, unique=True),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
    Column("consent_source", Text, nullable=False),
    Column("consent_at", UtcDateTime),
    UniqueConstraint("subscriber_id", "list_id"),
)

suppressions = Table(
    "suppressions",
    metadata,
    # an address, `@` and a domain, or a hash: see `store.suppressions`
    Column("email_key", String(254), primary_key=True),
    Column("reason", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

mailings = Table(
    "mailings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("issue", String(100), nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("compiled", JSON, nullable=False),
    Column("newsletter", JSON, nullable=False),
    Column("transport", String(20), nullable=False),
    Column("reaches_people", Boolean, nullable=False),
    Column("lists", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey("mailings.id"), nullable=False),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="SET NULL"), index=True),
    Column("membership_id", ForeignKey("memberships.id", ondelete="SET NULL"), index=True),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempt_count", Integer, nullable=False),
    Column("attempt_id", String(64), unique=True),
    # never empty, so that the index below gives the next rows in order, however many are waiting
    Column("not_before", UtcDateTime, nullable=False),
    Column("message_id", Text),
    Column("code", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("mailing_id", "email_key"),
)
Index(None, deliveries.c.mailing_id, deliveries.c.state, deliveries.c.not_before, deliveries.c.id)

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("worker", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(20)),
    Column("code", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("message_id", Text),
)

resolutions = Table(
    "resolutions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("attempt_id", String(64), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
)

overrulings = Table(
    "overrulings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey("mailings.id"), nullable=False, index=True),
    Column("check_id", String(10), nullable=False),
    Column("message", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("dedupe_key", String(200), primary_key=True),
    Column("attempt_id", String(64), index=True),
    Column("message_id", Text),
    Column("type", String(30), nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("meaning", String(30), nullable=False),
    Column("email_key", String(254)),
    Column("code", String(60), nullable=False),
)
# partial, because nearly all events are deliveries that carry their attempt: these stay small
Index(
    "ix_events_soft_bounces",
    events.c.email_key,
    sqlite_where=events.c.meaning == "soft_bounce",
)
Index("ix_events_untied_messages", events.c.message_id, sqlite_where=events.c.attempt_id.is_(None))
Index("ix_events_untied_addresses", events.c.email_key, sqlite_where=events.c.attempt_id.is_(None))

unreadable_events = Table(
    "unreadable_events",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

checks = Table(
    "checks",
    metadata,
    Column("issue", String(100), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
)

# --- what the public pages write: consent, and what waits for a click in a mail ------------------------------------

consent_texts = Table(
    "consent_texts",
    metadata,
    Column("version", String(16), primary_key=True),
    Column("text", Text, nullable=False),
    Column("first_used_at", UtcDateTime, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("list", String(80), nullable=False),
    Column("action", String(20), nullable=False),
    Column("source", Text, nullable=False),
    Column("text_version", String(16), nullable=False),
    Column("ip", String(45), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("token", LargeBinary(16), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False, index=True),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), index=True),
    Column("data", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("mailed_at", UtcDateTime),
    Column("confirmed_at", UtcDateTime),
)
