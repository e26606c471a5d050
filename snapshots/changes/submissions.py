"""Results on their way: submitted to the registry, returned by its quality control, withdrawn before posting.

The two places of a record that tell of a submission are read together (`snapshots.submissions`), so that each step is
told once, when the first of the two shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from snapshots.changes.context import Context
from snapshots.changes.making import change
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference
from snapshots.submissions import UNDER_REVIEW, submissions

_ORDINALS = ("", "", "second", "third", "fourth", "fifth", "sixth")


def submission_changes(
    found: Sequence[Difference], old: dict[str, Any], new: dict[str, Any], context: Context
) -> list[FieldChange]:
    """One change of both places, where either differs."""
    return [_change(found, old, new, context)] if found else []


def _change(
    found: Sequence[Difference], old: dict[str, Any], new: dict[str, Any], context: Context
) -> FieldChange:
    before, after = submissions(old), submissions(new)
    fresh = {day: fate for day, fate in after.items() if before.get(day) != fate}
    gone = [] if context.has_results else [day for day in before if day not in after]  # posted, when it has
    told = Difference(
        field=found[0].field,
        path=found[0].path,
        paths=[path for each in found for path in each.paths],
    )
    left = [f"Submission of results of {day} no longer listed (was {before[day]})" for day in gone]
    if fresh:
        return change(
            told,
            "; ".join(
                _step(day, fate, before.get(day), list(after)[: list(after).index(day) + 1], after)
                for day, fate in fresh.items()
            )
            + "".join(f"; {words[:1].lower()}{words[1:]}" for words in left),
            before="; ".join(before[day] for day in (*fresh, *gone) if day in before) or None,
            after="; ".join(fresh.values()),
            action=Action.EDITED,
            item=" and ".join(f"submission of {day}" for day in (*fresh, *gone)),
            reason="results on their way to the public",
        )
    if gone:
        words = "; ".join(left) if after else "Submissions of results no longer listed"
        reason = "a submission is no longer listed"
        return change(
            told,
            words,
            before=_listed(before),
            after=_listed(after),
            action=Action.EDITED,
            severity=Severity.MINOR,
            reason=reason,
        )
    return change(
        told,
        "Submissions of results listed elsewhere in the record",
        before=_listed(before) or "none",
        after=_listed(after) or "none",
        severity=Severity.NOISE,
        reason="they are posted" if context.has_results else "the same submissions",
    )


def _step(day: str, fate: str, earlier: str | None, days: Sequence[str], after: dict[str, str]) -> str:
    """days: of all submissions up to this one."""
    words = []
    if earlier is None:
        again = f" again on {day}, {_nth(len(days))}" if len(days) > 1 else f" to the registry on {day}"
        words.append(f"Results submitted{again}" + (", not public yet" if fate == UNDER_REVIEW else ""))
    elif fate == UNDER_REVIEW:
        kind = earlier.partition(" ")[0]
        words.append(f"Results submitted on {day} under review again, no longer shown as {kind}")
    if fate != UNDER_REVIEW:
        kind, on = fate.split(" ", 1)
        times = sum(after[each].startswith(kind) for each in days)
        again = f", {_nth(times)}" if times > 1 else ""
        if kind == "returned":
            words.append(f"Results returned by the registry's quality control on {on}{again}")
        else:
            words.append(f"Submitted results withdrawn on {on}, before they were public{again}")
    return "; ".join(words)


def _nth(number: int) -> str:
    return f"for the {_ORDINALS[number]} time" if number < len(_ORDINALS) else f"the {number}th time"


def _listed(them: dict[str, str]) -> str | None:
    return "; ".join(f"{day}: {fate}" for day, fate in them.items()) or None
