"""A page of a list of episodes."""

from __future__ import annotations

import discord

from companion.cogs.views import catalogue_ids
from companion.cogs.views.delete import delete_button
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, text
from companion.cogs.views.limits import OPTION_TEXT, cut
from companion.cogs.views.markdown import one_line
from companion.cogs.views.times import day, length
from companion.community.catalogue import Entry, Listing
from companion.storage.episodes import Episode, EpisodeType

_TITLE = 120
_NAME = 30
_MOST_GUESTS = 3
_PODCAST = 60
"""Characters and guests, so that ten entries fit into a message whatever they are called."""
_MARKS = {EpisodeType.TRAILER: "trailer", EpisodeType.BONUS: "bonus"}


def listing_message(listing: Listing, *, private: bool = False) -> Message:
    """Ten episodes, a menu that opens one of them, and the way to the other pages. A ``private`` view is for one member
    alone."""
    box = container(TEAL)
    box.add_item(text(_heading(listing)))
    several = listing.podcast is None and len(listing.podcasts) > 1
    for entry in listing.entries:
        podcast = listing.podcasts[entry.episode.podcast_id].title if several else ""
        box.add_item(text(_entry(entry, podcast)))
    box.add_item(line())
    menu: discord.ui.ActionRow[Message] = discord.ui.ActionRow(
        episode_menu([entry.episode for entry in listing.entries], "Open an episode …")
    )
    box.add_item(menu)
    turns = _turns(listing)
    if not private:
        turns.append(delete_button())
    if turns:
        box.add_item(row(turns))
    return Message(box)


def episode_menu(episodes: list[Episode], placeholder: str) -> discord.ui.Select[Message]:
    """A menu that opens one of the episodes, 25 at most."""
    options = [
        discord.SelectOption(
            label=cut(one_line(episode.title), OPTION_TEXT) or f"Episode {episode.id}", value=str(episode.id)
        )
        for episode in episodes
    ]
    return discord.ui.Select(custom_id=catalogue_ids.opener(), placeholder=placeholder, options=options)


def mark(kind: EpisodeType) -> str:
    """ "trailer" or "bonus"; nothing for an ordinary episode."""
    return _MARKS.get(kind, "")


def _heading(listing: Listing) -> str:
    of = f" of {escaped_within(listing.podcast.title, _PODCAST)}" if listing.podcast else ""
    count = f"{listing.total:,} episode{'' if listing.total == 1 else 's'}"
    facts = [
        f"{count} with “{escaped_within(listing.words, 2 * len(listing.words))}” in the title"
        if listing.words
        else count,
        "newest first",
        f"page {listing.page + 1} of {listing.pages}" if listing.pages > 1 else "",
    ]
    return f"### 🎙️ Episodes{of}\n-# {' · '.join(fact for fact in facts if fact)}"


def _entry(entry: Entry, podcast: str) -> str:
    facts = entry.episode.facts
    what = mark(facts.type)
    title = escaped_within(facts.title, _TITLE) or f"Episode {entry.episode.id}"
    names = [escaped_within(name, _NAME) for name in entry.guests[:_MOST_GUESTS]]
    more = f" and {len(entry.guests) - _MOST_GUESTS} more" if len(entry.guests) > _MOST_GUESTS else ""
    parts = [
        escaped_within(podcast, _NAME),
        day(facts.published) if facts.published else "no date",
        f"with {', '.join(filter(None, names))}{more}" if any(names) else "",
        length(entry.seconds) if entry.seconds else "",
        "transcript" if entry.transcribed else "notes only",
    ]
    return f"**{title}**{f' · *{what}*' if what else ''}\n-# {' · '.join(part for part in parts if part)}"


def _turns(listing: Listing) -> list[discord.ui.Button[Message]]:
    podcast = listing.podcast.id if listing.podcast else None
    turns: list[discord.ui.Button[Message]] = []
    if listing.page:
        back = catalogue_ids.listing(listing.page - 1, podcast, listing.words)
        turns.append(button(f"‹ Page {listing.page}", back))
    if listing.page + 1 < listing.pages:
        on = catalogue_ids.listing(listing.page + 1, podcast, listing.words)
        turns.append(button(f"Page {listing.page + 2} ›", on))
    return turns
