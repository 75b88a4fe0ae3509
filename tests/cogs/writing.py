"""The bees' server with a language model: the real client, against a server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

import pytest
import simcord

from companion.archive.chat_completions import ChatModel
from companion.archive.encoders import ToyEncoder
from companion.archive.language_model import Usage
from companion.archive.prompt import Prompt
from companion.bot.client import CompanionBot
from companion.cogs.pacing import paced
from companion.community.budgets import ModelCost, Price
from companion.storage import questions
from companion.storage.questions import Question
from tests.cogs.asking import QUESTION, last_answer
from tests.cogs.conftest import World, loaded
from tests.cogs.managers import bot_of
from tests.cogs.messages import text_of
from tests.language_models import ModelServer, serving_model
from tests.publisher import loopback_fetcher

GOOD = "The bees heat the hive themselves: they shiver in a cluster [1]. “A hive does not freeze from cold” [1]."
QUOTED = "the bees heat it themselves"
PRICE = Price(Decimal("0.25"), Decimal(2))


@dataclass
class Written:
    """The bees' server, with a model."""

    world: World
    model: ModelServer
    clients: list[ChatModel] = field(default_factory=list[ChatModel])

    async def ask(self, question: str = QUESTION, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
        """Asks, and waits until nothing is written any more."""
        await (who or self.world.priya).slash(self.world.channel, "ask", question=question)
        return await self.finished()

    async def finished(self) -> simcord.ResponseMessage:
        """The last answer, when it is final."""
        for _ in range(500):
            answer = last_answer(self.world)
            if "eing written" not in text_of(answer):
                await self.world.env.settle()
                return answer
            await asyncio.sleep(0.02)
        raise AssertionError(text_of(last_answer(self.world)))

    async def record(self, answer: simcord.ResponseMessage) -> Question:
        async with self.world.database.read() as connection:
            found = await questions.shown_by(connection, self.world.guild.id, answer.id)
        assert found is not None
        return found

    async def restart(self) -> None:
        self.clients.append(ChatModel(self.model.endpoint(), self.world.database.clock))
        await self.world.become(writing_bot(self.world, self.clients[-1]))
        await loaded(bot_of(self.world))


State = TypeVar("State")


async def outside(env: simcord.Env, states: AsyncGenerator[State]) -> AsyncGenerator[State]:
    """The same states. The simulation does not wait for them, so that what is there before can be looked at."""
    async with aclosing(states):
        while True:
            try:
                state = await env.external_wait(anext(states), reason="the endpoint")
            except StopAsyncIteration:
                return
            yield state


class Outside:
    """The model, whose words the simulation does not wait for."""

    def __init__(self, env: simcord.Env, model: ChatModel) -> None:
        self._env = env
        self._model = model
        self.name, self.most_tokens = model.name, model.most_tokens

    def stream(self, prompt: Prompt) -> AsyncGenerator[str | Usage]:
        return outside(self._env, self._model.stream(prompt))


def writing_bot(world: World, model: ChatModel) -> CompanionBot:
    return CompanionBot(
        world.database,
        ToyEncoder,
        fetcher=loopback_fetcher(),
        language_model=Outside(world.env, model),
        cost=ModelCost(Usage(4000, 3000), PRICE),
        shard_count=1,
    )


@asynccontextmanager
async def writing(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Written]:
    """The bees' server from here on with a model."""

    def paced_outside(states: AsyncGenerator[State]) -> AsyncGenerator[State]:
        return outside(world.env, paced(states))

    monkeypatch.setattr("companion.cogs.answer_messages.paced", paced_outside)
    async with serving_model() as model:
        found = Written(world, model)
        await found.restart()
        yield found
        for client in found.clients:
            await client.close()
