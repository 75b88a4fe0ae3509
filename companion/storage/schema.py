"""The tables, declared once. A change here comes with a migration; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from companion.storage.types import Instant, RowId, Snowflake

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

podcasts = Table(
    "podcasts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
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
    Column("guid", Text, nullable=False),
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
    Column("origin", Text, nullable=False),
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
    Column("reference", Text, index=True),
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
    Column("spelling", Text, primary_key=True),
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
    Column("label", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("origin", String(16), nullable=False, server_default="moderator"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("model", Text, primary_key=True),
    Column("dimension", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    # Little-endian float32, row after row.
    Column("data", LargeBinary, nullable=False),
)

token_vectors = Table(
    "token_vectors",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("model", Text, primary_key=True),
    # What `archive/late_interaction.py` compares a question with.
    Column("data", LargeBinary, nullable=False),
)

index_version = Table(
    "index_version",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single_row"), primary_key=True, autoincrement=False),
    Column("version", RowId, nullable=False),
)

searches = Table(
    "searches",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("channel_id", Snowflake, nullable=False),
    Column("message_id", Snowflake, index=True),
    Column("member_id", Snowflake, nullable=False),
    Column("member_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("filters", JSON, nullable=False),
    Column("riff_on", RowId, ForeignKey("searches.id", ondelete="SET NULL"), index=True),
    # A reference to the passage that "more like this" was pressed on; none for a search by words.
    Column("like", JSON(none_as_null=True)),
    Column("created_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

# Where a server wants what: one channel a purpose.
server_channels = Table(
    "server_channels",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("purpose", String(16), primary_key=True),
    Column("channel_id", Snowflake, nullable=False),
    Column("chosen_by", Snowflake, nullable=False),
    Column("chosen_at", Instant, nullable=False),
)

# Servers that were said hello to, which is done once.
greetings = Table(
    "greetings",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("greeted_at", Instant, nullable=False),
)

blocked_members = Table(
    "blocked_members",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("blocked_by", Snowflake, nullable=False),
    Column("blocked_at", Instant, nullable=False),
)

# New episodes that a server is told of: claimed by who sends, finalised with the message.
announcements = Table(
    "announcements",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("claimed_at", Instant, nullable=False),
    Column("channel_id", Snowflake),
    Column("message_id", Snowflake),
)

# What a member keeps for themselves in a server: a stretch of an episode, by its times and its words.
saved = Table(
    "saved",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("member_id", Snowflake, nullable=False),
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("first_word", Integer, nullable=False),
    Column("last_word", Integer, nullable=False),
    Column("saved_at", Instant, nullable=False),
    UniqueConstraint("guild_id", "member_id", "episode_id", "kind", "first_word"),
    sqlite_autoincrement=True,
)

# What members say is wrong: whom a speaker's label means, or how a name is spelt. A server's own, until its managers
# decided; what was turned down stays, so that it is not proposed again.
corrections = Table(
    "corrections",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), nullable=False, index=True),
    # Where it was noticed.
    Column("kind", String(16), nullable=False),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("first_word", Integer, nullable=False),
    Column("last_word", Integer, nullable=False),
    # `label` of that episode, `person` or `term` of its podcast; what is read there, and what it should be.
    Column("about", String(16), nullable=False),
    Column("spelling", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_by", Snowflake),
    Column("decided_at", Instant),
    # The message that asks managers: claimed by who sends it, and its place once it is sent.
    Column("claimed_at", Instant),
    Column("channel_id", Snowflake),
    Column("message_id", Snowflake),
    Index(None, "guild_id", "state"),
    sqlite_autoincrement=True,
)

correction_proposers = Table(
    "correction_proposers",
    metadata,
    Column(
        "correction_id", RowId, ForeignKey("corrections.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("proposed_at", Instant, nullable=False),
)

# What a member wants to be told of in a server: a topic, someone who speaks, a podcast.
follows = Table(
    "follows",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("member_id", Snowflake, nullable=False),
    Column("kind", String(16), nullable=False),
    # The words of a topic, or a name; empty for a podcast.
    Column("subject", Text, nullable=False),
    # By which the same thing is followed but once: the words folded, or the podcast's id.
    Column("subject_key", Text, nullable=False),
    Column("podcast_id", RowId, ForeignKey("podcasts.id", ondelete="CASCADE"), index=True),
    # `direct` or `thread`; the channel in which it was asked for, and the member's own thread there, once there is one.
    Column("place", String(16), nullable=False),
    Column("channel_id", Snowflake, nullable=False),
    Column("thread_id", Snowflake),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("guild_id", "member_id", "kind", "subject_key"),
    sqlite_autoincrement=True,
)

# What became of a new episode for a member who follows something: claimed by who tells of it, finalised with the
# message.
follow_notices = Table(
    "follow_notices",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column(
        "episode_id",
        RowId,
        ForeignKey("episodes.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
    # `claimed`, `nothing` (it holds nothing that is followed), `sent` or `refused`.
    Column("outcome", String(16), nullable=False),
    # The episode's, when it was looked at last.
    Column("revision", RowId, nullable=False),
    Column("claimed_at", Instant, nullable=False),
    # By which the message is known again, whoever sent it.
    Column("mark", String(32), nullable=False),
    Column("channel_id", Snowflake),
    Column("message_id", Snowflake),
)

# Questions that members asked, and what they were answered. A deleted one is emptied while others hang on it.
questions = Table(
    "questions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    # Where the answer stands: a channel, or the thread of a conversation.
    Column("channel_id", Snowflake, nullable=False),
    Column("message_id", Snowflake, index=True),
    Column("member_id", Snowflake, nullable=False),
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

# Clips of a server: a stretch of an episode, by its times and its words, that somebody or the picker chose.
clips = Table(
    "clips",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("first_word", Integer, nullable=False),
    Column("last_word", Integer, nullable=False),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("approximate", Boolean, nullable=False),
    # Verbatim, one [speaker, uncertain, text] a turn that it holds something of.
    Column("turns", JSON, nullable=False),
    Column("title", Text, nullable=False),
    # None: the picker.
    Column("made_by", Snowflake, index=True),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("guild_id", "episode_id", "first_word", "last_word"),
    sqlite_autoincrement=True,
)

# Messages that members vote on with reactions, and what each is about: a clip, a paper.
ballots = Table(
    "ballots",
    metadata,
    Column("message_id", Snowflake, primary_key=True, autoincrement=False),
    Column("guild_id", Snowflake, nullable=False, index=True),
    Column("channel_id", Snowflake, nullable=False),
    Column("subject_kind", String(16), nullable=False),
    Column("subject_id", RowId, nullable=False),
    Column("posted_at", Instant, nullable=False),
    # Votes are counted while it is open.
    Column("open", Boolean, nullable=False),
    # When the reactions were last compared with Discord's; none where they never were.
    Column("reconciled_at", Instant),
    Index(None, "subject_kind", "subject_id"),
)

# The reactions that are on ballots now, as far as is known.
reactions = Table(
    "reactions",
    metadata,
    Column(
        "message_id",
        Snowflake,
        ForeignKey("ballots.message_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    # As Discord writes it: the character, or name:id.
    Column("emoji", Text, primary_key=True),
    Column("burst", Boolean, primary_key=True),
    Column("since", Instant, nullable=False),
)

# The ledger: every reaction that came or went, in the order in which it was learnt of. Nothing in it is ever changed.
vote_events = Table(
    "vote_events",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("subject_kind", String(16), nullable=False),
    Column("subject_id", RowId, nullable=False),
    Column("message_id", Snowflake, nullable=False),
    Column("member_id", Snowflake, nullable=False, index=True),
    Column("emoji", Text, nullable=False),
    Column("burst", Boolean, nullable=False),
    Column("added", Boolean, nullable=False),
    # `seen` as it happened, or `reconciled` after an absence.
    Column("origin", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "subject_kind", "subject_id"),
    sqlite_autoincrement=True,
)

# One vote a member and subject, over all its ballots and emoji: 1 or -1.
votes = Table(
    "votes",
    metadata,
    Column("subject_kind", String(16), primary_key=True),
    Column("subject_id", RowId, primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("guild_id", Snowflake, nullable=False),
    Column("value", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)

duels = Table(
    "duels",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", Snowflake, nullable=False),
    Column("channel_id", Snowflake, nullable=False),
    Column("message_id", Snowflake),
    Column("left_id", RowId, ForeignKey("clips.id", ondelete="CASCADE"), nullable=False),
    Column("right_id", RowId, ForeignKey("clips.id", ondelete="CASCADE"), nullable=False),
    Column("opened_by", Snowflake, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("closed_at", Instant),
    sqlite_autoincrement=True,
)

duel_votes = Table(
    "duel_votes",
    metadata,
    Column("duel_id", RowId, ForeignKey("duels.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("member_id", Snowflake, primary_key=True, autoincrement=False),
    Column("clip_id", RowId, ForeignKey("clips.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
)

# A server's rule for its daily post, and its taste in votes and cards.
highlight_rules = Table(
    "highlight_rules",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("channel_id", Snowflake, nullable=False),
    # An IANA name, and minutes after midnight there.
    Column("zone", Text, nullable=False),
    Column("minute", Integer, nullable=False),
    # One bit a weekday, Monday's the lowest.
    Column("days", Integer, nullable=False),
    # `none`, or what silence of the moderators means: `post` or `skip`.
    Column("approval", String(8), nullable=False),
    Column("approval_channel_id", Snowflake),
    # What only some servers want: emoji, the age of accounts whose votes count, the hall of fame, cards' colours.
    Column("wishes", JSON, nullable=False),
    Column("set_by", Snowflake, nullable=False),
    # Nothing is due that was due before.
    Column("since", Instant, nullable=False),
    Column("paused_at", Instant),
    Column("pause_reason", Text),
)

# What a rule brought: one row a server, kind (`daily`, `weekly`, …) and date in the rule's zone.
highlight_slots = Table(
    "highlight_slots",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("day", Date, primary_key=True),
    # `claimed`, `posted` or `skipped`; offers to managers are `proposed` and `approved` too.
    Column("state", String(16), nullable=False),
    Column("clip_id", RowId, ForeignKey("clips.id", ondelete="SET NULL")),
    Column("claimed_at", Instant),
    Column("channel_id", Snowflake),
    Column("message_id", Snowflake),
    Column("late", Boolean, nullable=False),
    # Why this clip, or why none.
    Column("reason", Text),
)

# Stretches that the picker may choose, with what speaks for them (`community/highlights.py`), by episode.
highlight_candidates = Table(
    "highlight_candidates",
    metadata,
    Column("episode_id", RowId, ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("first_word", Integer, primary_key=True, autoincrement=False),
    Column("last_word", Integer, primary_key=True, autoincrement=False),
    Column("start_s", Float),
    Column("end_s", Float),
    Column("approximate", Boolean, nullable=False),
    Column("speaker", Text),
    # The signals' values by name.
    Column("signals", JSON, nullable=False),
    # Of the episode's text, the model and the code that made them: others are made anew.
    Column("made_of", String(64), nullable=False),
)

# A server's taste: the mean and the precision of each signal's weight, as its votes have moved them.
highlight_weights = Table(
    "highlight_weights",
    metadata,
    Column("guild_id", Snowflake, primary_key=True, autoincrement=False),
    Column("signal", String(32), primary_key=True),
    Column("mean", Float, nullable=False),
    Column("precision", Float, nullable=False),
    Column("learnt_at", Instant, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
