"""The plainest edits of a generated record, for tests of polls: what changed is beside the point there."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from doubles.study_records import study_record

Record = dict[str, Any]


def nct(record: Record) -> str:
    trial: str = record["protocolSection"]["identificationModule"]["nctId"]
    return trial


def recruiting(number: int) -> Record:
    return with_status(study_record(number), "RECRUITING")


def with_status(record: Record, status: str, *, submitted: str | None = None) -> Record:
    new = copy.deepcopy(record)
    module = new["protocolSection"]["statusModule"]
    for key in ("whyStopped", "lastKnownStatus"):
        module.pop(key, None)
    module["overallStatus"] = status
    if submitted is not None:
        module["lastUpdateSubmitDate"] = submitted
    return new


def timeless(record: Record) -> Record:
    """Without the dates that time makes states of: whatever the day and the status, the record is in none."""
    new = copy.deepcopy(record)
    for key in (
        "statusVerifiedDate",
        "startDateStruct",
        "primaryCompletionDateStruct",
        "completionDateStruct",
    ):
        new["protocolSection"]["statusModule"].pop(key, None)
    for site in new["protocolSection"].get("contactsLocationsModule", {}).get("locations", []):
        site.pop("status", None)
    return new


def with_results(record: Record) -> Record:
    new = copy.deepcopy(record)
    new["resultsSection"] = {"participantFlowModule": {"preAssignmentDetails": "None."}}
    return new | {"hasResults": True}


def without(record: Record, *sections: str) -> Record:
    new = {key: value for key, value in copy.deepcopy(record).items() if key not in sections}
    return new | {"hasResults": "resultsSection" in new}


class TickingClock:
    """A second later each time it is looked at, as real time goes on within a poll."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 9, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now
