"""Which member of a list is which in the newer version: equal ones, then by identity, then by likeness.

Never by position. Duplicated identities are paired in order; what is left over on one side only was added or removed.
Sites and outcomes have likenesses of their own, in `site_pairing` and `outcome_pairing`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from snapshots.endpoints import like_endpoints
from snapshots.fields import Identity
from snapshots.markup import normal_text
from snapshots.outcome_pairing import another_endpoint
from snapshots.record import canonical
from snapshots.site_pairing import like_sites, site_keys

LIKE = 70.0  # rapidfuzz's ratio from which two leftovers are one, reworded
OUTCOMES_LIKE = 60.0
RELABELLED = 40.0  # of an arm that receives the same
LONGEST = 256  # characters compared
MOST_PAIRS = 4_000_000  # compared: a second's work
MOST_LIKE = 20  # of the members like one, so many are looked at

Scored = tuple[float, int, int]  # minus the likeness, position in the older list, in the newer


@dataclass(frozen=True, slots=True)
class Pair:
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
        for _, a, b in sorted(_likenesses(old, new, left_old, left_new, identity)):
            if a not in taken and b not in found:
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


def _likenesses(
    old: Sequence[Any],
    new: Sequence[Any],
    left_old: list[int],
    left_new: list[int],
    identity: Identity | None,
) -> Iterator[Scored]:
    if identity is Identity.SITE:
        yield from like_sites(old, new, left_old, left_new)
        return
    if len(left_old) * len(left_new) > MOST_PAIRS:
        return
    texts_old = {at: normal_text(identity_text(old[at], identity))[:LONGEST] for at in left_old}
    texts_new = {at: normal_text(identity_text(new[at], identity))[:LONGEST] for at in left_new}
    if identity is Identity.LABEL:
        yield from _same_treatments(old, new, texts_old, texts_new)
    if identity is Identity.TYPE_NAME:
        yield from _longer_names(old, new, texts_old, texts_new)
    if identity is Identity.MEASURE:
        yield from like_endpoints(old, new, left_old, left_new)
    least = OUTCOMES_LIKE if identity is Identity.MEASURE else LIKE
    for a, text in texts_old.items():
        for _, score, b in process.extract(
            text, texts_new, scorer=fuzz.ratio, score_cutoff=least, limit=MOST_LIKE
        ):
            if identity is Identity.MEASURE and another_endpoint(old[a], new[b]):
                continue
            yield -score, a, b


def _same_treatments(
    old: Sequence[Any], new: Sequence[Any], texts_old: dict[int, str], texts_new: dict[int, str]
) -> Iterator[Scored]:
    """What an arm receives says more of it than what it is called."""
    given_old = {at: given for at in texts_old if (given := _treatment(old[at])) is not None}
    given_new = {at: given for at in texts_new if (given := _treatment(new[at])) is not None}
    times_old, times_new = Counter(given_old.values()), Counter(given_new.values())
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for at, given in given_new.items():
        waiting[given].append(at)
    for a, given in given_old.items():
        alone = times_old[given] == 1 == times_new[given]
        for b in waiting[given][:MOST_LIKE]:
            score = fuzz.ratio(texts_old[a], texts_new[b])
            if score >= RELABELLED or (alone and _same_description(old[a], new[b])):
                yield -max(score, LIKE + score / 10), a, b


def _longer_names(
    old: Sequence[Any], new: Sequence[Any], texts_old: dict[int, str], texts_new: dict[int, str]
) -> Iterator[Scored]:
    """`Torvalimab` and `Torvalimab prefilled pen`, given to the same arms, are one intervention renamed."""
    given: defaultdict[Hashable, list[int]] = defaultdict(list)
    for b in texts_new:
        if (use := _use(new[b])) is not None:
            given[use].append(b)
    for a, text in texts_old.items():
        for b in given.get(_use(old[a]), ())[:MOST_LIKE]:
            shorter, longer = sorted((text, texts_new[b]), key=len)
            if f" {shorter} " in f" {longer} ":
                yield -LIKE, a, b


def _use(intervention: Any) -> Hashable | None:
    arms = intervention.get("armGroupLabels") if isinstance(intervention, dict) else None
    if not isinstance(arms, list) or not arms:
        return None
    return str(intervention.get("type")), tuple(sorted(normal_text(str(arm)) for arm in arms))


def _treatment(arm: Any) -> Hashable | None:
    given = arm.get("interventionNames") if isinstance(arm, dict) else None
    if not isinstance(given, list) or not given:
        return None
    return str(arm.get("type")), tuple(sorted(normal_text(str(name)) for name in given))


def _same_description(a: dict[str, Any], b: dict[str, Any]) -> bool:
    described = (a.get("description"), b.get("description"))
    if not all(isinstance(text, str) and text for text in described):
        return False
    return normal_text(str(described[0])) == normal_text(str(described[1]))
