"""Slips of the keyboard: a word that nobody said here is looked for as the word that it nearly is.

Only words that the asker's podcasts do not have are doubted, and only words that they have are offered, so that nothing
is told of other podcasts. All that one edit makes of a word is tried (Norvig, 2007); of a long word two edits of the
commonest kinds, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from companion.archive.expansion import Expansion, Spelling, pattern
from companion.archive.lexical import Word, stems, term_counts, words
from companion.archive.query import tells
from companion.archive.snapshot import Mask, Rows, Snapshot

_ONE_EDIT, _TWO_EDITS = 6, 8
"""Letters that a word must have to be one edit wrong, and two."""
_LONGEST = 24
_MOST_DOUBTED = 3
"""Words of a question that are doubted: one with more is in another language, or no question."""
_OFFERED = 2
"""Corrections of one word."""
_LEAST_PASSAGES = 2
"""Passages that must have a correction: what stands once may itself be a slip."""
_LOOKED_AT = 50
"""Passages in which a correction must be found as it is written, not only as its stem."""
_WEIGHT = 0.7
_VOWELS = "aeiouy"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def corrections(
    snapshot: Snapshot, text: str, terms: Mapping[str, float], visible: Mask, known: Collection[str] = ()
) -> tuple[Expansion, ...]:
    """What the question's unknown words may be, if they are slips.

    ``visible`` are the passages that may be found; ``known`` are terms that are no slips, whoever has them.
    """
    doubted = [
        (typed.casefold(), word)
        for word in words(text)
        if (typed := text[word.start : word.end]).isalpha()
        and typed[1:].islower()  # with other capitals it is a name that somebody wrote with care
        and _ONE_EDIT <= len(typed) <= _LONGEST
        and len(word.terms) == 1
        and word.terms[0] in terms
        and word.terms[0] not in known
        and not snapshot.lexical.is_held(word.terms[0], visible)
    ]
    if not 0 < len(doubted) <= _MOST_DOUBTED:
        return ()
    corrected = ((word, _corrected(snapshot, typed, visible)) for typed, word in doubted)
    return tuple(_expansion(word, terms, spellings) for word, spellings in corrected if spellings)


def _expansion(word: Word, terms: Mapping[str, float], spellings: Sequence[Spelling]) -> Expansion:
    return Expansion({word.terms[0]: terms[word.terms[0]]}, tuple(spellings), _WEIGHT)


def _corrected(snapshot: Snapshot, typed: str, visible: Mask) -> list[Spelling]:
    """The likeliest corrections of an unknown word; none where one edit makes a word that tells nothing."""
    once = _stemmed(_edited(typed))
    if not all(map(tells, once.values())):
        return []
    found = _known(snapshot, once, visible)
    if not found and len(typed) >= _TWO_EDITS:
        found = _known(snapshot, _stemmed({twice for one in _slips(typed) for twice in _slips(one)}), visible)
    return found


def _stemmed(written: Collection[str]) -> dict[str, str]:
    return dict(zip(written, stems(written), strict=True))


def _known(snapshot: Snapshot, stemmed: Mapping[str, str], visible: Mask) -> list[Spelling]:
    """Those of the words, given with their stems, that most of the visible passages have: as many as are offered."""
    different = list(set(stemmed.values()))
    held = snapshot.lexical.held(different).tolist()
    by_stem: dict[str, list[str]] = {stem: [] for stem, is_held in zip(different, held, strict=True) if is_held}
    for written, stem in stemmed.items():
        if stem in by_stem:
            by_stem[stem].append(written)
    every = {stem: snapshot.lexical.documents_with(stem) for stem in by_stem}
    seen = {stem: rows[visible[rows]] for stem, rows in every.items()}
    found: list[Spelling] = []
    for stem, rows in sorted(seen.items(), key=lambda entry: -len(entry[1])):
        if len(rows) < _LEAST_PASSAGES or (len(found) >= _OFFERED and len(rows) < len(found[-1].rows)):
            break
        text = _as_said(snapshot, sorted(by_stem[stem]), rows)
        if text is not None:
            found.append(Spelling(text, term_counts([stem]), rows))
    return sorted(found, key=lambda spelling: (-len(spelling.rows), spelling.text))[:_OFFERED]


def _as_said(snapshot: Snapshot, written: Iterable[str], rows: Rows) -> str | None:
    """The first of the words that stands in the passages just so."""
    looked_at: list[int] = rows[:_LOOKED_AT].tolist()
    return next((one for one in written if any(_stands_in(snapshot, row, one) for row in looked_at)), None)


def _stands_in(snapshot: Snapshot, row: int, written: str) -> bool:
    text = snapshot.passages[row].passage.text
    return written in text.casefold() and pattern(written).search(text) is not None


def _edited(word: str) -> set[str]:
    """Everything that is one slip away and begins with the same letter."""
    splits = [(word[:place], word[place:]) for place in range(1, len(word) + 1)]
    letters = {*_LETTERS, *word}
    replaced = {head + letter + tail[1:] for head, tail in splits if tail for letter in letters}
    inserted = {head + letter + tail for head, tail in splits for letter in letters}
    return {*_slips(word), *replaced, *inserted} - {word}


def _slips(word: str) -> list[str]:
    """The commonest slips: a letter too many, two swapped, one not doubled, another vowel."""
    found: list[str] = []
    for place in range(1, len(word)):
        head, letter, tail = word[:place], word[place], word[place + 1 :]
        found += (head + tail, head + letter + letter + tail)
        if tail:
            found.append(head + tail[0] + letter + tail[1:])
        if letter in _VOWELS:
            found += [head + vowel + tail for vowel in _VOWELS]
    return found
