"""Podcasts, episodes, and what was said in them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from companion.storage.schema.metadata import metadata
from companion.storage.types import Instant, Key, RowId, Snowflake

podcasts = Table(
    "podcasts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Key, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("link", Text),
    Column("private", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    # Seconds that are added to a time in the transcript to get the same moment in the video.
    Column("video_offset", Float, nullable=False, server_default="0"),
    # The feed's `podcast:guid`, which stays when the feed moves.
    Column("guid", Text),
    # Where a moment is shown, with places to fill in (`archive/links.py`); none where the feed's own links do.
    Column("link_template", Text),
    # Seconds that are added to a time in the transcript to get the same moment in the audio.
    Column("audio_offset", Float, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)

# What a feed said the last time it was read, so that it is asked again only for news, and not too soon.
feeds = Table(
    "feeds",
    metadata,
    Column("podcast_id", RowId, ForeignKey("podcasts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    # Where the feed said that it moved for good; none while it is at the podcast's key.
    Column("address", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    # The version of the reader: another one reads the feed again although it did not change.
    Column("reader", Text, nullable=False),
    Column("read_at", Instant, nullable=False),
    # Failures in a row, and when it may be asked again after them.
    Column("failures", Integer, nullable=False),
    Column("not_before", Instant),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("podcast_id", RowId, ForeignKey("podcasts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("subscribed_at", Instant, nullable=False),
)

episodes = Table(
    "episodes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("podcast_id", RowId, ForeignKey("podcasts.id", ondelete="CASCADE"), nullable=False),
    Column("guid", Key, nullable=False),
    Column("title", Text, nullable=False),
    Column("published_at", Instant),
    Column("link", Text),
    Column("audio_url", Text),
    Column("duration", Float),
    Column("people", JSON, nullable=False),
    Column("content_hash", Text, nullable=False),
    # Of what its source said, before anything that it links to was fetched; none while some of that is missing.
    Column("source_hash", Text),
    Column("convention", Text),
    Column("notes", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("season", Integer),
    # Decimal, as in `podcast:episode`.
    Column("number", Float),
    Column("image_url", Text),
    Column("video_url", Text),
    # The index version of the last change to what search has of it.
    Column("revision", Integer, nullable=False, server_default="0"),
    # `full`, `trailer` or `bonus`.
    Column("type", String(16), nullable=False, server_default="full"),
    UniqueConstraint("podcast_id", "guid"),
    # An id stands in members' clips and links for good, so it is never given to another episode.
    sqlite_autoincrement=True,
)

chapters = Table(
    "chapters",
    metadata,
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("start_s", Float),
    Column("title", Text, nullable=False),
    Column("soft", Boolean, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("speaker", Text),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("approximate", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    # Two voices share the turn, or who speaks looks wrong.
    Column("uncertain", Boolean, nullable=False, server_default="0"),
)

passages = Table(
    "passages",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("speaker", Text),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("approximate", Boolean, nullable=False),
    Column("first_word", Integer, nullable=False),
    Column("last_word", Integer, nullable=False),
    Column("chapter", Text),
    Column("text", Text, nullable=False),
    # One [offset, turn, speaker, start, end, approximate, uncertain] a piece.
    Column("pieces", JSON, nullable=False),
    # SHA-256 of what is embedded for the passage: the key of its vectors.
    Column("digest", String(64), nullable=False),
    UniqueConstraint("episode_id", "ordinal"),
    Index(None, "digest"),
    sqlite_autoincrement=True,
)

# Transcripts besides the one that the turns are of. Those of the feed are replaced with each reading; those that were
# `added` (from a file, or made from the audio) stay, and compete for the turns.
transcripts = Table(
    "transcripts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), nullable=False),
    Column("origin", Key, nullable=False),
    Column("added", Boolean, nullable=False),
    Column("chosen", Boolean, nullable=False),
    Column("language", Text),
    Column("convention", Text),
    # One [speaker, start, end, approximate, uncertain, text] a turn.
    Column("turns", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("episode_id", "origin"),
    sqlite_autoincrement=True,
)

# A sample of what is said in an episode, by which another transcript of it is recognised. None where nobody asked yet.
sketches = Table(
    "sketches",
    metadata,
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    # What names the thing wherever it is linked: an arXiv id, a DOI, a video's id.
    Column("reference", Key, index=True),
)

# Moments that the makers of an episode chose: soundbites of the feed, and what the show notes quote.
editors_picks = Table(
    "editors_picks",
    metadata,
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("origin", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("approximate", Boolean, nullable=False),
    Column("first_word", Integer),
    Column("last_word", Integer),
    # Of the words quoted to those spoken, from 0 to 1.
    Column("similarity", Float, nullable=False),
)

# Other spellings of people and things, which the transcripts of a podcast use or spoil.
aliases = Table(
    "aliases",
    metadata,
    Column("podcast_id", RowId, ForeignKey("podcasts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    # Case folded.
    Column("spelling", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

# Who a label (`SPEAKER 1`, or a first name that many have) is in one episode.
named_labels = Table(
    "named_labels",
    metadata,
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("label", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("origin", String(16), nullable=False, server_default="moderator"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("model", Key, primary_key=True),
    Column("dimension", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    # Little-endian float32, row after row.
    Column("data", LargeBinary, nullable=False),
)

token_vectors = Table(
    "token_vectors",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("model", Key, primary_key=True),
    # What `archive/late_interaction.py` compares a question with.
    Column("data", LargeBinary, nullable=False),
)

index_version = Table(
    "index_version",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single_row"), primary_key=True, autoincrement=False),
    Column("version", RowId, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("key", Key, primary_key=True),
    Column("value", Text, nullable=False),
)
