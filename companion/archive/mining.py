"""Names that a recogniser may have spoiled, by their sound: proposals for moderators.

The show notes name something that is never said, or so long a name that it may be misheard at times, and something that
is named nowhere is said instead and sounds the same: then they are one thing, most likely. Sounds are compared as
Metaphone codes (Philips, 1990), digits and letters that are spelled out by their names.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import jellyfish
from rapidfuzz.distance import JaroWinkler, Levenshtein

from companion.archive.sentences import sentence_spans
from companion.storage.aliases import LONGEST_SPELLING
from companion.storage.names import folded

_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+|\.\d+)*")
_MOST_WORDS = 3
_LEAST_LETTERS = 3
_LEAST_CODE = 3
_LONG_CODE = 6
"""A name with a code of so many letters has few that sound like it by chance, so it may be said as well."""
_SAME_SOUND = 0.85
"""The share of the longer code that must be the same: one letter in seven may be heard wrong."""
_ALIKE, _ALIKE_SHORT = 0.6, 0.85
"""The least Jaro-Winkler similarity of the letters, and the same where the codes are as short as may be: it keeps apart
what only shares its consonants."""
_REMEMBERED = 1 << 12
"""Names whose sounds are kept: more than one episode has."""

_DIGITS = dict(zip("0123456789", "zero one two three four five six seven eight nine".split(), strict=True))
_LETTERS = {
    "B": "bee", "C": "see", "D": "dee", "F": "ef", "G": "jee", "H": "aitch", "J": "jay", "K": "kay", "L": "el",
    "M": "em", "N": "en", "P": "pee", "Q": "cue", "R": "ar", "S": "es", "T": "tee", "V": "vee", "W": "doubleyou",
    "X": "ex", "Z": "zee",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A spelling in the speech that may stand for a name in the notes, and how often each is said."""

    spelling: str
    name: str
    said: int
    name_said: int

    @property
    def reason(self) -> str:
        """Why it is proposed."""
        said, name_said = _times(self.said), _times(self.name_said)
        return f"the notes say {self.name}, which is {name_said}; “{self.spelling}” is {said}"


def candidates(written: str, spoken: Sequence[str], known: Iterable[str] = ()) -> list[Candidate]:
    """The pairs of an episode whose texts about it are ``written``, and whose turns are ``spoken``.

    ``known`` are names that are no misspellings, such as those of the speakers. A spelling and a name are in one pair
    only; the pairs that sound most alike come first.
    """
    said = Counter(spelling for turn in spoken for spelling in _names(turn))
    # Not by `_letters`, which would keep whole transcripts in memory.
    speech = _bare(" ".join(spoken))
    in_lower_case = {word for turn in spoken for word in _TOKEN.findall(turn) if word.islower()}
    noted = [
        name
        for name in _distinct(_names(written))
        if _letters(name) not in speech or max(map(len, sounds(name))) >= _LONG_CODE
    ]
    by_sound: dict[str, list[str]] = {}
    for name in noted:
        for code in sounds(name):
            by_sound.setdefault(_begin(code), []).append(name)
    in_notes = {_letters(word) for word in _TOKEN.findall(written)}
    own = {folded(word) for name in known for word in name.split()}
    strange = [
        spelling
        for spelling in said
        if not all(folded(word) in in_lower_case for word in spelling.split())
        and not own & {folded(word) for word in spelling.split()}
    ]
    pairs = sorted(
        (
            (likeness, spelling, name)
            for spelling in strange
            for name in dict.fromkeys(name for code in sounds(spelling) for name in by_sound.get(_begin(code), ()))
            if _is_news(_words(spelling) - _words(name), in_notes) and (likeness := alike(spelling, name))
        ),
        key=lambda pair: (-pair[0], -len(pair[1]), pair[1:]),
    )
    return list(_once(pairs, said, speech))


def _begin(code: str) -> str:
    """What of two codes is the same wherever names sound alike."""
    return code[:1]


def _once(pairs: Iterable[tuple[float, str, str]], said: Counter[str], speech: str) -> Iterator[Candidate]:
    taken: set[str] = set()
    for _, spelling, name in pairs:
        words = {folded(spelling), folded(name), *map(folded, spelling.split()), *map(folded, name.split())}
        if not taken & words:
            taken |= words
            yield Candidate(spelling, name, said[spelling], speech.count(_letters(name)))


def _times(count: int) -> str:
    return {0: "never said", 1: "said once"}.get(count, f"said {count} times")


def alike(spelling: str, name: str) -> float:
    """How much two names sound alike, from 0 (different names, for all we know) to 1."""
    numbers, others = re.findall(r"\d+", spelling), re.findall(r"\d+", name)
    if _letters(spelling) == _letters(name) or (numbers and others and numbers != others):
        return 0.0
    best = 0.0
    for code, other in product(sounds(spelling), sounds(name)):
        short = min(len(code), len(other))
        if short < _LEAST_CODE or _begin(code) != _begin(other):
            continue
        likeness = Levenshtein.normalized_similarity(code, other, score_cutoff=_SAME_SOUND)
        enough = _ALIKE if short > _LEAST_CODE or others else _ALIKE_SHORT
        if likeness > best and JaroWinkler.similarity(_spelled(spelling), _spelled(name)) >= enough:
            best = likeness
    return best


@lru_cache(maxsize=_REMEMBERED)
def sounds(name: str) -> frozenset[str]:
    """The codes of the ways to say a name: as a word, and with its capitals spelled out; digits always are."""
    initials = re.sub(r"[A-Z]{2,}", lambda match: "".join(_LETTERS.get(sign, sign) for sign in match.group()), name)
    # Metaphone takes a y for a consonant of its own.
    return frozenset(jellyfish.metaphone(re.sub(r"(?<=.)y(?=.)", "i", _spelled(text))) for text in (name, initials))


@lru_cache(maxsize=_REMEMBERED)
def _spelled(name: str) -> str:
    """The letters of a name, with its digits in words."""
    return re.sub(r"[^a-z]", "", "".join(_DIGITS.get(sign, sign) for sign in _plain(name)))


def _plain(text: str) -> str:
    """The text in small letters without accents."""
    if text.isascii():
        return text.lower()
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


def _bare(text: str) -> str:
    """The letters and digits of a text."""
    return re.sub(r"[\W_]+", "", _plain(text))


@lru_cache(maxsize=_REMEMBERED)
def _letters(name: str) -> str:
    return _bare(name)


def _is_news(words: set[str], in_notes: set[str]) -> bool:
    """Do the words that a spelling has for itself make a name, and none that the notes have too?"""
    return len(re.sub(r"\d", "", "".join(words))) >= _LEAST_LETTERS and not words & in_notes


def _words(name: str) -> set[str]:
    return {_letters(word) for word in name.split()}


def _distinct(names: Iterable[str]) -> list[str]:
    return list({folded(name): name for name in names}.values())


def _names(text: str) -> Iterator[str]:
    """Words that are written as names, alone and in rows of up to three."""
    for start, end in sentence_spans(text):
        run: list[str] = []
        last = 0
        for place, match in enumerate(_TOKEN.finditer(text, start, end)):
            word = match.group().removesuffix("'s").removesuffix("’s")
            named = _is_name(word, first=place == 0)
            if run and not (named and text[last : match.start()] == " "):
                yield from _rows(run)
                run = []
            if named:
                run.append(word)
            last = match.start() + len(word)
        yield from _rows(run)


def _rows(run: list[str]) -> Iterator[str]:
    for first in range(len(run)):
        for last in range(first + 1, min(first + _MOST_WORDS, len(run)) + 1):
            name = " ".join(run[first:last])
            if _LEAST_LETTERS <= len(_letters(name)) <= LONGEST_SPELLING:
                yield name


def _is_name(word: str, *, first: bool) -> bool:
    """Does the spelling say that it is a name: capitals inside or digits among letters, or one where none must be?"""
    capital = word[0].isupper() and not first and word != "I"
    if word.isalpha() and (len(word) == 1 or word[1:].islower()):  # as most words are
        return capital
    odd = any(sign.isupper() for sign in word[1:]) or (any(map(str.isdigit, word)) and any(map(str.isalpha, word)))
    return odd or capital
