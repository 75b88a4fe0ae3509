"""The message that answers a search."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from companion.archive.results import Hit
from companion.cogs.views import custom_ids, limits, saved_ids
from companion.cogs.views.delete import delete_button
from companion.cogs.views.groups import entries
from companion.cogs.views.layout import AMBER, TEAL, Message, button, container, line, row, text
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import escaped_line, linked, one_line
from companion.cogs.views.understood import understood
from companion.community.searches import Answer
from companion.storage.episodes import Episode
from companion.storage.podcasts import Podcast
from companion.storage.searches import Filters, Search

STILL_LOADING = (
    "-# ⏳ Found by words alone: the model that compares meanings is still loading. Search again in a few seconds."
)
_HEADER_QUERY = 200
_HEADER_LIKE = 48
_HEADER_ORIGIN = 80
_FILTER = 60
_SPELLINGS = 4
_SLACK = 40


def results_message(answer: Answer, *, private: bool = False) -> Message:
    """One page of results with everything that can be done from there, or what there is instead.

    ``private``: shown to one member alone, who can dismiss it, so that it needs no deleting.
    """
    header = heading(answer)
    note = STILL_LOADING if answer.loading else ""
    hits = answer.results.hits
    box = container(TEAL if answer.results.answerable else AMBER)
    box.add_item(text(header))
    # Where nothing answers, or somebody said nothing, other components take the room of these buttons.
    saves = answer.results.answerable and all(group.hits for group in answer.results.groups)
    silent = sum(not group.hits for group in answer.results.groups)
    if hits:
        room = (limits.LAYOUT_TEXT - len(header) - len(note) - _SLACK) // (len(hits) + silent)
        several = len({hit.podcast.id for hit in hits}) > 1
        taken: set[str] = set()
        for hit, shown in entries(answer.results, room, podcast=several):
            box.add_item(line())
            box.add_item(text(shown))
            if hit is not None and (actions := _actions(answer.search_id, hit, taken, saves=saves)):
                box.add_item(row(actions))
        box.add_item(line())
    if note:
        box.add_item(text(note))
    # Beside people who said nothing of it there would be more components than a message may have.
    if not answer.results.answerable and answer.examples and not silent:
        box.add_item(text("**Try one of these**"))
        box.add_item(row(example_buttons(answer.examples)))
    turns = _turns(answer)
    box.add_item(row(turns if private else [*turns, delete_button()]))
    return Message(box)


def heading(answer: Answer) -> str:
    """The query, who asked it and whose idea it was, the filters, and what came of it."""
    search = answer.search
    shown = escaped_line(cut(one_line(search.text), _HEADER_LIKE if search.like else _HEADER_QUERY))
    title = f"### ✨ More like “{shown}”" if search.like else f"### 🔎 {shown}"
    facts = (credit(search, answer.origin), limited_to(search.filters, answer.episode, answer.podcast), _page(answer))
    lines = [title, f"-# {' · '.join(fact for fact in facts if fact)}"]
    if taken_for := understood(answer.results):
        lines.append(taken_for)
    if answer.filters_dropped:
        lines.append("Nothing fits these filters. Without them, these passages come nearest:")
    elif not answer.results.answerable:
        nearest = " These passages come nearest:" if answer.results.hits else ""
        lines.append(f"I don't find that in the archive.{nearest}")
    if answer.results.also:
        lines.append(f"-# Also searched for: {also_searched(answer.results.also)}")
    return "\n".join(lines)


def also_searched(spellings: Sequence[str]) -> str:
    """The other spellings, as many as there is room for."""
    return ", ".join(escaped_line(cut(one_line(spelling), _FILTER)) for spelling in spellings[:_SPELLINGS])


def example_buttons(examples: tuple[str, ...]) -> list[discord.ui.Button[Message]]:
    """Searches at one press, up to five."""
    return [button(example, custom_ids.example(example), emoji="🔎") for example in examples[:5]]


def message_url(search: Search) -> str | None:
    """Where the answer to a search stands, if it was posted."""
    if search.message_id is None:
        return None
    return f"https://discord.com/channels/{search.guild_id}/{search.channel_id}/{search.message_id}"


def limited_to(filters: Filters, episode: Episode | None, podcast: Podcast | None = None) -> str:
    """What is searched, where that is not everything, and in which order; ``episode`` and ``podcast`` are those that
    the filters name."""
    parts: list[str] = []
    if podcast is not None:
        parts.append(f"in *{escaped_line(cut(one_line(podcast.title), _FILTER))}*")
    if episode is not None:
        parts.append(f"in *{escaped_line(cut(one_line(episode.title), _FILTER))}*")
    if filters.speaker is not None:
        parts.append(f"said by {escaped_line(cut(one_line(filters.speaker), _FILTER))}")
    if filters.after is not None:
        parts.append(f"from {filters.after.isoformat()}")
    if filters.before is not None:
        parts.append(f"until {filters.before.isoformat()}")
    only = f"only {', '.join(parts)}" if parts else ""
    return " · ".join(part for part in (only, "newest first" if filters.newest_first else "") if part)


def credit(search: Search, origin: Search | None) -> str:
    """Who asked, and from whose search; ``origin`` is None where that is deleted, too."""
    asker = f"<@{search.member_id}>"
    if search.riff_on is None:
        return f"{asker} asked"
    if origin is None:
        return f"{asker} asked, from a deleted search" if search.like else f"🎸 {asker} riffs on a deleted search"
    whose = "their own" if origin.member_id == search.member_id else f"<@{origin.member_id}>'s"
    if search.like is not None:
        return f"{asker} asked, from {whose} {linked('search', message_url(origin))}"
    was = escaped_line(cut(one_line(origin.text), _HEADER_ORIGIN))
    return f"🎸 {asker} riffs on {whose} {linked(f'search “{was}”', message_url(origin))}"


def _page(answer: Answer) -> str:
    return f"page {answer.page + 1}" if answer.page else ""


def _actions(search_id: int, hit: Hit, taken: set[str], *, saves: bool) -> list[discord.ui.Button[Message]]:
    """What can be done with a hit. Two people may be quoted from one passage, and no two buttons may be the same: those
    that are ``taken`` are left out, and the others are added to them."""
    wanted = {
        custom_ids.context(search_id, hit.reference, hit.quoted): "Context",
        custom_ids.like(search_id, hit.reference, hit.quoted): "More like this",
    }
    if saves:
        wanted[saved_ids.save(hit.reference, hit.quoted)] = "Save"
    new = {custom_id: label for custom_id, label in wanted.items() if custom_id not in taken}
    taken.update(new)
    return [button(label, custom_id) for custom_id, label in new.items()]


def _turns(answer: Answer) -> list[discord.ui.Button[Message]]:
    buttons = [button("Riff", custom_ids.riff(answer.search_id), discord.ButtonStyle.primary, emoji="🎸")]
    if answer.page:
        buttons.append(button(f"‹ Page {answer.page}", custom_ids.page(answer.search_id, answer.page - 1)))
    if answer.results.more:
        buttons.append(button(f"Page {answer.page + 2} ›", custom_ids.page(answer.search_id, answer.page + 1)))
    return buttons
