from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from companion.cogs.views import custom_ids
from companion.cogs.views.limits import CUSTOM_ID
from companion.storage.episodes import Kind, Reference

SECONDS = st.none() | st.integers(0, 9_999_999).map(lambda tenths: tenths / 10)
REFERENCES = st.builds(
    Reference,
    st.integers(1, 10**15 - 1),
    st.sampled_from(Kind),
    SECONDS,
    SECONDS,
    st.integers(0, 10**9 - 1),
    st.integers(0, 10**9 - 1),
)
SEARCHES = st.integers(1, 10**18 - 1)


@given(SEARCHES, REFERENCES)
def test_a_reference_comes_back_from_a_custom_id_that_fits(search_id: int, reference: Reference) -> None:
    for written, pattern in (
        (custom_ids.context(search_id, reference), custom_ids.CONTEXT),
        (custom_ids.like(search_id, reference), custom_ids.LIKE),
    ):
        match = pattern.fullmatch(written)
        assert len(written) <= CUSTOM_ID
        assert match is not None
        assert int(match["search"]) == search_id
        assert custom_ids.reference_in(match) == reference


@given(SEARCHES, REFERENCES, st.integers(0, 998), st.integers(1, 999))
def test_what_was_quoted_comes_back_where_it_fits(search_id: int, reference: Reference, first: int, after: int) -> None:
    written = custom_ids.context(search_id, reference, (first, after))
    match = custom_ids.CONTEXT.fullmatch(written)

    assert len(written) <= CUSTOM_ID
    assert match is not None
    assert custom_ids.reference_in(match) == reference
    assert custom_ids.quoted_in(match) == ((first, after) if first < after else None)


def test_times_are_kept_to_a_tenth_of_a_second() -> None:
    exact = Reference(1, Kind.SPEECH, 12.3456, 20.0, 0, 5)
    match = custom_ids.CONTEXT.fullmatch(custom_ids.context(7, exact))

    assert match is not None
    assert custom_ids.reference_in(match) == replace(exact, start=12.3)


@given(SEARCHES)
def test_no_pattern_takes_another_one_s_ids(search_id: int) -> None:
    reference = Reference(1, Kind.NOTES, None, None, 0, 5)
    written = {
        custom_ids.PAGE: custom_ids.page(search_id, 3),
        custom_ids.RIFF: custom_ids.riff(search_id),
        custom_ids.RIFFED: custom_ids.riffed(search_id),
        custom_ids.LIKE: custom_ids.like(search_id, reference),
        custom_ids.CONTEXT: custom_ids.context(search_id, reference),
        custom_ids.TRY: custom_ids.example("search:riff:1"),
    }
    for pattern in written:
        assert [own for own, custom_id in written.items() if pattern.fullmatch(custom_id)] == [pattern]
