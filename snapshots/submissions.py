"""Results on their way, as a record tells of them: each submission to the registry's quality control and its fate.

The registry tells of a submission in two places, `annotationSection` and `derivedSection`, and one of them lags: they
are read together. Its record history gives a version that was returned the return alone: the submission is the version.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from snapshots.reaching import below, struct, text

UNDER_REVIEW = "under review"
UNKNOWN_DAY = "an unknown day"
_FATES = {"RESET": "returned", "UNRELEASE": "withdrawn"}


def submissions(record: dict[str, Any], *, until: str | None = None) -> dict[str, str]:
    """Day of submission → `under review`, `returned DAY` or `withdrawn DAY`, in the order of days.

    until: what came after this day is left out: the record history writes it beside versions that stood then.
    """
    found: dict[str, str] = {}
    for day, fate in (*_annotated(record, until), *_tracked(record, until)):
        if found.get(day, UNDER_REVIEW) == UNDER_REVIEW:
            found[day] = fate
    return dict(sorted(found.items()))


def _annotated(record: dict[str, Any], until: str | None) -> Iterator[tuple[str, str]]:
    """annotationSection.annotationModule.unpostedAnnotation.unpostedEvents: one event after the other."""
    events = below(record, "annotationSection", "annotationModule", "unpostedAnnotation", "unpostedEvents")
    open_: str | None = None
    for event in events if isinstance(events, list) else []:
        if not isinstance(event, dict):
            continue
        day = text(event.get("date")) or UNKNOWN_DAY
        if _later(day, until):
            break
        kind = text(event.get("type"))
        if kind == "RELEASE":
            if open_ is not None:
                yield open_, UNDER_REVIEW
            open_ = day
        elif kind in _FATES and (submitted := open_ or _submitted(record, day)) is not None:
            yield submitted, f"{_FATES[kind]} {day}"
            open_ = None
    if open_ is not None:
        yield open_, UNDER_REVIEW


def _submitted(record: dict[str, Any], ended: str) -> str | None:
    """The day of a submission of which only the end is told: the version's, else that of the first one.

    ended: when it was returned or withdrawn.
    """
    status = struct(below(record, "protocolSection", "statusModule"))
    first, last = text(status.get("resultsFirstSubmitDate")), text(status.get("lastUpdateSubmitDate"))
    if first is not None and last is not None and first < last <= ended:
        return last
    return first


def _later(day: str, until: str | None) -> bool:
    return until is not None and day != UNKNOWN_DAY and day > until


def _tracked(record: dict[str, Any], until: str | None) -> Iterator[tuple[str, str]]:
    """derivedSection.miscInfoModule.submissionTracking.submissionInfos: one entry a submission."""
    infos = below(record, "derivedSection", "miscInfoModule", "submissionTracking", "submissionInfos")
    for info in infos if isinstance(infos, list) else []:
        if not isinstance(info, dict):
            continue
        fate = UNDER_REVIEW
        if "resetDate" in info:
            fate = f"returned {text(info['resetDate']) or UNKNOWN_DAY}"
        elif "unreleaseDate" in info or "unreleaseDateUnknown" in info:
            fate = f"withdrawn {text(info.get('unreleaseDate')) or UNKNOWN_DAY}"
        day = text(info.get("releaseDate")) or UNKNOWN_DAY
        if not _later(day, until):
            yield day, UNDER_REVIEW if _later(fate.partition(" ")[2], until) else fate
