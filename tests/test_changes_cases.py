"""What a careful reader would say of small edits: a case for each row of the specification and each defect found."""

from __future__ import annotations

import pytest
from doubles.change_cases import (
    endpoints,
    noise,
    numbers,
    places,
    posted,
    posting,
    protocols,
    renamed_arms,
    renamed_outcomes,
    results,
    sentences,
    stops,
)
from doubles.change_cases.case import Case, Told
from doubles.change_cases.record import STAFF

from snapshots.changes import compare
from snapshots.changeset import FieldChange, Severity, Source, VersionRef

FILE = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)
MODULES = (
    noise,
    results,
    posted,
    posting,
    stops,
    numbers,
    protocols,
    endpoints,
    renamed_outcomes,
    renamed_arms,
    places,
    sentences,
)
CASES = [one for module in MODULES for one in module.case.cases]


def missing(text: str, wanted: tuple[str, ...]) -> list[str]:
    """What a text should hold and does not, or holds and should not."""
    folded = text.casefold()
    return [
        f"{one!r} in {text!r}"
        for one in wanted
        if (one[1:].casefold() in folded if one.startswith("!") else one.casefold() not in folded)
    ]


def deviations(change: FieldChange, told: Told) -> list[str]:
    found = missing(change.summary, told.sentence) + missing(change.reason, told.reason)
    found += missing(change.item or "", told.item)
    found += [
        f"tag {tag}"
        for tag in told.tags
        if (tag[1:] in change.tags if tag[0] == "!" else tag not in change.tags)
    ]
    if told.differs and change.before == change.after:
        found.append(f"before and after are both {change.before!r}")
    return found


def fits(change: FieldChange, told: Told) -> bool:
    named = told.field is None or change.field == told.field
    return (
        named
        and change.severity.value == told.severity
        and (told.action is None or change.action.value == told.action)
    )


def all_deviations(case: Case) -> list[str]:
    old, new = case.pair()
    ours = compare(old, new, from_=FILE, to=FILE)
    news = [change for change in ours.changes if change.severity is not Severity.NOISE]
    found: list[str] = []
    left = list(news)
    for told in case.told:
        if told.severity == "noise":
            found += [f"news: {one.summary}" for one in left if one.field == told.field]
            continue
        like = [one for one in left if fits(one, told)]
        like.sort(key=lambda one: len(missing(one.summary, told.sentence)))
        if not like:
            found.append(f"not told: {told.field} {told.severity} {told.action or ''}")
        if told.counted and len(like) != told.count:
            found.append(f"{told.field}: {len(like)} times, not {told.count}")
        taken = like if told.counted or told.count is None else like[:1]
        left = [one for one in left if not any(one is other for other in taken)]
        found += [deviation for one in taken for deviation in deviations(one, told)]
    if case.only:
        found += [f"told too: {one.field} {one.severity.value} {one.summary}" for one in left]
    found += missing(ours.headline, case.headline)
    for one in ours.changes:
        if not one.summary or not one.reason:
            found.append(f"{one.field} says nothing")
        values = f"{one.before}{one.after}" if one.severity is not Severity.NOISE else ""
        found += [f"staff in {one.field}" for name in STAFF if name in f"{one.summary}{one.item}{values}"]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.name)
def test_case(case: Case) -> None:
    assert all_deviations(case) == []


def test_each_case_has_a_name_of_its_own() -> None:
    assert len({one.name for one in CASES}) == len(CASES) > 150
