"""Transcripts made from an episode's audio, by an endpoint that speaks OpenAI's transcription API.

The audio is fetched by the guarded fetcher, cut into parts, and each part's answer is kept in a folder until the
transcript is whole: an interrupted transcription goes on where it stopped, and nothing half done reaches the archive.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from companion.archive.audio_parts import PART_SECONDS, cut_in_parts
from companion.archive.fetch import MEBIBYTE, Fetches
from companion.archive.transcripts.reader import TranscriptError, read_transcript
from companion.storage.episodes import EpisodeFacts
from companion.storage.errors import CompanionError
from companion.storage.readings import SourceTranscript

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_LARGEST_AUDIO = 512 * MEBIBYTE
_LONGEST_WAIT = 900.0
_LONGEST = 1e6
"""Seconds of audio: what an endpoint tells beyond that is no time."""


class TranscriptionError(CompanionError):
    """A transcription that came to nothing."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where audio is transcribed, and by which model. ``key`` is a secret."""

    model: str
    key: str = field(repr=False)
    base_url: str | None = None
    seconds: float = _LONGEST_WAIT
    """How long an answer may take."""

    @property
    def host(self) -> str:
        return urlsplit(self.base_url or "https://api.openai.com").hostname or "the endpoint"


@dataclass(frozen=True, slots=True)
class PartDone:
    """So many parts of an episode's audio are transcribed."""

    done: int
    total: int


async def transcribed(
    facts: EpisodeFacts,
    fetcher: Fetches,
    endpoint: Endpoint,
    work: Path,
    listener: Callable[[PartDone], None],
    part_seconds: float = PART_SECONDS,
) -> SourceTranscript:
    """The transcript of an episode's audio. What is finished of it is kept under ``work`` until it is whole.

    Raises `CompanionError` where there is no audio, where it cannot be fetched or read, and for everything that the
    endpoint may answer besides words.
    """
    if not facts.audio_url:
        raise TranscriptionError(f"“{facts.title}” has no audio: its source names no enclosure.")
    name = hashlib.sha256(f"{facts.audio_url} {endpoint.model} {part_seconds}".encode()).hexdigest()[:24]
    folder = work / name
    parts = await _parts(facts.audio_url, fetcher, folder, part_seconds)
    client = _client(endpoint)
    answers: list[tuple[float, Mapping[str, Any]]] = []
    try:
        for number, (audio, start) in enumerate(parts, 1):
            answer = audio.with_suffix(".json")
            if not await asyncio.to_thread(answer.exists):
                said = await _asked(client, endpoint, audio)
                await asyncio.to_thread(_write, answer, json.dumps(said))
            answers.append((start, json.loads(await asyncio.to_thread(answer.read_text, "utf-8"))))
            listener(PartDone(number, len(parts)))
    finally:
        await client.close()
    document = json.dumps({"segments": joined_segments(answers)})
    try:
        read = read_transcript(document, name=f"What {endpoint.host} heard in “{facts.title}”")
    except TranscriptError:
        await asyncio.to_thread(_remove, folder)
        raise TranscriptionError(f"{endpoint.host} heard no words in “{facts.title}”.") from None
    await asyncio.to_thread(_remove, folder)
    language = next((language for _, said in answers if isinstance(language := said.get("language"), str)), None)
    return SourceTranscript(f"transcribed by {endpoint.model}", language, read.convention, read.turns, chosen=False)


def joined_segments(answers: Sequence[tuple[float, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """The segments of all parts, given with their starts, with times from the beginning of the audio.

    A diarising model names the speakers of each part anew, so that names of different parts say nothing of each other.
    A part without segments is one segment without an end.
    """
    joined: list[dict[str, Any]] = []
    for number, (start, said) in enumerate(answers, 1):
        found: object = said.get("segments")
        listed = cast("list[Any]", found) if isinstance(found, list) else []
        told = [cast("dict[str, Any]", one) for one in listed if isinstance(one, dict)]
        segments = told or [dict(said)]
        for segment in segments:
            text = segment.get("text")
            if not isinstance(text, str) or not text.strip():
                continue
            one: dict[str, Any] = {"start": start + _seconds(segment.get("start")), "text": text}
            if "end" in segment:
                one["end"] = start + _seconds(segment.get("end"))
            speaker = segment.get("speaker")
            if isinstance(speaker, str) and speaker:
                one["speaker"] = f"Speaker {speaker}" if len(answers) == 1 else f"Speaker {speaker} of part {number}"
            joined.append(one)
    return joined


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 <= value <= _LONGEST else 0.0


async def _parts(url: str, fetcher: Fetches, folder: Path, part_seconds: float) -> list[tuple[Path, float]]:
    """The parts of the audio with their starts: those that were cut before, or else fetched and cut now."""
    plan = folder / "parts.json"
    if await asyncio.to_thread(plan.exists):
        known = json.loads(await asyncio.to_thread(plan.read_text, "utf-8"))
        return [(folder / name, start) for name, start in known]
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    answer = await fetcher.get(url, max_bytes=_LARGEST_AUDIO)
    if answer.truncated:
        raise TranscriptionError("The download of the audio broke off; try again.")
    await asyncio.to_thread(folder.mkdir, parents=True)
    audio = folder / "audio"
    await asyncio.to_thread(audio.write_bytes, answer.body)
    del answer
    parts = await cut_in_parts(audio, folder, part_seconds)
    await asyncio.to_thread(audio.unlink)
    await asyncio.to_thread(_write, plan, json.dumps([(part.name, start) for part, start in parts]))
    return parts


def _remove(folder: Path) -> None:
    """Removes the folder, and the one that it is in if nothing else is in that."""
    shutil.rmtree(folder)
    with contextlib.suppress(OSError):
        folder.parent.rmdir()


def _write(path: Path, text: str) -> None:
    """All of it or nothing."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def _client(endpoint: Endpoint) -> AsyncOpenAI:
    from openai import AsyncOpenAI

    return AsyncOpenAI(api_key=endpoint.key, base_url=endpoint.base_url, timeout=endpoint.seconds, max_retries=2)


async def _asked(client: AsyncOpenAI, endpoint: Endpoint, audio: Path) -> dict[str, Any]:
    """What the endpoint heard in a part. What its errors say is not passed on: it may repeat the key."""
    import openai

    data = await asyncio.to_thread(audio.read_bytes)
    host = endpoint.host
    try:
        # As it came: the client's types know fewer fields than endpoints answer.
        ask = cast("Any", client.audio.transcriptions.with_raw_response.create)
        answer = await ask(file=(audio.name, data, "audio/mpeg"), model=endpoint.model, **_format(endpoint.model))
        found: object = json.loads(answer.http_response.content)
    except openai.APITimeoutError:
        raise TranscriptionError(f"{host} took longer than {endpoint.seconds:.0f} seconds; try again later.") from None
    except openai.APIConnectionError:
        raise TranscriptionError(f"{host} cannot be reached: check OPENAI_BASE_URL, and the network.") from None
    except openai.APIStatusError as error:
        raise TranscriptionError(_refusal(host, endpoint.model, error.status_code)) from None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise TranscriptionError(f"{host} answered with something that is no transcript: check OPENAI_BASE_URL.")
    return cast("dict[str, Any]", found)


def _format(model: str) -> dict[str, Any]:
    """The richest answer that a model can give: who and when, or when, or words only."""
    if "diarize" in model:
        return {"response_format": "diarized_json", "chunking_strategy": "auto"}
    return {"response_format": "json" if model.startswith("gpt-") else "verbose_json"}


def _refusal(host: str, model: str, status: int) -> str:
    match status:
        case 401 | 403:
            return f"{host} refuses the key (status {status}): check OPENAI_API_KEY."
        case 404:
            return (
                f"{host} knows no model “{model}”, or no transcription (status 404): check TRANSCRIPTION_MODEL and"
                " OPENAI_BASE_URL."
            )
        case 413:
            return f"{host} finds a part of the audio too large (status 413)."
        case 429:
            return f"{host} takes no more for now, or the account's quota is used up (status 429); try again later."
        case _ if status >= 500:
            return f"{host} failed (status {status}); try again later."
        case _:
            return f"{host} does not take this audio for “{model}” (status {status}): check TRANSCRIPTION_MODEL."
