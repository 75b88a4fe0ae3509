"""The podcasts of a server as its managers see them: lists, what a reading has come to, and what a change did."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from companion.archive.links import PLACES
from companion.archive.recordings import is_recordings
from companion.cogs.views import podcast_ids
from companion.cogs.views.counting import counted
from companion.cogs.views.fitting import escaped_within, lines_within
from companion.cogs.views.layout import AMBER, TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.limits import LAYOUT_TEXT
from companion.cogs.views.markdown import escaped_sentence, linked, one_line, web_address
from companion.cogs.views.times import clock_time, day, relative
from companion.community.reading_progress import ReadingProgress
from companion.community.subscriptions import EXAMPLE_MOMENT, Added, Leaving, Linked, Listed
from companion.storage.podcasts import Podcast

_NAME = 80
_QUERY = 60
_PROBLEMS = 3
_PROBLEM = 200
_BAR = 20
_ENTRY = 170
"""Characters of a podcast in the list, at most, beside its title, of which at least so many are shown:"""
_SHORT = 20

ADD = "`/setup podcasts add`"


def waiting_message() -> Message:
    """Another feed is being read."""
    return sentence("⏳ Another feed is being read just now. Yours is next in line, and this tells how it goes.")


def opening_message() -> Message:
    """The feed is being fetched."""
    return sentence("📡 I'm fetching the feed. How it goes is told in this channel.")


def progress_message(progress: ReadingProgress) -> Message:
    """How far the reading of a feed is."""
    done = round(_BAR * progress.read / progress.total) if progress.total else 0
    facts = [
        f"{progress.read:,} of {counted(progress.total, 'episode')} read",
        counted(progress.passages, "new passage"),
        *([counted(progress.problems, "problem")] if progress.problems else []),
    ]
    bar = "█" * done + "░" * (_BAR - done)
    return sentence(f"### 📡 Reading {name(progress.title or 'the feed')}\n`{bar}`\n{' · '.join(facts)}")


def added_message(added: Added, *, loading: bool = False) -> Message:
    """What a server has now, what could not be read, and what to do next."""
    box = container(TEAL)
    title = name(added.podcast.title)
    already = "" if added.new else " already"
    size = f"{counted(added.episodes, 'episode')}, {counted(added.passages, 'passage')}"
    box.add_item(text(f"### ✅ {title} can be searched here{already}\n{size}."))
    if added.problems:
        told = [f"- {escaped_within(problem, _PROBLEM)}" for problem in added.problems[:_PROBLEMS]]
        more = len(added.problems) - _PROBLEMS
        told += [f"- and {counted(more, 'other problem')}"] if more > 0 else []
        box.add_item(text("**What could not be read,** and is tried again by itself:\n" + "\n".join(told)))
    query = escaped_within(added.example or "", _QUERY) or "anything that was said"
    meanings = " Right now words are compared; meanings follow within minutes." if loading else ""
    box.add_item(line())
    box.add_item(
        text(
            f"**Next:** `/search query:`{query}.{meanings} New episodes come by themselves; `/setup channels` has them"
            " announced, and `/setup podcasts links` says where links to a moment lead."
        )
    )
    return Message(box)


def failed_message(reason: str) -> Message:
    """Why a feed could not be read."""
    return sentence(f"⚠️ {escaped_sentence(reason)}", AMBER)


def interrupted_message() -> Message:
    """The bot ends in the middle of a reading."""
    return sentence(f"⚠️ I was stopped while reading. {ADD} with the same address goes on where it stopped.", AMBER)


def list_message(listed: Sequence[Listed]) -> Message:
    """Every podcast of the server, and how its feed does."""
    if not listed:
        none = f"This server has no podcast yet: {ADD} reads one, `/setup podcasts known` has those I know."
        return sentence(none, AMBER)
    box = container(TEAL)
    box.add_item(text(f"### 📻 Podcasts of this server\n-# {counted(len(listed), 'podcast')}"))
    room = max(_SHORT, (LAYOUT_TEXT - 200) // len(listed) - _ENTRY)
    kept, missing = lines_within([_entry(one, min(room, _NAME)) for one in listed], LAYOUT_TEXT - 200)
    box.add_item(text("\n".join([*kept, *([f"… and {missing} more"] if missing else [])])))
    return Message(box)


def known_message(offered: Sequence[Podcast]) -> Message:
    """The podcasts that a server can have at once."""
    if not offered:
        return sentence(f"I know no public podcast that this server does not have: {ADD} reads another one.")
    names = "\n".join(f"- {name(podcast.title)}" for podcast in offered)
    return sentence(
        f"### 📻 Podcasts that I know already\n{names}\n`/setup podcasts subscribe` lets this server see one."
    )


def confirm_message(leaving: Leaving) -> Message:
    """What unsubscribing does, and the button that does it."""
    box = container(AMBER)
    box.add_item(
        text(
            f"### 🗑️ Take {name(leaving.podcast.title)} away?\n{_without(leaving)} The podcast itself stays in my"
            f" archive, for others that have it: {_again(leaving.podcast)} brings it back at once."
        )
    )
    box.add_item(row([button("Take it away", podcast_ids.unsubscribe(leaving.podcast.id), discord.ButtonStyle.danger)]))
    return Message(box)


def left_message(leaving: Leaving) -> Message:
    """What unsubscribing did."""
    left = (
        f"{counted(leaving.left, 'other podcast')} left here." if leaving.left else f"No podcast is left here: {ADD}."
    )
    return sentence(
        f"{name(leaving.podcast.title)} is not seen by this server any more, from now on. What was posted of it stays"
        f" until somebody deletes it. {left} To undo it, use {_again(leaving.podcast)}."
    )


def links_message(linked_now: Linked, *, changed: bool) -> Message:
    """How moments are linked, with an example."""
    podcast = linked_now.podcast
    template = podcast.link_template
    told = [
        f"### 🔗 Links of {name(podcast.title)}",
        "Changed, from now on and for everything that I post." if changed else "As they are now.",
        f"- Page template: {code(template) if template else 'none: links lead into the audio, else the video'}",
        f"- Audio: {podcast.audio_offset:+g} s from the transcript's times",
        f"- Video: {podcast.video_offset:+g} s from the transcript's times",
    ]
    if template and "{seconds}" not in template and "{hms}" not in template:
        told.append("The template has no `{seconds}` or `{hms}`: its links lead to the page, not to the moment.")
    if linked_now.episode is not None:
        of = f"{clock_time(EXAMPLE_MOMENT)} of *{name(linked_now.episode.title)}*"
        told.append(f"**Try it:** {_example(of, linked_now.url)}")
        if linked_now.video_url is not None and linked_now.video_url != linked_now.url:
            told.append(f"**In the video:** {_example(of, linked_now.video_url)}")
        if template and linked_now.url and not _is_of_template(template, linked_now.url):
            told.append("That episode lacks something that the template asks for, so its audio or page is linked.")
    told.append("-# Places: " + ", ".join(f"`{place}` {meaning}" for place, meaning in PLACES.items()))
    told.append("-# `page_template: none` takes the template away. A time marked ~ is approximate, and so is its link.")
    return sentence("\n".join(told))


def name(title: str) -> str:
    """A title, escaped and short."""
    return escaped_within(title, _NAME) or "—"


def code(words: str) -> str:
    """Words as they were typed."""
    return f"`{one_line(words).replace('`', '')}`"


def _without(leaving: Leaving) -> str:
    rest = f"{counted(leaving.left, 'other podcast')} stay" if leaving.left > 1 else "one other podcast stays"
    rest = rest if leaving.left else "no podcast is left"
    return f"Its {counted(leaving.episodes, 'episode')} cannot be searched here any more, and {rest}."


def _again(podcast: Podcast) -> str:
    if is_recordings(podcast):
        return "the next `/club recording`"
    return f"{ADD} with its feed's address" if podcast.private else "`/setup podcasts subscribe`"


def _entry(listed: Listed, room: int) -> str:
    title = escaped_within(listed.podcast.title, room) or "—"
    newest = f" · newest {day(listed.newest)}" if listed.newest else ""
    private = " · 🔒 private" if listed.podcast.private else ""
    return f"**{title}** · {counted(listed.episodes, 'episode')}{newest}{private}\n-# {_state(listed)}"


def _state(listed: Listed) -> str:
    state = listed.state
    if is_recordings(listed.podcast):
        return "What hosts add with `/club recording`"
    if not listed.of_feed:
        return "From files, read by whoever runs this bot"
    if state is None or not state.reader:
        return "Its feed was not read to its end yet; that is tried again by itself"
    read = f"feed read {relative(state.read_at)}"
    if not state.failures:
        return f"✅ {read}"
    again = f"; asked again {relative(state.not_before)}" if state.not_before else ""
    return f"⚠️ Fails since then ({counted(state.failures, 'time')} in a row): {read}{again}"


def _example(label: str, url: str | None) -> str:
    return linked(label, url) if web_address(url) else f"{label} (it has no address)"


def _is_of_template(template: str, url: str) -> bool:
    head = template.partition("{")[0]
    return url.startswith(head) if head else True
