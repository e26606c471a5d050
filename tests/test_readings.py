"""The engine beside readings of somebody who had not seen it (`doubles/readings`): meaning is compared, not wording."""

from __future__ import annotations

import re

import pytest
from doubles.readings import (
    actual_dates,
    arms,
    compliance,
    countries,
    course,
    dates,
    descriptions,
    design,
    documents,
    eligibility,
    enrolment,
    noise,
    outcomes,
    parties,
    primary_outcomes,
    references,
    results,
    site_names,
    sites,
    stops,
    undone,
    updates,
)
from doubles.readings.reading import Reading, Told, case, holds

from snapshots.changes import compare
from snapshots.changeset import FieldChange, Severity, Source, VersionRef

FILE = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)
TOPICS = (
    *(actual_dates, arms, compliance, countries, course, dates, descriptions, design, documents, eligibility),
    *(enrolment, noise, outcomes, parties, primary_outcomes, references, results, site_names, sites, stops),
    *(undone, updates),
)
READINGS = case.all


def is_of(change: FieldChange, item: str) -> bool:
    """Whether a change is of this item: its words stand in the change's item or sentence, in whatever order."""
    there = f"{change.item or ''} {change.summary}".casefold()
    return all(word in there for word in re.findall(r"\w+", item.casefold()))


def deviations(change: FieldChange, told: Told) -> list[str]:
    found = []
    if not holds(change.summary, told.says, told.never):
        found.append(f"{change.summary!r}: says {told.says} never {told.never}; theirs: {told.sentence!r}")
    if told.item and not is_of(change, told.item):
        found.append(f"{change.summary!r} of {change.item!r}, not of {told.item!r}")
    if not told.has_action(change.action.value):
        found.append(f"{change.summary!r} is {change.action.value}, not {told.actions}")
    if not told.optional and change.severity.value not in told.severities:
        found.append(f"{change.summary!r} is {change.severity.value}, not {told.severities}: {change.reason}")
    found += [f"{change.summary!r} lacks {tag}" for tag in told.tags if tag not in change.tags]
    found += [f"{change.summary!r} has {tag}" for tag in told.tags_never if tag in change.tags]
    return found


def all_deviations(reading: Reading) -> list[str]:
    old, new = reading.pair()
    ours = compare(old, new, from_=FILE, to=FILE)
    left = [change for change in ours.changes if change.severity is not Severity.NOISE]
    found: list[str] = []
    for told in sorted(reading.told, key=lambda one: not one.required):
        like = [change for change in left if told.has_field(change.field)]
        if like:
            nearest = min(like, key=lambda one: len(deviations(one, told)))
            left = [change for change in left if change is not nearest]
            found += deviations(nearest, told)
        elif told.required and "noise" not in told.severities:
            found.append(f"not told: {told.fields} {told.actions} {told.severities} {told.sentence!r}")
    found += [
        f"told too: {one.field} {one.action.value} {one.severity.value} {one.summary!r}" for one in left
    ]
    if not holds(ours.headline, reading.headline_says, reading.headline_never):
        found.append(
            f"headline {ours.headline!r}: says {reading.headline_says}; theirs: {reading.headline!r}"
        )
    return found


@pytest.mark.parametrize("reading", READINGS, ids=lambda one: one.name)
def test_reading(reading: Reading) -> None:
    assert all_deviations(reading) == []
