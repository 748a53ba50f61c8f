"""What events mean, whom they are about, and those that nobody can read."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # nothing wrote events before this revision, so the defaults are for the columns' sake only
    with op.batch_alter_table("events") as events:
        events.add_column(sa.Column("meaning", sa.String(length=30), nullable=False, server_default="other"))
        events.add_column(sa.Column("email_key", sa.String(length=254), nullable=True))
        events.add_column(sa.Column("code", sa.String(length=60), nullable=False, server_default=""))
    with op.batch_alter_table("events") as events:
        events.alter_column("meaning", server_default=None)
        events.alter_column("code", server_default=None)
    untied = sa.text("attempt_id IS NULL")
    op.create_index("ix_events_soft_bounces", "events", ["email_key"], sqlite_where=sa.text("meaning = 'soft_bounce'"))
    op.create_index("ix_events_untied_messages", "events", ["message_id"], sqlite_where=untied)
    op.create_index("ix_events_untied_addresses", "events", ["email_key"], sqlite_where=untied)
    op.create_table(
        "unreadable_events",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_unreadable_events")),
    )
