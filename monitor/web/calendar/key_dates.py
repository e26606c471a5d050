"""The key dates of a record: start, primary completion, completion, and when results appear due. Pure.

A date known to its month or year only stands on its last possible day, as everywhere here, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from snapshots.deadlines.days import dated_struct
from snapshots.deadlines.results_due import results_due
from snapshots.deadlines.states import StateKind
from snapshots.reaching import below, struct


class DateKind(StrEnum):
    START = "start"
    PRIMARY_COMPLETION = "primary-completion"
    COMPLETION = "completion"
    RESULTS_DUE = "results-due"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDate:
    kind: DateKind
    day: date
    settled: bool  # it is said to be actual
    cancelled: bool  # of a study that was withdrawn before it began
    title: str  # `Primary completion (estimated)`
    words: str  # a sentence or two, each with its full stop


_MILESTONES = (
    (DateKind.START, "Start", "startDateStruct"),
    (DateKind.PRIMARY_COMPLETION, "Primary completion", "primaryCompletionDateStruct"),
    (DateKind.COMPLETION, "Study completion", "completionDateStruct"),
)
_SURE = {"ACTUAL": "actual", "ESTIMATED": "estimated"}


def key_dates(record: dict[str, Any]) -> list[KeyDate]:
    status = struct(below(record, "protocolSection", "statusModule"))
    withdrawn = status.get("overallStatus") == "WITHDRAWN"
    found = []
    for kind, name, key in _MILESTONES:
        given = struct(status.get(key))
        known = dated_struct(given)
        if known is None:
            continue
        sure = _SURE.get(str(given.get("type")), "")
        words = f"{name}: {known}." if sure != "actual" else f"{name}: {known}, actual."
        if known.assumed:
            words += " The registry gives no day: the event stands on the last one possible."
        if withdrawn:
            words += " The study was withdrawn before it began."
        found.append(
            KeyDate(
                kind=kind,
                day=known.day,
                settled=sure == "actual",
                cancelled=withdrawn,
                title=f"{name} ({sure})" if sure else name,
                words=words,
            )
        )
    for state in results_due(record):
        if state.state is StateKind.RESULTS_DUE_SOON and state.due is not None:
            found.append(
                KeyDate(
                    kind=DateKind.RESULTS_DUE,
                    day=state.due,
                    settled=False,
                    cancelled=False,
                    title="Results appear due (FDAAA)",
                    words=f"{state.reason}. As far as the record shows: an exemption or extension that it does not"
                    " show may apply.",
                )
            )
    return found
