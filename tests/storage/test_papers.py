from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from companion.storage import ballots, paper_metadata, papers, votes
from companion.storage.ballots import PAPER, Ballot, Subject
from companion.storage.engine import AsyncConnection, Database
from companion.storage.paper_metadata import PaperMetadata
from companion.storage.papers import Paper, State, Voice

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GUILD, ELSEWHERE = 10, 11
ADA, BO, CY = 1, 2, 3
BUOYS = Paper(
    0,
    GUILD,
    "arxiv:2603.00001",
    2,
    "What Drifting Buoys Remember",
    ("Ada Brook", "Ines Okafor"),
    "Buoys drift. They remember.",
    date(2026, 3, 1),
    ADA,
    NOON,
    State.PROPOSED,
    NOON,
)
HIVES = replace(BUOYS, canonical="doi:10.1234/hives", version=None, title="Hives, 100% Counted", published=None)
KNOWN = PaperMetadata(BUOYS.canonical, "Buoys", ("Ines Okafor",), None, date(2026, 2, 1), 3, NOON)


async def stored(connection: AsyncConnection, paper: Paper = BUOYS) -> Paper:
    paper_id = await papers.add(connection, paper)
    assert paper_id is not None
    return replace(paper, id=paper_id)


async def vote_on(connection: AsyncConnection, paper: Paper, member_id: int, at: datetime = NOON) -> None:
    ballot = Ballot(member_id, GUILD, 5, Subject(PAPER, paper.id), at)
    await ballots.add(connection, ballot)
    await votes.decide(connection, ballot, member_id, (1, at))


async def test_a_paper_comes_back_as_it_was_stored_and_to_its_server_alone(database: Database) -> None:
    async with database.write() as connection:
        paper = await stored(connection)

        assert await papers.get(connection, GUILD, paper.id) == paper
        assert await papers.by_canonical(connection, GUILD, BUOYS.canonical) == paper
        assert await papers.of_guild(connection, GUILD) == [paper]
        assert await papers.get(connection, ELSEWHERE, paper.id) is None
        assert await papers.by_canonical(connection, ELSEWHERE, BUOYS.canonical) is None
        assert await papers.of_guild(connection, ELSEWHERE) == []


async def test_a_server_has_a_paper_once_and_every_server_may(database: Database) -> None:
    async with database.write() as connection:
        await stored(connection)

        assert await papers.add(connection, replace(BUOYS, title="Again")) is None
        assert await papers.add(connection, replace(BUOYS, guild_id=ELSEWHERE)) is not None


async def test_a_state_is_changed_only_from_where_it_was_thought_to_be(database: Database) -> None:
    async with database.write() as connection:
        paper = await stored(connection)

        assert not await papers.set_state(connection, ELSEWHERE, paper.id, State.COVERED)
        assert await papers.set_state(connection, GUILD, paper.id, State.SCHEDULED, [State.PROPOSED])
        assert not await papers.set_state(connection, GUILD, paper.id, State.EXPIRED, [State.PROPOSED])
        assert await papers.of_guild(connection, GUILD, [State.SCHEDULED]) == [replace(paper, state=State.SCHEDULED)]
        assert await papers.of_guild(connection, GUILD, [State.PROPOSED]) == []


async def test_what_is_proposed_anew_begins_again_under_another_name(database: Database) -> None:
    later = NOON + timedelta(days=9)
    async with database.write() as connection:
        paper = await stored(connection, replace(BUOYS, state=State.EXPIRED))
        await papers.propose_anew(connection, paper.id, BO, later)

        again = replace(paper, state=State.PROPOSED, proposed_by=BO, proposed_at=later, renewed_at=later)
        assert await papers.get(connection, GUILD, paper.id) == again


async def test_voices_are_one_a_member_in_the_order_they_came(database: Database) -> None:
    async with database.write() as connection:
        paper = await stored(connection)
        assert await papers.add_voice(connection, paper.id, Voice(BO, "", NOON + timedelta(hours=1)))
        assert await papers.add_voice(connection, paper.id, Voice(ADA, "The drift", NOON))
        assert not await papers.add_voice(connection, paper.id, Voice(BO, "The buoys", NOON + timedelta(hours=2)))
        assert not await papers.add_voice(connection, paper.id, Voice(ADA, "", NOON + timedelta(hours=3)))

        # Who says nothing of why takes nothing back of it.
        both = [Voice(ADA, "The drift", NOON), Voice(BO, "The buoys", NOON + timedelta(hours=1))]
        assert await papers.voices(connection, [paper.id]) == {paper.id: both}
        assert await papers.remove_voice(connection, paper.id, ADA)
        assert not await papers.remove_voice(connection, paper.id, ADA)
        assert await papers.voices(connection, [paper.id]) == {paper.id: both[1:]}


async def test_what_is_learnt_of_a_paper_replaces_what_servers_wrote_of_it(database: Database) -> None:
    async with database.write() as connection:
        paper, other = await stored(connection), await stored(connection, HIVES)
        assert await paper_metadata.get(connection, BUOYS.canonical) is None
        await paper_metadata.keep(connection, replace(KNOWN, title="Older", version=1))
        await paper_metadata.keep(connection, KNOWN)
        await paper_metadata.describe(connection, KNOWN)

        assert await paper_metadata.get(connection, BUOYS.canonical) == KNOWN
        described = replace(paper, title="Buoys", authors=("Ines Okafor",), abstract=None, published=KNOWN.published)
        assert await papers.of_guild(connection, GUILD) == [described, other]


async def test_idle_are_proposals_that_nobody_renewed_or_voted_on(database: Database) -> None:
    later = NOON + timedelta(days=30)
    async with database.write() as connection:
        quiet = await stored(connection)
        voted = await stored(connection, HIVES)
        renewed = await stored(connection, replace(BUOYS, canonical="arxiv:2603.00002"))
        await stored(connection, replace(BUOYS, canonical="arxiv:2603.00003", state=State.SCHEDULED))
        await vote_on(connection, quiet, BO, NOON)
        await vote_on(connection, voted, CY, later)
        await papers.renew(connection, renewed.id, later)

        assert await papers.idle(connection, later) == [quiet]
        assert await papers.idle(connection, NOON) == []


async def test_a_paper_is_found_by_a_part_of_its_title_or_id(database: Database) -> None:
    async with database.write() as connection:
        buoys, hives = await stored(connection), await stored(connection, HIVES)

        async def found(typed: str, states: list[State] | None = None) -> list[Paper]:
            return await papers.like(connection, GUILD, typed, states or list(State))

        assert await found("") == [hives, buoys]
        assert await found(" DRIFTING ") == [buoys]
        assert await found("10.1234") == [hives]
        assert await found("100%") == [hives]
        assert await found("b%y") == []
        assert await found("", [State.COVERED]) == []


async def test_who_proposed_a_paper_made_what_is_voted_on(database: Database) -> None:
    async with database.write() as connection:
        paper = await stored(connection)

        assert await ballots.maker(connection, Subject(PAPER, paper.id)) == ADA
        await papers.hand_on(connection, paper.id, BO)
        assert await ballots.maker(connection, Subject(PAPER, paper.id)) == BO
        assert await ballots.maker(connection, Subject("weather", paper.id)) is None
