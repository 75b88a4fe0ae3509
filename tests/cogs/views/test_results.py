from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.results import Hit, Query, Results, Snippet
from companion.cogs.views import limits
from companion.cogs.views.context import context_message
from companion.cogs.views.help import help_message
from companion.cogs.views.layout import Message
from companion.cogs.views.results import results_message
from companion.community.searches import Answer, Found
from companion.community.surroundings import Line, Surroundings
from companion.community.wishes import LONGEST_QUERY
from companion.storage.episodes import Episode, EpisodeFacts, Kind, Passage, Piece, Reference
from companion.storage.mentions import EditorsPick, PickOrigin
from companion.storage.podcasts import Podcast
from companion.storage.searches import Filters, Search
from tests.cogs.messages import walk
from tests.examples import examples

NOW = datetime(2025, 1, 1, tzinfo=UTC)
HOSTILE = st.text(st.sampled_from("a *_~|`<@>[]()#\\-\n.é🐝"), max_size=2000)
URLS = st.none() | st.text("abc/()[] ", max_size=600).map(lambda path: f"https://a.example/{path}")
SECONDS = st.none() | st.floats(0, 99_999)


def episode(title: str, url: str | None = None) -> Episode:
    return Episode(10**9, 7, EpisodeFacts("g", title, NOW, url, url, None, ()), "hash")


def passage(text: str, kind: Kind = Kind.SPEECH, start: float | None = 5.0, chapter: str | None = None) -> Passage:
    pieces = (Piece(0, 0, "Ana", start, 9.0, True),)
    return Passage(0, kind, "Ana", start, 9.0, True, 0, 9, chapter, text, pieces)


@st.composite
def hits(draw: st.DrawFn) -> Hit:
    text = draw(HOSTILE)
    spans = draw(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=4))
    url = draw(URLS)
    snippet = Snippet(text, tuple(spans), draw(st.none() | HOSTILE), draw(SECONDS), draw(st.booleans()))
    podcast = Podcast(draw(st.integers(1, 2)), "secret", draw(HOSTILE), None, private=True)
    first = draw(st.integers(0, 10**6))
    found = Passage(0, draw(st.sampled_from(Kind)), None, 1.0, 2.0, True, first, first + 9, draw(HOSTILE), text, ())
    return Hit(1, found, episode(draw(HOSTILE), url), podcast, 1.0, snippet, url)


SEARCHES = st.builds(
    Search,
    guild_id=st.integers(1, 2**63),
    channel_id=st.integers(1, 2**63),
    member_id=st.integers(1, 2**63),
    member_name=HOSTILE,
    text=HOSTILE.map(lambda text: text[:LONGEST_QUERY]),
    created_at=st.just(NOW),
    filters=st.builds(Filters, st.none(), st.none() | HOSTILE, st.just(date(2024, 1, 1)), st.none()),
    riff_on=st.none() | st.just(1),
    like=st.none() | st.just(Reference(1, Kind.SPEECH, 1.0, 2.0, 0, 9)),
    message_id=st.none() | st.integers(1, 2**63),
)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    found = draw(st.lists(hits(), max_size=5, unique_by=lambda hit: hit.reference.first_word))
    return Answer(
        search_id=draw(st.integers(1, 10**18 - 1)),
        search=draw(SEARCHES),
        origin=draw(st.none() | SEARCHES),
        episode=draw(st.none() | HOSTILE.map(episode)),
        results=Results(Query("x"), tuple(found), draw(st.booleans()), draw(st.booleans()), draw(st.booleans())),
        page=draw(st.integers(0, 9)),
        examples=tuple(draw(st.lists(st.text("ab ", min_size=1, max_size=60), max_size=3, unique=True))),
        loading=draw(st.booleans()),
    )


def components(message: Message) -> list[dict[str, Any]]:
    return [dict(component) for component in walk(message.to_components())]


def assert_within_limits(message: Message) -> None:
    parts = components(message)
    texts = [part["content"] for part in parts if part["type"] == 10]
    custom_ids = [part["custom_id"] for part in parts if "custom_id" in part]
    assert sum(map(len, texts)) <= limits.LAYOUT_TEXT
    assert all(text.strip() for text in texts)
    assert len(parts) <= limits.LAYOUT_COMPONENTS
    assert all(len(custom_id) <= limits.CUSTOM_ID for custom_id in custom_ids)
    assert len(custom_ids) == len(set(custom_ids))
    assert all(len(part.get("label", "")) <= limits.BUTTON_LABEL for part in parts if part["type"] == 2)
    assert all(1 <= len(part["components"]) <= 5 for part in parts if part["type"] == 1)


@examples(60)
@given(answers())
def test_results_keep_to_every_limit_of_discord(answer: Answer) -> None:
    assert_within_limits(results_message(answer))


LINES = st.lists(st.builds(Line, st.none() | HOSTILE, SECONDS, st.booleans(), HOSTILE), max_size=5).map(tuple)


@examples(60)
@given(LINES, LINES, LINES, HOSTILE, URLS)
def test_context_keeps_to_every_limit_of_discord(
    before: tuple[Line, ...], said: tuple[Line, ...], after: tuple[Line, ...], title: str, url: str | None
) -> None:
    reference = Reference(1, Kind.SPEECH, 1.0, 2.0, 0, 9)
    found = Found(reference, passage("words", chapter=title), episode(title), Surroundings(before, said, after), url)

    assert_within_limits(context_message(10**17, found))


@examples(20)
@given(HOSTILE, HOSTILE)
def test_help_keeps_to_every_limit_of_discord(speaker: str, missing: str) -> None:
    assert_within_limits(help_message((), (), speaker, ValueError(missing)))


def text_of(message: Message) -> str:
    return "\n".join(part["content"] for part in components(message) if part["type"] == 10)


def answer_with(found: Passage, snippet: Snippet, url: str | None = None) -> Answer:
    hit = Hit(1, found, episode("On Bees"), Podcast(1, "k", "Hive Minds", None, private=False), 1.0, snippet, url)
    search = Search(1, 2, 3, "Ana", "bees", NOW)
    return Answer(5, search, None, None, Results(Query("bees"), (hit,), True, True), 0, (), False)


def test_an_approximate_time_says_so() -> None:
    found = passage("bees heat it")
    exact = answer_with(found, Snippet("bees heat it", (), "Ana", 3725.0, False), "https://a.example/x")
    roughly = answer_with(found, Snippet("bees heat it", (), "Ana", 3725.0, True), "https://a.example/x")

    assert "▸\u00a01:02:05" in text_of(results_message(exact))
    assert "▸\u00a0\\~1:02:05" in text_of(results_message(roughly))


def test_a_result_that_its_makers_picked_says_so() -> None:
    said = Snippet("bees heat it", (), "Ana", 1.0, False)
    answer = answer_with(passage("bees heat it"), said)
    (hit,) = answer.results.hits
    quoted = EditorsPick(PickOrigin.QUOTATION, "Bees heat it", 1.0, 2.0, False, 0, 2)
    soundbite = EditorsPick(PickOrigin.SOUNDBITE, "Warm", 1.0, 2.0, False)

    def shown(pick: EditorsPick | None) -> str:
        return text_of(
            results_message(replace(answer, results=replace(answer.results, hits=(replace(hit, picked=pick),))))
        )

    assert " · ★ quoted in the show notes" in shown(quoted)
    assert "★ picked by its makers" in shown(soundbite)
    assert "★" not in shown(None)


def test_a_passage_without_a_speaker_is_said_to_be_uncertain() -> None:
    text = text_of(results_message(answer_with(passage("bees"), Snippet("bees", (), None, 1.0, False))))

    assert "*speaker uncertain*" in text


def test_a_doubtful_speaker_is_named_and_said_to_be_uncertain() -> None:
    text = text_of(
        results_message(answer_with(passage("bees"), Snippet("bees", (), "Ana", 1.0, False, uncertain=True)))
    )

    assert "**Ana** (*speaker uncertain*)" in text


def test_other_spellings_that_were_searched_for_are_told() -> None:
    answer = answer_with(passage("bees"), Snippet("bees", (), "Ana", 1.0, False))

    assert "Also searched for" not in text_of(results_message(answer))
    told = replace(answer, results=replace(answer.results, also=("bay *kernel*", "bake nell")))
    assert r"Also searched for: bay \*kernel\*, bake nell" in text_of(results_message(told))


def test_show_notes_are_told_apart_from_speech() -> None:
    text = text_of(
        results_message(answer_with(passage("bees", Kind.NOTES, None), Snippet("bees", (), None, None, False)))
    )

    assert "**Show notes**" in text
    assert "speaker uncertain" not in text


def test_a_long_snippet_gives_way_before_the_link_does() -> None:
    url = "https://a.example/" + "x" * 300
    long = "honey " * 900
    text = text_of(results_message(answer_with(passage(long), Snippet(long, (), "Ana", 5.0, False), url)))

    assert url in text
    assert text.rstrip().endswith("…")
