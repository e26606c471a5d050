"""Which sites a change tells of that only counts them: those of its country that differ between two records.

A change of many sites is one sentence a country (`Sites in Japan: 2 added, 5 opened`). The page that has both
records at hand says which they are. Pure; staff are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from monitor.web.terms import said
from snapshots.changeset import FieldChange


def named_sites(
    changes: Iterable[FieldChange], older: dict[str, Any], newer: dict[str, Any]
) -> tuple[FieldChange, ...]:
    """The same changes, with the names of the sites on both sides in place of their number."""
    return tuple(_named(change, older, newer) for change in changes)


def _named(change: FieldChange, older: dict[str, Any], newer: dict[str, Any]) -> FieldChange:
    if change.field != "locations" or not (isinstance(change.before, int) or isinstance(change.after, int)):
        return change
    before, after = _lines(older, change.item), _lines(newer, change.item)
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    # A site that differs in what a line does not say (its contacts) is on neither side.
    return replace(change, before=sorted(gone.elements()) or None, after=sorted(come.elements()) or None)


def _lines(record: dict[str, Any], country: str | None) -> list[str]:
    return [_line(site) for site in _sites(record) if _country(site) == country]


def _sites(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    at: Any = record
    for key in ("protocolSection", "contactsLocationsModule", "locations"):
        at = at.get(key) if isinstance(at, dict) else None
    yield from (site for site in (at if isinstance(at, list) else []) if isinstance(site, dict))


def _country(site: dict[str, Any]) -> str:
    return str(site.get("country") or "an unnamed country")  # as the change's own item says it


def _line(site: dict[str, Any]) -> str:
    """`Charité, Berlin 10117: Recruiting`."""
    place = " ".join(str(site[key]) for key in ("city", "state", "zip") if site.get(key))
    name = ", ".join(part for part in (str(site.get("facility") or ""), place) if part) or "an unnamed site"
    return f"{name}: {said(str(site['status']))}" if site.get("status") else name
