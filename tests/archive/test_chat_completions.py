"""The real client against a loopback server that speaks the protocol."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from companion.archive.chat_completions import LONGEST_REPLY, ChatModel
from companion.archive.chat_endpoint import ChatEndpoint, Patience
from companion.archive.language_model import NOTHING_USED, LanguageModelError, Usage
from companion.archive.prompt import Prompt
from tests.clocks import StoppedClock
from tests.language_models import KEY, MODEL, End, ModelServer, Reply

PROMPT = Prompt("Cite.", "What heats the hive?")
SAID = "The bees heat it themselves [1]. They shiver [2]."


@pytest_asyncio.fixture
async def model(model_server: ModelServer, clock: StoppedClock) -> AsyncGenerator[ChatModel]:
    model = ChatModel(model_server.endpoint(), clock)
    yield model
    await model.close()


async def said(model: ChatModel) -> tuple[str, Usage]:
    """The whole reply and what it cost."""
    pieces = [piece async for piece in model.stream(PROMPT)]
    assert isinstance(pieces[-1], Usage)
    return "".join(piece for piece in pieces if isinstance(piece, str)), pieces[-1]


async def failure(model: ChatModel) -> LanguageModelError:
    with pytest.raises(LanguageModelError) as caught:
        await said(model)
    return caught.value


class TestAReply:
    async def test_it_comes_in_pieces_with_its_usage_last(self, model: ChatModel, model_server: ModelServer) -> None:
        model_server.will(Reply(SAID, pieces=5, usage=(321, 12)))

        pieces = [piece async for piece in model.stream(PROMPT)]

        assert len(pieces) == 6
        assert await said(model) == (SAID, Usage(321, 12))
        (call, _) = model_server.asked
        assert [message["role"] for message in call["messages"]] == ["system", "user"]
        assert call["model"] == MODEL
        assert call["stream_options"] == {"include_usage": True}
        assert model_server.keys == [f"Bearer {KEY}"] * 2

    async def test_usage_is_estimated_where_nobody_tells_it(self, model: ChatModel, model_server: ModelServer) -> None:
        model_server.will(Reply("Twelve signs", usage=None))

        assert await said(model) == ("Twelve signs", Usage(7, 3))

    @pytest.mark.parametrize("unknown", ["stream_options", "temperature", "max_completion_tokens"])
    async def test_what_an_endpoint_does_not_know_is_left_out_from_then_on(
        self, model: ChatModel, model_server: ModelServer, unknown: str
    ) -> None:
        model_server.unknown = {unknown}
        model_server.will(Reply(SAID))

        await said(model)
        calls_so_far = len(model_server.keys)
        await said(model)

        assert calls_so_far == 2
        assert len(model_server.keys) == 3
        assert all(unknown not in call for call in model_server.asked)
        assert ("max_tokens" in model_server.asked[-1]) is (unknown == "max_completion_tokens")

    async def test_whoever_stops_reading_ends_the_call(self, model: ChatModel, model_server: ModelServer) -> None:
        model_server.will(Reply(SAID, end=End.STALLED), Reply(SAID))

        stream = model.stream(PROMPT)
        await anext(stream)
        await stream.aclose()

        assert (await said(model))[0] == SAID

    async def test_comments_that_keep_the_line_open_are_no_words(
        self, model: ChatModel, model_server: ModelServer
    ) -> None:
        model_server.will(Reply(raw=b": still here\n\n" * 3, end=End.STALLED))

        assert (await failure(model)).kind == "slow"


FAILURES = {
    "a wrong key": (Reply.refusal(401), "status 401", "refuses my key"),
    "a key without the right": (Reply.refusal(403), "status 403", "refuses my key"),
    "an unknown model": (Reply.refusal(404), "status 404", "does not exist"),
    "a bad request": (Reply.refusal(400), "status 400", "does not take"),
    "an overlong prompt": (Reply.refusal(413), "status 413", "too long"),
    "too many questions": (Reply.refusal(429), "rate", "takes no more questions"),
    "an empty account": (
        Reply(status=429, body='{"error": {"message": "pay", "code": "insufficient_quota"}}'),
        "quota",
        "takes no more questions",
    ),
    "a fault of theirs": (Reply.refusal(500), "status 500", "out of order"),
    "a gateway's page": (Reply(status=502, body="<html>Bad gateway</html>"), "status 502", "out of order"),
    "silence": (Reply(end=End.STALLED), "slow", "took too long"),
    "a stall": (Reply(SAID, end=End.STALLED), "stalled", "took too long"),
    "a disconnect": (Reply(SAID, end=End.DISCONNECTED), "disconnected", "broke off"),
    "a disconnect at once": (Reply(end=End.DISCONNECTED), "disconnected", "broke off"),
    "no end": (Reply(SAID, finish=None), "disconnected", "broke off"),
    "JSON that breaks off": (Reply(raw=b'data: {"choices": [{"del\n\n'), "malformed", "cannot be read"),
    "JSON that goes deep": (Reply(raw=b"data: " + b"[" * 200_000 + b"\n\n"), "malformed", "cannot be read"),
    "bytes that are no text": (Reply(raw=b"data: \xff\xfe\n\n"), "malformed", "cannot be read"),
    "a compressed stream": (Reply(SAID, headers={"Content-Encoding": "x-zip"}), "malformed", "cannot be read"),
    "a web page": (Reply(raw=b"<html><body>Welcome</body></html>\n"), "empty", "with nothing"),
    "nothing": (Reply(""), "empty", "with nothing"),
    "blanks": (Reply(" \n \n"), "empty", "with nothing"),
    "JSON of other kinds": (Reply(raw=b'data: 7\n\ndata: {"choices": {"a": 1}}\n\n'), "empty", "with nothing"),
    "pieces that are no text": (
        Reply(raw=b'data: {"choices": [{"delta": {"content": {"a": 1}}, "finish_reason": 3}]}\n\n'),
        "empty",
        "with nothing",
    ),
    "an error in the stream": (Reply(raw=b'data: {"error": {"message": "cuda"}}\n\n'), "failed", "in the middle"),
    "a reply held back": (Reply(SAID, finish="content_filter"), "filtered", "held its answer back"),
    "200 KB": (Reply("Bees heat. " * 18_000), "too long", "did not come to an end"),
    "200 KB in one piece": (Reply("x" * 200_000, pieces=1), "too long", "did not come to an end"),
    "a line without end": (Reply(raw=b"data: " + b" " * (5 << 20)), "too long", "did not come to an end"),
}


class TestFailures:
    @pytest.mark.parametrize("name", FAILURES)
    async def test_each_is_one_sentence_and_a_kind_after_one_call(
        self, model: ChatModel, model_server: ModelServer, caplog: pytest.LogCaptureFixture, name: str
    ) -> None:
        caplog.set_level(logging.INFO)
        reply, kind, words = FAILURES[name]
        model_server.will(reply)

        error = await failure(model)

        assert error.kind == kind
        assert words in str(error)
        assert str(error).count(".") == 1
        assert len(model_server.keys) == 1
        assert f"failed: {kind}" in caplog.text
        for secret in (KEY, "bees", "heats"):
            assert secret not in caplog.text
            assert secret not in str(error)
        assert error.__cause__ is None

    async def test_an_endpoint_that_is_not_there_is_said_to_be_out_of_reach(
        self, model_server: ModelServer, clock: StoppedClock
    ) -> None:
        nowhere = replace(model_server.endpoint(), base_url="http://127.0.0.1:9/v1")

        error = await failure(ChatModel(nowhere, clock))

        assert error.kind == "unreachable"
        assert error.usage == NOTHING_USED

    @pytest.mark.parametrize("url", ["http://[::1", "nonsense", "ftp://a/b"])
    async def test_so_is_an_address_that_is_none(self, clock: StoppedClock, url: str) -> None:
        error = await failure(ChatModel(ChatEndpoint(MODEL, KEY, url), clock))

        assert error.kind == "unreachable"

    async def test_a_reply_that_trickles_ends_with_the_time_for_the_whole(
        self, model_server: ModelServer, clock: StoppedClock
    ) -> None:
        model_server.will(Reply("word " * 40, pieces=40, pause=0.05))
        patience = Patience(1.0, 1.0, 1.0, whole=0.4)
        begun = asyncio.get_running_loop().time()

        error = await failure(ChatModel(model_server.endpoint(patience), clock))

        assert error.kind == "stalled"
        assert asyncio.get_running_loop().time() - begun < 1.5

    async def test_what_was_written_until_then_counts_as_used(
        self, model: ChatModel, model_server: ModelServer
    ) -> None:
        model_server.will(Reply(SAID, end=End.DISCONNECTED), Reply.refusal(500))

        broken, refused = await failure(model), await failure(model)

        assert broken.usage == Usage(7, 13)
        assert refused.usage == NOTHING_USED

    async def test_the_bound_is_far_above_an_answer(self, model: ChatModel, model_server: ModelServer) -> None:
        model_server.will(Reply("x" * LONGEST_REPLY))

        assert len((await said(model))[0]) == LONGEST_REPLY


class TestRetryAfter:
    async def test_the_endpoint_is_left_alone_for_as_long_as_it_asks(
        self, model: ChatModel, model_server: ModelServer, clock: StoppedClock
    ) -> None:
        model_server.will(Reply.refusal(429, retry_after="30"), Reply(SAID))

        first = await failure(model)
        clock.advance(timedelta(seconds=29))
        second = await failure(model)
        clock.advance(timedelta(seconds=2))

        assert (first.retry_after, second.retry_after) == (30.0, pytest.approx(1.0))
        assert second.kind == "resting"
        assert len(model_server.keys) == 1
        assert (await said(model))[0] == SAID

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [("", None), ("soon", None), ("nan", None), ("-5", None), ("0", None), ("1e9", 3600.0), ("inf", 3600.0)],
    )
    async def test_what_makes_no_sense_is_passed_over(
        self, model: ChatModel, model_server: ModelServer, header: str, seconds: float | None
    ) -> None:
        model_server.will(Reply.refusal(429, retry_after=header))

        assert (await failure(model)).retry_after == seconds

    async def test_it_may_be_a_date(self, model: ChatModel, model_server: ModelServer, clock: StoppedClock) -> None:
        later = clock.now() + timedelta(minutes=2)
        model_server.will(Reply.refusal(429, retry_after=f"{later:%a, %d %b %Y %H:%M:%S} GMT"))

        assert (await failure(model)).retry_after == pytest.approx(120.0, abs=1.0)


def test_a_key_is_in_no_description() -> None:
    assert KEY not in repr(ChatEndpoint(MODEL, KEY))
