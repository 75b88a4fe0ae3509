"""New episodes, as a server is told of them."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from companion.cogs.views import catalogue_ids, clip_ids
from companion.cogs.views.catalogue_ids import Part
from companion.cogs.views.clip import words_of
from companion.cogs.views.episodes import episode_menu
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, text
from companion.cogs.views.limits import CHOICES
from companion.cogs.views.markdown import linked
from companion.cogs.views.times import day
from companion.community.clips import ShownClip
from companion.community.news import NewEpisode

_TITLE = 200
_SHORT = 100
_NAME = 60
_PEOPLE = 6
_CHAPTERS = 5
_WORDS = 1200
"""Characters of the clip's words: with all else they fit into a message."""
_LISTED = 15
"""Episodes that a list names, so that it fits into a message whatever they are called."""


def news_message(episodes: Sequence[NewEpisode], best: ShownClip | None = None) -> Message:
    """The announcement of one episode, with what is most worth hearing in it, or the list of several."""
    return _one(episodes[0], best) if len(episodes) == 1 else _several(episodes)


def _one(new: NewEpisode, best: ShownClip | None) -> Message:
    facts, box = new.episode.facts, container(TEAL)
    title = linked(escaped_within(facts.title, _TITLE) or "A new episode", facts.link)
    told = [f"of *{escaped_within(new.podcast.title, _NAME)}*", *([day(facts.published)] if facts.published else [])]
    people = [escaped_within(person.name, _NAME) for person in facts.people[:_PEOPLE]]
    with_them = f"\nWith {', '.join(people)}" if people else ""
    box.add_item(text(f"### 🎙️ New: {title}\n-# {' · '.join(told)}{with_them}"))
    ways = [button("Search in it", catalogue_ids.search(new.episode.id), discord.ButtonStyle.primary, emoji="🔎")]
    if new.chapters:
        named = [f"- {escaped_within(chapter, _SHORT)}" for chapter in new.chapters[:_CHAPTERS]]
        box.add_item(text("\n".join(named)))
        if len(new.chapters) > _CHAPTERS:
            name = f"Chapters: all {len(new.chapters)}"
            ways.append(button(name, catalogue_ids.part(Part.CHAPTERS, new.episode.id)))
    if best is not None:
        box.add_item(line())
        box.add_item(text(f"**Worth hearing in it**\n{words_of(best, _WORDS)}"))
        ways.append(button("Clip it", clip_ids.make(best.reference), emoji="🎬"))
    box.add_item(line())
    box.add_item(text("Everything said in it can be searched: press the button, or use `/search` with `episode:`."))
    box.add_item(row(ways))
    return Message(box)


def _several(episodes: Sequence[NewEpisode]) -> Message:
    box = container(TEAL)
    named = [_line(new) for new in episodes[:_LISTED]]
    more = len(episodes) - len(named)
    named += [f"- and {more} more: `/episodes` lists them" if more else ""]
    box.add_item(text(f"### 🎙️ {len(episodes)} new episodes\n" + "\n".join(filter(None, named))))
    box.add_item(line())
    box.add_item(text("Everything said in them can be searched: `/search`."))
    shown = [new.episode for new in episodes[:CHOICES]]
    menu: discord.ui.ActionRow[Message] = discord.ui.ActionRow(episode_menu(shown, "Open an episode …"))
    box.add_item(menu)
    return Message(box)


def _line(new: NewEpisode) -> str:
    facts = new.episode.facts
    published = f" · {day(facts.published)}" if facts.published else ""
    # Without links: their addresses would take the room of the titles.
    return f"- **{escaped_within(facts.title, _SHORT)}** · *{escaped_within(new.podcast.title, _NAME)}*{published}"
