"""What of a record, or of a difference, the field table does not know. Such paths are reported like any other; this is
for whoever keeps the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from snapshots.delta import OperationKind, delta
from snapshots.fields import FieldTable

Keys = tuple[str, ...]  # a path without list indices


def unknown_paths(record: dict[str, Any], fields: FieldTable) -> set[Keys]:
    """The leaf paths of a record that the table does not know."""
    return {keys for keys in set(_leaves((), record)) if not fields.knows(keys)}


def unknown_paths_between(old: dict[str, Any], new: dict[str, Any], fields: FieldTable) -> set[Keys]:
    """Of the leaf paths at which two records differ, those that the table does not know."""
    found: set[Keys] = set()
    for one in delta(old, new):
        at = tuple(part for part in one.path if isinstance(part, str))
        if one.kind is not OperationKind.ADD:
            found.update(_leaves(at, one.before))
        if one.kind is not OperationKind.REMOVE:
            found.update(_leaves(at, one.after))
    return {keys for keys in found if not fields.knows(keys)}


def _leaves(at: Keys, value: Any) -> Iterator[Keys]:
    """Where a value ends: at what is neither object nor list, or is empty. Not by recursion: a record may be deep."""
    waiting = [(at, value)]
    while waiting:
        at, value = waiting.pop()
        if isinstance(value, dict) and value:
            waiting += [((*at, key), member) for key, member in value.items()]
        elif isinstance(value, list) and value:
            waiting += [(at, member) for member in value]
        else:
            yield at
