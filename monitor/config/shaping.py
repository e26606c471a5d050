"""From the tables of a TOML file to the types of `settings`, with every mistake told and not only the
first.

What is wrong falls back to its default or is left out, so that the rest can be checked too; the caller
must not use the result when there are problems.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path as FilePath
from typing import Annotated, Any

import msgspec
from msgspec import inspect

from monitor.alerting.rhythm import EXAMPLES, HOURS, Quiet, Rhythm, WrongRhythm
from monitor.config.durations import WrongDuration, parse_duration
from monitor.config.errors import nearest, quoted, suggestion
from monitor.config.places import Path
from monitor.config.report import Report
from monitor.config.secrets import VARIABLE, is_variable
from monitor.config.settings import File

# form → what reads it, how it is written
_CLOCKS: dict[str, tuple[Callable[[str], object], str]] = {
    "rhythm": (Rhythm.parse, EXAMPLES),
    "hours": (Quiet.parse, HOURS),
}
WRONG = object()  # the value could not be used, and why was reported
SEVERITIES = ("noise", "minor", "major", "critical")


def shape(report: Report) -> File:
    """The file as types. Problems are in the report."""
    whole = inspect.type_info(File)
    assert isinstance(whole, inspect.StructType)
    shaped = _Shaper(report).struct((), whole, dict(report.raw))
    assert isinstance(shaped, File)  # no key is required at the top
    return shaped


def unwrapped(kind: inspect.Type) -> tuple[inspect.Type, dict[str, Any]]:
    """A type without its annotations and without None (TOML has none), and the extras of its annotations."""
    extra: dict[str, Any] = {}
    while True:
        if isinstance(kind, inspect.Metadata):
            extra = {**(kind.extra or {}), **extra}
            kind = kind.type
        elif isinstance(kind, inspect.UnionType) and any(isinstance(t, inspect.NoneType) for t in kind.types):
            others = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
            if len(others) != 1:
                return kind, extra
            kind = others[0]
        else:
            return kind, extra


def choices(kind: inspect.LiteralType) -> list[str]:
    """The values of a choice; severities by weight, others by name."""
    values = [str(value) for value in kind.values]
    return sorted(values, key=SEVERITIES.index) if set(values) <= set(SEVERITIES) else values


def wants(kind: inspect.Type, extra: dict[str, Any]) -> str:
    """What a key wants, in words."""
    match kind:
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType(ge=least, le=most):
            return f"a whole number from {least} to {most}"
        case inspect.TimeDeltaType():
            return "a duration such as `60s`, `1h` or `7d`"
        case inspect.LiteralType():
            return "one of " + ", ".join(f"`{value}`" for value in choices(kind))
        case inspect.CustomType():
            return "a path, in quotes"
        case inspect.VarTupleType(item_type=item):
            inner, _ = unwrapped(item)
            if isinstance(inner, inspect.LiteralType):
                return "a list of " + ", ".join(f"`{value}`" for value in inner.values)
            return 'a list of texts, `["…", "…"]`'
        case inspect.DictType():
            return 'a table of texts, `{ name = "…" }`'
        case inspect.StrType():
            return "an address, `https://…`" if extra.get("form") == "address" else "a text, in quotes"
        case _:
            return "a table"


class _Shaper:
    def __init__(self, report: Report) -> None:
        self._report = report

    def value(self, path: Path, kind: inspect.Type, value: Any) -> Any:
        examples = _examples(kind)
        kind, extra = unwrapped(kind)
        if extra.get("secret") or (_holds_secrets(kind) and not isinstance(value, list)):
            return self._secret(path, kind, value, examples)
        if extra.get("masked") and not isinstance(value, str):
            self._report.problem(path, f"`{_key(path)}` wants {wants(kind, extra)}")
            return WRONG
        if isinstance(value, str) and path[0] != "notifiers" and VARIABLE.search(value):
            self._report.problem(
                path,
                f"`{_key(path)}` holds a variable: {quoted(value)}",
                hint="variables are filled in only in [notifiers.NAME], and where a secret is wanted",
            )
            return WRONG
        match kind:
            case inspect.StructType():
                return self._table(path, kind, value)
            case inspect.UnionType():
                return self._tagged(path, kind, value)
            case inspect.VarTupleType():
                return self._list(path, kind, extra, value)
            case inspect.DictType():
                return self._named(path, kind, extra, value)
            case inspect.TimeDeltaType():
                return self._duration(path, value)
            case inspect.StrType() if extra.get("form") in _CLOCKS:
                return self._clock(path, extra["form"], value)
            case _:
                return self._plain(path, kind, extra, value)

    def struct(self, path: Path, kind: inspect.StructType, value: dict[str, Any]) -> Any:
        """One table. WRONG when something that it needs is not there."""
        fields = {field.encode_name: field for field in kind.fields}
        valid = [*([kind.tag_field] if kind.tag_field else []), *fields]
        made: dict[str, Any] = {}
        usable = True
        for key, inner in value.items():
            if key == kind.tag_field:
                continue
            if key not in fields:
                what = "table" if not path else "registry" if path == ("registries",) else "key"
                self._report.problem((*path, key), f"unknown {what}: `{key}`", hint=suggestion(key, valid))
                continue
            shaped = self.value((*path, key), fields[key].type, inner)
            if shaped is not WRONG:
                made[fields[key].name] = shaped
            elif fields[key].required:
                usable = False
        for key, field in fields.items():
            if field.required and key not in value:
                self._report.problem(path, f"`{key}` is missing", hint=_example(key, field.type))
                usable = False
        if usable:
            return kind.cls(**made)
        self._report.unusable.add(path)
        return WRONG

    def _table(self, path: Path, kind: inspect.StructType, value: Any) -> Any:
        if isinstance(value, dict):
            return self.struct(path, kind, value)
        name = ".".join(str(part) for part in path)
        if isinstance(value, list):
            self._report.problem(
                path, f"`{path[-1]}` is there as a list: `[[{name}]]`", hint=f"write `[{name}]`, once"
            )
        else:
            begin = f"[[{path[0]}]]" if isinstance(path[-1], int) else f"[{name}]"
            self._report.problem(
                path, f"`{_key(path)}` wants a table: {quoted(value)}", hint=f"begin it with `{begin}`"
            )
        self._report.unusable.add(path)
        return WRONG

    def _tagged(self, path: Path, kind: inspect.UnionType, value: Any) -> Any:
        """A table whose `type` says which keys it has."""
        kinds = {str(one.tag): one for one in kind.types if isinstance(one, inspect.StructType)}
        if not isinstance(value, dict):
            self._report.problem(
                path,
                f"`{path[-1]}` stands where a name is wanted",
                hint="begin the table with `[notifiers.NAME]`",
            )
            return WRONG
        tag = value.get("type", WRONG)
        if tag is WRONG:
            self._report.problem(path, "`type` is missing", hint=suggestion("", list(kinds)))
            return WRONG
        if not isinstance(tag, str) or tag not in kinds:
            self._report.problem(
                (*path, "type"), f"unknown type: {quoted(tag)}", hint=suggestion(str(tag), list(kinds))
            )
            return WRONG
        return self.struct(path, kinds[tag], value)

    def _list(self, path: Path, kind: inspect.VarTupleType, extra: dict[str, Any], value: Any) -> Any:
        inner, _ = unwrapped(kind.item_type)
        tables = isinstance(inner, inspect.StructType)
        if not isinstance(value, list):
            if tables:
                self._report.problem(
                    path,
                    f"`{path[-1]}` is there as a single table: `[{path[-1]}]`",
                    hint=f"write `[[{path[-1]}]]`, with two brackets, once for each",
                )
            else:
                hint = f"put it in brackets: `[{quoted(value)[1:-1]}]`" if isinstance(value, str) else None
                self._report.problem(
                    path, f"`{_key(path)}` wants {wants(kind, extra)}: {quoted(value)}", hint=hint
                )
            return WRONG
        if len(value) < (kind.min_length or 0):
            self._report.problem(path, f"`{_key(path)}` is an empty list: `[]`")
            return WRONG
        shaped = [self.value((*path, at), kind.item_type, one) for at, one in enumerate(value)]
        good = tuple(one for one in shaped if one is not WRONG)
        return good if tables or len(good) == len(shaped) else WRONG

    def _named(self, path: Path, kind: inspect.DictType, extra: dict[str, Any], value: Any) -> Any:
        if not isinstance(value, dict):
            self._report.problem(path, f"`{_key(path)}` wants {wants(kind, extra)}: {quoted(value)}")
            return WRONG
        shaped = {key: self.value((*path, key), kind.value_type, one) for key, one in value.items()}
        return {key: one for key, one in shaped.items() if one is not WRONG}

    def _duration(self, path: Path, value: Any) -> timedelta | Any:
        try:
            if isinstance(value, str):
                return parse_duration(value)
        except WrongDuration:
            pass
        near = f'`{_key(path)} = "{value}s"`?' if isinstance(value, int) and value is not True else None
        self._report.problem(
            path,
            f"`{_key(path)}` wants a duration such as `60s`, `1h` or `7d`: {quoted(value)}",
            hint=f"did you mean {near}" if near else "units are `ms`, `s`, `m`, `h`, `d`, `w` and `y`",
        )
        return WRONG

    def _clock(self, path: Path, form: str, value: Any) -> str | Any:
        """Hours of the day, or a rhythm: kept as it is written."""
        parse, what = _CLOCKS[form]
        try:
            if isinstance(value, str):
                parse(value)
                return value
        except WrongRhythm:
            pass
        self._report.problem(path, f"`{_key(path)}` cannot be read: {quoted(value)}", hint=f"write {what}")
        return WRONG

    def _secret(self, path: Path, kind: inspect.Type, value: Any, examples: list[Any]) -> Any:
        """One secret, or what stands where a list of them is wanted."""
        many = _holds_secrets(kind)
        if not many and isinstance(value, str) and is_variable(value):
            return value
        # The value is never shown: it may be the secret itself.
        key = _key(path)
        example = (examples[0][0] if many else examples[0]) if examples else f"${{{key.upper()}}}"
        written = f'"{example}"', f'"${{file:{key}}}"'
        if many or isinstance(path[-1], int):
            written = f"[{written[0]}]", f"[{written[1]}]"
        what = "must be a list of variables" if many else "must be a variable"
        self._report.problem(
            path,
            f"`{key}` {what}: secrets never stand in the file",
            hint=f"write `{key} = {written[0]}`, of the environment, or `{key} = {written[1]}`;"
            " replace a secret that stood here",
        )
        return WRONG

    def _plain(self, path: Path, kind: inspect.Type, extra: dict[str, Any], value: Any) -> Any:
        hint = None
        if isinstance(kind, inspect.CustomType):
            if isinstance(value, str) and value.strip() and "\0" not in value:
                return FilePath(value)
        elif isinstance(kind, inspect.LiteralType):
            if value in kind.values:
                return value
            near = nearest(value, choices(kind)) if isinstance(value, str) else None
            hint = f"did you mean `{near}`?" if near else None
        else:
            if isinstance(kind, inspect.StrType) and value == "":
                self._report.problem(path, f"`{_key(path)}` is empty")
                return WRONG
            try:
                return msgspec.convert(value, _plain_type(kind))
            except msgspec.ValidationError:
                pass
        self._report.problem(path, f"`{_key(path)}` wants {wants(kind, extra)}: {quoted(value)}", hint=hint)
        return WRONG


def _plain_type(kind: inspect.Type) -> Any:
    """The Python type, with its bounds, of a value that msgspec checks by itself."""
    match kind:
        case inspect.StrType(pattern=pattern):
            return Annotated[str, msgspec.Meta(pattern=pattern)] if pattern else str
        case inspect.IntType(ge=least, le=most):
            return Annotated[int, msgspec.Meta(ge=least, le=most)]
        case _:
            return bool


def _holds_secrets(kind: inspect.Type) -> bool:
    """Whether a key wants a list of secrets."""
    return isinstance(kind, inspect.VarTupleType) and bool(unwrapped(kind.item_type)[1].get("secret"))


def _examples(kind: inspect.Type) -> list[Any]:
    return (kind.extra_json_schema or {}).get("examples", []) if isinstance(kind, inspect.Metadata) else []


def _example(key: str, kind: inspect.Type) -> str | None:
    """How a key that is missing could be written."""
    examples = _examples(kind)
    if not examples:
        return None
    return f"such as `{key} = {json.dumps(examples[0], ensure_ascii=False)}`"


def _key(path: Path) -> str:
    """The key as it stands in its table."""
    names = [part for part in path if isinstance(part, str)]
    return names[-1]
