"""A feed is known by its own guid, an episode's type is kept, and what is said in it is sampled to be recognised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import RowId

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("podcasts", sa.Column("guid", sa.Text))
    op.add_column("episodes", sa.Column("type", sa.String(16), nullable=False, server_default="full"))
    op.create_table(
        "sketches",
        sa.Column("episode_id", RowId, nullable=False, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("episode_id", name="pk_sketches"),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_sketches_episode_id", ondelete="CASCADE"),
    )
