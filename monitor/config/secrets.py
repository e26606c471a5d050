"""Variables of the environment in a notifier's table: `${NAME}`, filled in only for those who send.

A secret leaves this module wrapped in `Secret`; no error of this module holds a value, only names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from monitor.config.errors import ConfigError, Problem
from monitor.config.notifiers import Notifier
from monitor.config.settings import Config

if TYPE_CHECKING:
    from notifiers.secret import Secret

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", re.ASCII)


def is_variable(text: str) -> bool:
    """Whether a text is one variable and nothing else."""
    return VARIABLE.fullmatch(text) is not None


class Expanded(msgspec.Struct, frozen=True, kw_only=True):
    """A notifier's table with its variables filled in; secrets apart, their keys in `settings` as in the
    file."""

    name: str
    settings: Notifier
    secrets: Mapping[str, Secret]  # by key: {"token": Secret(…)}


def expanded(config: Config, name: str, environ: Mapping[str, str]) -> Expanded:
    """One notifier, ready to be built. Raises ConfigError naming every variable that is unset or empty."""
    from notifiers.secret import Secret

    table = config.notifiers[name]
    secret_keys = _secret_keys(type(table))
    secrets: dict[str, Secret] = {}
    plain: dict[str, Any] = {}
    problems: list[Problem] = []
    for key in table.__struct_fields__:
        value = getattr(table, key)
        if not isinstance(value, str | Path) or not VARIABLE.search(str(value)):
            continue
        missing = [found for found in VARIABLE.findall(str(value)) if not environ.get(found)]
        problems += [_unset(config, name, key, variable, set_=variable in environ) for variable in missing]
        if missing:
            continue
        filled = VARIABLE.sub(lambda found: environ[found.group(1)], str(value))
        if key in secret_keys:
            secrets[key] = Secret(filled.strip())
        else:
            plain[key] = config.file.parent / filled if isinstance(value, Path) else filled
    if problems:
        raise ConfigError(problems)
    return Expanded(name=name, settings=msgspec.structs.replace(table, **plain), secrets=secrets)


def secrets(config: Config, environ: Mapping[str, str]) -> dict[str, Expanded]:
    """All notifiers, ready to be built. Raises ConfigError with what is unset in any of them."""
    ready: dict[str, Expanded] = {}
    problems: list[Problem] = []
    for name in config.notifiers:
        try:
            ready[name] = expanded(config, name, environ)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return ready


def _secret_keys(table: type[Any]) -> frozenset[str]:
    info = msgspec.inspect.type_info(table)
    assert isinstance(info, msgspec.inspect.StructType)
    return frozenset(
        field.name
        for field in info.fields
        if isinstance(field.type, msgspec.inspect.Metadata) and (field.type.extra or {}).get("secret")
    )


def _unset(config: Config, name: str, key: str, variable: str, *, set_: bool) -> Problem:
    path = ("notifiers", name, key)
    return Problem(
        file=config.shown,
        line=config.places.get(path) or config.places.get(path[:2]),
        table=f"[notifiers.{name}]",
        key=key,
        message=f"`{key}` needs a variable that is {'empty' if set_ else 'not set'}: `{variable}`",
        hint=f"set it in the environment before the start: `export {variable}=…`",
    )
