"""Fair use as cogs ask for it: a turn for the member of an interaction."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from companion.cogs.companion import Interaction
from companion.community.fair_use import Work


def turn_of(interaction: Interaction, work: Work) -> AbstractAsyncContextManager[None]:
    """The member's turn, to be entered around the work itself.

    Raises `TooOftenError` at the call: called before the interaction is deferred, the refusal is its only answer, for
    the member alone.
    """
    return interaction.client.fair_use.turn(work, interaction.guild_id, interaction.user.id)
