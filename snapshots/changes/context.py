"""What a reader keeps in mind while reading one field: the trial's state, and when the change fell."""

from __future__ import annotations

from typing import Any

import msgspec

from snapshots.changeset import Source
from snapshots.dates import Partial, partial
from snapshots.posting import Results, results_of
from snapshots.reaching import below, struct, text

OPEN = {"NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE"}
RECRUITING = {"RECRUITING", "ENROLLING_BY_INVITATION"}
STOPPED = {"SUSPENDED", "TERMINATED", "WITHDRAWN"}
ENDED = {"COMPLETED", "TERMINATED", "WITHDRAWN", "UNKNOWN", "NO_LONGER_AVAILABLE", "APPROVED_FOR_MARKETING"}
_STARTED = RECRUITING | {"ACTIVE_NOT_RECRUITING", "COMPLETED", "TERMINATED"}  # no study gets there unstarted


class Context(msgspec.Struct, frozen=True, kw_only=True):
    old_status: str | None
    new_status: str | None
    why_stopped: str | None  # of the newer record
    stop_withdrawn: bool  # the status left the stop, and its reason with it
    day_before: Partial | None  # on which the older record was submitted, else its build's
    verified: str | None
    had_results: bool  # posted
    has_results: bool
    had_submitted: bool  # results that were not posted: only the registry's history shows them
    has_submitted: bool
    submission_told: bool = False  # that results were submitted, returned or withdrawn has its own change
    submitted: str  # the day of the newer record's results, or of its last update
    results: dict[str, Any]  # the newer record's section of them; empty when it has none
    results_told: bool  # that results came or went is told by the record's own flag, or by the day of posting
    posting_told: bool  # of these, by the day alone
    old_end: (
        str | None
    )  # the day after which what a version tells of its submissions came later than the version
    new_end: str | None
    seam: bool  # one of both is of the registry's history, the other is not
    started: bool  # when the change was submitted
    primary_completed: bool
    unkept: frozenset[str]  # sections that the line of one of both versions does not keep

    @classmethod
    def of(cls, old: dict[str, Any], new: dict[str, Any], *, from_: Source, to: Source) -> Context:
        before, after = (struct(below(one, "protocolSection", "statusModule")) for one in (old, new))
        day_before, day = (
            partial(statuses.get("lastUpdateSubmitDate"))
            or partial(below(record, "derivedSection", "miscInfoModule", "versionHolder"))
            for statuses, record in ((before, old), (after, new))
        )
        had, has = results_of(old, from_), results_of(new, to)
        flags = [one.get("hasResults") is True for one in (old, new)]
        by_day = all(flags) and (had is Results.POSTED) is not (has is Results.POSTED)
        seam = (from_ is Source.ARCHIVE) is not (to is Source.ARCHIVE)
        ends = not seam and from_ is Source.ARCHIVE  # at the seam both were told of at the same time
        stopped, stands = (text(one.get("overallStatus")) in STOPPED for one in (before, after))
        return cls(
            old_status=text(before.get("overallStatus")),
            new_status=text(after.get("overallStatus")),
            why_stopped=text(after.get("whyStopped")),
            stop_withdrawn=stopped
            and not stands
            and bool(before.get("whyStopped"))
            and not after.get("whyStopped"),
            day_before=day_before,
            verified=text(after.get("statusVerifiedDate")),
            had_results=had is Results.POSTED,
            has_results=has is Results.POSTED,
            had_submitted=had is Results.SUBMITTED,
            has_submitted=has is Results.SUBMITTED,
            submitted=_submitted(before, after),
            results=struct(new.get("resultsSection")),
            results_told=flags[0] is not flags[1] or by_day,
            posting_told=by_day,
            old_end=_end(before) if ends else None,
            new_end=_end(after) if ends else None,
            seam=seam,
            started=_started(before, after, day),
            primary_completed=_primary_completed(before, after, day),
            unkept=_unkept(old if from_ is Source.ARCHIVE else new) if seam else frozenset(),
        )

    @property
    def unposted(self) -> bool:
        """Whether all results that either record shows were submitted and not posted."""
        return not (self.had_results or self.has_results) and (self.had_submitted or self.has_submitted)

    @property
    def turned(self) -> bool:
        return self.old_status != self.new_status

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


def _end(status: dict[str, Any]) -> str | None:
    return text(struct(status.get("lastUpdatePostDateStruct")).get("date")) or text(
        status.get("lastUpdateSubmitDate")
    )


def _submitted(before: dict[str, Any], after: dict[str, Any]) -> str:
    """The first submission's day where that is new, else the update's."""
    first = text(after.get("resultsFirstSubmitDate"))
    if first is not None and first != before.get("resultsFirstSubmitDate"):
        return first
    return text(after.get("lastUpdateSubmitDate")) or first or "an unknown day"


def _started(before: dict[str, Any], after: dict[str, Any], day: Partial | None) -> bool:
    """By what the status says; where it says nothing, by a start that is a fact. A plan that passed is no start."""
    status = text(before.get("overallStatus"))
    if status == "UNKNOWN":
        status = text(before.get("lastKnownStatus"))
    if status in _STARTED:
        return True
    if status == "WITHDRAWN":
        return False  # stopped before its first participant
    starts = [struct(one.get("startDateStruct")) for one in (before, after)]
    if any(_happened(start, day) for start in starts):
        return True
    planned = partial(starts[0].get("date"))
    return bool(status != "NOT_YET_RECRUITING" and planned and day and planned.last <= day.first)


def _primary_completed(before: dict[str, Any], after: dict[str, Any], day: Partial | None) -> bool:
    if text(before.get("overallStatus")) in ("COMPLETED", "TERMINATED"):
        return True
    return any(_happened(struct(one.get("primaryCompletionDateStruct")), day) for one in (before, after))


def _happened(date: dict[str, Any], day: Partial | None) -> bool:
    """Whether a date is a fact, and not of a later day than the update that states it."""
    known = partial(date.get("date")) if date.get("type") == "ACTUAL" else None
    return bool(known and day and known.first <= day.last)


def _unkept(archived: dict[str, Any]) -> frozenset[str]:
    """The archive holds what was submitted; what the registry adds by itself it leaves out, all but the build's day."""
    left_out = {
        "annotationSection": (None, {}),
        "derivedSection": (None, {}, {"miscInfoModule": _build(archived)}),
    }
    return frozenset(name for name, empty in left_out.items() if archived.get(name) in empty)


def _build(record: dict[str, Any]) -> dict[str, Any]:
    misc = struct(below(record, "derivedSection", "miscInfoModule"))
    return {key: value for key, value in misc.items() if key == "versionHolder"}
