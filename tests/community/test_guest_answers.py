"""Who is heard at last, and what they say to the questions that members had, over a real archive with a toy model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from companion.archive.answering import Answerer
from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.search import Searcher
from companion.community import guest_answers as community
from companion.community.budgets import Budgets
from companion.community.faq import Faq
from companion.community.guest_answers import CLAIM_LASTS, GuestAnswers
from companion.community.guests import Guests
from companion.community.hosts import Host
from companion.community.member_questions import MemberQuestions
from companion.community.questions import Questions
from companion.storage import guests, sessions, subscriptions
from companion.storage.engine import AsyncConnection, Database
from companion.storage.episodes import Episode, Person, Turn
from companion.storage.member_questions import AskedOf, State
from tests import samples
from tests.clocks import StoppedClock
from tests.storage.clubs import STARTS, a_session

HERE, THERE, MARA, PRIYA = 10, 11, 300_000_000_000_000_001, 300_000_000_000_000_002
HOST = Host(HERE, MARA)
MITES = "how many mites in a cup of sugar are too many?"
SUBMARINE = "which submarine did the prime minister of Peru repaint?"


class Archive:
    """The bees' archive, whose searcher comes with it, and questions that are asked of it."""

    def __init__(self, database: Database, worker: EncodingWorker | None) -> None:
        self.database = database
        searcher = Searcher(database, worker)
        budgets = Budgets(database, None)
        self.asked = Questions(database, Answerer(database, searcher), budgets, Faq(database, searcher.vector_of))
        self.answers = GuestAnswers(database, self.asked, searcher, nullcontext)
        self.kept = MemberQuestions(database)

    async def expect(self, name: str, day: str | None = None, guild_id: int = HERE) -> int:
        return (await Guests(self.database).add(Host(guild_id, MARA), name, day)).guest.id

    async def ask(self, guest_id: int, text: str) -> int:
        return (await self.kept.ask(HERE, AskedOf(guest_id), PRIYA, text)).shown.question.id

    async def publish(self, title: str = "Winter again") -> None:
        """An episode with Tomas Ek, who tells of mites."""
        reading = samples.reading(title, samples.WINTER_TURNS, published=self.database.clock.now())
        await samples.store_podcast(self.database, samples.BEES, [reading])
        await samples.embed(self.database, ToyEncoder())

    async def heard(self, guest_id: int) -> int | None:
        async with self.database.read() as connection:
            guest = await guests.get(connection, HERE, guest_id)
        assert guest is not None
        return guest.episode_id


@pytest.fixture
async def worker() -> AsyncIterator[EncodingWorker]:
    worker = EncodingWorker(ToyEncoder())
    yield worker
    worker.close()


@pytest.fixture
async def archive(database: Database, worker: EncodingWorker) -> Archive:
    return await subscribed(Archive(database, worker))


async def subscribed(archive: Archive) -> Archive:
    database = archive.database
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    caves = await samples.store_podcast(database, samples.CAVES, samples.cave_readings())
    await samples.embed(database, ToyEncoder())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, HERE, bees.id, database.clock.now())
        await subscriptions.subscribe(connection, THERE, caves.id, database.clock.now())
    return archive


class TestRecognising:
    async def test_a_guest_is_heard_in_the_first_episode_since_that_has_them(self, archive: Archive) -> None:
        tomas, nobody = await archive.expect("Tomas Ek"), await archive.expect("Piet Vos")
        # They were on long before, too.
        assert await archive.answers.recognise() == []
        await archive.publish()
        await archive.publish("Once more")

        assert [one.id for one in await archive.answers.recognise()] == [tomas]
        assert await archive.answers.recognise() == []
        episode_id = await archive.heard(tomas)
        shown = await Guests(archive.database).listed(HERE)
        assert [(one.guest.id, one.episode and one.episode.title) for one in shown] == [
            (nobody, None),
            (tomas, "Winter again"),
        ]
        assert episode_id is not None

    async def test_they_are_found_by_the_names_that_their_feed_gives(self, archive: Archive) -> None:
        ada = await archive.expect("Ada Moreau")
        reading = samples.reading("New tools", [Turn("Guest", 0.0, 9.0, False, "Hello.")], published=None)
        told = replace(reading, facts=replace(reading.facts, people=(Person("Ada Moreau", "guest"),)))
        await samples.store_podcast(archive.database, samples.BEES, [told])

        assert [one.id for one in await archive.answers.recognise()] == [ada]

    async def test_no_server_hears_of_a_guest_of_a_podcast_that_it_does_not_see(self, archive: Archive) -> None:
        await archive.expect("Tomas Ek", guild_id=THERE)
        await archive.publish()

        assert await archive.answers.recognise() == []

    async def test_who_is_expected_late_is_looked_for_at_once_and_nobody_twice(
        self, archive: Archive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked: list[int] = []
        published_since = guests.published_since

        async def counted(connection: AsyncConnection, guild_id: int, since: datetime) -> list[Episode]:
            looked.append(guild_id)
            return await published_since(connection, guild_id, since)

        monkeypatch.setattr(guests, "published_since", counted)
        await archive.expect("Piet Vos")
        for _ in range(3):
            assert await archive.answers.recognise() == []
        assert looked == [HERE]
        late = await archive.expect("Tomas Ek", "2024-01-17")

        assert [one.id for one in await archive.answers.recognise()] == [late]


class TestAnswering:
    async def test_what_the_guest_said_is_found_and_what_nobody_said_is_not(self, archive: Archive) -> None:
        tomas = await archive.expect("Tomas Ek")
        mites, submarine = await archive.ask(tomas, MITES), await archive.ask(tomas, SUBMARINE)
        assert await archive.answers.look() == []
        await archive.publish()
        await archive.answers.recognise()
        found = await archive.answers.look()

        assert [one.id for one in found] == [mites]
        shown = await archive.kept.shown(HERE, mites)
        assert shown.question.state is State.ANSWERED
        assert shown.answer is not None
        assert shown.episode is not None
        assert shown.episode.title == "Winter again"
        assert "More than nine mites in that cup" in shown.answer.quote.text
        assert shown.answer.quote.speaker == "Tomas Ek"
        assert (shown.answer.quote.start or 0) >= 3753.0
        assert (await archive.kept.shown(HERE, submarine)).question.state is State.OPEN

    async def test_what_stood_in_another_episode_is_no_answer_of_theirs(self, archive: Archive) -> None:
        ines = await archive.expect("Ines Okafor")
        mites = await archive.ask(ines, MITES)
        queens = samples.reading("Queens", samples.QUEEN_TURNS, published=archive.database.clock.now())
        await samples.store_podcast(archive.database, samples.BEES, [queens])
        await samples.embed(archive.database, ToyEncoder())

        assert len(await archive.answers.recognise()) == 1
        assert await archive.answers.look() == []
        assert (await archive.kept.shown(HERE, mites)).answer is None

    async def test_vectors_are_waited_for_and_each_change_of_the_episode_is_looked_at_once(
        self, archive: Archive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked: list[str] = []
        within = archive.asked.within

        async def counted(guild_id: int, text: str, episode_id: int) -> object:
            looked.append(text)
            return await within(guild_id, text, episode_id)

        monkeypatch.setattr(archive.asked, "within", counted)
        tomas = await archive.expect("Tomas Ek")
        await archive.ask(tomas, SUBMARINE)
        turns = [Turn("Tomas Ek", 0.0, 9.0, False, "Nobody has said these words about smoke and boots before.")]
        said = samples.reading("Smoke", turns, published=archive.database.clock.now())
        await samples.store_podcast(archive.database, samples.BEES, [said])
        await archive.answers.recognise()
        await archive.answers.look()
        assert looked == []
        await samples.embed(archive.database, ToyEncoder())
        for _ in range(3):
            await archive.answers.look()
        assert looked == [SUBMARINE]
        changed = samples.reading("Smoke", samples.WINTER_TURNS[:4], published=archive.database.clock.now())
        await samples.store_podcast(archive.database, samples.BEES, [changed])
        await samples.embed(archive.database, ToyEncoder())
        for _ in range(3):
            await archive.answers.look()
        assert looked == [SUBMARINE] * 2

    async def test_many_are_looked_for_some_at_a_time_and_none_is_forgotten(
        self, archive: Archive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(community, "LOOKS", 2)
        tomas = await archive.expect("Tomas Ek")
        for number in range(4):
            await archive.ask(tomas, f"{SUBMARINE} ({number})")
        await archive.ask(tomas, MITES)
        await archive.publish()
        await archive.answers.recognise()

        assert [len(await archive.answers.look()) for _ in range(4)] == [0, 0, 1, 0]

    async def test_words_alone_are_no_answer(self, database: Database) -> None:
        archive = await subscribed(Archive(database, None))
        tomas = await archive.expect("Tomas Ek")
        await archive.ask(tomas, MITES)
        await archive.publish()

        assert len(await archive.answers.recognise()) == 1
        assert await archive.answers.look() == []

    async def test_the_recording_of_a_session_answers_what_its_presenter_was_asked(self, archive: Archive) -> None:
        session_id = await a_session(archive.database, HERE, presenter=PRIYA)
        async with archive.database.write() as connection:
            await sessions.change(connection, session_id, STARTS, starts_at=archive.database.clock.now())
        asked = (await archive.kept.ask(HERE, AskedOf(session_id=session_id), PRIYA, MITES)).shown.question
        await archive.publish()
        bees = await samples.store_podcast(archive.database, samples.BEES, ())
        recording = await samples.only_episode(archive.database, bees)
        async with archive.database.write() as connection:
            await sessions.note(connection, session_id, episode_id=recording.id)

        assert [one.id for one in await archive.answers.look()] == [asked.id]


class TestTelling:
    async def answered(self, archive: Archive) -> int:
        tomas = await archive.expect("Tomas Ek")
        question = await archive.ask(tomas, MITES)
        await archive.publish()
        await archive.answers.recognise()
        await archive.answers.look()
        return question

    async def test_one_teller_gets_it_and_after_a_crash_another_one(
        self, archive: Archive, clock: StoppedClock
    ) -> None:
        await self.answered(archive)
        now = clock.now()
        (due,) = await archive.answers.to_tell({HERE}, now)
        tidings = await archive.answers.claim(due, now)
        assert tidings is not None
        assert "nine mites" in tidings.answer.quote.text
        assert await archive.answers.claim(due, now) is None
        assert await archive.answers.to_tell({HERE}, now + timedelta(minutes=1)) == []

        later = now + CLAIM_LASTS + timedelta(seconds=1)
        (again,) = await archive.answers.to_tell({HERE}, later)
        assert again.claimed_at == now
        assert await archive.answers.claim(again, later) is not None
        await archive.answers.settle(again, later)
        assert await archive.answers.to_tell({HERE}, later + 2 * CLAIM_LASTS) == []

    async def test_of_what_was_withdrawn_nobody_is_told(self, archive: Archive, clock: StoppedClock) -> None:
        question = await self.answered(archive)
        (due,) = await archive.answers.to_tell({HERE}, clock.now())
        await archive.kept.withdraw(HERE, PRIYA, question, moderates=False)

        assert await archive.answers.claim(due, clock.now()) is None
        assert await archive.answers.to_tell({HERE}, clock.now()) == []

    async def test_an_answer_that_the_server_sees_no_more_is_looked_for_once_it_may_again(
        self, archive: Archive, worker: EncodingWorker, clock: StoppedClock
    ) -> None:
        question = await self.answered(archive)
        (due,) = await archive.answers.to_tell({HERE}, clock.now())
        bees = await samples.store_podcast(archive.database, samples.BEES, ())
        async with archive.database.write() as connection:
            await subscriptions.unsubscribe(connection, HERE, bees.id)

        assert await archive.answers.claim(due, clock.now()) is None
        assert (await archive.kept.shown(HERE, question)).question.state is State.ASKED
        assert await archive.answers.look() == []
        async with archive.database.write() as connection:
            await subscriptions.subscribe(connection, HERE, bees.id, clock.now())
        (found,) = await Archive(archive.database, worker).answers.look()
        assert found.id == question
