"""What only follows from another change of the same update: told, but as a minor detail with that reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from snapshots.changeset import Action, FieldChange, Severity
from snapshots.reaching import members, struct

THE_STUDY = "they follow the study's status"
_THE_TYPE = "follows the study type"
_MASKING = "told by masking"
# What only one type of study has, so that it comes or goes with the type.
_OF_A_TYPE = {
    "allocation", "intervention-model", "observational-model", "masking", "who-masked", "primary-purpose",
    "time-perspective",
}  # fmt: skip
_FOLLOWING_ARMS = {"type", "interventionNames"}


def followed(changes: Sequence[FieldChange]) -> list[FieldChange]:
    """The changes, in the same order."""
    found = {change.field: change for change in changes if change.severity is not Severity.NOISE}
    study = found.get("study-type")
    retyped = study is not None and study.action is Action.CHANGED
    masked = "masking" in found
    return [
        replace(change, severity=Severity.MINOR, reason=reason)
        if change.severity is not Severity.NOISE
        and (
            reason := _THE_TYPE
            if retyped and _of_the_type(change)
            else _MASKING
            if masked and _of_masking(change)
            else ""
        )
        else change
        for change in changes
    ]


def _of_the_type(change: FieldChange) -> bool:
    if change.field == "arms" and change.action is Action.EDITED:
        before, after = struct(change.before), struct(change.after)
        keys = {key for key in {**before, **after} if before.get(key) != after.get(key)}
        return "type" in keys <= _FOLLOWING_ARMS and ("type" in before) is not ("type" in after)
    return change.field in _OF_A_TYPE and change.action in (Action.ADDED, Action.REMOVED)


def _of_masking(change: FieldChange) -> bool:
    """Who is masked, where more or fewer are; others in their place are news of their own."""
    if change.field != "who-masked":
        return False
    before, after = ({str(one) for one in members(side)} for side in (change.before, change.after))
    return before <= after or after <= before
