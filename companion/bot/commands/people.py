"""``companion aliases``: other spellings of people and things in a podcast, and who a label is in one episode."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from companion.bot.config import Settings, read_settings
from companion.bot.printing import output
from companion.cogs.views.counting import counted
from companion.community.aliases import Aliases, Kept
from companion.storage import podcasts
from companion.storage.aliases import Alias
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.errors import NotFoundError
from companion.storage.names import AliasKind, folded
from companion.storage.podcasts import Podcast

KINDS = {"person": AliasKind.PERSON, "word": AliasKind.TERM}


@dataclass(frozen=True, slots=True)
class Edits:
    """What to change, in this order: additions, removals, verdicts on proposals, labels named in episodes."""

    add: Sequence[tuple[str, str]]
    kind: AliasKind | None
    remove: Sequence[str]
    accept: Sequence[str]
    reject: Sequence[str]
    labels: Sequence[tuple[str, str, str]]

    @property
    def nothing(self) -> bool:
        return not (self.add or self.remove or self.accept or self.reject or self.labels)


@click.command()
@click.argument("podcast")
@click.option("--add", nargs=2, multiple=True, metavar="SPELLING NAME", help="Let a spelling stand for a name.")
@click.option("--kind", type=click.Choice(list(KINDS)), help="What is added: found out by itself where left out.")
@click.option("--remove", multiple=True, metavar="SPELLING", help="Let a spelling stand for itself again.")
@click.option("--proposals", is_flag=True, help="List what is proposed instead of what is in effect.")
@click.option("--accept", multiple=True, metavar="SPELLING", help="Put a proposal into effect; “*” accepts all.")
@click.option("--reject", multiple=True, metavar="SPELLING", help="Turn a proposal down for good; “*” rejects all.")
@click.option(
    "--label", nargs=3, multiple=True, metavar="EPISODE LABEL NAME", help="Say who a label is in one episode."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, to standard output.")
def aliases(
    podcast: str,
    add: tuple[tuple[str, str], ...],
    kind: str | None,
    remove: tuple[str, ...],
    proposals: bool,
    accept: tuple[str, ...],
    reject: tuple[str, ...],
    label: tuple[tuple[str, str, str], ...],
    as_json: bool,
) -> None:
    """List and edit other spellings of people and things in a podcast.

    PODCAST is its id, or a part of its title that fits no other. Without an edit its names are listed. Edits are in
    effect at once, in a running bot too.
    """
    edits = Edits(add, KINDS[kind] if kind else None, remove, accept, reject, label)
    done, kept = asyncio.run(_aliases(read_settings(), podcast, edits))
    if as_json:
        click.echo(json.dumps(_json(kept), ensure_ascii=False, indent=2))
        return
    for sentence in done:
        click.echo(sentence)
    if proposals or edits.nothing:
        _print(kept, proposals=proposals)


async def _aliases(settings: Settings, name: str, edits: Edits) -> tuple[list[str], Kept]:
    async with await Database.open(settings.address, SystemClock()) as database:
        async with database.read() as connection:
            podcast = await podcasts.find(connection, name)
        kept_by = Aliases(database)
        return await _edit(kept_by, podcast, edits), await kept_by.kept(podcast)


async def _edit(kept_by: Aliases, podcast: Podcast, edits: Edits) -> list[str]:
    """Makes the edits; says what each did, in a sentence."""
    done: list[str] = []
    for spelling, name in edits.add:
        change = await kept_by.add(podcast, spelling, name, edits.kind)
        was = change.before is not None and change.before.name != name
        before = f" It stood for {change.before.name} before." if change.before and was else ""
        done.append(f"“{change.alias.spelling}” stands for {change.alias.name} from now on.{before}")
    for spelling in edits.remove:
        change = await kept_by.remove(podcast, spelling)
        done.append(f"“{change.alias.spelling}” stands for {change.alias.name} no more.")
    for alias in await _proposed(kept_by, podcast, edits.accept):
        await kept_by.accept(podcast, alias.kind, alias.spelling)
        done.append(f"“{alias.spelling}” stands for {alias.name} from now on.")
    for alias in await _proposed(kept_by, podcast, edits.reject):
        await kept_by.reject(podcast, alias.kind, alias.spelling)
        done.append(f"“{alias.spelling}” will not be proposed for {alias.name} again.")
    for episode, label, name in edits.labels:
        named = await kept_by.name_label(frozenset({podcast.id}), episode, label, name)
        done.append(f"“{named.label}” in “{named.episode.title}” is {named.name}, where it was {named.before}.")
    return done


async def _proposed(kept_by: Aliases, podcast: Podcast, spellings: Sequence[str]) -> list[Alias]:
    """The proposals of these spellings. Raises `NotFoundError` for what is not proposed."""
    if not spellings:
        return []
    proposed = (await kept_by.kept(podcast)).proposed
    if "*" in spellings:
        return list(proposed)
    by_spelling = {alias.spelling: alias for alias in proposed}
    missing = next((spelling for spelling in spellings if folded(spelling) not in by_spelling), None)
    if missing is not None:
        lists = f"`companion aliases {podcast.id} --proposals` lists what is" if proposed else "nothing is, at present"
        raise NotFoundError(
            f"“{missing}” is not proposed in “{podcast.title}”: {lists}. `--add` lets any spelling stand for a name."
        )
    return [by_spelling[folded(spelling)] for spelling in spellings]


def _json(kept: Kept) -> dict[str, Any]:
    return {
        "podcast": kept.podcast.title,
        "aliases": [_alias_json(alias) for alias in kept.accepted],
        "proposals": [_alias_json(alias) for alias in kept.proposed],
        "labels": [
            {
                "episode": kept.episodes[label.episode_id].title,
                "episode_id": label.episode_id,
                "label": label.label,
                "name": label.name,
                "origin": label.origin.value,
            }
            for label in kept.labels
        ],
    }


def _alias_json(alias: Alias) -> dict[str, str]:
    return {
        "spelling": alias.spelling,
        "name": alias.name,
        "kind": next(name for name, kind in KINDS.items() if kind is alias.kind),
        "origin": alias.origin.value,
        "reason": alias.reason,
    }


def _print(kept: Kept, *, proposals: bool) -> None:
    listed = kept.proposed if proposals else kept.accepted
    table = Table("spelling", "name", "kind", "origin", "why", box=None, pad_edge=False, header_style="bold")
    for alias in listed:
        table.add_row(*(escape(value) for value in _alias_json(alias).values()))
    if not proposals:
        for label in kept.labels:
            title = kept.episodes[label.episode_id].title
            table.add_row(*map(escape, (label.label, label.name, "label", label.origin.value, f"only in “{title}”")))
    if table.row_count:
        output().print(table)
    elif proposals:
        click.echo("Nothing is proposed.")
    else:
        click.echo("Nothing stands for anything else yet: companion aliases PODCAST --add SPELLING NAME.")
    if not proposals and kept.proposed:
        many = counted(len(kept.proposed), "more is", "more are")
        click.echo(f"{many} proposed: companion aliases PODCAST --proposals lists them.")
