"""The order of changes: the weightiest first; of one weight what a reader asks first, what was only filled in last."""

from __future__ import annotations

from collections.abc import Sequence

from snapshots.changeset import Action, FieldChange
from snapshots.reaching import struct

# Among changes of one severity: what a reader asks first.
_ASKED = (
    "overall-status", "has-results", "why-stopped", "results-submission", "results", "primary-outcomes",
    "lead-sponsor", "study-type", "phase", "enrollment", "primary-completion-date", "completion-date", "start-date",
    "arms", "interventions", "eligibility-criteria", "minimum-age", "maximum-age", "sex", "locations", "documents",
    "secondary-outcomes", "other-outcomes", "brief-title", "collaborators",
)  # fmt: skip
_LAST = ("central-contacts", "officials", "responsible-party", "contacts", "organization", "see-also-links")
_PLACE = {slug: number for number, slug in enumerate(_ASKED)} | dict.fromkeys(_LAST, 90)
_UNLISTED = 50
_MILESTONES = ("start-date", "primary-completion-date", "completion-date")
_OUTCOMES = ("primary-outcomes", "secondary-outcomes", "other-outcomes")
_WORDED = ("primary-outcomes", "arms", "interventions")
_EVENTS = (
    *_OUTCOMES,
    "has-results",
    "results",
    "results-submission",
    "why-stopped",
    "overall-status",
    "documents",
)


def in_order(changes: Sequence[FieldChange]) -> list[FieldChange]:
    """Of one field what came or went stands before what was reworded, and of outcomes what went before what came."""
    slipped = _slipped([change for change in changes if change.field in _MILESTONES])

    def place(change: FieldChange) -> tuple[int, bool, bool, int, bool, bool]:
        order = _PLACE.get(change.field, _UNLISTED)
        reworded = change.field in _WORDED and change.action is Action.EDITED
        if reworded and slipped:  # a slip of a year is asked for before any wording
            order = max(order, _PLACE["start-date"])
        came = change.field in _OUTCOMES and change.action is Action.ADDED
        return -change.severity.rank, change.field in _LAST, filled_in(change), order, reworded, came

    return sorted(changes, key=place)


def _slipped(milestones: Sequence[FieldChange]) -> bool:
    """Whether one of them is told before any wording."""
    if not milestones:
        return False
    from snapshots.changes.timeline import leads

    return any(map(leads, milestones))


def filled_in(change: FieldChange) -> bool:
    """Whether it only states what an older record left out, or what kind of arm an arm is: of its weight the last."""
    if change.field in _EVENTS and change.action is not Action.EDITED:
        return False
    if change.action is Action.ADDED:
        return change.item is None and change.field not in _EVENTS and change.field != "locations"
    if change.field not in (*_OUTCOMES, "arms", "interventions") or change.action is not Action.EDITED:
        return False
    before, after = struct(change.before), struct(change.after)
    differing = {key for key in {**before, **after} if before.get(key) != after.get(key)}
    retyped = change.field == "arms" and "label" not in differing and "type" in differing
    return bool(differing) and (retyped or not any(key in before for key in differing))


def asked(change: FieldChange) -> bool:
    """Whether a reader asks for it beside what weighs more: a figure, or what came or went, and no wording."""
    if change.field not in _ASKED:
        return False
    worded = change.field in (*_OUTCOMES, "arms", "interventions", "documents", "results")
    return not worded or change.action is not Action.EDITED
