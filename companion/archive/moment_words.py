"""What speaks for a moment, or against it, in its words: one number a signal.

A signal's scale is that of talk: 0 is what is usual, 1 a standard deviation more, and nothing counts for more than 2.5.
What is usual was measured on the eleven transcripts of a real podcast's feed. The lists are of English words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from companion.archive.figures import figures_stated
from companion.archive.lexical import terms
from companion.archive.moments import Moment
from companion.archive.query import tells
from companion.archive.sentences import ends_with_question, sentence_spans
from companion.archive.thoughts import REFERS, words_of

MOST = 2.5
"""Standard deviations that a signal counts for at most, so that none decides alone."""

_FILLERS = frozenset("uh um er hmm yeah like basically kinda sorta okay literally whatever".split())
_FILLING = re.compile(
    r"\b(?:you know|i mean|kind of|sort of|or something|or whatever|and stuff|and so forth|and so on|i guess)\b"
)
_ARGUES = frozenset(
    "because so why reason reasons therefore means if cause since thus then hence"
    " but however actually instead rather although whereas yet".split()
)
_CLAIMS = frozenset(
    "best most biggest worst greatest hardest first only never always every everyone everything nothing nobody all"
    " think believe feel love want hope care bet argue wrong true important fundamental fundamentally".split()
)
_PEOPLE = frozenset(
    "people humans human world everyone everybody society student students customers users developers engineers"
    " researchers founders kids children person somebody someone".split()
)
_TELLS = frozenset(
    "was were had did went came said told got made started took thought wanted saw knew found ended decided tried built"
    " worked asked became left gave began realized learned happened".split()
)
_ADDRESSES = frozenset("you your you're yours you've you'll you'd".split())
_NAME = re.compile(r"(?<=[a-z,;:] )[A-Z][\w'’\-]*[a-z0-9]")
_NO_NAMES = frozenset("I'm I've I'd I'll I’m I’ve I’d I’ll".split())
_POINTS_BACK = re.compile(
    r"\b(?:(?:as|like) (?:i|we|you) (?:just |already )?(?:said|mentioned)|(?:i|we|you) (?:just |already )?mentioned"
    r"|talked about (?:earlier|before)|on (?:the|this|my) screen|over here|you can see"
    r"|going back to|back to your)\b",
    re.IGNORECASE,
)
_HOUSEKEEPING = re.compile(
    r"\b(?:welcome (?:back )?to|thank(?:s| you) (?:so much |again |all )?for \w+ing|thank you (?:so much|all|both)"
    r"|see you (?:next|all|then)|(?:great|good|nice|excited) to (?:have|be|see|meet)|my co-?host|in the studio"
    r"|(?:our|this|the|a) (?:podcast|show|newsletter|pod)|show notes|link in the|listeners?|today we|our next"
    r"|(?:our|my) guests?|join(?:ing|s) us"
    r"|sponsors?|sponsored|brought to you|subscribe|sign up|promo code|coupon|free trial"
    r"|(?:follow|find|reach) (?:me|us|you|him|her|out)|check (?:it |us )?out|shout-?out|lightning round"
    r"|(?:let me|i'll|i will|i'm going to|we'll) (?:\w+ )?(?:explain|give|talk|start|go|get|skip|show|say|tell)"
    r"|(?:in|of) (?:our|this|today's) (?:conversation|episode|chat|discussion)|today i (?:just )?want"
    r"|we (?:get|dig|dive|go) (?:deep|into)|let's (?:talk|start|dive|dig|get into|move|jump|switch|shift|go to)"
    r"|i(?:'d| would)? (?:just )?(?:want|wanted|love|like) to (?:\w+ )?"
    r"(?:spend|cover|talk about|ask|touch|get into|start|come back|go back|switch|shift|zoom|hear)"
    r"|(?:i'm|we're|i am|we are) (?:gonna|going to) (?:\w+ )?(?:talk|do|cover|discuss|start|dive|get into|recap)"
    r"|quick recap|things? to plug|(?:i'm|i am|we're|we are) (?:\w+ )?hiring"
    r"|i hear (?:there's|you|that you)|free (?:account|month)|learn more at|head (?:over )?to|\d ?% off"
    r"|use (?:the )?code|patreon|our discord|rate and review|leave (?:us )?a (?:review|rating)|support us|mailing list"
    r"|to start|slides?|(?:next|last|final) question|before we (?:get|wrap|dive|go)|wrap up)\b",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[a-z]{2}[.?!]+[A-Z][a-z]|[a-z]I(?= [a-z])|\[[^\[\]]*\]")
_OPENING_WORDS = 25
"""Words at a moment's beginning in which whatever refers back weighs most."""


class Vocabulary(NamedTuple):
    """In how many of an archive's passages each term is: what is rare tells something."""

    passages: int
    holding: Mapping[str, int]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Vocabulary:
        found = [set(terms(text)) for text in texts]
        return cls(len(found), Counter(term for of_text in found for term in of_text))

    def bits(self, term: str) -> float:
        """How much a term tells, in bits."""
        return math.log2((self.passages + 1) / (self.holding.get(term, 0) + 1))


class Said:
    """A moment's words, as the signals look at them."""

    def __init__(self, moment: Moment, vocabulary: Vocabulary) -> None:
        self.moment = moment
        self.text = moment.text
        self.words = words_of(moment.text)
        self.vocabulary = vocabulary

    @cached_property
    def sentences(self) -> list[str]:
        return [self.text[start:end] for start, end in sentence_spans(self.text)]

    def of_hundred(self, number: float) -> float:
        """So many, in a hundred of its words."""
        return 100 * number / max(len(self.words), 1)

    def share(self, wanted: frozenset[str]) -> float:
        """Of a hundred of its words, how many are among the wanted."""
        return self.of_hundred(sum(word in wanted for word in self.words))


def _fillers(said: Said) -> float:
    return said.share(_FILLERS) + said.of_hundred(2 * len(_FILLING.findall(said.text.lower())))


def _unresolved(said: Said) -> float:
    weights = ((2.0 if place < _OPENING_WORDS else 0.5) for place, word in enumerate(said.words) if word in REFERS)
    return said.of_hundred(sum(weights) + 3 * len(_POINTS_BACK.findall(said.text)))


def _flaws(said: Said) -> float:
    stump = bool(said.sentences) and len(words_of(said.sentences[0])) <= 1
    return float(len(_GLUED.findall(said.text)) + stump)


def _names(said: Said) -> float:
    return said.of_hundred(len(set(_NAME.findall(said.text)) - _NO_NAMES))


def _numbers(said: Said) -> float:
    return said.of_hundred(len(set(figures_stated(said.text))))


def _rare(said: Said) -> float:
    """Of the telling words that tell most, how much they tell, as a share of what a word can."""
    bits = sorted((said.vocabulary.bits(term) for term in set(terms(said.text)) if tells(term)), reverse=True)
    return sum(bits[:10]) / 10 / max(said.vocabulary.bits(""), 1.0)


def _sentences(said: Said) -> float:
    return math.log(len(said.words) / max(len(said.sentences), 1) + 1)


def _questions(said: Said) -> float:
    return 100 * sum(map(ends_with_question, said.sentences)) / max(len(said.sentences), 1)


def _length(said: Said) -> float:
    return -abs(math.log(said.moment.words / 80))


def _share_of(wanted: frozenset[str]) -> Callable[[Said], float]:
    return lambda said: said.share(wanted)


def _begins(said: Said) -> float:
    return said.moment.begins


def _ends(said: Said) -> float:
    return said.moment.ends


def _housekeeping(said: Said) -> float:
    return float(len(_HOUSEKEEPING.findall(said.text)))


class WordSignal(NamedTuple):
    """How a signal is measured, and what is usual: the mean and the standard deviation over all moments."""

    measure: Callable[[Said], float]
    mean: float
    deviation: float

    def of(self, said: Said) -> float:
        return scaled((self.measure(said) - self.mean) / self.deviation)


def scaled(deviations: float) -> float:
    """Standard deviations, as far as they count."""
    return max(-MOST, min(MOST, deviations))


SIGNALS: Mapping[str, WordSignal] = {
    "people": WordSignal(_share_of(_PEOPLE), 1.0, 1.28),
    "claims": WordSignal(_share_of(_CLAIMS), 2.68, 2.04),
    "argument": WordSignal(_share_of(_ARGUES), 3.81, 2.36),
    "story": WordSignal(_share_of(_TELLS), 1.76, 2.32),
    "names": WordSignal(_names, 1.76, 2.49),
    "numbers": WordSignal(_numbers, 0.39, 0.95),
    "rare": WordSignal(_rare, 0.67, 0.11),
    "begins": WordSignal(_begins, 0.75, 0.26),
    "ends": WordSignal(_ends, 0.77, 0.23),
    "unresolved": WordSignal(_unresolved, 7.8, 4.67),
    "addressed": WordSignal(_share_of(_ADDRESSES), 3.09, 2.76),
    "questions": WordSignal(_questions, 11.5, 19.2),
    "sentences": WordSignal(_sentences, 2.92, 0.41),
    "length": WordSignal(_length, -0.39, 0.31),
    "fillers": WordSignal(_fillers, 7.76, 5.63),
    # These two are counted, since most moments have none.
    "housekeeping": WordSignal(_housekeeping, 0.0, 1.0),
    "flaws": WordSignal(_flaws, 0.0, 1.0),
}
"""By name; `community/weights.py` says what each is for and what it weighs."""


def word_signals(moment: Moment, vocabulary: Vocabulary) -> dict[str, float]:
    """All of them, on the common scale."""
    said = Said(moment, vocabulary)
    return {name: signal.of(said) for name, signal in SIGNALS.items()}
