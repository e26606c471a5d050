"""Results: posted, updated, taken down; submitted, returned, withdrawn before posting; certificates of delay."""

from __future__ import annotations

from typing import Any

from snapshots.changes.context import Context
from snapshots.changes.making import change
from snapshots.changes.reaching import below, members, struct
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference
from snapshots.markup import same_words
from snapshots.terms import counted, listed, said

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
    before, after = struct(one.old), struct(one.new)
    untold = Severity.MAJOR if context.results_told else Severity.CRITICAL  # nothing else says it
    if not before and not after:
        return change(
            one,
            "Results section changed",
            before=None if one.old is None else "nothing",
            after=None if one.new is None else "nothing",
            severity=Severity.MINOR,
            reason="",
        )
    if not before:
        measures = members(below(after, "outcomeMeasuresModule", "outcomeMeasures"))
        words = f"Results section added with {counted(len(measures), 'outcome measure')}"
        return change(
            one, words, before=None, after=_parts(after), severity=untold, reason="results are public"
        )
    if not after:
        return change(
            one,
            "Results section removed",
            before=_parts(before),
            after=None,
            severity=untold,
            reason="posted results are no longer public",
            tags=("integrity",),
        )
    touched = [
        key for key in dict.fromkeys([*before, *after]) if not same_words(before.get(key), after.get(key))
    ]
    names = [_PARTS.get(key, key) for key in touched]
    if not touched:
        words = "Results in the same words, set differently"
        return change(
            one,
            words,
            action=Action.EDITED,
            before=_parts(before),
            after=_parts(after),
            severity=Severity.NOISE,
            reason="the same words",
        )
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
        return change(one, f"Certificate of delay no longer stated (was of {said(one.old)})")
    if one.old is None:
        return change(
            one, f"Certificate of delay submitted on {said(one.new)}: results may be reported later"
        )
    return change(one, f"Certificate of delay redated: {said(one.old)} → {said(one.new)}")


def _parts(section: dict[str, Any]) -> list[str]:
    return [_PARTS.get(key, key) for key in section]
