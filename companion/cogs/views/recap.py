"""A recap as it is posted, and as managers preview it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import discord

from companion.cogs.views import recap_ids
from companion.cogs.views.counting import voted
from companion.cogs.views.fitting import Listed, all_within, escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.limits import LAYOUT_TEXT
from companion.cogs.views.markdown import linked
from companion.cogs.views.times import day, moment
from companion.community.club_sessions import Meeting
from companion.community.recaps import LikedClip, NewEpisode, Recap
from companion.storage.highlight_rules import HighlightRule
from companion.storage.highlight_rules import Recap as Often

_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
_PROSE = 700
_FOR_PREVIEW = 400
"""Characters that are left for what a manager may do about it."""
_TITLE, _QUESTION, _NAME = 90, 130, 60
_LONGEST_LINK = 160
"""A longer address would take the room of the words."""
_EVERY = {Often.WEEKLY: "every week", Often.MONTHLY: "every month"}
_WHEN = {Often.WEEKLY: "on Mondays, of the week before", Often.MONTHLY: "on the first of a month, of the month before"}

Box = discord.ui.Container[Message]


@dataclass(frozen=True, slots=True)
class Written:
    """Sentences over the lists, and the name of the model that wrote them. Without ``prose`` there are none."""

    prose: str = ""
    model: str = ""


def recap_box(recap: Recap, written: Written, first: str = "now", late: str = "") -> Box:
    """The recap. ``first`` is the first date of the week or month, for one that comes by itself; ``late`` is Markdown
    that says when it was meant to come."""
    box = container(TEAL)
    until = day(recap.until - timedelta(seconds=1))
    above = [f"### 🗞️ The {recap.span.value} here\n-# {day(recap.since)} to {until}{late}"]
    if written.prose:
        model = escaped_within(written.model, _NAME)
        prose = escaped_within(written.prose, _PROSE)
        above.append(f"{prose}\n-# 🤖 Written by {model} from what is listed below")
    for part in above:
        box.add_item(text(part))
    lists = _best(recap), _asked(recap), _episodes(recap), _read(recap), _made(recap), _coming(recap)
    room = LAYOUT_TEXT - _FOR_PREVIEW - sum(map(len, above))
    for part in all_within([one for one in lists if one is not None], room):
        box.add_item(line())
        box.add_item(text(part))
    box.add_item(row([button("All clips", recap_ids.top(recap, first), emoji="🏆")]))
    return box


def preview_message(box: Box, rule: HighlightRule | None, made: datetime, told: str = "") -> Message:
    """A recap with what a manager may do about it; ``told`` is what just happened."""
    message = Message(box)
    often = rule.wishes.recap if rule else Often.NONE
    lines = [told] if told else []
    if rule is not None and often is not Often.NONE:
        paused = " As long as highlights are paused, it does not." if rule.paused_at else ""
        lines.append(f"It comes {_WHEN[often]}, to <#{rule.channel_id}>.{paused}")
    else:
        lines.append("It does not come by itself.")
    message.add_item(
        text("\n".join(lines) + "\n-# 👀 A preview: nobody else sees this. **Post it here** posts it as it is.")
    )
    ways = [button("Post it here", recap_ids.post(made), discord.ButtonStyle.success, emoji="✅")]
    for one, name in _EVERY.items():
        stops = one is often
        label = f"No longer {name}" if stops else f"By itself {name}"
        ways.append(button(label, recap_ids.often(Often.NONE if stops else one, made), emoji="⏹️" if stops else "🔁"))
    message.add_item(row(ways))
    return message


def unwritten_message(recap: Recap) -> Message:
    """A recap whose sentences are still to come."""
    message = Message(recap_box(recap, Written()))
    message.add_item(text("-# ✍️ Sentences over it are being written …"))
    return message


def box_in(message: discord.Message) -> Box | None:
    """The recap that a preview shows, as it stands there; None for any other message."""
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    view.stop()
    box = next((one for one in view.children if isinstance(one, discord.ui.Container)), None)
    if box is None:
        return None
    view.remove_item(box)
    return cast("Box", box)


def posted_message(url: str) -> Message:
    """Where it is."""
    return sentence(f"✅ Posted: {url}")


def changed(often: Often, rule: HighlightRule) -> str:
    """What was decided, and when it takes effect."""
    if often is Often.NONE:
        return "✅ It comes by itself no longer, from now on."
    return f"✅ From now on it comes by itself {_EVERY[often]}, at {_time(rule)}."


def _best(recap: Recap) -> Listed | None:
    if not recap.best:
        return None
    told = voted(recap.ranking.voters)
    first = recap.best[0].standing
    if recap.ranking.winner:
        winner = ""
    elif first.too_few:
        winner = " · too few votes for a winner"
    else:
        winner = " · no winner: " + ("the first are tied" if first.tied else "as many are against the first")
    return Listed("**🏆 Liked best**", tuple(map(_liked, recap.best)), lambda _: f"-# {told}{winner}")


def _liked(one: LikedClip) -> str:
    standing, shown = one.standing, one.shown
    place = f"{standing.rank}." if standing.too_few else _MEDALS.get(standing.rank, f"{standing.rank}.")
    facts = [f"*{escaped_within(shown.episode.title, _NAME)}*", f"{standing.up} for, {standing.down} against"]
    if one.posted is not None:
        facts.append(linked("vote", _jump(shown.clip.guild_id, *one.posted)))
    return f"{place} {linked(f'“{escaped_within(shown.clip.title, _TITLE)}”', _short(shown.url))} · {' · '.join(facts)}"


def _asked(recap: Recap) -> Listed | None:
    asked = recap.asked
    if not asked.asked:
        return None
    lines = [
        f"- “{escaped_within(same.shown.text, _QUESTION)}” · {same.members} members · "
        + linked(
            "the answer" if same.shown.answerable else "nothing found yet",
            _jump(recap.guild_id, same.shown.channel_id, same.shown.message_id),
        )
        for same in asked.questions
    ]
    questions = "1 question" if asked.asked == 1 else f"{asked.asked} questions"
    askers = "1 member" if asked.askers == 1 else f"{asked.askers} members"
    alone = "" if lines else ", each something else"
    foot = f"-# {questions} by {askers} where everybody can read{alone}"
    return Listed("**💬 Asked most**", tuple(lines), lambda _: foot)


def _episodes(recap: Recap) -> Listed | None:
    if not recap.episodes:
        return None
    return Listed(
        "**🎙️ New episodes**",
        tuple(map(_episode, recap.episodes)),
        lambda left: _more(left + recap.more_episodes, "/episodes"),
    )


def _episode(new: NewEpisode) -> str:
    published = f" · {day(new.episode.published)}" if new.episode.published else ""
    title = linked(escaped_within(new.episode.title, _TITLE) or "An episode", _short(new.episode.facts.link))
    return f"- {title} · *{escaped_within(new.podcast.title, _NAME)}*{published}"


def _read(recap: Recap) -> Listed | None:
    if not recap.clubs.read:
        return None
    return Listed(
        "**📄 Read together**",
        tuple(map(_read_one, recap.clubs.read)),
        lambda left: _more(left + recap.clubs.more, "/club history"),
    )


def _more(left: int, command: str) -> str:
    return f"-# and {left} more: `{command}`" if left else ""


def _read_one(one: Meeting) -> str:
    session = one.session
    facts = [day(session.starts_at), *([f"by <@{session.presented_by}>"] if session.presented_by else [])]
    facts += ["recorded"] if session.recording_url else []
    return f"- {_paper(one)} · {' · '.join(facts)}"


def _paper(one: Meeting) -> str:
    """The session's paper, or its club."""
    return f"*{escaped_within(one.paper.title if one.paper else one.series.name, _NAME)}*"


def _made(recap: Recap) -> Listed | None:
    made, told = recap.made, list[str]()
    if made.clips:
        makers = "1 member" if made.makers == 1 else f"{made.makers} members"
        told.append(f"{made.clips} {'clip' if made.clips == 1 else 'clips'} by {makers}")
    if made.highlights:
        told.append(f"{made.highlights} daily {'highlight' if made.highlights == 1 else 'highlights'}")
    return Listed("**✂️ Clips**", (" · ".join(told),), lambda _: "") if told else None


def _coming(recap: Recap) -> Listed | None:
    lines = [f"- The next highlight: {moment(recap.next_highlight)}"] if recap.next_highlight else []
    for duel in recap.duels:
        where = _jump(duel.guild_id, duel.channel_id, duel.message_id or 0)
        lines.append(f"- A duel that closes {moment(duel.closes_at)}: {linked('choose', where)}")
    for one in recap.clubs.coming:
        free = "" if one.paper else ", without a paper yet"
        lines.append(f"- 📄 {_paper(one)}{free}: {moment(one.session.starts_at)}")
    return Listed("**📅 Coming up**", tuple(lines), lambda _: "") if lines else None


def _jump(guild_id: int, channel_id: int, message_id: int) -> str:
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def _short(url: str | None) -> str | None:
    return url if url and len(url) <= _LONGEST_LINK else None


def _time(rule: HighlightRule) -> str:
    hour, minute = divmod(rule.minute, 60)
    return f"{hour}:{minute:02} ({rule.zone.replace('_', ' ')})"
