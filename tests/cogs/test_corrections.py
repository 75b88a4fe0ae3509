from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import simcord
from sqlalchemy import delete, select

from companion.cogs.views import correction_ids
from companion.community import proposals
from companion.storage import aliases, corrections, episodes, schema, subscriptions
from companion.storage.aliases import NamedLabel
from companion.storage.channels import Purpose
from companion.storage.corrections import Correction, Verdict
from companion.storage.names import AliasState
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, give_setup_to_everybody, managing
from tests.cogs.messages import buttons, only, said_in, shown, text_of, walk
from tests.cogs.test_search_buttons import press_forged, searched
from tests.cogs.test_setup import found_in_the_end
from tests.cogs.test_setup_channels import closed_channel, keep

WOOL = "wool keeps the damp in"
TOMAS = "label:Tomas Ek"
CALLED = "person:Tomas Ek"
WORD = "term"


async def context_of(
    world: World, who: simcord.MemberActor, query: str = WOOL, place: int = 0
) -> simcord.ResponseMessage:
    message = await searched(world, query)
    return only(await who.click(message, custom_id=buttons(message)["Context"][place]))


async def form_for(world: World, who: simcord.MemberActor, query: str = WOOL) -> simcord.InteractionResult:
    return await who.click(await context_of(world, who, query), label="Correct")


async def propose(
    world: World, who: simcord.MemberActor, wrong: str, right: str, read: str = "", query: str = WOOL
) -> simcord.InteractionResult:
    """Goes all the way from a search to the sent form."""
    form = await form_for(world, who, query)
    return await who.submit_modal(form, {"wrong": [wrong], "read": read, "right": right})


async def listed(world: World, manager: simcord.MemberActor) -> simcord.ResponseMessage:
    return only(await manager.slash(world.channel, "setup corrections"))


async def stored(world: World) -> list[Correction]:
    async with world.database.read() as connection:
        ids = (await connection.execute(select(schema.corrections.c.id).order_by(schema.corrections.c.id))).scalars()
        found = [await corrections.get(connection, one) for one in ids]
    return [one for one in found if one is not None]


async def names_of(world: World) -> dict[str, str]:
    """What stands for what in the bees' podcast."""
    async with world.database.read() as connection:
        known = await aliases.listed(connection, [world.bees.id], [AliasState.ACCEPTED])
        labels = await aliases.named_labels(connection, frozenset({world.bees.id}))
    return {one.spelling: one.name for one in known} | {one.label: one.name for one in labels}


def buttons_in(world: World, channel: simcord.ChannelHandle) -> list[str]:
    """The labels of the buttons under the last message in a channel."""
    message = world.env.backend.get_message(channel.id, channel.history()[-1].id)
    return [str(part.get("label")) for part in walk(message.components) if part.get("type") == 2]


class TestLearning:
    async def test_a_misheard_word_is_found_by_its_right_spelling_once_a_manager_accepted(self, world: World) -> None:
        told = await propose(world, world.jonas, WORD, "Varroa Calendar", "heated floor")
        assert only(told).ephemeral
        assert "**heated floor** → **Varroa Calendar**" in shown(told)
        assert "Nothing changes until a manager" in shown(told)
        assert "Also searched" not in shown(await world.priya.slash(world.channel, "search", query="Varroa Calendar"))

        mo = managing(world)
        await mo.click(await listed(world, mo), label="Accept")

        found = await found_in_the_end(world, "Also searched", query="Varroa Calendar")
        assert "Also searched for: heated floor" in found
        assert re.search(r"The \*\*heated floor\*\* is worse", found), "the text stays as it was transcribed"

    async def test_a_speaker_who_is_somebody_else_is_so_in_that_episode(self, world: World) -> None:
        await propose(world, world.jonas, TOMAS, "Thomas Eklund")
        mo = managing(world)

        await mo.click(await listed(world, mo), label="Accept")

        found = await found_in_the_end(world, "**Thomas Eklund**", query=WOOL, speaker="Thomas Eklund")
        assert "**Thomas Eklund**" in found
        assert "Wool keeps the damp in" in found.replace("**", "")
        assert await names_of(world) == {"Tomas Ek": "Thomas Eklund"}

    async def test_a_name_that_is_spelt_otherwise_is_so_in_every_episode_and_either_finds_them(
        self, world: World
    ) -> None:
        turns = (samples.Turn("Tomas Ek", 0.0, 30.0, False, "Propolis is glue, and bees bring it from poplar buds."),)
        await samples.store_podcast(world.database, samples.BEES, [samples.reading("Glue", turns)])
        await propose(world, world.jonas, CALLED, "Tomás Ek")
        mo = managing(world)

        await mo.click(await listed(world, mo), label="Accept")

        for speaker in ("Tomás Ek", "tomas ek"):
            found = await found_in_the_end(world, "**Tomás Ek**", query="propolis glue poplar", speaker=speaker)
            assert "**Tomás Ek**" in found
            assert "Propolis is glue" in found.replace("**", "")

    async def test_what_is_rejected_changes_nothing_and_cannot_be_proposed_again(self, world: World) -> None:
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        mo = managing(world)
        message = await listed(world, mo)
        await mo.click(message, label="Reject")

        again = await propose(world, world.priya, WORD, "varroa", "Heated Floor")

        assert "🚫 Rejected: **heated floor** → **Varroa**" in text_of(message)
        assert "turned down the same correction before" in shown(again)
        assert await names_of(world) == {}

    async def test_the_proposer_reads_what_came_of_it_in_the_context_and_nobody_else_does(self, world: World) -> None:
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        assert "You proposed **heated floor** → **Varroa**: no manager has decided" in text_of(
            await context_of(world, world.jonas)
        )
        mo = managing(world)
        await mo.click(await listed(world, mo), label="Accept")

        assert "You proposed **heated floor** → **Varroa**: accepted" in text_of(await context_of(world, world.jonas))
        assert "You proposed" not in text_of(await context_of(world, world.priya))


class TestTheForm:
    async def test_it_offers_a_word_and_who_speaks_the_quoted_words_before_the_others(self, world: World) -> None:
        form = await form_for(world, world.jonas)

        assert form.modal is not None
        values = re.findall(r"'value': '([^']+)'", str(form.modal))
        assert values == [WORD, TOMAS, CALLED, "label:Mara Lindqvist", "person:Mara Lindqvist"]
        assert "“Tomas Ek” is somebody else" in str(form.modal)

    async def test_where_nobody_is_named_there_is_no_name_to_be_spelt_otherwise(self, world: World) -> None:
        turns = [samples.Turn("SPEAKER 1", 0.0, 30.0, False, "Propolis is glue, and bees bring it from poplar buds.")]
        await samples.store_podcast(world.database, samples.BEES, [samples.reading("Glue", turns)])
        await world.restart()

        form = await form_for(world, world.jonas, "propolis glue poplar")

        values = re.findall(r"'value': '([^']+)'", str(form.modal))
        assert values == [WORD, "label:SPEAKER 1"]

    async def test_where_nobody_speaks_only_words_can_be_misheard(self, world: World) -> None:
        turns = [samples.Turn(None, 0.0, 30.0, False, "Propolis is glue, and bees bring it from poplar buds.")]
        await samples.store_podcast(world.database, samples.BEES, [samples.reading("Glue", turns)])
        await world.restart()

        form = await form_for(world, world.jonas, "propolis glue poplar")
        told = await world.jonas.submit_modal(form, {"read": "Propolis", "right": "Propolis Wax"})

        assert "**Propolis** → **Propolis Wax**" in shown(told)

    @pytest.mark.parametrize(
        ("wrong", "read", "right", "refusal"),
        [
            (WORD, "cathedral", "Varroa", "“cathedral” is not in this passage"),
            (WORD, "eated floo", "Varroa", "“eated floo” is not in this passage"),
            (WORD, "", "Varroa", "Which words are misheard?"),
            (WORD, "heated floor", "HEATED floor", "are the same for a search"),
            (WORD, "heated floor", "!?", "The name has no letter in it"),
            (TOMAS, "", "Tomas Ek", "They are shown as “Tomas Ek” already"),
            (CALLED, "", "Tomas Ek", "They are shown as “Tomas Ek” already"),
        ],
    )
    async def test_what_cannot_be_is_refused_with_the_reason(
        self, world: World, wrong: str, read: str, right: str, refusal: str
    ) -> None:
        told = await propose(world, world.jonas, wrong, right, read)

        assert refusal in shown(told)
        assert await stored(world) == []

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ("label:Ines Okafor", "Nobody with that label speaks in this passage"),
            ("person:Piet Vos", "Nobody with that label speaks in this passage"),
            ("everything", "I don't know what you say is wrong"),
        ],
    )
    async def test_a_forged_choice_is_refused(self, world: World, wrong: str, refusal: str) -> None:
        form: Any = await form_for(world, world.jonas)
        form._interaction.modal["components"][0]["component"]["options"][0]["value"] = wrong

        told = await world.jonas.submit_modal(form, {"wrong": [wrong], "right": "Somebody"})

        assert refusal in shown(told)
        assert await stored(world) == []

    async def test_markdown_and_mentions_in_it_are_text(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        told = await propose(world, world.jonas, TOMAS, "@everyone [a](http://b) **c**")
        mo = managing(world)

        for said in (shown(told), said_in(world.env, world.channel)[-1], text_of(await listed(world, mo))):
            assert r"**\@everyone \[a\](http\://b) \*\*c\*\***" in said

    async def test_the_label_of_a_misheard_name_that_was_named_before_is_corrected_as_it_is_shown(
        self, world: World
    ) -> None:
        async with world.database.write() as connection:
            episode = await episodes.find(connection, "The Winter Cluster", None)
            await aliases.name_label(connection, NamedLabel(episode.id, "Tomas Ek", "Tomas Eck"))
        await world.restart()
        await propose(world, world.jonas, CALLED, "Tomas Eek")
        mo = managing(world)

        await mo.click(await listed(world, mo), label="Accept")

        found = await found_in_the_end(world, "**Tomas Eek**", query=WOOL)
        assert "**Tomas Eek**" in found
        assert (await names_of(world))["tomas eck"] == "Tomas Eek"


class TestAskingManagers:
    async def test_they_are_asked_at_once_where_they_want_notices_and_nobody_is_pinged(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")

        said = said_in(world.env, world.channel)[-1]
        asked = world.env.backend.get_message(world.channel.id, world.channel.history()[-1].id)

        assert "### ✏️ A correction is proposed\n**heated floor** → **Varroa**" in said
        assert "in all of *Hive Minds*. A search for either finds both; no text is changed." in said
        assert f"Proposed by <@{world.jonas.id}>" in said
        assert "The **heated floor** is worse" in said
        assert "*The Winter Cluster*" in said
        assert asked.allowed_mentions.users == frozenset()

    async def test_one_press_accepts_and_the_message_says_who_did(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        await propose(world, world.jonas, TOMAS, "Thomas Eklund")
        await world.restart()
        mo = managing(world)

        await mo.click(world.channel.history()[-1], label="Accept")

        said = said_in(world.env, world.channel)[-1]
        assert "### ✏️ A correction is accepted" in said
        assert "Who speaks, in *The Winter Cluster* only: all 3 turns that have that label" in said
        assert f"✅ Accepted by <@{mo.id}>" in said
        assert f"Proposed by <@{world.jonas.id}>" in said
        assert not buttons_in(world, world.channel)
        assert await names_of(world) == {"Tomas Ek": "Thomas Eklund"}

    async def test_a_decision_in_the_list_shows_in_the_channel(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        mo = managing(world)

        await mo.click(await listed(world, mo), label="Reject")

        assert f"🚫 Rejected by <@{mo.id}>" in said_in(world.env, world.channel)[1]
        assert await names_of(world) == {}

    @pytest.mark.parametrize("accepts", [True, False])
    async def test_of_two_managers_one_decides_and_the_other_is_told(self, world: World, accepts: bool) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        mo, ann = managing(world), managing(world, name="ann")
        in_list = await listed(world, ann)
        await mo.click(world.channel.history()[1], label="Accept" if accepts else "Reject")

        told = await ann.click(in_list, label="Accept")

        verdict = "accepted" if accepts else "rejected"
        assert f"A manager has {verdict} this already, so nothing changed now" in shown(told)
        assert "Nothing is open" in text_of(in_list)
        assert f"{verdict.title()} by <@{mo.id}>" in said_in(world.env, world.channel)[1]
        assert await names_of(world) == ({"heated floor": "Varroa"} if accepts else {})

    async def test_a_message_that_was_left_behind_is_brought_up_to_date_by_a_press(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        mo = managing(world)
        (known,) = await stored(world)
        async with world.database.write() as connection:
            await corrections.decide(connection, known.id, Verdict.REJECTED, mo.id, world.database.clock.now())

        told = await mo.click(world.channel.history()[1], label="Accept")

        assert "You have rejected this already" in shown(told)
        assert f"Rejected by <@{mo.id}>" in said_in(world.env, world.channel)[1]

    async def test_whoever_says_the_same_joins_and_managers_see_it(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")

        joined = await propose(world, world.priya, WORD, "VARROA", "Heated Floor")
        again = await propose(world, world.priya, WORD, "Varroa", "heated floor")

        assert "Somebody proposed the same before" in shown(joined)
        assert "You proposed this already" in shown(again)
        assert len(await stored(world)) == 1
        asked = [said for said in said_in(world.env, world.channel) if "A correction is proposed" in said]
        assert len(asked) == 1
        assert f"Proposed by <@{world.jonas.id}>, <@{world.priya.id}>" in asked[0]

    async def test_a_channel_that_is_closed_is_asked_later_and_once(self, world: World) -> None:
        closed = closed_channel(world, "closed", send_messages=False)
        await keep(world, Purpose.NOTICES, closed.id)
        told = await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        assert "Nothing changes until a manager" in shown(told)
        await keep(world, Purpose.NOTICES, world.channel.id)

        for minute in range(3):
            await tick(world, timedelta(minutes=minute))
        await world.restart()
        await tick(world, timedelta(minutes=9))

        assert sum("A correction is proposed" in said for said in said_in(world.env, world.channel)) == 1

    async def test_where_no_channel_is_chosen_the_list_has_it(self, world: World) -> None:
        mo = managing(world)
        assert "Nothing is open. Members propose" in text_of(await listed(world, mo))
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")

        message = await listed(world, mo)

        assert message.ephemeral
        assert "1 open" in text_of(message)
        assert "**heated floor** → **Varroa**" in text_of(message)

    async def test_many_come_in_pages_and_a_decision_stays_on_its_page(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(proposals, "MOST_OF_MEMBER", 9)
        for nth in range(5):
            await propose(world, world.jonas, WORD, f"Varroa {nth}", "heated floor")
        mo = managing(world)
        message = await listed(world, mo)
        assert "5 open · page 1 of 2" in text_of(message)

        await mo.click(message, label="Page 2 ›")
        await mo.click(message, custom_id=buttons(message)["Reject"][0])

        assert "🚫 Rejected: **heated floor** → **Varroa 3**" in text_of(message)
        assert "4 open · page 2 of 2" in text_of(message)
        await mo.click(message, label="‹ Page 1")
        assert "page 1 of 2" in text_of(message)

    async def test_what_cannot_be_accepted_any_more_stays_open_with_the_reason(self, world: World) -> None:
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        mo = managing(world)
        message = await listed(world, mo)
        await mo.slash(world.channel, "setup aliases add", spelling="Varroa", name="heated floor", kind="word")

        result = await mo.click(message, label="Accept")

        assert "remove “Varroa” first" in shown(result)
        assert [one.verdict for one in await stored(world)] == [Verdict.OPEN]

    async def test_an_episode_that_is_gone_takes_its_corrections_along(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        async with world.database.write() as connection:
            await connection.execute(delete(schema.episodes))
        mo = managing(world)

        result = await mo.click(world.channel.history()[-1], label="Accept")

        assert "I don't know this correction any more" in shown(result)
        assert await names_of(world) == {}
        assert "Nothing is open" in text_of(await listed(world, mo))


class TestTakingBack:
    async def test_the_last_who_withdraws_takes_it_along(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        told = only(await propose(world, world.jonas, WORD, "Varroa", "heated floor"))
        await world.restart()

        await world.jonas.click(told, label="Withdraw")

        assert "Withdrawn: **heated floor** → **Varroa**. Nothing is stored of it any more" in text_of(told)
        assert "proposed and withdrawn: **heated floor** → **Varroa**" in said_in(world.env, world.channel)[1]
        assert await stored(world) == []

    async def test_what_others_want_too_stays_open(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        told = only(await propose(world, world.jonas, WORD, "Varroa", "heated floor"))
        await propose(world, world.priya, WORD, "Varroa", "heated floor")

        await world.jonas.click(told, label="Withdraw")

        assert "Others want it too" in text_of(told)
        assert [one.proposers for one in await stored(world)] == [(world.priya.id,)]
        assert f"Proposed by <@{world.priya.id}> ·" in said_in(world.env, world.channel)[1]

    async def test_from_the_context_too(self, world: World) -> None:
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        context = await context_of(world, world.jonas)

        await world.jonas.click(context, label="Withdraw “Varroa”")

        assert "Nothing is stored of it any more" in text_of(context)
        assert await stored(world) == []

    async def test_where_the_server_has_left_the_podcast_since(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        told = only(await propose(world, world.jonas, WORD, "Varroa", "heated floor"))
        await propose(world, world.priya, WORD, "Varroa", "heated floor")
        async with world.database.write() as connection:
            await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)

        result = await world.jonas.click(told, label="Withdraw")

        assert result.followups == []
        assert "Others want it too" in text_of(told)

    async def test_of_what_is_decided_only_who_proposed_it_goes(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        told = only(await propose(world, world.jonas, WORD, "Varroa", "heated floor"))
        mo = managing(world)
        await mo.click(world.channel.history()[1], label="Accept")

        await world.jonas.click(told, label="Withdraw")

        assert "It was accepted before, and that stays; that you proposed it is no longer stored" in text_of(told)
        assert "Proposed by somebody" in said_in(world.env, world.channel)[1]
        assert [one.proposers for one in await stored(world)] == [()]
        assert await names_of(world) == {"heated floor": "Varroa"}

    async def test_another_member_s_cannot_be_withdrawn(self, world: World) -> None:
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        (known,) = await stored(world)

        result = await press_forged(world, world.priya, await searched(world), correction_ids.withdraw(known.id))

        assert "not, or no longer, a correction that you proposed" in shown(result)
        assert len(await stored(world)) == 1


class TestWhoMay:
    async def test_a_member_who_manages_nothing_decides_nothing(self, world: World) -> None:
        await keep(world, Purpose.NOTICES, world.channel.id)
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        asked = world.channel.history()[-1]
        await give_setup_to_everybody(world)
        (known,) = await stored(world)

        for refused in (
            await world.jonas.click(asked, label="Accept"),
            await world.priya.click(asked, label="Reject"),
            await press_forged(
                world, world.priya, await searched(world), correction_ids.decide(known.id, 0, accept=True)
            ),
            await press_forged(world, world.priya, await searched(world), correction_ids.corrections(0)),
            await world.priya.slash(world.channel, "setup corrections"),
        ):
            assert "Only those who may manage this server" in shown(refused)
            assert "Varroa" not in shown(refused)
        assert [one.verdict for one in await stored(world)] == [Verdict.OPEN]

    async def test_a_server_that_came_later_is_told_that_it_may_not(self, world: World) -> None:
        async with world.database.write() as connection:
            await subscriptions.subscribe(
                connection, world.lotte.guild.id, world.bees.id, world.database.clock.now() + timedelta(days=1)
            )
        message = only(await world.lotte.slash(world.cave_channel, "search", query=WOOL))
        context = only(await world.lotte.click(message, custom_id=buttons(message)["Context"][0]))

        refused = await world.lotte.click(context, label="Correct")

        assert refused.modal is None
        assert "The names of “Hive Minds” cannot be changed from this server" in shown(refused)
        assert "Whoever runs this bot can do it" in shown(refused)

    async def test_a_server_that_keeps_the_podcast_no_more_can_reject_but_not_accept(self, world: World) -> None:
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        async with world.database.write() as connection:
            earlier = world.database.clock.now() - timedelta(days=9)
            await subscriptions.subscribe(connection, world.lotte.guild.id, world.bees.id, earlier)
        mo = managing(world)
        message = await listed(world, mo)

        refused = await mo.click(message, label="Accept")
        assert "cannot be changed from this server" in shown(refused)
        assert await names_of(world) == {}

        await mo.click(message, label="Reject")
        assert [one.verdict for one in await stored(world)] == [Verdict.REJECTED]

    async def test_another_server_s_proposals_do_not_exist_for_it(self, world: World) -> None:
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")
        (known,) = await stored(world)
        boss = managing(world, world.lotte.guild, "boss")

        for custom_id in (
            correction_ids.decide(known.id, accept=True),
            correction_ids.decide(known.id, 0, accept=False),
            correction_ids.withdraw(known.id),
        ):
            message = only(await world.lotte.slash(world.cave_channel, "search", query="lower gate"))
            said = shown(await press_forged(world, boss, message, custom_id))
            assert "correction" in said
            assert "Varroa" not in said
        assert "Nothing is open" in shown(await boss.slash(world.cave_channel, "setup corrections"))
        assert [one.verdict for one in await stored(world)] == [Verdict.OPEN]

    async def test_a_blocked_member_proposes_nothing(self, world: World) -> None:
        form = await form_for(world, world.jonas)
        context = await context_of(world, world.jonas)
        await managing(world).slash(world.channel, "setup members block", member=world.jonas)

        sent = await world.jonas.submit_modal(form, {"wrong": [TOMAS], "right": "Thomas"})
        pressed = await world.jonas.click(context, label="Correct")

        for refused in (sent, pressed):
            assert "You are blocked from using me" in shown(refused)
        assert await stored(world) == []

    async def test_there_is_an_end_to_what_one_member_can_leave_open(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(proposals, "MOST_OF_MEMBER", 1)
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")

        refused = await propose(world, world.jonas, TOMAS, "Thomas")

        assert "1 corrections of yours are open here: wait" in shown(refused)
        assert "Nothing changes until" in shown(await propose(world, world.priya, TOMAS, "Thomas"))

    async def test_and_to_what_a_server_can(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(proposals, "MOST", 1)
        await propose(world, world.jonas, WORD, "Varroa", "heated floor")

        refused = await propose(world, world.priya, TOMAS, "Thomas")

        assert "1 corrections are open in this server" in shown(refused)
        assert "the same before" in shown(await propose(world, world.priya, WORD, "Varroa", "heated floor"))

    @pytest.mark.parametrize(
        "custom_id", ["corrections:burn:1", "corrections:accept:x", "corrections:list:99999", "corrections:correct:1"]
    )
    async def test_a_button_of_another_version_is_answered(self, world: World, custom_id: str) -> None:
        result = await press_forged(world, managing(world), await searched(world), custom_id)

        assert "don't know this button any more" in shown(result)


async def tick(world: World, later: timedelta) -> None:
    """What the schedule does each minute."""
    cog: Any = bot_of(world).get_cog("CorrectionCommands")
    assert cog.tell in bot_of(world).duties
    await cog.tell(world.database.clock.now() + later)
