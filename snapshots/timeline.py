"""Which version of a trial stood on which day: the one rule, for `show`, `history`, `field`, `diff` and `search`.

On a day stands the newest of our snapshots whose data build is not later; before all snapshots the newest archive
version submitted by then. A version that was older than one stored before it never stood.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from snapshots.changeset import Source

if TYPE_CHECKING:
    from sqlite_utils import Database

_SOURCES = {"snapshot": Source.SNAPSHOT, "archive": Source.ARCHIVE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A version and its days."""

    source: Source
    number: int
    since: str  # ISO day, the first on which it stood
    until: str | None  # ISO day, the first on which another did; None: it still stands


def timeline(db: Database, key: int) -> list[Stood]:
    """The versions of a trial that stood on any day, oldest first, without a gap between two."""
    return timelines(db, [key]).get(key, [])


def timelines(db: Database, keys: Sequence[int]) -> dict[int, list[Stood]]:
    """The same for some hundred trials at once, by their keys; those without a version are left out."""
    rows = db.execute(
        "select trial, line, number, coalesce(build, updated) from version"
        f" where trial in ({','.join('?' * len(keys))})",
        list(keys),
    )
    versions: dict[int, list[tuple[Source, int, str]]] = {}
    for key, line, number, day in rows:
        if day is not None:
            versions.setdefault(key, []).append((_SOURCES[line], number, day))
    return {key: _standing(found) for key, found in versions.items()}


def _standing(versions: list[tuple[Source, int, str]]) -> list[Stood]:
    if len(versions) > 1:
        versions.sort(key=lambda one: (one[0] is Source.SNAPSHOT, one[1]), reverse=True)
    found: list[Stood] = []
    until: str | None = None
    for source, number, day in versions:
        if until is None or day < until:
            found.append(Stood(source=source, number=number, since=day, until=until))
            until = day
    return found[::-1]


def stood_on(versions: Sequence[Stood], day: date) -> Stood | None:
    """The one that stood on a day; None before the first."""
    place = bisect_right([one.since for one in versions], day.isoformat())
    return versions[place - 1] if place else None
