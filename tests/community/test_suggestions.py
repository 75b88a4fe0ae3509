from __future__ import annotations

import pytest

from companion.community import suggestions as community
from companion.community.hosts import Host
from companion.community.suggestions import (
    EnoughSuggestionsError,
    NoSuggestionError,
    NothingSuggestedError,
    NotTheirSuggestionError,
    Suggestions,
)
from companion.community.votes import Happened, Votes, What
from companion.storage.ballots import SUGGESTION, Subject
from companion.storage.engine import Database
from companion.storage.suggestions import State, SuggestionKind
from companion.storage.votes import Tally

HERE, THERE, MARA, PRIYA, JONAS = 10, 11, 300_000_000_000_000_001, 300_000_000_000_000_002, 300_000_000_000_000_003


async def suggest(database: Database, text: str, kind: SuggestionKind = SuggestionKind.TOPIC, by: int = PRIYA) -> int:
    return (await Suggestions(database).suggest(HERE, kind, by, text)).shown.suggestion.id


async def vote(database: Database, suggestion_id: int, *members: int, message_id: int = 0, emoji: str = "👍") -> None:
    votes, message_id = Votes(database), message_id or 1000 + suggestion_id
    await votes.open_ballot(message_id, HERE, 20, Subject(SUGGESTION, suggestion_id))
    now = database.clock.now()
    await votes.take([Happened(What.CAME, message_id, now, member, emoji) for member in members])


async def test_the_survey_is_by_votes_of_one_kind_or_of_all(database: Database) -> None:
    winter, queens, ada = (
        await suggest(database, "Winter"),
        await suggest(database, "Queens"),
        await suggest(database, "Ada Moreau", SuggestionKind.GUEST),
    )
    await vote(database, queens, JONAS, MARA)
    await vote(database, ada, JONAS)
    every = await Suggestions(database).survey(HERE)
    topics = await Suggestions(database).survey(HERE, SuggestionKind.TOPIC)

    assert [one.thing.id for one in every.ranked] == [queens, ada, winter]
    assert every.voters == 2
    assert [(one.thing.id, one.tally) for one in topics.ranked] == [(queens, Tally(2, 0)), (winter, Tally())]
    assert (await Suggestions(database).survey(THERE)).ranked == ()


async def test_who_suggests_does_not_vote_for_it(database: Database) -> None:
    winter = await suggest(database, "Winter", by=PRIYA)
    await vote(database, winter, PRIYA, JONAS)

    assert (await Suggestions(database).shown(HERE, winter)).tally == Tally(1, 0)


async def test_the_same_words_are_suggested_once(database: Database) -> None:
    kept = Suggestions(database)
    first = await kept.suggest(HERE, SuggestionKind.TOPIC, PRIYA, "Winter")
    second = await kept.suggest(HERE, SuggestionKind.TOPIC, JONAS, " winter! ")

    assert first.new
    assert not second.new
    assert second.shown == first.shown


async def test_hosts_say_what_became_of_it(database: Database) -> None:
    kept = Suggestions(database)
    winter = await suggest(database, "Winter")
    with pytest.raises(NoSuggestionError):
        await kept.decide(Host(THERE, MARA), winter, State.DONE)

    assert (await kept.decide(Host(HERE, MARA), winter, State.DECLINED)).suggestion.state is State.DECLINED
    assert (await kept.survey(HERE)).ranked == ()
    assert (await kept.decide(Host(HERE, MARA), winter, State.OPEN)).suggestion.state is State.OPEN


async def test_only_who_made_it_and_moderators_delete_it(database: Database) -> None:
    kept = Suggestions(database)
    winter = await suggest(database, "Winter")
    with pytest.raises(NotTheirSuggestionError):
        await kept.delete(HERE, JONAS, winter, moderates=False)
    with pytest.raises(NoSuggestionError):
        await kept.delete(THERE, PRIYA, winter, moderates=True)
    queens = await suggest(database, "Queens")

    assert (await kept.delete(HERE, PRIYA, winter, moderates=False)).id == winter
    assert (await kept.delete(HERE, MARA, queens, moderates=True)).id == queens
    with pytest.raises(NoSuggestionError):
        await kept.shown(HERE, winter)


async def test_there_has_to_be_something_and_there_is_an_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(community, "MOST", 1)
    with pytest.raises(NothingSuggestedError):
        await suggest(database, "?!")
    await suggest(database, "Winter")
    with pytest.raises(EnoughSuggestionsError):
        await suggest(database, "Queens")
    assert await suggest(database, "Queens", by=JONAS)
