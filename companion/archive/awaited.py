"""Whether an episode holds what somebody waits for: talk of a topic, or a person's words; and the passages that do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from companion.archive.links import moment_url
from companion.archive.results import Hit, Query
from companion.archive.search import Searcher
from companion.archive.snapshot import about, is_named, name_words
from companion.archive.snippets import snippet
from companion.storage.episodes import Episode, EpisodeFacts, Piece
from companion.storage.names import Names, folded
from companion.storage.passages import StoredPassage, named
from companion.storage.podcasts import Podcast

SHOWN = 2
"""Passages that show it."""


@dataclass(frozen=True, slots=True)
class Held:
    """So many passages of the episode hold it; ``hits`` are one or two of them, in the order they were said."""

    passages: int
    hits: tuple[Hit, ...]


async def talk_of(searcher: Searcher, words: str, episode: Episode) -> Held | None:
    """What the episode says of a topic, by the test that `archive/topics.py` makes; None where it says nothing of it.

    The passage that speaks of it best, and the first one. Nothing but the episode's own podcast has a part in that.
    """
    trace = await searcher.trace(Query(words, frozenset({episode.podcast_id}), episode_id=episode.id))
    if trace.first is None:
        return None
    ((best, count),) = trace.top
    hits = {hit.passage_id: hit for hit in (trace.first, best)}
    return Held(count, tuple(hits.values()))


def words_by(
    name: str, episode: Episode, podcast: Podcast, stored: Sequence[StoredPassage], names: Names
) -> Held | None:
    """What a person says in the episode, of which these are the passages; None where they do not talk in it.

    The two turns in which they say most, a passage at most once.
    """
    person = names.person(podcast.id, name)
    theirs: list[tuple[int, StoredPassage, Piece]] = []
    held = 0
    for one in (named(passage, names, podcast.id) for passage in stored):
        pieces = one.passage.pieces
        bounds = [*(piece.offset for piece in pieces[1:]), len(one.passage.text)]
        said = [
            (end - piece.offset, one, piece)
            for piece, end in zip(pieces, bounds, strict=True)
            if piece.speaker is not None and not piece.uncertain and _is(piece.speaker, person, episode.facts)
        ]
        held += bool(said)
        theirs += [max(said, key=lambda entry: entry[0])] if said else []
    if not theirs:
        return None
    most = sorted(theirs, key=lambda entry: -entry[0])[:SHOWN]
    in_order = sorted(most, key=lambda entry: entry[1].passage.ordinal)
    return Held(held, tuple(_hit(one, piece, length, episode, podcast) for length, one, piece in in_order))


def _is(label: str, person: str, facts: EpisodeFacts) -> bool:
    """Is a speaker of the episode that person? A part of the name will do where the episode names all of it."""
    if folded(label) == folded(person):
        return True
    return name_words(label) < name_words(person) and is_named(label, person, about(facts))


def _hit(stored: StoredPassage, piece: Piece, length: int, episode: Episode, podcast: Podcast) -> Hit:
    # Without words to look for, as much as fits of what they say there is quoted.
    said = snippet(stored.passage, {}, (piece.offset, piece.offset + length), {piece.speaker})
    url = moment_url(episode.facts, said.start, podcast)
    return Hit(stored.id, stored.passage, episode, podcast, 0.0, said, url)
