from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from companion.archive.language_model import Usage
from companion.archive.prompt import Prompt
from companion.archive.tokens import Vectors
from companion.community.budgets import Budgets, ModelCost
from companion.community.clips import Clips
from companion.community.recap_prose import RecapWriter, facts_of
from companion.community.recaps import EPISODES, KIND_OF, Recap, Recaps
from companion.community.recordings import Recordings, Sent
from companion.community.spans import Span, first_date, told_at
from companion.community.visibility import NoPodcastYetError
from companion.community.votes import Votes
from companion.storage import budgets as stored_budgets
from companion.storage import duels, highlight_rules, highlight_slots, papers, series, sessions, subscriptions, votes
from companion.storage.ballots import CLIP, Ballot, Subject
from companion.storage.budgets import WHOLE_SERVER, Amount, Limits
from companion.storage.clips import Clip
from companion.storage.duels import Duel
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from companion.storage.highlight_slots import DAILY, Slot, State
from companion.storage.papers import Paper
from companion.storage.papers import State as Covered
from companion.storage.sessions import Session
from companion.storage.sessions import State as Became
from tests import samples
from tests.clocks import StoppedClock
from tests.publisher import loopback_fetcher
from tests.storage import sample_clubs
from tests.storage.asking import BEES, JONAS, LOTTE, PRIYA, asked

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
CHANNEL, CLOSED = 20, 66
WRITTEN = "Members liked the winter clip best, with 3 votes [1]."


async def no_model(_text: str) -> Vectors | None:
    return None


@pytest.fixture
async def podcast_id(database: Database) -> int:
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, BEES, podcast.id, database.clock.now())
    return podcast.id


async def clip(database: Database, maker: int | None, start: float, up: int, down: int = 0) -> Clip:
    """A clip of the winter's episode that was posted just now, with votes."""
    made = await Clips(database).make_between(BEES, maker or LOTTE, "The Winter Cluster", start, start + 60)
    number = made.shown.clip.id
    channel = CHANNEL if maker != JONAS else CLOSED
    await Votes(database).open_ballot(9000 + number, BEES, channel, Subject(CLIP, number))
    await vote(database, made.shown.clip, up, down)
    return made.shown.clip


async def vote(database: Database, clip: Clip, up: int, down: int = 0) -> None:
    """So many members vote on the clip now."""
    now = database.clock.now()
    ballot = Ballot(9000 + clip.id, BEES, CHANNEL, Subject(CLIP, clip.id), now)
    async with database.write() as connection:
        for member in range(up + down):
            await votes.decide(connection, ballot, 500 + member, (1 if member < up else -1, now))


async def recap(database: Database, span: Span = Span.WEEK) -> Recap:
    return await Recaps(database, no_model).until_now(BEES, span, lambda channel: channel != CLOSED)


async def test_a_server_that_did_nothing_has_nothing_to_tell_of(database: Database, podcast_id: int) -> None:
    found = await recap(database)

    assert not found.eventful
    assert list(facts_of(found)) == []


async def test_a_server_without_a_podcast_is_told_so(database: Database) -> None:
    with pytest.raises(NoPodcastYetError):
        await recap(database)


async def test_it_tells_of_the_time_up_to_now_and_of_no_other(
    database: Database, clock: StoppedClock, podcast_id: int
) -> None:
    await clip(database, PRIYA, 0, up=2)
    for member in (PRIYA, JONAS):
        await asked(database, member_id=member, text="how do bees heat the hive in winter")
    clock.advance(10 * DAY)

    week, month = await recap(database), await recap(database, Span.MONTH)

    assert not week.eventful
    assert (month.made.clips, month.asked.asked, len(month.best)) == (1, 2, 1)
    assert month.until - month.since == 30 * DAY


async def test_the_clips_with_votes_come_the_best_first_with_the_place_where_to_vote(
    database: Database, clock: StoppedClock, podcast_id: int
) -> None:
    first, second = await clip(database, PRIYA, 0, up=1), await clip(database, JONAS, 150, up=3, down=1)
    await clip(database, LOTTE, 3753, up=0)
    clock.advance(DAY)

    found = await recap(database)

    assert [one.standing.clip.id for one in found.best] == [second.id, first.id]
    # The second one was posted where not everybody reads.
    assert [one.posted for one in found.best] == [None, (CHANNEL, 9000 + first.id)]
    assert (found.made.clips, found.made.makers) == (3, 3)


async def test_new_episodes_are_those_that_came_out_then(
    database: Database, clock: StoppedClock, podcast_id: int
) -> None:
    now = clock.now()
    turns = samples.QUEEN_TURNS
    titles = [f"Swarm {number}" for number in range(EPISODES + 2)]
    new = [samples.reading(title, turns, published=now - DAY / 2 + DAY * n / 100) for n, title in enumerate(titles)]
    old = samples.reading("Long Ago", turns, published=now - 8 * DAY)
    clock.advance(timedelta(hours=1))
    undated = samples.reading("Whenever", turns)
    await samples.store_podcast(database, samples.BEES, [*new, old, undated])
    hidden = await samples.store_podcast(database, samples.CAVES, [samples.reading("Hidden", turns, published=now)])
    clock.advance(timedelta(hours=1))

    found = await recap(database)

    assert hidden.id != podcast_id
    assert [one.episode.title for one in found.episodes] == ["Whenever", *titles[::-1][: EPISODES - 1]]
    assert found.more_episodes == 3


async def test_it_tells_of_posted_highlights_of_the_next_one_and_of_duels_that_are_open_to_all(
    database: Database, clock: StoppedClock, podcast_id: int
) -> None:
    one, other, now = await clip(database, PRIYA, 0, up=1), await clip(database, PRIYA, 150, up=1), clock.now()
    rule = HighlightRule(BEES, CHANNEL, "UTC", 9 * 60, EVERY_DAY, Approval.NONE, None, PRIYA, now - 9 * DAY)
    duel = Duel(0, BEES, CHANNEL, one.id, other.id, PRIYA, now, now + DAY)
    async with database.write() as connection:
        await highlight_rules.put(connection, rule)
        for days in (1, 2, 9):
            at = now - days * DAY
            await highlight_slots.put(connection, Slot(BEES, DAILY, at.date(), State.POSTED, claimed_at=at))
        await highlight_slots.put(connection, Slot(BEES, DAILY, (now - 3 * DAY).date(), State.SKIPPED, claimed_at=now))
        numbers = [
            await duels.add(connection, made)
            for made in (duel, replace(duel, channel_id=CLOSED), replace(duel, closes_at=now), duel)
        ]
        for number in numbers[:-1]:
            await duels.shown_by(connection, number, 77)

    found = await recap(database)

    assert found.made.highlights == 2
    assert [one.id for one in found.duels] == numbers[:1]
    assert found.next_highlight == datetime(now.year, now.month, now.day, 9, tzinfo=now.tzinfo) + DAY


async def test_a_late_recap_counts_votes_until_it_is_posted_and_tells_nothing_that_the_next_will_tell(
    database: Database, clock: StoppedClock, podcast_id: int
) -> None:
    now = clock.now()
    rule = HighlightRule(
        BEES, CHANNEL, "UTC", now.hour * 60 + now.minute + 1, EVERY_DAY, Approval.NONE, None, PRIYA, now
    )
    first = first_date(now.date(), Span.WEEK)
    clock.advance(told_at(first, Span.WEEK, rule) - MINUTE - now)
    made = await clip(database, PRIYA, 0, up=0)
    clock.advance(2 * DAY)
    await vote(database, made, up=3)
    for member in (PRIYA, JONAS):
        await asked(database, member_id=member, text="how do bees heat the hive in winter")
    clock.advance(MINUTE)
    slot = Slot(BEES, KIND_OF[Span.WEEK], first, State.CLAIMED, claimed_at=clock.now(), late=True)
    recaps = Recaps(database, no_model)

    late = await recaps.of_slot(rule, slot, lambda _: True)
    after = await recaps.of_slot(rule, replace(slot, day=first + 7 * DAY, claimed_at=None), lambda _: True)

    assert ([one.standing.up for one in late.best], late.asked.asked, late.made.clips) == ([3], 0, 1)
    assert (after.asked.asked, after.made.clips) == (2, 0)
    assert late.until == after.since


async def test_a_paused_rule_has_no_next_highlight(database: Database, clock: StoppedClock, podcast_id: int) -> None:
    now = clock.now()
    rule = HighlightRule(
        BEES, CHANNEL, "UTC", 540, EVERY_DAY, Approval.NONE, None, PRIYA, now - DAY, paused_at=now
    )  # fmt: skip
    async with database.write() as connection:
        await highlight_rules.put(connection, rule)

    assert (await recap(database)).next_highlight is None


class Parrot:
    """Says what it is to say, and keeps what it was asked."""

    name, most_tokens = "parrot", 1000

    def __init__(self, says: str = WRITTEN) -> None:
        self.says = says
        self.asked: list[Prompt] = []

    async def stream(self, prompt: Prompt) -> AsyncGenerator[str | Usage]:
        self.asked.append(prompt)
        yield self.says
        yield Usage(300, 40)


@pytest.fixture
async def told(database: Database, clock: StoppedClock, podcast_id: int) -> Recap:
    """The recap of a week with a clip and a question."""
    await clip(database, PRIYA, 0, up=3)
    for member in (PRIYA, JONAS):
        await asked(database, member_id=member, text="how do bees heat the hive in winter")
    clock.advance(DAY)
    return await recap(database)


def budgets_of(database: Database) -> Budgets:
    return Budgets(database, ModelCost(Usage(4000, 1000)))


async def spent(database: Database) -> Amount:
    async with database.read() as connection:
        return await stored_budgets.spent_in(connection, BEES, database.clock.now().date())


async def test_facts_are_what_the_lists_say(told: Recap) -> None:
    liked, question, clips, questions = [fact.text for fact in facts_of(told)]

    assert liked.startswith("The clip that members liked best is “")
    assert liked.endswith("in the episode “The Winter Cluster”: 3 votes.")
    assert "said by" in liked
    assert question == "2 members asked: “how do bees heat the hive in winter”"
    assert (clips, questions) == ("Members made 1 clip.", "Members asked 2 questions.")


async def test_sentences_are_written_at_the_server_s_cost_and_count_as_no_question(
    database: Database, told: Recap
) -> None:
    model = Parrot()

    assert await RecapWriter(budgets_of(database), model).prose(told) == WRITTEN.replace(" [1]", "")
    assert await spent(database) == Amount(0, 340, 0)
    assert "how do bees heat the hive" in model.asked[0].user


async def test_without_a_model_and_with_a_budget_that_is_used_up_nothing_is_written(
    database: Database, told: Recap
) -> None:
    model, budgets = Parrot(), budgets_of(database)
    await budgets.decide(BEES, WHOLE_SERVER, Limits(tokens=4999), PRIYA)

    assert await RecapWriter(budgets, model).prose(told) == ""
    assert await RecapWriter(Budgets(database), None).prose(told) == ""
    assert model.asked == []
    assert await spent(database) == Amount()


async def test_what_the_facts_do_not_bear_out_is_paid_for_and_not_shown(database: Database, told: Recap) -> None:
    assert await RecapWriter(budgets_of(database), Parrot("Bees won 99 medals [1].")).prose(told) == ""
    assert await spent(database) == Amount(0, 340, 0)


async def test_a_week_with_nothing_in_it_is_no_matter_for_a_model(database: Database, podcast_id: int) -> None:
    model = Parrot()

    assert await RecapWriter(budgets_of(database), model).prose(await recap(database)) == ""
    assert model.asked == []


async def test_it_tells_what_clubs_read_and_what_comes_next_where_everybody_can_read(
    database: Database, clock: StoppedClock, podcast_id: int
) -> None:
    read = Paper(
        0, BEES, "arxiv:2603.00001", None, "What Buoys Remember", (), None, None, PRIYA, clock.now(), Covered.COVERED,
        clock.now(),
    )  # fmt: skip
    async with database.write() as connection:
        paper_id = await papers.add(connection, read)
        for name, channel in (("Open", CHANNEL), ("Shut", CLOSED)):
            club = replace(sample_clubs.a_club(name, BEES), channel_id=channel)
            series_id = await series.add(connection, club)
            for week in range(4):
                session = sample_clubs.a_session(series_id, week, BEES)
                held = replace(session, paper_id=paper_id if week == 1 else None, state=Became.HELD)
                await sessions.add(connection, held if week < 2 else session)
    clock.advance(timedelta(days=14))
    session_id = (await first_held(database)).id
    recorded = await Recordings(database, loopback_fetcher()).attach(
        BEES, session_id, Sent("https://media.example/talk.mp3")
    )

    found = await recap(database)

    assert found.eventful
    assert [(one.series.name, one.paper and one.paper.title) for one in found.clubs.read] == [
        ("Open", "What Buoys Remember")
    ]
    assert [(one.series.name, one.session.slot.day) for one in found.clubs.coming] == [("Open", 3), ("Open", 10)]
    assert recorded.episode.id not in [one.episode.id for one in found.episodes]
    assert any("read “What Buoys Remember” together" in fact.text for fact in facts_of(found))


async def first_held(database: Database) -> Session:
    """The last session that took place."""
    async with database.read() as connection:
        return (await sessions.held(connection, BEES))[0]
