"""SAMI captions."""

from __future__ import annotations

from companion.archive.transcripts.reader import read_transcript
from companion.archive.transcripts.sami import captions_of_sami

_HEAD = (
    '<SAMI>\n<HEAD>\n<TITLE>A ferry</TITLE>\n<STYLE TYPE="text/css">\n<!--\nP { font-family: Arial; }\n'
    ".ENCC { Name: English; lang: en-US; }\n-->\n</STYLE>\n</HEAD>\n<BODY>\n"
)
_SAID = ((3200, "So the rope is wet,"), (5100, "and it&#39;s heavy."), (9400, "Who pulls it?"))


def test_each_is_shown_until_the_next() -> None:
    body = "".join(
        f"<SYNC Start={at}><P Class=ENCC>{words}\n<SYNC Start={at + 1500}><P Class=ENCC>&nbsp;\n" for at, words in _SAID
    )
    transcript = read_transcript(f"{_HEAD}{body}</BODY>\n</SAMI>")
    assert transcript.convention == "SAMI captions"
    assert [(turn.start, turn.text) for turn in transcript.turns] == [
        (3.2, "So the rope is wet, and it's heavy. Who pulls it?")
    ]
    assert [caption.end for caption in captions_of_sami(f"{_HEAD}{body}</BODY></SAMI>")] == [4.7, 6.6, 10.9]


def test_the_first_language_is_read() -> None:
    body = "".join(f"<SYNC Start={at}><P Class=ENCC>{words}<P Class=FRCC>Et alors ?" for at, words in _SAID)
    assert "alors" not in read_transcript(f"{_HEAD}{body}</BODY></SAMI>").turns[0].text


def test_who_speaks_is_read_where_it_is_said() -> None:
    body = "".join(
        f"<SYNC Start={at}><P Class=ENCC ID=Source>{('Ana', 'Owen')[nth % 2]}<P Class=ENCC>{words}"
        for nth, (at, words) in enumerate(_SAID)
    )
    assert [turn.speaker for turn in read_transcript(f"{_HEAD}{body}</BODY></SAMI>").turns] == ["Ana", "Owen", "Ana"]
