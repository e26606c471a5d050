"""On which line of a TOML text each key, table and list member stands; tomllib does not say.

Only for texts that tomllib has accepted: this scanner checks nothing, it walks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property

Path = tuple[str | int, ...]  # ("watch", 0, "ids", 2): as one would index the parsed file
_SPACE = " \t\r\n"
_WORD_ENDS = " \t\r\n,]}#=."


class Places(Mapping[Path, int]):
    """Line numbers from 1. A table written in several places has its first one.

    The text is walked when the first line is asked for: in a file without a mistake that is never, and a file may
    hold ten thousand watches.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _found(self) -> dict[Path, int]:
        return _Scanner(self._text).scan()

    def __getitem__(self, path: Path) -> int:
        return self._found[path]

    def __iter__(self) -> Iterator[Path]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class _Scanner:
    """Walks the text once. Use once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._found: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}  # array of tables → members so far

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip_blank():
            line = self._line
            if self._text.startswith("[[", self._at):
                self._move(2)
                name = self._resolve(self._key())
                count = self._counts.get(name, 0)
                self._counts[name] = count + 1
                table = (*name, count)
                self._found.setdefault(name, line)
                self._move(2)
            elif self._text[self._at] == "[":
                self._move(1)
                table = self._resolve(self._key())
                self._move(1)
            else:
                self._pair(table)
                continue
            for depth in range(1, len(table) + 1):
                self._found.setdefault(table[:depth], line)
        return self._found

    def _resolve(self, name: tuple[str, ...]) -> Path:
        """`[watch.query]` speaks of the latest `[[watch]]`."""
        path: Path = ()
        for part in name[:-1]:
            path = (*path, part)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return (*path, name[-1])

    def _pair(self, table: Path) -> None:
        line = self._line
        path: Path = table
        for part in self._key():
            path = (*path, part)
            self._found.setdefault(path, line)
        self._skip_blank()
        self._move(1)  # the equals sign
        self._value(path)

    def _key(self) -> tuple[str, ...]:
        parts = []
        while True:
            self._skip_blank()
            if self._text[self._at] in "\"'":
                start = self._at
                self._string()
                parts.append(str(tomllib.loads("k = " + self._text[start : self._at])["k"]))
            else:
                start = self._at
                while self._text[self._at] not in _WORD_ENDS:
                    self._at += 1
                parts.append(self._text[start : self._at])
            self._skip_blank()
            if self._text[self._at] != ".":
                return tuple(parts)
            self._move(1)

    def _value(self, path: Path) -> None:
        self._skip_blank()
        self._found.setdefault(path, self._line)
        char = self._text[self._at]
        if char in "\"'":
            self._string()
        elif char in "[{":
            self._move(1)
            count = 0
            while self._skip_blank() and self._text[self._at] not in "]}":
                if char == "[":
                    self._value((*path, count))
                    count += 1
                else:
                    self._pair(path)
                self._skip_blank()
                if self._text[self._at] == ",":
                    self._move(1)
            self._move(1)
        else:  # a number, a date (which may hold a blank), true or false
            while self._at < len(self._text) and self._text[self._at] not in ",]}#\n":
                self._at += 1

    def _string(self) -> None:
        quote = self._text[self._at]
        long = self._text.startswith(quote * 3, self._at)
        mark = quote * 3 if long else quote
        self._move(len(mark))
        while not self._text.startswith(mark, self._at):
            self._move(2 if quote == '"' and self._text[self._at] == "\\" else 1)
        self._move(len(mark))
        if long:  # up to two quotes more belong to the text
            while self._text.startswith(quote, self._at):
                self._move(1)

    def _skip_blank(self) -> bool:
        """Past white space and comments. False at the end."""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif char in _SPACE:
                self._move(1)
            else:
                return True
        return False

    def _move(self, count: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + count)
        self._at += count
