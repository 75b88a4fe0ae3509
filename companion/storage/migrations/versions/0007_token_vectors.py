"""Every passage's tokens, for comparing a question with the best passages word by word."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "token_vectors",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("model", sa.Text, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
