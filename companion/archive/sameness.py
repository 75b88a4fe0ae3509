"""Are two transcripts of the same talk? Told by the words alone, however the two were recognised, cleaned or laid out.

Runs of three words are compared: most survive another recogniser's mistakes, and two talks share few. A sample of them
(those with certain hashes, the same in every text: a bottom sketch as of Broder, 1997) finds candidates at once among
thousands of episodes; the whole text then decides. An intro or an advertisement that two episodes share stands in one
place of them, so what is shared must be spread over the whole of the shorter one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_ONE_IN = 16
"""Of so many runs of words one is in the sketch."""
_FEWEST_SAMPLED = 3
_CANDIDATES = 3
_PARTS = 8
_LEAST = 0.35
"""The share of the shorter one's runs that must be in the longer one."""
_LEAST_IN_PART = 0.2
_MOST_FOREIGN_PARTS = 1
_LEAST_OF_LONGER = 0.2
_FEWEST_WORDS = 80
_LEAST_LEAD = 2.0

_VERSION = b"\x01"
"""Raised when words are told apart otherwise, so that older sketches are made anew."""
_MOST_APART = 64
"""Sketches that are compared one by one before all are put in order again."""

Sketch = NDArray[np.uint64]
"""The runs of a text that are in the sample, as 64 bits each, in order."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of one text is in another.

    ``share`` is that of its words that stand in runs of three which the other has too, ``whole`` that of the other's
    words. ``parts`` are the shares of runs in each eighth of the shorter text.
    """

    share: float
    whole: float
    parts: tuple[float, ...]

    @property
    def same(self) -> bool:
        """Is it the same talk?"""
        foreign = sum(part < _LEAST_IN_PART for part in self.parts)
        mean = sum(self.parts) / max(len(self.parts), 1)
        return mean >= _LEAST and foreign <= _MOST_FOREIGN_PARTS and min(self.share, self.whole) >= _LEAST_OF_LONGER


def words_of(text: str) -> list[str]:
    """The words as they are compared; characters where a script has no blanks."""
    folded = text.casefold().replace("'", "").replace("’", "")
    return _WORD.findall(_IDEOGRAPH.sub(r" \g<0> ", folded))


def sketch_of(text: str) -> Sketch:
    """A sample of what a text says."""
    words = words_of(text)
    codes = {word: int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big") for word in set(words)}
    coded = np.fromiter((codes[word] for word in words), np.uint64, len(words))
    runs = coded[:-2] * _MIX[0] + coded[1:-1] * _MIX[1] + coded[2:] * _MIX[2]
    return np.unique(runs[runs >> np.uint64(32) & np.uint64(_ONE_IN - 1) == 0])


def packed(sketch: Sketch) -> bytes:
    """A sketch to be kept."""
    return _VERSION + sketch.astype("<u8").tobytes()


def unpacked(data: bytes) -> Sketch | None:
    """A sketch that was kept; None where it was made otherwise than they are now."""
    return np.frombuffer(data, "<u8", offset=1).astype(np.uint64) if data.startswith(_VERSION) else None


class Sketches:
    """The sketches of known texts, by id, in an order in which a text finds those that share runs with it."""

    def __init__(self, known: Mapping[int, Sketch]) -> None:
        self._known = dict(known)
        self._put_in_order()

    def __contains__(self, key: int) -> bool:
        return key in self._known

    def __len__(self) -> int:
        return len(self._known)

    def add(self, key: int, sketch: Sketch) -> None:
        """Another text, or another text of that id."""
        self._known[key] = sketch
        self._apart.add(key)
        if len(self._apart) > _MOST_APART:
            self._put_in_order()

    def forget(self, key: int) -> None:
        self._known.pop(key, None)
        self._apart.discard(key)

    def candidates(self, sketch: Sketch) -> list[int]:
        """The few of the known texts that may be of the same talk, the likeliest first."""
        first, last = (np.searchsorted(self._runs, sketch, side=side) for side in ("left", "right"))
        owners = np.concatenate([self._owners[a:b] for a, b in zip(first, last, strict=True)] or [self._owners[:0]])
        keys, counts = np.unique(owners, return_counts=True)
        shared = {key: count for key, count in zip(keys.tolist(), counts.tolist(), strict=True) if key in self._known}
        for key in self._apart:
            shared[key] = len(np.intersect1d(sketch, self._known[key], assume_unique=True))
        likely = sorted(key for key, count in shared.items() if count >= _FEWEST_SAMPLED)
        return sorted(likely, key=lambda key: -shared[key] / min(len(sketch), len(self._known[key])))[:_CANDIDATES]

    def _put_in_order(self) -> None:
        self._apart: set[int] = set()
        sketches = list(self._known.values())
        runs = np.concatenate([np.zeros(0, np.uint64), *sketches])
        order = np.argsort(runs, kind="stable")
        self._runs = runs[order]
        """Of all sketches, in order."""
        self._owners = np.repeat(np.fromiter(self._known, np.int64), [len(sketch) for sketch in sketches])[order]
        """Whose each of them is."""


def overlap(text: str, other: str) -> Overlap:
    """Compares two texts, word by word."""
    words, others = words_of(text), words_of(other)
    if min(len(words), len(others)) < _FEWEST_WORDS:
        return Overlap(0.0, 0.0, ())
    common = _runs(words) & _runs(others)
    in_one, in_other = _covered(words, common), _covered(others, common)
    shorter, covered = (words, common) if len(words) <= len(others) else (others, common)
    hits = np.array([run in covered for run in zip(shorter, shorter[1:], shorter[2:], strict=False)], np.bool_)
    parts = tuple(float(part.mean()) for part in np.array_split(hits, _PARTS))
    return Overlap(float(in_one.mean()), float(in_other.mean()), parts)


def same_talk(text: str, others: Mapping[int, str]) -> tuple[int, Overlap] | None:
    """The one of the other texts that is of the same talk, by far more than any other; None where none is."""
    found = sorted(((key, overlap(text, other)) for key, other in others.items()), key=lambda pair: -pair[1].share)
    if not found or not found[0][1].same:
        return None
    clear = len(found) == 1 or found[0][1].share >= _LEAST_LEAD * found[1][1].share
    return found[0] if clear else None


def same_title(title: str, other: str) -> bool:
    """Do two titles have the same letters, and enough of them to mean one episode?"""
    letters = "".join(words_of(title))
    return letters == "".join(words_of(other)) and len(letters) >= 15 and len(words_of(title)) >= 3


def _runs(words: list[str]) -> set[tuple[str, str, str]]:
    return set(zip(words, words[1:], words[2:], strict=False))


def _covered(words: list[str], runs: set[tuple[str, str, str]]) -> NDArray[np.bool_]:
    """Which of the words stand in one of the runs."""
    found = np.zeros(len(words), np.bool_)
    for at, run in enumerate(zip(words, words[1:], words[2:], strict=False)):
        if run in runs:
            found[at : at + 3] = True
    return found
