"""What a reader keeps in mind while reading one field: the trial's state, and when the change fell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from snapshots.changeset import Source
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
    verified: str | None
    had_results: bool
    has_results: bool
    started: bool  # when the change was submitted
    primary_completed: bool
    unkept: frozenset[str]  # sections that the line of one of both versions does not keep

    @classmethod
    def of(cls, old: dict[str, Any], new: dict[str, Any], *, from_: Source, to: Source) -> Context:
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
            verified=after.get("statusVerifiedDate"),
            had_results=old.get("hasResults") is True or bool(old.get("resultsSection")),
            has_results=new.get("hasResults") is True or bool(new.get("resultsSection")),
            started=bool(start and day and start.last <= day.first),
            primary_completed=bool(primary and day and primary.last < day.first),
            unkept=_unkept(old if from_ is Source.ARCHIVE else new)
            if (from_ is Source.ARCHIVE) is not (to is Source.ARCHIVE)
            else frozenset(),
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


def _unkept(archived: dict[str, Any]) -> frozenset[str]:
    """The archive holds what was submitted; what the registry adds by itself it leaves out, all but the build's day."""
    left_out = {
        "annotationSection": (None, {}),
        "derivedSection": (None, {}, {"miscInfoModule": _build(archived)}),
    }
    return frozenset(name for name, empty in left_out.items() if archived.get(name) in empty)


def _build(record: dict[str, Any]) -> dict[str, Any]:
    derived = record.get("derivedSection")
    misc = derived.get("miscInfoModule") if isinstance(derived, dict) else None
    return (
        {key: value for key, value in misc.items() if key == "versionHolder"}
        if isinstance(misc, dict)
        else {}
    )
