"""Lists that are put away."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("lists", sa.Column("archived_at", sa.DateTime(), nullable=True))
