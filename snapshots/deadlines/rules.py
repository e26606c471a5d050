"""The states of a record: on a day, to come, and the next day on which one of them turns. Pure.

Every rule gives the whole stretch of days on which its state holds, so that what turns when need not be searched for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from snapshots.deadlines.results_due import results_due
from snapshots.deadlines.site_status import inconsistent_site
from snapshots.deadlines.states import State
from snapshots.deadlines.status_dates import completion_passed, stale, start_passed, will_turn_unknown

_RULES = (results_due, stale, will_turn_unknown, start_passed, completion_passed, inconsistent_site)


def all_states(record: dict[str, Any]) -> tuple[State, ...]:
    """Each state that this record is ever in while it stays as it is."""
    return tuple(state for rule in _RULES for state in rule(record))


def states(record: dict[str, Any], day: date) -> tuple[State, ...]:
    """Those that hold on a day."""
    return tuple(state for state in all_states(record) if state.holds(day))


def coming(record: dict[str, Any], *, after: date, until: date) -> tuple[State, ...]:
    """Those that do not hold on a day and begin by another, the first to begin first."""
    found = [one for one in all_states(record) if one.since is not None and after < one.since <= until]
    return tuple(sorted(found, key=lambda one: (one.since, one.state)))


def next_turn(record: dict[str, Any], after: date) -> date | None:
    """The next day on which a state is entered or left; None when only another version turns one."""
    return first_turn(all_states(record), after)


def first_turn(among: Iterable[State], after: date) -> date | None:
    """`next_turn`, of states that are worked out already."""
    return min((day for state in among for day in state.turns() if day > after), default=None)
