"""JSON types as schemas with names that people and generated clients can use.

msgspec writes JSON Schema 2020-12, which OpenAPI 3.1 takes as it is; only the names are ours: `Listed[Numbered]` is
`ListedNumbered`, and of two rooms that call different types the same, the later one's room stands before the name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

_REF = "#/components/schemas/"
Schema = dict[str, Any]


class Types:
    """Collects components as addresses ask for their schemas, in the order of the addresses."""

    def __init__(self) -> None:
        self._components: dict[str, Schema] = {}
        self._contents: dict[str, str] = {}  # by name, everything that the type is made of

    @property
    def components(self) -> dict[str, Schema]:
        return dict(sorted(self._components.items()))

    def schema(self, kind: Any, *, room: str) -> Schema:
        """The schema of a type, as a rule a reference to a component. room: whose address asks."""
        (found,), components = msgspec.json.schema_components([kind], ref_template=_REF + "{name}")
        names = {old: self._name(old, components, room) for old in components}
        for old, schema in components.items():
            self._components[names[old]] = _described(_renamed(schema, names), names[old])
        return _described(_renamed(found, names), None)

    def _name(self, old: str, components: Mapping[str, Schema], room: str) -> str:
        content = json.dumps(_whole(components[old], components, (old,)))
        plain = "".join(one[:1].upper() + one[1:] for one in re.split(r"[\W_]+", old) if one)
        for name in (plain, room.capitalize() + plain):
            if self._contents.setdefault(name, content) == content:
                return name
        raise ValueError(f"two types of the room {room} are called {old}")


def name_of(schema: Schema) -> str | None:
    """The component that a schema refers to; None when it refers to none."""
    ref: str = schema.get("$ref", "")
    return ref.removeprefix(_REF) or None


def in_words(schema: Schema) -> str:
    """A schema in a few words, as `text or null`, `list of Change`."""
    if name := name_of(schema):
        return name
    if "anyOf" in schema:
        kinds = [in_words(one) for one in schema["anyOf"] if one.get("const") != ""]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in schema:
        choices = [str(one) for one in schema["enum"] if one != ""]
        return "one of " + ", ".join(choices) if len(choices) > 1 else f"always {choices[0]}"
    match schema.get("type"):
        case "array":
            return f"list of {in_words(schema.get('items') or {})}"
        case "object" if isinstance(schema.get("additionalProperties"), dict):
            return f"object of {in_words(schema['additionalProperties'])}"
        case "string":
            return {"date": "day", "date-time": "instant"}.get(schema.get("format", ""), "text")
        case "boolean":
            return "true or false"
        case str(kind):
            return kind
    return "any JSON"


def _whole(value: Any, components: Mapping[str, Schema], within: tuple[str, ...]) -> Any:
    """A schema with what it refers to in the place of the references; a type within itself stays one."""
    if isinstance(value, dict):
        name = name_of(value)
        if name is not None and name not in within:
            return _whole(components[name], components, (*within, name))
        return {key: _whole(inner, components, within) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(one, components, within) for one in value]
    return value


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        if name := name_of(value):
            return {**value, "$ref": _REF + names[name]}
        return {key: _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    return value


def _described(schema: Schema, name: str | None) -> Schema:
    """The docstring as one paragraph; the title as the name."""
    described = dict(schema)
    if name is not None:
        described["title"] = name
    if "description" in described:
        described["description"] = " ".join(described["description"].split())
    return described
