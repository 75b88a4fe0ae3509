"""``companion search``: one question, or a file of them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from companion.archive.links import moment_url
from companion.archive.results import Asked, Hit, Results
from companion.bot.commands.questions import (
    Narrowing,
    Question,
    check_speaker,
    narrowing,
    opened_searcher,
    read_questions,
)
from companion.bot.config import Settings, read_settings
from companion.bot.printing import output
from companion.cogs.views.times import clock_time
from companion.cogs.views.understood import understood
from companion.community.wishes import checked_query
from companion.storage.clock import SystemClock
from companion.storage.engine import Database


@click.command()
@click.argument("query", required=False)
@narrowing
@click.option("--newest-first", is_flag=True, help="What was said last comes first, instead of what answers best.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="How many results.")
@click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Search for each line of a file, {"id": …, "question": …}; with --json, prints an object a line.',
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, to standard output.")
def search(
    query: str | None,
    episode: str | None,
    speaker: str | None,
    after: str | None,
    before: str | None,
    podcast: str | None,
    newest_first: bool,
    limit: int,
    batch: Path | None,
    as_json: bool,
) -> None:
    """Search everything that was said."""
    if (query is None) == (batch is None):
        raise click.UsageError("Give either a QUERY or --batch FILE.")
    if batch is not None and not as_json:
        raise click.UsageError("--batch prints JSON only: add --json.")
    text = "" if query is None else checked_query(query)
    questions = None if batch is None else read_questions(batch.read_bytes(), batch.name)
    wanted = Narrowing(episode, speaker, after, before, podcast, newest_first)
    asyncio.run(_search(read_settings(), text, wanted, questions, limit, as_json))


async def _search(
    settings: Settings, text: str, wanted: Narrowing, questions: list[Question] | None, limit: int, as_json: bool
) -> None:
    async with await Database.open(settings.address, SystemClock()) as database:
        query = await wanted.query(text, database)
        async with opened_searcher(settings, database) as searcher:
            if questions is None:
                results = await searcher.search(query, limit)
                if query.speaker and not results.hits:
                    await check_speaker(database, query.speaker)
                if as_json:
                    click.echo(json.dumps(_results_json(results), ensure_ascii=False, indent=2))
                else:
                    _print_results(output(), results)
            for question in questions or ():
                results = await searcher.search(replace(query, text=question.text), limit)
                click.echo(json.dumps({"id": question.id, **_results_json(results)}, ensure_ascii=False))


def _results_json(results: Results) -> dict[str, Any]:
    return {
        "query": results.query.text,
        "kind": results.kind.value,
        "answerable": results.answerable,
        "semantic": results.semantic,
        "also_searched": list(results.also),
        "widened": results.intent is not None and results.intent.widened,
        "results": [{**hit_json(hit), "group": group} for group, hit in _grouped(results)],
    }


def _grouped(results: Results) -> Iterator[tuple[str | None, Hit]]:
    """Each result, with the episode or the person that it stands for where the question asked for such."""
    if results.groups:
        yield from ((group.name, hit) for group in results.groups for hit in group.hits)
    else:
        yield from ((None, hit) for hit in results.hits)


def hit_json(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "podcast": hit.podcast.title,
        "episode": hit.episode.title,
        "published": hit.episode.published.isoformat() if hit.episode.published else None,
        "kind": passage.kind.value,
        "chapter": passage.chapter,
        "speaker": passage.speaker,
        "uncertain": any(piece.uncertain for piece in passage.pieces if piece.speaker == passage.speaker),
        "start": passage.start,
        "end": passage.end,
        "approximate": passage.approximate,
        "url": moment_url(hit.episode.facts, passage.start, hit.podcast),
        "text": passage.text,
        "score": round(hit.score, 4),
        "picked": hit.picked.origin.value if hit.picked else None,
    }


def _print_results(console: Console, results: Results) -> None:
    if said := understood(results):
        # Written for Discord: a terminal has no Markdown.
        console.print(Text(re.sub(r"\\(.)|\*\*", lambda mark: mark[1] or "", said), style="bold"))
    if results.also:
        console.print(Text(f"Also searched for: {', '.join(results.also)}", style="dim"))
    if not results.answerable:
        console.print("I don't find that in the archive." + (" The nearest:" if results.hits else ""))
    before: str | None = None
    for number, (group, hit) in enumerate(_grouped(results), 1):
        if group != before and results.kind is Asked.COMPARE:
            console.print(Text(f"\n{group}", style="bold"))
        before = group
        console.print(Text.assemble("\n", *joined(_heading(number, hit))))
        console.print(_quotation(hit))
        if hit.url:
            console.print(Text(hit.url, style="dim"), soft_wrap=True)


def _heading(number: int, hit: Hit) -> Iterable[tuple[str, str]]:
    snippet = hit.snippet
    yield f"{number}. {snippet.speaker or hit.passage.kind.value}", "bold"
    if snippet.uncertain:
        yield "speaker uncertain", "dim"
    if snippet.start is not None:
        yield clock_time(snippet.start, snippet.approximate), "cyan"
    yield hit.episode.title, ""
    if hit.episode.published:
        yield f"{hit.episode.published:%Y-%m-%d}", "dim"
    if hit.picked:
        yield "★", "yellow"


def joined(parts: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    for index, part in enumerate(parts):
        if index:
            yield " · ", "dim"
        yield part


def _quotation(hit: Hit) -> Text:
    quotation = Text(hit.snippet.text)
    for start, end in hit.snippet.matches:
        quotation.stylize("bold yellow", start, end)
    return quotation
