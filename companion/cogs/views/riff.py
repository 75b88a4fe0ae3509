"""The form that opens with somebody's search, to be changed and asked anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from companion.cogs.views import custom_ids
from companion.community.wishes import LONGEST_QUERY
from companion.storage.searches import Search

QUERY = "query"
"""The field that `typed_query` reads, in this form and others that ask for a query."""


def riff_modal(search_id: int, search: Search) -> discord.ui.Modal:
    """The form, filled with the query of ``search``.

    The library would keep it and answer it once: under one custom_id for all members, and not after a restart. So
    it is stopped, and what is sent in is read by `typed_query`.
    """
    field = discord.ui.TextInput[discord.ui.Modal](
        custom_id=QUERY,
        default=search.text[:LONGEST_QUERY],
        min_length=1,
        max_length=LONGEST_QUERY,
    )
    modal = discord.ui.Modal(title="Riff on this search", custom_id=custom_ids.riffed(search_id), timeout=None)
    label = discord.ui.Label[discord.ui.Modal](
        text="Your variation", description="It is posted as a new search that credits this one.", component=field
    )
    modal.add_item(label)
    modal.stop()
    return modal


def typed_query(data: Mapping[str, Any]) -> str:
    """The query in the data of a submitted form; empty if there is none."""
    for component in data.get("components", ()):
        inner = component.get("component", component)
        if inner.get("custom_id") == QUERY:
            return str(inner.get("value", ""))
    return ""
