from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.results import Hit
from companion.cogs.views import correction_ids, custom_ids, limits
from companion.cogs.views.context import context_message
from companion.cogs.views.correction_form import IncompleteFormError, correction_form, typed_mistake
from companion.cogs.views.corrections import (
    asking_message,
    decided,
    list_message,
    proposed_message,
    taken_back_message,
    withdrawn_message,
)
from companion.community.aliases import LONGEST_NAME
from companion.community.corrections import PER_PAGE, Page, Proposed
from companion.community.places import Quoted
from companion.community.proposals import Received, Speaking
from companion.community.searches import Found
from companion.community.surroundings import Line, Surroundings
from companion.storage.corrections import About, Correction, Mistake, Verdict
from companion.storage.episodes import Kind, Reference
from companion.storage.podcasts import Podcast
from tests.cogs.messages import walk
from tests.cogs.views.test_custom_ids import REFERENCES
from tests.cogs.views.test_results import (
    HOSTILE,
    LINES,
    NOW,
    URLS,
    assert_within_limits,
    components,
    episode,
    hits,
    passage,
    text_of,
)
from tests.examples import examples

MEMBERS = st.integers(10**16, 2**63)
MISTAKES = st.builds(Mistake, st.sampled_from(About), HOSTILE, HOSTILE.map(lambda name: name[:LONGEST_NAME]))
CORRECTIONS = st.builds(
    Correction,
    id=st.integers(1, 10**15 - 1),
    guild_id=st.just(1),
    podcast_id=st.just(1),
    reference=st.just(Reference(1, Kind.SPEECH, 1.0, 2.0, 0, 9)),
    mistake=MISTAKES,
    verdict=st.sampled_from(Verdict),
    proposers=st.lists(MEMBERS, max_size=6).map(tuple),
    proposed_at=st.just(NOW),
    decided_by=st.none() | MEMBERS,
    decided_at=st.none() | st.just(NOW),
    channel_id=st.none(),
    message_id=st.none(),
)


@st.composite
def proposals(draw: st.DrawFn) -> Proposed:
    hit: Hit = draw(hits())
    place = Quoted(hit.passage, (hit.snippet,), hit.url) if draw(st.booleans()) else None
    return Proposed(draw(CORRECTIONS), hit.podcast, hit.episode, place, draw(st.integers(0, 9999)))


@examples(60)
@given(
    st.lists(proposals(), max_size=PER_PAGE, unique_by=lambda one: one.correction.id),
    st.integers(0, 2),
    proposals(),
    st.booleans(),
)
def test_a_list_keeps_to_every_limit_of_discord(some: list[Proposed], page: int, last: Proposed, after: bool) -> None:
    assert_within_limits(list_message(Page(tuple(some), page, 3, 9), decided(last) if after else ""))


@examples(40)
@given(proposals(), st.sampled_from(Received), st.booleans())
def test_what_is_told_of_one_keeps_to_every_limit_of_discord(one: Proposed, received: Received, stays: bool) -> None:
    assert_within_limits(asking_message(one))
    assert_within_limits(proposed_message(one.correction, received))
    assert_within_limits(taken_back_message(one.correction, stays=stays))
    assert_within_limits(withdrawn_message(one.correction.mistake))


@examples(40)
@given(st.lists(CORRECTIONS, max_size=4, unique_by=lambda one: one.id), LINES, LINES, LINES, HOSTILE, URLS, REFERENCES)
def test_a_context_that_tells_of_them_keeps_to_every_limit_of_discord(
    proposed: list[Correction],
    before: tuple[Line, ...],
    said: tuple[Line, ...],
    after: tuple[Line, ...],
    title: str,
    url: str | None,
    reference: Reference,
) -> None:
    found = Found(reference, passage("words", chapter=title), episode(title), Surroundings(before, said, after), url)

    assert_within_limits(context_message(10**17, found, (997, 998), proposed))


@pytest.mark.parametrize(("verdict", "pressed"), [(Verdict.OPEN, 2), (Verdict.ACCEPTED, 0), (Verdict.REJECTED, 0)])
def test_only_what_is_open_can_be_decided(verdict: Verdict, pressed: int) -> None:
    mistake = Mistake(About.TERM, "lower gate", "Lowgate")
    correction = replace(_SOME, mistake=mistake, verdict=verdict, decided_by=77, decided_at=NOW)
    shown = asking_message(Proposed(correction, _PODCAST, episode("On Gates"), None, 0))

    assert sum(part["type"] == 2 for part in components(shown)) == pressed
    assert "The passage is no longer in the archive" in text_of(shown)


@given(
    REFERENCES,
    st.none() | st.tuples(st.integers(0, 998), st.integers(1, 999)),
    st.lists(st.builds(Speaking, HOSTILE, HOSTILE), max_size=6, unique_by=lambda one: one.label),
)
def test_the_form_keeps_to_every_limit_of_discord(
    reference: Reference, quoted: tuple[int, int] | None, speaking: list[Speaking]
) -> None:
    form = correction_form(reference, quoted, speaking).to_dict()
    match = correction_ids.FORM.fullmatch(str(form["custom_id"]))

    assert match is not None
    assert custom_ids.reference_in(match) == reference
    assert len(str(form["custom_id"])) <= limits.CUSTOM_ID
    assert len(str(form["title"])) <= limits.MODAL_TITLE
    labels: list[dict[str, Any]] = [dict(one) for one in form["components"]]
    assert all(len(label["label"]) <= limits.MODAL_TITLE for label in labels)
    assert all(len(label.get("description") or "") <= limits.OPTION_TEXT for label in labels)
    options: list[dict[str, str]] = [option for label in labels for option in label["component"].get("options", ())]
    assert len(options) <= limits.CHOICES
    assert all(0 < len(option[key]) <= limits.OPTION_TEXT for option in options for key in ("label", "value"))
    assert all(len(option.get("description") or "") <= limits.OPTION_TEXT for option in options)
    assert len({option["value"] for option in options}) == len(options)


@pytest.mark.parametrize("label", ["Mara", "SPEAKER 1", "a:b", "term"])
def test_a_label_comes_back_from_what_is_chosen(label: str) -> None:
    form = correction_form(Reference(1, Kind.SPEECH, 1.0, 2.0, 0, 9), None, [Speaking(label, label)]).to_dict()
    group = next(part for part in walk(_flat(form)) if part.get("options"))
    value = group["options"][1]["value"]

    assert typed_mistake(_sent(wrong=value, read="", right="Ada")) == Mistake(About.LABEL, label, "Ada")


@pytest.mark.parametrize(
    "sent", [{}, {"wrong": "else:Mara", "right": "x"}, {"wrong": "term", "read": " ", "right": "x"}, {"right": "x"}]
)
def test_a_form_that_says_nothing_is_refused(sent: dict[str, str]) -> None:
    with pytest.raises(IncompleteFormError):
        typed_mistake(_sent(**sent))


def _sent(**values: str) -> dict[str, Any]:
    """The data of a form as Discord sends it: a menu has values, a text a value."""
    parts = [
        {"custom_id": key, **({"values": [one]} if key == "wrong" else {"value": one})} for key, one in values.items()
    ]
    return {"components": [{"type": 18, "component": part} for part in parts]}


def _flat(form: Any) -> list[dict[str, Any]]:
    return [dict(label["component"]) for label in form["components"]]


_SOME = Correction(
    1, 1, 1, Reference(1, Kind.SPEECH, 1.0, 2.0, 0, 9), Mistake(About.TERM, "a", "b"), Verdict.OPEN, (5,), NOW, None,
    None, None, None,
)  # fmt: skip
_PODCAST = Podcast(1, "k", "Cave Notes", None, private=True)
