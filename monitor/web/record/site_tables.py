"""The sites of a record: how many stand where, then those of each country, folded where there are many. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from monitor.web.drawing.blocks import Block, Cell, Facts, Table, cell, shown_text
from monitor.web.drawing.terms import said
from monitor.web.record.laying import MAX_ROWS, name

FEW = 12  # sites that are shown without a fold
SITE: tuple[tuple[str, str, Callable[[Any], Cell]], ...] = (
    ("facility", "Facility", name),
    ("status", "Status", cell),
    ("city", "City", name),
    ("state", "State", name),
    ("zip", "Postcode", name),
    ("country", "Country", name),
)

SITE_KEYS = frozenset(key for key, _, _ in SITE)


def sites_by_country(sites: Sequence[dict[str, Any]]) -> Iterable[Block]:
    """One line of counts, and a table a country, the one with the most sites first."""
    if not sites:
        return
    countries: dict[str, list[dict[str, Any]]] = {}
    for site in sites:
        countries.setdefault(_country(site), []).append(site)
    where = f" in {len(countries)} countries" if len(countries) > 1 else ""
    yield Facts(rows=(("Sites", Cell(f"{len(sites):,}{where}{_statuses(sites)}")),))
    room = MAX_ROWS
    for country, members in sorted(countries.items(), key=lambda one: -len(one[1])):
        yield _table(country, members, room, folded=len(sites) > FEW)
        room = max(0, room - len(members))


def _table(country: str, members: Sequence[dict[str, Any]], room: int, *, folded: bool) -> Table:
    columns = [
        column for column in SITE if column[0] != "country" and any(one.get(column[0]) for one in members)
    ]
    shown = members[:room]
    count = f"{len(members):,} {'site' if len(members) == 1 else 'sites'}{_statuses(members)}"
    return Table(
        caption=country if folded else f"{country} ({count})",
        columns=tuple(label for _, label, _ in columns),
        rows=tuple(
            tuple(make(one[key]) if one.get(key) is not None else Cell("") for key, _, make in columns)
            for one in shown
        ),
        left_out=len(members) - len(shown),
        folded=folded,
        count=count,
        dense=True,
    )


def _statuses(sites: Sequence[dict[str, Any]]) -> str:
    """`: 10 recruiting, 2 withdrawn`; nothing where no site has a status of its own."""
    found = Counter(str(site.get("status") or "") for site in sites)
    unsaid = found.pop("", 0)
    parts = [f"{count} {said(status).lower()}" for status, count in found.most_common()]
    if parts and unsaid:
        parts.append(f"{unsaid} without a status")
    return f": {', '.join(shown_text(part) for part in parts)}" if parts else ""


def _country(site: dict[str, Any]) -> str:
    return shown_text(str(site.get("country") or "Country not given"))
