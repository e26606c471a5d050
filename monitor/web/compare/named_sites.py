"""Which sites a change tells of that only counts them: those of its country that differ between two records.

A change of many sites is one sentence a country (`Sites in Japan: 2 added, 5 opened`). The page that has both
records at hand says which they are. Pure; staff are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from monitor.web.drawing.terms import said
from snapshots.changeset import FieldChange, Severity

_INDEX = re.compile(r"\blocations\.(\d+)")


def named_sites(
    changes: Iterable[FieldChange], older: dict[str, Any], newer: dict[str, Any]
) -> tuple[FieldChange, ...]:
    """The same changes, with the names of the sites on both sides in place of their number."""
    return tuple(_named(change, older, newer) for change in changes)


def _named(change: FieldChange, older: dict[str, Any], newer: dict[str, Any]) -> FieldChange:
    if change.field != "locations":
        return change
    if change.severity is Severity.NOISE:
        return _respelt(change, older, newer)
    if not (isinstance(change.before, int) or isinstance(change.after, int)):
        return change
    before, after = _lines(older, change.item), _lines(newer, change.item)
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    # A site that differs in what a line does not say (its contacts) is on neither side.
    return replace(change, before=sorted(gone.elements()) or None, after=sorted(come.elements()) or None)


def _respelt(change: FieldChange, older: dict[str, Any], newer: dict[str, Any]) -> FieldChange:
    """The same sites, written otherwise: both ways of writing, in the record's order."""
    before, after = ([_line(site, placed=True) for site in _sites(record)] for record in (older, newer))
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    named = {int(found[1]) for path in change.paths if (found := _INDEX.search(path))}
    wanted = [line for at, line in enumerate(after) if at in named and line in come] or list(come.elements())
    return replace(
        change,
        before=[line for line in before if line in gone] or change.before,
        after=wanted or change.after,
    )


def site_lines(sites: Iterable[Any]) -> list[str]:
    """Each site on a line: `Charité, Berlin 10117: Recruiting`."""
    return [_line(site) for site in sites if isinstance(site, dict)]


def _lines(record: dict[str, Any], country: str | None) -> list[str]:
    return [_line(site) for site in _sites(record) if _country(site) == country]


def _sites(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    at: Any = record
    for key in ("protocolSection", "contactsLocationsModule", "locations"):
        at = at.get(key) if isinstance(at, dict) else None
    yield from (site for site in (at if isinstance(at, list) else []) if isinstance(site, dict))


def _country(site: dict[str, Any]) -> str:
    return str(site.get("country") or "an unnamed country")  # as the change's own item says it


def _line(site: dict[str, Any], *, placed: bool = False) -> str:
    """`Charité, Berlin 10117: Recruiting`; with its country and position where that is what may differ."""
    place = " ".join(str(site[key]) for key in ("city", "state", "zip") if site.get(key))
    name = ", ".join(part for part in (str(site.get("facility") or ""), place) if part) or "an unnamed site"
    if placed:
        name += f", {_country(site)}"
        spot = site.get("geoPoint")
        if isinstance(spot, dict) and {"lat", "lon"} <= set(spot):
            name += f" (at {spot['lat']}, {spot['lon']})"
    return f"{name}: {said(str(site['status']))}" if site.get("status") else name
