"""Who is coming on the podcast, and who was heard: for everybody, and to the hosts who say so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from companion.cogs.views.delete import delete_button
from companion.cogs.views.fitting import escaped_within, lines_within
from companion.cogs.views.layout import TEAL, Message, container, row, sentence, text
from companion.cogs.views.limits import CHOICE_TEXT, cut
from companion.cogs.views.markdown import one_line
from companion.cogs.views.passages import source
from companion.cogs.views.times import calendar_day
from companion.community.guests import Added, Listed, What
from companion.storage.guests import Guest

_NAME = 80
_ROOM = 3200


def added_message(added: Added) -> Message:
    """What came of adding a guest."""
    guest = added.guest
    name = f"**{escaped_within(guest.name, _NAME)}**"
    on = f" on {calendar_day(guest.day)}" if guest.day is not None else ""
    told = {
        What.NEW: f"🎙️ {name} is coming{on}. What would you ask? `/question ask`, from now on until they are heard.",
        What.MOVED: f"🎙️ {name} is expected{on or ', on a day that is still open'}. Their questions stay.",
        What.AGAIN: f"🎙️ {name} is coming again{on}, with the questions that were not answered.",
    }[added.what]
    # Where it is evening, the date in UTC may be the next one.
    if guest.day is not None and guest.day < (guest.added_at - timedelta(days=1)).date():
        told += "\n-# That day is past. If another year was meant, `/guest add` with the right date moves it."
    wished = "\n-# They were a suggestion of members, which is marked as done." if added.wished_for else ""
    return sentence(f"{told}{wished}")


def removed_message(guest: Guest, questions: int) -> Message:
    """That a guest is expected no more."""
    with_them = "" if not questions else f" With them went {_count(questions)} and the votes on that."
    return sentence(f"🗑️ **{escaped_within(guest.name, _NAME)}** is not among the guests any more.{with_them}")


def list_message(listed: Sequence[Listed]) -> Message:
    """The guests of a server."""
    box = container(TEAL)
    box.add_item(text("### 🎙️ Guests"))
    if not listed:
        box.add_item(text("There are none yet. Hosts say who is coming with `/guest add`."))
        box.add_item(row([delete_button()]))
        return Message(box)
    coming = [_coming(one) for one in listed if one.guest.episode_id is None]
    heard = [_heard(one) for one in listed if one.guest.episode_id is not None]
    parts = [["**Coming**", *coming]] if coming else []
    parts += [["**Heard**", *heard]] if heard else []
    lines, left = lines_within([line for part in parts for line in part], _ROOM)
    lines += [f"-# and {left} more"] if left else []
    box.add_item(text("\n".join(lines)))
    if coming:
        box.add_item(text("-# `/question ask` what you would like to know, and vote for others' questions."))
    box.add_item(row([delete_button()]))
    return Message(box)


def choice(guest: Guest) -> str:
    """A guest, as autocomplete suggests them."""
    when = f" · {calendar_day(guest.day)}" if guest.day is not None else ""
    return cut(one_line(guest.name), CHOICE_TEXT - len(when)) + when


def _coming(one: Listed) -> str:
    when = f" · {calendar_day(one.guest.day)}" if one.guest.day is not None else ""
    return f"- **{escaped_within(one.guest.name, _NAME)}**{when} · {_count(one.questions)}"


def _heard(one: Listed) -> str:
    where = f" · {source(one.episode, None, None)}" if one.episode is not None else ""
    return f"- **{escaped_within(one.guest.name, _NAME)}**{where}"


def _count(questions: int) -> str:
    return "1 question" if questions == 1 else f"{questions or 'no'} questions"
