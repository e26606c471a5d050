"""What a reader keeps in mind while reading one field: the trial's state, and when the change fell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from snapshots.dates import partial

OPEN = {"NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE"}
RECRUITING = {"RECRUITING", "ENROLLING_BY_INVITATION"}
STOPPED = {"SUSPENDED", "TERMINATED", "WITHDRAWN"}
ENDED = {"COMPLETED", "TERMINATED", "WITHDRAWN", "UNKNOWN", "NO_LONGER_AVAILABLE", "APPROVED_FOR_MARKETING"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    old_status: str | None
    new_status: str | None
    why_stopped: str | None  # of the newer record
    had_results: bool
    has_results: bool
    started: bool  # when the change was submitted
    primary_completed: bool

    @classmethod
    def of(cls, old: dict[str, Any], new: dict[str, Any]) -> Context:
        before, after = _status(old), _status(new)
        day = partial(after.get("lastUpdateSubmitDate")) or partial(
            new.get("derivedSection", {}).get("miscInfoModule", {}).get("versionHolder")
        )
        start = partial(before.get("startDateStruct", {}).get("date"))
        primary = partial(before.get("primaryCompletionDateStruct", {}).get("date"))
        return cls(
            old_status=before.get("overallStatus"),
            new_status=after.get("overallStatus"),
            why_stopped=after.get("whyStopped"),
            had_results=old.get("hasResults") is True or bool(old.get("resultsSection")),
            has_results=new.get("hasResults") is True or bool(new.get("resultsSection")),
            started=bool(start and day and start.last <= day.first),
            primary_completed=bool(primary and day and primary.last < day.first),
        )

    @property
    def stopping(self) -> bool:
        return self.new_status in STOPPED and self.old_status != self.new_status

    @property
    def ending(self) -> bool:
        """Recruitment closed with this change: what vanishes with it is no news of its own."""
        return self.old_status in OPEN and self.new_status not in OPEN

    @property
    def opening(self) -> bool:
        return self.old_status not in RECRUITING and self.new_status in RECRUITING

    @property
    def when(self) -> str:
        """In which part of the study's life the change fell."""
        if self.had_results:
            return "after results were posted"
        if self.primary_completed:
            return "after primary completion"
        if self.started:
            return "while recruiting" if self.old_status in RECRUITING else "after the study started"
        return "before the study started"

    @property
    def late(self) -> bool:
        """Whether a change of plan now raises an eyebrow."""
        return self.started or self.primary_completed or self.had_results


def _status(record: dict[str, Any]) -> dict[str, Any]:
    found = record.get("protocolSection", {}).get("statusModule", {})
    return found if isinstance(found, dict) else {}
