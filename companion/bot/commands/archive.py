"""``companion episodes`` and ``companion transcript``: what is in the archive."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from companion.archive.links import moment_url, video_url_at
from companion.bot.commands.alternatives import print_alternatives
from companion.bot.config import Settings, read_settings
from companion.bot.printing import EMPTY_ARCHIVE, output
from companion.cogs.views.times import clock_time
from companion.storage import episodes as stored_episodes
from companion.storage import mentions, podcasts
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.episodes import Chapter, Episode, EpisodeSize, EpisodeType, Turn
from companion.storage.mentions import EditorsPick, Link
from companion.storage.names import named_turns, names_in
from companion.storage.podcasts import Podcast


@dataclass(frozen=True, slots=True)
class Listing:
    """The episodes, newest first, with their podcasts and sizes by id."""

    episodes: tuple[Episode, ...]
    podcasts: Mapping[int, Podcast]
    sizes: Mapping[int, EpisodeSize]


@dataclass(frozen=True, slots=True)
class Transcript:
    """An episode with everything that was said in it."""

    episode: Episode
    podcast: Podcast
    chapters: tuple[Chapter, ...]
    turns: tuple[Turn, ...]
    notes: str
    convention: str | None
    links: tuple[Link, ...]
    picks: tuple[EditorsPick, ...]
    names: tuple[str | None, ...]
    """Who speaks in each of the turns, which have the labels as given."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, to standard output.")
def episodes(as_json: bool) -> None:
    """List the episodes in the archive, newest first."""
    listing = asyncio.run(_listing(read_settings()))
    if as_json:
        click.echo(json.dumps(_listing_json(listing), ensure_ascii=False, indent=2))
    elif listing.episodes:
        output().print(_listing_table(listing))
    else:
        click.echo(EMPTY_ARCHIVE)


async def _listing(settings: Settings) -> Listing:
    async with await Database.open(settings.address, SystemClock()) as database, database.read() as connection:
        return Listing(
            tuple(await stored_episodes.list_episodes(connection, None)),
            {podcast.id: podcast for podcast in await podcasts.list_podcasts(connection)},
            await stored_episodes.sizes(connection),
        )


def _listing_json(listing: Listing) -> list[dict[str, Any]]:
    return [
        {
            "id": episode.id,
            "title": episode.title,
            "podcast": listing.podcasts[episode.podcast_id].title,
            "published": _instant(episode),
            "duration": episode.facts.duration,
            **_facts(episode),
            "turns": listing.sizes[episode.id].turns,
            "passages": listing.sizes[episode.id].passages,
        }
        for episode in listing.episodes
    ]


def _facts(episode: Episode) -> dict[str, Any]:
    """What is known of an episode besides its words."""
    facts = episode.facts
    return {
        "type": facts.type.value,
        "season": facts.season,
        "number": facts.number,
        "people": [person.name for person in facts.people],
        "roles": {person.name: person.role for person in facts.people},
        "url": facts.link,
        "audio_url": facts.audio_url,
        "video_url": facts.video_url,
        "image_url": facts.image_url,
    }


def _listing_table(listing: Listing) -> Table:
    table = Table("id", "published", "title", box=None, pad_edge=False, header_style="bold")
    table.add_column("turns", justify="right")
    table.add_column("passages", justify="right")
    for episode in listing.episodes:
        size = listing.sizes[episode.id]
        day = f"{episode.published:%Y-%m-%d}" if episode.published else ""
        title = episode.title if episode.facts.type is EpisodeType.FULL else f"{episode.title} ({episode.facts.type})"
        table.add_row(str(episode.id), day, escape(title), str(size.turns), str(size.passages))
    return table


@click.command()
@click.argument("episode")
@click.option(
    "--explain", is_flag=True, help="Print how it was read instead: by which convention, and what came of it."
)
@click.option(
    "--alternatives", is_flag=True, help="List its transcripts instead: where they are from and what they tell."
)
@click.option("--alternative", type=click.IntRange(min=1), metavar="N", help="Print the N-th of its transcripts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, to standard output.")
def transcript(episode: str, explain: bool, alternatives: bool, alternative: int | None, as_json: bool) -> None:
    """Print what was said in an episode.

    EPISODE is its id, or a part of its title that fits no other.
    """
    if alternatives or alternative is not None:
        print_alternatives(read_settings(), episode, alternative, as_json=as_json)
        return
    found = asyncio.run(_transcript(read_settings(), episode))
    if explain:
        explanation = explained(found.convention, found.turns)
        if as_json:
            click.echo(json.dumps(explanation, ensure_ascii=False, indent=2))
        else:
            output().print(_explanation_table(found.episode.title, explanation))
    elif as_json:
        click.echo(json.dumps(_transcript_json(found), ensure_ascii=False, indent=2))
    else:
        _print_transcript(output(), found)


async def _transcript(settings: Settings, name: str) -> Transcript:
    async with await Database.open(settings.address, SystemClock()) as database, database.read() as connection:
        episode = await stored_episodes.find(connection, name, None)
        podcast = (await podcasts.by_ids(connection, [episode.podcast_id]))[episode.podcast_id]
        names = await names_in(connection, frozenset({episode.podcast_id}))
        turns = tuple(await stored_episodes.turns(connection, episode.id))
        return Transcript(
            episode,
            podcast,
            tuple(await stored_episodes.chapters(connection, episode.id)),
            turns,
            await stored_episodes.notes(connection, episode.id),
            await stored_episodes.convention(connection, episode.id),
            tuple(await mentions.links(connection, episode.id)),
            tuple(await mentions.picks(connection, episode.id)),
            tuple(turn.speaker for turn in named_turns(turns, names, episode.podcast_id, episode.id)),
        )


def explained(convention: str | None, turns: Sequence[Turn]) -> dict[str, Any]:
    """How a transcript was read: its convention, with the lead over the next one where others were weighed, and counts
    of its turns; words by speaker, most first."""
    words: Counter[str] = Counter()
    for turn in turns:
        words[turn.speaker or ""] += len(turn.text.split())
    starts = [turn.start for turn in turns if turn.start is not None]
    return {
        "convention": convention,
        "turns": len(turns),
        "labelled": sum(turn.speaker is not None for turn in turns),
        "timed": len(starts),
        "approximate": sum(turn.approximate for turn in turns),
        "first": min(starts, default=None),
        "last": max(starts, default=None),
        "words": words.total(),
        "speakers": {speaker: count for speaker, count in words.most_common() if speaker},
    }


def _explanation_table(title: str, explanation: Mapping[str, Any]) -> Table:
    table = Table(title=Text(title, style="bold"), title_justify="left", box=None, pad_edge=False, show_header=False)
    spoken = [f"{speaker} ({words} words)" for speaker, words in explanation["speakers"].items()]
    rows = {
        "convention": explanation["convention"] or "none: there is no transcript, only notes",
        "turns": f"{explanation['turns']}, {explanation['labelled']} of them with a speaker",
        "times": f"{explanation['timed']} turns, {explanation['approximate']} of them approximate",
        "words": str(explanation["words"]),
        "speakers": ", ".join(spoken) or "none named",
    }
    for name, value in rows.items():
        table.add_row(name, Text(value))
    return table


def _transcript_json(found: Transcript) -> dict[str, Any]:
    return {
        "id": found.episode.id,
        "episode": found.episode.title,
        "published": _instant(found.episode),
        **_facts(found.episode),
        "chapters": [
            {"start": chapter.start, "title": chapter.title, "soft": chapter.soft} for chapter in found.chapters
        ],
        "turns": [
            {
                "start": turn.start,
                "end": turn.end,
                "approximate": turn.approximate,
                "speaker": name,
                "label": turn.speaker,
                "uncertain": turn.uncertain,
                "text": turn.text,
            }
            for turn, name in zip(found.turns, found.names, strict=True)
        ],
        "notes": found.notes,
        "links": [
            {"url": link.url, "text": link.text, "kind": link.kind.value, "reference": link.reference}
            for link in found.links
        ],
        "picks": [_pick_json(found, pick) for pick in found.picks],
    }


def _pick_json(found: Transcript, pick: EditorsPick) -> dict[str, Any]:
    facts = found.episode.facts
    return {
        "origin": pick.origin.value,
        "text": pick.text,
        "start": pick.start,
        "end": pick.end,
        "approximate": pick.approximate,
        "similarity": pick.similarity,
        "url": moment_url(facts, pick.start, found.podcast),
        "video_url": video_url_at(facts, pick.start, found.podcast),
    }


def _print_transcript(console: Console, found: Transcript) -> None:
    console.print(Text(found.episode.title, style="bold"))
    if not found.turns:
        console.print("There is no transcript of this episode, only its notes:\n", style="dim")
        console.print(Text(found.notes))
    for turn, name in zip(found.turns, found.names, strict=True):
        time = "" if turn.start is None else clock_time(turn.start, turn.approximate)
        doubt = " (speaker uncertain)" if turn.uncertain else ""
        console.print(Text.assemble("\n", (time, "cyan"), " ", (name or "", "bold"), (doubt, "dim")))
        console.print(Text(turn.text))


def _instant(episode: Episode) -> str | None:
    return episode.published.isoformat() if episode.published else None
