"""Changes as they are drawn: before and after side by side, changed words marked, people left out.

All HTML here is made of `del`, `ins`, `ul`, `li`, `dl`, `dt`, `dd`, `p` and escaped text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from monitor.web.compare.passages import Passage, passages, word_marks
from monitor.web.drawing.blocks import cell, shown_text
from monitor.web.drawing.prose import paragraphs, unescaped
from monitor.web.drawing.terms import is_code, label_of, said
from monitor.web.record.remainder import STAFF_FIELDS, STAFF_KEYS, without_staff
from snapshots.changeset import Action, FieldChange, Kind, Severity

MAX_CHANGES = 200  # drawn on one page
MAX_NOISE = 100
MAX_PATHS = 6
MAX_SIDE = 20_000  # characters of one text on one side
MAX_PAGE = 400_000  # characters of all texts of one page together
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

_STAFF_PATH = re.compile(
    r"(?:^|[.\[\]])(?:" + "|".join(sorted(STAFF_KEYS | STAFF_FIELDS)) + r")(?=$|[.\[\]])"
)
_TYPED = re.compile(r"(.{1,40}) (ESTIMATED|ACTUAL)")
HIDDEN = "Details of people were changed; they are not shown here. The JSON of each version has them."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    anchor: str
    label: str
    item: str | None
    severity: Severity
    reason: str
    summary: str
    before: Markup | None
    after: Markup | None
    hidden: str | None  # said instead of both sides
    long: bool
    laid: bool  # the sides are paragraphs and lists
    passages: tuple[Passage, ...]  # both sides of a long text, instead of before and after
    cut: bool
    paths: tuple[str, ...]
    more_paths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    headline: str
    severity: Severity
    tags: tuple[str, ...]
    count: int  # without noise
    changes: tuple[ChangeView, ...]
    left_out: int
    noise: tuple[ChangeView, ...]
    noise_count: int
    noise_left_out: int


def changes_view(
    headline: str, severity: Severity, tags: Sequence[str], changes: Iterable[FieldChange]
) -> ChangesView:
    """Draw changes; a page of them is bounded in number and in length."""
    told = [change for change in changes if change.severity is not Severity.NOISE]
    noise = [change for change in changes if change.severity is Severity.NOISE]
    room = [MAX_PAGE]
    drawn = tuple(change_view(change, number, room) for number, change in enumerate(told[:MAX_CHANGES], 1))
    quiet = tuple(
        change_view(change, number, room) for number, change in enumerate(noise[:MAX_NOISE], len(told) + 1)
    )
    return ChangesView(
        headline=headline_of(headline, (*told, *noise)),
        severity=severity,
        tags=tuple(tags),
        count=len(told),
        changes=drawn,
        left_out=len(told) - len(drawn),
        noise=quiet,
        noise_count=len(noise),
        noise_left_out=len(noise) - len(quiet),
    )


def change_view(change: FieldChange, number: int, room: list[int]) -> ChangeView:
    """Draw one change. `room` holds how many characters the page still takes; what is drawn is taken off."""
    personal = is_personal(change)
    before, after = without_staff(change.before), without_staff(change.after)
    cut_before, cut_after = _Cut(), _Cut()
    left = right = None
    long, laid = False, False
    side_by_side: tuple[Passage, ...] = ()
    if not personal:
        long = _length(before) > LONG or _length(after) > LONG
        limit = min(MAX_SIDE, max(room[0] // 2, 500))
        if _is_text(before) and _is_text(after) and not _is_coded(change):
            side_by_side = passages(*_cut_both(before, after, cut_before, cut_after, limit))
            room[0] -= sum(
                len(html or "") for one in side_by_side for html in (one.same, one.before, one.after)
            )
        else:
            laid = any(isinstance(side, str) and _is_text(side) for side in (before, after))
            left, right = _sides(change, before, after, cut_before, cut_after, limit)
            room[0] -= len(left or "") + len(right or "")
    return ChangeView(
        anchor=f"{change.field}-{number}",
        label=change.label,
        item=None if personal else change.item,
        severity=change.severity,
        reason=change.reason,
        summary=summary_of(change),
        before=left,
        after=right,
        hidden=HIDDEN if personal else None,
        long=long,
        laid=laid,
        passages=side_by_side,
        cut=cut_before.happened or cut_after.happened,
        paths=change.paths[:MAX_PATHS],
        more_paths=max(0, len(change.paths) - MAX_PATHS),
    )


def _is_coded(change: FieldChange) -> bool:
    return change.kind in (Kind.STATUS, Kind.CHOICE, Kind.DATE, Kind.COUNT)


def _is_text(value: Any) -> bool:
    """Is it set as paragraphs, as against a line?"""
    return isinstance(value, str) and (len(value) > LONG or "\n" in value.strip())


def _cut_both(before: str, after: str, left: _Cut, right: _Cut, limit: int) -> tuple[str, str]:
    return left.text(shown_text(before), limit), right.text(shown_text(after), limit)


def is_personal(change: FieldChange) -> bool:
    """Does it tell of people? Then neither its words nor its sides are shown."""
    people = [_STAFF_PATH.search(path) is not None for path in change.paths]
    # A list of sites may hold contacts too: they are taken out of it. Out of a text nothing is.
    told_in_words = isinstance(change.before, str) or isinstance(change.after, str)
    return all(people) or (any(people) and told_in_words)


def summary_of(change: FieldChange) -> str:
    return f"{change.label}: details of people changed" if is_personal(change) else shown_text(change.summary)


def headline_of(headline: str, changes: Iterable[FieldChange]) -> str:
    """The headline, unless it is nothing but the sentence of a change that tells of people."""
    for change in changes:
        if change.summary == headline:
            return summary_of(change)
    return shown_text(headline)


class _Cut:
    """Remembers whether anything was shortened."""

    happened = False

    def text(self, text: str, limit: int) -> str:
        if len(text) <= limit:
            return text
        self.happened = True
        return text[:limit].rstrip() + " …"


def _sides(
    change: FieldChange, before: Any, after: Any, left: _Cut, right: _Cut, limit: int
) -> tuple[Markup | None, Markup | None]:
    if change.kind in (Kind.DATE, Kind.COUNT):
        before, after = _typed(before), _typed(after)
    if isinstance(before, str) and isinstance(after, str) and not _is_coded(change):
        return _marked(before, after, left, right, limit)
    if _are_lines(before) and _are_lines(after) and len(before) == len(after) <= MAX_MEMBERS:
        return _line_by_line(before, after, left, right, limit)
    if (
        isinstance(before, dict)
        and isinstance(after, dict)
        and not set(before) | set(after) <= {"date", "type"}
    ):
        return _objects(before, after, left, right, limit)
    if _is_count(before) and _is_count(after) and change.kind is Kind.LIST:
        return None, None  # how many members a sentence covers: it says so itself
    one_sided = change.action in (Action.ADDED, Action.REMOVED)
    return (
        None if before is None and one_sided else _plain(before, left, limit),
        None if after is None and one_sided else _plain(after, right, limit),
    )


def _are_lines(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _line_by_line(
    before: list[str], after: list[str], left: _Cut, right: _Cut, limit: int
) -> tuple[Markup, Markup]:
    """Two lists whose lines belong together one by one."""
    drawn = [_marked(old, new, left, right, limit // 4) for old, new in zip(before, after, strict=True)]
    first, second = (
        Markup("").join(Markup("<li>{}</li>").format(pair[at]) for pair in drawn) for at in (0, 1)
    )
    return Markup("<ul>{}</ul>").format(first), Markup("<ul>{}</ul>").format(second)


def _is_count(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _typed(value: Any) -> Any:
    """`2026-10 ESTIMATED`, as changes give dates and counts, as a page says it: `2026-10 (estimated)`."""
    found = _TYPED.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]} ({found[2].lower()})" if found else value


def _marked(before: str, after: str, left: _Cut, right: _Cut, limit: int) -> tuple[Markup, Markup]:
    """Two texts, words that are only in one of them in del or ins."""
    old = left.text(unescaped(shown_text(before)), limit)
    new = right.text(unescaped(shown_text(after)), limit)
    return word_marks(old, new)


def _objects(
    before: dict[str, Any], after: dict[str, Any], left: _Cut, right: _Cut, limit: int
) -> tuple[Markup, Markup]:
    """Two members of a list, field by field."""
    sides: tuple[list[Markup], list[Markup]] = ([], [])
    for key in sorted(dict.fromkeys((*before, *after)), key=_place):
        old, new = _worded(key, before.get(key)), _worded(key, after.get(key))
        label = Markup("<dt>{}</dt>").format(label_of(key))
        if isinstance(old, str) and isinstance(new, str) and old != new:
            drawn: tuple[Markup | None, Markup | None] = _marked(old, new, left, right, limit)
        else:
            drawn = (
                None if old is None else _plain(old, left, limit),
                None if new is None else _plain(new, right, limit),
            )
        for side, value in zip(sides, drawn, strict=True):
            if value is not None:
                side.append(Markup("{}<dd>{}</dd>").format(label, value))
    return (
        Markup("<dl>{}</dl>").format(Markup("").join(sides[0])),
        Markup("<dl>{}</dl>").format(Markup("").join(sides[1])),
    )


def _plain(value: Any, cut: _Cut, limit: int) -> Markup:
    if value is None:
        return Markup('<span class="muted">nothing</span>')
    if isinstance(value, list):
        if len(value) > MAX_MEMBERS:
            cut.happened = True
        shown = [_plain(one, cut, limit // 4) for one in value[:MAX_MEMBERS]]
        return Markup("<ul>{}</ul>").format(
            Markup("").join(Markup("<li>{}</li>").format(one) for one in shown)
        )
    if isinstance(value, dict):
        if set(value) <= {"date", "type"}:
            kind = cell(value["type"]).text.lower() if "type" in value else ""
            return escape(f"{cell(value.get('date', '')).text}{f' ({kind})' if kind else ''}")
        rows = [
            Markup("<dt>{}</dt><dd>{}</dd>").format(
                label_of(key), _plain(_worded(key, member), cut, limit // 2)
            )
            for key, member in sorted(value.items(), key=lambda pair: _place(pair[0]))[:MAX_MEMBERS]
        ]
        return Markup("<dl>{}</dl>").format(Markup("").join(rows))
    if _is_text(value):
        return paragraphs(cut.text(value, limit))
    made = cell(value)
    text = escape(cut.text(unescaped(made.text), limit))
    return Markup('{} <code class="code">{}</code>').format(text, made.code) if made.code else text


def _place(key: str) -> int:
    """Where a member's key stands in the order of reading; those not named come last, as they came."""
    return READING.index(key) if key in READING else len(READING)


def _worded(key: str, value: Any) -> Any:
    """A member's status or type in words; what looks like a code elsewhere may be a name."""
    return said(value) if key in CODED and isinstance(value, str) and is_code(value) else value


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_length(member) for member in value.values())
    return sum(_length(member) for member in value) if isinstance(value, list) else 0
