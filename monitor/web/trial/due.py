"""The deadlines of one trial: what stands, what comes within two years, and by which rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from monitor.web.trial import shapes
from snapshots.changeset import Severity
from snapshots.deadlines.rules import coming
from snapshots.deadlines.states import SEVERITIES, State, StateKind
from snapshots.reaching import below

AHEAD = timedelta(days=731)
_SECTION = "https://www.ecfr.gov/current/title-42/section-"  # below it the sections of 42 CFR part 11
_GLOSSARY = "https://clinicaltrials.gov/study-basics/glossary"  # read 2026-11
_ONE_YEAR = "42 CFR 11.44(a): results one year after primary completion"
_CERTIFIED = "42 CFR 11.44(b) and (c): later with a certificate of delay"
_YEARLY = "42 CFR 11.64: records are updated at least once a year"
_CHANGES = "42 CFR 11.64: status and dates are updated within 30 days of their change"
_UNKNOWN = "The registry’s own rule: not verified for two years, completion passed"

TITLES: Mapping[StateKind, str] = {
    StateKind.RESULTS_OVERDUE: "Results appear overdue",
    StateKind.RESULTS_DUE_SOON: "Results due",
    StateKind.STATUS_STALE: "Status not verified for a year",
    StateKind.WILL_TURN_UNKNOWN: "May turn to Unknown",
    StateKind.START_PASSED: "Start date passed",
    StateKind.COMPLETION_PASSED: "Completion date passed",
    StateKind.INCONSISTENT_SITE: "A site recruits, the study does not",
}

AHEAD_TITLES: Mapping[StateKind, str] = {
    StateKind.RESULTS_OVERDUE: "Results will appear overdue",
    StateKind.STATUS_STALE: "Status will not have been verified for a year",
    StateKind.START_PASSED: "Start date will have passed",
    StateKind.COMPLETION_PASSED: "Completion date will have passed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    title: str
    state: State
    standing: bool
    severity: Severity
    reason: str
    law: str | None
    source: str | None
    when: str  # `since 2026-09-03`, `from 2026-12-03 on, in 9 days`

    @property
    def day(self) -> str:
        """The day that it is about."""
        return "" if self.state.due is None else self.state.due.isoformat()

    def as_json(self) -> shapes.Deadline:
        state = self.state
        return shapes.Deadline(
            state=state.state.value,
            severity=self.severity.value,
            standing=self.standing,
            due=_iso(state.due),
            since=_iso(state.since),
            until=_iso(state.until),
            assumed=state.assumed,
            reason=self.reason,
            law=self.law,
            source=self.source,
        )


def deadlines_of(
    standing: Sequence[State], record: Mapping[str, Any], *, today: date, ahead: bool
) -> list[Due]:
    """What stands first, then what is to come, the nearest first. ahead: the record is the registry's newest."""
    certified = bool(below(record, "protocolSection", "statusModule", "dispFirstSubmitDate"))
    found = [_due(one, today, certified, standing=True) for one in standing]
    if ahead:
        found += _to_come(standing, record, today, certified)
    return found


def _to_come(
    standing: Sequence[State], record: Mapping[str, Any], today: date, certified: bool
) -> Iterator[Due]:
    there = {one.state for one in standing}
    for one in coming(dict(record), after=today, until=today + AHEAD):
        if one.state not in there:
            yield _due(one, today, certified, standing=False)


def _due(state: State, today: date, certified: bool, *, standing: bool) -> Due:
    law, source = _law(state.state, certified)
    days = (state.since - today).days if state.since is not None else 0
    when = f"from {state.since} on, in {days} {'day' if days == 1 else 'days'}"
    if standing:
        when = f"since {state.since}" if state.since is not None else "now"
    return Due(
        title=TITLES[state.state] if standing else AHEAD_TITLES.get(state.state, TITLES[state.state]),
        state=state,
        standing=standing,
        severity=SEVERITIES[state.state],
        reason=state.reason if standing else f"If the record stays as it is: {state.ahead or state.reason}",
        law=law,
        source=source,
        when=when,
    )


def _law(kind: StateKind, certified: bool) -> tuple[str | None, str | None]:
    match kind:
        case StateKind.RESULTS_OVERDUE | StateKind.RESULTS_DUE_SOON:
            return (_CERTIFIED if certified else _ONE_YEAR), f"{_SECTION}11.44"
        case StateKind.STATUS_STALE:
            return _YEARLY, f"{_SECTION}11.64"
        case StateKind.START_PASSED | StateKind.COMPLETION_PASSED:
            return _CHANGES, f"{_SECTION}11.64"
        case StateKind.WILL_TURN_UNKNOWN:
            return _UNKNOWN, _GLOSSARY
        case StateKind.INCONSISTENT_SITE:
            return None, None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
