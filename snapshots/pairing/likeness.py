"""Which of the members that no identity pairs may be one: how alike they are, and what keeps two alike apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from snapshots.fields import Identity
from snapshots.markup import normal_text
from snapshots.pairing import identity_text
from snapshots.pairing.arms import Arm, another_arm, last_arm, like_arms
from snapshots.pairing.endpoints import like_endpoints
from snapshots.pairing.interventions import (
    another_intervention,
    last_intervention,
    like_interventions,
    naming,
)
from snapshots.pairing.outcomes import another_endpoint
from snapshots.pairing.sites import like_sites

LIKE = 70.0  # rapidfuzz's ratio from which two leftovers are one, reworded
OUTCOMES_LIKE = 60.0
LONGEST = 256  # characters compared
MOST_PAIRS = 4_000_000  # compared: a second's work
MOST_LIKE = 20  # of the members like one, so many are looked at

Scored = tuple[float, int, int]  # minus the likeness, position in the older list, in the newer


def likenesses(
    old: Sequence[Any],
    new: Sequence[Any],
    left_old: list[int],
    left_new: list[int],
    identity: Identity | None,
) -> Iterator[Scored]:
    """Of the members that no identity pairs, those that may be one."""
    if identity is Identity.SITE:
        yield from like_sites(old, new, left_old, left_new)
        return
    if len(left_old) * len(left_new) > MOST_PAIRS:
        return
    texts_old = {at: normal_text(identity_text(old[at], identity))[:LONGEST] for at in left_old}
    texts_new = {at: normal_text(identity_text(new[at], identity))[:LONGEST] for at in left_new}
    if identity is Identity.LABEL:
        yield from like_arms(old, new, texts_old, texts_new)
    if identity is Identity.TYPE_NAME:
        yield from like_interventions(old, new, texts_old, texts_new)
    if identity is Identity.MEASURE:
        yield from like_endpoints(old, new, left_old, left_new)
    read, another = _ANOTHER.get(identity, (None, None))
    before: dict[int, Any] = {}
    after: dict[int, Any] = {}
    least = OUTCOMES_LIKE if identity is Identity.MEASURE else LIKE
    for a, text in texts_old.items():
        for _, score, b in process.extract(
            text, texts_new, scorer=fuzz.ratio, score_cutoff=least, limit=MOST_LIKE
        ):
            if read is not None and another is not None:
                if a not in before:
                    before[a] = read(old[a])
                if b not in after:
                    after[b] = read(new[b])
                if another(before[a], after[b]):
                    continue
            yield -score, a, b


# How a member is read, once, and what says of two alike that they are two.
_ANOTHER: dict[Identity | None, tuple[Callable[[Any], Any], Callable[[Any, Any], bool]]] = {
    Identity.LABEL: (Arm, another_arm),
    Identity.MEASURE: (lambda outcome: outcome, another_endpoint),
    Identity.TYPE_NAME: (naming, another_intervention),
}
_LAST: dict[Identity | None, Callable[[Any, Any], float]] = {
    Identity.LABEL: last_arm,
    Identity.TYPE_NAME: last_intervention,
}


def last(
    old: Sequence[Any],
    new: Sequence[Any],
    left_old: list[int],
    left_new: list[int],
    identity: Identity | None,
) -> Iterator[tuple[int, int]]:
    """The only two arms or interventions that are left: less says that they are one."""
    if len(left_old) != 1 or len(left_new) != 1:
        return
    (a,), (b,) = left_old, left_new
    if identity in _LAST and _LAST[identity](old[a], new[b]):
        yield a, b
