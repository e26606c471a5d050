"""Collects problems and notes while a file is read, and knows where in the file each thing stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.config.errors import Problem
from monitor.config.places import Path
from monitor.config.settings import File

_OF_TABLES = ("notifiers", "registries")  # [first.second]


class Report:
    """For one file. `raw` is the file as tomllib gave it."""

    def __init__(self, file: str, raw: Mapping[str, Any], places: Mapping[Path, int]) -> None:
        self.file = file
        self.raw = raw
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.unusable: set[Path] = set()  # tables that lack something they cannot be without
        self._blamed: set[Path] = set()
        self._places = places

    def problem(self, path: Path, message: str, *, hint: str | None = None) -> None:
        self._blamed.add(path)
        self.problems.append(self._said(path, message, hint))

    def blamed(self, path: Path) -> bool:
        """Whether a problem was reported of exactly this key."""
        return path in self._blamed

    def note(self, path: Path, message: str, *, hint: str | None = None) -> None:
        self.notes.append(self._said(path, message, hint))

    def line(self, path: Path) -> int | None:
        """Where it stands, or the nearest thing around it that stands somewhere."""
        while path and path not in self._places:
            path = path[:-1]
        return self._places[path] if path else None

    def table(self, path: Path) -> tuple[str, str]:
        """The table that a path lies in, as a person would write it, and the key in it."""
        if not path or path[0] not in File.__struct_encode_fields__:
            return "", _dotted(path)
        first, rest = str(path[0]), path[1:]
        tables = self.raw.get(first)
        if isinstance(tables, list) and rest and isinstance(rest[0], int):
            return self._member(first, rest[0]), _dotted(rest[1:])
        if not isinstance(tables, dict) or not rest:
            return "", first
        if first in _OF_TABLES and rest and isinstance(tables.get(str(rest[0])), dict):
            return f"[{first}.{_bare(str(rest[0]))}]", _dotted(rest[1:])
        return f"[{first}]", _dotted(rest)

    def _member(self, name: str, index: int) -> str:
        tables = self.raw.get(name)
        table = tables[index] if isinstance(tables, list) and index < len(tables) else None
        title = table.get("name") if isinstance(table, dict) else None
        return f'[[{name}]] "{title}"' if isinstance(title, str) and title.isprintable() else f"[[{name}]]"

    def _said(self, path: Path, message: str, hint: str | None) -> Problem:
        table, key = self.table(path)
        return Problem(file=self.file, line=self.line(path), table=table, key=key, message=message, hint=hint)


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str))


def _bare(name: str) -> str:
    plain = name and all(char.isascii() and (char.isalnum() or char in "-_") for char in name)
    return name if plain else f'"{name}"'
