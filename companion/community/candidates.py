"""Making the candidates of episodes that are new or have changed, a few at a time, in a thread."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from companion.archive.latest import Latest
from companion.archive.moment_meaning import hashed, hashed_windows, windows_of
from companion.archive.moment_signals import VERSION, Judged, Material, judged_moments
from companion.archive.moment_words import Vocabulary
from companion.archive.people import people_in
from companion.archive.search import Searcher
from companion.archive.tokens import Vectors
from companion.community.taste import PRIOR
from companion.storage import corpus, episodes, highlight_candidates, index_version, passages
from companion.storage.address import Address
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Kind, Turn
from companion.storage.highlight_candidates import Candidate, EpisodeState
from companion.storage.names import folded, named_turns, names_in

KEPT = 80
"""Candidates of an episode that are kept, by their score before any vote: a fifth of them, and whatever a server's
taste may want is among them."""
_VOCABULARY = 20
"""Episodes of a podcast, the newest, by whose words it is told what is rare in it."""
_REMEMBERED = 8
"""Podcasts whose words are kept at hand."""
_REGULAR_EPISODES, _REGULAR_SHARE = 3, 1 / 3
"""Whoever is heard in so many episodes, and in such a share of them, is a host."""


class Candidates:
    """What may be picked, over one database."""

    def __init__(self, database: Database, searcher: Searcher) -> None:
        self._database = database
        self._searcher = searcher
        self._barren: dict[int, str] = {}
        """Episodes in which there is nothing to be picked, as they were when they were looked at."""
        self._vocabularies: Latest[int, Vocabulary] = Latest(_REMEMBERED)
        self._settled: tuple[int, str | None] | None = None
        """The version of the archive, and the model, at which nothing was left to be made."""

    async def make(self, limit: int, podcasts: frozenset[int] | None = None) -> int:
        """Makes those of ``limit`` episodes that need it, the newest first. Returns of how many it made them."""
        model = self._searcher.model_id
        async with self._database.read() as connection:
            now = await index_version.current(connection), model
            if now == self._settled:
                return 0
            known = await highlight_candidates.made_of(connection)
            states = await highlight_candidates.states(connection, podcasts)
        made_of = {state: fingerprint(state, model) for state in states}
        stale = [
            state
            for state, print_ in made_of.items()
            if print_ not in (known.get(state.episode_id), self._barren.get(state.episode_id))
        ]
        if podcasts is None:
            known_ids = {state.episode_id for state in states}
            self._barren = {one: print_ for one, print_ in self._barren.items() if one in known_ids}
            if not stale:
                self._settled = now
        for state in stale[:limit]:
            await self._make(state, made_of[state])
        return len(stale[:limit])

    async def material(self, state: EpisodeState) -> Material | None:
        """What an episode's moments are judged by; None where it is gone by now."""
        podcast = frozenset({state.podcast_id})
        async with self._database.read() as connection:
            known = (await episodes.get(connection, [state.episode_id])).get(state.episode_id)
            turns = await episodes.turns(connection, state.episode_id)
            labels = await passages.turns_by_label(connection, podcast)
            names = await names_in(connection, podcast)
            siblings = await highlight_candidates.states(connection, podcast)
        if known is None:
            return None
        vocabulary = self._vocabularies.get(state.podcast_id)
        if vocabulary is None:
            newest = [one.episode_id for one in siblings[:_VOCABULARY]]
            vocabulary = await asyncio.to_thread(_vocabulary, self._database.address, newest)
            self._vocabularies.put(state.podcast_id, vocabulary)
        return await asyncio.to_thread(
            _material,
            self._database.address,
            known,
            named_turns(turns, names, state.podcast_id, state.episode_id),
            _regulars((row[1], names.of(*row[:3])) for row in labels),
            vocabulary,
            self._searcher.model_id,
            await self._searcher.vector_of(known.title),
        )

    async def _make(self, state: EpisodeState, print_: str) -> None:
        """Makes an episode's candidates, and keeps them as made of what ``print_`` is the fingerprint of."""
        material = await self.material(state)
        made = [] if material is None else await asyncio.to_thread(_best, state.episode_id, material)
        async with self._database.write() as connection:
            await highlight_candidates.replace(connection, state.episode_id, made, print_)
        if not made:
            self._barren[state.episode_id] = print_


def fingerprint(state: EpisodeState, model: str | None) -> str:
    """Of everything that an episode's candidates are made of: its text, names and vectors, the model, the code."""
    told = f"{VERSION} {state.revision} {state.content_hash} {model}"
    return hashlib.sha256(told.encode()).hexdigest()


def _vocabulary(address: Address, episode_ids: Sequence[int]) -> Vocabulary:
    with corpus.reading(address, None) as reader:
        return Vocabulary.of(
            stored.passage.text for stored in reader.passages(episode_ids) if stored.passage.kind is Kind.SPEECH
        )


def _regulars(heard: Iterable[tuple[int, str]]) -> frozenset[str]:
    """The folded names of the hosts, from who is heard in which episode."""
    pairs = {(episode_id, folded(name)) for episode_id, label in heard for name in people_in(label)}
    counts = Counter(name for _, name in pairs)
    least = max(_REGULAR_EPISODES, _REGULAR_SHARE * len({episode_id for episode_id, _ in pairs}))
    return frozenset(name for name, count in counts.items() if count >= least)


def _material(
    address: Address,
    episode: Episode,
    turns: Sequence[Turn],
    regulars: frozenset[str],
    vocabulary: Vocabulary,
    model: str | None,
    title: Vectors | None,
) -> Material:
    with corpus.reading(address, model) as reader:
        stored = [one for one in reader.passages([episode.id]) if one.passage.kind is Kind.SPEECH]
        vectors = reader.vectors([episode.id])
        picks = reader.picks.get(episode.id, ())
    said = [one.passage for one in stored]
    windows = windows_of(said, [vectors.get(one.id) for one in stored])
    if windows is None or title is None:
        windows, title = hashed_windows(said, vocabulary), hashed(episode.title, vocabulary)
    return Material(episode.facts, turns, vocabulary, regulars, picks, windows, title)


def _best(episode_id: int, material: Material) -> list[Candidate]:
    """The best candidates of an episode before any vote, and all that its makers chose."""
    judged = judged_moments(material)
    ranked = sorted(judged, key=lambda one: -sum(PRIOR.parts(one.signals).values()))
    kept = [
        *ranked[:KEPT],
        *(one for one in ranked[KEPT:] if one.signals["quoted"] > 0 or one.signals["previewed"] > 0.5),
    ]
    return [_candidate(episode_id, one) for one in kept]


def _candidate(episode_id: int, judged: Judged) -> Candidate:
    moment = judged.moment
    return Candidate(
        episode_id,
        moment.first_word,
        moment.last_word,
        moment.start,
        moment.end,
        moment.approximate,
        moment.speaker,
        judged.signals,
    )
