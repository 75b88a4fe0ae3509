"""Annotations of speech as phonetics and the scoring of recognisers have them: Praat's TextGrid, ELAN's EAF, and NIST's
CTM, STM and RTTM.

All put words between two times, in a tier of each speaker or with the speaker on the line. Tiers follow each other, so
captions are sorted by time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.timed_text import document_of, root_of

_TOKEN = re.compile(r'"(?P<text>(?:[^"]|"")*)"|(?<![\w.\[])(?P<number>\d{1,9}(?:\.\d+)?)(?![\w.\]])', re.ASCII)
_NUMBERS_OF_A_TIER = _VALUES_OF_AN_INTERVAL = 3
_SOUNDS = re.compile(r"phon|syllab", re.IGNORECASE)
"""In the name of a tier that has no words."""
_WORDS = re.compile(
    r"(?:\A|(?<![-_ ])[-_ ]+)(?:words?|sentences?|utterances?|transcript(?:ion)?|text)\Z", re.IGNORECASE
)
"""What of a tier's name is not the speaker's."""
_TIME = r"\d{1,7}(?:\.\d{1,6})?"
_CTM = re.compile(
    rf"\S+ +(?P<channel>\w{{1,8}}) +(?P<start>{_TIME}) +(?P<lasting>{_TIME}) +(?P<text>\S+)(?: +[\d.-]+)?"
)
_STM = re.compile(
    rf"\S+ +\w{{1,8}} +(?P<speaker>\S+) +(?P<start>{_TIME}) +(?P<end>{_TIME})(?: +<[^<>]*>)? +(?P<text>\S.*)"
)
_SPAN = re.compile(rf"SPEAKER +\S+ +\S+ +{_TIME} +{_TIME} +<NA> .*")
_MILLISECONDS = re.compile(r"\d{1,12}", re.ASCII)
_COMMENT = ";;"
_NO_SPEECH = frozenset(("ignore_time_segment_in_scoring", "inter_segment_gap"))
_FEWEST = 3


def captions_of_annotations(text: str) -> list[Caption]:
    """The captions of such a text in the order of time; none where it is something else."""
    if '"ooTextFile"' in text[:200] and "TextGrid" in text[:200]:
        found = _of_tiers(text)
    elif text.lstrip().startswith("<"):
        found = _of_slots(text)
    else:
        found = _of_lines(text)
    return sorted((caption for caption in found if caption.text), key=lambda caption: caption.start or 0.0)


def has_speakers_only(text: str) -> bool:
    """Does the text say who spoke when, and not what (RTTM)?"""
    lines = _lines(text)
    return bool(lines) and all(map(_SPAN.fullmatch, lines))


def _of_tiers(text: str) -> Iterator[Caption]:
    """The intervals of a TextGrid, whose long and short form have the same values in the same order."""
    values = iter(
        [match["text"] if match["number"] is None else float(match["number"]) for match in _TOKEN.finditer(text)]
    )
    for kind in values:
        if kind != "IntervalTier":
            continue
        name = str(next(values, ""))
        *_, count = [next(values, 0.0) for _ in range(_NUMBERS_OF_A_TIER)]
        # The count may promise more than there is.
        held = islice(values, _VALUES_OF_AN_INTERVAL * int(count) if isinstance(count, float) else 0)
        for start, end, words in zip(held, held, held, strict=False):
            if (
                isinstance(start, float)
                and isinstance(end, float)
                and isinstance(words, str)
                and not _SOUNDS.search(name)
            ):
                yield Caption(start, end, _WORDS.sub("", name) or None, words.replace('""', '"').strip())


def _of_slots(text: str) -> Iterator[Caption]:
    """The annotations of ELAN's tiers, whose times are in milliseconds, each in a slot that has a name."""
    root = document_of(text) if root_of(text) == "annotation_document" else None
    if root is None:
        return
    times = {slot.get("TIME_SLOT_ID"): slot.get("TIME_VALUE", "") for slot in root.iter("TIME_SLOT")}
    for tier in root.iter("TIER"):
        speaker = tier.get("PARTICIPANT") or _WORDS.sub("", tier.get("TIER_ID", ""))
        for annotation in tier.iter("ALIGNABLE_ANNOTATION"):
            start, end = (times.get(annotation.get(f"TIME_SLOT_REF{nth}"), "") for nth in (1, 2))
            words = " ".join((annotation.findtext("ANNOTATION_VALUE") or "").split())
            yield Caption(_seconds(start), _seconds(end), speaker or None, words)


def _seconds(milliseconds: str) -> float | None:
    return int(milliseconds) / 1000 if _MILLISECONDS.fullmatch(milliseconds) else None


def _of_lines(text: str) -> Iterator[Caption]:
    """The lines of a CTM (single words, with channels as speakers where there are several) or an STM."""
    lines = _lines(text)
    if len(lines) < _FEWEST or has_speakers_only(text):
        return
    if all(words := [_CTM.fullmatch(line) for line in lines]):
        several = len({match["channel"] for match in words if match}) > 1
        for match in filter(None, words):
            start = float(match["start"])
            channel = f"Speaker {match['channel']}" if several else None
            yield Caption(start, start + float(match["lasting"]), channel, match["text"])
    elif all(said := [_STM.fullmatch(line) for line in lines]):
        for match in filter(None, said):
            if _NO_SPEECH.isdisjoint((match["speaker"], match["text"].strip())):
                yield Caption(float(match["start"]), float(match["end"]), match["speaker"], match["text"].strip())


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.split("\n") if line.strip() and not line.startswith(_COMMENT)]
