from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from companion.cogs.views import custom_ids, limits
from companion.cogs.views.aliases import added, decided, labelled, names_message, removed, review_message
from companion.cogs.views.layout import Message
from companion.community.aliases import LONGEST_NAME, Change, Kept, LabelChange
from companion.storage.aliases import LONGEST_SPELLING, Alias, NamedLabel, Origin
from companion.storage.episodes import Episode, EpisodeFacts
from companion.storage.names import AliasKind, AliasState
from companion.storage.podcasts import Podcast
from tests.cogs.messages import walk
from tests.examples import examples

HOSTILE = st.text(st.sampled_from("a *_~|`<@>[]()#\\-.:é🐝"), min_size=1)
EPISODE = Episode(7, 1, EpisodeFacts("g", "*" * 300, None, None, None, None, ()), "hash")
PODCAST = Podcast(10**15 - 1, "secret", "_" * 300, None, private=True)
ALIASES = st.builds(
    Alias,
    st.just(PODCAST.id),
    st.sampled_from(AliasKind),
    HOSTILE.map(lambda text: text[:LONGEST_SPELLING]),
    HOSTILE.map(lambda text: text[:LONGEST_NAME]),
    st.sampled_from(AliasState),
    st.sampled_from(Origin),
    HOSTILE,
)
LONG = Alias(PODCAST.id, AliasKind.TERM, "*" * 60, "_" * 80, AliasState.PROPOSED, Origin.MINED, "~" * 500)


def fits(message: Message) -> bool:
    parts = list(walk(message.to_components()))
    texts = sum(len(str(part["content"])) for part in parts if part.get("type") == 10)
    ids = [str(part["custom_id"]) for part in parts if "custom_id" in part]
    return (
        texts <= limits.LAYOUT_TEXT
        and len(parts) <= limits.LAYOUT_COMPONENTS
        and all(len(one) <= limits.CUSTOM_ID for one in ids)
        and len(set(ids)) == len(ids)
    )


@given(ALIASES)
def test_a_proposal_comes_back_from_a_custom_id_that_fits(alias: Alias) -> None:
    for accept in (True, False):
        written = custom_ids.decide(alias, accept=accept)
        match = custom_ids.DECIDE.fullmatch(written)
        assert len(written) <= limits.CUSTOM_ID
        assert match is not None
        assert (match["verdict"] == "accept") is accept
        assert (int(match["podcast"]), match["spelling"]) == (alias.podcast_id, alias.spelling)
        assert custom_ids.alias_kind_in(match) is alias.kind


@examples(30)
@given(st.lists(ALIASES, max_size=30, unique_by=lambda one: (one.kind, one.spelling)), st.integers(0, 9))
def test_every_page_keeps_to_discords_limits(listed: list[Alias], page: int) -> None:
    labels = tuple(NamedLabel(7, alias.spelling, alias.name, alias.origin) for alias in listed)
    kept = Kept(PODCAST, tuple(listed), tuple(listed), labels, {7: EPISODE})

    assert fits(names_message(kept, page))
    assert fits(review_message(kept, page, decided(Change(PODCAST, LONG, LONG), accept=page % 2 == 0)))


def test_the_longest_names_keep_to_them_too() -> None:
    many = tuple(replace(LONG, spelling=f"{number:02}" + LONG.spelling[2:]) for number in range(30))
    labels = tuple(NamedLabel(7, "*" * 90, "_" * 80, Origin.FEED) for _ in range(30))
    change = Change(PODCAST, LONG, replace(LONG, name="`" * 80))

    assert fits(names_message(Kept(PODCAST, many, many, labels, {7: EPISODE}), 1))
    assert fits(names_message(Kept(PODCAST, (), many, labels, {7: EPISODE}), 1))
    assert fits(review_message(Kept(PODCAST, many, many, labels, {7: EPISODE}), 1, decided(change, accept=True)))
    assert fits(added(change))
    assert fits(removed(change))
    assert fits(labelled(LabelChange(EPISODE, "*" * 90, "_" * 80, "`" * 90)))
