"""The exact difference of two JSON values: a short list of operations, invertible, checked when computed.

Old + delta = new and new − delta = old, to the byte of the canonical form: 1, 1.0 and true are three values,
the order of a list counts, that of an object's keys does not. What a difference means is no concern of this
module.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from snapshots.changeset import JSON
from snapshots.errors import SnapshotsError

Path = tuple[str | int, ...]

CONTAINERS = (dict, list)
_encode = msgspec.json.Encoder(order="sorted").encode


class DeltaMismatch(SnapshotsError):
    """The value is not the one that the operations were made for."""


class OperationKind(StrEnum):
    REPLACE = "replace"  # the value at the path by another
    ADD = "add"  # a key that was not there
    REMOVE = "remove"  # a key that is no longer there
    SPLICE = "splice"  # from an index of a list on: these members out, those in


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One step, to be taken in the order of the list.

    `path` is where the value stands when the step is taken; as lists are changed from their end, a number in
    a path is a position in the old record. Of a splice it ends with the index, and `before` and `after` are
    the lists of members that go and come. None in `before` of ADD and `after` of REMOVE says nothing.
    """

    kind: OperationKind
    path: Path
    before: JSON = None
    after: JSON = None

    def as_json(self) -> dict[str, JSON]:
        """For machines. Keys without meaning for the kind are left out."""
        shape: dict[str, JSON] = {"op": self.kind.value, "path": list(self.path)}
        if self.kind is not OperationKind.ADD:
            shape["before"] = self.before
        if self.kind is not OperationKind.REMOVE:
            shape["after"] = self.after
        return shape


def delta(old: JSON, new: JSON) -> list[Operation]:
    """The operations that lead from old to new; [] when they are equal. Neither is changed."""
    operations = list(_between(old, new, ()))
    if _encode(apply(old, operations)) != _encode(new):
        raise DeltaMismatch("a delta does not lead to the newer value: a defect of trialbell")
    if _encode(apply(new, reverse(operations))) != _encode(old):
        raise DeltaMismatch("a delta does not lead back to the older value: a defect of trialbell")
    return operations


def reverse(operations: Sequence[Operation]) -> list[Operation]:
    """The operations that lead back."""
    turned = {OperationKind.ADD: OperationKind.REMOVE, OperationKind.REMOVE: OperationKind.ADD}
    return [
        Operation(kind=turned.get(one.kind, one.kind), path=one.path, before=one.after, after=one.before)
        for one in reversed(operations)
    ]


def paths(operations: Iterable[Operation]) -> list[Path]:
    """Where something differs, list members by position in the old record."""
    return [one.path for one in operations]


def apply(value: JSON, operations: Iterable[Operation]) -> JSON:
    """The value after the operations. The one given is left as it was; unchanged parts are shared with it.

    DeltaMismatch when a step does not find what it was made for.
    """
    patched = _Patch(value)
    for one in operations:
        patched.take(one)
    return patched.root


class _Patch:
    """A value being changed: containers on the way to a change are copied, each once."""

    def __init__(self, root: JSON) -> None:
        self.root = root
        self._own: dict[int, Any] = {}  # id → container that was made here; kept alive, or ids would return

    def take(self, one: Operation) -> None:
        if not one.path:
            if one.kind is not OperationKind.REPLACE:
                raise DeltaMismatch(f"the whole value can only be replaced, not: `{one.kind}`")
            self._expect(one, self.root)
            self.root = one.after
            return
        parent = self._parent(one)
        last = one.path[-1]
        if one.kind is OperationKind.SPLICE:
            if not isinstance(parent, list) or not isinstance(last, int) or not 0 <= last <= len(parent):
                raise _mismatch(one)
            end = last + len(one.before)
            self._expect(one, parent[last:end])
            parent[last:end] = one.after
        elif one.kind is OperationKind.ADD:
            if not isinstance(parent, dict) or last in parent:
                raise _mismatch(one)
            parent[last] = one.after
        else:
            if not _holds(parent, last) or (
                one.kind is OperationKind.REMOVE and not isinstance(parent, dict)
            ):
                raise _mismatch(one)
            self._expect(one, parent[last])
            if one.kind is OperationKind.REMOVE:
                del parent[last]
            else:
                parent[last] = one.after

    def _parent(self, one: Operation) -> Any:
        self.root = node = self._owned(self.root)
        for step in one.path[:-1]:
            if not _holds(node, step):
                raise _mismatch(one)
            node[step] = child = self._owned(node[step])
            node = child
        return node

    def _owned(self, node: Any) -> Any:
        if id(node) in self._own or not isinstance(node, CONTAINERS):
            return node
        copy = node.copy()
        self._own[id(copy)] = copy
        return copy

    def _expect(self, one: Operation, found: JSON) -> None:
        if found is not one.before and _encode(found) != _encode(one.before):
            raise _mismatch(one)


def _mismatch(one: Operation) -> DeltaMismatch:
    return DeltaMismatch(f"a delta does not fit the value: `{one.kind} {'.'.join(map(str, one.path))}`")


def _holds(node: Any, step: str | int) -> bool:
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and 0 <= step < len(node)


def _between(old: JSON, new: JSON, path: Path) -> Iterator[Operation]:
    if type(old) is dict and type(new) is dict:
        for key in old:
            if key not in new:
                yield Operation(kind=OperationKind.REMOVE, path=(*path, key), before=old[key])
        for key, value in new.items():
            if key not in old:
                yield Operation(kind=OperationKind.ADD, path=(*path, key), after=value)
            elif differ(old[key], value):
                yield from _between(old[key], value, (*path, key))
    elif type(old) is list and type(new) is list:
        yield from _between_lists(old, new, path)
    elif differ(old, new):
        yield Operation(kind=OperationKind.REPLACE, path=path, before=old, after=new)


def differ(old: JSON, new: JSON) -> bool:
    """Whether two values are two in JSON, where 1, 1.0 and true are three things."""
    # A text is the commonest value and has no two spellings; all else that Python holds equal is told apart by its
    # bytes.
    return bool(old != new) or (type(old) is not str and _encode(old) != _encode(new))


def _between_lists(old: list[Any], new: list[Any], path: Path) -> Iterator[Operation]:
    """From the end to the start, so that each step leaves the positions before it alone."""
    left, right = [_encode(one) for one in old], [_encode(one) for one in new]
    for a, b, c, d in reversed(list(_gaps(left, right))):
        if b - a == d - c and all(_alike(old[a + k], new[c + k]) for k in range(b - a)):
            for k in reversed(range(b - a)):
                yield from _between(old[a + k], new[c + k], (*path, a + k))
        else:
            yield Operation(kind=OperationKind.SPLICE, path=(*path, a), before=old[a:b], after=new[c:d])


def _alike(old: JSON, new: JSON) -> bool:
    """Whether to look for the difference inside, rather than to exchange one for the other."""
    return type(old) is type(new)


def _gaps(left: list[bytes], right: list[bytes]) -> Iterator[tuple[int, int, int, int]]:
    """(a, b, c, d): left[a:b] stands where right[c:d] does, and all between the gaps is equal. In order.

    Members that occur once on both sides hold the two together along their longest common order; no step is
    quadratic.
    """
    start, end = 0, 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    a, c = start, start
    for i, j in [*_anchors(left, right, start, end), (len(left) - end, len(right) - end)]:
        # Equal neighbours of an anchor that occur more than once belong to it.
        b, d = i, j
        while a < b and c < d and left[a] == right[c]:
            a, c = a + 1, c + 1
        while a < b and c < d and left[b - 1] == right[d - 1]:
            b, d = b - 1, d - 1
        if a < b or c < d:
            yield a, b, c, d
        a, c = i + 1, j + 1


def _anchors(left: list[bytes], right: list[bytes], start: int, end: int) -> list[tuple[int, int]]:
    inner_left, inner_right = left[start : len(left) - end], right[start : len(right) - end]
    if not inner_left or not inner_right:
        return []
    often_left, often_right = Counter(inner_left), Counter(inner_right)
    place = {one: j for j, one in enumerate(inner_right) if often_right[one] == 1}
    pairs = [(i, place[one]) for i, one in enumerate(inner_left) if often_left[one] == 1 and one in place]
    return [(i + start, j + start) for i, j in _longest_rising(pairs)]


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs in which the second number rises too."""
    tails: list[int] = []  # least last number of a rising row of each length
    holders: list[int] = []  # which pair that is
    before: list[int | None] = []
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        before.append(holders[length - 1] if length else None)
        tails[length : length + 1] = [j]
        holders[length : length + 1] = [index]
    found: list[tuple[int, int]] = []
    index_at = holders[-1] if holders else None
    while index_at is not None:
        found.append(pairs[index_at])
        index_at = before[index_at]
    return found[::-1]
