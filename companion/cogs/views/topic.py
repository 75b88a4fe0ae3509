"""A topic over time: the chart, the same facts as text, and where it came up first and most."""

from __future__ import annotations

import discord

from companion.archive.results import Hit
from companion.cogs.views import custom_ids
from companion.cogs.views.delete import delete_button
from companion.cogs.views.episodes import episode_menu
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import AMBER, TEAL, Message, button, container, line, row, text
from companion.cogs.views.limits import CUSTOM_ID, cut
from companion.cogs.views.markdown import escaped_line, one_line
from companion.cogs.views.passages import heading, result
from companion.cogs.views.results import example_buttons
from companion.cogs.views.times import day
from companion.cogs.views.topic_chart import spelled, unit_name
from companion.community.topics import FEWEST, NotFound, Topic

PICTURE = "topic.png"
_WORDS = 200
_TITLE = 90
_NAME = 60
_ALT = 1000
_ALT_WORDS = 80
_QUOTED = 700


def topic_message(topic: Topic, *, picture: bool, note: str = "") -> Message:
    """The facts under their picture, which is the attachment `PICTURE` where there is one. ``note`` is small print."""
    box = container(TEAL)
    box.add_item(text("\n".join((_heading(topic.text, topic.speaker), _summary(topic)))))
    if picture:
        gallery: discord.ui.MediaGallery[Message] = discord.ui.MediaGallery(
            discord.MediaGalleryItem(f"attachment://{PICTURE}", description=alt(topic))
        )
        box.add_item(gallery)
    box.add_item(text(f"**First**\n{result(topic.first, _QUOTED)}"))
    box.add_item(line())
    box.add_item(text("\n".join(("**Most of it in**", *(_entry(hit, count) for hit, count in topic.top)))))
    counted = "counted by words and by meaning" if topic.semantic else "counted by words alone, while the model loads"
    small = f"-# Passages of some 100 words, {counted}: a rough measure."
    box.add_item(text(f"{small}\n-# {note}" if note else small))
    menu: discord.ui.ActionRow[Message] = discord.ui.ActionRow(
        episode_menu([hit.episode for hit, _ in topic.top], "Open an episode …")
    )
    box.add_item(menu)
    search = custom_ids.example(topic.text)
    # Words that a button cannot carry can be typed.
    fits = len(search) <= CUSTOM_ID
    again = [button("Search for it", search, discord.ButtonStyle.primary, emoji="🔎")] if fits else []
    box.add_item(row([*again, delete_button()]))
    return Message(box)


def not_found_message(found: NotFound) -> Message:
    """That nothing speaks of it, what comes nearest, and searches that find something."""
    box = container(AMBER)
    nearest = " These passages come nearest:" if found.nearest.hits else ""
    box.add_item(text(f"{_heading(found.text, found.speaker)}\nI don't find that in the archive.{nearest}"))
    for hit in found.nearest.hits:
        box.add_item(line())
        box.add_item(text(result(hit, _QUOTED)))
    if found.examples:
        box.add_item(line())
        box.add_item(text("**Try one of these**"))
        box.add_item(row(example_buttons(found.examples)))
    box.add_item(row([delete_button()]))
    return Message(box)


def alt(topic: Topic) -> str:
    """What the chart shows, for those who cannot see it."""
    words = cut(one_line(topic.text), _ALT_WORDS)
    told = [f"{spelled(bar.period)}: {bar.speaking} ({_percent(bar.share)})" for bar in topic.bars if bar.speaking]
    silent = sum(not bar.speaking for bar in topic.bars)
    rest = f" None in the other {silent}." if silent else ""
    head = (
        f"Bar chart: passages that speak of “{words}” by {unit_name(topic)}, from {spelled(topic.bars[0].period)} to"
        f" {spelled(topic.bars[-1].period)}, with their share of all that was said then. "
    )
    return cut(f"{head}{'; '.join(told)}.{rest}", _ALT)


def _heading(words: str, speaker: str | None) -> str:
    by = f" · passages in which {escaped_within(speaker, _NAME)} talks" if speaker else ""
    return f"### 📈 {escaped_within(words, _WORDS)}{by}"


def _summary(topic: Topic) -> str:
    share = topic.passages / max(topic.said, 1)
    whole, then = "all that was said", "what was said then"
    if topic.speaker:
        whole, then = "all in which they talk", "those of then"
    lines = [
        f"**{topic.passages:,}** {_passages(topic.passages)} in **{topic.episodes:,}**"
        f" {'episode' if topic.episodes == 1 else 'episodes'} speak of it: {_percent(share)} of {whole}."
    ]
    peak, densest = topic.peak, topic.densest
    if peak is not None and peak.speaking:
        part = f", {_percent(peak.share)} of {then}" if peak.said >= FEWEST else ""
        told = f"Most in {spelled(peak.period)}: {peak.speaking:,}{part}."
        if part and densest is not None and densest.period != peak.period:
            told += f" The largest share was in {spelled(densest.period)}: {_percent(densest.share)}."
        lines.append(told)
    if topic.undated:
        lines.append(f"{topic.undated:,} of them are in episodes without a date, and in no bar.")
    return "\n".join(lines)


def _entry(hit: Hit, count: int) -> str:
    said = hit.snippet
    title = escaped_within(hit.episode.title, _TITLE) or f"Episode {hit.episode.id}"
    published = f" · {day(hit.episode.published)}" if hit.episode.published else ""
    # Who speaks and when, with the link to it.
    moment = heading(
        cut(one_line(said.speaker), _NAME) if said.speaker else None,
        hit.passage.kind,
        said.start,
        said.approximate,
        hit.url if hit.url and len(hit.url) < 2 * _WORDS else None,
    )
    return f"- **{title}**{published} · {count:,} {_passages(count)}\n  -# {moment}"


def _passages(count: int) -> str:
    return "passage" if count == 1 else "passages"


def _percent(share: float) -> str:
    """ "12%", "0.4%", "under 0.1%"."""
    percent = 100 * share
    if 0 < percent < 0.1:
        return "under 0.1%"
    return escaped_line(f"{percent:.1f}%" if 0 < percent < 9.95 else f"{percent:.0f}%")
