from __future__ import annotations

from companion.storage import asking_channels, conversations, questions
from companion.storage.asking_channels import Mode
from companion.storage.conversations import Conversation
from companion.storage.engine import Database
from companion.storage.episodes import Kind, Reference
from companion.storage.questions import Question
from tests import samples


async def opened(database: Database, thread_id: int = 500) -> Conversation:
    async with database.write() as connection:
        made = Question(10, 20, 30, "Priya", "winter bees", database.clock.now())
        question_id = await questions.record(connection, made)
        conversation = Conversation(thread_id, 10, question_id, 31, database.clock.now())
        await conversations.open_in(connection, conversation)
    return conversation


async def places(database: Database) -> list[Reference]:
    """Two stretches of a stored episode."""
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    episode = await samples.only_episode(database, bees)
    return [Reference(episode.id, Kind.SPEECH, 1.5, None, first, first + 9) for first in (0, 40)]


async def test_a_thread_is_known_in_its_server_and_opened_once(database: Database) -> None:
    conversation = await opened(database)
    async with database.write() as connection:
        await conversations.open_in(connection, Conversation(500, 10, None, 32, database.clock.now()))

        assert await conversations.get(connection, 10, 500) == conversation
        assert await conversations.get(connection, 11, 500) is None
        assert await conversations.get(connection, 10, 501) is None


async def test_passages_are_pinned_once_and_taken_off_again(database: Database) -> None:
    await opened(database)
    first, second = await places(database)
    now = database.clock.now()
    async with database.write() as connection:
        assert await conversations.pin(connection, 500, first, 31, now)
        assert await conversations.pin(connection, 500, second, 32, now)
        assert not await conversations.pin(connection, 500, first, 33, now)
        assert await conversations.pinned(connection, 500) == [first, second]
        assert await conversations.count_pinned(connection, 500) == 2

        assert await conversations.unpin(connection, 500, first)
        assert not await conversations.unpin(connection, 500, first)
        assert await conversations.pinned(connection, 500) == [second]


async def test_a_closed_thread_is_forgotten_with_its_pins(database: Database) -> None:
    await opened(database)
    (first, _) = await places(database)
    async with database.write() as connection:
        await conversations.pin(connection, 500, first, 31, database.clock.now())
        await conversations.close(connection, 11, 500)
        assert await conversations.get(connection, 10, 500) is not None

        await conversations.close(connection, 10, 500)

        assert await conversations.get(connection, 10, 500) is None
        assert await conversations.pinned(connection, 500) == []


async def test_a_channel_has_one_mode_until_the_default_holds_again(database: Database) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        await asking_channels.choose(connection, 10, 20, Mode.MENTIONS, 31, now)
        await asking_channels.choose(connection, 10, 21, Mode.OFF, 31, now)
        await asking_channels.choose(connection, 10, 20, Mode.COMMANDS, 31, now)

        assert await asking_channels.chosen(connection, 10) == {20: Mode.COMMANDS, 21: Mode.OFF}
        assert await asking_channels.chosen(connection, 11) == {}
        assert await asking_channels.forget(connection, 10, 20)
        assert not await asking_channels.forget(connection, 10, 20)
        assert await asking_channels.chosen(connection, 10) == {21: Mode.OFF}
