"""Where two results sections differ, leaf by leaf; lists by what their members are, never by position."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from snapshots.changes.results.pairing import (
    GROUPS,
    NO_GROUPS,
    OF_GROUPS,
    Groups,
    compared,
    named,
    pairs_in,
)
from snapshots.markup import same_in_any_order, same_words
from snapshots.reaching import members

Path = tuple[str | int, ...]
DEEPEST = 40  # steps of a path; what lies deeper is compared as one value
_NUMBER = re.compile(r"(?P<bound>[<>≤≥=~]{0,2}) ?(?P<number>[-+]?(?:\d++(?:\.\d*+)?|\.\d+))(?P<percent> ?%?)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NOTHING: tuple[Any, ...] = ({}, [], "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One value that differs; a member of a list that came or went is one, with all that is in it."""

    path: Path  # positions in the newer section; of a member that went, in the older
    old: Any  # None when absent
    new: Any
    group: str = ""  # title of the group whose number it is
    rows: tuple[str, ...] = ()  # names of the members passed on the way, groups apart
    holder: tuple[Any, Any] = (None, None)  # the nearest member of a list, on both sides

    @property
    def key(self) -> str:
        """The last name in the path."""
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")

    @property
    def member(self) -> bool:
        """Whether a whole member came or went."""
        return isinstance(self.path[-1], int)

    @property
    def noise(self) -> bool:
        """Whether the same is said, set differently."""
        old, new = (None if value in _NOTHING else value for value in (self.old, self.new))
        if old is None or new is None:
            return old is new
        if type(old) in (str, int) and type(new) in (str, int):
            numbers = [_number(old), _number(new)]
            if any(numbers):  # "- 9.1" is no item of a list whose text is 9.1
                return numbers[0] == numbers[1]
        return same_words(old, new)

    def dotted(self, *, removed: bool) -> str:
        """removed: what tells of it tells of nothing else, so that the position in the older section is clear."""
        parts = [str(part) for part in self.path]
        if self.member and self.new is None and not removed:
            parts.insert(-1, "removed")
        return ".".join(parts)


def _number(value: str | int) -> tuple[str, Decimal, bool] | None:
    plain = _THOUSANDS.sub("", " ".join(str(value).replace("\N{MINUS SIGN}", "-").split()))
    found = _NUMBER.fullmatch(plain)
    return (found["bound"], Decimal(found["number"]), bool(found["percent"].strip())) if found else None


def leaves(old: Any, new: Any, path: Path, groups: Groups = NO_GROUPS) -> list[Leaf]:
    """All that differs between two values; the order of lists and the ids of groups are no difference."""
    found: list[Leaf] = []
    _Walk(found).values(old, new, path, _Way(), groups)
    return found


@dataclass(frozen=True, slots=True)
class _Way:
    """What a leaf keeps of the way to it."""

    group: str = ""
    rows: tuple[str, ...] = ()
    holder: tuple[Any, Any] = (None, None)


class _Walk:
    """steady: whether the ids of groups mean the same on both sides, so that equal values are no difference."""

    def __init__(self, found: list[Leaf]) -> None:
        self.found = found

    def values(
        self, old: Any, new: Any, path: Path, way: _Way, groups: Groups, *, steady: bool = True
    ) -> None:
        if steady and old == new:
            return
        if isinstance(old, dict) and isinstance(new, dict) and len(path) < DEEPEST:
            self._objects(old, new, path, way, groups, steady=steady)
        elif isinstance(old, list) and isinstance(new, list) and len(path) < DEEPEST:
            self._lists(old, new, path, way, groups, steady=steady)
        elif old != new:
            self._add(old, new, path, way)

    def _objects(
        self,
        old: dict[str, Any],
        new: dict[str, Any],
        path: Path,
        way: _Way,
        groups: Groups,
        *,
        steady: bool,
        apart: str = "",
    ) -> None:
        """apart: the key that only says which member it is."""
        for name in GROUPS:
            if name in old or name in new:
                groups = Groups.of(members(old.get(name)), members(new.get(name)))
                steady = groups.steady
        for key in old if old.keys() == new.keys() else {**old, **new}:
            before, after = old.get(key), new.get(key)
            if key == apart or (isinstance(before, str) and before == after):
                continue
            if before is None or after is None:
                if before is not after:
                    self._add(before, after, (*path, key), way)
            else:
                self.values(before, after, (*path, key), way, groups, steady=steady)

    def _lists(
        self, old: list[Any], new: list[Any], path: Path, way: _Way, groups: Groups, *, steady: bool
    ) -> None:
        name = path[-1] if path else ""
        if name == "groupIds":
            if compared({name: old}, groups.old) != compared({name: new}, groups.new):
                self._add(old, new, path, way)
            return
        if not isinstance(name, str) or not any(isinstance(one, dict) for one in (*old, *new)):
            if not same_in_any_order(old, new):
                self._add(old, new, path, way)
            return
        for pair in groups.pairs if name in GROUPS else pairs_in(name, old, new, groups):
            before = old[pair.old] if pair.old is not None else None
            after = new[pair.new] if pair.new is not None else None
            if name in OF_GROUPS and _same_numbers(before, after):
                continue
            if not steady or before != after:
                place = pair.new if pair.new is not None else pair.old or 0
                self._member(before, after, (*path, place), way, groups, steady=steady)

    def _member(self, old: Any, new: Any, path: Path, way: _Way, groups: Groups, *, steady: bool) -> None:
        listed = path[-2]
        group, rows, apart = way.group, way.rows, ""
        if listed in OF_GROUPS:
            group, apart = _group_of(old, new, groups), "groupId"
        elif listed in GROUPS:
            group, apart = named(new) or named(old), "id"
        elif name := named(new) or named(old):
            rows = (*rows, name)
        way = _Way(group, rows, (old, new))
        if old is None or new is None:
            if old is not new:
                self._add(old, new, path, way)
        elif isinstance(old, dict) and isinstance(new, dict) and len(path) < DEEPEST:
            self._objects(old, new, path, way, groups, steady=steady, apart=apart)
        else:
            self.values(old, new, path, way, groups, steady=steady)

    def _add(self, old: Any, new: Any, path: Path, way: _Way) -> None:
        self.found.append(
            Leaf(path=path, old=old, new=new, group=way.group, rows=way.rows, holder=way.holder)
        )


def _same_numbers(old: Any, new: Any) -> bool:
    """Whether a group's numbers are the same, whatever its id."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return False
    return {**old, "groupId": ""} == {**new, "groupId": ""}


def _group_of(before: Any, after: Any, groups: Groups) -> str:
    for member, ids in ((after, groups.new), (before, groups.old)):
        name = member.get("groupId") if isinstance(member, dict) else None
        if isinstance(name, str) and name in ids:
            return groups.title(ids[name])
    return ""
