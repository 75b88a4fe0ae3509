"""What code does to a model's prose about a list of facts: a sentence that its facts do not bear out is cut.

The sibling of `archive/guards.py`, which holds prose against passages. Facts are short and say one thing each, so that
more can be asked of a sentence: that it cites them, that its names, its numbers, also the small ones, its quotations
and most of its words are theirs, and that it denies nothing and speaks for nobody of whom they say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from companion.archive.evidence_words import all_words, content, unknown_names, words_of
from companion.archive.figures import figures_known, figures_stated
from companion.archive.guards import Intervention
from companion.archive.live_text import has_link, has_mention, without_signs
from companion.archive.prose import MARK, Block, blocks_of, cited_in, without_marks
from companion.archive.verbatim import as_said, is_closed, outermost, quoted_spans, single_is_closed, without_quotations

MOST_SENTENCES = 3
LONGEST = 600
"""Characters of all sentences together."""
_LEAST_SUPPORT = 0.4
"""The share of a sentence's telling terms that must stand in the facts it cites."""
_LONGEST_KEPT = 300
_MOST_KEPT = 20
_STOPS = ".!?…"
_CLOSING = "\"'”’»)"
_DENIES = re.compile(r"\b(?:no|not|never|none|nothing|nobody|neither|nor|without|hardly|\w+n['’]t)\b", re.IGNORECASE)
_SWEEPS = re.compile(
    r"\b(?:every(?:one|body|thing)?|all|always|unanimous(?:ly)?|half|majority|minority|(?:half|a)?\s?dozens?|hundreds"
    r"|thousands|twice|thrice|double|doubled|triple|tripled|record)\b",
    re.IGNORECASE,
)
"""How many, or how much, without a number."""
_POINTS_BACK = re.compile(r"(?:it|he|she|they|this one|these|those|his|her|its|their|both)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is so, in a sentence of ours; ``quotable`` are the words in it that others said or wrote."""

    text: str
    quotable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What may be shown of a reply: one paragraph of plain text without citations, which may be empty."""

    prose: str
    interventions: tuple[Intervention, ...]


def borne_out(prose: str, facts: Sequence[Fact]) -> Kept:
    """The sentences of the reply that the facts bear out, which are cited by their numbers, from 1."""
    kept: list[str] = []
    done: list[Intervention] = []
    lost_before = False
    for block in blocks_of(prose):
        misshapen = _misshapen(block)
        for sentence in block.sentences:
            shown, problem = ("", misshapen) if misshapen else _judged(sentence, facts)
            if shown and lost_before and _POINTS_BACK.match(shown):
                problem = "points back"
            elif shown and (len(kept) >= MOST_SENTENCES or sum(map(len, kept)) + len(shown) > LONGEST):
                problem = "too long"
            if problem:
                done.append(Intervention(problem, sentence[:_LONGEST_KEPT]))
            else:
                kept.append(shown)
            lost_before = bool(problem)
    return Kept(" ".join(kept), tuple(done[:_MOST_KEPT]))


def _misshapen(block: Block) -> str:
    """What a block is that should be plain sentences; empty where it is that."""
    shapes = {"heading": block.heading, "list": block.item, "quotation": block.quoted, "link": block.links > 0}
    return next((shape for shape, has in shapes.items() if has), "")


def _judged(sentence: str, facts: Sequence[Fact]) -> tuple[str, str]:
    """The sentence as it may be shown, or why it may not."""
    if has_link(sentence):
        return "", "link"
    if has_mention(sentence):
        return "", "mention"
    sentence = without_signs(sentence)
    numbers = cited_in(sentence)
    if not numbers:
        return "", "uncited"
    if any(not 1 <= number <= len(facts) for number in numbers):
        return "", "citation"
    cited = [facts[number - 1] for number in numbers]
    bare = without_marks(sentence)
    if not bare.rstrip(_CLOSING).endswith(tuple(_STOPS)):
        return "", "unfinished"
    quoting = _with_quotations(bare, cited)
    if not quoting:
        return "", "quotation"
    return ("", problem) if (problem := _unsupported(without_quotations(quoting), cited)) else (quoting, "")


def _with_quotations(sentence: str, cited: Sequence[Fact]) -> str:
    """The sentence with its quotations as they stand in the facts; empty where one does not, or never ends."""
    if not is_closed(sentence) or not single_is_closed(sentence):
        return ""
    spans, said = quoted_spans(sentence), [words for fact in cited for words in fact.quotable]
    parts: list[str] = []
    end = 0
    for start, stop in spans:
        found = next((words for one in said if (words := as_said(sentence[start:stop], one)) is not None), None)
        if found is None or MARK.search(found) or not is_closed(found) or has_link(found):
            return ""
        if (start, stop) in outermost(spans):
            parts += [sentence[end:start], found]
            end = stop
    return "".join((*parts, sentence[end:]))


def _unsupported(sentence: str, cited: Sequence[Fact]) -> str:
    """Why the facts do not bear out a sentence's own words; empty where they do."""
    said = "\n".join(fact.text for fact in cited)
    words = all_words(map(words_of, (said, *(quoted for fact in cited for quoted in fact.quotable))))
    if unknown_names(sentence, words.terms):
        return "name"
    # "One" is mostly no number; every other one is meant, however small it is.
    stated = {*figures_stated(sentence), *(number for number in figures_known(sentence) if number != 1)}
    if not stated <= words.numbers:
        return "number"
    if any(pattern.search(sentence) and not pattern.search(said) for pattern in (_DENIES, _SWEEPS)):
        return "overstated"
    telling = content(sentence)
    return "unsupported" if len(telling & words.terms) < _LEAST_SUPPORT * len(telling) else ""
