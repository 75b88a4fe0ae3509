"""The language model that writes answers: is one named, does it answer, is the key taken, what does it cost?"""

from __future__ import annotations

from collections.abc import Sequence

from companion.bot.config import ConfigurationError, Settings
from companion.bot.doctor.findings import Finding, error, hint, ok, warning
from companion.bot.language_model import endpoint_of, price_of

_WITHOUT = "Until then answers are quotations alone."
_MOST_NAMED = 3


async def check(settings: Settings) -> Sequence[Finding]:
    """Asks the endpoint for the list of its models, which costs nothing."""
    try:
        endpoint = endpoint_of(settings)
    except ConfigurationError as wrong:
        return [error(str(wrong), f"Correct .env. {_WITHOUT}")]
    if endpoint is None:
        return [ok("No language model is configured: answers are quotations, which cost nothing.")]
    from companion.archive.chat_endpoint import EndpointError, known_models

    place = f"{endpoint.model} at {endpoint.host}"
    try:
        known = await known_models(endpoint)
    except EndpointError as failed:
        return [_failure(place, failed.status)]
    found: list[Finding] = []
    if known is None:
        found.append(ok(f"{place} answers, but doesn't list its models: whether it has this one is not known."))
    elif endpoint.model in known:
        found.append(ok(f"{place} is there, and the key is accepted."))
    else:
        others = ", ".join(sorted(known)[:_MOST_NAMED])
        found.append(warning(f"{place} is not among its models ({others}, …).", "Correct COMPANION_MODEL."))
    if price_of(endpoint.model, settings.companion_model_prices) is None:
        found.append(
            hint(
                f"What {endpoint.model} costs is not known, so budgets in money do not hold for it.",
                f"Put COMPANION_MODEL_PRICES={endpoint.model}=… into .env, if it costs anything.",
            )
        )
    return found


def _failure(place: str, status: int | None) -> Finding:
    match status:
        case None:
            return error(f"{place} cannot be reached.", f"Check OPENAI_BASE_URL, and the network. {_WITHOUT}")
        case 401 | 403:
            return error(f"{place} refuses the key (status {status}).", f"Check OPENAI_API_KEY. {_WITHOUT}")
        case 429:
            return warning(f"{place} takes no more for now (status 429).", "Look at the account's quota.")
        case _:
            return warning(f"{place} is out of order (status {status}).", f"Try again later. {_WITHOUT}")
