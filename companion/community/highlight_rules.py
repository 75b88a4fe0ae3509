"""What managers decide about a server's daily highlight: where and when, paused and resumed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from companion.community.channels import ForbiddenChannelError, NoSuchChannelError, Place, WrongKindOfChannelError
from companion.community.daily import LOOKED_BACK, instant, upcoming
from companion.community.daily_posts import Chosen, offers_of
from companion.community.permissions import APPROVALS, HIGHLIGHTS, Feature
from companion.storage import highlight_rules, highlight_slots, subscriptions
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Wishes
from companion.storage.highlight_slots import DAILY, Slot, State

_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?\s*(?P<half>[ap])?\.?(?:m\.?)?", re.IGNORECASE | re.ASCII
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SETS = {"daily": EVERY_DAY, "every day": EVERY_DAY, "all": EVERY_DAY, "weekdays": 0b0011111, "weekends": 0b1100000}
_SHOWN = 7
"""Coming posts in a schedule, and slots behind it."""


class NotATimeError(CompanionError):
    """Nothing that a clock shows."""

    def __init__(self, typed: str) -> None:
        super().__init__(f"“{typed.strip()[:40]}” is not a time of day: write it as 9:00, 21:30 or 9am.")


class NotAZoneError(CompanionError):
    """A zone that nobody keeps."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"“{typed.strip()[:40]}” is no time zone that I know: choose one that is suggested as you type a city,"
            " such as Europe/Berlin."
        )


class NotDaysError(CompanionError):
    """No days of the week."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"“{typed.strip()[:40]}” are not days of the week: write some as Mon, Wed, Fri, a span as Mon-Fri, or leave"
            " `days` out for every day."
        )


class NoRuleError(CompanionError):
    """The server gets no highlights."""

    def __init__(self) -> None:
        super().__init__("No daily highlight is set up in this server. Whoever manages it can: `/highlights setup`.")


class HallOfItsOwnError(CompanionError):
    """One channel for the daily highlight and the hall of fame."""

    def __init__(self) -> None:
        super().__init__(
            "The hall of fame needs a channel of its own, in which nothing is lost among daily highlights: choose"
            " another, or close it with `/highlights hall-of-fame close:True`."
        )


class NoPodcastsError(CompanionError):
    """There is nothing to pick from."""

    def __init__(self) -> None:
        super().__init__(
            "This server has no podcast yet, so there is nothing to pick from: `/setup podcasts add` first."
        )


class PausedAlreadyError(CompanionError):
    """It is paused."""

    def __init__(self) -> None:
        super().__init__("The daily highlight is paused already. `/highlights resume` goes on with it.")


class NotPausedError(CompanionError):
    """It is not paused."""

    def __init__(self) -> None:
        super().__init__("The daily highlight is not paused: `/highlights schedule` shows when the next comes.")


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a server's rule brings: the next dates with their instants, and the last slots, newest first."""

    rule: HighlightRule
    coming: tuple[tuple[date, datetime], ...]
    past: tuple[Slot, ...]

    @property
    def next_at(self) -> datetime | None:
        return self.coming[0][1] if self.coming else None


class HighlightRules:
    """The rules of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def choose(
        self,
        guild_id: int,
        member_id: int,
        place: Place | None,
        when: tuple[int, str, int],
        approval: Approval = Approval.NONE,
        asked_in: Place | None = None,
    ) -> Schedule:
        """Sets the rule, in place of the one there was; what it wishes of votes and cards stays. ``when`` is the minute
        after midnight, the zone and the days. What is due by it comes after now.

        Raises `CompanionError` for a channel in which it could not be posted, or managers not asked, and
        `HallOfItsOwnError` for that of the hall of fame.
        """
        channel = usable(place, HIGHLIGHTS)
        asked = usable(asked_in, APPROVALS) if approval is not Approval.NONE else None
        minute, zone, days = when
        now = self._database.clock.now()
        async with self._database.write() as connection:
            if not await subscriptions.podcast_ids(connection, guild_id):
                raise NoPodcastsError
            before = await highlight_rules.get(connection, guild_id)
            wishes = before.wishes if before else Wishes()
            if channel == wishes.hall_of_fame:
                raise HallOfItsOwnError
            rule = HighlightRule(guild_id, channel, zone, minute, days, approval, asked, member_id, now, wishes)
            await highlight_rules.put(connection, rule)
        return await self.schedule(guild_id)

    async def rule(self, guild_id: int) -> HighlightRule:
        """The server's rule. Raises `NoRuleError`."""
        async with self._database.read() as connection:
            rule = await highlight_rules.get(connection, guild_id)
        if rule is None:
            raise NoRuleError
        return rule

    async def pause(self, guild_id: int) -> HighlightRule:
        """Lets nothing be posted any more. Raises `NoRuleError` and `PausedAlreadyError`."""
        await self.rule(guild_id)
        async with self._database.write() as connection:
            if not await highlight_rules.pause(connection, guild_id, self._database.clock.now(), None):
                raise PausedAlreadyError
        return await self.rule(guild_id)

    async def resume(self, guild_id: int) -> Schedule:
        """Goes on with what comes after now. Raises `NoRuleError` and `NotPausedError`."""
        await self.rule(guild_id)
        async with self._database.write() as connection:
            if not await highlight_rules.resume(connection, guild_id, self._database.clock.now()):
                raise NotPausedError
        return await self.schedule(guild_id)

    async def schedule(self, guild_id: int) -> Schedule:
        """What comes next, and what came last. Raises `NoRuleError`."""
        rule, now = await self.rule(guild_id), self._database.clock.now()
        async with self._database.read() as connection:
            slots = await highlight_slots.of_servers(connection, [guild_id], (now - LOOKED_BACK).date())
        coming = () if rule.paused_at else tuple(upcoming(now, rule, slots))[:_SHOWN]
        past = sorted((one for one in slots if one.kind == DAILY), key=lambda one: one.day, reverse=True)
        return Schedule(rule, coming, tuple(past[:_SHOWN]))

    async def offered(self, guild_id: int, day: date) -> Chosen | None:
        """What managers were offered for that date last, and did not turn down."""
        async with self._database.read() as connection:
            offers = offers_of(await highlight_slots.of_servers(connection, [guild_id], day), day)
        last = offers[-1] if offers else None
        if last is None or last.clip_id is None or last.state not in (State.PROPOSED, State.APPROVED):
            return None
        return Chosen(last.clip_id, last.reason or "")

    async def posted(self, guild_id: int, day: date | None = None) -> Slot | None:
        """The highlight of that date, or the last one."""
        async with self._database.read() as connection:
            if day is None:
                return next(iter(await highlight_slots.posted(connection, guild_id, 1)), None)
            slot = await highlight_slots.get(connection, guild_id, DAILY, day)
        return slot if slot is not None and slot.state is State.POSTED else None


def usable(place: Place | None, feature: Feature) -> int:
    """The id of a channel in which that can be done. Raises `CompanionError` with what to do otherwise."""
    if place is None:
        raise NoSuchChannelError
    if not place.receives_posts:
        raise WrongKindOfChannelError
    if lacks := place.lacks(feature):
        raise ForbiddenChannelError(feature, lacks)
    return place.channel_id


def minute_of(typed: str) -> int:
    """Minutes after midnight of a time as it is typed: 9:00, 21:30, 9am. Raises `NotATimeError`."""
    match = _TIME.fullmatch(typed.strip())
    if match is None:
        raise NotATimeError(typed)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise NotATimeError(typed)
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    elif match["minute"] is None:
        raise NotATimeError(typed)  # "9" may be the morning's or the evening's
    if hour > 23 or minute > 59:
        raise NotATimeError(typed)
    return hour * 60 + minute


@cache
def _zones() -> frozenset[str]:
    """All that this machine knows. To ask it opens hundreds of files, and who types a zone asks at every letter."""
    return frozenset(available_timezones())


def zone_of(typed: str) -> str:
    """The IANA name of a zone, whatever its case. Raises `NotAZoneError`."""
    wanted = typed.strip().replace(" ", "_").casefold()
    for name in _zones():
        if name.casefold() == wanted and (name == "UTC" or "/" in name):
            return name
    raise NotAZoneError(typed)


def zones_like(typed: str, now: datetime, most: int) -> list[tuple[str, datetime]]:
    """Zones with these words in their names, with the time there: those first whose city begins like that."""
    wanted = typed.strip().replace(" ", "_").casefold()
    known = [name for name in _zones() if name == "UTC" or _is_place(name)]
    found = [name for name in known if wanted in name.casefold()]
    found.sort(key=lambda name: (not name.rpartition("/")[2].casefold().startswith(wanted), name))
    return [(name, now.astimezone(ZoneInfo(name))) for name in found[:most]]


def days_of(typed: str | None) -> int:
    """One bit a weekday, Monday's the lowest: "Mon, Wed", "Mon-Fri", "weekdays"; every day for nothing.

    Raises `NotDaysError`.
    """
    text = " ".join((typed or "").casefold().split())
    if not text:
        return EVERY_DAY
    if text in _SETS:
        return _SETS[text]
    days = 0
    for part in re.split(r" ?(?:,|;|/|\band\b| ) ?", re.sub(r" ?[-–] ?", "-", text)):
        if part in _SETS:
            days |= _SETS[part]
        elif part:
            first, _, last = part.partition("-")
            start, end = _weekday(first, text), _weekday(last or first, text)
            for step in range((end - start) % 7 + 1):
                days |= 1 << (start + step) % 7
    if not days:
        raise NotDaysError(text)
    return days


def weekdays_in(days: int) -> str:
    """The days in words: "every day", "Monday to Friday", or their names."""
    named = {EVERY_DAY: "every day", 0b0011111: "Monday to Friday", 0b1100000: "Saturday and Sunday"}
    return named.get(days) or ", ".join(name.title() for nth, name in enumerate(_WEEKDAYS) if days >> nth & 1)


def meant_for(rule: HighlightRule, day: date) -> datetime | None:
    """The instant that a date's highlight is meant for, by the rule as it is now."""
    return instant(day, rule.minute, rule.zone)


def _weekday(typed: str, whole: str) -> int:
    found = [nth for nth, name in enumerate(_WEEKDAYS) if len(typed) >= 2 and name.startswith(typed.rstrip("."))]
    if len(found) != 1:
        raise NotDaysError(whole)
    return found[0]


def _is_place(name: str) -> bool:
    return "/" in name and not name.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/"))
