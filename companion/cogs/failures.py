"""What a member reads when something goes wrong, whatever had been answered until then."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import discord
from discord import app_commands

from companion.cogs.companion import QUIET, UNKNOWN_MESSAGE, Companion, Interaction
from companion.cogs.requests import Kind, Outcome, settle
from companion.cogs.views.limits import CONTENT, cut
from companion.cogs.views.markdown import escaped_sentence
from companion.community.fair_use import TooOftenError
from companion.storage.errors import CompanionError, StorageError

log = logging.getLogger(__name__)

SURPRISE = "Something went wrong on my side, and it is written down. Please try again in a moment."
FORGETFUL = "I cannot get at what I remember just now, and that is written down. Please try again in a few minutes."
"""Where the database fails. What is to be done about it is the operator's, who reads it in the log."""
ANSWERED = "answered"
"""Set in an interaction's ``extras`` once its placeholder has become the answer, which no failure may take away."""
_ACKNOWLEDGED = 40060
_UNKNOWN_INTERACTION = 10062
_ON_A_MESSAGE = {
    discord.InteractionResponseType.channel_message,
    discord.InteractionResponseType.deferred_channel_message,
    discord.InteractionResponseType.message_update,
    discord.InteractionResponseType.deferred_message_update,
}


@asynccontextmanager
async def told_plainly(interaction: Interaction, kind: Kind, name: str) -> AsyncGenerator[None]:
    """Begins the request of that name, and lets it fail like a command does: with an answer, and a line in the log."""
    interaction.client.requests.begin(kind, name)
    try:
        yield
    except Exception as error:  # whatever it is, the member gets an answer
        await answer_failure(interaction, error)


async def answer_failure(interaction: Interaction, error: BaseException) -> None:
    """One sentence to the member alone; for a fault of ours with a short id that stands in the log too.

    Not answered yet: it is the answer. Deferred in public: the placeholder is replaced by it and removed. Answered:
    it follows. Too late for all of these: it is in the log only. Where the message that was to show the answer was
    deleted meanwhile, nobody waits for one. (Where another message is gone, that is a fault as any.)
    """
    error = _cause(error)
    place = f"{_name(interaction)} in guild {interaction.guild_id}"
    missing = error.code if isinstance(error, discord.NotFound) else None
    if missing == _UNKNOWN_INTERACTION and not interaction.response.is_done():
        waited = (interaction.client.database.clock.now() - interaction.created_at).total_seconds()
        reference = settle(Outcome.LATE)
        log.warning("late %s: %s: Discord takes no first answer %.1f s after it was asked", reference, place, waited)
        return
    if missing == UNKNOWN_MESSAGE and await _is_deleted(interaction):
        log.info("%s: its message is deleted", place)
        return
    expected = isinstance(error, (CompanionError, app_commands.CheckFailure)) and not isinstance(error, StorageError)
    reference = settle(Outcome.REFUSED if expected else Outcome.FAILED)
    told = f"⚠️ {escaped_sentence(sentence(error))}"
    if expected:
        log.info("refused %s: %s: %s", reference, place, type(error).__name__)
        told = f"{cut(told, CONTENT - 40)}{_again(error)}"
    else:
        log.error("failed %s: %s", reference, place, exc_info=error)
        told = f"{cut(told, CONTENT - 40)}\n-# Reference `{reference}`"
    try:
        await _tell(interaction, told)
    except discord.HTTPException as unsent:
        log.warning("the member could not be told of %s: %s", reference, unsent)


def told_of(error: CompanionError) -> str:
    """What a member is shown of a refusal: its sentence in Markdown, and when they can go on."""
    return f"{cut(escaped_sentence(sentence(error)), CONTENT - 40)}{_again(error)}"


def sentence(error: BaseException) -> str:
    """What a member may read of an error."""
    if isinstance(error, StorageError):
        return FORGETFUL
    if isinstance(error, CompanionError):
        return str(error)
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return "This command changed since Discord last heard of it. Please try again in a minute."
    if isinstance(error, app_commands.TransformerError):
        return f"“{cut(str(error.value), 80)}” is not something this option understands."
    if isinstance(error, app_commands.CheckFailure):
        return "You may not do this here."
    return SURPRISE


async def _is_deleted(interaction: Interaction) -> bool:
    """Is the message that was to show the answer there no more? The error alone does not say whose message it means."""
    if interaction.response.type not in _ON_A_MESSAGE:
        return False
    try:
        await interaction.original_response()
    except discord.NotFound as error:
        return error.code == UNKNOWN_MESSAGE
    except discord.DiscordException as error:
        log.info("whether the answer to %s is deleted, nobody says: %s", _name(interaction), error)
    return False


async def _tell(interaction: Interaction, content: str) -> None:
    if interaction.type is discord.InteractionType.autocomplete:
        if not interaction.response.is_done():
            await interaction.response.autocomplete([])
        return
    if interaction.is_expired():
        log.warning("too late to answer %s", _name(interaction))
        return
    if not interaction.response.is_done():
        try:
            await interaction.response.send_message(content, ephemeral=True)
        except discord.HTTPException as error:
            if error.code != _ACKNOWLEDGED:
                raise
        else:
            return
    waiting = interaction.response.type is discord.InteractionResponseType.deferred_channel_message
    if waiting and ANSWERED not in interaction.extras:
        # The first message after a public deferral is public whatever it says, so the placeholder is filled first,
        # the member told in private second, and the filled placeholder removed last.
        await interaction.edit_original_response(content=content)
        await interaction.followup.send(content, ephemeral=True, allowed_mentions=QUIET)
        await interaction.delete_original_response()
        return
    await interaction.followup.send(content, ephemeral=True, allowed_mentions=QUIET)


def _again(error: BaseException) -> str:
    """When the member can go on, counted down by Discord; empty where the error does not say."""
    again = error.again if isinstance(error, TooOftenError) else None
    return f" You can go on <t:{math.ceil(again.timestamp())}:R>." if again else ""


def _cause(error: BaseException) -> BaseException:
    while isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    return error


def _name(interaction: discord.Interaction[Companion]) -> str:
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    custom_id = str((interaction.data or {}).get("custom_id", interaction.type.name))
    # What follows may be a member's words, which no log keeps.
    return ":".join(custom_id.split(":")[:2])
