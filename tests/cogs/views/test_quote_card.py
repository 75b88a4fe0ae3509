from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from companion.archive.clip_bounds import title_of
from companion.cogs.views import card_fonts
from companion.cogs.views.card_fonts import SERIF, runs, width, writable
from companion.cogs.views.quote_card import DARK, WIDTH, Theme, alt, broken, quote_card
from companion.community.clips import ShownClip
from companion.storage.clips import Clip, ClipTurn
from companion.storage.episodes import Episode, EpisodeFacts
from companion.storage.podcasts import Podcast
from tests.examples import examples


def clip_of(*turns: ClipTurn, title: str = "The Winter Cluster") -> ShownClip:
    facts = EpisodeFacts("g", title, None, None, None, None, ())
    said = title_of([turn.text for turn in turns])
    clip = Clip(1, 1, 1, 0, 9, 3723.0, 3760.0, True, turns, said, None, datetime(2025, 1, 1, tzinfo=UTC))
    podcast = Podcast(1, "bees", "Hive Minds", None, False)
    return ShownClip(clip, Episode(1, 1, facts, "h"), podcast, None)


def said(text: str, speaker: str | None = "Tomas Ek") -> ShownClip:
    return clip_of(ClipTurn(speaker, False, text))


def drawn(shown: ShownClip, theme: Theme = DARK) -> Image.Image:
    png = quote_card(shown, theme)
    assert png is not None
    return Image.open(io.BytesIO(png))


class TestCards:
    @pytest.mark.parametrize(
        "text",
        [
            "A hive does not freeze from cold, it starves.",
            "Η κυψέλη δεν παγώνει. Улей не замерзает. Ça, c’est « naïf » – ß, ø, ł.",
            "def f(x: dict[str, int]) -> bool: return {**x, 'f*****g': 1 << 16} != None",
            "shivering " * 300,
            "x" * 3000,
        ],
    )
    def test_a_card_is_as_wide_as_ever_and_not_too_high(self, text: str) -> None:
        picture = drawn(said(text))

        assert picture.width == WIDTH
        assert 630 <= picture.height <= 1000

    def test_where_there_is_room_for_one_turn_only_whoever_says_it_is_named_and_nobody_else(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        texts: list[str] = []

        def write(image: Image.Image, at: tuple[float, float], text: str, *look: object) -> None:
            texts.append(text)

        monkeypatch.setattr("companion.cogs.views.quote_card.write", write)
        short = clip_of(ClipTurn("Tomas Ek", False, "It starves."), ClipTurn("Mara", False, "Does it?"))
        long = clip_of(ClipTurn("Mara", False, "Why? " * 80), ClipTurn("Tomas Ek", False, "It starves in March. " * 40))

        quote_card(short)
        quote_card(long)

        assert "Tomas Ek, Mara" in texts
        assert texts[-3] == ("Tomas Ek" if "starves" in long.clip.title else "Mara")
        assert not any(text.startswith(("Mara:", "Tomas Ek:")) for text in texts[texts.index("Tomas Ek, Mara") + 3 :])

    def test_a_card_has_the_colours_of_its_theme(self) -> None:
        theme = Theme("#ffffff", "#1b1d22", "#5b626d", "#b3472b")

        picture = drawn(said("A hive starves."), theme).convert("RGB")

        assert picture.getpixel((2, 300)) == (0xB3, 0x47, 0x2B)
        assert picture.getpixel((WIDTH - 2, 2)) == (255, 255, 255)

    def test_what_is_no_colour_is_no_theme(self) -> None:
        with pytest.raises(ValueError, match="is no colour"):
            Theme(ground="red")

    @pytest.mark.parametrize("text", ["הכוורת אינה קופאת מקור", "蜂の巣は凍らない", "छत्ता नहीं जमता", "النحل يرتجف"])
    def test_other_scripts_have_no_card(self, text: str) -> None:
        assert quote_card(said(text)) is None

    def test_a_name_in_another_script_has_none_either(self) -> None:
        assert quote_card(said("A hive starves.", "דנה")) is None

    def test_emoji_that_nothing_can_draw_have_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(card_fonts, "_EMOJI_FONTS", ())
        for cache in (card_fonts._emoji, card_fonts._emoji_font):  # pyright: ignore[reportPrivateUsage]
            cache.cache_clear()
        try:
            assert quote_card(said("We shipped it 😀 today.")) is not None
            assert quote_card(said("We shipped it 👩‍🔬 today.")) is None
        finally:
            for cache in (card_fonts._emoji, card_fonts._emoji_font):  # pyright: ignore[reportPrivateUsage]
                cache.cache_clear()

    def test_the_words_in_place_of_the_picture_are_the_same(self) -> None:
        told = alt(said("A hive does not freeze from cold, it starves."))

        assert told == (
            "Quote card: Tomas Ek in “The Winter Cluster” at ~1:02:03: “A hive does not freeze from cold, it starves.”"
        )
        assert len(alt(said("word " * 900))) < 1024

    def test_of_a_clip_that_is_longer_than_its_card_the_words_are_those_on_the_card(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        texts: list[str] = []

        def write(image: Image.Image, at: tuple[float, float], text: str, *look: object) -> None:
            texts.append(text)

        monkeypatch.setattr("companion.cogs.views.quote_card.write", write)
        long = clip_of(ClipTurn("Mara", False, "Why? " * 80), ClipTurn("Tomas Ek", False, "It starves in March. " * 40))

        quote_card(long)
        told = alt(long)

        quoted = " ".join(texts[1:-3])
        assert (
            told == f"Quote card: {texts[-3]} in “The Winter Cluster” at ~1:02:03: “{quoted}” It is from a longer clip."
        )
        assert len(quoted) < len(long.clip.text) / 2


class TestLines:
    @examples(30)
    @given(st.text(alphabet="abcdefg ÄßλЖ.,!\n", max_size=300), st.sampled_from([44, 66]))
    def test_every_letter_is_there_once_and_no_line_is_too_wide(self, text: str, size: int) -> None:
        lines = broken(text, SERIF, size, 500)

        assert "".join(lines).replace(" ", "") == "".join(text.split())
        assert all(width(line, SERIF, size) <= 500 for line in lines)


class TestRuns:
    def test_emoji_are_parted_from_letters_sequences_kept_whole(self) -> None:
        found = [(run.text, run.emoji) for run in runs("so 👩‍🔬 and 🇸🇪, 3️⃣ of 3")]

        assert found == [
            ("so ", False),
            ("👩‍🔬", True),
            (" and ", False),
            ("🇸🇪", True),
            (", ", False),
            ("3️⃣", True),
            (" of 3", False),
        ]

    @given(st.text(max_size=60))
    def test_any_text_is_found_drawable_or_not(self, text: str) -> None:
        assert "".join(run.text for run in runs(text)) == text
        assert writable(text) in (True, False)
