from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import SecretStr

from companion.archive.language_model import Usage
from companion.bot.config import ConfigurationError, Settings, read_settings
from companion.bot.language_model import chat_model, cost_of, endpoint_of, price_of
from companion.community.budgets import ALL_SERVERS_A_DAY, Price
from companion.storage.budgets import Limits
from tests.clocks import StoppedClock

KEY = SecretStr("sk-very-secret")


def test_without_a_name_there_is_no_model_whatever_else_is_set(clock: StoppedClock) -> None:
    assert chat_model(Settings(openai_api_key=KEY, openai_base_url="http://a/v1"), clock) is None


def test_a_name_without_a_place_is_refused_with_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="set OPENAI_API_KEY, or OPENAI_BASE_URL"):
        endpoint_of(Settings(companion_model="parrot-1"))


def test_an_endpoint_of_one_s_own_needs_no_key() -> None:
    endpoint = endpoint_of(Settings(companion_model="parrot-1", openai_base_url="http://10.0.0.5:8000/v1"))

    assert endpoint is not None
    assert (endpoint.model, endpoint.host) == ("parrot-1", "10.0.0.5")


def test_the_time_for_an_answer_bounds_all_the_others() -> None:
    endpoint = endpoint_of(Settings(companion_model="m", openai_api_key=KEY, companion_model_seconds=8))

    assert endpoint is not None
    assert (endpoint.patience.first, endpoint.patience.between, endpoint.patience.whole) == (4.0, 4.0, 8.0)


def test_an_answer_s_most_is_a_full_prompt_and_the_longest_reply(clock: StoppedClock) -> None:
    settings = Settings(companion_model="parrot-1", openai_api_key=KEY, companion_model_prices="parrot-1=0.5/2")
    model = chat_model(settings, clock)
    assert model is not None

    cost = cost_of(model, settings)

    assert cost.most == Usage(4000, 3000)
    assert cost.micros(Usage(1000, 100)) == 700
    assert cost.ceiling == ALL_SERVERS_A_DAY


def test_the_operator_bounds_what_all_servers_may_use_or_lifts_that(clock: StoppedClock) -> None:
    settings = Settings(
        companion_model="parrot-1",
        openai_api_key=KEY,
        companion_model_tokens_a_day=0,
        companion_model_dollars_a_day=3,
    )
    model = chat_model(settings, clock)
    assert model is not None

    assert cost_of(model, settings).ceiling == Limits(tokens=None, micros=3_000_000)


PRICES = "parrot-1 = 0.25/2, meta/llama:8b=0/0,\nother=1.10 / 4.40"


@pytest.mark.parametrize(
    ("model", "price"),
    [
        ("parrot-1", Price(Decimal("0.25"), Decimal(2))),
        ("meta/llama:8b", Price(Decimal(0), Decimal(0))),
        ("other", Price(Decimal("1.10"), Decimal("4.40"))),
        ("parrot", None),
    ],
)
def test_a_table_of_prices_is_read(monkeypatch: pytest.MonkeyPatch, model: str, price: Price | None) -> None:
    monkeypatch.setenv("COMPANION_MODEL_PRICES", PRICES)

    assert price_of(model, read_settings().companion_model_prices) == price


@pytest.mark.parametrize("prices", ["0.25", "m=1", "m=1/2/3", "m=a/b", "m=-1/2", "=1/2", "m=1/2;n=1/2", "m=1e9/2"])
def test_a_table_that_cannot_be_read_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, prices: str) -> None:
    monkeypatch.setenv("COMPANION_MODEL_PRICES", prices)

    with pytest.raises(ConfigurationError, match=r"COMPANION_MODEL_PRICES: .*write it like some-model=0.25/2"):
        read_settings()
