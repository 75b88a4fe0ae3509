"""The endpoint of the language model, asked on the loopback."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from companion.bot.config import Settings
from companion.bot.doctor import language_model
from companion.bot.doctor.findings import Severity
from tests.bot.doctor.said import of, worst
from tests.language_models import KEY, MODEL, ModelServer


def configured(server: ModelServer, *, key: str = KEY, model: str = MODEL, path: str = "/v1") -> Settings:
    return Settings(
        companion_model=model,
        openai_api_key=SecretStr(key),
        openai_base_url=f"{server.url}{path}",
        companion_model_prices=f"{model}=0.25/2",
    )


async def test_none_is_fine() -> None:
    found = await language_model.check(Settings(openai_api_key=SecretStr(KEY)))

    assert "No language model is configured" in of(Severity.OK, found)


async def test_one_without_a_place_is_an_error() -> None:
    found = await language_model.check(Settings(companion_model=MODEL))

    assert "not where it is" in of(Severity.ERROR, found)


async def test_a_good_one_is_fine_and_costs_no_call(model_server: ModelServer) -> None:
    found = await language_model.check(configured(model_server))

    assert worst(found) is Severity.OK
    assert "the key is accepted" in of(Severity.OK, found)
    assert model_server.asked == []


async def test_a_wrong_key_is_told_and_not_repeated(model_server: ModelServer) -> None:
    found = await language_model.check(configured(model_server, key="sk-wrong"))

    assert "refuses the key (status 401)" in of(Severity.ERROR, found)
    assert "sk-wrong" not in str(found)


async def test_a_misspelt_model_is_told_with_those_that_are_there(model_server: ModelServer) -> None:
    found = await language_model.check(configured(model_server, model="parott"))

    assert f"is not among its models ({MODEL}, …)" in of(Severity.WARNING, found)


async def test_an_endpoint_without_a_list_may_be_fine(model_server: ModelServer) -> None:
    found = await language_model.check(configured(model_server, path="/other"))

    assert worst(found) is Severity.OK
    assert "doesn't list its models" in of(Severity.OK, found)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://[::1", "nonsense"])
async def test_one_that_is_out_of_reach_is_an_error(url: str) -> None:
    found = await language_model.check(
        Settings(companion_model=MODEL, openai_base_url=url, companion_model_prices=f"{MODEL}=0/0")
    )

    assert "cannot be reached" in of(Severity.ERROR, found)


async def test_a_price_that_is_not_known_is_a_hint(model_server: ModelServer) -> None:
    settings = configured(model_server).model_copy(update={"companion_model_prices": None})

    found = await language_model.check(settings)

    assert worst(found) is Severity.HINT
    assert "budgets in money do not hold" in of(Severity.HINT, found)
