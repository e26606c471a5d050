"""A watch as its pages show it: what it watches in words, how its last polls went, its pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitor import addresses
from monitor.health import WatchHealth
from monitor.web.health.standing import health_now, is_alone
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from monitor.web.sources import UnknownRegistry
from monitor.web.watches import held
from monitor.web.watches.charts import LEVELS, Bar, Segment, bars, mondays, segments
from monitor.web.watches.held import Held
from monitor.web.watches.shapes import StatusCount, Watch, WatchRow, WeekCount
from snapshots.instants import stamp

WEEKS = 26
MOST_IN_A_CALENDAR = 20_000  # trials
# What the keys of a query are called; the registry's own labels.
_KEYS = {
    "cond": "Condition",
    "term": "Other terms",
    "intr": "Intervention",
    "titles": "Title",
    "spons": "Sponsor or collaborator",
    "lead": "Lead sponsor",
    "locn": "Place",
    "outc": "Outcome",
    "id": "Identifier",
    "patient": "Words of patients",
    "status": "Status",
    "geo": "Near",
    "advanced": "Expression",
    "agg": "Filters",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed:
    """A watch on a page."""

    held: Held
    href: str
    today_href: str  # what changed in it
    sites_href: str
    registry_label: str
    search_url: str | None
    definition: tuple[tuple[str, str], ...]  # key in words, and what is asked for; empty for ids
    trials: int
    segments: tuple[Segment, ...]
    bars: tuple[Bar, ...]
    last_success: datetime | None
    build: str | None
    problem: str | None  # what the last try ran into
    overdue: bool
    calendar: bool

    @property
    def recruiting(self) -> int:
        return sum(one.trials for one in self.segments if one.tone == "open")

    @property
    def events(self) -> int:
        return sum(one.all for one in self.bars)

    @property
    def busiest(self) -> Bar | None:
        """The week in which most happened; None when nothing did."""
        most = max(self.bars, key=lambda one: one.all)
        return most if most.all else None

    @property
    def series(self) -> str:
        """The picture of weeks, said."""
        return ", ".join(str(one.all) for one in self.bars)


def viewed(reader: Reading, found: Sequence[Held], setting: Setting) -> list[Viewed]:
    if not found:
        return []
    db = reader.database
    days = mondays(setting.now.date(), WEEKS)
    counts = held.statuses(db, [one.row for one in found])
    weeks = held.weeks(db, [one.name for one in found], days[0])
    health = _health(setting)
    return [
        _viewed(one, counts[one.row], bars(weeks[one.name], days), health.get(one.name), setting)
        for one in found
    ]


def _viewed(
    one: Held,
    counts: Mapping[str, int],
    bars: tuple[Bar, ...],
    health: WatchHealth | None,
    setting: Setting,
) -> Viewed:
    label, search_url = one.registry, None
    try:
        at = setting.source(one.registry)
        label = at.label
        if one.query is not None:
            search_url = at.search_url(one.query)
    except UnknownRegistry:
        pass
    finished = one.finished_at
    # A poll that found nothing new on the registry's side is a success of every watch, and no sweep of any.
    success = max((at for at in (finished, health and health.last_success) if at), default=None)
    path = addresses.watch(one.name)
    trials = sum(counts.values())
    return Viewed(
        held=one,
        href=path,
        today_href=addresses.changes_in_watch(one.name),
        sites_href=addresses.sites_of_watch(one.name),
        registry_label=label,
        search_url=search_url,
        definition=tuple((_KEYS[key], one.query[key]) for key in _KEYS if one.query and key in one.query),
        trials=trials,
        segments=segments(counts),
        bars=bars,
        last_success=success,
        build=one.build,
        problem=(health and health.problem) or (one.error.splitlines()[0] if one.error else None),
        overdue=health is not None and health.overdue,
        calendar=trials <= MOST_IN_A_CALENDAR,
    )


def _health(setting: Setting) -> dict[str, WatchHealth]:
    """By name. What cannot be had is not said here: the page of the service's state says it.

    Where nobody is meant to poll no watch is overdue, as on the front page: it says that no service is running.
    """
    health = health_now(setting)
    alone = is_alone(health)
    return {one.name: replace(one, overdue=one.overdue and not alone) for one in health.watches}


def watch_json(one: Viewed) -> Watch:
    return Watch(**watch_fields(one))


def watch_fields(one: Viewed) -> dict[str, Any]:
    """As keywords of `Watch`, and of what adds to it."""
    return {
        "name": one.held.name,
        "registry": one.held.registry,
        "origin": one.held.origin,
        "added_at": stamp(one.held.added_at),
        "trials": one.trials,
        "ids": None if one.held.query is not None else one.held.ids,
        "query": None if one.held.query is None else dict(one.held.query),
        "search_url": one.search_url,
        "first_sweep_over": not one.held.baseline,
        "last_success": stamp(one.last_success),
        "build": one.build,
        "tried_at": stamp(one.held.tried_at),
        "problem": one.problem,
        "statuses": [StatusCount(status=each.status or None, trials=each.trials) for each in one.segments],
        "weeks": [
            WeekCount(week=each.week, **{level: getattr(each, level) for level in LEVELS})
            for each in one.bars
        ],
    }


def watch_row(one: Viewed) -> WatchRow:
    if one.held.query is None:
        definition = f"{one.held.ids} ids"
    else:
        definition = "; ".join(f"{key}={value}" for key, value in one.held.query.items()) or "everything"
    return WatchRow(
        name=one.held.name,
        registry=one.held.registry,
        origin=one.held.origin,
        added_at=stamp(one.held.added_at) or "",
        definition=definition,
        trials=one.trials,
        recruiting=one.recruiting,
        events=one.events,
        last_success=stamp(one.last_success),
        build=one.build,
        problem=one.problem,
    )
