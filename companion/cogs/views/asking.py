"""What is said around questions: the form to vary one, where to go on, and where nothing may be asked."""

from __future__ import annotations

import discord

from companion.cogs.views import answer_ids
from companion.cogs.views.layout import AMBER, TEAL, Message, container, row, sentence, text
from companion.cogs.views.results import example_buttons
from companion.cogs.views.riff import QUERY
from companion.community.permissions import Permission, labels
from companion.community.wishes import LONGEST_QUERY
from companion.storage.questions import Question

_MOST_CHANNELS = 10


def riff_form(question: Question) -> discord.ui.Modal:
    """The form, filled with the question; `companion.cogs.views.riff.typed_query` reads what is sent in."""
    field = discord.ui.TextInput[discord.ui.Modal](
        custom_id=QUERY, default=question.text[:LONGEST_QUERY], min_length=1, max_length=LONGEST_QUERY
    )
    modal = discord.ui.Modal(title="Riff on this question", custom_id=answer_ids.riffed(question.id), timeout=None)
    label = discord.ui.Label[discord.ui.Modal](
        text="Your variation", description="It is asked as a new question that credits this one.", component=field
    )
    modal.add_item(label)
    modal.stop()  # the library would answer it once, and not after a restart
    return modal


def opened_message(thread_id: int, *, new: bool) -> Message:
    """Where the conversation goes on."""
    told = "The conversation goes on in" if new else "There is a thread for this already:"
    return sentence(f"💬 {told} <#{thread_id}>.")


def welcome_message(member_id: int, bot_id: int, *, reads_all: bool) -> Message:
    """The first words in a conversation's thread. (Nobody is pinged by them.)"""
    how = (
        "Just write your question here"
        if reads_all
        else f"Mention <@{bot_id}> with your question, or reply to an answer"
    )
    return sentence(
        f"### 💬 Go on asking here\n{how}: I remember what was asked in this thread and which passages it was answered"
        f" with.\n-# Opened by <@{member_id}>. **Sources** under an answer shows its passages, and pins those that"
        " must stay in mind."
    )


def no_thread_message(lacks: tuple[Permission, ...]) -> Message:
    """How to go on where no thread can be opened."""
    needed = f" To open a thread here I need {labels(lacks)}." if lacks else ""
    return sentence(
        "💬 Reply to the answer with your question, with the mention on (**@ ON**), and I go on from it."
        f"\n-# Here I cannot open a thread for that.{needed}",
        AMBER,
    )


def locked_message(thread_id: int) -> Message:
    """The answer has a thread, and nobody may write there."""
    return sentence(
        f"🔒 The conversation about this answer is in <#{thread_id}>, which is locked: ask a moderator to unlock it, or"
        " ask your question in the channel.",
        AMBER,
    )


def in_thread_message(bot_id: int) -> Message:
    """How to go on in the thread that one is in already."""
    return sentence(
        f"💬 You are in the conversation already: reply to the answer, or mention <@{bot_id}>, and I go on."
    )


def not_here_message(elsewhere: tuple[int, ...]) -> Message:
    """Questions are off in this channel."""
    channels = ", ".join(f"<#{channel_id}>" for channel_id in elsewhere[:_MOST_CHANNELS])
    where = f"Ask in {channels}" if channels else "Ask in another channel"
    return sentence(f"🔇 Whoever manages this server switched questions off in this channel. {where}.", AMBER)


def what_to_ask_message(bot_id: int, opening: str = "💬 ", examples: tuple[str, ...] = ()) -> Message:
    """What whoever asks nothing is told, behind the ``opening``; ``examples`` are searches at one press."""
    box = container(TEAL)
    box.add_item(
        text(
            f"{opening}Ask me what was said: for example <@{bot_id}> *what did they say about …?*, or use `/ask`."
            " `/help` tells the rest."
        )
    )
    if examples:
        box.add_item(row(example_buttons(examples)))
    return Message(box)
