"""Annotations of speech: tiers are read by time, and what has no words is refused."""

from __future__ import annotations

import pytest

from companion.archive.transcripts.reader import TranscriptError, read_transcript

_SAID = (
    ("Ann", 1.0, "So where did it begin?"),
    ("Bob", 3.5, 'At the mill, which they called "the box".'),
    ("Ann", 8.0, "And the train?"),
    ("Bob", 10.0, "It did not come."),
)
_WHO = ("Ann", "Bob")


def _long_tier(nth: int, who: str) -> str:
    head = f'    item [{nth}]:\n        class = "IntervalTier"\n        name = "{who}"\n        xmin = 0\n'
    intervals = [
        f"        intervals [{n}]:\n            xmin = {start}\n            xmax = {start + 2}\n"
        f'            text = "{_quoted(text) if speaker == who else ""}"\n'
        for n, (speaker, start, text) in enumerate(_SAID, 1)
    ]
    return f"{head}        xmax = 12\n        intervals: size = {len(intervals)}\n{''.join(intervals)}"


def _short_tier(who: str) -> str:
    own = [(start, text) for speaker, start, text in _SAID if speaker == who]
    rows = "".join(f'{start}\n{start + 2}\n"{_quoted(text)}"\n' for start, text in own)
    return f'"IntervalTier"\n"{who}"\n0\n12\n{len(own)}\n{rows}'


def _quoted(text: str) -> str:
    return text.replace('"', '""')


_LONG = (
    'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\nxmax = 12\ntiers? <exists>\nsize = 2\nitem []:\n'
)
_SHORT = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n12\n<exists>\n2\n'
_SLOTS = "".join(
    f'<TIME_SLOT TIME_SLOT_ID="a{nth}" TIME_VALUE="{int(start * 1000)}"/>'
    f'<TIME_SLOT TIME_SLOT_ID="b{nth}" TIME_VALUE="{int(start * 1000) + 2000}"/>'
    for nth, (_, start, _) in enumerate(_SAID)
)
_SLOTS_BEYOND = _SLOTS.replace('"1000"', '"1{more}"')


def _elan_tier(who: str) -> str:
    inner = "".join(
        f'<ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="a{nth}" TIME_SLOT_REF2="b{nth}">'
        f"<ANNOTATION_VALUE>{text}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
        for nth, (speaker, _, text) in enumerate(_SAID)
        if speaker == who
    )
    return f'<TIER TIER_ID="{who}">{inner}</TIER>'


@pytest.mark.parametrize(
    "text",
    [
        _LONG + "".join(_long_tier(nth, who) for nth, who in enumerate(_WHO, 1)),
        _SHORT + "".join(map(_short_tier, _WHO)) + '"IntervalTier"\n"Ann - phones"\n0\n12\n1\n1\n2\n"s"\n',
        f'<?xml version="1.0"?>\n<ANNOTATION_DOCUMENT><TIME_ORDER>{_SLOTS}</TIME_ORDER>'
        f"{''.join(map(_elan_tier, _WHO))}</ANNOTATION_DOCUMENT>",
        "".join(f"show 1 {who} {start} {start + 2} <o,f0,female> {text}\n" for who, start, text in _SAID),
    ],
    ids=["TextGrid", "short TextGrid", "ELAN", "STM"],
)
def test_tiers_are_read_in_the_order_of_time(text: str) -> None:
    assert [(turn.speaker, turn.start, turn.text) for turn in read_transcript(text).turns] == list(_SAID)


def test_tiers_in_a_table_are_read_in_the_order_of_time() -> None:
    rows = sorted(_SAID, key=lambda said: said[0])
    text = "\n".join(f"{who}\t\t{start:.3f}\t{start + 2:.3f}\t2.000\t{said}" for who, start, said in rows)
    assert [(turn.speaker, turn.start, turn.text) for turn in read_transcript(text).turns] == list(_SAID)


def test_words_of_a_ctm_have_their_times() -> None:
    words = [(start + nth / 4, word) for _, start, said in _SAID for nth, word in enumerate(said.split())]
    text = ";; words\n" + "".join(f"show 1 {start:.2f} 0.20 {word} 0.98\n" for start, word in words)
    (turn,) = read_transcript(text).turns
    assert (turn.speaker, turn.start, turn.text) == (None, 1.0, " ".join(word for _, word in words))


def test_who_spoke_when_is_no_transcript() -> None:
    text = "".join(f"SPEAKER show 1 {start} 2.0 <NA> <NA> {who} <NA> <NA>\n" for who, start, _ in _SAID)
    with pytest.raises(TranscriptError, match="says who spoke when, but not what"):
        read_transcript(text)


def test_a_tier_that_promises_more_than_there_is_ends_with_the_text() -> None:
    text = _LONG + _long_tier(1, "Ann").replace("size = 4", "size = 999999999")
    (turn,) = read_transcript(text).turns
    assert turn.text == " ".join(said for who, _, said in _SAID if who == "Ann")


@pytest.mark.parametrize("digits", [13, 400, 5000])
@pytest.mark.parametrize(
    "text",
    [
        _LONG + _long_tier(1, "Ann").replace("size = 4", "size = 4{more}"),
        _LONG + _long_tier(1, "Ann").replace("xmin = 1.0", "xmin = 1{more}"),
        f'<?xml version="1.0"?>\n<ANNOTATION_DOCUMENT><TIME_ORDER>{_SLOTS_BEYOND}'
        f"</TIME_ORDER>{_elan_tier('Ann')}</ANNOTATION_DOCUMENT>",
    ],
    ids=["count", "time", "ELAN"],
)
def test_numbers_beyond_all_measure_are_read_or_refused(text: str, digits: int) -> None:
    try:
        transcript = read_transcript(text.replace("{more}", "9" * digits))
    except TranscriptError:
        return
    assert all(turn.start is None or turn.start < 1e9 for turn in transcript.turns)


@pytest.mark.parametrize("cut", range(0, 900, 60))
def test_a_broken_annotation_is_read_or_refused(cut: int) -> None:
    text = _LONG + _long_tier(1, "Ann")
    try:
        transcript = read_transcript(text[:cut])
    except TranscriptError:
        return
    assert transcript.turns
