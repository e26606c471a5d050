"""Results: posted, updated, taken down; submitted, returned, withdrawn before posting; certificates of delay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from snapshots.changes.context import Context
from snapshots.changes.making import change
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference
from snapshots.terms import counted, listed

_PARTS = {
    "participantFlowModule": "participant flow",
    "baselineCharacteristicsModule": "baseline characteristics",
    "outcomeMeasuresModule": "outcome measures",
    "adverseEventsModule": "adverse events",
    "moreInfoModule": "further information",
}


def has_results(one: Difference, context: Context) -> FieldChange:
    if one.new is True:
        return change(one, "Results posted", reason="results are public")
    if one.old is True:
        return change(
            one, "Results taken down", reason="posted results are no longer public", tags=("integrity",)
        )
    return change(one, "Results: none posted", severity=Severity.MINOR, reason="")


def results(one: Difference, context: Context) -> FieldChange:
    """The contents of a results section; that there is one at all is told by `has-results`."""
    before, after = (value if isinstance(value, dict) else {} for value in (one.old, one.new))
    if not before:
        measures = after.get("outcomeMeasuresModule", {}).get("outcomeMeasures", [])
        words = f"Results section added with {counted(len(measures), 'outcome measure')}"
        return change(
            one, words, before=None, after=_parts(after), severity=Severity.MAJOR, reason="results are public"
        )
    if not after:
        return change(
            one,
            "Results section removed",
            before=_parts(before),
            after=None,
            severity=Severity.MAJOR,
            reason="posted results are no longer public",
            tags=("integrity",),
        )
    touched = [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
    names = [_PARTS.get(key, key) for key in touched] or ["details"]
    return change(
        one,
        f"Results updated: {listed(names, most=6)}",
        action=Action.EDITED,
        before=_parts(before),
        after=_parts(after),
        severity=Severity.MINOR,
        reason="posted results were edited",
    )


def certificate(one: Difference, context: Context) -> FieldChange:
    if one.new is None:
        return change(one, f"Certificate of delay no longer stated (was of {one.old})")
    if one.old is None:
        return change(one, f"Certificate of delay submitted on {one.new}: results may be reported later")
    return change(one, f"Certificate of delay redated: {one.old} → {one.new}")


def submission_change(found: Sequence[Difference], context: Context) -> FieldChange:
    """The registry tells of a submission in two places, one of which lags: together they are one change."""
    annotated = next((one for one in found if one.path[0] == "annotationSection"), None)
    tracked = next((one for one in found if one.path[0] == "derivedSection"), None)
    one = annotated or tracked
    assert one is not None
    before = _events(annotated.old if annotated else None) or _tracked(tracked.old if tracked else None)
    after = _events(annotated.new if annotated else None) or _tracked(tracked.new if tracked else None)
    if annotated is not None and tracked is not None and len(_tracked(tracked.new)) > len(after):
        before, after = _tracked(tracked.old), _tracked(tracked.new)
    fresh = (
        after[len(before) :]
        if after[: len(before)] == before
        else [event for event in after if event not in before]
    )
    paths = [path for each in found for path in each.paths]
    told = Difference(field=one.field, path=one.path, old=before or None, new=after or None, paths=paths)
    if fresh:
        words = "; ".join(_said(kind, day) for kind, day in fresh)
        return change(
            told,
            words,
            before=_list(before),
            after=_list(after),
            action=Action.ADDED if not before else Action.EDITED,
            reason="results on their way to the public",
        )
    if not after:
        return change(
            told,
            "Submissions of results no longer listed",
            before=_list(before),
            after=None,
            action=Action.REMOVED,
            severity=Severity.MINOR,
            reason="they are posted" if context.has_results else "the list was cleared",
        )
    return change(
        told,
        "Submission of results: details changed",
        before=_list(before),
        after=_list(after),
        action=Action.EDITED,
        severity=Severity.MINOR,
        reason="",
    )


def _said(kind: str, day: str) -> str:
    return {
        "RELEASE": f"Results submitted to the registry on {day}, not public yet",
        "RESET": f"Results returned by the registry's quality control on {day}",
        "UNRELEASE": f"Submitted results withdrawn on {day}, before they were public",
    }.get(kind, f"Results: {kind} on {day}")


def _events(value: Any) -> list[tuple[str, str]]:
    events = value.get("unpostedEvents") if isinstance(value, dict) else None
    return [
        (str(one.get("type")), str(one.get("date") or "an unknown day"))
        for one in (events if isinstance(events, list) else [])
        if isinstance(one, dict)
    ]


def _tracked(value: Any) -> list[tuple[str, str]]:
    """derivedSection.miscInfoModule.submissionTracking: the same steps in another shape."""
    infos = value.get("submissionInfos") if isinstance(value, dict) else None
    found: list[tuple[str, str]] = []
    for one in infos if isinstance(infos, list) else []:
        if not isinstance(one, dict):
            continue
        for key, kind in (("releaseDate", "RELEASE"), ("unreleaseDate", "UNRELEASE"), ("resetDate", "RESET")):
            if key in one:
                found.append((kind, str(one[key])))
        if "unreleaseDateUnknown" in one:
            found.append(("UNRELEASE", "an unknown day"))
    return found


def _list(events: Iterable[tuple[str, str]]) -> Any:
    return [f"{kind} {day}" for kind, day in events] or None


def _parts(section: dict[str, Any]) -> list[str]:
    return [_PARTS.get(key, key) for key in section]
