"""Which member of a list is which in the newer version: equal ones, then by identity, then by likeness.

Never by position. Duplicated identities are paired in order; what is left over on one side only was added or removed.
What is alike is said in `likeness`; sites, outcomes, arms and interventions have likenesses of their own, in the
modules called after them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import msgspec

from snapshots.fields import Identity
from snapshots.markup import normal_text
from snapshots.record import canonical


class Pair(msgspec.Struct, frozen=True):
    """Positions of one member in both lists; None where it is not."""

    old: int | None
    new: int | None


def pairs(
    old: Sequence[Any],
    new: Sequence[Any],
    identity: Identity | None,
    *,
    apart: tuple[Iterable[int], Iterable[int]] = ((), ()),
) -> list[Pair]:
    """Every member of both lists exactly once, in the newer list's order, removed ones last.

    apart: positions in both lists that are paired with none, because they were found in another list.
    """
    found: dict[int, int] = {}
    taken: set[int] = set()
    for key in _keys(identity):
        match(old, new, key, found, taken)
    kept_old, kept_new = (set(positions) for positions in apart)
    left_old = [at for at in range(len(old)) if at not in taken and at not in kept_old]
    left_new = [at for at in range(len(new)) if at not in found and at not in kept_new]
    if identity is not Identity.WHOLE and left_old and left_new:
        from snapshots.pairing.likeness import last, likenesses  # most members are known by their identity

        for _, a, b in sorted(likenesses(old, new, left_old, left_new, identity)):
            if a not in taken and b not in found:
                found[b] = a
                taken.add(a)
        left_old = [at for at in left_old if at not in taken]
        left_new = [at for at in left_new if at not in found]
        for a, b in last(old, new, left_old, left_new, identity):
            found[b] = a
            taken.add(a)
    listed = [Pair(found.get(at), at) for at in range(len(new))]
    return listed + [Pair(at, None) for at in range(len(old)) if at not in taken]


def unidentified(old: Sequence[Any], new: Sequence[Any], identity: Identity) -> tuple[list[int], list[int]]:
    """Positions in both lists that no identity pairs: what may have come from, or gone to, another list."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    for key in _keys(identity):
        match(old, new, key, found, taken)
    return [at for at in range(len(old)) if at not in taken], [
        at for at in range(len(new)) if at not in found
    ]


def identity_text(member: Any, identity: Identity | None) -> str:
    """What names a member, for people and for likeness."""
    if not isinstance(member, dict):
        return str(member)
    if identity is Identity.TYPE_DATE:
        return ", ".join([str(member.get("type") or ""), *_dates(member)])
    keys = {
        Identity.LABEL: ("label",),
        Identity.MEASURE: ("measure",),
        Identity.TYPE_NAME: ("name",),
        Identity.NAME: ("name",),
        Identity.REFERENCE: ("pmid", "citation"),
        Identity.ID: ("id",),
        Identity.FILENAME: ("filename",),
        Identity.URL: ("url",),
        Identity.SITE: ("facility", "city", "zip", "country"),
    }.get(identity or Identity.WHOLE, ())
    return ", ".join(str(member[key]) for key in keys if member.get(key))


def _dates(member: dict[str, Any]) -> list[str]:
    """All days that a notice carries, whatever the registry calls them."""
    return [f"{key} {member[key]}" for key in sorted(member) if key.lower().endswith("date") and member[key]]


def _keys(identity: Identity | None) -> list[Callable[[Any], Hashable | None]]:
    whole: list[Callable[[Any], Hashable | None]] = [lambda one: canonical({"": one})]
    if identity is Identity.SITE:
        from snapshots.pairing.site_names import site_keys

        return [*whole, *site_keys()]
    if identity in (None, Identity.WHOLE):
        return [*whole, lambda one: normal_text(one) if isinstance(one, str) else None]
    return [*whole, lambda one: _named(one, identity)]


def _named(member: Any, identity: Identity | None) -> Hashable | None:
    if not isinstance(member, dict):
        return None
    if identity is Identity.REFERENCE and member.get("pmid"):
        return ("pmid", str(member["pmid"]))
    text = normal_text(identity_text(member, identity))
    kind = str(member.get("type")) if identity is Identity.TYPE_NAME else None
    return (kind, text) if text else None


def match(
    old: Sequence[Any],
    new: Sequence[Any],
    key: Callable[[Any], Hashable | None],
    found: dict[int, int],
    taken: set[int],
) -> None:
    """Pair what has the same key, duplicates in order. found: newer position → older; taken: older ones."""
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for at in range(len(old) - 1, -1, -1):
        if at not in taken and (name := key(old[at])) is not None:
            waiting[name].append(at)
    if not waiting:
        return
    for at in range(len(new)):
        if at in found or (name := key(new[at])) is None or not waiting.get(name):
            continue
        found[at] = waiting[name].pop()
        taken.add(found[at])
