"""Whether what is sent to Discord fits Discord's own description of its HTTP interface, which is no part of this
repository: without the file nothing is looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator, ValidationError, validators
from referencing import Registry
from referencing.jsonschema import DRAFT202012

FILE = Path(__file__).parent.parent.parent.parent / "shared" / "discord" / "openapi.json"
_AT = "urn:discord"
_TELLING = ("type", "entity_type")
"""What says which branch of a union something is."""
_IDS = ("message_id", "channel_id", "guild_id", "recipient_id")

Schema = dict[str, Any]


class OpenApi:
    """The description in a file."""

    def __init__(self, file: Path) -> None:
        self._document: Schema = json.loads(file.read_text(encoding="utf-8"))
        resource = DRAFT202012.create_resource(self._document)
        self._registry: Registry[Any] = Registry[Any]().with_resource(_AT, resource)
        self._paths = [(_pattern(path), path) for path in self._document["paths"]]
        plain = Draft202012Validator.VALIDATORS
        extend = cast("Callable[..., Any]", validators.extend)  # pyright: ignore[reportUnknownMemberType]
        unions = {name: self._by_type(plain[name]) for name in ("oneOf", "anyOf")}
        self._validator: Any = extend(Draft202012Validator, unions)
        self._made: dict[tuple[str, str], Any] = {}

    def wrong(self, method: str, path: str, body: Any) -> list[str]:
        """What is wrong with a request's body, each as a place and a sentence."""
        validator = self._for(method.lower(), path)
        if validator is None:
            return [f"{method} {path}: there is no such request with a body"]
        errors: Iterator[ValidationError] = validator.iter_errors(_with_ids(body))
        return [f"{method} {path} {error.json_path}: {error.message[:300]}" for error in errors]

    def _for(self, method: str, path: str) -> Any:
        fitting = [known for pattern, known in self._paths if pattern.fullmatch(path)]
        # The one that names most of it: /messages/@original rather than /messages/{message_id}.
        for known in sorted(fitting, key=lambda one: one.count("{")):
            told = self._document["paths"][known].get(method, {}).get("requestBody")
            if told is None:
                continue
            if (method, known) not in self._made:
                pointer = "/".join(
                    part.replace("~", "~0").replace("/", "~1")
                    for part in ("paths", known, method, "requestBody", "content", "application/json", "schema")
                ).replace("{", "%7B")
                reference = {"$ref": f"{_AT}#/{pointer.replace('}', '%7D')}"}
                self._made[method, known] = self._validator(reference, registry=self._registry)
            return self._made[method, known]
        return None

    def _by_type(self, otherwise: Any) -> Any:
        """A union whose message is about the branch that was meant, where a type says which it is."""

        def validate(validator: Any, branches: Sequence[Schema], instance: Any, schema: Schema) -> Any:
            meant = list(branches)
            if isinstance(instance, dict):
                objects = [one for one in branches if "properties" in self._resolved(one)]
                for key in _TELLING:
                    if key in instance and all(key in self._resolved(one)["properties"] for one in objects):
                        meant = [one for one in objects if instance[key] in self._allowed(one, key)]
            if len(meant) == 1:
                yield from validator.descend(instance, meant[0])
            else:
                yield from otherwise(validator, meant or branches, instance, schema)

        return validate

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return schema

    def _allowed(self, branch: Schema, key: str) -> list[Any]:
        told = self._resolved(self._resolved(branch)["properties"][key])
        return told.get("enum") or [one["const"] for one in told.get("oneOf", ()) if "const" in one]


@cache
def described() -> OpenApi | None:
    """Discord's description; None where it is not here."""
    return OpenApi(FILE) if FILE.exists() else None


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(path)))


def _with_ids(body: Any) -> Any:
    """The library sends some ids as numbers, which Discord takes."""
    if not isinstance(body, dict):
        return body
    sent = _with_texts(cast("Schema", body))
    reference: Schema | None = sent.get("message_reference")
    if reference:
        sent["message_reference"] = _with_texts(reference)
    attachments: list[Schema] = sent.get("attachments") or []
    if attachments:
        sent["attachments"] = [one | {"id": str(one["id"])} for one in attachments]
    data: Any = sent.get("data")
    return sent | {"data": _with_ids(data)} if data else sent


def _with_texts(sent: Schema) -> Schema:
    return {key: str(value) if key in _IDS and isinstance(value, int) else value for key, value in sent.items()}
