from __future__ import annotations

import logging
import re

import pytest

from companion.cogs import posting, suggestions
from companion.cogs.companion import Interaction
from companion.cogs.failures import SURPRISE
from companion.cogs.posting import asker_of
from companion.cogs.requests import Outcome, Request
from companion.community import searches
from companion.community.searches import Asker
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import only, shown


def break_search(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError("the member's words: secret")

    monkeypatch.setattr(searches.Searches, "ask", broken)
    monkeypatch.setattr(searches.Searches, "get", broken)
    monkeypatch.setattr(suggestions, "episodes_like", broken)


async def test_a_surprise_is_one_sentence_with_an_id_that_stands_in_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.expects_failures = True
    break_search(monkeypatch)

    result = await world.priya.slash(world.channel, "search", query="bees")

    (told,) = result.followups
    assert told.ephemeral
    assert SURPRISE in told.content
    assert "secret" not in told.content
    reference = re.search(r"`([0-9a-f]{6})`", told.content)
    assert reference is not None
    record = next(record for record in caplog.records if reference[1] in record.getMessage())
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None


async def test_the_public_placeholder_of_a_failed_search_is_removed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.expects_failures = True
    break_search(monkeypatch)

    result = await world.priya.slash(world.channel, "search", query="bees")

    assert result.response is None
    assert world.channel.history(viewer=world.jonas) == []


async def test_before_any_answer_the_sentence_is_the_answer(world: World) -> None:
    result = await world.priya.slash(world.channel, "search", query="bees", after="soon")

    assert only(result).ephemeral
    assert result.followups == []


async def test_a_failed_press_is_answered_and_leaves_the_public_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.expects_failures = True
    message = only(await world.priya.slash(world.channel, "search", query="bees"))
    break_search(monkeypatch)

    result = await world.jonas.click(message, label="Riff")

    assert SURPRISE in shown(result)
    assert "Tomas Ek" in str(message.components)


async def test_an_answer_that_stands_is_not_taken_away_by_what_fails_after_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.expects_failures = True

    async def broken(*_args: object) -> None:
        raise ZeroDivisionError

    def without_message(interaction: Interaction, _message_id: int | None) -> Asker:
        return asker_of(interaction)

    # As where Discord did not say with the deferral which message the answer is: it is noted once it stands.
    monkeypatch.setattr(posting, "asker_of", without_message)
    monkeypatch.setattr(searches.Searches, "posted", broken)

    result = await world.priya.slash(world.channel, "search", query="bees")

    assert "Tomas Ek" in str(only(result).components)
    assert SURPRISE in result.followups[0].content


async def test_that_another_message_is_gone_is_a_fault_as_any(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.expects_failures = True

    async def misses(*_: object) -> None:
        await world.env.bot.get_partial_messageable(world.channel.id).fetch_message(1)

    monkeypatch.setattr(searches.Searches, "ask", misses)

    result = await world.priya.slash(world.channel, "search", query="bees")

    assert SURPRISE in result.followups[0].content
    assert result.response is None
    assert "Unknown Message" in caplog.text


async def test_too_late_to_answer_it_is_one_line_in_the_log_and_counted(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.expects_failures = True
    world.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062, message="Unknown interaction")
    came_of: list[Outcome] = []

    def ended(request: Request) -> None:
        came_of.append(request.outcome)

    bot_of(world).requests.ended.append(ended)

    result = await world.priya.slash(world.channel, "search", query="bees")

    assert not result.acknowledged
    assert came_of == [Outcome.LATE]
    [line] = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert line.getMessage().startswith("late ")
    assert line.exc_info is None


async def test_a_fault_that_nobody_can_be_told_of_any_more_is_in_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.expects_failures = True
    break_search(monkeypatch)
    world.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=404, code=10015, message="Unknown Webhook")

    await world.priya.slash(world.channel, "search", query="bees")

    assert "the member could not be told" in caplog.text


async def test_failing_suggestions_are_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.expects_failures = True
    break_search(monkeypatch)

    assert await world.priya.autocomplete(world.channel, "search", "episode", "x") == []


async def test_the_log_keeps_no_word_of_a_member(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    await world.priya.slash(world.channel, "search", query="bees", episode="my private words")

    assert "refused" in caplog.text
    assert "my private words" not in caplog.text
