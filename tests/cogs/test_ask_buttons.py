from __future__ import annotations

import re

import pytest
import simcord

from companion.cogs.views import answer_ids
from companion.storage import questions, subscriptions
from companion.storage.questions import CitedSource, Outcome, Question
from tests import samples
from tests.cogs.asking import QUESTION, answers_in, ask, last_answer
from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, shown, text_of
from tests.cogs.test_search_buttons import press_forged

BOTH = "what is worth ten kilos of honey, and what does a colony need to see May"


async def question_id(message: simcord.ResponseMessage) -> int:
    return int(buttons(message)["Riff"][0].split(":")[2])


class TestSources:
    async def test_they_are_shown_to_the_presser_alone_with_scores_and_the_query(self, world: World) -> None:
        message = await ask(world)

        private = only(await world.jonas.click(message, label="Sources"))

        assert private.ephemeral
        text = text_of(private)
        assert f"### 📚 Sources of “{QUESTION}”" in text
        assert f"-# Searched for: {QUESTION}\n-# Answered in " in text
        assert re.search(r"`1` score \d\.\d\d · cited", text)
        assert "the bees heat it themselves" in text
        assert "Prompt" not in buttons(private)
        assert not any("Pin" in label for label in buttons(private))

    async def test_each_speaker_s_words_are_under_their_own_name(self, world: World) -> None:
        message = await ask(world, "how do you count mites with powdered sugar")
        text = text_of(only(await world.jonas.click(message, label="Sources")))

        asked = text.index("How does that work, and how many are too many?")
        told = text.index("roll them in sugar")
        assert text.rindex("**Mara Lindqvist**", 0, asked) > text.rfind("**Tomas Ek**", 0, asked)
        assert text.rindex("**Tomas Ek**", 0, told) > text.rfind("**Mara Lindqvist**", 0, told)

    async def test_pages_turn_in_the_private_view(self, world: World) -> None:
        again = [samples.reading(f"Yard {number}", samples.WINTER_TURNS[:4], notes="") for number in range(4)]
        await samples.store_podcast(world.database, samples.BEES, again)
        await world.restart()
        message = await ask(world)
        private = only(await world.jonas.click(message, label="Sources"))
        assert "`1` score" in text_of(private)

        await world.jonas.click(private, label="Page 2 ›")
        assert "`4` score" in text_of(private)
        await world.jonas.click(private, label="‹ Page 1")
        assert "`1` score" in text_of(private)

    async def test_a_passage_of_a_podcast_that_the_server_left_is_not_shown(self, world: World) -> None:
        message = await ask(world)
        async with world.database.write() as connection:
            await subscriptions.subscribe(connection, world.guild.id, world.caves.id, world.database.clock.now())
            await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)

        text = shown(await world.jonas.click(message, label="Sources"))

        assert "This passage is no longer in the archive." in text
        assert "Tomas" not in text
        assert "Winter Cluster" not in text

    async def test_the_prompt_of_a_model_is_shown_in_parts_that_nothing_in_it_can_break_out_of(
        self, world: World
    ) -> None:
        prompt = "You answer from passages.\n```\n@everyone\n" + "passage words, line after line\n" * 200
        made = await logged(world, prompt)
        message = await ask(world)
        private = only(await press_forged(world, world.jonas, message, answer_ids.sources(made)))
        assert "model small" in text_of(private)
        assert "900 tokens read, 40 written" in text_of(private)
        assert "✂️ no citation: Bees are nice." in text_of(private)

        await world.jonas.click(private, label="Prompt")
        text = text_of(private)
        assert text.count("```") == 2
        assert "You answer from passages." in text
        await world.jonas.click(private, label="Part 2 ›")
        assert "part 2 of 2" in text_of(private)
        await world.jonas.click(private, label="Sources")
        assert "Sources of" in text_of(private)

    async def test_a_prompt_with_a_passage_that_the_server_sees_no_more_is_not_shown(self, world: World) -> None:
        made = await logged(world, "the secret passage")
        message = await ask(world)
        async with world.database.write() as connection:
            await subscriptions.subscribe(connection, world.guild.id, world.caves.id, world.database.clock.now())
            await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)

        result = await press_forged(world, world.jonas, message, answer_ids.prompt(made))

        assert "There is no prompt to show" in shown(result)
        assert "secret" not in shown(result)


async def logged(world: World, prompt: str) -> int:
    """A question that a model answered, from the first passages of an answer."""
    message = await ask(world)
    async with world.database.read() as connection:
        found = await questions.shown_by(connection, world.guild.id, message.id)
    assert found is not None
    assert found.outcome is not None
    outcome = Outcome(
        searched=QUESTION,
        answerable=True,
        answer="They shiver [1].",
        sources=tuple(CitedSource(one.reference, one.score, True) for one in found.outcome.sources),
        seconds=1.0,
        prompt=prompt,
        model="small",
        interventions=(("no citation", "Bees are nice."),),
        prompt_tokens=900,
        completion_tokens=40,
    )
    made = Question(world.guild.id, world.channel.id, world.priya.id, "Priya", QUESTION, world.database.clock.now())
    async with world.database.write() as connection:
        recorded = await questions.record(connection, made)
        assert await questions.answered(connection, recorded, outcome)
    return recorded


class TestRiff:
    async def test_it_asks_the_variation_with_credit_and_the_filters(self, world: World) -> None:
        message = await ask(world, speaker="Tomas")

        form = await world.jonas.click(message, label="Riff")
        assert form.modal is not None
        assert QUESTION in str(form.modal)
        await world.jonas.submit_modal(form, {"query": "how do bees keep dry"})

        text = text_of(last_answer(world))
        url = f"https://discord.com/channels/{world.guild.id}/{world.channel.id}/{message.id}"
        assert "### 💬 how do bees keep dry" in text
        assert f"🎸 <@{world.jonas.id}> riffs on <@{world.priya.id}>'s [question]({url})" in text
        assert "said by Tomas Ek" in text

    async def test_a_form_that_was_open_during_a_restart_still_counts(self, world: World) -> None:
        form = await world.jonas.click(await ask(world), label="Riff")
        await world.restart()

        await world.jonas.submit_modal(form, {"query": "how are queens fed"})

        assert "### 💬 how are queens fed" in text_of(last_answer(world))

    async def test_a_variation_without_words_is_refused(self, world: World) -> None:
        form = await world.jonas.click(await ask(world), label="Riff")

        result = await world.jonas.submit_modal(form, {"query": "…"})

        assert "no words to search for" in shown(result)
        assert len(answers_in(world, world.channel)) == 1

    async def test_a_riff_on_a_deleted_question_keeps_none_of_its_words(self, world: World) -> None:
        message = await ask(world)
        form = await world.jonas.click(message, label="Riff")
        await world.jonas.submit_modal(form, {"query": "how do bees keep dry"})
        riff = last_answer(world)
        await world.priya.click(message, label="Delete")

        assert QUESTION not in text_of(riff)
        again = await world.jonas.click(riff, label="Riff")
        await world.jonas.submit_modal(again, {"query": "how do bees keep still"})
        assert "riffs on their own [question]" in text_of(last_answer(world))


class TestNewerAndOlder:
    async def test_where_the_answer_spans_years_the_same_is_asked_of_newer_or_older_episodes(
        self, world: World
    ) -> None:
        message = await ask(world, BOTH)
        assert {"*The Winter Cluster*", "*An Egg Fed Better*"} <= set(re.findall(r"\*[A-Z][^*]+\*", text_of(message)))

        await world.jonas.click(message, label="Newer")
        newer = text_of(last_answer(world))
        await world.jonas.click(message, label="Older")
        older = text_of(last_answer(world))

        assert f"🎸 <@{world.jonas.id}> riffs on <@{world.priya.id}>'s [question]" in newer
        assert "from 2024-01-18" in newer
        assert "*The Winter Cluster*" not in newer
        assert "until 2025-06-02" in older
        assert "*An Egg Fed Better*" not in older

    async def test_where_dates_don_t_matter_there_are_no_such_buttons(self, world: World) -> None:
        assert not {"Newer", "Older"} & set(buttons(await ask(world)))

    async def test_a_day_that_no_calendar_has_is_refused(self, world: World) -> None:
        message = await ask(world)
        made = await question_id(message)

        result = await press_forged(world, world.jonas, message, f"ask:dated:{made}:a2024-02-31")

        assert "I don't know this button any more" in shown(result)


class TestAfterwards:
    async def test_every_button_works_after_a_restart(self, world: World) -> None:
        message = await ask(world, BOTH)
        await world.restart()

        sources = await world.jonas.click(message, label="Sources")
        form = await world.jonas.click(message, label="Riff")
        await world.jonas.click(message, label="Newer")

        assert "Sources of" in shown(sources)
        assert form.modal is not None
        assert "from 2024-01-18" in text_of(last_answer(world))

    async def test_sources_are_still_found_when_the_episode_was_read_again(self, world: World) -> None:
        message = await ask(world)
        await samples.store_podcast(world.database, samples.BEES, samples.bee_readings())

        assert "the bees heat it themselves" in shown(await world.jonas.click(message, label="Sources"))

    @pytest.mark.parametrize(
        ("custom_id", "expected"),
        [
            ("ask:sources:999999999999999999:0", "I don't know this question"),
            ("ask:prompt:{id}:0", "There is no prompt"),
            ("ask:follow:0", "I don't know this question"),
            ("ask:riff:0", "I don't know this question"),
            ("ask:dated:0:a2024-01-01", "I don't know this question"),
            ("ask:pin:{id}:0:999999s0-1w0-1", "no longer in the archive"),
            ("ask:pin:{id}:0:1x0-1w0-1", "I don't know this button"),
            ("ask:delete:{id}", "I don't know this button"),
        ],
    )
    async def test_a_forged_button_is_answered_by_a_sentence(self, world: World, custom_id: str, expected: str) -> None:
        message = await ask(world)
        made = await question_id(message)

        result = await press_forged(world, world.jonas, message, custom_id.format(id=made))

        assert expected in shown(result)
        assert all(one.ephemeral for one in [*result.followups, *filter(None, [result.response])])

    async def test_a_question_of_another_server_is_unknown_here(self, world: World) -> None:
        await world.lotte.slash(world.cave_channel, "ask", question="what is the password of the lower gate")
        theirs = last_answer(world, world.cave_channel)
        ours = await ask(world)

        for label, (custom_id, *_) in buttons(theirs).items():
            if label in ("Sources", "Riff", "Follow up"):
                result = await press_forged(world, world.priya, ours, custom_id)
                assert "I don't know this question any more" in shown(result)
                assert result.modal is None
