"""Members of a list through time: since when each is there, and when it was dropped. Pure.

Told by the changes alone, from what the list was first; then held against what it is now, so that what no change told
of is still right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from monitor.field_course import Step
from monitor.web.record.remainder import without_staff

# What a member is called by, the first that it has.
_NAMES = ("measure", "label", "name", "title", "citation", "typeAbbrev", "filename", "id", "facility", "url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """since: the day it came; None where it is there since the trial was first stored. until: the day it went."""

    name: str
    value: Any
    since: str | None
    until: str | None = None
    began: Step | None = None  # what brought it
    ended: Step | None = None  # what took it away
    edits: tuple[Step, ...] = ()
    known: bool = True  # False: it is there now, and no change says since when
    key: bytes = field(default=b"", compare=False)


def members(first: Any, steps: Iterable[Step], now: Any) -> tuple[Member, ...] | None:
    """Those that are there, in their order, then those that are gone, the last gone first. None where no member can
    be told from another, as with sites, of which changes give the number.

    first, now: the list as it was first stored (None: unknown) and as it is.
    """
    there = {_key(one): _member(one, since=None) for one in _list(first)}
    gone: list[Member] = []
    for step in steps:
        change = step.change
        if change is None:
            continue
        if isinstance(change.before, int) or isinstance(change.after, int):
            return None
        before, after = change.before, change.after
        if isinstance(before, list) or isinstance(after, list):
            went, came = _apart(_list(before), _list(after))
        elif change.action == "edited":
            _edit(there, before, after, step)
            continue
        else:
            went, came = _sides(before, after)
        if change.action == "moved" and _key(before) not in there:
            went = []  # it came from another list
        elif change.action == "moved":
            came = []
        for one in went:
            lost = there.pop(_key(one), None) or _member(one, since=None, known=False)
            gone.append(replace(lost, until=step.day, ended=step))
        for one in came:
            there[_key(one)] = _member(one, since=step.day, began=step)
    shown = [_found(there, one, index) for index, one in enumerate(_list(now))]
    return (*shown, *reversed(gone))


def _edit(there: dict[bytes, Member], before: Any, after: Any, step: Step) -> None:
    held = there.pop(_key(before), None)
    if held is None:
        held = _member(before, since=None, known=False)
    there[_key(after)] = replace(
        held, name=_name(after), value=after, edits=(*held.edits, step), key=_key(after)
    )


def _found(there: dict[bytes, Member], value: Any, index: int) -> Member:
    """What is known of a member that is there now; by its name where its words are set otherwise."""
    held = there.get(_key(value))
    if held is None:
        held = next((one for one in there.values() if one.name == _name(value)), None)
    if held is None:
        return _member(value, since=None, known=False)
    return replace(held, value=value)


def _sides(before: Any, after: Any) -> tuple[list[Any], list[Any]]:
    return ([] if before is None else [before]), ([] if after is None else [after])


def _apart(before: Sequence[Any], after: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    old, new = ({_key(one): one for one in side} for side in (before, after))
    return [one for key, one in old.items() if key not in new], [
        one for key, one in new.items() if key not in old
    ]


def _member(value: Any, *, since: str | None, began: Step | None = None, known: bool = True) -> Member:
    return Member(name=_name(value), value=value, since=since, began=began, known=known, key=_key(value))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _key(value: Any) -> bytes:
    return msgspec.json.encode(without_staff(value), order="sorted")


def _name(value: Any) -> str:
    if isinstance(value, dict):
        return next((str(value[key]) for key in _NAMES if value.get(key)), "a member without a name")
    return str(value)
