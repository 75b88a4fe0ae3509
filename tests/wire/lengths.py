"""Limits of Discord's that its description does not tell, or tells more generously.

https://discord.com/developers/docs/components/reference and /docs/resources/message
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

COMPONENTS_V2 = 1 << 15
_CONTENT, _TEXTS, _EMBEDS, _COMPONENTS = 2_000, 4_000, 6_000, 40
_ROW, _BUTTON, _SELECTS, _TEXT, _MODAL = 1, 2, (3, 5, 6, 7, 8), 10, 9
_IN_A_ROW, _OPTIONS, _TITLE, _COMMANDS = 5, 25, 45, 100
_LINK, _PREMIUM = 5, 6
_EXTERNAL, _PLACE, _EVENT, _ABOUT_EVENT = 3, 100, 100, 1_000
_NAME = re.compile(r"[-_'\w]{1,32}")
_DESCRIPTION = 100

Body = dict[str, Any]


def wrong(method: str, route: str, body: Any) -> list[str]:
    """What is wrong with a request's body. ``route`` has names in place of ids."""
    if route.endswith("/commands"):
        return [told for command in body for told in _command(command)]
    if route.endswith("/callback"):
        data: Body = body.get("data") or {}
        if body["type"] == _MODAL:
            return list(_form(data))
        return list(_choices(data) if "choices" in data else _message(data, new=body["type"] in (4, 7)))
    if "/scheduled-events" in route:
        return list(_event(body, new=method == "POST"))
    if route.endswith(("/messages", "/messages/{message}", "/webhooks/{webhook}/{token}")):
        told = list(_message(body, new=method == "POST"))
        if route.endswith("/messages") and not (body.get("nonce") and body.get("enforce_nonce")):
            told.append("a message without a nonce")
        return told
    return []


def parts(components: list[Body]) -> Iterator[Body]:
    """All components, those within others after them."""
    for one in components:
        yield one
        inner: list[Body] = [*(one.get("components") or ()), *([one["accessory"]] if one.get("accessory") else ())]
        if isinstance(one.get("component"), dict):
            inner.append(one["component"])
        yield from parts(inner)


def _message(body: Body, *, new: bool) -> Iterator[str]:
    content: str = body.get("content") or ""
    components: list[Body] = body.get("components") or []
    if new and not (content or components or body.get("embeds") or body.get("attachments") or body.get("poll")):
        yield "an empty message"
    if _units(content) > _CONTENT:
        yield f"content of {_units(content)} characters"
    if (body.get("flags") or 0) & COMPONENTS_V2 and (content or body.get("embeds")):
        yield "content or embeds beside components of the second version"
    embeds: list[Body] = body.get("embeds") or []
    if sum(_units(text) for embed in embeds for text in _texts(embed)) > _EMBEDS:
        yield "embeds with too many characters"
    yield from _components(components)
    mentions: Body | None = body.get("allowed_mentions")
    if new and mentions is None and content:
        yield "a message that may mention anybody"
    if mentions and set(mentions.get("parse") or ()):
        yield f"a message that may mention {mentions['parse']}"


def _components(components: list[Body]) -> Iterator[str]:
    every = list(parts(components))
    if len(every) > _COMPONENTS:
        yield f"{len(every)} components"
    texts = sum(_units(one.get("content") or "") for one in every if one["type"] == _TEXT)
    if texts > _TEXTS:
        yield f"texts of {texts} characters"
    for one in every:
        if one["type"] == _TEXT and not one.get("content"):
            yield "an empty text"
        if one["type"] == _BUTTON:
            linked = one["style"] == _LINK
            if linked == ("custom_id" in one) or linked != ("url" in one):
                yield f"a button that leads nowhere, or to two places: {one}"
            if not (one.get("label") or one.get("emoji")) and one["style"] != _PREMIUM:
                yield "a button without a face"
        if one["type"] == _ROW and not 1 <= len(one["components"]) <= _IN_A_ROW:
            yield f"a row of {len(one['components'])}"
        if one["type"] in _SELECTS and "options" in one:
            values = [option["value"] for option in one["options"]]
            if not 1 <= len(values) <= _OPTIONS or len(set(values)) < len(values):
                yield f"a menu with {len(values)} options, or with one of them twice"
    ids = Counter(one["custom_id"] for one in every if one.get("custom_id"))
    yield from (f"custom_id {one} twice" for one, times in ids.items() if times > 1)


def _choices(data: Body) -> Iterator[str]:
    if len(data["choices"]) > _OPTIONS:
        yield f"{len(data['choices'])} choices"
    for one in data["choices"]:
        if not 1 <= _units(one["name"]) <= 100 or _units(str(one["value"])) > 100:
            yield f"a choice of {_units(one['name'])} characters"


def _form(data: Body) -> Iterator[str]:
    if not 1 <= _units(data["title"]) <= _TITLE:
        yield f"a form's title of {_units(data['title'])} characters"
    if not 1 <= len(data["components"]) <= _IN_A_ROW:
        yield f"a form of {len(data['components'])} rows"
    yield from _components(data["components"])


def _event(body: Body, *, new: bool) -> Iterator[str]:
    if new and body.get("entity_type") == _EXTERNAL and not body.get("scheduled_end_time"):
        yield "an event elsewhere without an end"
    metadata: Body = body.get("entity_metadata") or {}
    place: str = metadata.get("location") or ""
    if _units(place) > _PLACE or _units(body.get("name") or "") > _EVENT:
        yield "an event with a name or place too long"
    if _units(body.get("description") or "") > _ABOUT_EVENT:
        yield "an event with too long a description"


def _command(command: Body) -> Iterator[str]:
    options: list[Body] = command.get("options") or []
    menu = command.get("type", 1) != 1
    if not menu and (_NAME.fullmatch(command["name"]) is None or command["name"] != command["name"].lower()):
        yield f"a command named {command['name']}"
    if not menu and not 1 <= _units(command["description"]) <= _DESCRIPTION:
        yield f"a command whose description has {_units(command['description'])} characters"
    if len(options) > _OPTIONS:
        yield f"a command with {len(options)} options"
    for one in options:
        yield from _command({"type": 1} | {key: value for key, value in one.items() if key != "type"})


def _texts(embed: Body) -> Iterator[str]:
    yield from (embed.get("title") or "", embed.get("description") or "")
    footer: Body = embed.get("footer") or {}
    author: Body = embed.get("author") or {}
    yield from (footer.get("text") or "", author.get("name") or "")
    for one in embed.get("fields") or ():
        yield from (one["name"], one["value"])


def _units(text: str) -> int:
    """Characters as Discord counts them at worst: in UTF-16."""
    return len(text.encode("utf-16-le")) // 2
