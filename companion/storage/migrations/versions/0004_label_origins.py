"""Who named a speaker of an episode: its feed, or a moderator."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("named_labels", sa.Column("origin", sa.String(16), nullable=False, server_default="moderator"))
