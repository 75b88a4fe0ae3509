from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.archive.people import Billing, Cast, cast_of, is_generic
from companion.storage.aliases import Origin
from companion.storage.episodes import Person
from companion.storage.names import AliasState
from tests.timing import least_seconds

PODCAST = 7


def billing(
    episode: int, *labels: str, title: str = "An Hour of Talk", notes: str = "", people: tuple[Person, ...] = ()
) -> Billing:
    return Billing(episode, title, notes, people, labels)


def shown(cast: Cast) -> dict[str, str]:
    """The aliases of a cast, by spelling."""
    return {alias.spelling: alias.name for alias in cast.aliases}


def named(cast: Cast) -> dict[tuple[int, str], str]:
    return {(label.episode_id, label.label): label.name for label in cast.labels}


def name_of(label: str, **said: object) -> str | None:
    """What one episode makes of a label, whether for itself or for all."""
    cast = cast_of(PODCAST, [billing(1, label, "Host", **said)])  # pyright: ignore[reportArgumentType]
    return named(cast).get((1, label)) or shown(cast).get(label.casefold())


class TestFirstNames:
    @pytest.mark.parametrize(
        ("title", "label", "name"),
        [
            ("Why tides turn - with Mirjam Kok of Tidewater", "Mirjam", "Mirjam Kok"),
            ("Mirjam Kok: why tides turn", "Mirjam", "Mirjam Kok"),
            ("Clouds, with Yu Chen and Anand Ved Rao of Nimbus", "Anand", "Anand Ved Rao"),
            ("Clouds, with Yu Chen and Anand Ved Rao of Nimbus", "Yu", "Yu Chen"),
            ("Bridges — Bram van der Kolk’s confession", "Bram", "Bram van der Kolk"),
            ("An evening with O. B. Lind", "Lind", "O. B. Lind"),
            ("Émile Zaoui on ovens", "Émile", "Émile Zaoui"),
            ("Mirjam Kok on tides", "MIRJAM", "Mirjam Kok"),
            ("Mirjam Kok on tides", "MIRJAM KOK", "Mirjam Kok"),
            ("Mirjam Kok on tides", "Kok", "Mirjam Kok"),
        ],
    )
    def test_the_title_gives_the_full_name(self, title: str, label: str, name: str) -> None:
        assert name_of(label, title=title) == name

    def test_credits_and_notes_give_it_too(self) -> None:
        assert name_of("Mirjam", people=(Person("Mirjam Kok", "guest"),)) == "Mirjam Kok"
        assert name_of("Mirjam", notes="Today we meet Mirjam Kok, who counts waves.") == "Mirjam Kok"

    def test_the_title_goes_before_notes_that_speak_of_a_namesake(self) -> None:
        notes = "Mirjam and Mirjam Bos went to sea."
        assert name_of("Mirjam", title="Tides with Mirjam Kok", notes=notes) == "Mirjam Kok"

    def test_two_full_names_that_fit_are_none(self) -> None:
        assert name_of("Mirjam", notes="Mirjam Kok and Mirjam Bos went to sea.") is None
        assert name_of("Mirjam", title="Mirjam Kok meets Mirjam Bos") is None

    def test_what_follows_a_name_in_a_heading_is_no_part_of_it(self) -> None:
        assert name_of("Mirjam", notes="Mirjam Kok is here. Links\nMirjam Kok Homepage") == "Mirjam Kok"

    @pytest.mark.parametrize("label", ["Mira", "Mir", "Tides", "With", "Host", "SPEAKER 1"])
    def test_no_other_label_gets_it(self, label: str) -> None:
        assert name_of(label, title="Tides, with Mirjam Kok") is None

    def test_one_first_name_is_another_person_in_another_episode(self) -> None:
        cast = cast_of(
            PODCAST,
            [
                billing(1, "Mirjam", title="With Mirjam Kok"),
                billing(2, "Mirjam", title="With Mirjam Bos"),
                billing(3, "Mirjam", title="Leftovers"),
            ],
        )

        assert named(cast) == {(1, "Mirjam"): "Mirjam Kok", (2, "Mirjam"): "Mirjam Bos"}
        assert cast.aliases == ()

    def test_a_name_for_both_in_a_joint_label(self) -> None:
        cast = cast_of(PODCAST, [billing(1, "Yu / Anand", "Yu", title="With Yu Chen and Anand Ved Rao")])

        assert named(cast) == {(1, "Yu / Anand"): "Yu Chen / Anand Ved Rao", (1, "Yu"): "Yu Chen"}


class TestWhoIsHeardAllTheTime:
    def test_a_guest_with_the_same_first_name_does_not_give_theirs_to_the_host(self) -> None:
        episodes = [billing(number, "Mirjam", "Ole") for number in range(5)]
        cast = cast_of(PODCAST, [*episodes, billing(9, "Mirjam", "Ole", title="With Mirjam Kok")])

        assert cast == Cast((), ())

    def test_a_host_named_in_two_episodes_is_named_in_all(self) -> None:
        notes = "Your hosts are Mirjam Kok and Ole."
        cast = cast_of(PODCAST, [billing(n, "Mirjam", "Ole", notes=notes if n < 2 else "") for n in range(5)])

        assert shown(cast) == {"mirjam": "Mirjam Kok"}
        assert cast.labels == ()

    def test_a_host_by_the_credits_is_named_in_all(self) -> None:
        credit = (Person("Mirjam Kok", "Host"),)
        cast = cast_of(PODCAST, [billing(n, "Mirjam", people=credit if n == 3 else ()) for n in range(5)])

        assert shown(cast) == {"mirjam": "Mirjam Kok"}


class TestHandles:
    @pytest.mark.parametrize(
        "notes",
        [
            'Your host is Shona "shyx" Wong as ever.',
            "Your host is Shona “shyx” Wong as ever.",
            "Your host is Shona Wong (@shyx).",
            "With Shona Wong (shyx) and others",
            "With Shona Wong, aka shyx, and others",
            "With shyx (Shona Wong) and others",
        ],
    )
    def test_a_handle_is_joined_with_its_owner_in_the_whole_podcast(self, notes: str) -> None:
        cast = cast_of(
            PODCAST, [billing(1, "shyx", notes=notes), billing(2, "Shyx"), billing(3, "Shona Wong"), billing(4, "Ole")]
        )

        assert shown(cast) == {"shyx": "Shona Wong"}
        alias = cast.aliases[0]
        assert (alias.podcast_id, alias.state, alias.origin) == (PODCAST, AliasState.ACCEPTED, Origin.FEED)
        assert "Shona Wong" in alias.reason

    @pytest.mark.parametrize(
        "notes",
        [
            "Andrea Jansen (Shyx's sister)",
            "Read more (shyx).",
            "With shyx (see below) and Shona Wong",
            "Shona Wong, Shyx",
        ],
    )
    def test_what_only_stands_near_is_no_owner(self, notes: str) -> None:
        assert name_of("Shyx", notes=notes) is None

    @pytest.mark.parametrize("label", ["Shona Wong", "Wong"])
    def test_what_stands_in_brackets_behind_a_full_name_is_nobodys_name(self, label: str) -> None:
        assert name_of(label, title="Leading by growing | Shona Wong (Forget The Kettle)") in {None, "Shona Wong"}

    def test_a_handle_at_the_beginning_of_a_sentence_is_no_full_name(self) -> None:
        assert name_of("shyx", notes="It went on. With Shyx (Shona Wong) and others") == "Shona Wong"

    def test_a_handle_that_two_own_is_nobodys(self) -> None:
        assert name_of("shyx", notes="Shona Wong (@shyx), Bo Lee (@shyx)") is None


class TestCase:
    def test_spellings_that_differ_in_case_are_one(self) -> None:
        cast = cast_of(PODCAST, [billing(1, "Shyx"), billing(2, "shyx"), billing(3, "Shyx")])

        assert shown(cast) == {"shyx": "Shyx"}

    def test_among_equals_the_one_with_capitals_is_shown(self) -> None:
        assert shown(cast_of(PODCAST, [billing(1, "ole"), billing(2, "OLE"), billing(3, "Ole")])) == {"ole": "Ole"}

    def test_generic_labels_stay_as_they_are(self) -> None:
        cast = cast_of(PODCAST, [billing(1, "Speaker 1", title="With Speaker Ryan"), billing(2, "SPEAKER 1", "Guest")])

        assert cast == Cast((), ())


@pytest.mark.parametrize(
    "label",
    "SPEAKER 1|Speaker_01|SPEAKER_A|Speaker A|speaker|Guest 2|Host|Co-host|Interviewer|Audience member|Unknown speaker"
    "|spk_0|Narrator|Participant 12|Male voice".split("|"),
)
def test_a_label_that_says_only_what_somebody_does_is_generic(label: str) -> None:
    assert is_generic(label)


@pytest.mark.parametrize(
    "label", ["Mirjam", "Hosta", "Guestav", "AI Ole", "Host Mirjam", "Speaker Ryan", "Manuel", "Adam"]
)
def test_a_name_is_not_generic(label: str) -> None:
    assert not is_generic(label)


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Billing,
            st.integers(1, 5),
            st.text("Ab (\"“@.'é Öö", max_size=40),
            st.text("Ab (\"“@.'aka \n", max_size=60),
            st.lists(st.builds(Person, st.text("Ab ö", max_size=9), st.none() | st.just("host"))).map(tuple),
            st.lists(st.text("Ab/&(@ ö", min_size=1, max_size=9), max_size=4).map(tuple),
        ),
        max_size=6,
        unique_by=lambda one: one.episode_id,
    )
)
def test_whatever_is_written_names_belong_to_labels_that_are_there(billings: list[Billing]) -> None:
    cast = cast_of(PODCAST, billings)

    labels = {(one.episode_id, label) for one in billings for label in one.labels}
    assert {(label.episode_id, label.label) for label in cast.labels} <= labels
    assert all(label.name.strip() and label.name != label.label for label in cast.labels)
    assert len({alias.spelling for alias in cast.aliases}) == len(cast.aliases)


@pytest.mark.parametrize("unit", ["a-", "Ab ", "a'", "(", "Aka ", "Ole (", "Ole aka "])
def test_long_notes_of_anything_are_read_in_time(unit: str) -> None:
    billed = billing(1, "Ole", "Shyx", notes=unit * 20_000 + " Ole Shyx")

    assert least_seconds(lambda: cast_of(PODCAST, [billed]), 5) < 5
