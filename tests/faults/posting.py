"""The job of posting by itself: a highlight every day, and news of episodes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

from companion.bot.client import CompanionBot
from companion.storage import channels, highlight_rules, subscriptions
from companion.storage.channels import Purpose
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from tests import samples
from tests.faults.bot_jobs import BotJob, live_until
from tests.faults.jobs import require
from tests.faults.places import NOON, KeptClock, Place, rows_of
from tests.faults.world import World
from tests.wire.server import CHANNEL_ID, GUILD_ID

_BEES = replace(samples.BEES, key="bees")
"""A podcast without a feed, which nobody asks."""
_DAYS = 3
_EVERY = timedelta(hours=6)


class Post(BotJob):
    """Three days of a server that has a daily highlight, and of an episode that is news."""

    name = "post"

    async def prepare(self, place: Place, world: World, dice: Random) -> None:
        clock = KeptClock(place)
        rule = HighlightRule(
            GUILD_ID, CHANNEL_ID, "UTC", NOON.hour * 60 + 30, EVERY_DAY, Approval.NONE, None, 1, clock.now()
        )
        async with await Database.open(place.url, clock) as database:
            podcast = await samples.store_podcast(database, _BEES, samples.bee_readings())
            async with database.write() as connection:
                await subscriptions.subscribe(connection, GUILD_ID, podcast.id, clock.now())
                await channels.choose(connection, GUILD_ID, Purpose.NEWS, CHANNEL_ID, 1, clock.now())
                await highlight_rules.put(connection, rule)
            clock.advance(timedelta(minutes=5))
            turns = [samples.Turn("Mara Lindqvist", 0.0, 40.0, False, "Today the drones leave, and nobody minds.")]
            new = samples.reading("The Drones Leave", turns, published=clock.now())
            await samples.store_podcast(database, _BEES, [new])

    async def live(self, place: Place, bot: CompanionBot, clock: KeptClock) -> None:
        await bot.schedule.tick()
        for step in range(1, int(timedelta(days=_DAYS) / _EVERY) + 1):
            await live_until(bot, clock, NOON + step * _EVERY)
            # What was held by a worker that was killed is free by the next time.
            place.acknowledge(clock.now().isoformat())
        posted = rows_of(place.database, "SELECT count(*) FROM highlight_slots WHERE state = 'posted'")
        place.acknowledge("posted", posted[0][0])

    async def check_stopped(self, place: Place, world: World) -> None:
        """What is noted as sent was sent, and nothing twice."""
        # Nobody takes over a claim so soon that Discord knew a message by its nonce still.
        world.messages.forget_nonces()
        said = Counter(str(one.sent.get("components")) for one in world.messages.all.values())
        twice = [text for text, times in said.items() if times > 1]
        require(not twice, "sent twice:", twice)
        noted = rows_of(
            place.database,
            "SELECT message_id FROM highlight_slots WHERE state = 'posted'"
            " UNION ALL SELECT message_id FROM announcements WHERE message_id IS NOT NULL",
        )
        require(all(number in world.messages.all for (number,) in noted), "noted and never sent:", noted)

    async def check_done(self, place: Place, world: World) -> None:
        await self.check_stopped(place, world)
        slots = rows_of(place.database, "SELECT day, kind, state, message_id FROM highlight_slots")
        daily = [(day, state) for day, kind, state, _ in slots if kind == "daily"]
        news = rows_of(place.database, "SELECT DISTINCT message_id FROM announcements")
        require(len(daily) == _DAYS and all(state == "posted" for _, state in daily), "highlights:", slots)
        require(len(news) == 1 and news[0][0] is not None, "news:", news)
        sent = len(world.messages.all)
        require(sent == _DAYS + 1, "messages:", sent)
