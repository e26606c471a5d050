"""Results on their way, as a record tells of them: each submission to the registry's quality control and its fate.

The registry tells of a submission in two places, `annotationSection` and `derivedSection`, and one of them lags: they
are read together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from snapshots.reaching import below, text

UNDER_REVIEW = "under review"
UNKNOWN_DAY = "an unknown day"
_FATES = {"RESET": "returned", "UNRELEASE": "withdrawn"}


def submissions(record: dict[str, Any]) -> dict[str, str]:
    """Day of submission → `under review`, `returned DAY` or `withdrawn DAY`, in the order of days."""
    found: dict[str, str] = {}
    for day, fate in (*_annotated(record), *_tracked(record)):
        if found.get(day, UNDER_REVIEW) == UNDER_REVIEW:
            found[day] = fate
    return dict(sorted(found.items()))


def _annotated(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """annotationSection.annotationModule.unpostedAnnotation.unpostedEvents: one event after the other."""
    events = below(record, "annotationSection", "annotationModule", "unpostedAnnotation", "unpostedEvents")
    open_: str | None = None
    for event in events if isinstance(events, list) else []:
        if not isinstance(event, dict):
            continue
        day = text(event.get("date")) or UNKNOWN_DAY
        kind = text(event.get("type"))
        if kind == "RELEASE":
            if open_ is not None:
                yield open_, UNDER_REVIEW
            open_ = day
        elif open_ is not None and kind in _FATES:
            yield open_, f"{_FATES[kind]} {day}"
            open_ = None
    if open_ is not None:
        yield open_, UNDER_REVIEW


def _tracked(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
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
        yield text(info.get("releaseDate")) or UNKNOWN_DAY, fate
