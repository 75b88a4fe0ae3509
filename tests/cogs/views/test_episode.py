from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import discord
from hypothesis import given
from hypothesis import strategies as st

from companion.cogs.views.catalogue_ids import LIST, Part, listing
from companion.cogs.views.episode import episode_message, part_message
from companion.cogs.views.episodes import listing_message
from companion.cogs.views.limits import CUSTOM_ID, LAYOUT_COMPONENTS, LAYOUT_TEXT
from companion.community.catalogue import LONGEST_WORDS, PER_PAGE, Entry, Listing
from companion.community.episode_pages import EpisodePage, LinkedChapter, Quote, TranscriptFacts
from companion.storage.episodes import Chapter, EpisodeType, Person
from companion.storage.mentions import Link, LinkKind
from companion.storage.podcasts import Podcast
from tests.examples import examples
from tests.snapshots import episode

NASTY = "*_~|`<[]@#>-\\\u202e\u200b漢é \n1.)"
TEXTS = st.text(alphabet=st.sampled_from(NASTY) | st.characters(), max_size=400)


def _repeated(text: str, times: int) -> str:
    return text * times


LONG_TEXTS = st.builds(_repeated, TEXTS, st.integers(1, 20))
URLS = st.sampled_from(
    ["https://talk.example/a", f"https://talk.example/{'x' * 480}", "javascript:alert(1)", "", "https://["]
)
SECONDS = st.none() | st.floats(0, 1e6)


@st.composite
def episode_pages(draw: st.DrawFn) -> EpisodePage:
    """An episode whose feed says anything, in any length."""
    owner = episode(draw(st.integers(1, 10**14)), draw(LONG_TEXTS), published=draw(st.none() | st.just(DAY)))
    facts = replace(
        owner.facts,
        people=tuple(draw(st.lists(st.builds(Person, LONG_TEXTS, st.none() | LONG_TEXTS), max_size=20))),
        link=draw(URLS),
        audio_url=draw(URLS),
        video_url=draw(URLS),
        number=draw(st.none() | st.floats(0, 1e6)),
        season=draw(st.none() | st.integers(0, 10**9)),
        type=draw(st.sampled_from(EpisodeType)),
    )
    chapters = st.builds(LinkedChapter, st.builds(Chapter, SECONDS, LONG_TEXTS, st.booleans()), st.none() | URLS)
    links = st.builds(Link, URLS, LONG_TEXTS, st.sampled_from(LinkKind), st.none() | TEXTS)
    return EpisodePage(
        replace(owner, facts=facts),
        Podcast(1, "key", draw(LONG_TEXTS), None, private=False),
        draw(st.none() | st.floats(1, 1e6)),
        tuple(draw(st.lists(LONG_TEXTS, max_size=20))),
        tuple(draw(st.lists(chapters, max_size=60))),
        tuple(draw(st.lists(links, max_size=20))),
        tuple(draw(st.lists(links, max_size=20))),
        tuple(
            draw(st.lists(st.builds(Quote, LONG_TEXTS, st.booleans(), TEXTS, SECONDS, st.booleans(), URLS), max_size=6))
        ),
        draw(st.none() | st.builds(TranscriptFacts, st.none() | TEXTS, *[st.integers(1, 9999)] * 4)),
    )


DAY = datetime(2024, 3, 17, tzinfo=UTC)


def fits(message: discord.ui.LayoutView) -> None:
    """Discord would take the message, and none of its texts is empty."""
    texts = [item.content for item in message.walk_children() if isinstance(item, discord.ui.TextDisplay)]
    assert sum(map(len, texts)) <= LAYOUT_TEXT
    assert all(text.strip() for text in texts)
    assert sum(1 for _ in message.walk_children()) <= LAYOUT_COMPONENTS
    assert "\u202e" not in "".join(texts)
    for item in message.walk_children():
        if isinstance(item, discord.ui.Button):
            assert item.label
            assert len(item.custom_id or "") <= CUSTOM_ID
            assert item.url is None or item.url.startswith("https://talk.example/")
        if isinstance(item, discord.ui.Select):
            assert all(0 < len(option.label) <= 100 for option in item.options)
        if isinstance(item, discord.ui.ActionRow):
            assert 1 <= len(item.children) <= 5


@given(episode_pages(), st.booleans())
@examples(60)
def test_any_episode_fits_into_a_message(page: EpisodePage, private: bool) -> None:
    fits(episode_message(page, private=private))


@given(episode_pages(), st.sampled_from(Part), st.integers(0, 9999))
@examples(60)
def test_any_page_of_any_of_its_lists_fits_into_a_message(page: EpisodePage, part: Part, number: int) -> None:
    fits(part_message(page, part, number))


@given(st.lists(episode_pages(), min_size=1, max_size=PER_PAGE, unique_by=lambda page: page.episode.id), LONG_TEXTS)
@examples(40)
def test_any_list_of_episodes_fits_into_a_message(pages: list[EpisodePage], words: str) -> None:
    entries = tuple(Entry(page.episode, page.speakers, page.seconds, page.transcript is not None) for page in pages)
    podcasts = {page.podcast.id: page.podcast for page in pages} | {2: Podcast(2, "k", words, None, private=False)}
    typed = " ".join(words.split())[:LONGEST_WORDS]

    fits(listing_message(Listing(entries, podcasts, None, typed, 1, 3, 25)))


@given(st.integers(0, 99999), st.none() | st.integers(1, 10**15 - 1), st.text(max_size=LONGEST_WORDS))
def test_a_button_carries_the_page_the_podcast_and_the_words(page: int, podcast: int | None, words: str) -> None:
    custom_id = listing(page, podcast, words)

    match = LIST.fullmatch(custom_id)

    assert len(custom_id) <= CUSTOM_ID
    assert match is not None
    assert (int(match["page"]), match["podcast"], match["words"]) == (page, str(podcast or ""), words)
