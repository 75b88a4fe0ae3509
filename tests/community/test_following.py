"""Which messages members are told in, and when an episode is looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from companion.archive.awaited import Held
from companion.community.following import PATIENCE, Match, MatchedEpisode, is_patient, together
from companion.storage.episodes import Episode, EpisodeFacts
from companion.storage.follow_notices import Claim, Unlooked
from companion.storage.follows import Follow, FollowKind, Subject, TellIn
from companion.storage.podcasts import Podcast
from companion.storage.saved import Owner

ADA = Owner(10, 1)
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
PODCAST = Podcast(1, "key", "Hive Minds", None, private=False)
Announced = tuple[int, int] | None


def follow(tell_in: TellIn = TellIn.DIRECT, channel_id: int = 5, thread_id: int | None = None) -> Follow:
    return Follow(1, ADA, Subject(FollowKind.TOPIC, "winter"), tell_in, channel_id, thread_id, NOW)


def episode(number: int, *follows: Follow, announced: Announced = None) -> MatchedEpisode:
    facts = EpisodeFacts(str(number), f"Episode {number}", None, None, None, None, ())
    matches = tuple(Match(one, Held(1, ())) for one in follows or (follow(),))
    return MatchedEpisode(Episode(number, 1, facts, ""), PODCAST, 1, matches, announced)


def test_all_direct_messages_of_a_member_are_one() -> None:
    elsewhere = episode(2, follow(channel_id=6), announced=(7, 70))
    (tidings,) = together(ADA, [(episode(1), None), (elsewhere, None)])

    assert [one.episode.id for one in tidings.episodes] == [1, 2]
    assert tidings.tell_in is TellIn.DIRECT
    assert tidings.announced == (7, 70)
    assert tidings.claimed_before is None


def test_there_is_one_a_thread() -> None:
    in_thread = follow(TellIn.THREAD)
    matched = [
        episode(1, in_thread),
        episode(2, in_thread, announced=(7, 70)),
        episode(3, in_thread, announced=(7, 71)),
        episode(4, in_thread, announced=(7, 70)),
        episode(5, follow(TellIn.THREAD, channel_id=6)),
        episode(6),
    ]

    told = [[one.episode.id for one in some.episodes] for some in together(ADA, [(one, None) for one in matched])]

    assert told == [[1], [2, 4], [3], [5], [6]]


def test_who_wants_a_direct_message_for_a_part_of_an_episode_gets_one_for_all_of_it() -> None:
    one = episode(1, follow(TellIn.THREAD, channel_id=6), follow(TellIn.DIRECT, channel_id=5))

    assert (one.tell_in, one.channel_id) == (TellIn.DIRECT, 5)


def test_what_was_claimed_in_one_message_is_told_in_one_with_its_mark() -> None:
    before = Claim(NOW, "a" * 20)
    claimed, fresh = together(ADA, [(episode(1), before), (episode(2), None), (episode(3), before)])

    assert [one.episode.id for one in claimed.episodes] == [1, 3]
    assert (claimed.mark, claimed.claimed_before) == (before.mark, NOW)
    assert [one.episode.id for one in fresh.episodes] == [2]
    assert fresh.mark != claimed.mark


def test_the_mark_is_the_same_for_the_same_message_alone() -> None:
    def mark(owner: Owner, *numbers: int) -> str:
        (tidings,) = together(owner, [(episode(number), None) for number in numbers])
        return tidings.mark

    marks = [mark(ADA, 1, 2), mark(ADA, 1), mark(ADA, 12), mark(Owner(10, 2), 1, 2), mark(Owner(11, 1), 1, 2)]
    assert len(set(marks)) == len(marks)
    assert mark(ADA, 1, 2) == marks[0]
    assert all(len(one) <= 25 for one in marks)  # a nonce of Discord's has no room for more


def test_the_thread_is_that_of_the_channel_where_it_was_asked_for() -> None:
    def thread(*follows: Follow) -> int | None:
        (tidings,) = together(ADA, [(episode(1, *follows), None)])
        return tidings.thread_id

    assert thread(follow(TellIn.THREAD, 5, 55)) == 55
    assert thread(follow(TellIn.THREAD, 5), follow(TellIn.THREAD, 6, 66)) is None


def test_vectors_are_waited_for_some_hours() -> None:
    one = Unlooked(ADA, 1, 1, 1, NOW, NOW, NOW, (follow(),), None)

    assert is_patient(one, NOW + PATIENCE - timedelta(seconds=1))
    assert not is_patient(one, NOW + PATIENCE)
