"""Status and dates that no longer fit the day: not verified for long, a start or a completion that passed.

Sponsors are to update a record at least once a year (42 CFR 11.64). The registry shows a study as Unknown when its
status was not verified for two years and it has passed its completion date
(https://clinicaltrials.gov/study-basics/glossary, “Unknown”, read 2026-11).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from snapshots.deadlines.days import dated, dated_struct, in_words, later
from snapshots.deadlines.states import State, StateKind
from snapshots.reaching import below, struct, text
from snapshots.terms import said

_DAY = timedelta(days=1)
WARNING = timedelta(days=30)
_RUNNING = {
    *("NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING"),
}
_UNFINISHED = _RUNNING | {"SUSPENDED"}
_VERIFIED = _UNFINISHED | {"AVAILABLE", "TEMPORARILY_NOT_AVAILABLE"}


def stale(record: dict[str, Any]) -> list[State]:
    """`status-stale`: more than 12 months since the status was verified."""
    module = _module(record)
    status, verified = text(module.get("overallStatus")), dated(module.get("statusVerifiedDate"))
    if status not in _VERIFIED or verified is None:
        return []
    due = later(verified.day, months=12)
    return [
        State(
            state=StateKind.STATUS_STALE,
            since=due + _DAY,
            due=due,
            assumed=verified.assumed,
            reason=f"Status not verified for more than a year: “{said(status)}”, last verified {verified}",
            ahead=f"Status not verified for more than a year then: “{said(status)}”, last verified {verified}",
        )
    ]


def will_turn_unknown(record: dict[str, Any]) -> list[State]:
    """`will-turn-unknown`: from 30 days before the first day that the registry may say so of a running study.

    Never a study without a completion date: the registry waits for that to pass.
    """
    module = _module(record)
    status, verified = text(module.get("overallStatus")), dated(module.get("statusVerifiedDate"))
    completion, name = dated_struct(module.get("completionDateStruct")), "completion"
    if completion is None:
        completion, name = dated_struct(module.get("primaryCompletionDateStruct")), "primary completion"
    if status not in _RUNNING or verified is None or completion is None:
        return []
    due = max(later(verified.day, months=24), completion.day)
    return [
        State(
            state=StateKind.WILL_TURN_UNKNOWN,
            since=due - WARNING,
            due=due,
            assumed=verified.assumed or completion.assumed,
            reason=f"The registry may turn the status from “{said(status)}” to “Unknown” after {in_words(due)}:"
            f" last verified {verified}, {name} {completion}",
        )
    ]


def start_passed(record: dict[str, Any]) -> list[State]:
    """`start-passed`: the start is past, and the study is not yet recruiting."""
    module = _module(record)
    start = dated_struct(module.get("startDateStruct"))
    if module.get("overallStatus") != "NOT_YET_RECRUITING" or start is None:
        return []
    return [
        State(
            state=StateKind.START_PASSED,
            since=start.day + _DAY,
            due=start.day,
            assumed=start.assumed,
            reason=f"Start date passed: {start}, and the status is still “Not yet recruiting”",
            ahead=f"Start date {start} will have passed, and the status is “Not yet recruiting”",
        )
    ]


def completion_passed(record: dict[str, Any]) -> list[State]:
    """`completion-passed`: completion, and primary completion where it is given, are past; the study is not over."""
    module = _module(record)
    status = text(module.get("overallStatus"))
    completion = dated_struct(module.get("completionDateStruct"))
    primary = dated_struct(module.get("primaryCompletionDateStruct"))
    if status not in _UNFINISHED or completion is None:
        return []
    last, words, assumed = completion.day, f"{completion}", completion.assumed
    if primary is not None and primary.day > completion.day:
        last, words = primary.day, f"{completion}, primary completion {primary}"
        assumed = assumed or primary.assumed
    return [
        State(
            state=StateKind.COMPLETION_PASSED,
            since=last + _DAY,
            due=last,
            assumed=assumed,
            reason=f"Completion date passed: {words}, and the status is still “{said(status)}”",
            ahead=f"Completion date {words} will have passed, and the status is “{said(status)}”",
        )
    ]


def _module(record: dict[str, Any]) -> dict[str, Any]:
    return struct(below(record, "protocolSection", "statusModule"))
