"""The form in which a member says what is wrong in a passage, and what it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from companion.cogs.views import correction_ids
from companion.cogs.views.limits import CHOICES, OPTION_TEXT, cut
from companion.cogs.views.markdown import one_line
from companion.community.aliases import LONGEST_NAME
from companion.community.proposals import Speaking
from companion.storage.aliases import LONGEST_SPELLING
from companion.storage.corrections import About, Mistake
from companion.storage.episodes import Reference
from companion.storage.errors import CompanionError

_WRONG, _READ, _RIGHT = "wrong", "read", "right"
_SPEAKERS = (CHOICES - 1) // 2
_TERM = About.TERM.value


class IncompleteFormError(CompanionError):
    """A form that says nothing of what it is about."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"{missing} Press **Correct** again.")


def correction_form(
    reference: Reference, quoted: tuple[int, int] | None, speaking: Sequence[Speaking]
) -> discord.ui.Modal:
    """The form for a passage in which these speak. What is sent in is read by `typed_mistake`.

    The library would keep it and answer it once: under one custom_id for all members, and not after a restart. So it is
    stopped.
    """
    modal = discord.ui.Modal(title="Correct a name", custom_id=correction_ids.form(reference, quoted), timeout=None)
    choices = _choices(speaking)
    if choices:
        word = discord.SelectOption(
            label="A name or word in the text is misheard",
            value=_TERM,
            description="A search for either spelling will find both. The text stays as it was transcribed.",
        )
        menu = discord.ui.Select[discord.ui.Modal](custom_id=_WRONG, options=[word, *choices])
        modal.add_item(discord.ui.Label[discord.ui.Modal](text="What is wrong?", component=menu))
    read = discord.ui.TextInput[discord.ui.Modal](custom_id=_READ, max_length=LONGEST_SPELLING, required=not choices)
    modal.add_item(
        discord.ui.Label[discord.ui.Modal](
            text="The misheard words",
            description="Exactly as the passage has them." + (" Leave it empty for a speaker." if choices else ""),
            component=read,
        )
    )
    right = discord.ui.TextInput[discord.ui.Modal](custom_id=_RIGHT, min_length=1, max_length=LONGEST_NAME)
    modal.add_item(
        discord.ui.Label[discord.ui.Modal](
            text="What it should be",
            description="The managers of this server decide on it. They see that you proposed it.",
            component=right,
        )
    )
    modal.stop()
    return modal


def typed_mistake(data: Mapping[str, Any]) -> Mistake:
    """What the data of a submitted form says. Raises `IncompleteFormError`.

    For a speaker, ``spelling`` is the label, which anybody can forge.
    """
    sent = dict(_sent(data))
    wrong = sent.get(_WRONG) or _TERM
    about, _, label = wrong.partition(":")
    if about not in set(About):
        raise IncompleteFormError("I don't know what you say is wrong.")
    spelling = sent.get(_READ, "") if about == _TERM else label
    if about == _TERM and not spelling.strip():
        raise IncompleteFormError("Which words are misheard? Write them as the passage has them.")
    return Mistake(About(about), spelling, sent.get(_RIGHT, ""))


def _choices(speaking: Sequence[Speaking]) -> list[discord.SelectOption]:
    """Two for each speaker, as far as there is room for them in a menu, and for their label in a choice."""
    choices: list[discord.SelectOption] = []
    known = [one for one in speaking if len(_value(About.PERSON, one.label)) <= OPTION_TEXT and one_line(one.name)]
    for one in known[:_SPEAKERS]:
        name = cut(one_line(one.name), OPTION_TEXT - 40)
        choices.append(
            discord.SelectOption(
                label=f"“{name}” is somebody else",
                value=_value(About.LABEL, one.label),
                description="In this episode, wherever it says so.",
            )
        )
        if not one.is_generic:
            choices.append(
                discord.SelectOption(
                    label=f"“{name}” is spelt otherwise",
                    value=_value(About.PERSON, one.label),
                    description="In every episode of the podcast.",
                )
            )
    return choices


def _value(about: About, label: str) -> str:
    return f"{about.value}:{label}"


def _sent(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    inner = [part.get("component", part) for part in data.get("components", ())]
    return [(str(one.get("custom_id")), str(one.get("value") or "".join(one.get("values") or ()))) for one in inner]
