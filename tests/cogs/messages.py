"""Reading what the bot showed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import simcord


def shown(result: simcord.InteractionResult) -> str:
    """All text of the answer to an interaction: the response's, and that of messages that followed."""
    messages = [result.response, *result.followups]
    return "\n".join(text_of(message) for message in messages if message is not None)


def text_of(message: simcord.ResponseMessage) -> str:
    """All text of a message, its displays from top to bottom."""
    texts = [str(part["content"]) for part in walk(message.components) if part.get("type") == 10]
    return "\n".join([message.content, *texts]).strip()


def said_in(env: simcord.Env, channel: simcord.ChannelHandle) -> list[str]:
    """The texts of the messages in a channel, the oldest first."""
    found: list[str] = []
    for message in sorted(channel.history(), key=lambda one: one.id):
        stored = env.backend.get_message(channel.id, message.id)
        texts = [str(part["content"]) for part in walk(stored.components) if part.get("type") == 10]
        found.append("\n".join([stored.content, *texts]).strip())
    return found


def buttons(message: simcord.ResponseMessage) -> dict[str, list[str]]:
    """The custom_ids of a message's buttons, by label, from top to bottom."""
    found: dict[str, list[str]] = {}
    for part in walk(message.components):
        if part.get("type") == 2 and "custom_id" in part:
            found.setdefault(str(part.get("label")), []).append(str(part["custom_id"]))
    return found


def walk(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Every component, nested ones after the one that holds them."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        if component.get("accessory"):
            yield from walk([component["accessory"]])


def only(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """The message that answered an interaction."""
    assert result.response is not None, "the interaction was not answered by a message"
    return result.response
