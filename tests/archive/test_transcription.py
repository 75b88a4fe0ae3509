"""The real client and the real ffmpeg against a loopback server that speaks the endpoint."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from companion.archive.fetch import Fetcher
from companion.archive.transcription import (
    Endpoint,
    PartDone,
    TranscriptionError,
    joined_segments,
    transcribed,
)
from companion.storage.episodes import EpisodeFacts
from companion.storage.readings import SourceTranscript
from tests.archive.test_audio_parts import tones

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="there is no ffmpeg")
KEY = "sk-very-secret"


@dataclass
class Service:
    """Audio at /talk.mp3, and the endpoint; it keeps what it was asked and answers by ``answer``."""

    audio: Path
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    downloads: int = 0
    answer: Callable[[int], web.Response] | None = None
    url: str = ""

    async def talk(self, _request: web.Request) -> web.FileResponse:
        self.downloads += 1
        return web.FileResponse(self.audio)

    async def transcriptions(self, request: web.Request) -> web.Response:
        form = await request.post()
        upload = form["file"]
        assert isinstance(upload, web.FileField)
        size = len(upload.file.read())
        self.asked.append({**{key: value for key, value in form.items() if key != "file"}, "size": size})
        if self.answer is not None:
            return self.answer(len(self.asked))
        number = len(self.asked)
        segments = [
            {"id": 0, "start": 0.0, "end": 2.5, "text": f" Part {number} begins. {'And it goes on. ' * 15}"},
            {"id": 1, "start": 2.5, "end": 5.0, "text": " It goes on for a while."},
        ]
        return web.json_response({"task": "transcribe", "language": "english", "text": "…", "segments": segments})

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint("whisper-1", KEY, f"{self.url}/v1", 5.0)

    @property
    def facts(self) -> EpisodeFacts:
        return EpisodeFacts("g", "A Talk", None, None, f"{self.url}/talk.mp3", 30.0, ())


@pytest.fixture(scope="module")
def audio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tones(tmp_path_factory.mktemp("audio") / "talk.mp3")


@pytest.fixture
async def service(audio: Path) -> AsyncGenerator[Service, None]:
    found = Service(audio)
    application = web.Application(client_max_size=1 << 26)
    application.router.add_get("/talk.mp3", found.talk)
    application.router.add_post("/v1/audio/transcriptions", found.transcriptions)
    async with TestServer(application) as server:
        found.url = str(server.make_url("")).rstrip("/")
        yield found


def unheard(_event: PartDone) -> None:
    """Listens to nothing."""


async def made(
    service: Service, work: Path, listener: Callable[[PartDone], None] = unheard, **changes: Any
) -> SourceTranscript:
    endpoint = replace(service.endpoint, **changes)
    return await transcribed(service.facts, Fetcher(allows=lambda _: True), endpoint, work, listener, 12.0)


class TestTranscription:
    async def test_parts_become_one_transcript_with_times_of_the_whole(self, service: Service, tmp_path: Path) -> None:
        events: list[PartDone] = []

        found = await made(service, tmp_path / "work", events.append)

        assert found.origin == "transcribed by whisper-1"
        assert found.language == "english"
        text = " ".join(turn.text for turn in found.turns)
        assert [f"Part {number} begins" in text for number in (1, 2, 3)] == [True, True, True]
        starts = [turn.start for turn in found.turns]
        assert starts[0] == 0.0
        assert any(start is not None and 19 < start < 21 for start in starts)
        assert events == [PartDone(1, 3), PartDone(2, 3), PartDone(3, 3)]
        assert [asked["response_format"] for asked in service.asked] == ["verbose_json"] * 3
        assert not (tmp_path / "work").exists()

    async def test_an_interrupted_one_goes_on_with_the_parts_that_are_missing(
        self, service: Service, tmp_path: Path
    ) -> None:
        def failing(number: int) -> web.Response:
            if number == 2:
                return web.Response(status=400)
            return web.json_response({"segments": [{"start": 0.0, "end": 1.0, "text": f"Answer {number} is here."}]})

        service.answer = failing
        with pytest.raises(TranscriptionError, match="status 400"):
            await made(service, tmp_path / "work")
        found = await made(service, tmp_path / "work")

        assert (service.downloads, len(service.asked)) == (1, 4)
        assert [f"Answer {number}" in " ".join(t.text for t in found.turns) for number in (1, 3, 4)] == [True] * 3

    async def test_a_diarising_model_tells_speakers_of_each_part(self, service: Service, tmp_path: Path) -> None:
        def diarised(number: int) -> web.Response:
            said = {
                "type": "transcript.text.segment",
                "start": 0.0,
                "end": 1.0,
                "text": f"So {number}.",
                "speaker": "A",
            }
            return web.json_response({"segments": [said]})

        service.answer = diarised
        found = await made(service, tmp_path, model="gpt-4o-transcribe-diarize")

        assert [turn.speaker for turn in found.turns] == [f"Speaker A of part {number}" for number in (1, 2, 3)]
        assert service.asked[0]["response_format"] == "diarized_json"

    @pytest.mark.parametrize(
        ("status", "sentence"),
        [
            (401, "refuses the key (status 401): check OPENAI_API_KEY"),
            (404, "knows no model “whisper-1”"),
            (413, "too large"),
            (429, "takes no more for now"),
            (500, "failed (status 500); try again later"),
        ],
    )
    async def test_a_refusal_is_one_sentence_without_the_key(
        self, service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int, sentence: str
    ) -> None:
        service.answer = lambda _number: web.json_response(
            {"error": {"message": f"Incorrect API key provided: {KEY}"}}, status=status, headers={"Retry-After": "0"}
        )
        with caplog.at_level(logging.DEBUG), pytest.raises(TranscriptionError) as refused:
            await made(service, tmp_path)

        assert sentence in str(refused.value)
        assert KEY not in str(refused.value)
        assert KEY not in caplog.text
        assert KEY not in repr(service.endpoint)

    async def test_an_answer_without_words_is_no_transcript(self, service: Service, tmp_path: Path) -> None:
        service.answer = lambda _number: web.json_response({"text": "", "segments": []})

        with pytest.raises(TranscriptionError, match="heard no words in “A Talk”"):
            await made(service, tmp_path / "work")
        assert not (tmp_path / "work").exists()

    async def test_an_answer_that_is_a_page_is_no_transcript(self, service: Service, tmp_path: Path) -> None:
        service.answer = lambda _number: web.Response(text="<html>Hello</html>", content_type="text/html")

        with pytest.raises(TranscriptionError, match="is no transcript: check OPENAI_BASE_URL"):
            await made(service, tmp_path)

    async def test_an_endpoint_that_is_not_there_cannot_be_reached(self, service: Service, tmp_path: Path) -> None:
        with pytest.raises(TranscriptionError, match="cannot be reached"):
            await made(service, tmp_path, base_url="http://127.0.0.1:9/v1")

    async def test_an_episode_without_audio_says_so(self, service: Service, tmp_path: Path) -> None:
        with pytest.raises(TranscriptionError, match="“A Talk” has no audio"):
            await transcribed(
                replace(service.facts, audio_url=None), Fetcher(), service.endpoint, tmp_path, lambda _: None
            )

    async def test_one_that_is_cancelled_leaves_the_finished_parts(self, service: Service, tmp_path: Path) -> None:
        first = asyncio.Event()
        task = asyncio.create_task(made(service, tmp_path / "work", lambda _event: first.set()))
        await first.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        await made(service, tmp_path / "work")
        assert service.downloads == 1
        assert len(service.asked) <= 4


class TestJoinedSegments:
    def test_times_count_from_the_beginning_of_the_audio(self) -> None:
        parts = [
            (0.0, {"segments": [{"start": 1, "end": 2, "text": "a"}]}),
            (60.0, {"text": "b"}),
            (90.0, {"text": " "}),
        ]

        assert joined_segments(parts) == [
            {"start": 1.0, "end": 2.0, "text": "a"},
            {"start": 60.0, "text": "b"},
        ]

    def test_speakers_of_one_part_keep_their_names(self) -> None:
        assert joined_segments([(0.0, {"segments": [{"text": "a", "speaker": "Ana"}]})])[0]["speaker"] == "Speaker Ana"
