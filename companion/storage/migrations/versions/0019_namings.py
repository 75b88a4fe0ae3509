"""Messages of the bot that name members, and how often it was tried to change one. Recordings of clubs' sessions named
in words who presented: the session tells it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from companion.storage.types import Instant, Snowflake

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "namings",
        sa.Column("message_id", Snowflake, autoincrement=False, nullable=False),
        sa.Column("member_id", Snowflake, autoincrement=False, nullable=False),
        sa.Column("guild_id", Snowflake, nullable=False),
        sa.Column("channel_id", Snowflake, nullable=False),
        sa.Column("direct", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "member_id", name="pk_namings"),
    )
    op.create_index("ix_namings_member_id", "namings", ["member_id"])
    op.create_index("ix_namings_guild_id", "namings", ["guild_id"])
    op.add_column("retractions", sa.Column("failures", sa.Integer, nullable=False, server_default="0"))
    op.add_column("retractions", sa.Column("not_before", Instant))
    _name_no_presenters()


def _name_no_presenters() -> None:
    podcasts = sa.table("podcasts", sa.column("id"), sa.column("key", sa.String))
    episodes = sa.table("episodes", sa.column("id"), sa.column("podcast_id"), sa.column("people", sa.JSON))
    recorded = (
        sa.select(episodes.c.id, episodes.c.people)
        .join(podcasts, podcasts.c.id == episodes.c.podcast_id)
        .where(podcasts.c.key.startswith("club:"))
    )
    connection = op.get_bind()
    for episode_id, people in connection.execute(recorded).all():
        left = [one for one in people if one[1] != "presenter"]
        if left != people:
            connection.execute(episodes.update().where(episodes.c.id == episode_id).values(people=left))
