"""The registry's field tree: piece names (`NCTId`), dotted paths, and partial records made with them.

In the table (`ctgov_field_tree`) a line is a field: indentation is nesting, `[]` marks a list, the second
word is the piece name where it is not the field's name with a capital.
"""

import functools
from dataclasses import dataclass, field
from typing import Any

from doubles.ctgov_answers import Refused
from doubles.ctgov_field_tree import TREE


@dataclass(slots=True)
class Field:
    name: str
    piece: str
    path: str
    is_list: bool
    children: dict[str, "Field"] = field(default_factory=dict)


def _grow() -> tuple[Field, dict[str, Field], dict[str, Field]]:
    root = Field("", "Study", "", False)
    pieces: dict[str, Field] = {}
    paths: dict[str, Field] = {}
    stack = [(-1, root)]
    for line in TREE.splitlines():
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        name, *piece = line.split()
        while stack[-1][0] >= depth:
            stack.pop()
        parent = stack[-1][1]
        bare = name.removesuffix("[]")
        path = f"{parent.path}.{bare}" if parent.path else bare
        node = Field(bare, piece[0] if piece else bare[0].upper() + bare[1:], path, name.endswith("[]"))
        parent.children[bare] = node
        pieces.setdefault(node.piece, node)
        paths[path] = node
        stack.append((depth, node))
    return root, pieces, paths


ROOT, PIECES, PATHS = _grow()


def field_named(name: str) -> Field | None:
    """The field of a piece name or a dotted path (paths may leave out nothing)."""
    return PIECES.get(name) or PATHS.get(name)


def metadata() -> list[dict[str, Any]]:
    """The field tree as `/studies/metadata` gives it."""

    def node(item: Field) -> dict[str, Any]:
        value: dict[str, Any] = {"name": item.name, "piece": item.piece, "type": "[]" if item.is_list else ""}
        if item.children:
            value["children"] = [node(child) for child in item.children.values()]
        return value

    return [node(child) for child in ROOT.children.values()]


def values_at(record: Any, path: str) -> list[Any]:
    """Every scalar at a dotted path, lists on the way opened; below a container, all that it holds."""
    found: list[Any] = []
    _collect(record, path.split("."), 0, found)
    return found


def _collect(value: Any, parts: list[str], at: int, found: list[Any]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, parts, at, found)
    elif at < len(parts):
        if isinstance(value, dict) and parts[at] in value:
            _collect(value[parts[at]], parts, at + 1, found)
    elif isinstance(value, dict):
        for item in value.values():
            _collect(item, parts, at, found)
    else:
        found.append(value)


@functools.lru_cache(maxsize=64)
def asked_fields(text: str) -> dict[str, Any]:
    """`fields=` as a tree of what to keep; an empty branch keeps everything below it."""
    keep: dict[str, Any] = {}
    for name in text.replace("|", ",").split(","):
        found = field_named(name.strip())
        if found is None:
            raise Refused(400, f"Unknown field name `{name.strip()}` in `fields` parameter")
        branch = keep
        parts = found.path.split(".")
        for part in parts[:-1]:
            if branch.get(part) == {} and part in branch:  # already kept whole
                break
            branch = branch.setdefault(part, {})
        else:
            branch[parts[-1]] = {}
    return keep


def partial(record: Any, keep: dict[str, Any]) -> Any:
    """The asked parts of a record, nested and ordered as in the whole one; what it lacks is absent."""
    if not keep:
        return record
    if isinstance(record, list):
        return [part for item in record if (part := partial(item, keep))]
    kept = {}
    for key, value in record.items():
        if key not in keep:
            continue
        part = partial(value, keep[key]) if isinstance(value, dict | list) else value
        if part != {} or value == {}:
            kept[key] = part
    return kept
