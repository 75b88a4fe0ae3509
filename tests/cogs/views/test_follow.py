from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.awaited import Held
from companion.cogs.views.follow import Threads, begun_message, list_message, stopped_message, tidings_message
from companion.community.following import Match, MatchedEpisode, Tidings
from companion.community.follows import LONGEST_TOPIC, MOST, AlreadySaid, Begun, Followed
from companion.storage.follows import Follow, FollowKind, Subject, TellIn
from companion.storage.podcasts import Podcast
from companion.storage.saved import Owner
from tests.cogs.views.test_results import assert_within_limits, hits
from tests.examples import examples

SNOWFLAKE = 2**63 - 1
OWNER = Owner(SNOWFLAKE, SNOWFLAKE)
WHEN = datetime(2026, 3, 14, 12, tzinfo=UTC)
WORDS = st.text(st.sampled_from("a <*_[]@`\\>#-.é\U0001f9fa"), min_size=1, max_size=LONGEST_TOPIC)


@st.composite
def subjects(draw: st.DrawFn) -> tuple[Subject, Podcast | None]:
    kind = draw(st.sampled_from(FollowKind))
    if kind is not FollowKind.PODCAST:
        return Subject(kind, draw(WORDS)), None
    podcast = Podcast(1, "key", draw(WORDS), None, private=False)
    return Subject(kind, "", 1), draw(st.sampled_from([podcast, None]))


@st.composite
def followed(draw: st.DrawFn) -> Followed:
    subject, podcast = draw(subjects())
    tell_in = draw(st.sampled_from(TellIn))
    follow = Follow(draw(st.integers(1, 10**15 - 1)), OWNER, subject, tell_in, SNOWFLAKE, None, WHEN)
    return Followed(follow, podcast)


@st.composite
def matched(draw: st.DrawFn) -> MatchedEpisode:
    hit = draw(hits())
    some = draw(st.lists(followed(), min_size=1, max_size=MOST, unique_by=lambda one: one.follow.id))
    matches: list[Match] = []
    for one in some:
        shown = draw(st.lists(hits(), min_size=1, max_size=2))
        held = None if one.follow.subject.kind is FollowKind.PODCAST else Held(draw(st.integers(1, 999)), tuple(shown))
        matches.append(Match(one.follow, held))
    return MatchedEpisode(hit.episode, hit.podcast, 1, tuple(matches), None)


@examples(30)
@given(followed(), st.booleans(), st.booleans(), st.sampled_from([None, SNOWFLAKE]), st.booleans())
def test_what_is_begun_keeps_to_every_limit_of_discord(
    one: Followed, new: bool, moved: bool, news: int | None, own: bool
) -> None:
    said = AlreadySaid(10**6, 10**4) if one.follow.subject.kind is FollowKind.TOPIC else None
    assert_within_limits(begun_message(Begun(one, new, moved, said), Threads(news, own)))
    assert_within_limits(stopped_message(one))


@examples(30)
@given(
    st.lists(followed(), max_size=MOST, unique_by=lambda one: one.follow.id),
    st.sampled_from([None, SNOWFLAKE]),
    st.none() | followed(),
)
def test_a_list_keeps_to_every_limit_of_discord(
    some: list[Followed], news: int | None, stopped: Followed | None
) -> None:
    assert_within_limits(list_message(some, news, stopped))


def test_a_list_has_room_for_as_much_as_can_be_followed() -> None:
    subject = Subject(FollowKind.TOPIC, "*" * LONGEST_TOPIC)
    some = [
        Followed(Follow(number, OWNER, subject, TellIn.THREAD, SNOWFLAKE, None, WHEN), None) for number in range(MOST)
    ]

    assert_within_limits(list_message(some, SNOWFLAKE, some[0]))


@examples(40)
@given(st.lists(matched(), min_size=1, max_size=7), WORDS, st.sampled_from([None, SNOWFLAKE]), st.booleans())
def test_what_is_told_keeps_to_every_limit_of_discord(
    some: list[MatchedEpisode], server: str, mentioned: int | None, closed: bool
) -> None:
    tidings = Tidings(OWNER, tuple(some), "a" * 20)
    assert_within_limits(tidings_message(tidings, server, mentioned=mentioned, closed=closed))
