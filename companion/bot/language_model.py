"""The language model that the settings name, and what its answers may cost."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from companion.archive.answering import PROMPT_TOKENS
from companion.archive.language_model import LanguageModel, Usage
from companion.bot.config import ConfigurationError, Settings
from companion.community.budgets import MICROS_A_DOLLAR, ModelCost, Price
from companion.storage.budgets import Limits
from companion.storage.clock import Clock

if TYPE_CHECKING:  # the client takes its time to import, and most do without it
    from companion.archive.chat_completions import ChatModel
    from companion.archive.chat_endpoint import ChatEndpoint


def endpoint_of(settings: Settings) -> ChatEndpoint | None:
    """Where the model is asked; None where there is none. Raises `ConfigurationError`."""
    if settings.companion_model is None:
        return None
    from companion.archive.chat_endpoint import ChatEndpoint, Patience

    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise ConfigurationError(
            "COMPANION_MODEL names a language model, but not where it is: set OPENAI_API_KEY, or OPENAI_BASE_URL for an"
            " endpoint of your own, or leave COMPANION_MODEL empty."
        )
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    whole = float(settings.companion_model_seconds)
    patience = Patience(first=whole / 2, between=min(whole / 2, Patience().between), whole=whole)
    return ChatEndpoint(settings.companion_model, key, settings.openai_base_url, patience)


def chat_model(settings: Settings, clock: Clock) -> ChatModel | None:
    """The model; None where there is none. Whoever gets it closes it. Raises `ConfigurationError`."""
    endpoint = endpoint_of(settings)
    if endpoint is None:
        return None
    from companion.archive.chat_completions import ChatModel

    return ChatModel(endpoint, clock)


def cost_of(model: LanguageModel, settings: Settings) -> ModelCost:
    """What an answer by the model costs at most, and what all may cost together."""
    ceiling = Limits(
        tokens=settings.companion_model_tokens_a_day or None,
        micros=settings.companion_model_dollars_a_day * MICROS_A_DOLLAR or None,
    )
    price = price_of(model.name, settings.companion_model_prices)
    return ModelCost(Usage(PROMPT_TOKENS, model.most_tokens), price, ceiling)


def price_of(model: str, prices: str | None) -> Price | None:
    """The model's price in a table as COMPANION_MODEL_PRICES has it."""
    for entry in (prices or "").split(","):
        name, _, price = entry.partition("=")
        if name.strip() == model and price:
            prompt, _, completion = price.partition("/")
            return Price(Decimal(prompt.strip()), Decimal(completion.strip()))
    return None
