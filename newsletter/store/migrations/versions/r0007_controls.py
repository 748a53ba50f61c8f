"""What a person asks of a mailing while it is sent."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "controls",
        sa.Column("mailing_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wish", sa.String(length=20), nullable=False),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailings.id"], name=op.f("fk_controls_mailing_id_mailings")),
        sa.PrimaryKeyConstraint("mailing_id", name=op.f("pk_controls")),
    )
