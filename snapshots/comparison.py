"""Which fields differ between two records, and where: deepdiff on views made for it. The only home of deepdiff.

A view holds the members of lists that both sides share and that are not equal, by field and member, and of them the
keys that are not, under names that are the same on both sides. Names are made up (`f1`, `m3`, `k12`), because deepdiff
cannot be trusted with every text as a key (it leaves out `__class__`); values are text, for it holds 1 and true equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from snapshots.delta import CONTAINERS, delta, differ
from snapshots.fields import Field, FieldTable, Identity, leading
from snapshots.record import canonical

Path = tuple[str | int, ...]
_ABSENT: Any = object()
MOST_STRANGERS = 50  # keys of one object that the table does not know, each told by itself


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member of a list that differs. One side is None when it came or went."""

    old: Any
    new: Any
    old_at: int | None
    new_at: int | None
    keys: frozenset[str] = frozenset()  # of its first level, those that differ

    @property
    def beside(self) -> bool:
        """Whether nothing differs but what stands beside what it says."""
        return isinstance(self.old, dict) and isinstance(self.new, dict) and not self.keys


class Difference(msgspec.Struct, kw_only=True):
    """A field that differs."""

    field: Field
    path: tuple[str, ...]  # where its value stands
    old: Any = None  # None when absent; without what stands beside what it says, as in its members
    new: Any = None
    paths: list[str] = msgspec.field(default_factory=list)  # what differs, dotted
    members: list[Member] = msgspec.field(default_factory=list)  # of lists with an identity
    reordered: bool = False  # the same members in another order

    @property
    def lists(self) -> bool:
        """Whether both values are lists, or absent: all that a rule of lists can read."""
        return all(value is None or isinstance(value, list) for value in (self.old, self.new))


def differences(old: dict[str, Any], new: dict[str, Any], table: FieldTable) -> list[Difference]:
    """Every field that differs, in the table's order, unknown ones last. Covers every path of the delta.

    What only stands beside (`FieldTable.aside`) is a difference of its own, but inside a field that differs anyway.
    """
    found: dict[tuple[str, ...], Difference] = {}
    touched = list(_differing(old, new, table))
    crowd = _crowded(touched, table)
    covering = cache(table.covering)  # of a hundred sites the same keys differ
    for path in touched:
        if crowd and path[:-1] in crowd and path not in table:
            continue
        one, at = covering(leading(path))
        if at not in found:
            found[at] = Difference(field=one, path=at, old=_at(old, at), new=_at(new, at))
        found[at].paths.append(_dotted(path))
    for above, keys in crowd.items():
        together = _as_one(above, keys, old, new, table)
        found[together.path] = together
    order = {one.keys: number for number, one in enumerate(table)}
    listed = sorted(found.values(), key=lambda one: (order.get(one.path, len(order)), one.path))
    if any(one.field.identity is not None for one in listed):
        _look_into(listed, table)
    return [_bare(one, table) for one in listed]


def _bare(one: Difference, table: FieldTable) -> Difference:
    """Without what stands beside; where nothing else differs, that is what differs."""
    if one.field.anywhere or one.field.identity is not None:
        return one
    old, new = (_without(table, value) for value in (one.old, one.new))
    if old is one.old and new is one.new:
        return one
    if old is None or new is None or differ(old, new):
        return msgspec.structs.replace(one, old=old, new=new)
    row = next(row for row in table if row.anywhere)
    before, after = (list(_beside(table, value)) or None for value in (one.old, one.new))
    return Difference(field=row, path=one.path, old=before, new=after, paths=one.paths)


def _beside(table: FieldTable, value: Any) -> Iterator[Any]:
    """What in a value only stands beside the rest of it."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for key, one in value.items():
                if table.aside(key) is not None:
                    yield one
                else:
                    waiting.append(one)
        elif isinstance(value, list):
            waiting += value


def _without(table: FieldTable, value: Any) -> Any:
    """The value itself where there is nothing to leave out."""
    # Hardly any value holds such a key: its bytes say so in a hundredth of the time that a walk takes.
    raw = b"" if value is None else canonical({"": value})
    if not any(end in raw for end in table.ends_aside) or not any(True for _ in _beside(table, value)):
        return value
    if isinstance(value, list):
        return [_without(table, one) for one in value]
    return {key: _without(table, one) for key, one in value.items() if table.aside(key) is None}


def _crowded(touched: list[Path], table: FieldTable) -> dict[Path, list[str]]:
    """Objects of which very many keys differ that the table does not know, with those keys."""
    below = Counter(path[:-1] for path in touched)
    crowd: dict[Path, list[str]] = {
        above: []
        for above, count in below.items()
        if count > MOST_STRANGERS
        and all(isinstance(part, str) for part in above)
        and table.covering((*above, ""))[0].slug not in table
    }
    for path in touched if crowd else ():
        if path[:-1] in crowd and path not in table:
            crowd[path[:-1]].append(str(path[-1]))
    return crowd


def _as_one(above: Path, keys: list[str], old: Any, new: Any, table: FieldTable) -> Difference:
    """Nobody reads a million lines of keys that nobody knows: together they are one field."""
    path = (*(str(part) for part in above), f"{len(keys)} unknown keys")
    before, after = (_at(side, path[:-1]) for side in (old, new))
    left, right = (
        {key: side[key] for key in keys if key in side} if isinstance(side, dict) else {}
        for side in (before, after)
    )
    return Difference(
        field=table.covering(path)[0],
        path=path,
        old=left or None,
        new=right or None,
        paths=[_dotted((*above, key)) for key in keys],
    )


def _differing(old: dict[str, Any], new: dict[str, Any], table: FieldTable) -> Iterator[Path]:
    """Where the exact delta touches: nothing can be left out that it knows of. A module that came or went as a
    whole is taken apart into its fields."""
    for operation in delta(old, new):
        values = [value for value in (operation.before, operation.after) if isinstance(value, dict)]
        keys = tuple(part for part in operation.path if isinstance(part, str))
        if values and len(keys) == len(operation.path):
            yield from _fields_below(keys, values, table)
        else:
            yield operation.path


def _fields_below(path: tuple[str, ...], values: list[dict[str, Any]], table: FieldTable) -> Iterator[Path]:
    if not table.divides(path) or not any(values):
        yield path
        return
    for key in dict.fromkeys(key for value in values for key in value):
        below = [value[key] for value in values if isinstance(value.get(key), dict)]
        if below:
            yield from _fields_below((*path, key), below, table)
        else:
            yield (*path, key)


def _look_into(listed: list[Difference], table: FieldTable) -> None:
    """Fill in members of lists: pair them, and let deepdiff say what differs in each pair."""
    from snapshots.pairing import pairs  # most updates change no list

    left: dict[str, Any] = {}
    right: dict[str, Any] = {}
    where: dict[str, dict[str, tuple[int | None, int | None]]] = {}
    raw = [(_members(one.old), _members(one.new)) for one in listed]
    for one in listed:
        if one.field.identity is not None:  # which member is which is not for what stands beside to say
            one.old, one.new = (_without(table, value) for value in (one.old, one.new))
    moved = _moved([one for one in listed if one.field.identity is Identity.MEASURE])
    for number, one in enumerate(listed):
        if one.field.identity is None or not one.lists:
            continue
        before, after = _members(one.old), _members(one.new)
        key = f"f{number}"
        left[key], right[key], where[key] = {}, {}, {}
        apart = moved.get(one.field.slug, (set(), set()))
        for position, pair in enumerate(pairs(before, after, one.field.identity, apart=apart)):
            a = before[pair.old] if pair.old is not None else _ABSENT
            b = after[pair.new] if pair.new is not None else _ABSENT
            both = pair.old is not None and pair.new is not None
            if both and not differ(raw[number][0][pair.old or 0], raw[number][1][pair.new or 0]):
                continue
            name = f"m{position}"
            where[key][name] = (pair.old, pair.new)
            if a is not _ABSENT:
                left[key][name] = a
            if b is not _ABSENT:
                right[key][name] = b
    differing = _compared(left, right)
    for number, one in enumerate(listed):
        key = f"f{number}"
        if key not in where:
            continue
        for name, (old_at, new_at) in where[key].items():
            one.members.append(
                Member(
                    old=left[key].get(name),
                    new=right[key].get(name),
                    old_at=old_at,
                    new_at=new_at,
                    keys=frozenset(differing.get((key, name), ())),
                )
            )
        one.reordered = not one.members


def _moved(outcomes: list[Difference]) -> dict[str, tuple[set[int], set[int]]]:
    """Field → positions, before and after, of what went to or came from another of the lists of outcomes."""
    from snapshots.pairing import unidentified

    gone: dict[tuple[str, int], Any] = {}
    come: dict[tuple[str, int], Any] = {}
    for one in outcomes:
        before, after = _members(one.old), _members(one.new)
        left_old, left_new = unidentified(before, after, Identity.MEASURE)
        gone |= {(one.field.slug, at): before[at] for at in left_old}
        come |= {(one.field.slug, at): after[at] for at in left_new}
    found: dict[str, tuple[set[int], set[int]]] = {one.field.slug: (set(), set()) for one in outcomes}
    if gone and come:
        from snapshots.pairing.outcomes import moves

        for (slug, at), (other, new_at) in moves(gone, come):
            found[slug][0].add(at)
            found[other][1].add(new_at)
    return found


def _members(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _compared(left: dict[str, Any], right: dict[str, Any]) -> dict[tuple[str, str], set[str]]:
    """(field, member) → the keys of the member's first level that differ."""
    spelled: dict[str, str] = {}  # the registry's key → ours
    views: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    found: dict[tuple[str, str], set[str]] = {}
    for field, members in left.items():
        for name, member in members.items():
            other = right[field].get(name)
            if not isinstance(member, dict) or not isinstance(other, dict):
                continue  # it came, went, or is a value of its own
            for inner in member.keys() | other.keys():
                a, b = member.get(inner, _ABSENT), other.get(inner, _ABSENT)
                if a is not _ABSENT and b is not _ABSENT and not differ(a, b):
                    continue  # deepdiff takes its time for each key, equal or not
                if not isinstance(a, CONTAINERS) and not isinstance(b, CONTAINERS):
                    found.setdefault((field, name), set()).add(inner)  # nothing to look into
                    continue
                ours = spelled.setdefault(inner, f"k{len(spelled)}")
                for view, one in zip(views, (member, other), strict=True):
                    shown = view.setdefault(field, {}).setdefault(name, {})
                    if inner in one:
                        shown[ours] = _text(one[inner])
    if not spelled:
        return found  # as of most edits: they need no library that takes 80 ms to load
    from deepdiff import DeepDiff

    tree = DeepDiff(*views, view="tree", threshold_to_diff_deeper=0, verbose_level=2, ignore_order=False)
    registrys = {ours: inner for inner, ours in spelled.items()}
    for report in tree.values():
        for item in report:
            field, name, key = item.path(output_format="list")[:3]
            found.setdefault((field, name), set()).add(registrys[key])
    return found


def _text(value: Any) -> str:
    """A first-level value as text: 1, 1.0 and true stay three things, nothing is too deep for deepdiff."""
    return f"={value}" if isinstance(value, str) else canonical({"": value}).decode()


def _at(record: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(record, dict) or key not in record:
            return None
        record = record[key]
    return record


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)
