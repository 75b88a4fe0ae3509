"""``/paper`` in a simulated Discord, with catalogues of papers on the loopback."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
import simcord
from aiohttp import web

from companion.archive.paper_lookup import PaperLookup
from companion.archive.paper_references import paper_reference
from companion.cogs.votes import Votes as VotesCog
from companion.community import paper_queue
from companion.community.papers import Papers, written_facts
from companion.community.votes import Votes
from companion.storage import papers, series, sessions
from companion.storage.ballots import PAPER, Subject
from companion.storage.papers import State
from companion.storage.votes import Tally
from tests.archive.catalogues import NOTHING, Catalogue, catalogue, entry
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, only, shown, text_of
from tests.cogs.test_search_buttons import press_forged
from tests.publisher import loopback_fetcher
from tests.storage import sample_clubs

ARXIV, ESSAY = "https://arxiv.org/abs/2603.00001v2", "https://buoys.example/essay"
TITLE = "What Drifting Buoys *Really* Remember"
ABSTRACT = "Buoys drift. They remember where @everyone was."


@pytest_asyncio.fixture
async def arxiv(world: World) -> AsyncGenerator[Catalogue]:
    """arXiv, which has one paper, as the bot sees it. All catalogues are the same server."""
    async with catalogue() as running:
        running.answers = [entry("2603.00001v3", TITLE, abstract=ABSTRACT)]
        lookup = PaperLookup(loopback_fetcher(), running.address, running.address, running.address, 0.0)
        bot_of(world).papers = Papers(world.database, lookup)
        yield running


async def propose(
    world: World, reference: str = ARXIV, who: simcord.MemberActor | None = None, **options: str
) -> simcord.InteractionResult:
    return await (who or world.priya).slash(world.channel, "paper propose", reference=reference, **options)


async def votes_settled(world: World) -> None:
    cog = bot_of(world).get_cog("Votes")
    assert isinstance(cog, VotesCog)
    await cog.settled()


async def state_of(world: World, paper_id: int = 1) -> State:
    async with world.database.read() as connection:
        paper = await papers.get(connection, world.guild.id, paper_id)
    assert paper is not None
    return paper.state


async def in_a_session(world: World, paper_id: int, state: sessions.State, recording_url: str | None = None) -> None:
    club = sample_clubs.a_club("Friday *Papers*", world.guild.id)
    async with world.database.write() as connection:
        series_id = await series.add(connection, club)
        session = sample_clubs.a_session(series_id, 0, world.guild.id)
        await sessions.add(
            connection,
            replace(session, paper_id=paper_id, presented_by=7, state=state, recording_url=recording_url),
        )
        held = state is sessions.State.HELD
        await papers.set_state(connection, world.guild.id, paper_id, State.COVERED if held else State.SCHEDULED)


class TestProposing:
    async def test_the_card_says_what_the_paper_is_and_who_wants_it(self, world: World, arxiv: Catalogue) -> None:
        message = only(await propose(world, why="It is *short*"))

        text = text_of(message)
        assert not message.ephemeral
        assert "📄 Proposed" in text
        assert "[What Drifting Buoys \\*Really\\* Remember](https://arxiv.org/abs/2603.00001v2)" in text
        assert "Ada Brook, Ines Okafor · 1 March 2026 · arXiv:2603.00001v2 · v3 is out" in text
        assert "Buoys drift. They remember where \\@everyone was." in text
        assert "[**PDF**](https://arxiv.org/pdf/2603.00001v2)" in text
        assert "[**HTML, for phones**](https://arxiv.org/html/2603.00001v2)" in text
        assert f"> It is \\*short\\* — <@{world.priya.id}>" in text
        assert f"Proposed by <@{world.priya.id}> <t:" in text
        assert text.endswith("-# 🗳️ Read it together? Vote with 👍 or 👎.")
        assert len(arxiv.asked) == 1

    async def test_what_the_archive_has_of_it_stands_on_the_card(self, world: World, arxiv: Catalogue) -> None:
        arxiv.answers = [entry("2603.00001v1", "Mites and Powdered Sugar")]

        text = text_of(only(await propose(world)))

        assert "**Pre-reading**, from the archive" in text
        assert "*The Winter Cluster*" in text
        assert "](https://bees.example/audio.mp3#t=" in text
        elsewhere = only(await world.lotte.slash(world.cave_channel, "paper propose", reference=ARXIV))
        assert "Pre-reading" not in text_of(elsewhere)

    async def test_the_second_proposal_is_a_second_voice(self, world: World, arxiv: Catalogue) -> None:
        await propose(world)
        text = text_of(only(await propose(world, "2603.00001v3", world.jonas)))
        again = text_of(only(await propose(world, "10.48550/arxiv.2603.00001", world.jonas)))

        assert "🙌 One more wants this" in text
        assert f"also wanted by <@{world.jonas.id}>" in text
        assert "arXiv:2603.00001v3\n" in text
        assert "You proposed this already" in again
        assert len(arxiv.asked) == 1

    async def test_members_vote_with_reactions_on_every_card_and_each_shows_the_tally(
        self, world: World, arxiv: Catalogue
    ) -> None:
        first = only(await propose(world))
        second = only(await world.jonas.slash(world.channel, "paper show", paper="1"))
        mo = managing(world)

        await world.jonas.react(first, "👍")
        await world.priya.react(second, "👍")  # the proposer's own
        await mo.react(second, "👍")
        await votes_settled(world)

        assert await Votes(world.database).tally(Subject(PAPER, 1)) == Tally(2, 0)
        for message in (first, second):
            stored = world.env.backend.get_message(world.channel.id, message.id)
            assert "🗳️ 2 👍 · 0 👎" in str(stored.components)
            assert "Buoys drift" in str(stored.components)

    async def test_what_names_no_paper_is_refused_in_private(self, world: World, arxiv: Catalogue) -> None:
        result = await propose(world, "the one about buoys")

        assert "I don't see which paper that is." in shown(result)
        assert only(result).ephemeral
        assert arxiv.asked == []

    async def test_an_id_that_arxiv_does_not_have_proposes_nothing(self, world: World, arxiv: Catalogue) -> None:
        arxiv.answers = [NOTHING]

        result = await propose(world, "2603.99999")

        assert "arXiv has no paper 2603.99999" in shown(result)
        assert all(message.ephemeral for message in result.followups)
        assert "Nothing is waiting" in shown(await world.priya.slash(world.channel, "paper queue"))


class TestInOnesOwnWords:
    async def test_an_address_opens_a_form_and_makes_a_card(self, world: World, arxiv: Catalogue) -> None:
        form = await propose(world, ESSAY, why="Short")
        assert form.modal is not None
        assert ESSAY in str(form.modal)
        assert "Short" in str(form.modal)

        message = only(
            await world.priya.submit_modal(
                form, {"paper": ESSAY, "title": "An *Essay*", "authors": "Ada Brook and Bo Lund", "why": "Short"}
            )
        )

        text = text_of(message)
        assert f"[An \\*Essay\\*]({ESSAY})" in text
        assert "Ada Brook, Bo Lund" in text
        assert f"> Short — <@{world.priya.id}>" in text
        assert arxiv.asked == []
        assert form.response is None

    async def test_a_form_without_a_title_or_with_another_reference_is_read_for_what_it_says(
        self, world: World, arxiv: Catalogue
    ) -> None:
        form = await propose(world, ESSAY)
        assert "A paper needs a title" in shown(await world.priya.submit_modal(form, {"paper": ESSAY, "title": "  "}))
        form = await propose(world, ESSAY)
        refused = await world.priya.submit_modal(form, {"paper": "nothing", "title": "T"})
        assert "I don't see which paper that is" in shown(refused)

    async def test_a_known_address_needs_no_form(self, world: World, arxiv: Catalogue) -> None:
        await world.priya.submit_modal(await propose(world, ESSAY), {"paper": ESSAY, "title": "An Essay"})

        assert "One more wants this" in shown(await propose(world, ESSAY, world.jonas))

    async def test_when_arxiv_is_down_a_button_asks_for_the_title_and_keeps_the_reason(
        self, world: World, arxiv: Catalogue
    ) -> None:
        arxiv.answers = [web.Response(status=503, headers={"Retry-After": "900"})]
        asked = only(await propose(world, why="It is short"))
        assert "arXiv does not answer now" in text_of(asked)
        assert "It is not proposed yet." in text_of(asked)
        (custom_id,) = buttons(asked)["Title and authors"]
        assert custom_id == "paper:fill:arxiv:2603.00001@2"

        form = await world.jonas.click(asked, label="Title and authors")
        assert "It is short" in str(form.modal)
        result = await world.jonas.submit_modal(form, {"paper": ARXIV, "title": "Buoys", "authors": ""})

        stored = world.env.backend.get_message(world.channel.id, asked.id)
        assert "[Buoys](https://arxiv.org/abs/2603.00001v2)" in str(stored.components), shown(result)
        assert await state_of(world) is State.PROPOSED

    async def test_a_doi_that_crossref_does_not_have_is_asked_about(self, world: World, arxiv: Catalogue) -> None:
        arxiv.answers = [web.Response(status=404)]

        asked = only(await propose(world, "10.5281/zenodo.1234"))

        assert "No catalogue that I ask knows this one" in text_of(asked)
        assert buttons(asked)["Title and authors"] == ["paper:fill:doi:10.5281/zenodo.1234"]


class TestQueue:
    async def test_an_empty_queue_says_what_to_do(self, world: World) -> None:
        assert "`/paper propose`" in shown(await world.priya.slash(world.channel, "paper queue"))

    async def test_papers_stand_by_their_votes_with_links_to_their_cards(self, world: World, arxiv: Catalogue) -> None:
        first = only(await propose(world))
        arxiv.answers = [entry("2603.00002v1", "A Better One", authors=("A", "B", "C"))]
        second = only(await propose(world, "2603.00002"))
        await world.jonas.react(second, "👍")
        await votes_settled(world)

        text = shown(await world.jonas.slash(world.channel, "paper queue"))

        where = f"https://discord.com/channels/{world.guild.id}/{world.channel.id}"
        assert "2 papers in the queue · 1 member voted" in text
        assert text.index("A Better One") < text.index("Drifting Buoys")
        assert f"1. **[A Better One]({where}/{second.id})**" in text
        assert f"/{first.id})" in text
        assert "A, B and 1 more · 1 for, 0 against · too few votes" in text
        assert "no votes yet" in text

    async def test_pages_turn_in_place_for_who_asked_and_beside_for_others(
        self, world: World, arxiv: Catalogue
    ) -> None:
        kept = bot_of(world).papers
        for number in range(10):
            by = world.priya.id if number % 2 else world.jonas.id
            essay = paper_reference(f"https://buoys.example/{number}")
            await kept.propose(world.guild.id, by, essay, written=written_facts(f"Essay {number}", ""))
        message = only(await world.priya.slash(world.channel, "paper queue"))
        assert "page 1 of 2" in text_of(message)

        beside = only(await world.jonas.click(message, label="Page 2 ›"))
        assert beside.ephemeral
        assert "Essay 9" in text_of(beside)
        assert "Delete" not in buttons(beside)
        await world.priya.click(message, label="Page 2 ›")
        stored = world.env.backend.get_message(world.channel.id, message.id)
        assert "page 2 of 2" in str(stored.components)

    async def test_what_is_scheduled_stands_above_with_its_time(self, world: World, arxiv: Catalogue) -> None:
        await propose(world)
        await in_a_session(world, 1, sessions.State.PLANNED)

        text = shown(await world.priya.slash(world.channel, "paper queue"))

        assert "0 papers in the queue" in text
        assert "🗓️ **Friday \\*Papers\\*** · <t:1774004400:F> · presented by <@7>" in text
        refused = shown(await world.priya.slash(world.channel, "paper withdraw", paper="1"))
        assert "This one is scheduled" in refused

    async def test_what_was_covered_says_when_and_where_the_recording_is(self, world: World, arxiv: Catalogue) -> None:
        await propose(world)
        await in_a_session(world, 1, sessions.State.HELD, "https://buoys.example/rec")

        again = only(await propose(world, who=world.jonas))

        text = text_of(again)
        assert "✅ This was covered already" in text
        assert "<t:1774004400:D> · presented by <@7> · [recording](https://buoys.example/rec)" in text
        assert "🗳️" not in text
        assert "1 covered so far" in shown(await world.priya.slash(world.channel, "paper queue"))


class TestWithdrawing:
    async def test_its_proposer_takes_a_paper_back_and_its_cards_say_so(self, world: World, arxiv: Catalogue) -> None:
        message = only(await propose(world))
        await world.jonas.react(message, "👍")
        await votes_settled(world)

        result = only(await world.priya.slash(world.channel, "paper withdraw", paper="1"))

        assert result.ephemeral
        assert "Withdrawn from the queue" in text_of(result)
        stored = world.env.backend.get_message(world.channel.id, message.id)
        assert "was withdrawn. `/paper propose` brings it back." in str(stored.components)
        assert (await Votes(world.database).tally(Subject(PAPER, 1))).votes == 0

    async def test_only_its_proposer_or_a_moderator_may(self, world: World, arxiv: Catalogue) -> None:
        await propose(world)

        refused = await world.jonas.slash(world.channel, "paper withdraw", paper="1")
        assert "You did not propose this one" in shown(refused)
        for wrong in ("2", "zebra", "-1"):
            gone = await world.priya.slash(world.channel, "paper withdraw", paper=wrong)
            assert "This server has no such paper" in shown(gone)
        assert await state_of(world) is State.PROPOSED

    async def test_a_paper_is_known_by_words_of_its_title_where_none_was_chosen(
        self, world: World, arxiv: Catalogue
    ) -> None:
        await propose(world)

        posted = await world.jonas.slash(world.channel, "paper show", paper="buoys")
        withdrawn = await world.priya.slash(world.channel, "paper withdraw", paper=TITLE.upper())

        assert "What Drifting Buoys" in shown(posted)
        assert "Withdrawn from the queue" in shown(withdrawn)

    async def test_suggested_is_what_one_may_withdraw_and_whatever_may_be_shown(
        self, world: World, arxiv: Catalogue
    ) -> None:
        await propose(world)

        for who, command, many in (
            (world.priya, "paper withdraw", 1),
            (world.jonas, "paper withdraw", 0),
            (world.jonas, "paper show", 1),
        ):
            choices = await who.autocomplete(world.channel, command, "paper", "buoys")
            assert len(choices) == many, command
        assert await world.lotte.autocomplete(world.cave_channel, "paper show", "paper", "") == []


async def test_a_paper_that_nobody_votes_for_expires_and_its_cards_say_so(
    world: World, arxiv: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = [only(await propose(world)), only(await world.jonas.slash(world.channel, "paper show", paper="1"))]
    monkeypatch.setattr(paper_queue, "EXPIRES_AFTER", timedelta(0))
    bot = bot_of(world)
    expire = next(duty for duty in bot.duties if getattr(duty, "__name__", "") == "expire")

    await expire(world.database.clock.now())

    assert await state_of(world) is State.EXPIRED
    for card in cards:
        stored = world.env.backend.get_message(world.channel.id, card.id)
        assert "left the queue: nobody voted for it" in str(stored.components)
    await world.jonas.react(cards[0], "👍")
    await votes_settled(world)
    assert await Votes(world.database).tally(Subject(PAPER, 1)) == Tally()


async def test_buttons_of_another_version_are_refused(world: World, arxiv: Catalogue) -> None:
    message = only(await propose(world))

    for forged in ("paper:like:1", "paper:fill:isbn:1", "paper:queue:x"):
        result = await press_forged(world, world.jonas, message, forged)
        assert "I don't know this button any more" in shown(result)


async def test_cards_and_the_queue_outlive_a_restart(world: World, arxiv: Catalogue) -> None:
    message = only(await propose(world))
    await world.restart()

    await world.jonas.react(message, "👍")
    await votes_settled(world)

    assert "1 for, 0 against" in shown(await world.jonas.slash(world.channel, "paper queue"))
