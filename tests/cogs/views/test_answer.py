from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.answers import Answer, Asking, Quotation, Source, Writing
from companion.archive.guards import Intervention
from companion.archive.results import Asked, Hit, Intent, Query, Results, Snippet
from companion.cogs.views import answer_ids
from companion.cogs.views.answer import answer_message, cited, quotation_text
from companion.cogs.views.asking import not_here_message, riff_form, welcome_message
from companion.cogs.views.sources import prompt_message, prompt_parts, sources_message
from companion.community.evidence import Pin, ShownSource, SourcesPage
from companion.community.questions import Answered
from companion.community.wishes import LONGEST_QUERY
from companion.storage.episodes import Kind, Piece, Reference
from companion.storage.podcasts import Podcast
from companion.storage.questions import CitedSource, Outcome, Question
from companion.storage.searches import Filters
from tests.cogs.views.test_results import (
    HOSTILE,
    NOW,
    SECONDS,
    URLS,
    assert_within_limits,
    components,
    episode,
    hits,
    passage,
)
from tests.examples import examples

PROSE = st.text(st.sampled_from("ab .*_~|`<@>[]()#1234-\n🐝"), max_size=2500).map(str.strip)
OUTCOMES = st.builds(
    Outcome,
    searched=HOSTILE,
    answerable=st.booleans(),
    answer=HOSTILE,
    sources=st.just(()),
    seconds=st.floats(0, 1000),
    model=st.none() | HOSTILE,
    interventions=st.lists(st.tuples(HOSTILE, HOSTILE), max_size=6).map(tuple),
    prompt_tokens=st.none() | st.integers(0, 10**6),
)
QUESTIONS = st.builds(
    Question,
    guild_id=st.integers(1, 2**63),
    channel_id=st.integers(1, 2**63),
    member_id=st.integers(1, 2**63),
    member_name=HOSTILE,
    text=HOSTILE.map(lambda text: text[:LONGEST_QUERY]),
    asked_at=st.just(NOW),
    filters=st.builds(Filters, st.none(), st.none() | HOSTILE, st.just(date(2024, 1, 1)), st.just(date(2025, 1, 1))),
    follows_id=st.none() | st.just(1),
    riff_on=st.none() | st.just(1),
    message_id=st.none() | st.integers(1, 2**63),
    outcome=st.none() | OUTCOMES,
    id=st.integers(1, 10**18 - 1),
)


@st.composite
def answereds(draw: st.DrawFn) -> Answered:
    found = draw(st.lists(hits(), max_size=8, unique_by=lambda hit: hit.reference.first_word))
    sources = tuple(Source(number, hit) for number, hit in enumerate(found, 1))
    numbers = st.integers(1, max(1, len(sources)))
    quotations = st.builds(
        Quotation, numbers, HOSTILE, st.none() | HOSTILE, SECONDS, st.booleans(), st.booleans(), URLS
    )
    intent = st.builds(Intent, st.just(Asked.LATEST), HOSTILE, HOSTILE)
    results = Results(Query("x"), tuple(found), draw(st.booleans()), draw(st.booleans()), intent=draw(intent))
    question = draw(QUESTIONS)
    writing = st.builds(
        Writing, HOSTILE, HOSTILE, st.just(1), st.just(1), st.just(1.0), st.just((Intervention("a", "b"),))
    )
    answer = Answer(
        Asking(question.text, results.query),
        question.text,
        results,
        sources,
        tuple(draw(st.lists(quotations, max_size=4))),
        tuple(draw(st.lists(HOSTILE, max_size=8))),
        draw(st.just("") | PROSE),
        draw(st.just("") | HOSTILE),
        draw(st.none() | writing),
    )
    return Answered(
        question,
        answer,
        origin=draw(st.none() | QUESTIONS),
        parent=draw(st.none() | QUESTIONS),
        episode=draw(st.none() | HOSTILE.map(episode)),
        writing=draw(st.booleans()),
        loading=draw(st.booleans()),
        again=draw(st.booleans()),
        writes_again=draw(st.none() | st.just(NOW)),
    )


@examples(80)
@given(answereds())
def test_an_answer_keeps_to_every_limit_of_discord(shown: Answered) -> None:
    assert_within_limits(answer_message(shown))


@examples(60)
@given(answereds())
def test_whatever_is_in_it_mentions_nobody_and_links_nowhere_of_its_own(shown: Answered) -> None:
    texts = "\n".join(part["content"] for part in components(answer_message(shown)) if part["type"] == 10)
    ours = {shown.question.member_id, *(one.member_id for one in (shown.origin, shown.parent) if one)}

    for mentioned in re.findall(r"(?<!\\)<@[!&]?(\d*)>", texts):
        assert int(mentioned or 0) in ours
    assert not re.search(r"(?<!\\)@(?:everyone|here)", texts)
    links = re.findall(r"(?<!\\)\]\((\S*?)\)", texts)
    assert all(link.startswith(("https://a.example/", "https://discord.com/channels/")) for link in links)


def source(number: int, url: str | None = "https://a.example/1") -> Source:
    podcast = Podcast(1, "key", "Hive Minds", None, private=False)
    said = Snippet("They shiver.", (), "Ana", 5.0, False)
    return Source(number, Hit(1, passage("They shiver."), episode("Winter"), podcast, 1.0, said, url))


class TestTwoQuotationsOfOneSource:
    FIRST = Quotation(1, "They shiver.", "Ana", 5.0, False, False, None, "Winter")

    def shown(self, chapter: str) -> str:
        second = replace(self.FIRST, text="They hum.", start=9.0, chapter=chapter)
        return quotation_text(second, source(1), 300, podcast=False, before=self.FIRST)

    def test_share_a_line_that_says_where_they_are_from(self) -> None:
        assert "Winter" not in self.shown("Winter")

    def test_have_one_each_where_they_are_from_two_chapters(self) -> None:
        assert self.shown("Spring").splitlines()[1].endswith(" · Spring")


class TestCitations:
    def test_each_links_to_its_moment_or_is_a_plain_number_where_there_is_no_link(self) -> None:
        sources = {1: source(1), 2: source(2, None)}

        assert cited("They shiver [1], and hum [2].", sources, 500) == (
            "They shiver [[1]](https://a.example/1), and hum [2]."
        )

    def test_a_number_of_no_source_is_no_citation(self) -> None:
        assert cited("They shiver [1][7].", {1: source(1)}, 500) == "They shiver [[1]](https://a.example/1)."

    def test_where_links_are_too_long_the_numbers_stand_alone(self) -> None:
        far = {1: source(1, "https://a.example/" + "x" * 400)}

        assert cited("They shiver [1].", far, 100) == "They shiver [1]."

    def test_what_is_formatted_or_linked_in_the_prose_is_taken_literally(self) -> None:
        shown = cited("**They** [shiver](https://evil.example) @everyone [1].", {1: source(1)}, 500)

        assert shown == (r"\*\*They\*\* \[shiver\](https\://evil.example) \@everyone [[1]](https://a.example/1).")


OUTCOME = Outcome("bees", True, "They shiver.", (), 1.0, prompt="x", model="small", prompt_tokens=1)
QUESTION = Question(1, 2, 3, "Ana", "how do bees winter?", NOW, outcome=OUTCOME, id=10**18 - 1)
PLACE = Reference(10**12, Kind.SPEECH, 86_399.9, 86_400.0, 10**6, 10**6 + 180)


@examples(60)
@given(QUESTIONS, st.lists(HOSTILE, max_size=3), URLS, st.booleans())
def test_a_page_of_sources_keeps_to_every_limit(
    question: Question, texts: list[str], url: str | None, pinnable: bool
) -> None:
    shown = [
        ShownSource(
            number,
            CitedSource(replace(PLACE, first_word=number), 12.5, True),
            episode(text),
            replace(
                passage(f"{text}\n{text}", chapter=text),
                pieces=(
                    Piece(0, 0, text, 1.0, 2.0, False),
                    Piece(len(text) + 1, 1, None, None, None, True, True),
                ),
            ),
            url,
            bool(number % 2),
        )
        for number, text in enumerate(texts, 1)
    ]

    pins = [
        Pin(
            replace(PLACE, first_word=number + 7), episode(text), passage(text), Snippet(text, (), text, 5.0, True), url
        )
        for number, text in enumerate(texts)
    ]
    pins += [Pin(PLACE), Pin(replace(PLACE, first_word=5))]

    page = SourcesPage(question, tuple(shown), 1, 3, pinnable, True, tuple(pins) if pinnable else ())
    assert_within_limits(sources_message(page))


@examples(40)
@given(st.text(st.sampled_from("ab `\n<@>"), max_size=9000), st.integers(0, 5))
def test_a_prompt_is_shown_in_parts_whole_and_cannot_end_its_block(prompt: str, page: int) -> None:
    parts = prompt_parts(prompt)

    assert_within_limits(prompt_message(QUESTION, prompt, page))
    assert all("```" not in part for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", prompt.replace("```", "ˋˋˋ"))


@pytest.mark.parametrize(
    "custom_id",
    [
        answer_ids.sources(10**18 - 1, 999),
        answer_ids.prompt(10**18 - 1, 999),
        answer_ids.riffed(10**18 - 1),
        answer_ids.before(10**18 - 1, date(2024, 12, 31)),
        answer_ids.pin(10**18 - 1, 999, PLACE, pinned=True),
    ],
)
def test_custom_ids_fit_and_are_understood(custom_id: str) -> None:
    patterns = (answer_ids.SOURCES, answer_ids.PROMPT, answer_ids.RIFFED, answer_ids.DATED, answer_ids.PIN)

    assert len(custom_id) <= 100
    assert sum(pattern.fullmatch(custom_id) is not None for pattern in patterns) == 1


def test_what_is_said_around_questions_fits() -> None:
    assert_within_limits(not_here_message(tuple(range(10**18, 10**18 + 50))))
    assert_within_limits(welcome_message(10**18, 10**18, reads_all=False))
    assert len(riff_form(replace(QUESTION, text="x" * 400)).to_dict()["title"]) <= 45
