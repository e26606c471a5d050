"""Rows as JSON, one value a line, UTF-8."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TextIO

import msgspec


class JsonLines:
    """value: what a row is as JSON."""

    def __init__(self, stream: TextIO, value: Callable[[Any], Any]) -> None:
        self._stream = stream
        self._value = value

    def write(self, row: Any) -> None:
        self._stream.write(msgspec.json.encode(self._value(row)).decode() + "\n")
