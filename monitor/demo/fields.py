"""The `fields` parameter: which parts of a record an answer of the embedded registry holds.

Names are pieces (`NCTId`, `IdentificationModule`) or paths; a name of neither kind is refused, as there.
"""

from __future__ import annotations

import re
from typing import Any

from monitor.demo.archive import SECTION_OF, SECTION_ORDER
from monitor.demo.search import PIECES, BadSearch


def chosen_paths(text: str) -> tuple[str, ...]:
    """The paths behind a comma- or pipe-separated list of names."""
    return tuple(_path_of(name.strip()) for name in re.split(r"[,|]", text) if name.strip())


def project(record: dict[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    """The record with nothing but what the paths name; what it lacks is simply not there."""
    tree: dict[str, Any] = {}
    for path in paths:
        here = tree
        for name in path.split("."):
            here = here.setdefault(name, {})
    chosen = _cut(record, tree)
    return chosen if isinstance(chosen, dict) else {}


def _path_of(name: str) -> str:
    if name in PIECES:
        return PIECES[name]
    lowered = name[:1].lower() + name[1:]
    if "." not in name and lowered in SECTION_ORDER:
        return lowered
    if "." not in name and lowered in SECTION_OF:
        return f"{SECTION_OF[lowered]}.{lowered}"
    parts = name.split(".")
    known = parts[0] in SECTION_ORDER and (len(parts) == 1 or SECTION_OF.get(parts[1]) == parts[0])
    if known and all(re.fullmatch(r"[a-z][A-Za-z0-9]*", part) for part in parts):
        return name
    raise BadSearch(f"fields has an unknown name: `{name}`")


def _cut(value: Any, tree: dict[str, Any]) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_cut(member, tree) for member in value]
    if not isinstance(value, dict):
        return value
    return {
        name: cut
        for name, branch in tree.items()
        if name in value and (cut := _cut(value[name], branch)) not in ({}, [])
    }
