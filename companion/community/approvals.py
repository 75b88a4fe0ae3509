"""What managers decide about a highlight before it is posted: the last offer for a date is the one that counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from companion.community.daily_posts import Choose, offers_of
from companion.storage import highlight_slots
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.highlight_slots import DAILY, Slot, State, offer_kind

MOST_OFFERS = 10
"""Offers for one date."""
TURNED_DOWN = "A manager turned it down."


class TooLateError(CompanionError):
    """The day's highlight is posted or skipped."""

    def __init__(self) -> None:
        super().__init__(
            "This is decided already: that day's highlight was posted or skipped. See `/highlights schedule`."
        )


class NoLongerOfferedError(CompanionError):
    """Another clip was offered since, or somebody is about to."""

    def __init__(self) -> None:
        super().__init__("Somebody was quicker, and this is not what is offered now: look at the message again.")


class NothingElseError(CompanionError):
    """There is no other clip for the date."""

    def __init__(self) -> None:
        super().__init__(
            "There is nothing else that is good enough and was not heard lately. Post this one, or skip it."
        )


class Approvals:
    """Decisions about offers, over one database."""

    def __init__(self, database: Database, choose: Choose) -> None:
        self._database = database
        self._choose = choose

    async def approve(self, guild_id: int, day: date, number: int) -> Slot:
        """Lets the offer be posted when it is due. Raises `TooLateError` and `NoLongerOfferedError`."""
        async with self._database.write() as connection:
            daily = await highlight_slots.get(connection, guild_id, DAILY, day)
            offer = _standing(daily, await highlight_slots.get(connection, guild_id, offer_kind(number), day))
            approved = replace(offer, state=State.APPROVED)
            await highlight_slots.put(connection, approved)
        return approved

    async def skip(self, guild_id: int, day: date, number: int) -> Slot:
        """Lets the date go without a highlight. Raises as `approve` does."""
        async with self._database.write() as connection:
            daily = await highlight_slots.get(connection, guild_id, DAILY, day)
            offer = _standing(daily, await highlight_slots.get(connection, guild_id, offer_kind(number), day))
            turned_down = replace(offer, state=State.SKIPPED)
            await highlight_slots.put(connection, turned_down)
            none = Slot(guild_id, DAILY, day, State.SKIPPED, reason=TURNED_DOWN)
            await highlight_slots.put(connection, none)
        return turned_down

    async def another(self, guild_id: int, day: date, number: int) -> Slot:
        """Offers another clip in the same message. Raises as `approve` does, and `NothingElseError`."""
        async with self._database.read() as connection:
            slots = await highlight_slots.of_servers(connection, [guild_id], day)
        of_day = {slot.kind: slot for slot in slots if slot.day == day}
        _standing(of_day.get(DAILY), of_day.get(offer_kind(number)))
        offers = offers_of(slots, day)
        refused = [one.clip_id for one in offers if one.clip_id is not None]
        chosen = await self._choose(guild_id, day, refused) if len(offers) < MOST_OFFERS else None
        if chosen is None:
            raise NothingElseError
        async with self._database.write() as connection:
            daily = await highlight_slots.get(connection, guild_id, DAILY, day)
            offer = _standing(daily, await highlight_slots.get(connection, guild_id, offer_kind(number), day))
            await highlight_slots.put(connection, replace(offer, state=State.SKIPPED))
            following = replace(
                offer,
                kind=offer_kind(number + 1),
                state=State.PROPOSED,
                clip_id=chosen.clip_id,
                reason=chosen.reason,
            )
            await highlight_slots.put(connection, following)
        return following


def _standing(daily: Slot | None, offer: Slot | None) -> Slot:
    """The offer, if it can still be decided on: an approved one too, as long as it was not posted."""
    if daily is not None:
        raise TooLateError
    if offer is None or offer.state not in (State.PROPOSED, State.APPROVED):
        raise NoLongerOfferedError
    return offer
