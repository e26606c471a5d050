"""Rows as CSV for spreadsheets and everything else: RFC 4180, UTF-8, formulas defused.

A spreadsheet runs a cell that begins with one of a few signs (OWASP, "CSV Injection", read 2026-11-28:
https://owasp.org/www-community/attacks/CSV_Injection), and what stands in records was written by strangers. Such a
cell gets an apostrophe before it, which spreadsheets take for "this is text". `undefused` gives the text back: one
apostrophe less where it begins with that and such a sign comes after nothing but apostrophes and blanks. Text that is a
plain number stays one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from typing import Any, TextIO

import msgspec

from monitor.export.tables import Column, Kind
from snapshots.instants import stamp

_SIGNS = "=+\\-@\t\r\n＝＋－＠"  # the last four: full width, which some turn into the first
_RISKY = re.compile(rf"['\s]*[{_SIGNS}]")  # behind blanks too: programs are told to trim them
_DEFUSED = re.compile(rf"'['\s]*[{_SIGNS}]")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)
BOM = "\ufeff"


def defused(text: str) -> str:
    if text[:1].isalnum():  # nearly all: none of the signs is a letter or a figure
        return text
    return f"'{text}" if _RISKY.match(text) and not _NUMBER.fullmatch(text) else text


def undefused(text: str) -> str:
    """What `defused` was given."""
    return text[1:] if _DEFUSED.match(text) else text


class CsvFile:
    """The header first. Absent is an empty cell, a list JSON, an instant `2026-11-20T09:12:44Z`.

    bom: begin with a byte order mark, without which Excel reads UTF-8 as something else.
    """

    def __init__(self, stream: TextIO, columns: tuple[Column, ...], *, bom: bool = False) -> None:
        if bom:
            stream.write(BOM)
        self._rows = csv.writer(stream)
        self._cells = [(column.of, _CELLS[column.kind]) for column in columns]
        self._rows.writerow([column.name for column in columns])

    def write(self, row: Any) -> None:
        cells = []
        for of, written in self._cells:
            value = of(row)
            cells.append("" if value is None else written(value))
        self._rows.writerow(cells)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_CELLS: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: defused,
    Kind.NUMBER: str,
    Kind.TRUTH: lambda value: "true" if value else "false",
    Kind.DAY: defused,
    Kind.MOMENT: lambda value: stamp(value) or "",
    Kind.LIST: _json,
    Kind.JSON: lambda value: value.decode(),
}
