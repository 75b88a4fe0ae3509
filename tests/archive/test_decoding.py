from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.decoding import NotTextError, decoded

WORDS = "Zoë said “naïve” – twice.\nThen left."
CUE = "1\n00:00:01,000 --> 00:00:02,000\n{}\n\n"
JAPANESE = CUE.format("今日は天気がいいですね。カメラを持って行きます。") * 8
RUSSIAN = CUE.format("Привет, как дела сегодня? Всё хорошо, спасибо.") * 8


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_usual_encodings_are_recognised(encoding: str) -> None:
    assert decoded(WORDS.encode(encoding)) == WORDS


@pytest.mark.parametrize("encoding", ["shift_jis", "euc_jp", "utf-16", "utf-16-le", "utf-16-be"])
def test_japanese_is_recognised_without_being_declared(encoding: str) -> None:
    assert decoded(JAPANESE.encode(encoding)) == JAPANESE


def test_letters_of_central_europe_are_told_by_the_signs_that_they_would_be() -> None:
    text = "Żaneta mówiła, że zegar spóźnia się o cztery minuty.\nPotem poszła na łąkę i wróciła o świcie."
    assert decoded(text.encode("cp1250")) == text
    assert decoded(text.encode("iso8859-2")) == text


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-16-le"])
def test_cyrillic_is_recognised_without_being_declared(encoding: str) -> None:
    assert decoded(RUSSIAN.encode(encoding)) == RUSSIAN


def test_a_declared_encoding_is_used_where_the_bytes_are_not_utf_8() -> None:
    assert decoded("Привет".encode("koi8-r"), "koi8-r") == "Привет"


def test_latin_1_is_read_as_what_is_meant_by_it() -> None:
    assert decoded("“naïve”".encode("cp1252"), "iso-8859-1") == "“naïve”"


@pytest.mark.parametrize("charset", ["hex", "rot13", "punycode", "undefined", "idna", "klingon", "x\x00y", "utf-8", ""])
def test_a_declared_encoding_that_is_none_does_no_harm(charset: str) -> None:
    assert decoded("Zoë".encode("cp1252"), charset) == "Zoë"


def test_mixed_encodings_are_read_line_by_line() -> None:
    assert decoded("naïve\n".encode() + "naïve".encode("cp1252")) == "naïve\nnaïve"


def test_mixed_encodings_are_read_within_a_line() -> None:
    assert decoded("Zoë said ".encode() * 3 + "naïve “so”".encode("cp1252") + " – ë\n".encode() * 3) == (
        "Zoë said Zoë said Zoë said naïve “so” – ë\n – ë\n – ë\n"
    )


def test_nul_bytes_are_dropped() -> None:
    assert decoded(b"one\x00 two, and this line is long enough to be a text") == (
        "one two, and this line is long enough to be a text"
    )


def test_binary_data_is_named_as_such() -> None:
    with pytest.raises(NotTextError, match=r"song\.mp3 is not a text"):
        decoded(bytes(range(256)) * 20, name="song.mp3")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.7\n%text all the way", "talk is a PDF, not a text: save its text in a file of its own."),
        (b"PK\x03\x04word/document.xml", "talk is a zip archive or an office document, not a text: "),
        (b"{\\rtf1\\ansi Hello}", "talk is a rich text document: save it as plain text."),
        (b"\x89PNG\r\n\x1a\n", "talk is a picture, not a text."),
        (b"\xff\xd8\xff\xe0 JFIF", "talk is a picture, not a text."),
        (b"ID3\x04 music", "talk is audio or video, not a text: transcribe it first."),
        (b"RIFF\x00\x01\x02\x03WAVEfmt ", "talk is audio or video, not a text: transcribe it first."),
        (b"\x00\x00\x00\x20ftypM4A ", "talk is audio or video, not a text: transcribe it first."),
        (b"\x1f\x8b\x08\x00", "talk is a compressed file, not a text: unpack it first."),
    ],
)
def test_other_files_are_called_what_they_are(data: bytes, sentence: str) -> None:
    with pytest.raises(NotTextError) as refused:
        decoded(data, name="talk")
    assert str(refused.value).startswith(sentence)


@given(st.binary(), st.sampled_from([None, "utf-8", "latin-1", "shift_jis", "utf-16", "punycode"]))
def test_any_bytes_are_text_or_refused_with_a_sentence(data: bytes, charset: str | None) -> None:
    text = ""
    with contextlib.suppress(NotTextError):
        text = decoded(data, charset)
    assert "\x00" not in text
    text.encode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_text_in_utf_8_comes_back(text: str) -> None:
    wanted = text.replace("\ufeff", "").replace("\ufffe", "").replace("\uffff", "")
    data = f"Said: {text}".encode()
    assert decoded(data) == f"Said: {wanted}"
