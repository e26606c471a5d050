"""The states that time makes of a trial, as they stand on a day and as they are to come: for commands and programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from snapshots.changeset import Severity
from snapshots.deadlines.rules import coming, states
from snapshots.deadlines.standing import standing_on
from snapshots.deadlines.states import SEVERITIES, State
from snapshots.query import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A state of a trial on the day that was asked for."""

    trial: str
    state: State
    standing: bool  # False: it is to come
    days: int  # until it comes; 0 when it stands
    title: str = ""

    @property
    def severity(self) -> Severity:
        return SEVERITIES[self.state.state]

    @property
    def since(self) -> date:
        """The longest first; what no date makes last."""
        return self.state.since or date.max

    @property
    def reason(self) -> str:
        if self.standing:
            return self.state.reason
        return f"{self.words}, if the record stays as it is: {self.state.ahead or self.state.reason}"

    @property
    def words(self) -> str:
        return f"in {self.days} {'day' if self.days == 1 else 'days'}"

    def as_json(self) -> dict[str, Any]:
        """turns: the day on which it comes or, standing, ends; null when only another version ends it."""
        turns = self.state.turns()
        ends = turns[-1] if self.state.until is not None else None
        return {
            "trial": self.trial,
            "title": self.title,
            "state": self.state.state.value,
            "severity": self.severity.value,
            "due": _iso(self.state.due),
            "assumed": self.state.assumed,
            "reason": self.reason,
            "since": _iso(self.state.since),
            "standing": self.standing,
            "turns": _iso(ends if self.standing else self.state.since),
        }


def in_order(line: Line) -> tuple[bool, int, int, date, str]:
    """What stands first, the gravest and longest before others; then what comes next."""
    return not line.standing, line.days, -line.severity.rank, line.since, line.trial


def states_of(
    db: Database, registry: str, trial: str, day: date, *, within: int = 0, past: bool = False
) -> list[Line] | None:
    """What stands on a day, and what begins within days of it; None when there was no version yet.

    past: the day was named, so that the version of that day answers. UnknownTrial.
    """
    until = day + timedelta(days=within)
    stored = None if past else standing_on(db, registry, trial, day)
    if stored is not None and (stored.turns is None or stored.turns > until):
        return [Line(trial=trial, state=one, standing=True, days=0) for one in stored.states]
    reader = Reader(db)
    version = reader.as_of(registry, trial, day)
    if version is None or version.ref.version is None:
        return None
    record = reader.record(registry, trial, version.ref.source, version.ref.version)
    found = [Line(trial=trial, state=one, standing=True, days=0) for one in states(record, day)]
    for one in coming(record, after=day, until=until):
        assert one.since is not None
        found.append(Line(trial=trial, state=one, standing=False, days=(one.since - day).days))
    return found


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
