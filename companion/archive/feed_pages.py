"""A feed by its address: asked whether there is news, and followed over its pages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from companion.archive.feeds import Feed, FeedError, read_feed
from companion.archive.fetch import MEBIBYTE, Fetched, Fetches
from companion.archive.no_feeds import page_advice, platform_advice
from companion.storage.errors import CompanionError

LARGEST_FEED = 128 * MEBIBYTE
"""Bytes of all its pages."""
_MOST_PAGES = 200


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request of an address conditional, from its last answer."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FetchedFeed:
    """A feed with all its pages. ``moved_to`` is where the address moved to for good."""

    feed: Feed
    validators: Validators
    moved_to: str | None


async def fetch_feed(url: str, fetcher: Fetches, validators: Validators) -> FetchedFeed | None:
    """The feed at an address, None if it is as it was when the ``validators`` were had.

    Of pages after the first that cannot be had, the feed's problems tell. Raises CompanionError where there is no feed.
    """
    advice = platform_advice(url)
    if advice is not None:
        raise FeedError(advice)
    answer = await fetcher.get(
        url, max_bytes=LARGEST_FEED, etag=validators.etag, last_modified=validators.last_modified
    )
    if answer.not_modified:
        return None
    feed = await _read(answer)
    asked = {url, answer.url}
    following = feed.next_page
    while following is not None and following not in asked:
        asked.add(following)
        if len(asked) > _MOST_PAGES or feed.size >= LARGEST_FEED:
            too_long = f"The feed has more pages than are read; {len(feed.items):,} items were read."
            feed = replace(feed, problems=(*feed.problems, too_long))
            break
        try:
            page = await _read(await fetcher.get(following, max_bytes=LARGEST_FEED - feed.size))
        except CompanionError as error:
            missing = f"A page of the feed is missing, and all after its {len(feed.items):,} items: {error}"
            feed = replace(feed, problems=(*feed.problems, missing), broke_off=True)
            break
        feed, following = _joined(feed, page), page.next_page
    return FetchedFeed(feed, Validators(answer.etag, answer.last_modified), answer.moved_to)


async def _read(answer: Fetched) -> Feed:
    # A feed of thousands takes seconds, which the loop of a running bot has not.
    try:
        return await asyncio.to_thread(read_feed, answer.body, charset=answer.charset, broke_off=answer.truncated)
    except FeedError as error:
        raise FeedError(page_advice(answer.body, answer.url) or str(error)) from None


def _joined(feed: Feed, page: Feed) -> Feed:
    known = {item.facts.guid for item in feed.items}
    items = (*feed.items, *(item for item in page.items if item.facts.guid not in known))
    return replace(
        feed, items=items, problems=(*feed.problems, *page.problems), broke_off=feed.broke_off or page.broke_off
    )
