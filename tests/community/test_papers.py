from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from companion.archive.paper_facts import NotInCatalogueError, PaperFacts, UnreachableError
from companion.archive.paper_references import Kind, PaperReference, paper_reference
from companion.community.club_sessions import took_place
from companion.community.paper_queue import EXPIRES_AFTER, PaperQueue
from companion.community.paper_refusals import (
    MOST_OPEN,
    GonePaperError,
    NotWaitingError,
    NotYoursError,
    TooManyProposalsError,
    UnknownPaperError,
)
from companion.community.papers import ASKED_FOR, Came, Papers, ShownPaper, written_facts
from companion.community.visibility import OutsideServersError
from companion.storage import ballots, papers, series, sessions, votes
from companion.storage.ballots import PAPER, Ballot, Subject
from companion.storage.engine import Database
from companion.storage.papers import State
from companion.storage.sessions import Session
from tests.clocks import StoppedClock
from tests.storage import sample_clubs

GUILD, ELSEWHERE = 10, 11
ADA, BO, CY, DEE = 1, 2, 3, 4
BUOYS = PaperFacts("What Drifting Buoys Remember", ("Ada Brook",), "Buoys drift.", date(2026, 3, 1), 2)


class Catalogue:
    """arXiv and Crossref as far as a test needs them."""

    def __init__(self) -> None:
        self.known: dict[str, PaperFacts] = {"arxiv:2603.00001": BUOYS}
        self.asked: list[str] = []
        self.down = False

    def has(self, reference: PaperReference) -> bool:
        return reference.kind in (Kind.ARXIV, Kind.DOI)

    async def look_up(self, reference: PaperReference) -> PaperFacts | None:
        self.asked.append(reference.canonical)
        if self.down:
            raise UnreachableError("It is not there.")
        found = self.known.get(reference.canonical)
        if found is None and reference.kind is Kind.ARXIV:
            raise NotInCatalogueError("arXiv has no such paper.")
        return found


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture
def kept(database: Database, catalogue: Catalogue) -> Papers:
    return Papers(database, catalogue)


@pytest.fixture
def queue(database: Database) -> PaperQueue:
    return PaperQueue(database)


async def propose(kept: Papers, typed: str = "2603.00001", by: int = ADA, why: str = "") -> tuple[Came, ShownPaper]:
    return await kept.propose(GUILD, by, paper_reference(typed), why, PaperFacts(typed, (), None, None))


async def vote(database: Database, paper_id: int, up: Sequence[int], down: Sequence[int] = ()) -> None:
    now = database.clock.now()
    ballot = Ballot(1000 + paper_id, GUILD, 5, Subject(PAPER, paper_id), now)
    async with database.write() as connection:
        await ballots.add(connection, ballot)
        for members, value in ((up, 1), (down, -1)):
            for member_id in members:
                await votes.decide(connection, ballot, member_id, (value, now))


async def planned(database: Database, paper_id: int, week: int = 0) -> Session:
    """The session about the paper, of a club of its own."""
    async with database.write() as connection:
        series_id = await series.add(connection, sample_clubs.a_club(f"Club {paper_id}", GUILD))
        session = replace(sample_clubs.a_session(series_id, week, GUILD), paper_id=paper_id)
        session_id = await sessions.add(connection, session)
    assert session_id is not None
    return replace(session, id=session_id)


async def state_of(database: Database, paper_id: int) -> State:
    async with database.read() as connection:
        paper = await papers.get(connection, GUILD, paper_id)
    assert paper is not None
    return paper.state


class TestProposing:
    async def test_a_paper_has_what_its_catalogue_says_which_is_asked_once_for_all_servers(
        self, kept: Papers, catalogue: Catalogue
    ) -> None:
        reference = paper_reference("2603.00001v1")

        came, shown = await kept.propose(GUILD, ADA, reference, "The  drift")
        await kept.propose(ELSEWHERE, BO, reference)

        assert came is Came.NEW
        paper = shown.paper
        assert (paper.title, paper.authors, paper.abstract) == (BUOYS.title, BUOYS.authors, BUOYS.abstract)
        assert (paper.published, paper.version, paper.proposed_by) == (BUOYS.published, 1, ADA)
        assert [(voice.member_id, voice.why) for voice in shown.voices] == [(ADA, "The drift")]
        assert catalogue.asked == ["arxiv:2603.00001"]

    async def test_the_same_paper_by_another_name_or_version_is_a_second_voice(
        self, kept: Papers, catalogue: Catalogue
    ) -> None:
        _, first = await kept.propose(GUILD, ADA, paper_reference("2603.00001v1"))
        came, second = await kept.propose(GUILD, BO, paper_reference("https://arxiv.org/pdf/2603.00001v3"), "Me too")
        again, _ = await kept.propose(GUILD, ADA, paper_reference("10.48550/arXiv.2603.00001"))

        assert (came, again) == (Came.SECONDED, Came.KNOWN)
        assert second.paper == replace(first.paper, version=3)
        assert [voice.member_id for voice in second.voices] == [ADA, BO]
        assert len(catalogue.asked) == 1

    async def test_a_server_knows_nothing_of_another_s_papers(self, kept: Papers) -> None:
        _, shown = await propose(kept)

        with pytest.raises(GonePaperError):
            await kept.shown(ELSEWHERE, shown.paper.id)
        with pytest.raises(OutsideServersError):
            await kept.shown(None, shown.paper.id)
        assert await kept.like(ELSEWHERE, "", 25, list(State)) == []

    async def test_what_no_catalogue_has_is_as_its_first_proposer_says(self, kept: Papers) -> None:
        essay = paper_reference("https://buoys.example/essay")
        assert await kept.wants_words(GUILD, essay)
        with pytest.raises(UnknownPaperError):
            await kept.propose(GUILD, ADA, essay)

        _, shown = await kept.propose(GUILD, ADA, essay, written=written_facts("An Essay", "Ada Brook and Bo Lund"))

        assert (shown.paper.title, shown.paper.authors) == ("An Essay", ("Ada Brook", "Bo Lund"))
        assert not await kept.wants_words(GUILD, essay)
        came, seconded = await kept.propose(GUILD, BO, essay, written=written_facts("Nonsense", ""))
        assert (came, seconded.paper.title) == (Came.SECONDED, "An Essay")

    async def test_what_a_member_wrote_is_no_other_server_s_knowledge(self, kept: Papers) -> None:
        essay = paper_reference("https://buoys.example/essay")
        await kept.propose(GUILD, ADA, essay, written=written_facts("An Essay", ""))

        assert await kept.wants_words(ELSEWHERE, essay)

    async def test_while_its_catalogue_is_down_a_paper_can_be_proposed_in_one_s_own_words(
        self, kept: Papers, catalogue: Catalogue
    ) -> None:
        catalogue.down = True
        reference = paper_reference("2603.00001")
        with pytest.raises(UnreachableError):
            await kept.propose(GUILD, ADA, reference)

        came, shown = await kept.propose(GUILD, ADA, reference, written=written_facts("Buoys", ""))
        assert (came, shown.paper.title, shown.paper.canonical) == (Came.NEW, "Buoys", "arxiv:2603.00001")

    async def test_once_its_catalogue_is_back_a_paper_is_what_that_says_in_every_server(
        self, kept: Papers, catalogue: Catalogue, clock: StoppedClock
    ) -> None:
        catalogue.down = True
        shown = [
            (await kept.propose(server, ADA, paper_reference("2603.00001"), "", written_facts("Buoys", "")))[1]
            for server in (GUILD, ELSEWHERE)
        ]
        await propose(kept, "https://buoys.example/essay")
        assert await kept.learn() == 0
        catalogue.down = False

        assert await kept.learn() == 1
        for one in shown:
            learnt = (await kept.shown(one.paper.guild_id, one.paper.id)).paper
            assert (learnt.title, learnt.abstract) == (BUOYS.title, BUOYS.abstract)
        catalogue.asked.clear()
        assert await kept.learn() == 0
        assert catalogue.asked == []

    async def test_what_a_catalogue_does_not_have_after_days_is_asked_for_no_more(
        self, kept: Papers, catalogue: Catalogue, clock: StoppedClock
    ) -> None:
        await kept.propose(GUILD, ADA, paper_reference("2603.09999"), "", written_facts("Buoys", ""))
        assert await kept.learn() == 0
        assert catalogue.asked == ["arxiv:2603.09999"]
        clock.advance(ASKED_FOR + timedelta(seconds=1))

        assert await kept.learn() == 0
        assert len(catalogue.asked) == 1

    async def test_two_who_propose_the_same_paper_at_once_are_two_voices_for_one(self, kept: Papers) -> None:
        proposed = await asyncio.gather(
            *(kept.propose(GUILD, member_id, paper_reference("2603.00001")) for member_id in (ADA, BO, CY))
        )

        assert sorted(came.name for came, _ in proposed) == ["NEW", "SECONDED", "SECONDED"]
        assert {shown.paper.id for _, shown in proposed} == {1}
        assert len((await kept.shown(GUILD, 1)).voices) == 3

    async def test_a_member_fills_the_queue_only_so_far(self, kept: Papers) -> None:
        for number in range(MOST_OPEN):
            await propose(kept, f"https://buoys.example/{number}")

        with pytest.raises(TooManyProposalsError):
            await propose(kept, "https://buoys.example/more")
        await propose(kept, "https://buoys.example/more", by=BO)
        came, _ = await propose(kept, "https://buoys.example/more")
        assert came is Came.SECONDED

    @pytest.mark.parametrize(
        ("written", "authors"),
        [
            ("Ada Brook, Bo Lund and Cy Marsh", ("Ada Brook", "Bo Lund", "Cy Marsh")),
            ("Ada Brook; Bo Lund, Jr.", ("Ada Brook", "Bo Lund, Jr.")),
            ("Ada Brook & Bo Lund,", ("Ada Brook", "Bo Lund")),
            ("Anders Sand", ("Anders Sand",)),
            (" ", ()),
        ],
    )
    def test_authors_are_told_apart(self, written: str, authors: tuple[str, ...]) -> None:
        found = written_facts("T", written)

        assert found is not None
        assert found.authors == authors
        assert written_facts(" ", written) is None


class TestWithdrawing:
    async def test_a_proposal_that_nobody_else_wants_leaves_the_queue(
        self, kept: Papers, queue: PaperQueue, database: Database
    ) -> None:
        _, shown = await propose(kept)

        withdrawn = await kept.withdraw(GUILD, ADA, shown.paper.id, moderates=False)

        assert withdrawn.gone
        assert await state_of(database, shown.paper.id) is State.WITHDRAWN
        assert await queue.top(GUILD) == []

    async def test_a_proposal_that_others_want_stays_and_is_the_next_one_s(
        self, kept: Papers, database: Database
    ) -> None:
        _, shown = await propose(kept)
        for member_id in (BO, CY):
            await propose(kept, by=member_id)
        await vote(database, shown.paper.id, [BO, CY])

        withdrawn = await kept.withdraw(GUILD, ADA, shown.paper.id, moderates=False)

        assert not withdrawn.gone
        left = await kept.shown(GUILD, shown.paper.id)
        assert left.paper.proposed_by == BO
        assert [voice.member_id for voice in left.voices] == [BO, CY]
        # Nobody votes on what is their own.
        assert left.tally.up == 1

    async def test_whoever_seconded_takes_back_no_more_than_that(self, kept: Papers) -> None:
        _, shown = await propose(kept)
        await propose(kept, by=BO)

        assert not (await kept.withdraw(GUILD, BO, shown.paper.id, moderates=True)).gone
        left = await kept.shown(GUILD, shown.paper.id)
        assert (left.paper.proposed_by, len(left.voices)) == (ADA, 1)

    async def test_only_a_moderator_withdraws_what_others_want(self, kept: Papers) -> None:
        _, shown = await propose(kept)
        await propose(kept, by=BO)

        with pytest.raises(NotYoursError):
            await kept.withdraw(GUILD, CY, shown.paper.id, moderates=False)
        with pytest.raises(GonePaperError):
            await kept.withdraw(ELSEWHERE, ADA, shown.paper.id, moderates=True)
        assert (await kept.withdraw(GUILD, CY, shown.paper.id, moderates=True)).gone

    async def test_what_was_withdrawn_can_be_proposed_again_by_anybody(self, kept: Papers) -> None:
        _, shown = await propose(kept, why="The drift")
        await kept.withdraw(GUILD, ADA, shown.paper.id, moderates=False)

        came, again = await propose(kept, by=BO)

        assert (came, again.paper.id, again.paper.proposed_by) == (Came.AGAIN, shown.paper.id, BO)
        assert [voice.member_id for voice in again.voices] == [BO]
        assert again.paper.state is State.PROPOSED

    @pytest.mark.parametrize("state", [State.SCHEDULED, State.COVERED, State.EXPIRED])
    async def test_what_is_not_in_the_queue_is_withdrawn_no_more(
        self, kept: Papers, database: Database, state: State
    ) -> None:
        _, shown = await propose(kept)
        async with database.write() as connection:
            await papers.set_state(connection, GUILD, shown.paper.id, state)

        with pytest.raises(NotWaitingError):
            await kept.withdraw(GUILD, ADA, shown.paper.id, moderates=True)


class TestQueue:
    async def test_proposals_are_ranked_by_their_votes_and_few_are_said_to_be_few(
        self, kept: Papers, queue: PaperQueue, database: Database
    ) -> None:
        ids = [(await propose(kept, f"https://buoys.example/{number}"))[1].paper.id for number in range(4)]
        await vote(database, ids[1], [5, 6, 7, 8], [9])
        await vote(database, ids[2], [5])
        await vote(database, ids[3], [], [5, 6, 7])

        top = await queue.top(GUILD)

        assert [one.paper.id for one in top] == [ids[1], ids[2], ids[0], ids[3]]
        assert {one.paper.id: one.too_few for one in top} == {
            ids[0]: True, ids[1]: False, ids[2]: True, ids[3]: False,
        }  # fmt: skip
        assert (await queue.queue(GUILD)).voters == 5
        assert await queue.top(ELSEWHERE) == []

    async def test_of_equal_ones_those_that_more_members_proposed_come_first_then_the_older(
        self, kept: Papers, queue: PaperQueue
    ) -> None:
        ids = [(await propose(kept, f"https://buoys.example/{number}"))[1].paper.id for number in range(3)]
        await propose(kept, "https://buoys.example/2", by=BO)

        assert [one.paper.id for one in await queue.top(GUILD)] == [ids[2], ids[0], ids[1]]

    async def test_what_is_scheduled_stands_apart_by_its_date_and_what_was_covered_is_counted(
        self, kept: Papers, queue: PaperQueue, database: Database
    ) -> None:
        ids = [(await propose(kept, f"https://buoys.example/{number}"))[1].paper.id for number in range(4)]
        later = await planned(database, ids[1], week=2)
        sooner = await planned(database, ids[2], week=1)
        async with database.write() as connection:
            for paper_id in ids[1:3]:
                await papers.set_state(connection, GUILD, paper_id, State.SCHEDULED)
            await papers.set_state(connection, GUILD, ids[3], State.COVERED)

        found = await queue.queue(GUILD)

        assert [one.paper.id for one in found.entries] == [ids[0]]
        assert [(one.paper.id, one.meetings[0].session) for one in found.scheduled] == [
            (ids[2], sooner),
            (ids[1], later),
        ]
        assert found.covered == 1

    async def test_the_queue_says_where_each_card_was_posted_last(
        self, kept: Papers, queue: PaperQueue, database: Database, clock: StoppedClock
    ) -> None:
        _, shown = await propose(kept)
        async with database.write() as connection:
            for message_id in (70, 71):
                clock.advance(timedelta(hours=1))
                await ballots.add(connection, Ballot(message_id, GUILD, 5, shown.subject, clock.now()))

        assert (await queue.queue(GUILD)).posted == {shown.paper.id: (5, 71)}


class TestTime:
    async def test_what_nobody_votes_for_expires_and_comes_back_with_its_votes(
        self, kept: Papers, queue: PaperQueue, database: Database, clock: StoppedClock
    ) -> None:
        _, quiet = await propose(kept)
        _, liked = await propose(kept, "https://buoys.example/1")
        await vote(database, quiet.paper.id, [BO])
        clock.advance(EXPIRES_AFTER / 2)
        await vote(database, liked.paper.id, [BO])
        clock.advance(EXPIRES_AFTER / 2 + timedelta(seconds=1))

        assert [one.id for one in await queue.expire()] == [quiet.paper.id]
        assert await queue.expire() == []
        assert [one.paper.id for one in await queue.top(GUILD)] == [liked.paper.id]

        came, again = await propose(kept, by=CY)
        assert (came, again.tally.up) == (Came.AGAIN, 1)
        assert [voice.member_id for voice in again.voices] == [ADA, CY]
        assert await queue.expire() == []

    async def test_a_second_voice_renews_a_proposal(self, kept: Papers, queue: PaperQueue, clock: StoppedClock) -> None:
        await propose(kept)
        clock.advance(EXPIRES_AFTER - timedelta(days=1))
        await propose(kept, by=BO)
        clock.advance(timedelta(days=2))

        assert await queue.expire() == []

    async def test_what_was_covered_is_shown_with_its_session_and_gets_no_voice(
        self, kept: Papers, database: Database
    ) -> None:
        _, shown = await propose(kept)
        session = await planned(database, shown.paper.id)
        async with database.write() as connection:
            await took_place(connection, session)

        came, covered = await propose(kept, by=BO)

        assert (came, [one.session.id for one in covered.meetings]) == (Came.COVERED, [session.id])
        assert [voice.member_id for voice in covered.voices] == [ADA]

    async def test_a_session_that_is_off_is_none_that_a_paper_is_in(self, kept: Papers, database: Database) -> None:
        _, shown = await propose(kept)
        session = await planned(database, shown.paper.id)
        async with database.write() as connection:
            await sessions.change(connection, session.id, database.clock.now(), state=sessions.State.SKIPPED)

        assert (await kept.shown(GUILD, shown.paper.id)).meetings == ()
