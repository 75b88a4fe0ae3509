"""What managers read of their channels: what was chosen, and what would not work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from companion.cogs.views.counting import counted
from companion.cogs.views.layout import AMBER, TEAL, Message, container, line, sentence, text
from companion.cogs.views.limits import LAYOUT_TEXT, cut
from companion.cogs.views.markdown import escaped_line, one_line
from companion.cogs.views.tally import shown_emoji
from companion.cogs.views.times import relative
from companion.community.channels import Choice
from companion.community.check import Check, ChosenChannel, FailingFeed, Meanings
from companion.community.check_clubs import CheckedClub, CheckedClubs
from companion.community.check_posts import CheckedHighlights, CheckedPost
from companion.community.permissions import DISCUSSIONS, EVENTS, FOR_PURPOSE, Permission
from companion.storage.channels import Purpose

PURPOSES: Mapping[Purpose, str] = {
    Purpose.NEWS: "new episodes are announced there",
    Purpose.NOTICES: "managers are told there of feeds that fail for days, and asked about corrections of names",
}
_WHERE = "the channel's settings → Permissions → Advanced permissions → Companion"
_TITLE = 80
_FEEDS = 8
_ROOM = LAYOUT_TEXT - 100


def chose(choice: Choice) -> Message:
    """What the choice does, from when on, and how to take it back."""
    effects = {
        Purpose.NEWS: f"New episodes are announced in <#{choice.channel_id}> from now on, as their feeds bring them.",
        Purpose.NOTICES: f"From now on I tell managers in <#{choice.channel_id}> when a feed fails for days, once each"
        " time, and ask them there about corrections of names that members propose.",
    }
    moved = choice.before is not None and choice.before != choice.channel_id
    was = f" It was <#{choice.before}> until now." if moved else ""
    needs_podcast = choice.purpose is Purpose.NEWS and not choice.podcasts
    then = "\nThis server has no podcast yet, so the next step is `/setup podcasts add`." if needs_podcast else ""
    undo = f"-# Nobody is pinged. `/setup channels forget purpose:{choice.purpose}` takes it back."
    return sentence(f"✅ {effects[choice.purpose]}{was}{then}\n{undo}")


def forgot(purpose: Purpose, channel_id: int) -> Message:
    """What stops, and how to begin again."""
    effects = {
        Purpose.NEWS: "New episodes are announced nowhere in this server from now on; searches find them all the same.",
        Purpose.NOTICES: "From now on I tell nobody here of feeds that fail, nor of corrections that members propose:"
        " look with `/setup check` and `/setup corrections`.",
    }
    again = f"-# It was <#{channel_id}>. `/setup channels choose` chooses a channel again."
    return sentence(f"✅ {effects[purpose]}\n{again}")


def chosen_message(chosen: Mapping[Purpose, int]) -> Message:
    """Every purpose with its channel, or with how to choose one."""
    lines = [
        f"**{purpose}** – <#{chosen[purpose]}>: {what}."
        if purpose in chosen
        else f"**{purpose}** – no channel: `/setup channels choose purpose:{purpose}` chooses one, and {what}."
        for purpose, what in PURPOSES.items()
    ]
    return sentence("### 📢 Channels\n" + "\n".join(lines))


def check_message(check: Check) -> Message:
    """What is wrong, each with its cure, and what is fine in one line."""
    wrong = [
        *_channels(check),
        *_highlights(check.highlights),
        *_clubs(check.clubs),
        *_threads(check),
        *_podcasts(check),
        *_meanings(check),
    ]
    box = container(TEAL if check.faultless else AMBER)
    box.add_item(text("### 🩺 Setup check"))
    fine = _fine(check)
    room = _ROOM - len(fine)
    for one in wrong:
        # Many faults are rare; those that do not fit are named by the next check.
        if len(one) > room:
            box.add_item(text("-# There is more: set these right, then check again."))
            break
        room -= len(one)
        box.add_item(text(one))
    if wrong and fine:
        box.add_item(line())
    if fine:
        box.add_item(text(fine))
    return Message(box)


def feed_notice(feed: FailingFeed) -> Message:
    """What managers are told by itself of a feed that fails for days."""
    why = "-# Told once, here because this channel was chosen for notices. `/setup check` looks over everything."
    return sentence(f"{_feed(feed)}\n{why}", AMBER)


def _channels(check: Check) -> list[str]:
    said: list[str] = []
    if check.here_lacks:
        said.append(
            f"⚠️ In <#{check.here_id}>, where you asked, I lack {_names(check.here_lacks)}: some answers cannot be shown"
            f" there. Give me that under {_WHERE}, or for all channels under Server Settings → Roles → Companion."
        )
    said += [_channel(one) for one in check.chosen if one.gone or one.lacks]
    said += [
        f"💡 No channel is chosen for **{purpose}**. `/setup channels choose purpose:{purpose}` chooses one, and"
        f" {PURPOSES[purpose]}."
        for purpose in check.unchosen
    ]
    return said


def _channel(one: ChosenChannel) -> str:
    if one.gone:
        return (
            f"⚠️ The channel chosen for **{one.purpose}** is deleted, or hidden from me: choose another with"
            f" `/setup channels choose purpose:{one.purpose}`, or let me view it again."
        )
    return (
        f"⚠️ In <#{one.channel_id}> (**{one.purpose}**) I lack {_names(one.lacks)} to {FOR_PURPOSE[one.purpose].does}."
        f" Give me that under {_WHERE}."
    )


def _highlights(checked: CheckedHighlights) -> list[str]:
    said = [_post(one) for one in checked.posts if not one.works]
    if checked.paused is not None:
        mark, because = ("💡", "") if checked.paused.reason is None else ("⚠️", f", because {checked.paused.reason}")
        since = relative(checked.paused.since)
        said.append(f"{mark} The daily highlight is paused {since}{because}. `/highlights resume` goes on with it.")
    if checked.gone_emoji:
        said.append(
            f"⚠️ Members can no longer vote with {' and '.join(map(shown_emoji, checked.gone_emoji))}, which this server"
            " deleted: choose another with `/highlights voting`."
        )
    return said


def _post(one: CheckedPost) -> str:
    if one.gone:
        return (
            f"⚠️ The channel of the **{one.name}** is deleted, or hidden from me: choose another with `{one.command}`,"
            " or let me view it again."
        )
    return f"⚠️ In <#{one.channel_id}> (**{one.name}**) I lack {_names(one.lacks)}. Give me that under {_WHERE}."


def _clubs(checked: CheckedClubs) -> list[str]:
    said = [line for one in checked.clubs for line in _club(one)]
    if checked.lacks_for_events:
        said.append(
            f"⚠️ I lack {_names(checked.lacks_for_events)} to {EVENTS.does}. Give me that under Server Settings → Roles"
            " → Companion."
        )
    if checked.clubs and not checked.links:
        said.append(
            "💡 Members get the calendar of clubs as a file, and cannot subscribe to it: whoever runs me sets"
            " `COMPANION_WEB_PORT` and `COMPANION_WEB_URL` for that."
        )
    return said


def _club(one: CheckedClub) -> list[str]:
    name, where = f"**{_title(one.name)}**", f"<#{one.post.channel_id}>"
    if one.post.gone:
        said = [
            f"⚠️ The channel of the club {name} is deleted, or hidden from me: choose another with `{one.post.command}`,"
            " or let me view it again."
        ]
    else:
        said = [
            f"⚠️ In {where} I lack {_names(lacks)} to {feature.does} ({name}). Give me that under {_WHERE}."
            for feature, lacks in ((one.post.feature, one.post.lacks), (DISCUSSIONS, _not(one)))
            if lacks
        ]
    if one.lost_venue is not None:
        said.append(f"⚠️ The channel that {name} meets in is deleted, or hidden from me: `/club edit` chooses another.")
    return said


def _not(one: CheckedClub) -> tuple[Permission, ...]:
    """What lacks for threads, and was not named for posts."""
    return tuple(lack for lack in (one.threads.lacks if one.threads else ()) if lack not in one.post.lacks)


def _threads(check: Check) -> list[str]:
    return [
        f"⚠️ In <#{one.channel_id}> I lack {_names(one.lacks)} to {one.feature.does}. Give me that under {_WHERE}."
        for one in check.threads
    ]


def _podcasts(check: Check) -> list[str]:
    if not check.podcasts:
        return ["⚠️ This server has no podcast yet, so there is nothing to search: `/setup podcasts add`."]
    said = [_feed(one) for one in check.failing[:_FEEDS]]
    if len(check.failing) > _FEEDS:
        said.append(f"⚠️ Of {counted(len(check.failing), 'feed')} that fail, these are the first {_FEEDS}.")
    return said


def _feed(one: FailingFeed) -> str:
    times = "once" if one.failures == 1 else f"{one.failures} times in a row"
    again = f" I ask again {relative(one.again_at)}." if one.again_at else ""
    return (
        f"⚠️ The feed of *{_title(one.podcast.title)}* could not be read {times}; it last was {relative(one.read_at)}."
        f"{again} If that goes on, open the feed's address in a browser: it may have moved."
    )


def _meanings(check: Check) -> list[str]:
    if check.meanings is Meanings.WORDS_ONLY:
        return [
            "⚠️ Searches go by words alone, because the model that compares meanings could not be loaded. Whoever runs"
            " me sees why with `companion doctor`."
        ]
    if check.meanings is Meanings.LOADING:
        return ["⏳ The model that compares meanings is still loading: until then searches go by words alone."]
    return []


def _fine(check: Check) -> str:
    fine: list[str] = []
    if not check.here_lacks:
        fine.append(f"all permissions in <#{check.here_id}>")
    fine += [f"{one.purpose} in <#{one.channel_id}>" for one in check.chosen if not one.gone and not one.lacks]
    fine += [f"{one.name} in <#{one.channel_id}>" for one in check.highlights.posts if one.works]
    fine += [f"{_title(one.name)} in <#{one.post.channel_id}>" for one in check.clubs.clubs if one.faultless]
    readable = len(check.podcasts) - len(check.failing)
    if readable:
        fine.append("1 podcast" if readable == 1 else f"{readable} podcasts")
    if check.meanings is Meanings.COMPARED:
        fine.append("searches by meaning")
    return f"✅ Fine: {', '.join(fine)}." if fine else ""


def _names(permissions: Sequence[Permission]) -> str:
    *most, last = [f"**{one.label}**" for one in permissions]
    return f"{', '.join(most)} and {last}" if most else last


def _title(title: str) -> str:
    return escaped_line(cut(one_line(title), _TITLE))
