"""Does a stretch of talk begin a thought, and end one? By the words at its edges, and those just outside.

The lists are of English words; in other languages only marks, turns and questions tell.
"""

from __future__ import annotations

import re

from companion.archive.sentences import ends_a_sentence, ends_with_question

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

GOES_ON = frozenset(
    "and but so because or which that's then also plus though although however cause 'cause nor yet otherwise"
    " anyway therefore hence besides like".split()
)
"""Words that open a sentence which goes on from the one before."""
REFERS = frozenset(
    "he she they it its this that these those him her them his their there it's he's she's they're that's they've"
    " it'll that'll he'd she'd they'd they'll both neither either such another second secondly third".split()
)
"""Words that mean something said before when they open a sentence."""
_REFERS_WITHIN = frozenset("it them him her these those it's".split())
"""And those that do among its first few words, when they are no part of it: “we changed it”."""
_FIRST_FEW = 6
_SAYS_NOTHING_YET = frozenset(
    "i we you when whenever if while once as since where why how what unless until actually basically maybe perhaps now"
    " then even just sometimes often usually again obviously think thought know believe feel guess say saying said"
    " honestly today first eventually suddenly".split()
)
"""Words that name nobody whom “they” behind them could mean: “Sometimes they want”, “I think he”."""
_SOMEBODY = frozenset("he she they he's she's they're they've they'd they'll he'd she'd he'll she'll".split())
_BARE = 9
"""Words below which an answer does not say again what it answers."""
_SUBJECTS_OR_VERBS = frozenset(
    "i we you they he she it there who people everyone everybody nobody is are was were am be been has have had do does"
    " did can could will would should may might must let lets".split()
)
"""A sentence without any of these hangs on another: “Lighting, colour, and so on.”"""
ANSWERS = frozenset(
    "yeah yes yep yup no nope right okay ok sure exactly totally absolutely definitely correct well oh um uh hmm mm"
    " mhm thanks thank cool great nice wow true indeed haha hm".split()
)
"""Words that open an answer or pass the time until it comes."""
_EMPTY_OPENINGS = (("of", "course"), ("i", "mean"), ("you", "know"), ("i", "guess"), ("that", "makes", "sense"))
_ENUMERATES = re.compile(
    r"(?:one|two|three|a|b|number \w+|the (?:second|third|other|last|next) \w+)\b(?:,| is\b| was\b| would\b)",
    re.IGNORECASE,
)
"""An item of a list that began before."""
_POINTS = re.compile(
    r"\b(?:you can see|(?:over|right) here|this (?:one|slide|chart|picture))\b|\bhere[.?!]", re.IGNORECASE
)
"""What is pointed at cannot be seen by who was not there."""
_TAGS = ("right", "yeah", "okay", "huh", "no", "know", "sense", "see")
"""Words with which a question asks only for assent."""


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case, with straight apostrophes."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def begins_thought(sentence: str, before: str | None, *, new_turn: bool) -> float:
    """From 0, in the middle of one, to 1: whether a sentence, with the one ``before`` it, begins a thought."""
    words = words_of(sentence)
    skipped = _passed(words)
    words = words[skipped:]
    if not words:
        return 0.0
    opener = words[0]
    score = 1.0
    if skipped:
        score -= 0.2
    if opener in GOES_ON:
        score -= 0.2 if new_turn else 0.45
        words = words[1:]
        opener = words[0] if words else ""
    if opener in REFERS or _ENUMERATES.match(sentence) or _POINTS.search(sentence) or _means_somebody_before(words):
        score -= 0.4
    elif not _REFERS_WITHIN.isdisjoint(words[1:_FIRST_FEW]):
        score -= 0.2
    if not any(word in _SUBJECTS_OR_VERBS or "'" in word for word in words):
        score -= 0.3
    if sentence[:1].islower() or (len(opener) == 1 and opener not in {"i", "a"}):
        # Speech recognition ended a sentence where there was none: `the U. S. tech charts`.
        score -= 0.4
    if not new_turn and before is not None and not ends_a_sentence(before):
        score -= 0.5
    if new_turn and before is not None and ends_with_question(before):
        # An answer; where it is a bare one, what was asked is missing.
        score -= 0.4 if len(words) < _BARE else 0.1
    return max(score, 0.0)


def ends_thought(sentence: str, after: str | None) -> float:
    """From 0 to 1: whether a sentence ends a thought, where the turn goes on with the sentence ``after`` it, if it
    does."""
    if not ends_a_sentence(sentence) or sentence.rstrip().endswith(("-", "–", "—", "…", "...")):
        return 0.0
    words = words_of(sentence)
    if not words:
        return 0.0
    score = 1.0
    if ends_with_question(sentence):
        score -= 0.35 if words[-1] in _TAGS else 0.8
    if len(words) < 4:
        score -= 0.2
    if after is None:
        return max(score, 0.0)
    following = words_of(after)
    following = following[_passed(following) :]
    if following and (following[0] in GOES_ON or following[0] in REFERS):
        score -= 0.35
    else:
        score -= 0.1
    return max(score, 0.0)


def _means_somebody_before(words: list[str]) -> bool:
    """Is somebody meant among the first few words whom none of them has named?"""
    named = next((place for place, word in enumerate(words) if word not in _SAYS_NOTHING_YET), len(words))
    return named < min(_FIRST_FEW, len(words)) and words[named] in _SOMEBODY


def _passed(words: list[str]) -> int:
    """How many words at the beginning only answer, or pass the time."""
    place = 0
    while place < len(words):
        phrase = next((one for one in _EMPTY_OPENINGS if tuple(words[place : place + len(one)]) == one), None)
        if phrase:
            place += len(phrase)
        elif words[place] in ANSWERS:
            place += 1
        else:
            break
    return place
