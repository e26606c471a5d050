"""Two records field by field, in the order of the field table: what each has, and whether it is the same.

For comparisons of the whole, and of two trials, where nothing "changed". Pure; values are not copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from snapshots.delta import differ
from snapshots.fields import Field, FieldTable

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One field of both records. a, b: its value in each, None where it has none."""

    field: Field
    path: str
    a: Any
    b: Any

    @property
    def same(self) -> bool:
        return not differ(self.a, self.b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One section of the table with its rows."""

    title: str
    rows: tuple[Row, ...]

    @property
    def slug(self) -> str:
        return "s-" + self.title.lower().replace(" ", "-")


def beside(a: dict[str, Any], b: dict[str, Any], fields: FieldTable) -> tuple[Part, ...]:
    """Every leaf of both records is in exactly one row. What the table does not know stands last in its section."""
    left, right = dict(_values(a, (), fields)), dict(_values(b, (), fields))
    order = {one.keys: at for at, one in enumerate(fields)}
    sections: dict[str, list[tuple[int, Path, Row]]] = {one.section: [] for one in fields}
    for path in dict.fromkeys((*left, *right)):
        field = (left.get(path) or right[path])[0]
        row = Row(field=field, path=".".join(path), a=_value(left, path), b=_value(right, path))
        sections.setdefault(_titled(field, path), []).append((order.get(field.keys, len(order)), path, row))
    return tuple(
        Part(title=title, rows=tuple(row for _, _, row in sorted(rows, key=lambda one: one[:2])))
        for title, rows in sections.items()
        if rows
    )


def _titled(field: Field, path: Path) -> str:
    """The section of a field; one that was made up for a key nobody knows has the record's own for it."""
    return "Other fields" if field.section == path[0] else field.section


def _value(side: dict[Path, tuple[Field, Any]], path: Path) -> Any:
    found = side.get(path)
    return None if found is None else found[1]


def _values(
    value: dict[str, Any], above: Path, fields: FieldTable
) -> Iterator[tuple[Path, tuple[Field, Any]]]:
    for key, member in value.items():
        path = (*above, key)
        if isinstance(member, dict) and fields.divides(path):
            yield from _values(member, path, fields)
        else:
            field, there = fields.covering(path)
            yield (path if there == path else there + path[len(there) :]), (field, member)
