from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from companion.community import guests as community
from companion.community.guests import (
    EnoughGuestsError,
    Guests,
    NoGuestError,
    NotANameError,
    SeveralDaysError,
    What,
    heard_since,
    is_among,
)
from companion.community.hosts import Host
from companion.community.spoken_times import NotATimeError
from companion.community.suggestions import Suggestions
from companion.community.visibility import OutsideServersError
from companion.storage import guests
from companion.storage.engine import Database
from companion.storage.episodes import EpisodeFacts, Person
from companion.storage.guests import Guest
from companion.storage.suggestions import State, SuggestionKind
from tests import samples

HERE, THERE, MARA, PRIYA = 10, 11, 300_000_000_000_000_001, 300_000_000_000_000_002
HOST = Host(HERE, MARA)


def facts(title: str = "On bees", *people: str) -> EpisodeFacts:
    return EpisodeFacts("1", title, None, None, None, None, tuple(Person(name) for name in people))


@pytest.mark.parametrize(
    ("name", "title", "people", "speakers"),
    [
        ("Ada Moreau", "On bees", ["Mara", "Ada Moreau"], []),
        ("ada moreau", "On bees", [], ["Mara", "Ada Moreau"]),
        ("Ada Moreau", "On bees", ["Dr. Ada Moreau"], ["Mara"]),
        ("Ada Moreau", "Ada Moreau on bees", [], ["Mara", "Ada"]),
        ("Ada", "On bees", [], ["Ada"]),
        ("Ada Moreau", "Bees, with Ada  Moreau", [], []),
    ],
)
def test_a_guest_is_among_the_people_of_their_episode(
    name: str, title: str, people: list[str], speakers: list[str]
) -> None:
    assert is_among(name, facts(title, *people), speakers)


@pytest.mark.parametrize(
    ("name", "title", "people", "speakers"),
    [
        ("Ada Moreau", "What Ada Moreau got wrong", ["Mara"], []),
        ("Ada Moreau", "What Ada Moreau got wrong", [], ["Mara", "Tomas"]),
        ("Ada Moreau", "On bees", [], ["Ada"]),
        ("Ada Moreau", "On bees", [], ["Ada Lind", "Bo Moreau"]),
        ("Ada", "On bees", [], ["Ada Moreau"]),
        ("Ada", "Ada on bees", [], []),
        ("Ada Moreau", "Adaline Moreau-Lind", [], []),
        ("…", "On bees", ["…"], [""]),
    ],
)
def test_nobody_else_is_taken_for_them(name: str, title: str, people: list[str], speakers: list[str]) -> None:
    assert not is_among(name, facts(title, *people), speakers)


def test_an_episode_of_long_before_is_not_the_one_they_are_expected_in() -> None:
    added = datetime(2026, 3, 14, 12, tzinfo=UTC)

    assert heard_since(Guest(1, HERE, "Ada", None, MARA, added)) == added - timedelta(days=1)
    # Who is heard once more is not heard in what came out some days before.
    assert heard_since(Guest(1, HERE, "Ada", date(2026, 3, 18), MARA, added)) == added - timedelta(days=1)
    # It may come out some days before the one that was said, or hosts may say so late.
    for day in (date(2026, 4, 20), date(2026, 2, 20)):
        first = heard_since(Guest(1, HERE, "Ada", day, MARA, added))
        assert first == datetime(day.year, day.month, 13, tzinfo=UTC)


async def test_a_guest_is_added_moved_and_expected_again(database: Database) -> None:
    kept = Guests(database)
    new = await kept.add(HOST, "  Ada   Moreau ", None)
    moved = await kept.add(HOST, "ada moreau", "20 April")
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    episode = await samples.only_episode(database, bees)
    async with database.write() as connection:
        await guests.heard_in(connection, new.guest.id, episode.id)
    (listed,) = await kept.listed(HERE)
    again = await kept.add(HOST, "Ada Moreau", None)

    assert (new.what, new.guest.name, new.guest.day) == (What.NEW, "Ada Moreau", None)
    assert (moved.what, moved.guest.id, moved.guest.day) == (What.MOVED, new.guest.id, date(2026, 4, 20))
    assert listed.episode == episode
    assert (again.what, again.guest.id, again.guest.episode_id) == (What.AGAIN, new.guest.id, None)
    assert [one.guest for one in await kept.listed(HERE)] == [again.guest]
    assert await kept.listed(THERE) == []


async def test_a_guest_whom_members_wished_for_is_a_wish_come_true(database: Database) -> None:
    survey = Suggestions(database)
    wish = (await survey.suggest(HERE, SuggestionKind.GUEST, PRIYA, "ada moreau")).shown.suggestion
    await survey.suggest(THERE, SuggestionKind.GUEST, PRIYA, "Ada Moreau")

    assert (await Guests(database).add(HOST, "Ada Moreau", None)).wished_for
    assert (await survey.shown(HERE, wish.id)).suggestion.state is State.DONE
    assert len((await survey.survey(THERE)).ranked) == 1
    assert not (await Guests(database).add(HOST, "Ada Moreau", None)).wished_for


async def test_what_is_no_name_and_no_day_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Guests(database)
    with pytest.raises(NotANameError):
        await kept.add(HOST, " … ", None)
    for day in ("soon", "2026-02-30", "2026-03", "2026", ""):
        with pytest.raises(NotATimeError):
            await kept.add(HOST, "Ada", day)
    with pytest.raises(SeveralDaysError, match="could be 2026-04-05 or 2026-05-04") as refused:
        await kept.add(HOST, "Ada", "4/5")
    assert "write the one that you mean" in str(refused.value)
    monkeypatch.setattr(community, "MOST", 1)
    await kept.add(HOST, "Ada", None)
    with pytest.raises(EnoughGuestsError):
        await kept.add(HOST, "Bo", None)
    with pytest.raises(OutsideServersError):
        await kept.listed(None)


async def test_no_host_of_another_server_reaches_a_guest(database: Database) -> None:
    kept = Guests(database)
    ada = (await kept.add(HOST, "Ada Moreau", None)).guest

    with pytest.raises(NoGuestError):
        await kept.remove(Host(THERE, MARA), str(ada.id))
    with pytest.raises(NoGuestError):
        await kept.get(THERE, ada.id)
    assert await kept.like(THERE, "", 9) == []
    assert await kept.like(HERE, "mor", 9) == [ada]
    assert await kept.remove(HOST, str(ada.id)) == (ada, [])
    assert await kept.like(HERE, "", 9) == []
