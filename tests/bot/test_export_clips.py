"""``companion export clips``."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result

from companion.community.clips import Clips
from companion.community.exported_clips import NAMESPACE
from companion.community.votes import Happened, Votes, What
from companion.storage import subscriptions
from companion.storage.ballots import CLIP, Subject
from companion.storage.engine import Database
from tests import samples
from tests.bot.commands import companion, stored

HERE, THERE = 10**17 + 1, 10**17 + 2
PRIYA, JONAS = 300_000_000_000_000_001, 300_000_000_000_000_002

pytestmark = pytest.mark.usefixtures("on_engine")


def export(*arguments: str) -> Result:
    result = companion("export", "clips", *arguments)
    assert result.exit_code == 0, result.output
    return result


async def clipped(database: Database) -> None:
    """Two clips of the winter here, the second with a vote for it, and the second's stretch again elsewhere."""
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    async with database.write() as connection:
        for server in (HERE, THERE):
            await subscriptions.subscribe(connection, server, bees.id, database.clock.now())
    clips = Clips(database)
    second = await clips.make_between(HERE, PRIYA, "Winter Cluster", 150, 210)
    await clips.make_between(HERE, PRIYA, "Winter Cluster", 40, 95)
    await clips.make_between(THERE, JONAS, "Winter Cluster", 150, 210)
    votes, subject = Votes(database), Subject(CLIP, second.shown.clip.id)
    await votes.open_ballot(1, HERE, 2, subject)
    now = database.clock.now() + timedelta(hours=1)
    await votes.take([Happened(What.CAME, 1, now, JONAS, "👍")])


class TestJson:
    def test_it_is_a_feed_with_the_best_first_and_every_stretch_once(self) -> None:
        stored(clipped)

        result = export()
        feed = json.loads(result.stdout)

        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"] == "Clips of Hive Minds"
        first, other = feed["items"]
        assert first["content_text"].startswith("Wool keeps the damp in")
        assert first["_companion"]["votes"] == {"up": 1, "down": 0}
        assert first["url"] == "https://bees.example/audio.mp3#t=150"
        assert other["_companion"]["votes"] == {"up": 0, "down": 0}
        assert first["authors"] == [{"name": "Tomas Ek"}]
        assert "2 clips." in result.stderr

    def test_no_member_and_no_secret_is_in_it(self) -> None:
        stored(clipped)

        written = export().stdout

        assert str(PRIYA) not in written
        assert samples.BEES.key not in written

    def test_only_so_many_and_only_a_server_s(self) -> None:
        stored(clipped)

        assert len(json.loads(export("--top", "1").stdout)["items"]) == 1
        assert len(json.loads(export("--server", str(THERE)).stdout)["items"]) == 1

    def test_without_clips_it_is_an_empty_feed(self) -> None:
        assert json.loads(export().stdout)["items"] == []


class TestSoundbites:
    def test_they_stand_in_their_episode_s_item_with_times_of_the_audio(self, workplace: Path) -> None:
        stored(clipped)

        export("--format", "soundbites", "--output", "bites.xml")

        (item,) = ElementTree.parse(workplace / "bites.xml").getroot().iter("item")  # noqa: S314  our own
        assert item.findtext("guid") == "the winter cluster"
        bites = item.findall(f"{{{NAMESPACE}}}soundbite")
        assert len(bites) == 2
        assert bites[0].attrib["startTime"] == "150.0"
        assert 15 <= float(bites[0].attrib["duration"]) <= 120
        assert bites[0].text
        assert len(bites[0].text) <= 128
