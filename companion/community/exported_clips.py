"""The best clips, for other programs: soundbites for a podcast's feed, or a JSON feed. They name no member."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from companion.community.clips import Clips, GoneClipError, ShownClip
from companion.community.standings import Standing, Standings
from companion.community.visibility import NoPodcastYetError
from companion.storage import clips
from companion.storage.engine import Database
from companion.storage.podcasts import Podcast

NAMESPACE = "https://podcastindex.org/namespace/1.0"
_TITLE = 128
"""Characters of a soundbite's title, by the namespace."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class TopClip:
    """A clip, and where it stands by the votes of its server; None for one that nobody voted on yet."""

    shown: ShownClip
    standing: Standing | None

    @property
    def order(self) -> tuple[bool, float, float]:
        """What sorts the best first, by votes, and those without any behind them, the newest first."""
        score = self.standing.score if self.standing else 0.0
        return self.standing is None, -score, -self.shown.clip.made_at.timestamp()


async def top_clips(database: Database, guild_id: int | None, most: int) -> list[TopClip]:
    """The best clips of a server, or of all for None, each stretch of an episode once.

    Raises `NoPodcastYetError` for a server without podcasts.
    """
    async with database.read() as connection:
        servers = [guild_id] if guild_id is not None else await clips.servers(connection)
    found: list[TopClip] = []
    for server in servers:
        try:
            found += await _of_server(database, server)
        except NoPodcastYetError:
            if guild_id is not None:
                raise
    best: dict[tuple[int, int, int], TopClip] = {}
    for one in sorted(found, key=lambda top: top.order):
        clip = one.shown.clip
        best.setdefault((clip.episode_id, clip.first_word, clip.last_word), one)
    return list(best.values())[:most]


async def _of_server(database: Database, guild_id: int) -> list[TopClip]:
    standings = {one.clip.id: one for one in await Standings(database).standings(guild_id)}
    kept = Clips(database)
    async with database.read() as connection:
        known = await clips.of_guild(connection, guild_id)
    found: list[TopClip] = []
    for clip in known:
        try:
            found.append(TopClip(await kept.shown(guild_id, clip.id), standings.get(clip.id)))
        except GoneClipError:
            continue  # of a podcast that the server left
    return found


def soundbites(top: Sequence[TopClip]) -> str:
    """An RSS document with an item for each episode, in which its clips stand as `podcast:soundbite` elements.

    Times are those of the audio. Clips without times are left out.
    """
    ElementTree.register_namespace("podcast", NAMESPACE)
    rss = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(rss, "channel")
    items: dict[int, ElementTree.Element] = {}
    for one in top:
        clip, episode = one.shown.clip, one.shown.episode
        if clip.start is None or clip.end is None:
            continue
        if episode.id not in items:
            items[episode.id] = item = ElementTree.SubElement(channel, "item")
            ElementTree.SubElement(item, "title").text = _NOT_XML.sub(" ", episode.title)
            ElementTree.SubElement(item, "guid", isPermaLink="false").text = _NOT_XML.sub(" ", episode.facts.guid)
        bite = ElementTree.SubElement(items[episode.id], f"{{{NAMESPACE}}}soundbite")
        bite.set("startTime", _seconds(max(clip.start + one.shown.podcast.audio_offset, 0.0)))
        bite.set("duration", _seconds(clip.end - clip.start))
        bite.text = _NOT_XML.sub(" ", clip.title)[:_TITLE]
    ElementTree.indent(rss)
    return ElementTree.tostring(rss, encoding="unicode", xml_declaration=True) + "\n"


def json_feed(top: Sequence[TopClip]) -> dict[str, Any]:
    """A feed by the specification of https://jsonfeed.org, version 1.1; what it has no field for is in `_companion`."""
    podcasts: dict[int, Podcast] = {one.shown.podcast.id: one.shown.podcast for one in top}
    titles = ", ".join(podcast.title for podcast in podcasts.values())
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"Clips of {titles}" if titles else "Clips",
        "items": [_item(one) for one in top],
    }


def _item(one: TopClip) -> dict[str, Any]:
    shown, clip = one.shown, one.shown.clip
    item: dict[str, Any] = {
        "id": f"clip-{clip.id}",
        "title": clip.title,
        "content_text": clip.text,
        "date_published": clip.made_at.isoformat(),
        "authors": [{"name": name} for name in shown.speakers],
        "_companion": {
            "podcast": shown.podcast.title,
            "episode": shown.episode.title,
            "guid": shown.episode.facts.guid,
            "start": clip.start,
            "end": clip.end,
            "approximate": clip.approximate,
            "turns": [{"speaker": turn.speaker, "uncertain": turn.uncertain, "text": turn.text} for turn in clip.turns],
            "votes": {"up": one.standing.up if one.standing else 0, "down": one.standing.down if one.standing else 0},
        },
    }
    return item | ({"url": shown.url} if shown.url else {})


def _seconds(value: float) -> str:
    return f"{value:.1f}"
