from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from companion.archive.answering import SOURCES, Answerer
from companion.archive.answers import Answer, Asking, Exchange
from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.language_model import LanguageModelError, Usage
from companion.archive.prompt import DECLINED, Prompt
from companion.archive.results import Asked, Query
from companion.archive.search import Searcher
from companion.storage.engine import Database
from companion.storage.episodes import Chapter, Reference, Turn
from companion.storage.podcasts import Podcast
from tests.samples import BEES, CAVES, bee_readings, cave_readings, embed, reading, store_podcast

MITES = "how many mites in a cup of sugar are too many?"


@pytest.fixture
async def worker() -> AsyncIterator[EncodingWorker]:
    worker = EncodingWorker(ToyEncoder())
    yield worker
    worker.close()


@pytest.fixture
async def bees(database: Database) -> Podcast:
    podcast = await store_podcast(database, BEES, bee_readings())
    await embed(database, ToyEncoder())
    return podcast


@pytest.fixture
def answerer(database: Database, bees: Podcast, worker: EncodingWorker) -> Answerer:
    return Answerer(database, Searcher(database, worker))


def asking(text: str, **wanted: Any) -> Asking:
    earlier, pinned = wanted.pop("earlier", ()), wanted.pop("pinned", ())
    return Asking(text, Query(text, **wanted), earlier, pinned)


def passages_of(answer: Answer) -> dict[int, str]:
    return {source.number: source.hit.passage.text for source in answer.sources}


async def test_the_sentences_that_answer_are_quoted_with_who_said_them_when_and_a_link(answerer: Answerer) -> None:
    answer = await answerer.find(asking(MITES))
    told = next(one for one in answer.quotations if "More than nine mites" in one.text)

    assert answer.results.answerable
    assert told.speaker == "Tomas Ek"
    assert told.start is not None
    assert told.start >= 3753.0
    assert told.url == f"https://bees.example/audio.mp3#t={int(told.start)}"


@pytest.mark.parametrize(
    "question",
    [MITES, "what does a colony eat in winter", "which queens are bred", "What did Tomas Ek say about wool?"],
)
async def test_quotations_are_verbatim_of_one_turn_and_cite_a_source_that_is_there(
    answerer: Answerer, question: str
) -> None:
    answer = await answerer.find(asking(question))

    assert 1 <= len(answer.quotations) <= 4
    for quotation in answer.quotations:
        assert quotation.text in passages_of(answer)[quotation.number]
        assert "\n" not in quotation.text
        assert len(quotation.text.split()) <= 100


async def test_sources_are_numbered_from_one_and_those_that_are_quoted_come_first(answerer: Answerer) -> None:
    answer = await answerer.find(asking("what does a colony eat in winter"))
    cited = list(dict.fromkeys(quotation.number for quotation in answer.quotations))

    assert [source.number for source in answer.sources] == list(range(1, len(answer.sources) + 1))
    assert cited == list(range(1, len(cited) + 1))
    assert len(answer.sources) <= SOURCES


async def test_a_time_within_a_turn_is_approximate(answerer: Answerer) -> None:
    answer = await answerer.find(asking("what kills more colonies than frost: damp from wool?"))
    [within] = [one for one in answer.quotations if "damp kills more colonies" in one.text]

    assert within.approximate


async def test_a_quotation_stands_in_the_chapter_of_its_own_second(database: Database) -> None:
    turns = [
        Turn("Ana", 0.0, 30.0, False, "The lamps of the old harbour were lit with whale oil every single evening."),
        Turn("Ben", 30.0, 40.0, False, "Somebody stole the brass foghorn in the storm of that year."),
    ]
    chapters = [Chapter(0.0, "Lamps"), Chapter(30.0, "The theft")]
    await store_podcast(database, CAVES, [reading("Harbour", turns, chapters=chapters)])

    answer = await Answerer(database, Searcher(database)).find(asking("who stole the brass foghorn"))

    assert [(one.start, one.chapter) for one in answer.quotations if "foghorn" in one.text] == [(30.0, "The theft")]


async def test_sources_tell_what_was_said_just_before_and_after(answerer: Answerer) -> None:
    answer = await answerer.find(asking("wrap hives in wool and a heated floor"))
    source = next(one for one in answer.sources if "Wool keeps the damp in" in one.hit.passage.text)

    assert source.before.startswith(("Mara Lindqvist: ", "Tomas Ek: ")) or not source.before
    for said in (source.before, source.after):
        assert said[:60] not in source.hit.passage.text or not said


async def test_what_the_archive_does_not_hold_is_refused_with_what_it_covers(answerer: Answerer) -> None:
    answer = await answerer.find(asking("How much did Zirconium Futures Holding pay for Blockchain Island?"))

    assert not answer.results.answerable
    assert answer.quotations == ()
    assert answer.sources
    assert answer.covers
    assert set(answer.covers) <= {
        *("Heating a house of wax", "Why wool keeps the damp in", "Counting mites with sugar"),
        *("Sixteen days of royal jelly", "Breeding for temper", "The Winter Cluster", "An Egg Fed Better"),
    }


async def test_an_empty_archive_refuses(database: Database) -> None:
    answer = await Answerer(database, Searcher(database)).find(asking(MITES))

    assert (answer.results.answerable, answer.sources, answer.quotations, answer.covers) == (False, (), (), ())


async def test_words_alone_are_enough_to_quote(database: Database, bees: Podcast) -> None:
    answer = await Answerer(database, Searcher(database)).find(asking("oxalic acid for mites"))

    assert not answer.results.semantic
    assert any("oxalic acid" in quotation.text for quotation in answer.quotations)


async def test_only_the_one_who_was_asked_about_is_quoted(answerer: Answerer) -> None:
    filtered = await answerer.find(asking("mites and sugar", speaker="Mara"))
    named = await answerer.find(asking("What did Tomas Ek say about mites?"))

    assert {quotation.speaker for quotation in filtered.quotations} == {"Mara Lindqvist"}
    assert named.results.kind is Asked.SAID_BY
    assert {quotation.speaker for quotation in named.quotations} == {"Tomas Ek"}


async def test_everyone_who_talked_about_it_is_quoted_once(answerer: Answerer) -> None:
    answer = await answerer.find(asking("who talked about honey?"))
    speakers = [quotation.speaker for quotation in answer.quotations]

    assert answer.results.kind is Asked.EVERYONE
    assert sorted(map(str, speakers)) == sorted(set(map(str, speakers)))
    assert {"Tomas Ek", "Ines Okafor"} <= set(speakers)


async def test_a_comparison_quotes_each_of_those_compared(answerer: Answerer) -> None:
    answer = await answerer.find(asking("compare what Tomas Ek and Ines Okafor said about honey"))

    assert answer.results.kind is Asked.COMPARE
    assert [quotation.speaker for quotation in answer.quotations][:1] == ["Tomas Ek"]
    assert {quotation.speaker for quotation in answer.quotations} == {"Tomas Ek", "Ines Okafor"}


async def test_which_episode_it_was_is_answered_episode_by_episode(answerer: Answerer) -> None:
    answer = await answerer.find(asking("which episode was about royal jelly?"))
    sources = {source.number: source.hit.episode.title for source in answer.sources}

    assert answer.results.kind is Asked.WHICH_EPISODE
    assert sources[answer.quotations[0].number] == "An Egg Fed Better"
    assert len({sources[quotation.number] for quotation in answer.quotations}) == len(answer.quotations)


async def test_the_latest_comes_newest_first(answerer: Answerer) -> None:
    answer = await answerer.find(asking("the latest on honey"))
    sources = {source.number: source.hit.episode.published for source in answer.sources}
    days = [sources[quotation.number] for quotation in answer.quotations]

    assert answer.results.kind is Asked.LATEST
    assert days == sorted(days, key=str, reverse=True)


async def test_nothing_is_quoted_twice_though_passages_that_were_found_overlap(answerer: Answerer) -> None:
    answer = await answerer.find(asking("bees heat the hive themselves, honey, damp, frost, wool"))
    said = [sentence for quotation in answer.quotations for sentence in quotation.text.split(". ")]

    assert len(said) == len(set(said))


async def test_a_question_that_leans_on_the_one_before_is_completed_and_keeps_its_sources(answerer: Answerer) -> None:
    first = await answerer.find(asking("Why do hives starve in winter?"))
    cited = tuple(source.hit.reference for source in first.sources[:2])
    exchange = Exchange("Why do hives starve in winter?", cited)

    answer = await answerer.find(asking("when was that?", earlier=(exchange,)))

    assert answer.searched == "Why do hives starve in winter?"
    assert answer.asking.text == "when was that?"
    assert {source.hit.passage.text for source in first.sources[:2]} <= set(passages_of(answer).values())


async def test_she_is_the_one_who_was_quoted(answerer: Answerer) -> None:
    first = await answerer.find(asking("how do you mark a queen with paint?"))
    exchange = Exchange("how do you mark a queen with paint?", (first.sources[0].hit.reference,))

    answer = await answerer.find(asking("what did she say about royal jelly?", earlier=(exchange,)))

    assert answer.searched == "what did Ines Okafor say about royal jelly?"
    assert {quotation.speaker for quotation in answer.quotations} == {"Ines Okafor"}


async def test_what_the_conversation_adds_does_not_cost_the_answer(answerer: Answerer) -> None:
    exchange = Exchange("How much did Zirconium Futures Holding pay for Blockchain Island?")

    answer = await answerer.find(asking("and what about counting mites with powdered sugar?", earlier=(exchange,)))

    assert answer.results.answerable
    assert any("mites" in quotation.text for quotation in answer.quotations)


async def test_a_pinned_passage_stays_among_the_sources(answerer: Answerer) -> None:
    pinned = (await answerer.find(asking("royal jelly for sixteen days"))).sources[0].hit

    answer = await answerer.find(asking(MITES, pinned=(pinned.reference, pinned.reference)))

    assert [source.hit.passage.text for source in answer.sources].count(pinned.passage.text) == 1


async def test_nothing_of_another_servers_podcast_is_cited_pinned_or_named(
    database: Database, answerer: Answerer, bees: Podcast
) -> None:
    await store_podcast(database, CAVES, cave_readings())
    await embed(database, ToyEncoder())
    secret = (await answerer.find(asking("the password of the lower gate is stalactite"))).sources[0].hit
    assert secret.podcast.title == "Cave Notes"
    own = frozenset({bees.id})
    exchange = Exchange("what is the password?", (secret.reference,))

    for text in ("who said that?", "what did he say about the lake?", "zirconium futures of blockchain island"):
        answer = await answerer.find(asking(text, podcasts=own, earlier=(exchange,), pinned=(secret.reference,)))
        assert {source.hit.podcast.id for source in answer.sources} <= own
        assert "Piet Vos" not in answer.searched
        assert "The Lower Gate" not in answer.covers


async def test_a_doubtful_speaker_stays_doubtful(database: Database, worker: EncodingWorker) -> None:
    turn = Turn("Jo", 0.0, 9.0, False, "The lantern fish glows because it eats glowing shrimp.", uncertain=True)
    await store_podcast(database, BEES, [reading("Deep Sea", [turn])])
    await embed(database, ToyEncoder())

    answer = await Answerer(database, Searcher(database, worker)).find(asking("glowing shrimp"))

    assert [quotation.uncertain for quotation in answer.quotations] == [True]


class Scripted:
    """A language model that says what it is given."""

    name = "parrot-1"
    most_tokens = 500

    def __init__(self, *said: str | Usage | LanguageModelError) -> None:
        self.said = said
        self.prompts: list[Prompt] = []

    async def stream(self, prompt: Prompt) -> AsyncGenerator[str | Usage]:
        self.prompts.append(prompt)
        for one in self.said:
            if isinstance(one, LanguageModelError):
                raise one
            yield one


async def written(database: Database, worker: EncodingWorker, model: Scripted, question: str = MITES) -> list[Answer]:
    answerer = Answerer(database, Searcher(database, worker), model)
    return [answer async for answer in answerer.write(await answerer.find(asking(question)))]


def cites(found: Answer, words: str) -> str:
    return f"[{next(number for number, text in passages_of(found).items() if words in text)}]"


async def test_prose_grows_sentence_by_sentence_and_ends_checked(
    database: Database, bees: Podcast, worker: EncodingWorker, answerer: Answerer
) -> None:
    mark = cites(await answerer.find(asking(MITES)), "More than nine mites")
    model = Scripted(
        f"More than nine mites in that cup are too many {mark}.",
        f" The colony is treated the same week with oxalic acid {mark}.",
        Usage(700, 40),
    )

    answers = await written(database, worker, model)
    last = answers[-1]

    assert [answer.prose for answer in answers[:-1]] == [f"More than nine mites in that cup are too many {mark}."]
    assert last.prose.endswith(f"with oxalic acid {mark}.")
    assert last.writing is not None
    assert (last.writing.model, last.writing.prompt_tokens, last.writing.completion_tokens) == ("parrot-1", 700, 40)
    assert last.problem == ""
    assert last.writing.prompt == str(model.prompts[0])


async def test_what_the_passages_do_not_bear_out_is_never_shown(
    database: Database, bees: Podcast, worker: EncodingWorker
) -> None:
    answers = await written(database, worker, Scripted("Napoleon paid 900 ducats to Elvis in Paris [7777]. ", "Yes."))

    assert {answer.prose for answer in answers} == {""}
    assert answers[-1].problem.startswith("Too little of what the language model wrote")
    assert answers[-1].quotations
    assert answers[-1].writing is not None
    assert answers[-1].writing.interventions


async def test_a_model_that_finds_no_answer_leaves_the_quotations_with_a_word_why(
    database: Database, bees: Podcast, worker: EncodingWorker
) -> None:
    [answer] = await written(database, worker, Scripted(DECLINED))

    assert answer.prose == ""
    assert answer.problem == "The language model finds no answer in these passages, so here is what was said."
    assert answer.quotations


async def test_a_model_that_fails_in_the_middle_leaves_the_quotations_with_its_reason(
    database: Database, bees: Podcast, worker: EncodingWorker, answerer: Answerer
) -> None:
    mark = cites(await answerer.find(asking(MITES)), "More than nine mites")
    failure = LanguageModelError("The language model took too long.", "stalled", usage=Usage(700, 9))

    answers = await written(
        database, worker, Scripted(f"More than nine mites in that cup are too many {mark}.", " So", failure)
    )

    assert answers[-1].prose == ""
    assert answers[-1].problem == "The language model took too long."
    assert answers[-1].quotations == answers[0].quotations
    assert answers[-1].writing is not None
    assert answers[-1].writing.completion_tokens == 9


async def test_no_model_is_asked_about_what_is_refused(
    database: Database, bees: Podcast, worker: EncodingWorker
) -> None:
    model = Scripted("Anything.")

    [answer] = await written(database, worker, model, "How much did Zirconium Futures Holding pay for Mars?")

    assert not answer.results.answerable
    assert model.prompts == []


async def test_without_a_model_there_is_nothing_to_write(answerer: Answerer) -> None:
    found = await answerer.find(asking(MITES))

    assert [answer async for answer in answerer.write(found)] == [found]


async def test_a_reference_to_what_is_gone_is_passed_over(answerer: Answerer, bees: Podcast) -> None:
    hit = (await answerer.find(asking(MITES))).sources[0].hit
    gone: Sequence[Reference] = (replace(hit.reference, episode_id=999),)

    answer = await answerer.find(asking(MITES, earlier=(Exchange("Why?", tuple(gone)),), pinned=tuple(gone)))

    assert answer.results.answerable
