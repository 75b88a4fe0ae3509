from __future__ import annotations

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.audio_parts import AudioError, container_of, cut_in_parts, cut_points

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="there is no ffmpeg")


def tones(path: Path, seconds: int = 30) -> Path:
    """Audio that pauses for the last of every ten seconds."""
    source = f"aevalsrc=if(lt(mod(t\\,10)\\,9)\\,sin(2*PI*440*t)*0.3\\,0):d={seconds}"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, str(path)], check=True)
    return path


class TestWhereToCut:
    def test_in_the_last_pause_before_a_part_is_full(self) -> None:
        assert cut_points([(500.0, 502.0), (1190.0, 1192.0), (1300.0, 1301.0)], 1500.0) == [1191.0]

    def test_where_a_part_is_full_if_nobody_pauses(self) -> None:
        assert cut_points([], 3000.0) == [1200.0, 2400.0]

    def test_nowhere_in_short_audio(self) -> None:
        assert cut_points([(10.0, 12.0)], 1200.0) == []

    @given(st.lists(st.tuples(st.floats(0, 9000), st.floats(0, 5))), st.floats(1, 9000))
    def test_no_part_is_longer_than_it_may_be_and_none_is_empty(
        self, pauses: list[tuple[float, float]], duration: float
    ) -> None:
        cuts = [0.0, *cut_points([(start, start + length) for start, length in pauses], duration), duration]

        lengths = [after - before for before, after in pairwise(cuts)]
        assert all(0 < length <= 1200.01 for length in lengths)


class TestWhatAFileIs:
    @pytest.mark.parametrize(
        ("head", "name"),
        [
            (b"ID3\x04", "mp3"),
            (b"\xff\xfb\x90", "mp3"),
            (b"\xff\xf1\x50", "aac"),
            (b"\0\0\0\x20ftypM4A ", "mov"),
            (b"OggS", "ogg"),
            (b"fLaC", "flac"),
            (b"RIFF\0\0\0\0WAVE", "wav"),
            (b"\x1a\x45\xdf\xa3", "matroska"),
        ],
    )
    def test_shows_in_its_first_bytes(self, head: bytes, name: str) -> None:
        assert container_of(head) == name

    @given(st.sampled_from([b"#EXTM3U\n", b"ffconcat version 1.0\n", b"<html>", b""]))
    def test_a_playlist_or_a_page_is_no_audio(self, head: bytes) -> None:
        with pytest.raises(AudioError, match="no MP3, M4A, Ogg, FLAC, WAV or WebM"):
            container_of(head)


@needs_ffmpeg
class TestCutting:
    @pytest.mark.parametrize("suffix", ["mp3", "m4a", "ogg", "wav", "flac"])
    async def test_parts_are_cut_at_pauses_and_hold_everything(self, tmp_path: Path, suffix: str) -> None:
        audio = tones(tmp_path / f"talk.{suffix}")

        parts = await cut_in_parts(audio, tmp_path, 12.0)

        assert [round(start, 1) for _, start in parts] == [0.0, 9.5, 19.5]
        assert all(part.stat().st_size > 10_000 for part, _ in parts)

    async def test_damaged_audio_is_refused(self, tmp_path: Path) -> None:
        audio = tmp_path / "talk"
        audio.write_bytes(b"fLaC" + bytes(5000))

        with pytest.raises(AudioError, match=r"cannot read the episode's audio|audio is empty"):
            await cut_in_parts(audio, tmp_path)

    async def test_without_ffmpeg_it_says_what_to_install(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        audio = tones(tmp_path / "talk.mp3", 3)
        monkeypatch.setenv("PATH", "")

        with pytest.raises(AudioError, match="needs ffmpeg, which is not installed"):
            await cut_in_parts(audio, tmp_path)
