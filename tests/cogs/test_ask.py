from __future__ import annotations

import asyncio
import re

import discord
import pytest
import simcord
from sqlalchemy import select

from companion.community.searches import Asker
from companion.community.wishes import Wish
from companion.storage import questions, subscriptions
from companion.storage.asking_channels import Mode
from companion.storage.schema import questions as table
from tests import samples
from tests.cogs.asking import QUESTION, answers_in, ask, last_answer
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import buttons, only, shown, text_of
from tests.cogs.test_search import HOSTILE
from tests.cogs.test_search_buttons import press_forged
from tests.cogs.test_setup_channels import closed_channel

UNKNOWN = "which submarine did the prime minister of Peru repaint"


async def stored(world: World, answer: simcord.ResponseMessage) -> questions.Question:
    """The record of the question that a message answers."""
    async with world.database.read() as connection:
        found = await questions.shown_by(connection, world.guild.id, answer.id)
    assert found is not None
    return found


class TestTheAnswer:
    async def test_it_quotes_in_public_who_said_what_when_and_where(self, world: World) -> None:
        text = text_of(await ask(world))

        assert text.startswith(f"### 💬 {QUESTION}\n-# <@{world.priya.id}> asked")
        assert re.search(
            r"`1` \*\*Tomas Ek\*\* · \[▸\u00a0(\\~)?0:4\d\]\(https://bees\.example/audio\.mp3#t=4\d\)", text
        )
        assert "-# *The Winter Cluster* · <t:1705482000:D>" in text
        assert "> " in text
        assert "the bees heat it themselves" in text

    async def test_the_words_shown_are_the_words_said(self, world: World) -> None:
        text = text_of(await ask(world, "how do you count mites with powdered sugar"))

        said = [turn.text for turn in (*samples.WINTER_TURNS, *samples.QUEEN_TURNS)]
        notes = [reading.notes for reading in samples.bee_readings()]
        quotations = re.findall(r"^> (.+)$", text, re.MULTILINE)
        assert quotations
        for quotation in quotations:
            words = re.sub(r"\\(.)", r"\1", quotation).removesuffix("…")
            assert any(words in text for text in (*said, *notes)), words

    async def test_it_is_an_ordinary_message_and_the_acknowledgement_is_gone(self, world: World) -> None:
        result = await world.priya.slash(world.channel, "ask", question=QUESTION)

        message = last_answer(world)
        assert message.message.interaction_metadata is None
        assert result.response is None
        assert result.followups == []
        assert [one.id for one in world.channel.history(viewer=world.priya)] == [message.id]

    async def test_it_is_acknowledged_for_the_asker_alone_before_anything_is_looked_up(self, world: World) -> None:
        await ask(world)

        requests = [entry for entry in world.env.http_requests if entry.method in ("POST", "PATCH", "DELETE")]
        first = next(entry for entry in requests if entry.path.endswith("/callback"))
        assert first.json is not None
        assert (first.json["type"], first.json["data"]["flags"]) == (5, 64)
        posted = next(entry for entry in requests if entry.path.endswith(f"/channels/{world.channel.id}/messages"))
        assert requests.index(first) < requests.index(posted)

    @pytest.mark.parametrize(
        ("options", "expected", "unexpected"),
        [
            ({"episode": "egg fed"}, "An Egg Fed Better", "*The Winter Cluster*"),
            ({"speaker": "ines"}, "**Ines Okafor**", "**Tomas Ek**"),
        ],
    )
    async def test_filters_leave_only_what_they_name(
        self, world: World, options: dict[str, str], expected: str, unexpected: str
    ) -> None:
        await world.priya.slash(world.channel, "ask", question="how does the queen get fed", **options)
        text = text_of(last_answer(world))

        assert expected in text
        assert unexpected not in text
        assert " only " in text.splitlines()[1]

    async def test_what_is_not_in_the_archive_is_refused_with_what_comes_nearest(self, world: World) -> None:
        message = await ask(world, UNKNOWN)

        text = text_of(message)
        assert "**I don't find that in the archive.**" in text
        assert "Tell me" in buttons(message)
        assert not (await stored(world, message)).outcome.answerable  # pyright: ignore[reportOptionalMemberAccess]

    async def test_what_is_asked_is_logged_with_the_passages_and_their_scores(self, world: World) -> None:
        question = await stored(world, await ask(world))

        assert question.text == QUESTION
        assert (question.member_id, question.channel_id) == (world.priya.id, world.channel.id)
        outcome = question.outcome
        assert outcome is not None
        assert outcome.answerable
        assert "the bees heat it themselves" in outcome.answer
        assert [source.score for source in outcome.sources] == sorted((s.score for s in outcome.sources), reverse=True)
        assert any(source.cited for source in outcome.sources)
        assert outcome.seconds > 0
        assert (outcome.model, outcome.prompt, outcome.prompt_tokens) == (None, None, None)

    async def test_two_members_who_ask_at_the_same_instant_are_both_answered(self, world: World) -> None:
        askers = [Asker(world.guild.id, world.channel.id, one.id, one.name) for one in (world.priya, world.jonas)]
        wishes = [Wish.typed("how do bees heat the hive"), Wish.typed("how is a queen fed")]

        answers = await asyncio.gather(*map(bot_of(world).questions.ask, askers, wishes))

        assert [one.question.member_id for one in answers] == [world.priya.id, world.jonas.id]
        assert len({one.question.id for one in answers}) == 2
        quoted = [" ".join(quotation.text for quotation in one.answer.quotations) for one in answers]
        assert "heat it" in quoted[0]
        assert "royal jelly" in quoted[1]


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({"episode": "The Lower Gate"}, "no episode"),
            ({"speaker": "Piet Vos"}, "Nobody called"),
            ({"question": "?!"}, "no words to search for"),
        ],
    )
    async def test_what_cannot_be_asked_is_refused_in_private_with_what_to_do(
        self, world: World, options: dict[str, str], expected: str
    ) -> None:
        result = await world.priya.slash(world.channel, "ask", **{"question": "bees", **options})

        assert expected in shown(result)
        assert world.channel.history(viewer=world.jonas) == []

    async def test_a_server_without_a_podcast_is_told_what_a_manager_does_next(self, world: World) -> None:
        result = await world.nadia.slash(world.quiet_channel, "ask", question="bees")

        assert "`/setup podcasts add`" in shown(result)
        assert world.quiet_channel.history() == []

    async def test_another_server_s_podcast_does_not_exist_here(self, world: World) -> None:
        here = text_of(await ask(world, "what is the password of the lower gate"))
        await world.lotte.slash(world.cave_channel, "ask", question="what is the password of the lower gate")
        there = text_of(last_answer(world, world.cave_channel))

        assert "stalactite" in there
        assert "stalactite" not in here
        assert "Piet Vos" not in here

    async def test_a_podcast_that_the_server_left_is_gone_at_once(self, world: World) -> None:
        await ask(world)
        async with world.database.write() as connection:
            await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)

        assert "no podcast yet" in shown(await world.priya.slash(world.channel, "ask", question=QUESTION))


class TestHostileWords:
    async def test_they_format_nothing_and_mention_nobody(self, world: World) -> None:
        message = await ask(world, HOSTILE)

        heading = text_of(message).splitlines()[0]
        assert heading.startswith(r"### 💬 \@everyone \*\*bees\*\* \[click\](https\://evil.example)")
        assert not message.message.mention_everyone
        assert [one.id for one in message.message.mentions] == [world.priya.id]  # named as who asked, and not pinged
        sent = [entry.json for entry in world.env.http_requests if entry.path.endswith("/messages")]
        assert sent
        assert all(body is not None and body["allowed_mentions"] == {"parse": []} for body in sent)

    async def test_no_link_but_those_to_moments_and_answers_is_made(self, world: World) -> None:
        text = text_of(await ask(world, f"bees [x](https://evil.example/1) {HOSTILE}"))

        links = re.findall(r"(?<!\\)\]\(([^)]*)\)", text)
        assert all(link.startswith(("https://bees.example/", "https://discord.com/channels/")) for link in links)


class TestMissingPermission:
    async def test_where_the_bot_may_not_write_the_response_itself_is_the_answer(self, world: World) -> None:
        closed = closed_channel(world, "closed", send_messages=False)

        result = await world.priya.slash(closed, "ask", question=QUESTION)

        message = only(result)
        assert not message.ephemeral
        assert "the bees heat it themselves" in text_of(message)
        assert (await stored(world, message)).text == QUESTION
        sources = await world.jonas.click(message, label="Sources")
        assert "Sources of" in shown(sources)

    async def test_a_permission_that_is_lost_meanwhile_changes_how_the_answer_comes(self, world: World) -> None:
        world.env.inject_error(
            "POST", f"/channels/{world.channel.id}/messages", status=403, code=50013, message="Missing Permissions"
        )

        result = await world.priya.slash(world.channel, "ask", question=QUESTION)

        (answer,) = [one for one in result.followups if not one.ephemeral] or [None]
        assert answer is not None
        assert "the bees heat it themselves" in text_of(answer)


class TestTheMenu:
    async def test_it_asks_what_a_message_asks(self, world: World) -> None:
        said = await world.jonas.send(world.channel, f"<@{world.priya.id}> should I wrap hives in wool?")

        await world.priya.context_menu(world.channel, "Ask about this", said)

        text = text_of(last_answer(world))
        assert text.startswith("### 💬 should I wrap hives in wool?")
        assert f"<@{world.priya.id}> asked" in text

    async def test_it_refuses_a_message_without_words(self, world: World) -> None:
        said = await world.jonas.send(world.channel, "🐝")

        result = await world.priya.context_menu(world.channel, "Ask about this", said)

        assert "no words to search for" in shown(result)


class TestSuggestions:
    async def test_episodes_and_speakers_are_suggested_within_the_server(self, world: World) -> None:
        episodes = await world.priya.autocomplete(world.channel, "ask", "episode", "cluster")
        speakers = await world.priya.autocomplete(world.channel, "ask", "speaker", "ek")

        assert [choice["name"] for choice in episodes] == ["The Winter Cluster"]
        assert [choice["value"] for choice in speakers] == ["Tomas Ek"]
        assert await world.priya.autocomplete(world.channel, "ask", "episode", "gate") == []


class TestDeleting:
    async def test_the_asker_deletes_the_answer_and_its_log_keeps_no_text(self, world: World) -> None:
        message = await ask(world)

        result = await world.priya.click(message, label="Delete")

        assert "The answer is deleted, and with it the record of who asked for what." in shown(result)
        assert answers_in(world, world.channel) == []
        async with world.database.read() as connection:
            row = (await connection.execute(select(table))).one()
        assert (row.text, row.answer, row.sources, row.member_id, row.member_name) == ("", None, None, 0, "")

    async def test_anybody_else_may_not_unless_they_moderate(self, world: World) -> None:
        message = await ask(world)

        assert "Only who asked" in shown(await world.jonas.click(message, label="Delete"))
        role = world.guild.create_role("moderators", permissions=discord.Permissions(manage_messages=True))
        mod = world.guild.add_member(world.env.create_user("mod", global_name="Mod"), roles=[role])
        assert "The answer is deleted" in shown(await mod.click(message, label="Delete"))

    async def test_what_a_moderator_deletes_in_discord_s_own_way_is_forgotten_too(self, world: World) -> None:
        message = await ask(world)
        role = world.guild.create_role("moderators", permissions=discord.Permissions(manage_messages=True))
        mod = world.guild.add_member(world.env.create_user("mod", global_name="Mod"), roles=[role])

        await mod.delete(message)

        async with world.database.read() as connection:
            assert [row.text for row in await connection.execute(select(table.c.text))] == [""]

    async def test_the_buttons_of_a_deleted_question_say_so(self, world: World) -> None:
        message = await ask(world)
        gone = [ids[0] for label, ids in buttons(message).items() if label in ("Sources", "Riff", "Follow up")]
        await world.priya.click(message, label="Delete")
        other = await ask(world, "how is a queen fed")

        for custom_id in gone:
            result = await press_forged(world, world.jonas, other, custom_id)
            assert "I don't know this question any more" in shown(result)
            assert result.modal is None


class TestWhere:
    async def test_a_channel_that_is_switched_off_answers_no_command_and_says_where_to_ask(self, world: World) -> None:
        other = world.guild.create_text_channel("questions")
        places = bot_of(world).asking_places
        await places.choose(world.guild.id, world.channel.id, Mode.OFF, world.jonas.id)
        await places.choose(world.guild.id, other.id, Mode.MENTIONS, world.jonas.id)

        result = await world.priya.slash(world.channel, "ask", question=QUESTION)

        assert "switched questions off in this channel" in shown(result)
        assert f"<#{other.id}>" in shown(result)
        assert only(result).ephemeral
        assert answers_in(world, world.channel) == []
