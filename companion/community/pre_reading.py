"""What the archive has of a paper: passages to read before the session, and episodes whose notes link to it.

Passages are shown where the search for the paper's title clears the threshold of evidence
(`archive/answerable.py`) *and* they speak of it as of a topic (`archive/topics.py`), or where they say its name. Of 18
papers that 15 episodes of a podcast touch on, 13 got passages so; of 18 that they do not, two: one that was named after
all, and one next to what was said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from companion.archive.paper_references import Kind, reference_to
from companion.archive.results import Hit, Query
from companion.archive.search import Searcher
from companion.storage import episodes, mentions, podcasts, subscriptions
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.papers import Paper
from companion.storage.podcasts import Podcast

PASSAGES, MENTIONS = 3, 2
"""How many are shown, at most."""
NEAREST = 10
"""Results of the search among which a passage has to be."""
_NAME = re.compile(r"(?=\S*(?:\S[A-Z]|\d|-))[\w.+-]{3,24}(?: [\w.+-]{1,24})?|[\w.+-]{3,24} \d[\w.]{0,8}")
"""A name that a paper gives to what it is about (`VQGAN-CLIP: …`), told from an ordinary word by how it is written."""


@dataclass(frozen=True, slots=True)
class Mention:
    """An episode whose show notes link to the paper."""

    episode: Episode
    podcast: Podcast


@dataclass(frozen=True, slots=True)
class PreReading:
    """What the archive has of a paper; nothing, where it has nothing that bears on it."""

    passages: tuple[Hit, ...] = ()
    mentions: tuple[Mention, ...] = ()


NOTHING = PreReading()


async def pre_reading(database: Database, searcher: Searcher, paper: Paper) -> PreReading:
    """What the podcasts of the paper's server have of it."""
    async with database.read() as connection:
        seen = frozenset(await subscriptions.podcast_ids(connection, paper.guild_id))
    if not seen:
        return NOTHING
    return PreReading(await _passages(searcher, paper.title, seen), await _mentions(database, paper, seen))


def name_of(title: str) -> str | None:
    """What a paper calls its subject in front of the colon in its title; None where it gives it no name."""
    head, colon, _ = title.partition(":")
    return head.strip() if colon and _NAME.fullmatch(head.strip()) else None


async def _passages(searcher: Searcher, title: str, seen: frozenset[int]) -> tuple[Hit, ...]:
    found: list[Hit] = []
    if (name := name_of(title)) is not None:
        said = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        named = await searcher.trace(Query(name, seen))
        found += [hit for hit, _ in named.top if said.search(hit.passage.text)]
    query = Query(title, seen)
    nearest = await searcher.search(query, limit=NEAREST)
    if nearest.answerable:
        speaking = [hit for hit, _ in (await searcher.trace(query)).top]
        found += [hit for hit in speaking if any(_overlap(hit, near) for near in nearest.hits)]
    distinct = {hit.passage_id: hit for hit in reversed(found)}
    return tuple(reversed(distinct.values()))[:PASSAGES]


def _overlap(one: Hit, other: Hit) -> bool:
    """Do two hits show the same words? Neighbours are merged in the one list and not in the other."""
    of_one, of_other = one.passage, other.passage
    same_text = one.episode.id == other.episode.id and of_one.kind is of_other.kind
    return same_text and of_one.first_word <= of_other.last_word and of_other.first_word <= of_one.last_word


async def _mentions(database: Database, paper: Paper, seen: frozenset[int]) -> tuple[Mention, ...]:
    reference = reference_to(paper.canonical)
    of_kind = [reference.identity] if reference.kind in (Kind.ARXIV, Kind.DOI) else []
    async with database.read() as connection:
        linking = (await mentions.linking(connection, of_kind, [reference.url], seen))[:MENTIONS]
        known = await episodes.get(connection, linking)
        shows = await podcasts.by_ids(connection, {one.podcast_id for one in known.values()})
    return tuple(Mention(known[one], shows[known[one].podcast_id]) for one in linking)
