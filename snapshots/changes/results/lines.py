"""Lines about posted results: one sentence each, and few of them. What many say alike is said once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from snapshots.changes.making import member_change
from snapshots.changes.results.leaves import Leaf
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference
from snapshots.terms import counted, listed, short

MOST = 8  # lines about one edit of a results section, or one for what is left of each module
TOO_MANY = 10  # lines past which the modules too are told together
ALIKE = 3  # so many of a kind are one line
MOST_VALUES = 20  # kept of what a line of many tells
LONGEST_TEXT = 2_000  # characters of one value before or after
AFTER_POSTING = "after results were posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A change in the making."""

    kind: str  # lines of one kind may be told together
    module: str  # as a person would call it
    words: str
    several: str  # the sentence for many of the kind, with {n}; what they are about is added
    item: str  # what it is about
    leaves: tuple[Leaf, ...]
    action: Action = Action.EDITED
    before: Any = None
    after: Any = None
    severity: Severity = Severity.MINOR
    reason: str = "posted results were edited"
    tags: tuple[str, ...] = ()


def told(one: Difference, lines: Sequence[Line]) -> list[FieldChange]:
    """The lines as changes of the field: alike ones together; where they are many, what weighs least together."""
    lines = _alike(lines)
    if len(lines) > MOST:
        lines = _by_module(lines, Severity.MINOR)
    if len(lines) > TOO_MANY:
        lines = _rest(lines)
    if len(lines) > TOO_MANY:
        lines = _by_module(lines, Severity.MAJOR)
    return [_change(one, line) for line in lines]


def _alike(lines: Sequence[Line]) -> list[Line]:
    kinds: dict[str, list[Line]] = {}
    for line in lines:
        kinds.setdefault(line.kind, []).append(line)
    found: list[Line] = []
    for group in kinds.values():
        found += [_together(group, group[0].several)] if len(group) >= ALIKE else group
    return found


def _by_module(lines: Sequence[Line], severity: Severity) -> list[Line]:
    """The lines of one weight, one a module; the others as they are."""
    modules: dict[str, list[Line]] = {}
    found: list[Line] = []
    for line in lines:
        if line.severity is severity:
            modules.setdefault(line.module, []).append(line)
        else:
            found.append(line)
    for module, group in modules.items():
        if len(group) == 1:
            found += group
        elif len({line.kind for line in group}) == 1 and "{n}" in group[0].several:
            found.append(_together(group, group[0].several))
        else:
            found.append(_together(group, f"{{n}} edits of {module}", by_sentence=True))
    return found


def _rest(lines: Sequence[Line]) -> list[Line]:
    minor = [line for line in lines if line.severity is Severity.MINOR]
    kept = [line for line in lines if line.severity is not Severity.MINOR]
    return [*kept, _together(minor, "{n} other edits of the results", by_sentence=True)] if minor else kept


def _together(group: Sequence[Line], words: str, *, by_sentence: bool = False) -> Line:
    heaviest = max(group, key=lambda line: line.severity.rank)
    items = _by_kind(group) if by_sentence else [line.item for line in group]
    actions = {line.action for line in group}
    sides = []
    for side in ("before", "after"):
        values = [
            f"{line.item}: {_flat(value)}" for line in group if (value := getattr(line, side)) is not None
        ]
        sides.append([*values[:MOST_VALUES], *_more(len(values) - MOST_VALUES)] or None)
    about = "; ".join([*items[:3], *_more(len(items) - 3)]) if by_sentence else listed(items)
    return Line(
        kind=group[0].kind,
        module=group[0].module,
        words=f"{words.format(n=len(group))}: {about}",
        several=words,
        item=listed(list(dict.fromkeys(line.item for line in group))),
        leaves=tuple(leaf for line in group for leaf in line.leaves),
        action=actions.pop() if len(actions) == 1 else Action.EDITED,
        before=sides[0],
        after=sides[1],
        severity=heaviest.severity,
        reason=heaviest.reason,
        tags=tuple(dict.fromkeys(tag for line in group for tag in line.tags)),
    )


def _by_kind(group: Sequence[Line]) -> list[str]:
    """What was edited, a phrase a kind: `time frames of secondary results changed in 2 measures`."""
    kinds: dict[str, list[Line]] = {}
    for line in group:
        kinds.setdefault(line.kind, []).append(line)
    phrases = [
        of[0].several.format(n=len(of)) if len(of) > 1 and "{n}" in of[0].several else short(of[0].words, 70)
        for of in kinds.values()
    ]
    return [f"{phrase[:1].lower()}{phrase[1:]}" if phrase[1:2].islower() else phrase for phrase in phrases]


def _more(number: int) -> list[str]:
    return [f"{number} more"] if number > 0 else []


def _flat(value: Any) -> str:
    return short(str(value).replace("\n", "; "), 200)


def _change(one: Difference, line: Line) -> FieldChange:
    removed = line.action is Action.REMOVED
    return member_change(
        one.field,
        line.action,
        line.words,
        paths=dict.fromkeys(f"{'.'.join(one.path)}.{leaf.dotted(removed=removed)}" for leaf in line.leaves),
        before=line.before,
        after=line.after,
        item=line.item,
        severity=line.severity,
        reason=line.reason,
        tags=line.tags,
    )


def major(reason: str, *, integrity: bool = True) -> dict[str, Any]:
    """How a line weighs that changes what readers of the results have already used."""
    return {
        "severity": Severity.MAJOR,
        "reason": f"{reason} {AFTER_POSTING}",
        "tags": ("integrity",) if integrity else (),
    }


def turned(leaves: Iterable[Leaf], name: str = "") -> tuple[str, str]:
    """All values before and after, a line each; of a text alone, the text."""
    leaves = list(leaves)
    sides = []
    for values in ([leaf.old for leaf in leaves], [leaf.new for leaf in leaves]):
        texts = [value if isinstance(value, str) else brief(value) for value in values if value is not None]
        joined = "\n".join([*texts[:MOST_VALUES], *_more(len(texts) - MOST_VALUES)])
        sides.append(joined[:LONGEST_TEXT] or "nothing")
    return sides[0], sides[1]


def brief(value: Any) -> str:
    """A value of any shape in a few words."""
    if isinstance(value, dict):
        return next(
            (short(str(value[key])) for key in ("title", "term", "type", "value") if key in value), "given"
        )
    if isinstance(value, list):
        return counted(len(value), "entry", "entries")
    return short(str(value))


def arrow(old: Any, new: Any) -> str:
    """`12.3 → 13.1`, `13.1 added`, `12.3 no longer given`."""
    if old is None:
        return f"{brief(new)} added"
    if new is None:
        return f"{brief(old)} no longer given"
    return f"{brief(old)} → {brief(new)}"


def few(entries: Sequence[str], most: int = 2) -> str:
    """The first of them, and how many more."""
    left = len(entries) - most
    return ", ".join(entries[:most]) + (f" and {left} more" if left > 0 else "")
