"""A trial's past as the registry lists it: how much of it is wanted, and what to go through for that. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.registries.base import ArchiveEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of a trial's past. Bounded either way, its first version is brought too: what was registered."""

    since: str | None = None  # ISO day: what stood on it, and all that was submitted from it on
    newest: int | None = None  # as many of the newest


WHOLE = Bounds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A version to go through. follows: the registry's list has none between it and the one planned before it."""

    number: int
    submitted: str
    follows: bool


def plan(
    entries: Sequence[ArchiveEntry],
    bounds: Bounds,
    *,
    stored: Iterable[int] = (),
    booked: Iterable[tuple[int, int]] = (),
    kept_from: str | None = None,
) -> tuple[tuple[Planned, ...], int]:
    """What to go through, oldest first, and where in it to begin. Pure.

    entries: the registry's list. From the first version or change set on that is missing, also those that are
    stored: a later change is read in the light of what went before it. kept_from: ISO day; what another version
    replaced before it is not wanted, the first version neither.
    """
    held, pairs = set(stored), set(booked)
    wanted = {place for place in _within(entries, bounds) if place >= _standing_on(entries, kept_from)} | {
        place for place, one in enumerate(entries) if one.number in held
    }
    places = sorted(wanted)
    planned = [
        Planned(
            number=entries[place].number,
            submitted=entries[place].submitted,
            follows=place - 1 in wanted,
        )
        for place in places
    ]
    for begin, one in enumerate(planned):
        unbooked = one.follows and (planned[begin - 1].number, one.number) not in pairs
        if one.number not in held or unbooked:
            keep = begin - one.follows
            return tuple(planned[keep:]), begin - keep
    return (), 0


def _within(entries: Sequence[ArchiveEntry], bounds: Bounds) -> set[int]:
    first = _standing_on(entries, bounds.since)
    if bounds.newest is not None:
        first = max(first, len(entries) - bounds.newest)
    return {0, *range(first, len(entries))} if entries else set()


def _standing_on(entries: Sequence[ArchiveEntry], day: str | None) -> int:
    """The place of the version that stood when a day began; None, or before all: the first."""
    return max((place for place, one in enumerate(entries) if day and one.submitted < day), default=0)
