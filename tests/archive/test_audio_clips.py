from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from companion.archive import audio_clips
from companion.archive.audio_clips import clip_audio
from companion.archive.audio_parts import AudioError
from companion.archive.fetch import FetchError
from companion.archive.mp3_places import places, tag_length
from tests.publisher import loopback_fetcher

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="there is no ffmpeg")

SECONDS = 240
CHIRP = 171.0
"""The second at which half a second of a rising tone begins."""
_RATE = 16000


@pytest.fixture(scope="module")
def wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Loud noise for a minute, silence for another, quiet noise for the rest, so that variable rates vary; a chirp."""
    path = tmp_path_factory.mktemp("audio") / "all.wav"
    noise = "(random(0)-0.5)*(0.4*lt(t\\,60)+0.02*gt(t\\,120))"
    chirp = f"0.7*sin(2*PI*(600+800*(t-{CHIRP}))*(t-{CHIRP}))*between(t\\,{CHIRP}\\,{CHIRP + 0.5})"
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc={noise}+{chirp}:d={SECONDS}:s=44100", str(path))
    return path


@pytest.fixture(scope="module")
def encoded(wav: Path) -> Callable[..., Path]:
    """The audio in a format, as ffmpeg is told to write it."""

    def made(name: str, *options: str) -> Path:
        path = wav.parent / name
        if not path.exists():
            ffmpeg("-i", str(wav), *options, str(path))
        return path

    return made


def ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True)


class Host:
    """Serves one file, and counts the bytes that it sends."""

    def __init__(self) -> None:
        self.file = Path()
        self.ranges = True
        self.sent = 0
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        data = self.file.read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
        headers = {"Content-Type": "audio/mpeg"}
        status = 200
        if self.ranges and asked:
            first, last = int(asked[1]), min(int(asked[2]), len(data) - 1)
            if first > last:
                return web.Response(status=416)
            headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
            data, status = data[first : last + 1], 206
        response = web.StreamResponse(status=status, headers=headers | {"Content-Length": str(len(data))})
        await response.prepare(request)
        for at in range(0, len(data), 1 << 15):
            await response.write(data[at : at + (1 << 15)])
            self.sent += len(data[at : at + (1 << 15)])
        return response


@pytest_asyncio.fixture
async def host() -> AsyncGenerator[Host]:
    app, served = web.Application(), Host()
    app.router.add_get("/{name}", served.answer)
    async with TestServer(app) as server:
        served.url = str(server.make_url("/episode"))
        yield served


def decoded(mp3: bytes) -> np.ndarray:
    told = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", str(_RATE), "pipe:1"],
        input=mp3,
        check=True,
        capture_output=True,
    )
    return np.frombuffer(told.stdout, np.int16).astype(float)


def heard(mp3: bytes) -> tuple[float, float | None]:
    """How many seconds there are, and at which of them the chirp begins."""
    sound = decoded(mp3)
    loud = np.abs(sound[: len(sound) // 80 * 80]).reshape(-1, 80).max(axis=1) > 0.45 * 32767
    where = np.flatnonzero(loud)
    return len(sound) / _RATE, float(where[0]) * 80 / _RATE if len(where) else None


@needs_ffmpeg
class TestCutting:
    @pytest.mark.parametrize("ranges", [True, pytest.param(False, marks=pytest.mark.slow)])
    @pytest.mark.parametrize(
        ("name", "options", "exact_to"),
        [
            ("cbr.mp3", ("-b:a", "64k"), 0.1),
            pytest.param("vbr.mp3", ("-q:a", "4"), 1.0, marks=pytest.mark.slow),
            ("bare-vbr.mp3", ("-q:a", "4", "-write_xing", "0"), 0.15 * SECONDS),
            ("long.m4a", ("-c:a", "aac", "-b:a", "64k", "-movflags", "+faststart"), 0.1),
            pytest.param("long.ogg", ("-c:a", "libvorbis", "-q:a", "1"), 0.1, marks=pytest.mark.slow),
        ],
    )
    async def test_the_chirp_is_where_it_was(
        self,
        host: Host,
        encoded: Callable[..., Path],
        name: str,
        options: tuple[str, ...],
        exact_to: float,
        *,
        ranges: bool,
    ) -> None:
        host.file, host.ranges = encoded(name, *options), ranges
        before = 6.0 if exact_to < 6 else 50.0

        cut = await clip_audio(host.url, CHIRP - before, CHIRP + 64, loopback_fetcher(), SECONDS)

        seconds, chirp = heard(cut)
        assert chirp is not None
        assert abs(chirp - before) <= exact_to
        # Where only the average rate is known, some of the end may be missing.
        assert seconds == pytest.approx(before + 64, abs=0.2 if exact_to < 6 else 20)
        assert len(cut) < 1_000_000

    async def test_only_the_bytes_around_it_are_read(self, host: Host, encoded: Callable[..., Path]) -> None:
        host.file = encoded("cbr.mp3", "-b:a", "64k")

        await clip_audio(host.url, 100, 120, loopback_fetcher(), SECONDS)

        # A head of 64 KiB, and 26 seconds of 8,000 bytes.
        assert host.sent < 300_000 < host.file.stat().st_size / 5

    async def test_a_host_without_ranges_is_read_no_further_than_needed(
        self, host: Host, encoded: Callable[..., Path]
    ) -> None:
        host.file, host.ranges = encoded("all-cbr.wav", "-ar", "44100"), False
        size = host.file.stat().st_size

        await clip_audio(host.url, 10, 30, loopback_fetcher(), SECONDS)

        # What waits in the sockets of both was sent, but never read.
        assert host.sent < 0.8 * size

    async def test_it_is_faded_in_and_out_in_one_channel(self, host: Host, encoded: Callable[..., Path]) -> None:
        host.file = encoded("cbr.mp3", "-b:a", "64k")

        sound = decoded(await clip_audio(host.url, 10, 30, loopback_fetcher()))

        middle = np.abs(sound[5 * _RATE : 15 * _RATE]).mean()
        assert np.abs(sound[: _RATE // 50]).mean() < middle / 4
        assert np.abs(sound[-_RATE // 20 :]).mean() < middle / 4

    async def test_a_picture_in_front_of_the_audio_is_skipped(
        self, host: Host, encoded: Callable[..., Path], tmp_path: Path
    ) -> None:
        plain = encoded("cbr.mp3", "-b:a", "64k").read_bytes()
        size = 300_000
        tag = b"ID3\x04\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
        host.file = tmp_path / "picture.mp3"
        host.file.write_bytes(tag + b"\xff\xfb\x90\0" * (size // 4) + plain[tag_length(plain) :])

        _, chirp = heard(await clip_audio(host.url, CHIRP - 6, CHIRP + 6, loopback_fetcher(), SECONDS))

        assert chirp == pytest.approx(6, abs=0.1)

    async def test_behind_the_end_there_is_nothing(self, host: Host, encoded: Callable[..., Path]) -> None:
        host.file = encoded("cbr.mp3", "-b:a", "64k")

        with pytest.raises(AudioError, match="behind the end"):
            await clip_audio(host.url, 900, 930, loopback_fetcher(), SECONDS)

    async def test_a_page_in_place_of_audio_is_refused(self, host: Host, tmp_path: Path) -> None:
        host.file = tmp_path / "page.html"
        host.file.write_text("#EXTM3U\nfile:///etc/passwd\n" * 99)

        with pytest.raises(AudioError, match="it is no MP3"):
            await clip_audio(host.url, 1, 30, loopback_fetcher())

    async def test_without_ffmpeg_it_is_said(
        self, host: Host, encoded: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        host.file = encoded("cbr.mp3", "-b:a", "64k")
        monkeypatch.setenv("PATH", "")

        with pytest.raises(AudioError, match="where ffmpeg is installed"):
            await clip_audio(host.url, 1, 30, loopback_fetcher())

    async def test_what_takes_too_long_is_given_up(
        self, host: Host, encoded: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        host.file = encoded("cbr.mp3", "-b:a", "64k")
        monkeypatch.setattr(audio_clips, "_PATIENCE", 0.0)

        with pytest.raises(AudioError, match="took too long"):
            await clip_audio(host.url, 1, 30, loopback_fetcher())


class TestFetchingSpans:
    @pytest.mark.parametrize("ranges", [True, False])
    @pytest.mark.parametrize(("first", "last"), [(0, 0), (10, 99), (70_000, 200_000), (90_000, 99_999_999)])
    async def test_the_bytes_asked_for_come_and_no_others(
        self, host: Host, tmp_path: Path, first: int, last: int, *, ranges: bool
    ) -> None:
        data = np.random.default_rng(1).bytes(300_000)
        host.file, host.ranges = tmp_path / "bytes", ranges
        host.file.write_bytes(data)

        span = await loopback_fetcher().span(host.url, first, last)

        assert span.body == data[first : last + 1]
        assert (span.first, span.total) == (first, len(data))

    async def test_a_refusal_is_told(self, host: Host, tmp_path: Path) -> None:
        host.file = tmp_path / "bytes"
        host.file.write_bytes(b"12345")

        with pytest.raises(FetchError, match="status 416"):
            await loopback_fetcher().span(host.url, 10, 20)


class TestPlaces:
    @given(st.binary(max_size=3000), st.integers(0, 1 << 40) | st.none(), st.floats(0, 1e5) | st.none())
    def test_any_bytes_are_read_or_refused(self, audio: bytes, total: int | None, duration: float | None) -> None:
        found = places(audio, 0, total, duration)

        if found is not None:
            assert found.byte_at(1.0) <= found.byte_at(100.0)

    @given(st.binary(max_size=30))
    def test_the_length_of_any_tag_is_told(self, head: bytes) -> None:
        assert tag_length(head) >= 0
