"""Lays values of a record out as blocks: what is empty disappears, what no column names is put back.

The tools of `sections`; pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from monitor.web.drawing.blocks import Cell, Facts, Listing, Prose, Table, cell, shown_text
from monitor.web.drawing.terms import said
from monitor.web.record.remainder import Remainder

MAX_ROWS = 500  # of one table; the largest list of sites seen has 460


def facts(rows: Iterable[tuple[str, Cell | None]]) -> Iterable[Facts]:
    kept = tuple((label, made) for label, made in rows if made is not None and made.text)
    if kept:
        yield Facts(rows=kept)


def maybe(value: Any, make: Callable[[Any], Cell] = cell) -> Cell | None:
    return None if value is None else make(value)


def prose(label: str | None, value: Any) -> Iterable[Prose]:
    if value is not None and value != "":
        yield Prose(label=label, cell=cell(value, prose=True) if isinstance(value, str) else cell(value))


def listing(label: str, value: Any) -> Iterable[Listing]:
    if value:
        members = value if isinstance(value, list) else [value]
        shown = tuple(cell(member, prose=True) for member in members[:MAX_ROWS])
        items = tuple(Cell(one.text) for one in shown)
        yield Listing(label=label, items=items, left_out=max(0, len(members) - MAX_ROWS))


Columns = tuple[tuple[str, str, Callable[[Any], Cell]], ...]


def table(rest: Remainder, path: str, caption: str, columns: Columns) -> Iterable[Table]:
    """A table of a list's members; empty columns are left out, keys that no column names put back."""
    members = rest.take_members(path)
    if not members:
        return
    named = {key for key, _, _ in columns}
    rest.put_back(path, [{key: one[key] for key in one if key not in named} for one in members])
    used = [
        (key, label, make) for key, label, make in columns if any(_filled(one.get(key)) for one in members)
    ]
    rows = tuple(
        tuple(Cell("") if one.get(key) is None else make(one[key]) for key, _, make in used)
        for one in members[:MAX_ROWS]
    )
    yield Table(
        caption=caption,
        columns=tuple(label for _, label, _ in used),
        rows=rows,
        left_out=max(0, len(members) - MAX_ROWS),
    )


def _filled(value: Any) -> bool:
    return value is not None and value != "" and value != []


def words(value: Any) -> Cell:
    return cell(value, prose=True) if isinstance(value, str) else cell(value)


def name(value: Any) -> Cell:
    """A name stays as it is, also where it looks like a code (`COVID`)."""
    return Cell(shown_text(value) if isinstance(value, str) else cell(value).text)


def date_of(rest: Remainder, path: str) -> Cell | None:
    """`2026-10 (estimated)`."""
    day, kind = rest.take(f"{path}.date"), rest.take(f"{path}.type")
    if day is None and kind is None:
        return None
    said_kind = f" ({said(kind).lower()})" if isinstance(kind, str) else ""
    return Cell(f"{cell(day).text}{said_kind}")
