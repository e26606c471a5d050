"""Where a change happened: the countries of the sites that it is about."""

from __future__ import annotations

import re

from snapshots.changeset import FieldChange
from snapshots.country_names import country

SITES = "locations"
_FOLLOWERS = re.compile(r"[0-9]+ sites?")  # the item of what changed with the whole study


def places_of(change: FieldChange) -> tuple[str, ...] | None:
    """The countries, in the names of now; None for what concerns the whole trial.

    That is every change but one of sites, and among these what only follows the study or names no country.
    """
    if change.field != SITES:
        return None
    sides = [side for side in (change.before, change.after) if isinstance(side, dict)]
    if sides:
        named = [name for side in sides if isinstance(name := side.get("country"), str) and name]
    else:  # a country's line
        followers = change.item is None or _FOLLOWERS.fullmatch(change.item)
        named = [] if change.item is None or followers else [change.item]
    found = tuple(dict.fromkeys(known for name in named if (known := country(name)) is not None))
    return found or None


def in_use(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of now for those that a record gives; one that we do not know stays as it is."""
    return tuple(dict.fromkeys(country(name) or name for name in names))
