"""The whole of two records for a page: what is the same muted and folded, what differs with its marks; bounded.

A page draws at most MAX_SAME characters of what is the same; of the rest, and of posted results, it says where the
record itself has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from monitor.web.compare.beside import Part, Row
from monitor.web.compare.marks import ChangesView, ChangeView
from monitor.web.compare.named_sites import site_lines
from monitor.web.compare.values import LONG, MAX_MEMBERS, Cut, drawn_value, length
from monitor.web.drawing.terms import label_of
from monitor.web.record.remainder import without_staff
from snapshots.changeset import Kind

MAX_SAME = 150_000  # characters of all that is the same, on one page
MAX_VALUE = 6_000  # of one field of it
PEOPLE = "details of people are not shown here"
# Sections of the record's own page, by the section of the field table.
_AT = {
    "Results": "results",
    "Contacts and sites": "locations",
    "Outcomes": "outcomes",
    "Arms and interventions": "arms",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRow:
    label: str
    slug: str
    same: bool
    value: Markup | None  # what both have; None where it is not drawn, or differs
    folded: str  # the fold's summary; empty: not folded
    note: str  # said instead of a value
    views: tuple[ChangeView, ...]  # of what differs


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePart:
    title: str
    slug: str
    rows: tuple[WholeRow, ...]
    changed: int  # rows that differ
    at: str  # anchor on the page of the record


def whole(parts: Iterable[Part], drawn: ChangesView) -> tuple[WholePart, ...]:
    """Sections in the table's order. What changed stands under its field; what has no row in the end."""
    views: dict[str, list[ChangeView]] = defaultdict(list)
    for one in (*drawn.changes, *drawn.noise):
        views[one.field].append(one)
    room = [MAX_SAME]
    made = []
    for part in parts:
        rows = tuple(_row(one, views, room) for one in part.rows)
        changed = sum(not one.same for one in rows)
        made.append(
            WholePart(
                title=part.title, slug=part.slug, rows=rows, changed=changed, at=_AT.get(part.title, "")
            )
        )
    left = tuple(one for several in views.values() for one in several)
    if left:
        row = WholeRow(
            label="Told across fields", slug="", same=False, value=None, folded="", note="", views=left
        )
        made.append(WholePart(title="More changes", slug="s-more-changes", rows=(row,), changed=1, at=""))
    return tuple(made)


def _row(row: Row, views: dict[str, list[ChangeView]], room: list[int]) -> WholeRow:
    field = row.field
    label = label_in(row)
    if not row.same:
        own = tuple(views.pop(field.slug, ()))
        note = "" if own else "differs; told with another field, or in the JSON of both versions"
        return WholeRow(label=label, slug=field.slug, same=False, value=None, folded="", note=note, views=own)
    value, folded, note = same_value(row, room)
    return WholeRow(label=label, slug=field.slug, same=True, value=value, folded=folded, note=note, views=())


def same_value(row: Row, room: list[int]) -> tuple[Markup | None, str, str]:
    """What both have, how a fold is to be called, and what is said where it is not drawn."""
    field = row.field
    if field.rule == "people":
        return None, "", PEOPLE
    if field.slug == "results":
        return None, "", "the same; the record's own page has them"
    if room[0] <= 0:
        return None, "", "the same; the record's own page has it"
    cut = Cut()
    shown = shown_value(row, row.b)
    value = drawn_value(shown, cut, MAX_VALUE, coded=is_coded_field(row))
    room[0] -= len(value)
    size = length(shown)
    folded = ""
    if size > LONG or (isinstance(shown, list) and len(shown) > 4):
        many = f"{len(shown):,} listed" if isinstance(shown, list) else f"{size:,} characters"
        folded = f"The same: {many}" + (f", the first {MAX_MEMBERS} shown" if _is_cut(shown) else "")
    return value, folded, ""


def shown_value(row: Row, value: Any) -> Any:
    """A value as a page shows it: without people, sites as lines, dates and counts in words."""
    value = without_staff(value)
    if row.field.slug == "locations" and isinstance(value, list):
        return site_lines(value)
    if row.field.kind is Kind.COUNT and isinstance(value, dict) and set(value) == {"count", "type"}:
        return f"{value['count']:,} ({str(value['type']).lower()})" if _is_number(value["count"]) else value
    return value


def is_coded_field(row: Row) -> bool:
    """Whether its values are words of the registry's vocabulary: elsewhere `COVID` is a name."""
    return row.field.kind in (Kind.STATUS, Kind.CHOICE)


def label_in(row: Row) -> str:
    """A field's label; where several rows have one field (parts of what the registry adds), their keys beside."""
    last = row.path.rpartition(".")[2]
    return row.field.label if row.field.path == row.path else f"{row.field.label}: {label_of(last)}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_cut(value: Sequence[Any]) -> bool:
    return isinstance(value, list) and len(value) > MAX_MEMBERS
