from __future__ import annotations

import json
from pathlib import Path

import pytest

from companion.bot.commands.transcribe import endpoint_of
from companion.bot.config import ConfigurationError, Settings
from tests.bot.commands import companion
from tests.feeds import item, talk, write_feed


@pytest.fixture(autouse=True)
def elsewhere(on_engine: Path, toy_model: None) -> Path:
    """A folder with an archive of two episodes, one of them without a transcript, and no endpoint."""
    write_feed(on_engine / "feed.xml", [item(1, talk(1)), item(2, "Only notes.")])
    (on_engine / "page.txt").write_text(talk(1).replace("Noor", "Anna"), encoding="utf-8")
    assert companion("ingest", "feed.xml").exit_code == 0
    return on_engine


class TestAlternatives:
    def test_a_second_transcript_is_announced_listed_and_printed(self) -> None:
        said = companion("ingest", "page.txt", "--server", "123456789012345678").stdout
        listed = json.loads(companion("transcript", "number 1", "--alternatives", "--json").stdout)
        second = companion("transcript", "number 1", "--alternative", "2").stdout

        assert "“Page” is another transcript of “Lighthouse number 1” (" in said
        assert "Who sees Lamps and Logbooks stays as it was: `companion subscribe` changes that." in said
        assert [(one["number"], one["origin"], one["chosen"], one["added"]) for one in listed] == [
            (1, "the episode's source", True, False),
            (2, "page", False, True),
        ]
        assert (listed[0]["turns"], listed[0]["speakers"], listed[0]["timed"]) == (12, 2, 12)
        assert "0:00 Anna" in second
        assert "chosen" in companion("transcript", "number 1", "--alternatives").stdout

    def test_the_only_transcript_is_listed_too(self) -> None:
        (one,) = json.loads(companion("transcript", "number 1", "--alternatives", "--json").stdout)
        assert (one["number"], one["chosen"]) == (1, True)
        assert json.loads(companion("transcript", "number 2", "--alternatives", "--json").stdout) == []

    def test_a_number_that_is_not_there_is_refused(self) -> None:
        refused = companion("transcript", "number 1", "--alternative", "3")
        assert refused.exit_code == 1
        assert "has 1 transcript: there is no number 3" in refused.stderr

    def test_separate_makes_an_episode_of_it(self) -> None:
        assert "1 episode new" in companion("ingest", "page.txt", "--separate").stdout
        assert len(json.loads(companion("episodes", "--json").stdout)) == 3


class TestTranscribe:
    def test_without_an_endpoint_it_says_what_to_set(self) -> None:
        refused = companion("transcribe", "number 2")
        assert refused.exit_code == 1
        assert "No transcription endpoint is configured: set OPENAI_API_KEY" in refused.stderr

    def test_all_is_asked_first_and_says_how_much_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        asked = companion("transcribe", "--all", typed="n\n")
        assert asked.exit_code == 1
        assert (
            "The audio of 1 episode (0 minutes and 1 of unknown length) will be sent to 127.0.0.1. Go on?"
            in asked.stdout
        )

    def test_audio_that_cannot_be_fetched_is_a_problem_with_exit_status_1(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        write_feed(
            Path("feed.xml"), [item(2, "Other notes.").replace("https://lamps.example/2.mp3", "http://127.0.0.1/2.mp3")]
        )
        companion("ingest", "feed.xml")
        failed = companion("transcribe", "number 2")
        assert failed.exit_code == 1
        assert "Problem: 127.0.0.1 is an address of a private network" in failed.stderr
        assert "sk-secret" not in failed.output

    def test_an_episode_or_all_is_wanted(self) -> None:
        assert companion("transcribe").exit_code == 2
        assert companion("transcribe", "1", "--all").exit_code == 2

    def test_a_key_or_an_address_is_enough(self) -> None:
        with pytest.raises(ConfigurationError):
            endpoint_of(Settings(openai_api_key=None, openai_base_url=None))
        own = endpoint_of(Settings(openai_base_url="http://whisper.local:8000/v1"))
        assert (own.host, own.model, own.key) == ("whisper.local", "whisper-1", "none")
