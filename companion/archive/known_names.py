"""The names that a question may use: who speaks in the archive, and what its episodes are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import OSA

from companion.archive.lexical import terms
from companion.archive.snapshot import Snapshot, about
from companion.storage.names import folded

_MOST_WORDS = 5
_LONG_ENOUGH = 5
"""Letters of a word that may be misspelt by one, and half as many again by two."""

_NOBODY = frozenset(
    """a about all am an and any anybody anyone are at both by do each everybody everyone for from guest guests guy guys
    he her hers him his host hosts i in interviewer it its me my narrator no nobody of on one or other our people person
    she some somebody someone speaker speakers that the their them they this those to unknown us we what which who will
    with you your""".split()
)
"""Words that alone name nobody, even where a label has them: "guest" does not mean "Guest 4"."""

_NO_TITLE = frozenset(terms("a an and at by first for from in last latest new next of on one other s same that the to"))


@dataclass(frozen=True, slots=True)
class KnownEpisode:
    """What an episode is called. ``title_terms`` are those of its title and of the people named for it."""

    id: int
    number: float | None
    title_terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class KnownSpeaker:
    """A speaker's name and what is known of the episodes they speak in: titles, and people's names."""

    name: str
    words: frozenset[str]
    about: str


class KnownNames:
    """Finds whom and which episode a few words mean. ``spellings`` are folded, with the name each stands for."""

    def __init__(
        self, speakers: Iterable[KnownSpeaker], episodes: Iterable[KnownEpisode], spellings: Mapping[str, str]
    ) -> None:
        self._speakers: dict[str, list[KnownSpeaker]] = {}
        for speaker in speakers:
            for word in speaker.words:
                self._speakers.setdefault(word, []).append(speaker)
        self._episodes = tuple(episodes)
        self._spellings = spellings

    def person(self, text: str) -> str | None:
        """The name of whoever is meant by a text that is a name and nothing else; None where nobody here has it.

        A part of a name will do, a full name where the transcript has the first name only, an alias, or a slip of
        the keyboard. Where several people have it, the name is what they share.
        """
        said = re.sub(r"['’]s\b|^the\s+", "", " ".join(text.split()), flags=re.IGNORECASE)
        found = re.findall(r"\w+", said)
        if not 0 < len(found) <= _MOST_WORDS:
            return None
        spelled = self._spellings.get(folded(text)) or self._spellings.get(folded(said))
        return spelled or self._named(found) or self._named([self._corrected(word) for word in found])

    def episode(self, text: str) -> int | None:
        """The only episode whose title or people have all these words; None where there is no such one."""
        wanted = set(terms(text)) - _NO_TITLE
        fits = [episode.id for episode in self._episodes if wanted <= episode.title_terms]
        return fits[0] if wanted and len(fits) == 1 else None

    def numbered(self, number: float) -> int | None:
        """The only episode of that number."""
        fits = [episode.id for episode in self._episodes if episode.number == number]
        return fits[0] if len(fits) == 1 else None

    def _named(self, found: list[str]) -> str | None:
        wanted = frozenset(word.casefold() for word in found)
        fits: dict[str, str] = {}
        for speaker in {id(one): one for word in wanted for one in self._speakers.get(word, ())}.values():
            if wanted == speaker.words:
                return speaker.name
            if wanted <= speaker.words and not wanted <= _NOBODY:
                fits[speaker.name] = speaker.name
            elif speaker.words <= wanted and not speaker.words <= _NOBODY and _stands_in(found, speaker.about):
                fits[speaker.name] = _as_written(found, speaker.about)
        if len(set(fits.values())) == 1:
            return next(iter(fits.values()))
        once = list(dict.fromkeys(word.casefold() for word in found))
        return _as_written(once, next(iter(fits))) if fits else None

    def _corrected(self, word: str) -> str:
        """The word of a name that is a slip or two away, if only one is."""
        typed = word.casefold()
        if len(typed) < _LONG_ENOUGH or typed in _NOBODY:
            return word
        most = 1 if len(typed) < _LONG_ENOUGH * 3 // 2 else 2
        near = [
            known
            for known in self._speakers.keys() - _NOBODY
            if len(known) >= _LONG_ENOUGH and OSA.distance(typed, known, score_cutoff=most) <= most
        ]
        return near[0] if len(near) == 1 else word


def names_in(snapshot: Snapshot, podcasts: frozenset[int] | None) -> KnownNames:
    """The names of these podcasts, and of no other; None stands for every podcast."""
    episodes = {
        key: episode for key, episode in snapshot.episodes.items() if podcasts is None or episode.podcast_id in podcasts
    }
    speakers: list[KnownSpeaker] = []
    for key, rows in snapshot.speakers.items():
        heard = {int(episode): rows[n] for n, episode in _firsts(snapshot.episode_ids[rows]) if episode in episodes}
        if heard:
            pieces = snapshot.passages[int(next(iter(heard.values())))].passage.pieces
            name = next((piece.speaker for piece in pieces if piece.speaker and piece.speaker.casefold() == key), key)
            known = " ".join(about(episodes[episode].facts) for episode in heard)
            speakers.append(KnownSpeaker(name, _words(name), known))
    spellings = {
        spelling: snapshot.names.person(podcast, spelling)
        for podcast, others in snapshot.names.people.items()
        if podcasts is None or podcast in podcasts
        for spelling in others
    }
    called = [
        KnownEpisode(key, episode.facts.number, frozenset(terms(about(episode.facts))))
        for key, episode in episodes.items()
    ]
    return KnownNames(speakers, called, spellings)


def _firsts(episode_ids: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[tuple[int, int]]:
    """The place of the first of each episode's ids, and the id."""
    ids, places = np.unique(episode_ids, return_index=True)
    return list(zip(places.tolist(), ids.tolist(), strict=True))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _stands_in(found: list[str], text: str) -> bool:
    """Do the words stand in the text, one after the other?"""
    written = " ".join(re.findall(r"\w+", text.casefold()))
    return f" {' '.join(found).casefold()} " in f" {written} "


def _as_written(found: list[str], text: str) -> str:
    """The words, each spelled as it stands in the text."""
    written = {word.casefold(): word for word in reversed(re.findall(r"\w+", text))}
    return " ".join(written.get(word.casefold(), word) for word in found)
