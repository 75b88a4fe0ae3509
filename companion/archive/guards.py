"""What code does to a model's prose before anybody reads it: what the passages do not support is cut.

The model is not trusted. It may invent a citation, a quotation, a name or a number, may follow what somebody said in a
passage, and may write without end. What is left cites passages that are there, quotes what was said as it was said, and
holds no link, no mention and no Markdown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from companion.archive.answers import Source
from companion.archive.attribution import named_in, speakers_of
from companion.archive.comparisons import is_turned_round
from companion.archive.credit import is_miscredited
from companion.archive.evidence_words import (
    NONE,
    Said,
    Words,
    all_words,
    capitals_are_names,
    content,
    said_in_one_go,
    unknown_names,
    words_of,
    words_of_source,
)
from companion.archive.figures import figures_stated
from companion.archive.live_text import has_link, has_mention, without_signs
from companion.archive.prompt import DECLINED
from companion.archive.prose import MARK, Block, blocks_of, cited_in, without_marks
from companion.archive.quantities import has_unknown_quantity
from companion.archive.verbatim import as_said, is_closed, outermost, quoted_spans, single_is_closed, without_quotations

LONGEST_ANSWER = 1500
"""Characters."""
MOST_SENTENCES = 10
_LEAST_SUPPORT = 0.25
"""The share of what a sentence adds to the question that must stand in the passages it cites."""
_LEAST_TO_JUDGE = 3
"""Terms that a sentence adds, below which that share says nothing."""
_BORROWED_SUPPORT = 0.6
"""The same share, for a sentence without a citation next to one that has it."""
_LONGEST_KEPT = 300
_MOST_KEPT = 40

_ABSENCE = re.compile(
    r"(?:(?:but|however|still|though),? )?(?:the |these |those |none of the |no )?"
    r"(?:passages?|archive|episodes?|sources?|transcripts?|excerpts?)\b[^.:;]{0,40}?"
    r"\b(?:do|does|did)(?: not|n['’]t)\s+(?:say|tell|mention|cover|give|state|specify|discuss|explain|name|answer)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"\b(?:no|not|never|none|nothing|nobody|neither|nor|without|\w+n['’]t)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(r"(?:it|he|she|they|this|that|these|those|his|her|its|their|both)\b", re.IGNORECASE)
_STOPS = ".!?…:;。！？"
_FRAME = content(
    "answer answers archive passage passages source sources speaker speakers according following follows several way"
    " ways reason reasons point points thing things short summary main view views different gives give"
)


class Intervention(NamedTuple):
    """What was cut or marked, and why: ``kind`` is for the log, ``sentence`` what it befell."""

    kind: str
    sentence: str


class Checked(NamedTuple):
    """Prose that may be shown: plain text, with citations as ``[n]`` and items of lists after a ``-``.

    ``enough``: does enough survive to be an answer? It does not where the model declined to answer: then the only
    intervention is of the kind ``declined``.
    """

    prose: str
    interventions: tuple[Intervention, ...]
    enough: bool

    @property
    def declined(self) -> bool:
        return any(one.kind == "declined" for one in self.interventions)


def checked(prose: str, sources: Sequence[Source], question: str, *, finished: bool) -> Checked:
    """The prose without what cannot be supported by the sources, which are its only evidence.

    Of prose that still grows only complete sentences are looked at, all but the last one.
    """
    blocks = blocks_of(prose)
    if blocks and blocks[0].sentences[0].upper().startswith(DECLINED):
        return Checked("", (Intervention("declined", blocks[0].sentences[0][:_LONGEST_KEPT]),), enough=False)
    if blocks and not finished:
        last = blocks.pop()
        if last.sentences[:-1] and not last.heading and not last.quoted:
            blocks.append(Block(last.sentences[:-1], last.item, links=last.links))
    return _Guard(sources, question).result(blocks)


def kinds_of(interventions: Iterable[Intervention]) -> str:
    """What was done, for a log: kinds and counts, no texts."""
    return ", ".join(f"{kind} {count}" for kind, count in sorted(Counter(one.kind for one in interventions).items()))


@dataclass(slots=True)
class _Kept:
    """A block as far as it survives."""

    item: bool
    sentences: list[str] = field(default_factory=list[str])
    leads_in: bool = False
    """Is it only a lead-in to the items that follow?"""


class _Guard:
    """One reply's check."""

    def __init__(self, sources: Sequence[Source], question: str) -> None:
        self._sources = {source.number: source for source in sources}
        self._words = {source.number: words_of_source(source) for source in sources}
        self._speakers = {source.number: speakers_of(source) for source in sources}
        self._question_text = question
        self._question = words_of(question)
        self._asked = content(question)
        self._known = all_words((*self._words.values(), self._question))
        self._names = capitals_are_names([source.hit.passage.text for source in sources])
        self._done: list[Intervention] = []
        self._supported = 0
        self._lost = 0
        self._length = 0
        self._full = False

    def result(self, blocks: Sequence[Block]) -> Checked:
        kept = [one for block in blocks if (one := self._block(block)).sentences]
        # A lead-in whose items were all cut promises what does not come.
        kept = [
            one
            for place, one in enumerate(kept)
            if not one.leads_in or (place + 1 < len(kept) and kept[place + 1].item and not kept[place + 1].leads_in)
        ]
        enough = self._supported > 0 and self._supported >= self._lost
        return Checked(_joined(kept), tuple(self._done[:_MOST_KEPT]), enough)

    def _block(self, block: Block) -> _Kept:
        kept = _Kept(block.item)
        if block.heading:
            for sentence in block.sentences:
                self._note("heading", sentence)
            return kept
        sentences = [self._borrowing(block.sentences, place) for place in range(len(block.sentences))]
        if block.quoted and not any(map(quoted_spans, sentences)):
            sentences = [_as_quotation(sentences)]
        lost_before = False
        for place, sentence in enumerate(sentences):
            if self._full:
                break
            survivor = self._sentence(sentence, linked=block.links > 0)
            if survivor and lost_before and _POINTS_BACK.match(survivor):
                self._cut("points back", sentence)
                survivor = ""
            if not survivor:
                lost_before = len(without_marks(sentence).split()) > _LEAST_TO_JUDGE
                continue
            if self._length + len(survivor) > LONGEST_ANSWER or self._supported >= MOST_SENTENCES:
                self._note("too long", sentence)
                self._full = True
                break
            lost_before = False
            leads_in = not cited_in(survivor) and survivor.endswith(":")
            if leads_in and place + 1 < len(sentences):
                continue
            kept.leads_in = leads_in and len(kept.sentences) == 0
            kept.sentences.append(survivor)
            self._length += len(survivor) + 1
            self._supported += bool(cited_in(survivor))
        return kept

    def _borrowing(self, sentences: Sequence[str], place: int) -> str:
        """The sentence, with the citation of the next or the one before where those passages say the same."""
        sentence = sentences[place]
        if cited_in(sentence) or sentence.endswith(":"):
            return sentence
        new = content(sentence) - self._asked
        if len(new) < _LEAST_TO_JUDGE - 1:
            return sentence
        for neighbour in (*sentences[place + 1 : place + 2], *sentences[max(0, place - 1) : place]):
            for number in cited_in(neighbour):
                if number in self._words and len(new & self._words[number].terms) >= _BORROWED_SUPPORT * len(new):
                    self._note("citation added", sentence)
                    return _with_mark(sentence, number)
        return sentence

    def _sentence(self, sentence: str, *, linked: bool) -> str:
        """What may be shown of a sentence: it, or it without what was invented of its citations, or nothing."""
        if has_link(sentence):
            return self._cut("link", sentence)
        if has_mention(sentence):
            return self._cut("mention", sentence)
        if linked:
            self._note("link", sentence)
        sentence = without_signs(sentence)
        real = self._with_real_citations(sentence)
        cited = cited_in(real)
        bare = without_marks(real)
        if not cited:
            return self._uncited(sentence, bare)
        if not any(map(str.isalnum, bare)):
            return self._cut("empty", sentence)
        if not bare.rstrip("\"'”’»)").endswith(tuple(_STOPS)) and not MARK.search(real[-8:]):
            return self._cut("unfinished", sentence)
        quoting, voices = self._with_quotations(real, cited)
        if not quoting:
            return self._cut("quotation", sentence)
        words = all_words((*(self._words[number] for number in cited), self._question))
        own = without_marks(without_quotations(quoting))
        if problem := (
            self._unsupported(own, words)
            or self._contradicted(own, cited, words)
            or self._misattributed(own, cited, voices, words)
        ):
            return self._cut(problem, sentence)
        for number in cited:  # that stood within a quotation
            quoting = quoting if number in cited_in(quoting) else _with_mark(quoting, number)
        return quoting if quoting.rstrip("\"'”’»)").endswith(tuple(_STOPS)) else f"{quoting}."

    def _with_real_citations(self, sentence: str) -> str:
        """The sentence without the citations of passages that are not there."""
        invented = [number for number in cited_in(sentence) if number not in self._sources]
        if not invented:
            return sentence
        self._note("citation", sentence)
        for number in invented:
            sentence = re.sub(rf"\s*\[0*{number}\]", "", sentence)
        return sentence

    def _uncited(self, sentence: str, bare: str) -> str:
        """A sentence without a citation stays where it adds nothing: a lead-in, or that the passages do not tell."""
        adds = content(bare) - self._asked - _FRAME
        invents = self._unsupported(bare, NONE | self._question) or quoted_spans(bare) or not single_is_closed(bare)
        if _ABSENCE.match(bare) and not invents and not any(map(str.isdigit, bare)):
            return bare
        if bare.endswith(":") and not adds and not invents and not _NEGATION.search(bare):
            return bare
        return self._cut("uncited", sentence)

    def _with_quotations(self, sentence: str, cited: Sequence[int]) -> tuple[str, frozenset[str]]:
        """The sentence with its quotations as they were said, and who said them; empty where one of them was not said,
        or never ends."""
        if not is_closed(sentence) or not single_is_closed(sentence):
            return "", frozenset()
        said = [part for number in cited for part in said_in_one_go(self._sources[number])]
        spans = quoted_spans(sentence)
        parts: list[str] = []
        voices: set[str] = set()
        end = 0
        for start, stop in spans:
            found = _verbatim(sentence[start:stop], said)
            if found is None:
                return "", frozenset()
            if (start, stop) not in outermost(spans):
                continue
            voices.update([found.speaker] if found.speaker else [])
            parts += [sentence[end:start], found.text]
            end = stop
        return "".join((*parts, sentence[end:])), frozenset(voices)

    def _misattributed(self, sentence: str, cited: Sequence[int], voices: frozenset[str], words: Words) -> str:
        """Does it name a speaker of other passages only, or quote somebody else than whom it names?"""
        here = frozenset[str]().union(*(self._speakers[number] for number in cited))
        named = named_in(sentence, frozenset[str]().union(*self._speakers.values()))
        absent = [one for one in named - here if words.terms.isdisjoint(one.lower().split())]
        if absent or (named and voices and not voices & named):
            return "speaker"
        return "speaker" if is_miscredited(sentence, [self._sources[number] for number in cited]) else ""

    def _contradicted(self, sentence: str, cited: Sequence[int], words: Words) -> str:
        """Does it state a quantity that nobody did, or compare two things the wrong way round?"""
        sources = [self._sources[number] for number in cited]
        said = "\n".join(text for one in sources for text in (one.before, one.hit.passage.text, one.after) if text)
        if has_unknown_quantity(sentence, f"{self._question_text}\n{said}", words.numbers):
            return "number"
        return "reversed" if is_turned_round(sentence, said) else ""

    def _unsupported(self, sentence: str, words: Words) -> str:
        """Why the passages do not support a sentence; empty where they may."""
        if self._names and unknown_names(sentence, self._known.terms):
            return "name"
        if any(number not in words.numbers for number in figures_stated(sentence)):
            return "number"
        new = content(sentence) - self._asked
        if len(new) >= _LEAST_TO_JUDGE and len(new & words.terms) < _LEAST_SUPPORT * len(new):
            return "unsupported"
        return ""

    def _cut(self, kind: str, sentence: str) -> str:
        self._note(kind, sentence)
        self._lost += 1
        return ""

    def _note(self, kind: str, sentence: str) -> None:
        self._done.append(Intervention(kind, sentence[:_LONGEST_KEPT]))


def _verbatim(quotation: str, said: Sequence[Said]) -> Said | None:
    """The quotation as it was said, and by whom."""
    inside = MARK.sub("", quotation)
    for part in said:
        words = as_said(inside, part.text)
        # What was said must not look like a citation, nor end the quotation.
        if words is not None and not MARK.search(words) and is_closed(words) and not has_link(words):
            return Said(part.speaker, words)
    return None


def _as_quotation(sentences: Sequence[str]) -> str:
    """A block quote as a sentence that quotes."""
    whole = " ".join(sentences)
    marks = "".join(f"[{number}]" for number in cited_in(whole))
    return f"“{without_marks(whole)}” {marks}"


def _with_mark(sentence: str, number: int) -> str:
    stop = sentence[-1] if sentence[-1] in _STOPS else ""
    return f"{sentence.removesuffix(stop)} [{number}]{stop}"


def _joined(kept: Sequence[_Kept]) -> str:
    lines: list[str] = []
    for one in kept:
        text = " ".join(one.sentences)
        if lines:
            lines.append("\n" if one.item else "\n\n")
        lines.append(f"- {text}" if one.item else text)
    return "".join(lines)
