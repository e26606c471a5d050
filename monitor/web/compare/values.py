"""Values of a change as HTML: both sides beside each other, or in one; words that only one has are marked.

All HTML here is `del`, `ins`, `ul`, `li`, `dl`, `dt`, `dd`, `span`, `code` and escaped text.
"""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup, escape

from monitor.web.compare.passages import both_marks, word_marks
from monitor.web.drawing.blocks import cell, shown_text
from monitor.web.drawing.elements import element, together
from monitor.web.drawing.prose import paragraphs, unescaped
from monitor.web.drawing.terms import is_code, label_of, said
from snapshots.changeset import Action, FieldChange, Kind

MAX_MEMBERS = 60  # of one list
LONG = 300  # from here on a value is set as a text
READING = (
    *(
        "facility",
        "city",
        "state",
        "zip",
        "country",
        "status",
        "measure",
        "timeFrame",
        "label",
        "name",
        "type",
    ),
    *("citation", "pmid", "description"),
)
CODED = frozenset({"status", "type", "class"})

_TYPED = re.compile(r"(.{1,40}) (ESTIMATED|ACTUAL)")


class Cut:
    """Remembers whether anything was shortened."""

    happened = False

    def text(self, text: str, limit: int) -> str:
        if len(text) <= limit:
            return text
        self.happened = True
        return text[:limit].rstrip() + " …"


def is_coded(change: FieldChange) -> bool:
    return change.kind in (Kind.STATUS, Kind.CHOICE, Kind.DATE, Kind.COUNT)


def is_text(value: Any) -> bool:
    """Is it set as paragraphs, as against a line?"""
    return isinstance(value, str) and (len(value) > LONG or "\n" in value.strip())


def sides(
    change: FieldChange, before: Any, after: Any, cut: Cut, limit: int
) -> tuple[Markup | None, Markup | None]:
    """Both sides; None for one that is not there."""
    if change.kind in (Kind.DATE, Kind.COUNT):
        before, after = _typed(before), _typed(after)
    if isinstance(before, str) and isinstance(after, str) and not is_coded(change):
        return _marked(before, after, cut, limit)
    if _are_lines(before) and _are_lines(after) and len(before) == len(after) <= MAX_MEMBERS:
        drawn = [_marked(old, new, cut, limit // 4) for old, new in zip(before, after, strict=True)]
        return _list([old for old, _ in drawn]), _list([new for _, new in drawn])
    if _are_objects(before, after):
        return _objects(before, after, cut, limit)
    if is_count(before) and is_count(after) and change.kind is Kind.LIST:
        return None, None  # how many members a sentence covers: it says so itself
    one_sided = change.action in (Action.ADDED, Action.REMOVED)
    return (
        None if before is None and one_sided else drawn_value(before, cut, limit),
        None if after is None and one_sided else drawn_value(after, cut, limit),
    )


def in_one(change: FieldChange, before: Any, after: Any, cut: Cut, limit: int) -> Markup | None:
    """The unified view of both sides; None where the change's sentence says it all."""
    if change.kind in (Kind.DATE, Kind.COUNT):
        before, after = _typed(before), _typed(after)
    if isinstance(before, str) and isinstance(after, str) and not is_coded(change):
        return _merged(before, after, cut, limit)
    if _are_lines(before) and _are_lines(after) and len(before) == len(after) <= MAX_MEMBERS:
        return _list([_merged(old, new, cut, limit // 4) for old, new in zip(before, after, strict=True)])
    if _are_objects(before, after):
        return _object_in_one(before, after, cut, limit)
    if is_count(before) and is_count(after) and change.kind is Kind.LIST:
        return None
    old, new = (drawn_value(side, cut, limit) for side in (before, after))
    gone = Markup("") if before is None else element("del", old)
    come = Markup("") if after is None else element("ins", new)
    arrow = Markup(' <span aria-hidden="true">→</span> ') if gone and come and not _is_block(before) else ""
    return together((gone, arrow, come))


def is_count(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def drawn_value(value: Any, cut: Cut, limit: int, *, coded: bool = True) -> Markup:
    """A value by itself. coded: what looks like a word of the registry's vocabulary is one, not a name."""
    if value is None:
        return Markup('<span class="muted">nothing</span>')
    if isinstance(value, list):
        if len(value) > MAX_MEMBERS:
            cut.happened = True
        return _list([drawn_value(one, cut, limit // 4, coded=coded) for one in value[:MAX_MEMBERS]])
    if isinstance(value, dict):
        if set(value) <= {"date", "type"}:
            kind = cell(value["type"]).text.lower() if "type" in value else ""
            return escape(f"{cell(value.get('date', '')).text}{f' ({kind})' if kind else ''}")
        rows = [
            _named(shown_text(label_of(key)), drawn_value(_worded(key, member), cut, limit // 2, coded=coded))
            for key, member in sorted(value.items(), key=lambda pair: _place(pair[0]))[:MAX_MEMBERS]
        ]
        return element("dl", together(rows))
    if is_text(value):
        return paragraphs(cut.text(value, limit))
    made = cell(value, prose=not coded)
    text = escape(cut.text(unescaped(made.text), limit))
    return together((text, " ", element("code", made.code, ' class="code"'))) if made.code else text


def length(value: Any) -> int:
    """Characters of all texts in it."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(length(member) for member in value.values())
    return sum(length(member) for member in value) if isinstance(value, list) else 0


def _list(items: list[Markup]) -> Markup:
    return element("ul", together(element("li", one) for one in items))


def _named(label: str, value: Markup) -> Markup:
    return element("dt", label) + element("dd", value)


def _are_lines(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _are_objects(before: Any, after: Any) -> bool:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return False
    return not set(before) | set(after) <= {"date", "type"}


def _is_block(value: Any) -> bool:
    return isinstance(value, (list, dict)) or is_text(value)


def _typed(value: Any) -> Any:
    """`2026-10 ESTIMATED`, as changes give dates and counts, as a page says it: `2026-10 (estimated)`."""
    found = _TYPED.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]} ({found[2].lower()})" if found else value


def _marked(before: str, after: str, cut: Cut, limit: int) -> tuple[Markup, Markup]:
    """Two texts, words that are only in one of them in del or ins."""
    return word_marks(*(cut.text(unescaped(shown_text(one)), limit) for one in (before, after)))


def _merged(before: str, after: str, cut: Cut, limit: int) -> Markup:
    return both_marks(*(cut.text(unescaped(shown_text(one)), limit) for one in (before, after)))


def _objects(before: dict[str, Any], after: dict[str, Any], cut: Cut, limit: int) -> tuple[Markup, Markup]:
    """Two members of a list, field by field."""
    drawn: tuple[list[Markup], list[Markup]] = ([], [])
    for label, old, new in _fields(before, after):
        if isinstance(old, str) and isinstance(new, str) and old != new:
            pair: tuple[Markup | None, Markup | None] = _marked(old, new, cut, limit)
        else:
            pair = (
                None if old is None else drawn_value(old, cut, limit),
                None if new is None else drawn_value(new, cut, limit),
            )
        for side, value in zip(drawn, pair, strict=True):
            if value is not None:
                side.append(_named(label, value))
    old_rows, new_rows = (element("dl", together(side)) for side in drawn)
    return old_rows, new_rows


def _object_in_one(before: dict[str, Any], after: dict[str, Any], cut: Cut, limit: int) -> Markup:
    rows: list[Markup] = []
    for label, old, new in _fields(before, after):
        if old == new:
            value = drawn_value(new, cut, limit)
        elif isinstance(old, str) and isinstance(new, str):
            value = _merged(old, new, cut, limit)
        else:
            value = together(
                element(name, drawn_value(side, cut, limit))
                for name, side in (("del", old), ("ins", new))
                if side is not None
            )
        rows.append(_named(label, value))
    return element("dl", together(rows))


def _fields(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Label and both values of each key, in the order of reading."""
    keys = sorted(dict.fromkeys((*before, *after)), key=_place)
    return [
        (shown_text(label_of(key)), _worded(key, before.get(key)), _worded(key, after.get(key)))
        for key in keys
    ]


def _place(key: str) -> int:
    """Where a member's key stands in the order of reading; those not named come last, as they came."""
    return READING.index(key) if key in READING else len(READING)


def _worded(key: str, value: Any) -> Any:
    """A member's status or type in words; what looks like a code elsewhere may be a name."""
    return said(value) if key in CODED and isinstance(value, str) and is_code(value) else value
