"""The job of telling what a club's session brings: its post, its thread, reminders, direct messages, the link."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from companion.bot.client import CompanionBot
from companion.community.attendance import Attendance
from companion.community.clubs import Clubs
from companion.storage.engine import Database
from companion.storage.rsvps import Answer
from tests.community.clubs import CHANNEL, GUILD, begin, friday, propose
from tests.faults.bot_jobs import BotJob, live_until
from tests.faults.jobs import require
from tests.faults.places import NOON, KeptClock, Place, rows_of
from tests.faults.world import World
from tests.wire.payloads import TEXT, VOICE, WireGuild

START = friday(20)
_DUE = (NOON, START - timedelta(days=3), START - timedelta(days=1), START - timedelta(hours=1), START)
"""When something comes due."""
_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 13, 25))
"""So long after that the bot looks; a claim of a worker that was killed lasts ten minutes."""
_DIRECTLY = (701, 703)


def club_world() -> World:
    """A Discord with the server of the clubs, a channel for words and one for voices."""
    return World(
        guilds={GUILD: WireGuild(GUILD, channels={CHANNEL.channel_id: (TEXT, "club"), 12: (VOICE, "Lounge")})},
        keeps=False,
    )


class Remind(BotJob):
    """A week before a session, to which four come, of whom two are reminded by direct message."""

    name = "remind"

    def __init__(self) -> None:
        self._whole: Counter[int] | None = None

    def world(self) -> World:
        return club_world()

    async def prepare(self, place: Place, world: World, dice: Random) -> None:
        async with await Database.open(place.url, KeptClock(place)) as database:
            session = (await begin(database)).coming[0]
            await Clubs(database).schedule(GUILD, session.id, await propose(database, "Moss"))
            for member in (701, 702, 703, 704):
                await Attendance(database).answer(GUILD, session.id, member, Answer.GOING)
            for member in _DIRECTLY:
                await Attendance(database).remind_directly(GUILD, session.id, member)

    async def live(self, place: Place, bot: CompanionBot, clock: KeptClock) -> None:
        for instant in _looks():
            await live_until(bot, clock, instant)
            place.acknowledge(instant.isoformat())

    async def check_stopped(self, place: Place, world: World) -> None:
        """What is noted as sent was sent, and nothing twice."""
        # Nobody takes over a claim so soon that Discord knew a message by its nonce still.
        world.messages.forget_nonces()
        said = Counter((one.channel_id, str(one.sent.get("components"))) for one in world.messages.all.values())
        twice = [text for text, times in said.items() if times > 1]
        require(not twice, "sent twice:", twice)
        noted = rows_of(place.database, "SELECT key, message_id FROM outbox WHERE state = 'sent'")
        never = [key for key, number in noted if number not in world.messages.all]
        require(not never, "noted and never sent:", never)
        require(len({number for _, number in noted}) == len(noted), "one message for two notices:", noted)

    async def check_done(self, place: Place, world: World) -> None:
        await self.check_stopped(place, world)
        states = rows_of(place.database, "SELECT key, state FROM outbox")
        require(all(state == "sent" for _, state in states), "not told:", [one for one in states if one[1] != "sent"])
        # By channel: the club's, the thread's, those of direct messages.
        told = Counter(world.direct_of(one.channel_id) or one.channel_id for one in world.messages.all.values())
        require(len(world.messages.threads) == 1, "threads:", list(world.messages.threads))
        self._whole = self._whole or told
        require(sum(told.values()) == sum(self._whole.values()), "messages:", told, "without a kill:", self._whole)


def _looks() -> list[datetime]:
    return [at + later for at in _DUE for later in _AFTER]
