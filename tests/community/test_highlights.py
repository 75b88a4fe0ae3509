"""The picker over a real database: what it picks, why, and how votes move it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert

from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.search import Searcher
from companion.community.candidates import Candidates
from companion.community.highlights import Choice, Picker, Rule, Serving, in_words, why
from companion.community.taste import PRIOR
from companion.storage import (
    clips,
    episodes,
    highlight_candidates,
    highlight_slots,
    highlight_weights,
    passages,
    schema,
    subscriptions,
)
from companion.storage.ballots import CLIP
from companion.storage.clips import Clip
from companion.storage.engine import Database
from companion.storage.episodes import Turn
from companion.storage.highlight_candidates import Candidate
from companion.storage.highlight_history import Stretch
from companion.storage.highlight_slots import DAILY, Slot, State
from companion.storage.mentions import EditorsPick, PickOrigin
from companion.storage.podcasts import Podcast
from tests import samples

GUILD, CAVERS, NOBODY = 7, 8, 9
DAY = date(2026, 3, 2)
LOW = Serving(bar=-9.0)
"""Two invented conversations are too short to be picky with."""


@pytest.fixture
async def searcher(database: Database) -> AsyncIterator[Searcher]:
    worker = EncodingWorker(ToyEncoder())
    yield Searcher(database, worker)
    worker.close()


@pytest.fixture
async def bees(database: Database) -> Podcast:
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    caves = await samples.store_podcast(database, samples.CAVES, samples.cave_readings())
    await samples.embed(database, ToyEncoder())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD, podcast.id, database.clock.now())
        await subscriptions.subscribe(connection, CAVERS, caves.id, database.clock.now())
    return podcast


@pytest.fixture
def picker(database: Database, searcher: Searcher, bees: Podcast) -> Picker:
    return Picker(database, searcher, LOW)


async def said(database: Database, choice: Choice | Candidate) -> str:
    async with database.read() as connection:
        return await passages.spoken(connection, choice.episode_id, choice.first_word, choice.last_word)


async def post(database: Database, choice: Choice, day: date, guild: int = GUILD) -> int:
    """The choice is that day's highlight."""
    now = database.clock.now()
    bounds = choice.episode_id, choice.first_word, choice.last_word
    async with database.write() as connection:
        clip_id = await clips.add(connection, Clip(0, guild, *bounds, None, None, True, (), "…", None, now))
        await highlight_slots.put(connection, Slot(guild, DAILY, day, State.POSTED, clip_id))
    return clip_id


async def vote(database: Database, clip_id: int, up: int, down: int, guild: int = GUILD) -> None:
    values = [1] * up + [-1] * down
    rows = [
        {
            "subject_kind": CLIP,
            "subject_id": clip_id,
            "member_id": member,
            "guild_id": guild,
            "value": value,
            "at": database.clock.now(),
        }
        for member, value in enumerate(values, 100)
    ]
    async with database.write() as connection:
        await connection.execute(insert(schema.votes), rows)


async def test_the_first_pick_makes_what_it_needs_and_quotes_what_was_said(database: Database, picker: Picker) -> None:
    choice = await picker.pick(GUILD, DAY)

    assert choice is not None
    words = (await said(database, choice)).split()
    assert len(words) == choice.last_word - choice.first_word + 1
    turns = " ".join(turn.text for turn in (*samples.WINTER_TURNS, *samples.QUEEN_TURNS))
    assert " ".join(words) in turns
    assert choice.score == pytest.approx(sum(choice.parts.values()))


async def test_the_same_day_gives_the_same_choice_in_every_process(
    database: Database, searcher: Searcher, picker: Picker
) -> None:
    first = await picker.pick(GUILD, DAY)

    assert await Picker(database, searcher, LOW).pick(GUILD, DAY) == first


async def test_servers_pick_from_their_own_podcasts_only(database: Database, picker: Picker) -> None:
    for day in (DAY + timedelta(days=number) for number in range(4)):
        choice = await picker.pick(CAVERS, day)
        assert choice is None or "lower gate" in await said(database, choice)
        mine = await picker.pick(GUILD, day)
        assert mine is not None
        assert "lower gate" not in await said(database, mine)
    assert await picker.pick(NOBODY, DAY) is None


async def test_nothing_that_is_not_good_enough_is_picked(database: Database, searcher: Searcher, bees: Podcast) -> None:
    strict = Picker(database, searcher, Serving(bar=9.0))

    assert await strict.pick(GUILD, DAY) is None
    [episode, *_] = await _episodes(database, bees)
    assert await strict.best(GUILD, episode) is None


async def test_what_was_posted_or_turned_down_is_not_picked_again(database: Database, picker: Picker) -> None:
    heard: list[Stretch] = []
    for number in range(3):
        day = DAY + timedelta(days=number)
        first = await picker.pick(GUILD, day)
        assert first is not None
        other = await picker.pick(GUILD, day, [first.stretch])
        if other is None:
            break
        for choice in (first, other):
            assert not any(_overlap(choice.stretch, one) for one in heard)
        assert not _overlap(first.stretch, other.stretch)
        await post(database, first, day)
        heard.append(first.stretch)
    assert heard


async def test_the_best_of_an_episode_is_of_that_episode(database: Database, picker: Picker, bees: Podcast) -> None:
    await picker.make_ready(database.clock.now())
    for episode in await _episodes(database, bees):
        best = await picker.best(GUILD, episode)
        assert best is not None
        assert best.episode_id == episode
        async with database.read() as connection:
            candidates = await highlight_candidates.of_episode(connection, episode)
        assert best.score == pytest.approx(max(sum(PRIOR.parts(one.signals).values()) for one in candidates))


async def test_what_editors_quote_is_the_best_of_its_episode(database: Database, searcher: Searcher) -> None:
    reading = samples.bee_readings()[0]
    words = [word for turn in reading.turns for word in turn.text.split()]
    first = words.index("Wool")
    quoted = EditorsPick(PickOrigin.QUOTATION, "Wool keeps …", None, None, True, first, first + 70, 1.0)
    podcast = await samples.store_podcast(database, samples.BEES, [replace(reading, picks=(quoted,))])
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD, podcast.id, database.clock.now())
    picker = Picker(database, searcher)

    choice = await picker.pick(GUILD, DAY)

    assert choice is not None
    assert "Wool keeps the damp in" in await said(database, choice)
    assert why(choice)[0].said == "the editors quote it in the show notes"
    assert "the editors quote it" in in_words(choice)


async def test_why_tells_every_part_and_its_sign(picker: Picker) -> None:
    choice = await picker.pick(GUILD, DAY)
    assert choice is not None

    reasons = why(choice)

    assert reasons
    assert [abs(one.points) for one in reasons] == sorted((abs(one.points) for one in reasons), reverse=True)
    assert all(one.said and one.points == choice.parts[one.signal] for one in reasons)
    rest = sum(points for signal, points in choice.parts.items() if signal not in {one.signal for one in reasons})
    assert sum(one.points for one in reasons) + rest == pytest.approx(choice.score)


def test_why_says_what_the_stretch_is_like_whatever_it_counts_for() -> None:
    signals = {"numbers": 2.0, "fillers": -1.0, "claims": 1.0}
    choice = Choice(1, 0, 9, 0.1, {"numbers": -0.2, "fillers": 0.1, "claims": 0.2}, signals, True, Rule.OLDER)

    said = {one.signal: one.said for one in why(choice)}

    assert said == {"numbers": "it has numbers", "fillers": "it has few fillers", "claims": "it makes a claim"}
    assert in_words(choice).startswith("The turn of an older episode: it makes a claim, it has few fillers.")
    assert "to find out" in in_words(choice)


async def test_a_clip_of_anybodys_is_judged_by_the_candidate_that_it_nearly_is(
    database: Database, picker: Picker
) -> None:
    choice = await picker.pick(GUILD, DAY)
    assert choice is not None
    nearly = replace(choice.stretch, first_word=choice.first_word + 2)

    seen = await picker.judged(GUILD, nearly)

    assert seen is not None
    assert seen.stretch == choice.stretch
    assert await picker.judged(GUILD, Stretch(choice.episode_id, 100_000, 100_050)) is None
    assert await picker.judged(GUILD, Stretch(999, 0, 50)) is None


async def test_learning_keeps_the_weights_and_forgets_votes_that_were_taken_back(
    database: Database, picker: Picker
) -> None:
    choice = await picker.pick(GUILD, DAY)
    assert choice is not None
    clip_id = await post(database, choice, DAY)
    await vote(database, clip_id, 9, 1)

    taste = await picker.learn(GUILD)

    async with database.read() as connection:
        assert await highlight_weights.of_server(connection, GUILD) == taste.weights
        assert await highlight_weights.of_server(connection, CAVERS) == {}
    assert taste.weights != PRIOR.weights
    async with database.write() as connection:
        await connection.execute(schema.votes.delete())
    assert await picker.learn(GUILD) == PRIOR
    async with database.read() as connection:
        assert await highlight_weights.of_server(connection, GUILD) == {}


def _sentence(number: int, *, counted: bool) -> str:
    """Talk of a topic of its own, with numbers or without."""
    told = f"in {1900 + number} they took {30 + number} kilos from {12 + number} hives"
    plain = "in that year they took little from the hives by the water"
    return (
        f"The keepers of valley{number} kept bees by river{number}, and {told if counted else plain}. The"
        f" winter{number} was hard, the honey{number} was dark, and the village{number} spoke of nothing else"
        " for a long time after."
    )


async def _archive(database: Database, size: int) -> None:
    """An archive of many short episodes, of which half have numbers in them."""
    readings = [
        samples.reading(
            f"Valley {number}",
            [
                Turn("Mara", None, None, True, f"Tell me about valley{number} please."),
                Turn("Tomas", None, None, True, f"{_sentence(number, counted=number % 2 == 0)}"),
            ],
            published=datetime(2020, 1, 1, tzinfo=database.clock.now().tzinfo) + timedelta(days=number),
        )
        for number in range(size)
    ]
    podcast = await samples.store_podcast(database, samples.BEES, readings)
    async with database.write() as connection:
        for guild in (GUILD, CAVERS):
            await subscriptions.subscribe(connection, guild, podcast.id, database.clock.now())


async def test_a_server_that_likes_numbers_gets_more_numbers(database: Database, searcher: Searcher) -> None:
    await _archive(database, 60)
    picker = Picker(database, searcher, Serving(bar=-9.0, speaker_days=0, episode_days=3))
    await Candidates(database, searcher).make(100)

    async def days(guild: int, *, likes: bool) -> tuple[float, float]:
        """The share of picks with numbers in the first and in the last eight of 24 days."""
        numbers: list[bool] = []
        for day in (DAY + timedelta(days=number) for number in range(24)):
            choice = await picker.pick(guild, day)
            assert choice is not None
            counted = " kilos from " in await said(database, choice)
            numbers.append(counted)
            clip_id = await post(database, choice, day, guild)
            await vote(database, clip_id, *((8, 1) if counted == likes else (1, 8)), guild=guild)
        return sum(numbers[:8]) / 8, sum(numbers[-8:]) / 8

    first, last = await days(GUILD, likes=True)
    _, others_last = await days(CAVERS, likes=False)

    assert last >= first
    assert last > others_last
    likes = (await picker.learn(GUILD)).weights["numbers"].mean
    dislikes = (await picker.learn(CAVERS)).weights["numbers"].mean
    assert likes > PRIOR.weights["numbers"].mean > dislikes


async def _episodes(database: Database, podcast: Podcast) -> list[int]:
    async with database.read() as connection:
        return [one.id for one in await episodes.list_episodes(connection, frozenset({podcast.id}))]


def _overlap(one: Stretch, other: Stretch) -> bool:
    return one.episode_id == other.episode_id and (
        3 * (min(one.last_word, other.last_word) - max(one.first_word, other.first_word) + 1)
        >= min(one.words, other.words)
    )
