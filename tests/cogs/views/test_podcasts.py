"""What managers see of podcasts, and servers of new episodes, whatever feeds say: within Discord's limits, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.links import moment_url
from companion.cogs.views.layout import Message
from companion.cogs.views.limits import CUSTOM_ID, LAYOUT_COMPONENTS, LAYOUT_TEXT, OPTION_TEXT
from companion.cogs.views.news import news_message
from companion.cogs.views.podcasts import (
    added_message,
    confirm_message,
    failed_message,
    known_message,
    left_message,
    links_message,
    list_message,
    progress_message,
)
from companion.community.news import NewEpisode
from companion.community.reading_progress import ReadingProgress
from companion.community.subscriptions import EXAMPLE_MOMENT, MOST_PODCASTS, Added, Leaving, Linked, Listed
from companion.storage.episodes import Episode, EpisodeFacts, Person
from companion.storage.feeds import FeedState
from companion.storage.podcasts import Podcast
from tests.cogs.messages import walk
from tests.examples import examples

DAY = datetime(2026, 3, 14, 12, tzinfo=UTC)
NASTY = st.text(st.sampled_from("*_~|`<[]@#>-\\\u202e\u200b漢é \n1.)a"), min_size=1, max_size=400)
URLS = st.sampled_from(["https://a.example/1", f"https://a.example/{'x' * 480}", "javascript:alert(1)", "https://["])
COUNTS = st.integers(0, 10**7)
PODCASTS = st.builds(
    Podcast,
    st.integers(1, 10**14),
    st.just("https://a.example/secret-token"),
    NASTY,
    st.none(),
    st.booleans(),
    link_template=st.none() | st.sampled_from(["{link}#t={seconds}", f"https://a.example/{'x' * 270}{{number}}"]),
)
STATES = st.builds(
    FeedState,
    st.none(),
    st.none(),
    st.none(),
    st.sampled_from(["", "1"]),
    st.just(DAY),
    st.integers(0, 99),
    st.none() | st.just(DAY),
)
LISTED = st.builds(Listed, PODCASTS, st.booleans(), COUNTS, st.none() | st.just(DAY), st.none() | STATES)
FACTS = st.builds(
    EpisodeFacts,
    st.just("guid"),
    NASTY,
    st.none() | st.just(DAY),
    st.none() | URLS,
    st.none() | URLS,
    st.none(),
    st.lists(st.builds(Person, NASTY), max_size=12).map(tuple),
    video_url=st.none() | URLS,
)
EPISODES = st.builds(Episode, st.integers(1, 10**14), st.just(1), FACTS, st.just("hash"))
NEWS = st.builds(NewEpisode, EPISODES, PODCASTS, st.lists(NASTY, max_size=9).map(tuple))


def shown(message: Message) -> str:
    """The text of a message, which keeps to Discord's limits."""
    parts = list(walk(message.to_components()))
    texts = [str(part["content"]) for part in parts if part.get("type") == 10]
    ids = [str(part["custom_id"]) for part in parts if "custom_id" in part]
    assert sum(map(len, texts)) <= LAYOUT_TEXT
    assert all(texts)
    assert len(parts) <= LAYOUT_COMPONENTS
    assert all(len(one) <= CUSTOM_ID for one in ids)
    assert len(set(ids)) == len(ids)
    for part in parts:
        options: Sequence[dict[str, str]] = part.get("options") or []
        assert len(options) <= 25
        assert all(1 <= len(option["label"]) <= OPTION_TEXT for option in options)
    return "\n".join(texts)


@examples(50)
@given(st.lists(LISTED, max_size=40))
def test_a_list_names_as_many_podcasts_as_a_server_may_have_and_no_address(listed: list[Listed]) -> None:
    said = shown(list_message(listed))

    assert "secret-token" not in said
    assert said.count("\n-# ") >= min(len(listed), MOST_PODCASTS)
    assert "more" not in said or len(listed) > MOST_PODCASTS


def test_recordings_of_clubs_are_not_said_to_come_from_the_operator() -> None:
    recorded = Podcast(1, "club:7", "Paper club recordings", None, private=True)

    said = shown(list_message([Listed(recorded, False, 2, DAY, None)]))

    assert "What hosts add with `/club recording`" in said
    assert "whoever runs this bot" not in said


@examples(50)
@given(st.builds(Added, PODCASTS, st.booleans(), COUNTS, COUNTS, st.lists(NASTY, max_size=9).map(tuple), NASTY))
def test_what_was_added_is_told_whatever_its_feed_says(added: Added) -> None:
    assert "can be searched here" in shown(added_message(added, loading=True))


@examples(50)
@given(PODCASTS, COUNTS, st.integers(0, 40), st.lists(PODCASTS, max_size=25), NASTY)
def test_the_other_messages_keep_to_the_limits(
    podcast: Podcast, episodes: int, left: int, offered: list[Podcast], reason: str
) -> None:
    leaving = Leaving(podcast, episodes, left)
    assert "secret-token" not in shown(confirm_message(leaving)) + shown(left_message(leaving))
    assert "secret-token" not in shown(known_message(offered))
    shown(failed_message(reason))
    shown(progress_message(ReadingProgress(podcast.title, episodes, episodes, episodes, left)))


@examples(50)
@given(PODCASTS, EPISODES, st.booleans(), st.floats(-86_400, 86_400))
def test_links_are_shown_with_their_example(podcast: Podcast, episode: Episode, changed: bool, offset: float) -> None:
    podcast = replace(podcast, audio_offset=offset, video_offset=-offset)
    url = moment_url(episode.facts, EXAMPLE_MOMENT, podcast)

    assert "12:34" in shown(links_message(Linked(podcast, episode, url, episode.facts.video_url), changed=changed))


@examples(50)
@given(st.lists(NEWS, min_size=1, max_size=60, unique_by=lambda one: one.episode.id))
def test_news_keeps_to_the_limits_however_much_there_is(episodes: list[NewEpisode]) -> None:
    said = shown(news_message(episodes))

    assert "secret-token" not in said
    assert ("new episodes" in said) is (len(episodes) > 1)


def test_progress_is_drawn_from_nothing_to_all() -> None:
    assert "░" * 20 in shown(progress_message(ReadingProgress("Lamps", 4)))
    half = shown(progress_message(ReadingProgress("Lamps", 4, 2, 1200, 1)))
    assert "█" * 10 + "░" * 10 in half
    assert "2 of 4 episodes read · 1,200 new passages · 1 problem" in half
    assert "█" * 20 in shown(progress_message(ReadingProgress("Lamps", 4, 4)))
