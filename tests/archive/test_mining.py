from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.mining import alike, candidates, sounds

NOTES = "We talk about Kvassnik-DB, the book by Tilda Grahn, and n9n. Guides are in Bergen."


def pairs(written: str, *spoken: str, known: tuple[str, ...] = ()) -> dict[str, str]:
    return {found.spelling: found.name for found in candidates(written, spoken, known)}


class TestCandidates:
    def test_what_is_said_and_sounds_like_a_name_in_the_notes_that_is_never_said_is_proposed(self) -> None:
        assert pairs(NOTES, "So we moved to Quas Nick DB last year.") == {"Quas Nick DB": "Kvassnik-DB"}
        assert pairs(NOTES, "I read it in Tilda Gran once.") == {"Tilda Gran": "Tilda Grahn"}

    def test_the_reason_says_how_often_each_is_said(self) -> None:
        (found,) = candidates("About Grahnov.", ["We met Granov. Then Granov left.", "Poor Granov, said Ole."])

        assert found.reason == "the notes say Grahnov, which is never said; “Granov” is said 3 times"

    def test_a_short_name_that_is_said_as_well_is_left_alone(self) -> None:
        assert pairs("About Mira.", "We met Mira and Meera.") == {}

    def test_a_long_name_may_be_misheard_at_times(self) -> None:
        assert pairs("About Kvassnikdorf.", "In Kvassnikdorf, or so. In Quassnickdorf it rained.") == {
            "Quassnickdorf": "Kvassnikdorf"
        }

    def test_what_the_notes_call_so_too_is_another_thing(self) -> None:
        assert pairs("About Grahnov and Granov.", "We met Granov there.") == {}

    def test_an_ordinary_word_is_no_name(self) -> None:
        assert pairs("About Rhyme.", "We saw rime. Then the Rime was gone.") == {}

    def test_a_speaker_is_no_misspelling(self) -> None:
        assert pairs("About Mirjahm.", "Thanks, Mirjam.", known=("Mirjam Kok",)) == {}
        assert pairs("About Mirjahm.", "Thanks, Mirjam.") == {"Mirjam": "Mirjahm"}

    def test_a_spelling_is_proposed_for_one_name_only(self) -> None:
        found = candidates("About Grahnov and Grannov.", ["We met Granov there."])

        assert len(found) == 1


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("Viki Gangklep", "VQGAN-CLIP"), ("News Research", "Nous Research"), ("Nemethy", "Némethi"), ("Swix", "Swyx")],
)
def test_names_that_sound_the_same_are_alike(spelling: str, name: str) -> None:
    assert alike(spelling, name) > 0.8


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("LinkedIn", "LangChain"), ("Starbucks", "Strikes"), ("LLAMA-4", "LLaMA3"), ("Gates", "Guides"), ("Ann", "Ann")],
)
def test_names_that_share_some_consonants_or_differ_in_number_are_not(spelling: str, name: str) -> None:
    assert alike(spelling, name) == 0.0


def test_capitals_and_digits_are_said_by_their_names() -> None:
    assert sounds("BBC") & sounds("Beebeesee")
    assert sounds("n8n") & sounds("neightn")


@given(st.text("aB3é-' .\n", max_size=60), st.lists(st.text("Ab7Éx'. \n", max_size=40), max_size=4))
def test_any_text_gives_pairs_of_what_is_in_it(written: str, spoken: list[str]) -> None:
    for found in candidates(written, spoken):
        assert found.name.split()[0] in written
        assert any(found.spelling.split()[0] in turn for turn in spoken)
