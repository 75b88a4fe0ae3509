"""What numbered passages hold, as the guards ask for it: words, names, numbers, and what was said in one go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from companion.archive.answers import Source
from companion.archive.figures import figures_known
from companion.archive.lexical import terms
from companion.archive.query import tells

_REMEMBERED = 64
_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")
_NAME_SHARE = 0.2
"""Above this share of capitals within sentences they are no sign of names: a language that writes every noun so."""
_ENOUGH_WORDS = 40
_GERMAN = frozenset("aber auf das dem den der die ein eine im ist mit nicht sich sie und von wenn wie zu".split())
_FEW_GERMAN = 4
_NO_NAMES = frozenset("I I'm I’m I've I’ve I'd I’d I'll I’ll".split())
_OPENERS = frozenset(
    """additionally after against all along already also although altogether among another apart around aside away
    based because before behind below beside besides better between beyond both briefly broadly but by certain
    clearly compared consequently conversely critically currently despite different due during early either equally
    especially essentially even eventually every everyone everything few finally first firstly five following for
    four from fundamentally further furthermore generally given hence here historically however if importantly in
    including indeed initially instead interestingly is it its last lastly late later less like likewise long many
    meanwhile more moreover most mostly much near nearly neither never nevertheless next nobody none nonetheless
    nothing now often old once one only or originally other others otherwise over overall part partly past people
    perhaps practically previously put rather recently roughly second secondly several similarly simply since six
    so some someone something sometimes soon specifically still such taken ten thanks then there thereby therefore
    third though three through thus to today together together towards two typically ultimately under unless unlike
    until usually very via when whenever where whereas whether while with within without years yes yet""".split()
)
"""English words that open a sentence without being a name."""
_NO_NAME_ENDINGS = ("ly", "ing", "ed")
_DOES = re.compile(
    r"\s+(?:and\b|or\b|[A-Z]|[a-z]+(?:s|ed)\b|(?:built|made|won|took|gave|went|came|ran|wrote|bought|sold|led|found|said"
    r"|told|thought|had|can|could|will|would|may|might|must|also)\b)|\s*,"
)
"""What follows the subject of one: no verb of many, as in “bees heat”."""
_ENGLISH = frozenset({"the", "and", "is", "of", "it"})
_MOST_FOREIGN = 2


@dataclass(frozen=True, slots=True)
class Words:
    """Of a text: its terms, and its numbers."""

    terms: frozenset[str]
    numbers: frozenset[Decimal]

    def __or__(self, other: Words) -> Words:
        return Words(self.terms | other.terms, self.numbers | other.numbers)


NONE = Words(frozenset(), frozenset())


@lru_cache(_REMEMBERED)
def words_of(text: str) -> Words:
    """The terms of a text, also those of two neighbouring words as one (“Open AI”), and its numbers."""
    alone = [word.lower() for word in re.findall(r"\w+", text)]
    joined = {f"{first}{second}" for first, second in pairwise(alone)}
    return Words(frozenset(terms(text)) | frozenset(alone) | joined, figures_known(text))


def words_of_source(source: Source) -> Words:
    """All that is known of a source: what was said in and around it, by whom, and what it is from."""
    hit = source.hit
    facts = hit.episode.facts
    about = [hit.episode.title, hit.podcast.title, hit.passage.chapter or "", hit.passage.speaker or ""]
    about += [piece.speaker or "" for piece in hit.passage.pieces]
    about += [person.name for person in facts.people]
    if facts.published is not None:
        about.append(f"{facts.published:%d %B %b %Y}")
    found = words_of("\n".join(dict.fromkeys(about)))
    for text in (hit.passage.text, source.before, source.after):
        found |= words_of(text)
    return found


class Said(NamedTuple):
    """What one voice says in one go."""

    speaker: str | None
    text: str


def said_in_one_go(source: Source) -> Iterator[Said]:
    """The source's text in parts that one voice says; and the title of its episode, which is quoted like a sentence."""
    passage = source.hit.passage
    pieces = passage.pieces
    if not pieces:
        yield Said(passage.speaker, passage.text)
    begin = 0
    for place, piece in enumerate(pieces):
        following = pieces[place + 1] if place + 1 < len(pieces) else None
        if following is None or following.speaker != piece.speaker:
            end = following.offset if following else len(passage.text)
            yield Said(piece.speaker, passage.text[begin:end])
            begin = end
    yield Said(None, source.hit.episode.title)


def content(text: str) -> frozenset[str]:
    """The terms that carry a text."""
    return frozenset(term for term in terms(text) if tells(term))


def unknown_names(sentence: str, known: frozenset[str]) -> list[str]:
    """Words that look like names, or mix letters and digits, and of which a part is not known."""
    return [word for word in _names(sentence, known) if not _is_known(word, known)]


def capitals_are_names(texts: Sequence[str]) -> bool:
    """Does a capital within a sentence mean a name, in the language of these texts?"""
    inner = [word for text in texts for first, word in pairwise(_WORD.findall(text)) if first[0].islower()]
    capital = sum(word[0].isupper() for word in inner)
    if capital < _NAME_SHARE * len(inner):
        return True
    # A few words may happen to name many, unless they are of a language that is known to write so.
    return (
        len(inner) < _ENOUGH_WORDS and len(_GERMAN.intersection(_WORD.findall("\n".join(texts).lower()))) < _FEW_GERMAN
    )


def _is_known(word: str, known: frozenset[str]) -> bool:
    parts = terms(word)
    return all(part in known for part in parts) or re.sub(r"\W", "", word).lower() in known


def _names(sentence: str, known: frozenset[str]) -> Iterator[str]:
    english = len(_ENGLISH - known) <= _MOST_FOREIGN
    end = 0
    for match in _WORD.finditer(sentence):
        word, between = match[0], sentence[end : match.start()]
        opens = end == 0 or any(mark in between for mark in ":.!?…")
        end = match.end()
        inner_capital = any(map(str.isupper, word[1:]))
        mixed = any(map(str.isdigit, word)) and any(map(str.isalpha, word))
        if opens:
            capital = english and word[0].isupper() and _opens_as_a_name(word, sentence[end : end + 40])
        else:
            capital = word[0].isupper() and word not in _NO_NAMES
        if inner_capital or mixed or capital:
            yield word


def _opens_as_a_name(word: str, following: str) -> bool:
    """May the word that opens an English sentence be a name? Whoever has one does or did something alone."""
    plain = word.lower()
    if plain in _OPENERS or plain.endswith(_NO_NAME_ENDINGS) or not any(map(tells, terms(word))):
        return False
    return plain.endswith(("'s", "’s")) or _DOES.match(following) is not None


def all_words(parts: Iterable[Words]) -> Words:
    """Those of all parts together."""
    found = NONE
    for part in parts:
        found |= part
    return found
