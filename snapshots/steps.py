"""Steps: the registry's own versions between two of our snapshots, and what they make of the event that lists them.

Pure. A step is what an archive change set comes to. An event weighs as much as the heaviest of itself and its steps:
a suspension that was over before we looked was one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from snapshots.changeset import ChangeSet, Severity
from snapshots.dates import in_words
from snapshots.event import Event, Step, StepChange
from snapshots.terms import counted, short

LONGEST = 250  # characters of a headline made of steps, about
LONGEST_STEP = 110  # of one step in it
MOST = 4  # steps told one by one in it
_BACK = re.compile(r"(?P<from>[^:;]+) → [^:;]+: (?P<back>back to .+)")


def step_of(told: ChangeSet | Event, *, version: int, submitted: str) -> Step:
    """told: the archive's change set that leads to this version."""
    heaviest: dict[str, StepChange] = {}
    for change in told.changes:
        if change.severity is Severity.NOISE:
            continue
        before = heaviest.get(change.field)
        tags = dict.fromkeys((*(before.tags if before else ()), *change.tags))
        severity = max(change.severity, before.severity) if before else change.severity
        heaviest[change.field] = StepChange(field=change.field, severity=severity, tags=tuple(tags))
    return Step(
        version=version,
        submitted=submitted,
        headline=told.headline,
        severity=told.severity,
        changes=tuple(heaviest.values()),
    )


def with_steps(event: Event, steps: Sequence[Step]) -> Event:
    """The event of two snapshots, as its change set has it, with what lay between them."""
    news = [step for step in steps if step.severity is not Severity.NOISE]
    if not news:
        return replace(event, steps=tuple(steps))
    tags = dict.fromkeys((*event.tags, *(tag for step in news for one in step.changes for tag in one.tags)))
    return replace(
        event,
        steps=tuple(steps),
        severity=max(event.severity, *(step.severity for step in news)),
        tags=tuple(tags),
        headline=_in_order(event, news) if _hides(event, news) else event.headline,
    )


def rows_of(steps: Sequence[Step]) -> list[Any]:
    """As they are stored, in JSON."""
    return [
        [
            *(step.version, step.submitted, step.headline, step.severity.value),
            [[one.field, one.severity.value, list(one.tags)] for one in step.changes],
        ]
        for step in steps
    ]


def steps_of(rows: Sequence[Any]) -> tuple[Step, ...]:
    return tuple(
        Step(
            version=version,
            submitted=submitted,
            headline=headline,
            severity=Severity(severity),
            changes=tuple(
                StepChange(field=field, severity=Severity(weight), tags=tuple(tags))
                for field, weight, tags in changes
            ),
        )
        for version, submitted, headline, severity, changes in rows
    )


def _hides(event: Event, news: Sequence[Step]) -> bool:
    """Whether something happened within the steps that weighs as much as the whole, and is not seen in the whole."""
    seen: dict[str, Severity] = {}
    for change in event.changes:
        seen[change.field] = max(change.severity, seen.get(change.field, Severity.NOISE))
    return any(
        one.severity >= event.severity and one.severity > seen.get(one.field, Severity.NOISE)
        for step in news
        for one in step.changes
    )


def _in_order(event: Event, news: Sequence[Step]) -> str:
    """`Recruiting → Suspended: drug supply (20 Nov); back to Recruiting after 3 days (23 Nov)`, the weightiest first
    to stay where there is no room for all."""
    within = {one.field for step in news for one in step.changes}
    heaviest = max(step.severity for step in news)
    beside = next(
        (one for one in event.changes if one.field not in within and one.severity >= heaviest), None
    )
    parts = _chosen(news)
    told = [_told(step, news[number - 1] if number else None, news) for number, step in parts]
    left = len(news) - len(parts)
    if left:
        told.insert(len(told) - 1, counted(left, "other update"))
    if beside is not None:
        told.append(f"and {short(beside.summary, LONGEST_STEP)}")
    return "; ".join(told)


def _chosen(news: Sequence[Step]) -> list[tuple[int, Step]]:
    """The first and the last always; then the heavier, as long as there is room."""
    chosen = {0, len(news) - 1}
    room = LONGEST - sum(min(len(news[number].headline), LONGEST_STEP) + 12 for number in chosen)
    for number in sorted(range(len(news)), key=lambda number: -news[number].severity.rank):
        size = min(len(news[number].headline), LONGEST_STEP) + 12
        if number not in chosen and len(chosen) < MOST and size <= room:
            chosen.add(number)
            room -= size
    return [(number, news[number]) for number in sorted(chosen)]


def _told(step: Step, before: Step | None, news: Sequence[Step]) -> str:
    words = step.headline
    back = _BACK.fullmatch(words)
    if back and before is not None and f"→ {back['from']}" in before.headline:
        words = back["back"]  # from where is what the step before it said
    year = step.submitted[:4] != news[-1].submitted[:4]
    return f"{short(words, LONGEST_STEP).rstrip(' .;,')} ({in_words(step.submitted, brief=True, year=year)})"
