"""What is offered while a member types an option.

Suggestions carry no sentence, so where a lookup is refused nothing is offered: the command itself will say why.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from discord import app_commands

from companion.cogs.companion import Interaction
from companion.cogs.views.limits import CHOICE_TEXT, CHOICES, cut
from companion.cogs.views.markdown import one_line
from companion.community.keeping import podcasts_like
from companion.community.suggested import episodes_like, speakers_like
from companion.community.wishes import SeveralFitError
from companion.storage.errors import CompanionError
from companion.storage.names import folded

log = logging.getLogger(__name__)

Choices = list[app_commands.Choice[str]]


async def episodes(interaction: Interaction, typed: str) -> Choices:
    """The server's episodes with the typed words in their titles, newest first; their values are ids."""
    try:
        known = await episodes_like(interaction.client.database, interaction.guild_id, typed, CHOICES)
    except CompanionError as error:
        return _none(error)
    return _choices((episode.title, str(episode.id)) for episode in known)


async def speakers(interaction: Interaction, typed: str) -> Choices:
    """Who speaks in the server's podcasts, the most talkative first."""
    try:
        known = await speakers_like(interaction.client.database, interaction.guild_id, typed, CHOICES)
    except CompanionError as error:
        return _none(error)
    return _choices((name, name) for name in known if len(name) <= CHOICE_TEXT)


async def podcasts(interaction: Interaction, typed: str) -> Choices:
    """The server's podcasts; their values are ids."""
    try:
        known = await podcasts_like(interaction.client.database, interaction.guild_id, typed, CHOICES)
    except CompanionError as error:
        return _none(error)
    return _choices((podcast.title, str(podcast.id)) for podcast in known)


def only_one(typed: str, what: str, fitting: Sequence[tuple[str, app_commands.Choice[str]]]) -> int | None:
    """The id of the only suggestion that fits words that were typed, of titles with their suggestions; or of the one
    with that very title, which may be part of another. None where there is none. Raises `SeveralFitError`."""
    same = [choice for title, choice in fitting if folded(title) == folded(typed)] or [one for _, one in fitting]
    if len(same) > 1:
        raise SeveralFitError(typed, what, [choice.name for choice in same])
    return int(same[0].value) if same else None


def _choices(named: Iterable[tuple[str, str]]) -> Choices:
    shown = ((cut(one_line(name), CHOICE_TEXT), value) for name, value in named)
    return [app_commands.Choice(name=name, value=value) for name, value in shown if name][:CHOICES]


def _none(error: CompanionError) -> Choices:
    log.info("no suggestions: %s", error)
    return []
