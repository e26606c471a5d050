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
    before, after = submissions(old, until=context.old_end), submissions(new, until=context.new_end)
    fresh = {day: fate for day, fate in after.items() if before.get(day) != fate}
    # Posted, when it has results; and with results that are not posted the history lists what became of them alone.
    listed = not (context.has_results or context.has_submitted)
    gone = [day for day in before if day not in after] if listed else []
    days = sorted({*before, *after})
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
                words if not number else f"{words[:1].lower()}{words[1:]}"
                for number, words in enumerate([*_steps(fresh, before, days), *left])
            ),
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
    later = not context.has_results and (submissions(old), submissions(new)) != (before, after)
    return change(
        told,
        "Submissions of results later than this version"
        if later
        else "Submissions of results listed elsewhere in the record",
        before=_listed(before) or "none",
        after=_listed(after) or "none",
        severity=Severity.NOISE,
        reason="the registry's history tells of them beside an older version"
        if later
        else "they are posted"
        if context.has_results
        else "the same submissions",
    )


def _steps(fresh: dict[str, str], before: dict[str, str], days: Sequence[str]) -> list[str]:
    """A sentence for each submission, or one for several that nobody had heard of. days: of all submissions."""
    new = [day for day in fresh if day not in before]
    if len(new) > 1 and len(new) == len(fresh):
        return [_at_once(fresh, more=len(days) > len(new))]
    known = {**before, **fresh}
    return [
        _step(day, fate, before.get(day), days[: days.index(day) + 1], known) for day, fate in fresh.items()
    ]


def _at_once(fresh: dict[str, str], *, more: bool) -> str:
    """`Results submitted twice (2025-02-25, 2025-05-05), returned both times`."""
    times = "twice" if len(fresh) == 2 else f"{len(fresh)} times"
    words = f"Results submitted {times}{' more' if more else ''} ({', '.join(fresh)})"
    last = list(fresh.values())[-1]
    if all(fate.startswith("returned") for fate in fresh.values()):
        return f"{words}, returned {'both times' if len(fresh) == 2 else 'each time'}"
    if last == UNDER_REVIEW:
        return f"{words}, not public yet"
    return f"{words}, the last time {' on '.join(last.split(' ', 1))}"


def _step(day: str, fate: str, earlier: str | None, days: Sequence[str], known: dict[str, str]) -> str:
    """days: of all submissions up to this one."""
    kind, _, on = fate.partition(" ")
    times = sum(known[each].startswith(kind) for each in days)
    again = f", {_nth(times)}" if times > 1 else ""
    if earlier is None:
        first = len(days) == 1
        words = (
            f"Results submitted to the registry on {day}" if first else f"Results submitted again on {day}"
        )
        if fate == UNDER_REVIEW:
            return f"{words}{'' if first else f', {_nth(len(days))}'}, not public yet"
        if kind == "returned":
            whose = "its" if first else "the registry's"
            return f"{words}, returned by {whose} quality control on {on}{again}"
        return f"{words}, withdrawn on {on} before they were public{again}"
    if fate == UNDER_REVIEW:
        was = earlier.partition(" ")[0]
        return f"Results submitted on {day} under review again, no longer shown as {was}"
    if kind == "returned":
        return f"Results returned by the registry's quality control on {on}{again}"
    return f"Submitted results withdrawn on {on}, before they were public{again}"


def _nth(number: int) -> str:
    return f"for the {_ORDINALS[number]} time" if number < len(_ORDINALS) else f"the {number}th time"


def _listed(them: dict[str, str]) -> str | None:
    return "; ".join(f"{day}: {fate}" for day, fate in them.items()) or None
