from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.decoding import NotTextError, decoded

WORDS = "Zoë said “naïve” – twice.\nThen left."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_usual_encodings_are_recognised(encoding: str) -> None:
    assert decoded(WORDS.encode(encoding)) == WORDS


def test_a_declared_encoding_is_used_where_the_bytes_are_not_utf_8() -> None:
    assert decoded("Привет".encode("koi8-r"), "koi8-r") == "Привет"


def test_mixed_encodings_are_read_line_by_line() -> None:
    assert decoded("naïve\n".encode() + "naïve".encode("cp1252")) == "naïve\nnaïve"


def test_nul_bytes_are_dropped() -> None:
    assert decoded(b"one\x00 two, and this line is long enough to be a text") == (
        "one two, and this line is long enough to be a text"
    )


def test_binary_data_is_named_as_such() -> None:
    with pytest.raises(NotTextError, match=r"song\.mp3 is not a text"):
        decoded(bytes(range(256)) * 20, name="song.mp3")


@given(st.binary())
def test_any_bytes_are_text_or_refused_with_a_sentence(data: bytes) -> None:
    text = ""
    with contextlib.suppress(NotTextError):
        text = decoded(data)
    assert "\x00" not in text
