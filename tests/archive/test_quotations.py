from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import companion
from companion.archive.quotations import quotation_picks
from companion.archive.transcripts.reader import read_transcript
from companion.storage.episodes import Turn
from companion.storage.mentions import PickOrigin
from tests.examples import examples
from tests.samples import QUEEN_TURNS, WINTER_TURNS

DEMO = Path(companion.__file__).parent / "demo"
FILES = (
    "a-brass-machine-that-adds-up-the-sea.vtt",
    "one-hundred-and-eighteen-thousand-envelopes.json",
    "the-hives-that-phone-home.md",
)
MARKS = (("“", "”"), ('"', '"'), ("«", "»"), ("„", "“"), ("‘", "’"), ("> ", ""), ("Priya Example: ", ""), ("* “", "”"))
INSERTIONS = ("[laughs]", "(should)", "[the machine]", "(of course)")


@cache
def _episodes() -> tuple[tuple[Turn, ...], ...]:
    return tuple(read_transcript((DEMO / name).read_text("utf-8")).turns for name in FILES)


def _words(turns: tuple[Turn, ...]) -> list[str]:
    return [word for turn in turns for word in turn.text.split()]


@dataclass(frozen=True)
class Quoted:
    episode: int
    first: int
    last: int
    written: str


@st.composite
def _quotations(draw: st.DrawFn, least: int = 14, most: int = 70) -> Quoted:
    """A quotation of a demo episode as an editor writes it: words dropped, replaced, put in; a part left out."""
    episode = draw(st.integers(0, len(FILES) - 1))
    words = _words(_episodes()[episode])
    length = draw(st.integers(least, most))
    first = draw(st.integers(0, len(words) - length))
    said = words[first : first + length]
    edits = draw(st.lists(st.integers(2, length - 3), max_size=length // 10, unique=True))
    kinds = draw(st.lists(st.sampled_from(("drop", "misheard", "insert")), min_size=len(edits), max_size=len(edits)))
    for place, kind in zip(sorted(edits, reverse=True), kinds, strict=True):
        if kind == "drop":
            del said[place]
        elif kind == "misheard":
            said[place] = "Gangklep"
        else:
            said.insert(place, draw(st.sampled_from(INSERTIONS)))
    if length > 40 and draw(st.booleans()):
        said[15 : 15 + draw(st.integers(1, 10))] = [draw(st.sampled_from(("…", "...", "[…]", "[...]")))]
    opening, closing = draw(st.sampled_from(MARKS))
    return Quoted(episode, first, first + length - 1, f"{opening}{' '.join(said)}{closing}")


def _notes(quotation: str) -> str:
    return f"Our guest has much to tell. We began with the early years.\n\n{quotation}\n\nAnd there is more to come."


class TestQuotationsOfNotes:
    @examples(150)
    @given(_quotations())
    def test_an_edited_quotation_is_found_where_it_was_said(self, quoted: Quoted) -> None:
        picks = quotation_picks(_notes(quoted.written), _episodes()[quoted.episode])

        places = [word for pick in picks for word in range(pick.first_word or 0, (pick.last_word or 0) + 1)]
        inside = sum(quoted.first <= word <= quoted.last for word in places)
        assert inside >= 0.6 * (quoted.last - quoted.first + 1)
        assert len(places) - inside <= 4

    @examples(100)
    @given(_quotations(least=8), st.integers(1, len(FILES) - 1))
    def test_what_was_said_elsewhere_is_found_nowhere(self, quoted: Quoted, shift: int) -> None:
        assert quotation_picks(_notes(quoted.written), _episodes()[(quoted.episode + shift) % len(FILES)]) == ()

    @examples(50)
    @given(st.text(alphabet="“”\"„«»‘’>*-—…[]()\n: abcAé字.'", max_size=300))
    def test_any_notes_can_be_read(self, notes: str) -> None:
        quotation_picks(notes, WINTER_TURNS)

    def test_a_pick_says_what_was_quoted_and_when_and_where_it_was_said(self) -> None:
        notes = "Tomas on winter: “A hive does not freeze [from cold], it starves … a colony needs twenty kilos.”"

        (pick,) = quotation_picks(notes, WINTER_TURNS)

        words = _words(WINTER_TURNS)
        assert pick.origin is PickOrigin.QUOTATION
        assert pick.text == "A hive does not freeze [from cold], it starves … a colony needs twenty kilos."
        assert pick.first_word is not None
        assert pick.last_word is not None
        assert words[pick.first_word : pick.first_word + 3] == ["A", "hive", "does"]
        assert words[pick.last_word - 1 : pick.last_word + 1] == ["twenty", "kilos"]
        assert pick.approximate
        assert pick.start is not None
        assert pick.end is not None
        assert 40.0 < pick.start < pick.end < 130.0
        assert pick.similarity > 0.9

    def test_a_pick_that_begins_a_turn_has_its_exact_time(self) -> None:
        notes = "“Wool keeps the damp in, and damp kills more colonies than frost.”"
        exact = tuple(Turn(t.speaker, t.start, t.end, False, t.text) for t in WINTER_TURNS)

        (pick,) = quotation_picks(notes, exact)

        assert (pick.start, pick.approximate) == (150.0, False)

    def test_a_dialogue_is_one_pick_across_turns(self) -> None:
        notes = (
            "Mara: “How many are too many?”\nTomas: “You take half a cup of bees, three hundred or so, and roll them"
            " in sugar until the mites let go.”"
        )

        (pick,) = quotation_picks(notes, WINTER_TURNS)

        assert "half a cup" in pick.text
        assert "let go" in pick.text

    def test_moments_far_apart_in_one_quotation_are_picks_of_their_own(self) -> None:
        notes = (
            "“What people forget about a hive is that the bees heat it themselves… You take half a cup of bees, three"
            " hundred or so, and roll them in sugar until the mites let go.”"
        )
        filler = Turn("Mara", 3700.0, 3753.0, False, " ".join(f"filler{number}" for number in range(300)))

        first, second = quotation_picks(notes, (*WINTER_TURNS[:5], filler, *WINTER_TURNS[5:]))

        assert (first.start or 0) < 130
        assert (second.start or 0) >= 3753

    def test_a_long_excerpt_needs_no_marks(self) -> None:
        excerpt = WINTER_TURNS[3].text
        notes = f"He has a view on wool, too. {excerpt} More of that in the episode."

        (pick,) = quotation_picks(notes, WINTER_TURNS)

        assert pick.text == excerpt

    def test_an_unclosed_mark_loses_nothing(self) -> None:
        notes = f"He said: “{WINTER_TURNS[3].text}\n\nThen we talk about “mites”, and how to count them."

        (pick,) = quotation_picks(notes, WINTER_TURNS)

        assert pick.text == WINTER_TURNS[3].text

    def test_a_trailer_yields_to_the_conversation(self) -> None:
        trailer = Turn("Tomas Ek", 0.0, 20.0, False, "Wool keeps the damp in, and damp kills more colonies than frost.")

        (pick,) = quotation_picks(f"“{trailer.text}”", (trailer, *WINTER_TURNS))

        assert (pick.first_word or 0) > 100

    @pytest.mark.parametrize(
        "notes",
        [
            "We read “The Winter of the Long Frost” together.",
            "They call it a “heated floor”, and he lost “four hundred of them”.",
            "* “Warm Bees Think It Is Spring” by Ines Okafor",
            "Tomas explains why you should never wrap a hive in wool, and what a heated floor does to the bees in it.",
            "",
        ],
    )
    def test_titles_and_words_in_marks_and_summaries_are_no_quotations(self, notes: str) -> None:
        assert quotation_picks(notes, WINTER_TURNS) == ()

    def test_an_advertisement_read_aloud_is_no_pick(self) -> None:
        advert = (
            "This episode is sponsored by Waxworks, the people who make frames that never warp; listeners of this show"
            " get the first box of ten for nothing when they order before the end of May."
        )
        said = Turn("Mara", 0.0, 20.0, False, advert)

        assert quotation_picks(f"News of the show. {advert} Thank you!", (said, *QUEEN_TURNS)) == ()

    def test_without_times_there_are_word_positions(self) -> None:
        untimed = tuple(Turn(turn.speaker, None, None, False, turn.text) for turn in WINTER_TURNS)

        (pick,) = quotation_picks("“Wool keeps the damp in, and damp kills more colonies than frost.”", untimed)

        before = sum(len(turn.text.split()) for turn in WINTER_TURNS[:3])
        assert (pick.start, pick.end, pick.first_word) == (None, None, before)
