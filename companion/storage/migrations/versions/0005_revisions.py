"""Each episode bears the index version of its last change, so that only what changed is read again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("episodes", sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
