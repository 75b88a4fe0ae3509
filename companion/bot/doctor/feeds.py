"""The feeds: each is asked once, as the running bot would ask it. Their addresses may be secrets and are not shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from companion.archive.feed_pages import LARGEST_FEED
from companion.archive.feeds import read_feed
from companion.archive.fetch import FetchError, Fetches
from companion.bot.doctor.findings import Finding, hint, ok, warning
from companion.storage import feeds, podcasts
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.feeds import FeedState
from companion.storage.podcasts import Podcast

_AT_ONCE = 4
_GONE = (404, 410)
_MOVED = (
    "Look for the podcast's new address and read it: `companion ingest ADDRESS` recognises the podcast. What was read"
    " stays searchable."
)


async def check(database: Database, fetcher: Fetches) -> Sequence[Finding]:
    """Which feeds cannot be read, since when, and which are gone."""
    async with database.read() as connection:
        known = [one for one in await podcasts.list_podcasts(connection) if one.key.startswith(("http:", "https:"))]
        states = await feeds.by_ids(connection, [one.id for one in known])
    turns = asyncio.Semaphore(_AT_ONCE)

    async def ask(podcast: Podcast) -> Finding | None:
        async with turns:
            return await _ask(fetcher, podcast, states.get(podcast.id))

    failing = [found for found in await asyncio.gather(*map(ask, known)) if found is not None]
    if len(failing) < len(known):
        failing.append(ok(f"{len(known) - len(failing)} of {len(known)} feeds answer."))
    return failing or [hint("No podcast was read from a feed, so none brings new episodes by itself.")]


async def _ask(fetcher: Fetches, podcast: Podcast, state: FeedState | None) -> Finding | None:
    address = state.address if state and state.address else podcast.key
    etag, last_modified = (state.etag, state.last_modified) if state else (None, None)
    try:
        answer = await fetcher.get(address, max_bytes=LARGEST_FEED, etag=etag, last_modified=last_modified)
        if not answer.not_modified:
            await asyncio.to_thread(read_feed, answer.body, charset=answer.charset, broke_off=answer.truncated)
    except CompanionError as failed:
        since = _since(state) if state else ""
        if isinstance(failed, FetchError) and failed.status in _GONE:
            return warning(f"The feed of {podcast.title!r} is gone: {failed}{since}", _MOVED)
        return warning(
            f"The feed of {podcast.title!r} cannot be read: {failed}{since}", "The bot asks again by itself."
        )
    return None


def _since(state: FeedState) -> str:
    failed = {0: "", 1: ", and failed once since"}.get(state.failures, f", and failed {state.failures} times since")
    return f" It was last read on {state.read_at:%Y-%m-%d at %H:%M} UTC{failed}."
