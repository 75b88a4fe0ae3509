"""Who is credited with a claim, against who made it: “Ann says that …” needs a turn of Ann's own that says so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from companion.archive.answers import Source
from companion.archive.attribution import named_in, speakers_of
from companion.archive.evidence_words import content
from companion.archive.sentences import ends_with_question, sentence_spans
from companion.storage.episodes import Kind

_NAME = r"[^\W\d_a-z][\w'’-]{0,30}(?: [^\W\d_a-z][\w'’-]{0,30}){0,3}"
_SAYS = (
    r"(?:says?|said|claims?|claimed|argues?|argued|explains?|explained|states?|stated|points out|pointed out|thinks?"
    r"|thought|believes?|believed|notes?|noted|reports?|reported|insists?|insisted|maintains?|maintained|adds?|added"
    r"|tells|told|recalls?|recalled|warns?|warned|concludes?|concluded|estimates?|estimated|stresses|stressed|finds?)"
)
_CREDITS = re.compile(
    rf"\b(?P<subject>{_NAME})(?:, [^,.;]{{1,40}},)?(?: (?:also|then|further|later|himself|herself))? {_SAYS}\b"
    rf"|\b(?P<way>[Aa]ccording to|[Ff]or|[Ii]n) (?P<other>{_NAME})(?: (?:view|opinion|words|account|experience))?,? "
)
_TRAILS = re.compile(rf"[,”\"] ?{_SAYS} (?P<subject>{_NAME})\W{{0,9}}\Z|[,”\"] (?P<before>{_NAME}) {_SAYS}\W{{0,9}}\Z")
_OPINION = re.compile(r"['’]s? (?:view|opinion|words|account|experience)\b")
"""“In” is said of much else."""
_CLAUSE = re.compile(r"[,;:] (?:and|but|while|whereas|though|although|since|because|so|who|which)\b|;")
_ASSENTS = re.compile(
    r"(?:oh |well |mm,? |and |i mean )*(?:yes|yeah|yep|right|exactly|correct|true|sure|of course|absolutely|indeed"
    r"|definitely|agreed|precisely|totally|that['’]s (?:right|fair|true|it|correct)|that is (?:right|fair|true))\b",
    re.IGNORECASE,
)
_DENIES = re.compile(r"(?:\bno\b|\bnot\b|n['’]t\b)", re.IGNORECASE)
_FEWEST_OTHERS = 2
_FAR_MORE = 3
"""How many terms, and how many times as many, another must have said of a claim of which somebody said something."""


def is_miscredited(sentence: str, cited: Sequence[Source]) -> bool:
    """Does the sentence credit a speaker with what, in the cited passages, others said and the speaker did not?

    Only what is plain counts: a passage of which it is not known who speaks, or that tells what somebody said, says
    nothing against a credit. Who agrees with the turn before says what it said, and a question claims nothing.
    """
    speakers = frozenset[str]().union(*map(speakers_of, cited))
    credits = list(_credits(sentence, speakers))
    if not credits or not all(map(_is_plain, cited)):
        return False
    own: defaultdict[str, set[str]] = defaultdict(set)
    benefit: defaultdict[str, set[str]] = defaultdict(set)
    for source in cited:
        for speaker, said, agreed in _turns(source):
            own[speaker] |= content(said)
            benefit[speaker] |= content(agreed)
        for speaker in speakers:
            benefit[speaker] |= content(_around(source, speaker))
        _add_retold(source, speakers, benefit)
    names = content(" ".join(speakers))
    return any(_is_others(labels, content(claim) - names, own, benefit) for labels, claim in credits)


def _is_others(
    labels: frozenset[str], claim: frozenset[str], own: dict[str, set[str]], benefit: dict[str, set[str]]
) -> bool:
    """Is a claim rather that of another than of whom these labels name?"""
    said = frozenset[str]().union(*(own.get(label, set()) | benefit.get(label, set()) for label in labels))
    covered = len(claim & said)
    others = max((len(claim & words) for label, words in own.items() if label not in labels), default=0)
    if covered == 0:
        return others >= _FEWEST_OTHERS
    return others >= _FAR_MORE * covered and others - covered >= _FAR_MORE


def _credits(sentence: str, speakers: frozenset[str]) -> Iterator[tuple[frozenset[str], str]]:
    """Whom a sentence credits, and with what: the first clause after it, or all before it."""
    if match := _TRAILS.search(sentence):
        labels = named_in(match["subject"] or match["before"], speakers)
        everyone = named_in(sentence, speakers)
        if labels and labels == everyone:
            yield labels, sentence[: match.start()]
        return
    for match in _CREDITS.finditer(sentence):
        if (match["way"] or "").lower() == "in" and not _OPINION.search(match[0]):
            continue
        labels = named_in(match["subject"] or match["other"], speakers)
        if not labels:
            continue
        rest = sentence[match.end() :]
        end = _CLAUSE.search(rest)
        yield labels, rest[: end.start()] if end else rest


def _is_plain(source: Source) -> bool:
    passage = source.hit.passage
    known = passage.pieces and all(piece.speaker and not piece.uncertain for piece in passage.pieces)
    return passage.kind is Kind.SPEECH and bool(known)


def _turns(source: Source) -> Iterator[tuple[str, str, str]]:
    """Each turn's speaker, what it states, and what it agrees with."""
    passage = source.hit.passage
    ends = [*(piece.offset for piece in passage.pieces[1:]), len(passage.text)]
    before = ""
    for piece, end in zip(passage.pieces, ends, strict=True):
        text = passage.text[piece.offset : end]
        stated = [text[start:stop] for start, stop in sentence_spans(text) if not ends_with_question(text[start:stop])]
        yield piece.speaker or "", " ".join(stated), _taken_up(text, before) if stated else ""
        before = text


def _taken_up(text: str, before: str) -> str:
    """What a turn makes its own of the one before: all with a yes, or a no to what denies something; the questions
    with an answer."""
    if _ASSENTS.match(text) or (text.lower().startswith("no") and _DENIES.match(text) and _DENIES.search(before)):
        return before
    sentences = (before[start:end] for start, end in sentence_spans(before))
    return " ".join(sentence for sentence in sentences if ends_with_question(sentence))


def _around(source: Source, speaker: str) -> str:
    """What the speaker may have said just before and after: lines with the name, and those whose name is cut off."""
    lines = (line for text in (source.before, source.after) for line in text.splitlines())
    return "\n".join(line for line in lines if line.startswith(f"{speaker}:") or ": " not in line[:60])


def _add_retold(source: Source, speakers: frozenset[str], benefit: dict[str, set[str]]) -> None:
    """What others tell that a speaker said is no less that speaker's."""
    text = source.hit.passage.text
    for start, end in sentence_spans(text):
        for match in _CREDITS.finditer(text[start:end]):
            for speaker in named_in(match["subject"] or match["other"], speakers):
                benefit[speaker] |= content(text)
