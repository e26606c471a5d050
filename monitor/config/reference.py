"""The reference page and the JSON Schema of config.toml, from its types: neither can say what the reader
does not do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from monitor.config.checking import TAGS
from monitor.config.durations import duration_text
from monitor.config.settings import File
from monitor.config.shaping import unwrapped, wants
from monitor.registries.ctgov_query import PARAMETERS

_HEAD = """\
# config.toml

Written by `make docs` from the types in `monitor/config/settings.py`.

The file is looked for where `--config` says, else in the working folder (`config.toml`), else in the user's
configuration folder (`$XDG_CONFIG_HOME/trialbell/config.toml`, by default `~/.config/trialbell/config.toml`).
A wrong key, type or value is told with its line and the nearest valid name, all of them at once, and nothing
starts. `trialbell init NCT07146087` writes a file to begin with. Editors that know JSON Schema complete the
keys from `docs/config.schema.json` (a first line `#:schema docs/config.schema.json`, or its address).

- Paths are relative to the file; `~` is your home.
- Durations are a number and a unit: `500ms`, `60s`, `5m`, `1h`, `7d`, `2w`, `3y` (a year is 365 days).
- `${NAME}` in a notifier's table is that variable of the environment, `${file:PATH}` what stands in that file, on
  its one line (`${file:${CREDENTIALS_DIRECTORY}/slack}`). They are asked for only by commands that send; a secret is
  always given so and never stands in config.toml.
- Without any `[[route]]`, every notifier gets everything from `minor` up.
"""


def reference() -> str:
    """docs/reference/config.md, whole."""
    parts = [_HEAD]
    for heading, text, kind in _tables():
        parts.append(f"## {heading}\n\n{text}\n")
        parts.append("| key | what it wants | default | |\n|---|---|---|---|")
        if kind.tag_field:
            parts.append(f"| `{kind.tag_field}` | `{kind.tag}` | needed | Which sort of notifier. |")
        parts += [_row(field) for field in kind.fields]
        parts.append("")
    parts.append("## The keys of a query\n")
    parts.append("The registry's own parameters under shorter names; several must all hold.\n")
    parts.append("| key | the registry's parameter |\n|---|---|")
    parts += [f"| `{key}` | `{parameter}` |" for key, parameter in PARAMETERS.items()]
    parts.append("")
    parts.append("## `[severity]`\n")
    parts.append(_field("severity") + "\n")
    parts.append("The fields' names are in [fields.md](fields.md).\n")
    parts.append("## Tags\n")
    parts.append("A route's `tags` may be: " + ", ".join(f"`{tag}`" for tag in TAGS) + ".\n")
    return "\n".join(parts)


def schema() -> str:
    """docs/config.schema.json, whole."""
    whole = msgspec.json.schema(File, schema_hook=_custom, ref_template="#/$defs/{name}")
    definitions = whole["$defs"]
    for kind in _structs(inspect.type_info(File)):
        properties = definitions[kind.cls.__name__]["properties"]
        for field in kind.fields:
            _mend(properties[field.encode_name], field)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "config.toml of trialbell",
        **_without_null(whole),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _tables() -> Iterator[tuple[str, str, inspect.StructType]]:
    """Heading, text and keys of each table, in the file's order."""
    for field in _struct(inspect.type_info(File)).fields:
        name, text = field.encode_name, _description(field)
        shape, _ = unwrapped(field.type)
        match shape:
            case inspect.VarTupleType(item_type=inspect.StructType() as member):
                yield f"`[[{name}]]`", text, member
            case inspect.DictType(value_type=inspect.UnionType(types=members)):
                for one in map(_struct, members):
                    about = (one.cls.__doc__ or "").strip()
                    yield f'`[{name}.NAME]` with `type = "{one.tag}"`', f"{about} {text}", one
            case inspect.StructType() if name == "registries":
                for inner in shape.fields:
                    yield (
                        f"`[{name}.{inner.encode_name}]`",
                        _description(inner),
                        _struct(unwrapped(inner.type)[0]),
                    )
            case inspect.StructType():
                yield f"`[{name}]`", text, shape


def _row(field: inspect.Field) -> str:
    kind, extra = unwrapped(field.type)
    default = "needed" if field.required else _default(field, extra)
    examples = _schema_extra(field).get("examples", [])
    shown = " For instance " + " or ".join(f"`{_toml(one)}`" for one in examples) + "." if examples else ""
    what = "a variable, `${NAME}` or `${file:PATH}`" if extra.get("secret") else wants(kind, extra)
    return f"| `{field.encode_name}` | {what} | {default} | {_description(field)}{shown} |"


def _default(field: inspect.Field, extra: dict[str, Any]) -> str:
    if "default" in extra:
        return f"`{_toml(extra['default'])}`"
    if field.default is None or field.default is msgspec.NODEFAULT:
        return "–"
    return f"`{_toml(field.default)}`"


def _toml(value: Any) -> str:
    """A value as it would stand in the file."""
    if isinstance(value, timedelta):
        return f'"{duration_text(value)}"'
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def _mend(property_: dict[str, Any], field: inspect.Field) -> None:
    """What msgspec cannot know: our durations are no ISO ones, and paths have defaults."""
    _, extra = unwrapped(field.type)
    for part in (property_, *property_.get("anyOf", ())):
        if part.get("format") == "duration":
            del part["format"]
    if isinstance(field.default, timedelta):
        property_["default"] = duration_text(field.default)
    elif isinstance(field.default, msgspec.Struct):
        property_.pop("default", None)  # a table's own keys have their defaults
    if "default" in extra:
        property_["default"] = extra["default"]


def _without_null(node: Any) -> Any:
    """TOML has no null: a key that may be absent is absent."""
    if isinstance(node, list):
        return [_without_null(one) for one in node]
    if not isinstance(node, dict):
        return node
    node = {key: _without_null(one) for key, one in node.items() if not (key == "default" and one is None)}
    kinds = [one for one in node.get("anyOf", []) if one != {"type": "null"}]
    if "anyOf" in node and len(kinds) < len(node["anyOf"]):
        del node["anyOf"]
        node = {**kinds[0], **node} if len(kinds) == 1 else {**node, "anyOf": kinds}
    return node


def _structs(kind: inspect.Type) -> Iterator[inspect.StructType]:
    kind, _ = unwrapped(kind)
    match kind:
        case inspect.StructType():
            yield kind
            for field in kind.fields:
                yield from _structs(field.type)
        case inspect.VarTupleType(item_type=inner) | inspect.DictType(value_type=inner):
            yield from _structs(inner)
        case inspect.UnionType(types=types):
            for one in types:
                yield from _structs(one)


def _custom(kind: type) -> dict[str, Any]:
    if kind is Path:
        return {"type": "string"}
    raise NotImplementedError(kind)


def _struct(kind: inspect.Type) -> inspect.StructType:
    assert isinstance(kind, inspect.StructType)
    return kind


def _field(name: str) -> str:
    fields = _struct(inspect.type_info(File)).fields
    return _description(next(field for field in fields if field.encode_name == name))


def _description(field: inspect.Field) -> str:
    return str(_schema_extra(field).get("description", ""))


def _schema_extra(field: inspect.Field) -> dict[str, Any]:
    return (field.type.extra_json_schema or {}) if isinstance(field.type, inspect.Metadata) else {}
