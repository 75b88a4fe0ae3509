"""What a member follows, for their eyes alone; and what they are told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from companion.archive.results import Hit
from companion.cogs.views import catalogue_ids, custom_ids, follow_ids
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.limits import CHOICES, CUSTOM_ID, OPTION_TEXT, cut
from companion.cogs.views.markdown import escaped_line, linked, one_line
from companion.cogs.views.passages import fitted, heading
from companion.cogs.views.times import day
from companion.community.following import Match, MatchedEpisode, Tidings
from companion.community.follows import MOST, Begun, Followed
from companion.storage.follows import Follow, FollowKind, TellIn
from companion.storage.podcasts import Podcast

_TITLE = 150
_SHORT = 90
_NAME = 60
_REASONS = 8
_PASSAGES = 5
_QUOTED = 400
_LISTED = 5
"""Episodes of several that are told of with a passage; a message has room for no more."""

_WHEN = {
    FollowKind.TOPIC: "As soon as a new episode of this server's podcasts that speaks of it",
    FollowKind.SPEAKER: "As soon as a new episode of this server's podcasts in which they talk",
    FollowKind.PODCAST: "As soon as a new episode of it",
}
_GONE = "a podcast that this server has no longer"


@dataclass(frozen=True, slots=True)
class Threads:
    """Where threads can be opened now: under the announcements in a channel, or the follower's ``own``."""

    news_channel_id: int | None
    own: bool


def begun_message(begun: Begun, threads: Threads) -> Message:
    """What is followed now, and where and when its follower is told."""
    follow, box = begun.followed.follow, container(TEAL)
    told = f"You follow {subject(begun.followed)}"
    if begun.new:
        told = f"{told} now."
    elif begun.moved:
        told = f"{told} since {day(follow.created_at)} already; from now on you are told elsewhere."
    else:
        told = f"{told} since {day(follow.created_at)} already: nothing changed."
    place = _where(follow, threads)
    box.add_item(text(f"🔔 {told}\n{_WHEN[follow.subject.kind]} is in the archive, I tell you once, {place}."))
    if begun.said is not None:
        box.add_item(text(_said(begun)))
        search = custom_ids.example(follow.subject.text)
        if begun.said.passages and len(search) <= CUSTOM_ID:
            box.add_item(row([button("Search for it", search, emoji="🔎")]))
    box.add_item(text("-# `/follow list` shows all that you follow here, `/follow stop` ends it."))
    return Message(box)


def stopped_message(stopped: Followed) -> Message:
    """That it is followed no more."""
    return sentence(f"🔕 You don't follow {subject(stopped)} any more, and nothing is stored of that.")


def list_message(followed: Sequence[Followed], news_channel_id: int | None, stopped: Followed | None = None) -> Message:
    """All that the member follows here, with a menu to stop; ``stopped``: what they did stop just now."""
    box = container(TEAL)
    done = f"\n🔕 You don't follow {subject(stopped)} any more." if stopped else ""
    box.add_item(text(f"### 🔔 What you follow\n-# {len(followed)} of {MOST} in this server, for you alone{done}"))
    if not followed:
        box.add_item(text("Nothing yet: `/follow topic`, `/follow speaker` and `/follow podcast` begin."))
        return Message(box)
    lines = [
        f"- {subject(one, _NAME)} · {_short_place(one.follow, news_channel_id)} · since {day(one.follow.created_at)}"
        for one in followed
    ]
    box.add_item(text("\n".join(lines)))
    box.add_item(_stop_menu([(one.follow, one.podcast) for one in followed], follow_ids.stop()))
    return Message(box)


def tidings_message(tidings: Tidings, server: str, *, mentioned: int | None, closed: bool = False) -> Message:
    """What a member is told of. ``mentioned`` is who is called for it, in a thread; ``closed``: it is told there
    because their direct messages are closed."""
    box = container(TEAL)
    call = f"<@{mentioned}>\n" if mentioned is not None else ""
    if len(tidings.episodes) == 1:
        _add_one(box, tidings.episodes[0], call)
    else:
        _add_several(box, tidings.episodes, call)
    notes = [
        f"-# You follow this in **{escaped_within(server, _NAME)}**, where `/follow list` shows all that you follow."
    ]
    if closed:
        notes.append("-# You wanted a direct message, but yours are closed to me: so I tell you here.")
    box.add_item(line())
    box.add_item(text("\n".join(notes)))
    if mentioned is not None and len(tidings.episodes) == 1:
        search = catalogue_ids.search(tidings.episodes[0].episode.id)
        box.add_item(row([button("Search in it", search, discord.ButtonStyle.primary, emoji="🔎")]))
    follows = {
        match.follow.id: (match.follow, one.podcast if match.held is None else None)
        for one in tidings.episodes
        for match in one.matches
    }
    box.add_item(_stop_menu(list(follows.values()), follow_ids.stop(tidings.mark)))
    return Message(box)


def subject(followed: Followed, limit: int = _SHORT) -> str:
    """What is followed, within a sentence; its words in so many characters."""
    what = followed.follow.subject
    if what.kind is FollowKind.TOPIC:
        return f"the topic **{escaped_within(what.text, limit)}**"
    if what.kind is FollowKind.SPEAKER:
        return f"**{escaped_within(what.text, limit)}**"
    return f"the podcast *{escaped_within(followed.podcast.title, limit)}*" if followed.podcast else _GONE


def label(follow: Follow, podcast: Podcast | None, limit: int) -> str:
    """What is followed, as plain text for a menu or a suggestion."""
    what = follow.subject
    named = what.text if what.kind is not FollowKind.PODCAST else podcast.title if podcast else _GONE
    return cut(f"{what.kind.capitalize()}: {one_line(named)}", limit)


def _where(follow: Follow, threads: Threads) -> str:
    """Where its follower is told, at the end of a sentence."""
    direct = follow.tell_in is TellIn.DIRECT
    if threads.news_channel_id is not None:
        thread = f"in a thread under its announcement in <#{threads.news_channel_id}>, which everybody there can read"
    elif threads.own:
        thread = f"in a private thread of your own in <#{follow.channel_id}>"
    else:
        return "in a direct message: keep yours open to members of this server, or it cannot reach you"
    return f"in a direct message; if yours are closed to me, {thread}" if direct else thread


def _short_place(follow: Follow, news_channel_id: int | None) -> str:
    if follow.tell_in is TellIn.DIRECT:
        return "direct message"
    return f"thread in <#{news_channel_id or follow.channel_id}>"


def _said(begun: Begun) -> str:
    said = begun.said
    if said is None or not said.passages:
        return "Nothing in the archive speaks of it so far."
    return (
        f"The archive speaks of it already: **{said.passages:,}** {_passages(said.passages)} in **{said.episodes:,}**"
        f" {'episode' if said.episodes == 1 else 'episodes'}. `/topic` shows when."
    )


def _add_one(box: discord.ui.Container[Message], one: MatchedEpisode, call: str) -> None:
    facts = one.episode.facts
    title = linked(escaped_within(facts.title, _TITLE) or "A new episode", facts.link)
    box.add_item(text(f"{call}### 🔔 New: {title}\n-# {_source(one)}"))
    shown: set[int] = set()
    for match in one.matches[:_REASONS]:
        box.add_item(text(_reason(match, one)))
        for hit in match.held.hits if match.held else ():
            if hit.passage_id not in shown and len(shown) < _PASSAGES and (quoted := _passage(hit)):
                shown.add(hit.passage_id)
                # Alone: what came after a quotation would run on into it.
                box.add_item(text(quoted))
    if len(one.matches) > _REASONS:
        box.add_item(text(f"-# and {len(one.matches) - _REASONS} more that you follow"))


def _add_several(box: discord.ui.Container[Message], some: Sequence[MatchedEpisode], call: str) -> None:
    box.add_item(text(f"{call}### 🔔 {len(some)} new episodes with what you follow"))
    for one in some[:_LISTED]:
        title = escaped_within(one.episode.title, _SHORT) or "A new episode"
        reasons = [_reason(match, one) for match in one.matches]
        more = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        hits = [hit for match in one.matches if match.held for hit in match.held.hits]
        told = [f"**{title}**\n-# {_source(one)}", f"{reasons[0]}{more}", *map(_passage, hits[:1])]
        box.add_item(line())
        box.add_item(text("\n".join(filter(None, told))))
    if len(some) > _LISTED:
        box.add_item(line())
        box.add_item(text(f"and {len(some) - _LISTED} more: `/episodes` lists them"))


def _source(one: MatchedEpisode) -> str:
    published = one.episode.published
    return f"of *{escaped_within(one.podcast.title, _NAME)}*{f' · {day(published)}' if published else ''}"


def _reason(match: Match, one: MatchedEpisode) -> str:
    if match.held is None:
        return f"You follow *{escaped_within(one.podcast.title, _NAME)}*"
    what, count = match.follow.subject, match.held.passages
    name = f"**{escaped_within(what.text, _NAME)}**"
    does = "comes up" if what.kind is FollowKind.TOPIC else "talks"
    return f"{name} {does} in {count:,} {_passages(count)}"


def _passage(hit: Hit) -> str:
    """Who says it, when, with the link to that second, and the words; the link gives way where it is long."""
    said, passage = hit.snippet, hit.passage
    chapter = escaped_line(cut(one_line(passage.chapter), _NAME)) if passage.chapter else ""
    for url in (hit.url, None):
        head = heading(said.speaker, passage.kind, said.start, said.approximate, url, uncertain=said.uncertain)
        head = f"{head} · {chapter}" if chapter else head
        if words := fitted(said.text, (), _QUOTED - len(head) - 1):
            return f"{head}\n{words}"
    return ""


def _stop_menu(follows: Sequence[tuple[Follow, Podcast | None]], custom_id: str) -> discord.ui.ActionRow[Message]:
    options = [
        discord.SelectOption(label=label(follow, podcast, OPTION_TEXT), value=str(follow.id))
        for follow, podcast in follows[:CHOICES]
    ]
    menu: discord.ui.Select[Message] = discord.ui.Select(
        custom_id=custom_id, placeholder="Stop following …", options=options
    )
    return discord.ui.ActionRow(menu)


def _passages(count: int) -> str:
    return "passage" if count == 1 else "passages"
