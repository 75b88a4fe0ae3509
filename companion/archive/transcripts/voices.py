"""Who speaks in captions, where the text tells: `ANN: Hi`, `>> Hi`, `[Ann] Hi`, and two dashes for two voices."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.labels import looks_like_a_name, without_role

_SIGN = re.compile(
    r"(?:^|(?<=\n))[^\S\n]*(?:(?P<arrow>(?:>>>?|»)[^\S\n]*)|(?P<dash>[-–—][^\S\n]*(?=[^\s\d–—-])))?"
    r"|(?<=\s)(?P<inner>>>>?[^\S\n]+)"
)
_LABEL = re.compile(
    r"(?:\*\*|__)?\[?\(?(?P<label>[^\W_][^:：\n\[\]()<>?!,;]{0,40}(?: \([^()\n:]{1,20}\))?)\)?\]?(?:\*\*|__)?"
    r"(?::(?:\*\*|__)?(?=\s|\Z)|：)\s*"
)
_BRACKETED_LABEL = re.compile(r"[\[(](?P<label>[^\W_][^:\n\[\]()<>?!,;]{0,40})[\])]\s+(?=\S)")
_LINE_LABEL = re.compile(r"(?P<label>[^\W_][^:：\n\[\]()<>?!,;]{0,40})(?<!\.)\n(?=\S)")
_SOUND = re.compile(r"\s*(?:\[[^\]]*\]|\([^)]*\)|♪.*)\s*", re.DOTALL)
_OFTEN = 3
_NEARLY_ALL = 0.9
_MOST_WORDS = 4
_FEW = 30


@dataclass(frozen=True, slots=True)
class _Opening:
    """A place where somebody may begin to speak: ``text[start:body]`` says so, by a sign, a label, or a line alone."""

    start: int
    body: int
    sign: str | None
    label: re.Match[str] | None


def with_voices(captions: Sequence[Caption]) -> list[Caption]:
    """The captions with the speakers that their texts name; labels and signs are taken out, and hold until the next.

    Where the captions have speakers already, only signs and labels that repeat those are taken out.
    """
    if any(caption.speaker for caption in captions):
        return [_undoubled(caption) for caption in captions]
    openings = [_openings(caption.text) for caption in captions]
    if not any(opening.sign or opening.label for found in openings for opening in found):
        return list(captions)
    known = _known_labels(captions, openings)
    dashes = _dashes_are_voices(openings)
    cut = [
        list(_parts(caption, found, known, dashes=dashes)) for caption, found in zip(captions, openings, strict=True)
    ]
    # Where nearly every caption begins with its speaker's label, only another one's says that somebody begins to speak.
    labelled = sum(opening is not None and opening.label is not None for parts in cut for opening, _ in parts[:1])
    each = labelled >= _NEARLY_ALL * len(captions)
    result: list[Caption] = []
    speaker: str | None = None
    opens = False
    for parts in cut:
        for opening, part in parts:
            if opening:
                before, speaker = speaker, opening.label["label"].strip() if opening.label else None
                opens = opens or not each or opening.sign is not None or speaker != before
            if part.text:
                result.append(part._replace(speaker=speaker, opens=opens))
                opens = False
    return result


def _openings(text: str) -> list[_Opening]:
    """The beginnings of lines, and arrows inside of them."""
    if text[:1].isalnum() and "\n" not in text and ":" not in text and ">>" not in text and "：" not in text:
        return []
    found: list[_Opening] = []
    for match in _SIGN.finditer(text):
        sign = match.lastgroup
        at = match.end()
        label = _LABEL.match(text, at) or _BRACKETED_LABEL.match(text, at)
        if label is None and not match.start():
            label = _LINE_LABEL.match(text, at)
        if sign or label or match.start() == 0:
            found.append(_Opening(match.start(), match.end(), sign, label))
    return found


def _known_labels(captions: Sequence[Caption], openings: Sequence[Sequence[_Opening]]) -> frozenset[str]:
    """The labels that are speakers: names that repeat, and others where labels stand from the beginning."""
    colons: Counter[str] = Counter()
    brackets: Counter[str] = Counter()
    after_sentences: Counter[str] = Counter()
    early, silent = False, True
    # Where sentences are not marked at all, their ends tell nothing.
    marked = 10 * sum(ends_a_sentence(caption.text) for caption in captions) >= len(captions)
    before = "."
    for caption, found in zip(captions, openings, strict=True):
        for opening in found:
            if opening.label:
                name = opening.label["label"].strip()
                colon = opening.label.re is _LABEL
                (colons if colon else brackets)[name] += 1
                early = early or (colon and silent and not opening.start and looks_like_a_name(name))
                ended = ends_a_sentence(caption.text[: opening.start] if opening.start else before)
                if ended or opening.sign or not marked:
                    after_sentences[name] += 1
        before = caption.text
        silent = silent and _SOUND.fullmatch(caption.text) is not None
    # Where nearly every caption begins with a label, whatever repeats there is one (`ann’s phone`).
    nearly_all = sum(count for count in colons.values() if count > 1) >= _NEARLY_ALL * len(captions)
    known = {
        name
        for name, count in colons.items()
        if (looks_like_a_name(without_role(name)) and (count > 1 or (early and after_sentences[name])))
        or (count >= _OFTEN and count * _FEW >= len(captions) and after_sentences[name] == count and name.isalnum())
        or (nearly_all and count > 1 and len(name.split()) <= _MOST_WORDS)
    }
    named = {name for name, count in brackets.items() if count > 1 and looks_like_a_name(name)}
    # Sounds (`[Laughter] Yes`) are rarer than labels, which stand on most captions.
    if 2 * sum(brackets[name] for name in named) > len(captions):
        known |= named
    return frozenset(known)


def _dashes_are_voices(openings: Sequence[Sequence[_Opening]]) -> bool:
    """Do dashes mark voices: are there captions with two, or many with one?"""
    dashed = [sum(opening.sign == "dash" for opening in found) for found in openings]
    return any(count > 1 for count in dashed) or sum(map(bool, dashed)) >= max(_OFTEN, len(dashed) // _FEW)


def _parts(
    caption: Caption, found: Sequence[_Opening], known: frozenset[str], *, dashes: bool
) -> Iterator[tuple[_Opening | None, Caption]]:
    """The parts of a caption by voice, each with what opens it, None where the last speaker goes on."""
    text = caption.text
    cuts: list[tuple[int, _Opening | None]] = []
    for opening in found:
        label = opening.label if opening.label and opening.label["label"].strip() in known else None
        sign = opening.sign if opening.sign != "dash" or dashes or label else None
        if sign or label:
            body = label.end() if label else opening.body
            cuts.append((opening.start, _Opening(opening.start, body, sign, label)))
    if not cuts or text[: cuts[0][0]].strip():
        cuts.insert(0, (0, None))
    for nth, (start, opening) in enumerate(cuts):
        body = opening.body if opening else start
        stop = cuts[nth + 1][0] if nth + 1 < len(cuts) else len(text)
        yield opening, _part(caption, start if nth else 0, body, stop, whole=len(cuts) == 1)


def _part(caption: Caption, start: int, body: int, stop: int, *, whole: bool) -> Caption:
    """``text[body:stop]`` of a caption. A part that begins inside has a mark's time, or an interpolated one."""
    text = caption.text[body:stop]
    if whole and not body:
        return caption
    lead = body + len(text) - len(text.lstrip())
    marks = [(at - lead, time) for at, time in caption.marks if lead < at < stop]
    begins, approximate = caption.start, caption.approximate
    if start:
        nth = bisect_left(caption.marks, (start, 0.0))
        if nth < len(caption.marks) and caption.marks[nth][0] <= lead:
            begins = caption.marks[nth][1]
        elif caption.start is not None and caption.end is not None:
            share = start / max(1, len(caption.text))
            begins, approximate = caption.start + max(0.0, caption.end - caption.start) * share, True
        else:
            begins = None
    return caption._replace(
        text=text.strip(), start=begins, marks=tuple(marks), approximate=approximate,
        glued=caption.glued and not start,
    )  # fmt: skip


def _undoubled(caption: Caption) -> Caption:
    """A caption with a speaker, without a sign or label in its text that says the same."""
    text = caption.text
    if ":" not in text and ">>" not in text:
        return caption
    match = _SIGN.match(text)
    sign = match.end() if match and match.lastgroup in ("arrow", "inner") else 0
    label = _LABEL.match(text, sign)
    if label and caption.speaker and label["label"].strip().casefold() == caption.speaker.strip().casefold():
        sign = label.end()
    return _part(caption, 0, sign, len(text), whole=True) if sign and text[sign:].strip() else caption
