"""What a state is: its name, when it holds, what it is about and a sentence for people."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

import msgspec

from snapshots.changeset import Severity


class StateKind(StrEnum):
    RESULTS_OVERDUE = "results-overdue"
    RESULTS_DUE_SOON = "results-due-soon"
    STATUS_STALE = "status-stale"
    WILL_TURN_UNKNOWN = "will-turn-unknown"
    START_PASSED = "start-passed"
    COMPLETION_PASSED = "completion-passed"
    INCONSISTENT_SITE = "inconsistent-site"


STATE_SLUGS = tuple(kind.value for kind in StateKind)
SEVERITIES = dict.fromkeys(StateKind, Severity.MINOR) | {StateKind.RESULTS_OVERDUE: Severity.MAJOR}
TAGS: dict[StateKind, tuple[str, ...]] = {
    StateKind.RESULTS_OVERDUE: ("results", "compliance"),
    StateKind.RESULTS_DUE_SOON: ("results", "compliance"),
    StateKind.STATUS_STALE: ("status",),
    StateKind.WILL_TURN_UNKNOWN: ("status",),
    StateKind.START_PASSED: ("timeline",),
    StateKind.COMPLETION_PASSED: ("timeline",),
    StateKind.INCONSISTENT_SITE: ("sites",),
}
ADDED_IN = dict.fromkeys(StateKind, 1)  # the RULES with which each came


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A state of one record and all the days on which it holds: as long as the record stays as it is."""

    state: StateKind
    since: date | None  # the first of its days; None where no date makes it, only what the record says
    until: date | None = None  # the last; None where nothing but another version ends it
    due: date | None  # the day that it is about: when results are due, the date that passed
    assumed: bool  # a partial date counts in it, as its last possible day
    reason: str  # one sentence for people, the same on all its days
    ahead: str = ""  # the same as long as it is to come; not stored; empty where `reason` serves

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def turns(self) -> tuple[date, ...]:
        """The first day on which it holds, and the first on which it no longer does."""
        left = None if self.until is None else self.until + timedelta(days=1)
        return tuple(day for day in (self.since, left) if day is not None)
