"""Questions and their answers, what members thought of them, and what they may cost."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from companion.storage.schema.metadata import metadata
from companion.storage.types import Instant, RowId, Snowflake

# Questions that members asked, and what they were answered. A deleted one is emptied while others hang on it.
questions = Table(
    "questions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    # Where the answer stands: a channel, or the thread of a conversation.
    Column("channel_id", Snowflake, nullable=False),
    Column("message_id", Snowflake, index=True),
    Column("member_id", Snowflake, nullable=False, index=True),
    Column("member_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("filters", JSON, nullable=False),
    # The question that it goes on from, and the one that it varies.
    Column("follows_id", RowId, ForeignKey("questions.id", ondelete="SET NULL"), index=True),
    Column("riff_on", RowId, ForeignKey("questions.id", ondelete="SET NULL"), index=True),
    Column("asked_at", Instant, nullable=False),
    # What came of it; none of it while it is being answered.
    Column("searched", Text),
    Column("answerable", Boolean),
    Column("answer", Text),
    # One {reference, score, cited} a source, in the order of their numbers.
    Column("sources", JSON(none_as_null=True)),
    Column("prompt", Text),
    Column("model", Text),
    # One [kind, sentence] for whatever was cut from a model's words or marked in them.
    Column("interventions", JSON(none_as_null=True)),
    Column("problem", Text),
    Column("seconds", Float),
    Column("prompt_tokens", Integer),
    Column("completion_tokens", Integer),
    # In millionths of the currency that the price table is in.
    Column("cost_micros", BigInteger),
    # The same for what would be answered the same.
    Column("cache_key", String(64), index=True),
    # What a host said of the answer.
    Column("verdict", String(8)),
    Column("judged_by", Snowflake),
    Column("judged_at", Instant),
    Index(None, "guild_id", "asked_at"),
    Index(None, "guild_id", "verdict"),
    Index(None, "answerable", "asked_at"),
    sqlite_autoincrement=True,
)

# One tap a member: was the answer good? Asked why not, they may say.
thumbs = Table(
    "thumbs",
    metadata,
    Column("question_id", RowId, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("up", Boolean, nullable=False),
    Column("reason", String(16)),
    Column("given_at", Instant, nullable=False),
)

# Who wants to be told once a question that found nothing is answered.
awaited_answers = Table(
    "awaited_answers",
    metadata,
    Column("question_id", RowId, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("wanted_at", Instant, nullable=False),
    # Claimed by who sends, finalised with the message.
    Column("claimed_at", Instant),
    Column("told_message_id", Snowflake),
)

# Threads in which a conversation with the bot goes on, and the question that each hangs on.
conversations = Table(
    "conversations",
    metadata,
    Column("thread_id", Snowflake, primary_key=True, autoincrement=False),
    Column("guild_id", Snowflake, nullable=False),
    Column("question_id", RowId, ForeignKey("questions.id", ondelete="SET NULL")),
    Column("opened_by", Snowflake, nullable=False),
    Column("opened_at", Instant, nullable=False),
)

# Passages that must stay among the sources of a conversation.
pinned_passages = Table(
    "pinned_passages",
    metadata,
    Column(
        "thread_id",
        Snowflake,
        ForeignKey("conversations.thread_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("first_word", Integer, primary_key=True, autoincrement=False),
    Column("last_word", Integer, nullable=False),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("pinned_by", Snowflake, nullable=False),
    Column("pinned_at", Instant, nullable=False),
)

# Where a server lets questions be asked otherwise than by default.
asking_channels = Table(
    "asking_channels",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("channel_id", Snowflake, primary_key=True, autoincrement=False),
    Column("mode", String(16), nullable=False),
    Column("chosen_by", Snowflake, nullable=False),
    Column("chosen_at", Instant, nullable=False),
)

# What a server's members may ask and spend a day. The role whose id is the server's own is everyone, as in Discord; the
# id 0 is the whole server together. None where no bound was set.
budgets = Table(
    "budgets",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("role_id", Snowflake, primary_key=True, autoincrement=False),
    Column("questions", RowId),
    Column("tokens", RowId),
    # Millionths of a dollar.
    Column("micros", RowId),
    Column("set_by", Snowflake, nullable=False),
    Column("set_at", Instant, nullable=False),
)

# What a member asked and spent on a day in UTC, with what is reserved for answers that are being written.
spent = Table(
    "spent",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("questions", RowId, nullable=False),
    Column("tokens", RowId, nullable=False),
    Column("micros", RowId, nullable=False),
)

# The role of a server whose members, beside those who manage it, may mark answers right or wrong.
host_roles = Table(
    "host_roles",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("role_id", Snowflake, nullable=False),
    Column("chosen_by", Snowflake, nullable=False),
    Column("chosen_at", Instant, nullable=False),
)

# Questions that found nothing and were asked again: in which state of the archive (`index_version`), and with what end.
second_looks = Table(
    "second_looks",
    metadata,
    Column("question_id", RowId, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("version", RowId, nullable=False),
    Column("found", Boolean, nullable=False),
    Column("looked_at", Instant, nullable=False),
)
