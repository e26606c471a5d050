"""Which of the members that no identity pairs may be one: how alike they are, and what keeps two alike apart.

What is known of sites, outcomes, arms or interventions is loaded when there are such to be paired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from snapshots.fields import Identity
from snapshots.markup import normal_text
from snapshots.pairing import identity_text

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
        from snapshots.pairing.sites import like_sites

        yield from like_sites(old, new, left_old, left_new)
        return
    if len(left_old) * len(left_new) > MOST_PAIRS:
        return
    texts_old = {at: normal_text(identity_text(old[at], identity))[:LONGEST] for at in left_old}
    texts_new = {at: normal_text(identity_text(new[at], identity))[:LONGEST] for at in left_new}
    if identity is Identity.LABEL:
        from snapshots.pairing.arms import like_arms

        yield from like_arms(old, new, texts_old, texts_new)
    if identity is Identity.TYPE_NAME:
        from snapshots.pairing.interventions import like_interventions

        yield from like_interventions(old, new, texts_old, texts_new)
    if identity is Identity.MEASURE:
        from snapshots.pairing.endpoints import like_endpoints

        yield from like_endpoints(old, new, left_old, left_new)
    read, another = _another(identity) or (None, None)
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


def _another(
    identity: Identity | None,
) -> tuple[Callable[[Any], Any], Callable[[Any, Any], bool]] | None:
    """How a member is read, once, and what says of two alike that they are two; None where nothing does."""
    match identity:
        case Identity.LABEL:
            from snapshots.pairing.arms import Arm, another_arm

            return Arm, another_arm
        case Identity.MEASURE:
            from snapshots.pairing.outcomes import another_endpoint

            return lambda outcome: outcome, another_endpoint
        case Identity.TYPE_NAME:
            from snapshots.pairing.interventions import another_intervention, naming

            return naming, another_intervention
    return None


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
    if identity is Identity.LABEL:
        from snapshots.pairing.arms import last_arm

        are_one = last_arm(old[a], new[b])
    elif identity is Identity.TYPE_NAME:
        from snapshots.pairing.interventions import last_intervention

        are_one = last_intervention(old[a], new[b])
    else:
        return
    if are_one:
        yield a, b
