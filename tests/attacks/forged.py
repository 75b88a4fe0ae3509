"""Custom ids that somebody made up: of every button and menu that the running bot answers, from its own pattern."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import simcord

from tests.cogs.managers import bot_of
from tests.cogs.messages import only
from tests.cogs.test_strangers import Strangers, forged

_parser: Any = import_module("re._parser")
_LONGEST = 100
_FEW_NUMBERS = (0, 1, 2, 3)
_TEXTS = ("winter", "%", "_", "\\", "'", '"', "\u202e", "@everyone", "\x00", "é" * 20, ":", "a" * 60)
MENUS = ("episodes:open", "follow:stop")
"""These are no buttons: what is chosen in them is forged elsewhere."""


def patterns(strangers: Strangers) -> list[re.Pattern[str]]:
    """What the bot's buttons and menus answer to."""
    state: Any = bot_of(strangers.world)._connection  # pyright: ignore[reportPrivateUsage]
    return list(state._view_store._dynamic_items)


def custom_ids(strangers: Strangers, of_each: int) -> list[str]:
    """Of each pattern so many, with numbers of what there is in both servers, with none, and with the largest; and
    those that other tests forge, for both servers."""
    chance = random.Random(9)
    sides = (strangers.here, strangers.there)
    known = [*_FEW_NUMBERS]
    for side in sides:
        known += [side.episode_id, side.search_id, side.question_id, side.correction_id, side.clip_id, side.duel_id]
        known += [side.paper_id, side.guest_id, side.asked_id, side.wish_id, side.session_id, side.podcast.id]
        known += [side.member.id, side.manager.id, side.member.guild.id, side.channel.id]
    made = [one for side in sides for one in forged(side)]
    for pattern in patterns(strangers):
        if pattern.pattern in MENUS:
            continue
        tree = list(_parser.parse(pattern.pattern, pattern.flags))
        drawn = {_made(tree, chance, known) for _ in range(of_each)}
        made += sorted(one for one in drawn if len(one) <= _LONGEST and pattern.fullmatch(one))
    return list(dict.fromkeys(made))


@dataclass(slots=True)
class Presses:
    """Somebody who presses what they made up, on an answer of their own; on a new one where that is deleted. A user is
    one in direct messages."""

    strangers: Strangers
    member: simcord.MemberActor | simcord.UserHandle
    message: simcord.ResponseMessage | None = None

    async def press(self, custom_id: str) -> simcord.InteractionResult:
        backend = self.strangers.world.env.backend
        try:
            assert self.message is not None
            stored = backend.get_message(self.message.channel_id, self.message.id)
        except (AssertionError, simcord.BackendError):
            self.message = await self._answer()
            stored = backend.get_message(self.message.channel_id, self.message.id)
        button = {"type": 2, "style": 2, "label": "made up", "custom_id": custom_id}
        stored.components = [{"type": 1, "components": [button]}]
        return await self.member.click(self.message, custom_id=custom_id)

    async def _answer(self) -> simcord.ResponseMessage:
        here = self.strangers.here
        if isinstance(self.member, simcord.UserHandle):
            return only(await self.member.slash("help"))
        return only(await self.member.slash(here.channel, "search", query=here.invented.said))


def _made(nodes: Sequence[Any], chance: random.Random, known: Sequence[int]) -> str:
    return "".join(part for node in nodes for part in _of_node(node, chance, known))


def _of_node(node: Any, chance: random.Random, known: Sequence[int]) -> Iterator[str]:
    operation, value = str(node[0]), node[1]
    if operation == "LITERAL":
        yield chr(value)
    elif operation == "BRANCH":
        yield _made(chance.choice(value[1]), chance, known)
    elif operation == "SUBPATTERN":
        yield _made(value[3], chance, known)
    elif operation == "IN":
        yield _one_of(value, chance)
    elif operation == "ANY":
        yield chance.choice("a %'é")
    elif operation in ("MAX_REPEAT", "MIN_REPEAT"):
        yield _repeated(value, chance, known)


def _repeated(value: Any, chance: random.Random, known: Sequence[int]) -> str:
    least, most, body = value
    ((kind, members), *more) = list(body)
    if not more and str(kind) == "IN" and _is_digits(members):
        fitting = [str(one) for one in known if least <= len(str(one)) <= most]
        return chance.choice([*fitting, "9" * min(most, 20), "0".zfill(max(least, 1))])
    if not more and str(kind) == "ANY":
        return chance.choice([text for text in _TEXTS if least <= len(text) <= most] or ["a" * least])
    times = chance.randint(least, min(most, least + 3))
    return "".join(_made(list(body), chance, known) for _ in range(times))


def _is_digits(members: Sequence[Any]) -> bool:
    return [(str(kind), value) for kind, value in members] == [("RANGE", (48, 57))]


def _one_of(members: Sequence[Any], chance: random.Random) -> str:
    if str(members[0][0]) == "NEGATE":
        return "x"
    kind, value = chance.choice(list(members))
    return chr(value) if str(kind) == "LITERAL" else chr(chance.randint(*value))
