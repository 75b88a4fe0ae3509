"""``companion ask``: one question, or a file of them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from companion.archive.answering import Answerer
from companion.archive.answers import Answer, Asking, Quotation, Source
from companion.archive.results import Query
from companion.bot.commands.questions import (
    Narrowing,
    Question,
    check_speaker,
    narrowing,
    opened_searcher,
    read_questions,
)
from companion.bot.commands.search import hit_json, joined
from companion.bot.config import Settings, read_settings
from companion.bot.language_model import chat_model
from companion.bot.printing import output
from companion.cogs.views.times import clock_time
from companion.cogs.views.understood import understood
from companion.community.wishes import checked_query
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

_CITATION = re.compile(r"\[(\d{1,3})\]")
_NEAREST = 4
"""Passages that a refusal shows."""


@click.command()
@click.argument("question", required=False)
@narrowing
@click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Answer each line of a file, {"id": …, "question": …}; prints a JSON object a line.',
)
@click.option("--no-model", is_flag=True, help="Quote only: ask no language model, though one is configured.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, to standard output.")
def ask(
    question: str | None,
    episode: str | None,
    speaker: str | None,
    after: str | None,
    before: str | None,
    podcast: str | None,
    batch: Path | None,
    no_model: bool,
    as_json: bool,
) -> None:
    """Answer a question from what was said, with the passages that say so."""
    if (question is None) == (batch is None):
        raise click.UsageError("Give either a QUESTION or --batch FILE.")
    text = "" if question is None else checked_query(question)
    questions = None if batch is None else read_questions(batch.read_bytes(), batch.name)
    wanted = Narrowing(episode, speaker, after, before, podcast)
    asyncio.run(_ask(read_settings(), text, wanted, questions, no_model=no_model, as_json=as_json))


async def _ask(
    settings: Settings,
    text: str,
    wanted: Narrowing,
    questions: list[Question] | None,
    *,
    no_model: bool,
    as_json: bool,
) -> None:
    async with await Database.open(settings.address, SystemClock()) as database:
        query = await wanted.query(text, database)
        async with _answerer(settings, database, no_model=no_model) as answerer:
            if questions is None:
                answer = await answerer.find(Asking(text, query))
                if query.speaker and not answer.sources:
                    await check_speaker(database, query.speaker)
                if as_json:
                    answer = await _written(answerer, answer)
                    click.echo(json.dumps(answer_json(answer), ensure_ascii=False, indent=2))
                else:
                    await _print(output(), answerer, answer)
            for question in questions or ():
                answer = await _answered(answerer, replace(query, text=question.text))
                click.echo(json.dumps({"id": question.id, **answer_json(answer)}, ensure_ascii=False))


@asynccontextmanager
async def _answerer(settings: Settings, database: Database, *, no_model: bool) -> AsyncGenerator[Answerer, None]:
    model = None if no_model else chat_model(settings, database.clock)
    try:
        async with opened_searcher(settings, database) as searcher:
            yield Answerer(database, searcher, model)
    finally:
        if model is not None:
            await model.close()


async def _answered(answerer: Answerer, query: Query) -> Answer:
    return await _written(answerer, await answerer.find(Asking(query.text, query)))


async def _written(answerer: Answerer, answer: Answer) -> Answer:
    """The final answer."""
    async with aclosing(answerer.write(answer)) as growing:
        async for grown in growing:
            answer = grown
    return answer


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as JSON. ``answer`` is the prose, or the quotations where there is none; ``citations`` is what it
    rests on."""
    return {
        "question": answer.asking.text,
        "searched": answer.searched,
        "kind": answer.results.kind.value,
        "answerable": answer.results.answerable,
        "answer": answer.prose or " ".join(f"“{one.text}” [{one.number}]" for one in answer.quotations),
        "citations": _citations(answer),
        "covers": list(answer.covers),
        "model": answer.writing.model if answer.writing else None,
        "problem": answer.problem or None,
        "sources": [{"number": source.number, **hit_json(source.hit)} for source in answer.sources],
    }


def _citations(answer: Answer) -> list[dict[str, Any]]:
    """What is quoted; where there is prose, of each source that it cites the part that tells most."""
    sources = {source.number: source for source in answer.sources}
    if not answer.prose:
        return [_citation(one, sources[one.number]) for one in answer.quotations]
    cited = dict.fromkeys(int(number) for number in _CITATION.findall(answer.prose))
    return [_citation(_telling(sources[number]), sources[number]) for number in cited if number in sources]


def _telling(source: Source) -> Quotation:
    said = source.hit.snippet
    return Quotation(
        source.number,
        said.text,
        said.speaker,
        said.start,
        said.approximate,
        said.uncertain,
        source.hit.url,
        source.hit.passage.chapter,
    )


def _citation(quotation: Quotation, source: Source) -> dict[str, Any]:
    return {
        "number": quotation.number,
        "podcast": source.hit.podcast.title,
        "episode": source.hit.episode.title,
        "speaker": quotation.speaker,
        "uncertain": quotation.uncertain,
        "start": quotation.start,
        "approximate": quotation.approximate,
        "url": quotation.url,
        "text": quotation.text,
    }


async def _print(console: Console, answerer: Answerer, answer: Answer) -> None:
    if said := understood(answer.results):
        # Written for Discord: a terminal has no Markdown.
        console.print(Text(re.sub(r"\\(.)|\*\*", lambda mark: mark[1] or "", said), style="bold"))
    if not answer.results.answerable:
        console.print("I don't find that in the archive." + (" The nearest:" if answer.sources else ""))
        for source in answer.sources[:_NEAREST]:
            _print_quotation(console, _telling(source), source)
        if answer.covers:
            console.print(Text(f"\nWhat it does cover, for instance: {'; '.join(answer.covers)}", style="dim"))
        return
    answer = await _print_growing(console, answerer, answer)
    if answer.problem:
        console.print(Text(answer.problem, style="yellow"))
    sources = {source.number: source for source in answer.sources}
    for quotation in answer.quotations:
        _print_quotation(console, quotation, sources[quotation.number])


async def _print_growing(console: Console, answerer: Answerer, answer: Answer) -> Answer:
    """Prints the prose as it grows; what was printed and is cut in the end is taken back in words."""
    printed = ""
    async with aclosing(answerer.write(answer)) as growing:
        async for grown in growing:
            answer = grown
            if answer.prose.startswith(printed):
                console.print(Text(answer.prose[len(printed) :]), end="")
                printed = answer.prose
    if printed:
        console.print()
    if printed and answer.prose and answer.prose != printed:
        console.print(Text(f"Put right: {answer.prose}"))
    return answer


def _print_quotation(console: Console, quotation: Quotation, source: Source) -> None:
    parts = [(f"[{quotation.number}] {quotation.speaker or source.hit.passage.kind.value}", "bold")]
    if quotation.uncertain:
        parts.append(("speaker uncertain", "dim"))
    if quotation.start is not None:
        parts.append((clock_time(quotation.start, quotation.approximate), "cyan"))
    parts.append((source.hit.episode.title, ""))
    if source.hit.episode.published:
        parts.append((f"{source.hit.episode.published:%Y-%m-%d}", "dim"))
    console.print(Text.assemble("\n", *joined(parts)))
    console.print(Text(quotation.text))
    if quotation.url:
        console.print(Text(quotation.url, style="dim"), soft_wrap=True)
