from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import discord
from hypothesis import given
from hypothesis import strategies as st

from companion.cogs.views import limits
from companion.cogs.views.clip import clip_message, own_clips_message
from companion.community.clips import ClipPage, ShownClip
from companion.storage.clips import Clip, ClipTurn
from companion.storage.episodes import Episode, EpisodeFacts
from companion.storage.podcasts import Podcast
from companion.storage.votes import Tally
from tests.examples import examples

_ANYTHING = st.text(st.sampled_from("ab *_~|`<[]@#>-\\\n&amp;é日😀"), max_size=2000)


def clip_of(*turns: tuple[str | None, str], title: str = "It hums.", episode: str = "Winter") -> ShownClip:
    said = tuple(ClipTurn(speaker, False, text) for speaker, text in turns)
    clip = Clip(7, 1, 1, 0, 9, 61.0, 91.0, False, said, title, 42, datetime(2025, 1, 1, tzinfo=UTC))
    facts = EpisodeFacts("g", episode, datetime(2024, 1, 1, tzinfo=UTC), None, None, None, ())
    url = "https://bees.example/audio.mp3#t=61"
    return ShownClip(clip, Episode(1, 1, facts, "h"), Podcast(1, "k", "Hive Minds", None, False), url)


def text_in(view: discord.ui.LayoutView) -> str:
    return "\n".join(item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay))


class TestPosted:
    def test_it_has_words_who_says_them_where_and_who_made_it(self) -> None:
        text = text_in(clip_message(clip_of(("Tomas", "It hums.")), Tally(), heading="🎧 Today"))

        assert text == (
            "### 🎧 Today\n**“It hums.”**\n"
            "-# Hive Minds · *Winter* · <t:1704067200:D> · clipped by <@42>\n"
            "**Tomas** · [▸\u00a01:01](https://bees.example/audio.mp3#t=61)\n> It hums.\n"
            "-# 🗳️ Worth hearing again? Vote with 👍 or 👎."
        )

    def test_one_that_nobody_keeps_cannot_be_saved(self) -> None:
        draft = clip_of(("Tomas", "It hums."))
        draft = replace(draft, clip=replace(draft.clip, id=0))

        buttons = [
            item
            for item in clip_message(draft, None, private=True).walk_children()
            if isinstance(item, discord.ui.Button)
        ]

        assert buttons == []

    def test_nobody_is_asked_to_vote_where_there_is_no_vote(self) -> None:
        assert "🗳️" not in text_in(clip_message(clip_of(("Tomas", "It hums.")), None))

    def test_a_speaker_whom_nobody_knows_is_called_so(self) -> None:
        assert "*speaker uncertain*" in text_in(clip_message(clip_of((None, "It hums.")), None))

    def test_who_goes_on_after_a_pause_is_named_once(self) -> None:
        text = text_in(clip_message(clip_of(("Tomas", "It hums."), ("Tomas", "All night."), ("Mara", "Oh.")), None))

        assert "\n> It hums.\n> All night.\n**Mara**\n> Oh." in text

    def test_of_two_whom_nobody_knows_neither_is_taken_for_the_other(self) -> None:
        text = text_in(clip_message(clip_of((None, "It hums."), (None, "Does it?")), None))

        assert text.count("*speaker uncertain*") == 2

    def test_words_make_room_for_what_is_told_under_them(self) -> None:
        long = clip_of(("Tomas", "It hums. " * 300))

        text = text_in(clip_message(long, Tally(9, 9), heading="🏆 Clip of the week", below="x" * 2500))

        assert len(text) <= limits.LAYOUT_TEXT
        assert "> It hums." in text
        assert text.endswith("x" * 2500)

    @examples(60)
    @given(st.lists(st.tuples(_ANYTHING | st.none(), _ANYTHING), min_size=1, max_size=6), _ANYTHING, _ANYTHING)
    def test_whatever_is_said_fits_and_mentions_nobody(
        self, turns: list[tuple[str | None, str]], title: str, episode: str
    ) -> None:
        view = clip_message(
            clip_of(*turns, title=title, episode=episode),
            Tally(999, 99),
            heading="x" * 200,
            card="x" * 999,
            audio=True,
        )

        assert len(text_in(view)) <= limits.LAYOUT_TEXT
        assert sum(1 for _ in view.walk_children()) <= limits.LAYOUT_COMPONENTS
        assert "@everyone" not in text_in(view)

    @examples(20)
    @given(_ANYTHING, _ANYTHING)
    def test_the_list_of_one_s_own_fits(self, title: str, episode: str) -> None:
        some = clip_of(("Tomas", "It hums."), title=title, episode=episode)

        view = own_clips_message(ClipPage((some,) * 5, 1, 3, 15), "Deleted, with its votes.")

        assert len(text_in(view)) <= limits.LAYOUT_TEXT
        assert sum(1 for _ in view.walk_children()) <= limits.LAYOUT_COMPONENTS
