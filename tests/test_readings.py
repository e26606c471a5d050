"""The engine beside readings of somebody who had not seen it (`doubles/readings`): meaning is compared, not wording."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import Any

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
    rows,
    site_names,
    sites,
    stops,
    undone,
    updates,
)
from doubles.readings.reading import Reading, Told, case, holds
from doubles.readings.site_edits import PERSONS

from snapshots.changes import compare
from snapshots.changeset import FieldChange, Severity, Source, VersionRef

FILE = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)
TOPICS = (
    *(actual_dates, arms, compliance, countries, course, dates, descriptions, design, documents, eligibility),
    *(enrolment, noise, outcomes, parties, primary_outcomes, references, results, site_names, sites, stops),
    *(undone, updates),
)
READINGS = case.all
BY_NAME = {reading.name: reading for reading in READINGS}
SEVERITIES = {"critical": rows.CRITICAL, "major": rows.MAJOR, "minor": rows.MINOR}
ROWS = {**SEVERITIES, "noise": rows.NOISE, "never noise": rows.NEVER_NOISE, "tag": rows.TAGS}
ROWS |= {"identity": rows.IDENTITIES, "sentence": rows.SENTENCES}


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
    for one in ours.changes:
        shown = f"{one.summary} {one.item}" + f"{one.before} {one.after}" * (
            one.severity is not Severity.NOISE
        )
        found += [f"{one.field} names {name}" for name in PERSONS if name in shown]
    if not holds(ours.headline, reading.headline_says, reading.headline_never):
        found.append(
            f"headline {ours.headline!r}: says {reading.headline_says}; theirs: {reading.headline!r}"
        )
    return found


@pytest.mark.parametrize("reading", READINGS, ids=lambda one: one.name)
def test_reading(reading: Reading) -> None:
    assert all_deviations(reading) == []


@pytest.mark.parametrize(
    "other",
    [
        {"fields": ("phase",)},
        {"actions": ("added",)},
        {"severities": ("minor",)},
        {"tags": ("integrity",)},
        {"tags_never": ("timeline",)},
        {"says": ("215 days",)},
        {"never": ("slipped",)},
        {"item": "Torvalimab 300 mg"},
        {"optional": True, "never": ("214 days",)},
    ],
    ids=lambda other: " ".join(other),
)
def test_a_reading_that_says_otherwise_deviates(other: dict[str, Any]) -> None:
    reading = BY_NAME["primary completion slips 214 days"]
    assert all_deviations(reading) == []
    assert all_deviations(replace(reading, told=(replace(reading.told[0], **other),))) != []


def test_what_is_told_beside_and_a_headline_that_says_otherwise_deviate() -> None:
    reading = BY_NAME["primary completion slips 214 days"]
    assert all_deviations(replace(reading, told=())) != []
    assert all_deviations(replace(reading, told=reading.told * 2)) != []
    assert all_deviations(replace(reading, headline_says=("215 days",))) != []
    assert all_deviations(replace(reading, headline_never=("slipped",))) != []


def test_each_reading_is_one() -> None:
    assert len(BY_NAME) == len(READINGS) > 370


@pytest.mark.parametrize("reading", READINGS, ids=lambda one: one.name)
def test_the_readers_own_sentences_pass(reading: Reading) -> None:
    old, new = reading.pair()
    assert old != new
    assert reading.why
    assert holds(reading.headline, reading.headline_says, reading.headline_never)
    for told in reading.told:
        if told.sentence or not told.optional:
            assert holds(told.sentence, told.says, told.never)


def test_no_row_of_the_specification_is_without_a_reading() -> None:
    for group, of_group in ROWS.items():
        for row, names in of_group.items():
            assert names, f"{group}: {row}"
            assert BY_NAME.keys() >= set(names), f"{group}: {row}: {set(names) - BY_NAME.keys()}"


def test_a_row_is_covered_by_readings_that_ask_for_it() -> None:
    """The severity of its table, the tag of its name; quiet for noise and not quiet otherwise."""
    for severity, of_group in SEVERITIES.items():
        for row, names in of_group.items():
            for name in names:
                required = [told for told in BY_NAME[name].told if told.required]
                assert any(told.severities[0] == severity for told in required), f"{severity}: {row}: {name}"
    for tag, names in rows.TAGS.items():
        for name in names:
            assert tag in chain.from_iterable(told.tags for told in BY_NAME[name].told), f"{tag}: {name}"
    assert [name for names in rows.NOISE.values() for name in names if not BY_NAME[name].quiet] == []
    assert [name for names in rows.NEVER_NOISE.values() for name in names if BY_NAME[name].quiet] == []
