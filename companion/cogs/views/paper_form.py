"""The form in which a member says what a paper is that no catalogue describes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import discord

from companion.archive.paper_facts import PaperFacts
from companion.archive.paper_references import LONGEST, PaperReference, paper_reference
from companion.community.papers import LONGEST_WHY, written_facts
from companion.storage.errors import CompanionError

FORM = re.compile(r"paper:form")
_PAPER, _TITLE, _AUTHORS, _WHY = "paper", "title", "authors", "why"


class NoTitleError(CompanionError):
    """A form without the one thing that it asks for."""

    def __init__(self) -> None:
        super().__init__("A paper needs a title: propose it once more, and say what it is called.")


@dataclass(frozen=True, slots=True)
class Written:
    """What a member says of a paper, and why they propose it."""

    reference: PaperReference
    described: PaperFacts
    why: str


def paper_form(reference: PaperReference, why: str = "") -> discord.ui.Modal:
    """The form for a paper; `written` reads it.

    The library would keep it and answer it once: under one custom_id for all members, and not after a restart. So it is
    stopped.
    """
    modal = discord.ui.Modal(title="Propose a paper", custom_id="paper:form", timeout=None)
    for label, name, value, told, longest, required in (
        ("Paper", _PAPER, reference.url, "A link, an arXiv id, or a DOI", LONGEST, True),
        ("Title", _TITLE, "", None, 300, True),
        ("Authors", _AUTHORS, "", "Parted by commas", 600, False),
        ("Why this one?", _WHY, why[:LONGEST_WHY], None, LONGEST_WHY, False),
    ):
        typed = discord.ui.TextInput[discord.ui.Modal](
            custom_id=name, default=value or None, max_length=longest, required=required
        )
        modal.add_item(discord.ui.Label[discord.ui.Modal](text=label, description=told, component=typed))
    modal.stop()
    return modal


def written(data: Mapping[str, Any]) -> Written:
    """What the data of a submitted form says. Raises `UnknownReferenceError` and `NoTitleError`."""
    inner = [part.get("component", part) for part in data.get("components", ())]
    sent = {str(one.get("custom_id")): str(one.get("value") or "").strip() for one in inner}
    reference = paper_reference(sent.get(_PAPER, ""))
    described = written_facts(sent.get(_TITLE, ""), sent.get(_AUTHORS, ""))
    if described is None:
        raise NoTitleError
    return Written(reference, described, sent.get(_WHY, ""))
