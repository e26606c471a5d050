"""Edits of posted results: every path told once, order and numbering no news, few lines, nobody named."""

from __future__ import annotations

import copy
import json
from itertools import pairwise
from random import Random

import pytest
from doubles.change_cases.record import base
from doubles.posted_results import measure, measures, post
from doubles.registry_data import ABSENT, RECORDS
from doubles.study_records import study_record
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshots.changes import compare
from snapshots.changes.making import TRIPPED
from snapshots.changes.results.posted import headline_of, held
from snapshots.changeset import Action, Severity, Source, VersionRef
from snapshots.delta import delta

FILE = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)
OTHER = [
    "",
    "x",
    "7",
    "0.01",
    0,
    3,
    None,
    True,
    [],
    ["x"],
    {},
    {"title": "x"},
    [{"groupId": "OG000", "value": "9"}],
]


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, one in value.items():
            yield from places(one, (*path, key))
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from places(one, (*path, at))


def reached(value, path):
    for step in path:
        value = value[step]
    return value


def shuffled(value, rng):
    """The same section, its lists in another order and its groups numbered anew."""
    numbers = list(range(60))
    rng.shuffle(numbers)

    def turned(one, key=""):
        if isinstance(one, dict):
            return {name: turned(each, name) for name, each in one.items()}
        if isinstance(one, list):
            found = [turned(each, key) for each in one]
            rng.shuffle(found)
            return found
        if key in ("id", "groupId", "groupIds") and isinstance(one, str) and one[2:].isdigit():
            return f"{one[:2]}{numbers[int(one[2:]) % 60]:03d}"
        return one

    return turned(value)


def edited(section, rng):
    """A few edits such as nobody would make."""
    new = copy.deepcopy(section)
    for _ in range(rng.randint(1, 5)):
        path = rng.choice([one for one in places(new) if one])
        holder, last = reached(new, path[:-1]), path[-1]
        if isinstance(holder, list) and rng.random() < 0.4:
            holder.insert(last, copy.deepcopy(rng.choice(holder)))
        elif rng.random() < 0.3:
            del holder[last]
        elif isinstance(holder[last], str) and rng.random() < 0.6:
            holder[last] = rng.choice([f"{holder[last]}1", holder[last].upper(), f"-{holder[last]}"])
        else:
            holder[last] = copy.deepcopy(rng.choice(OTHER))
    return new


def told(old, new):
    """The changes of two sections, each path of which is told by exactly one."""
    pair = []
    for section in (old, new):
        record = study_record(7, status="COMPLETED", has_results=True)
        record["resultsSection"] = section
        pair.append(record)
    found = compare(*pair, from_=FILE, to=FILE)
    paths = [(one.action is Action.REMOVED, path) for one in found.changes for path in one.paths]
    assert len(set(paths)) == len(paths)
    news = [one for one in found.changes if one.severity is not Severity.NOISE]
    within = sorted(f"{path}." for one in news if one.action is not Action.REMOVED for path in one.paths)
    assert not [b for a, b in pairwise(within) if b.startswith(a)]
    covering = {tuple(part for part in path.split(".") if not part.isdigit()) for _, path in paths}
    for operation in delta(*pair):
        keys = tuple(part for part in operation.path if isinstance(part, str))
        assert any(keys[: len(one)] == one or one[: len(keys)] == keys for one in covering), operation.path
    assert len(news) <= 13, [one.summary for one in news]
    for one in found.changes:
        assert one.reason != TRIPPED, one
        assert (one.before is None) == (one.action is Action.ADDED), one
        assert (one.after is None) == (one.action is Action.REMOVED), one
        assert len(one.summary) < 700, one.summary
    return found


@settings(max_examples=60)
@given(st.integers(1, 400), st.integers(0, 1_000_000))
def test_any_edit_is_told_once(number, seed):
    rng = Random(seed)
    old = study_record(number, has_results=True)["resultsSection"]
    new = edited(old, rng)
    told(old, new)
    told(new, old)
    told(old, edited(shuffled(old, rng), rng))


@settings(max_examples=60)
@given(st.integers(1, 400), st.integers(0, 1_000_000))
def test_order_and_numbering_are_no_news(number, seed):
    section = study_record(number, has_results=True)["resultsSection"]
    assert told(section, shuffled(section, Random(seed))).quiet


@pytest.mark.registry_data
def test_real_results():
    """Shuffled they are the same; edited at random nothing of them is lost; a headline of them is short."""
    if not RECORDS.exists():
        pytest.skip(ABSENT)
    rng, tried = Random(4), 0
    for file in sorted(RECORDS.glob("NCT*.json")):
        section = json.loads(file.read_text(encoding="utf-8")).get("resultsSection")
        if not section:
            continue
        assert len(headline_of(section)) <= 180 and held(section)
        tried += 1
        if file.stat().st_size < 60_000:
            assert told(section, shuffled(section, rng)).quiet, file.name
            told(section, edited(section, rng))
    assert tried > 150


@given(st.integers(1, 400), st.integers(0, 1_000_000))
def test_anything_may_be_posted(number, seed):
    section = edited(study_record(number, has_results=True)["resultsSection"], Random(seed))
    for one in (
        section,
        {"outcomeMeasuresModule": [section]},
        {"adverseEventsModule": {"eventGroups": [section]}},
    ):
        assert headline_of(one).startswith("Results posted") and len(headline_of(one)) <= 180
        assert held(one)


def test_many_edits_are_few_lines():
    old, new = base(), base()
    post(old, new)
    for record, turn in ((old, ""), (new, "9")):
        measures(record)[:] = [
            measure(
                f"Endpoint {at} of {word}",
                kind,
                (f"{at}{turn}", "1"),
                f"0.{at}{turn}1",
                unitOfMeasure=f"mm{turn}",
            )
            for kind in ("PRIMARY", "SECONDARY", "OTHER_PRE_SPECIFIED", "POST_HOC")
            for at, word in enumerate(("pain", "sleep", "mood", "gait", "sight"))
        ]
        for one in measures(record):
            one["description"] += turn
            one["denoms"][0]["counts"][0]["value"] += turn
    found = compare(old, new, from_=FILE, to=FILE).changes
    assert len(found) <= 10
    assert {one.severity for one in found if "Primary results changed in 5 measures" in one.summary} == {
        Severity.MAJOR
    }
    assert sum(len(one.paths) for one in found) == 20 * 5


def test_duplicates_are_paired_in_order():
    """The same title, time frame and all, thrice: the one that goes is the one that is gone."""
    old, new = base(), base()
    post(old, new)
    for record in (old, new):
        measures(record)[1:] = [measure("Pain", values=(value, "1")) for value in ("3", "4", "5")]
    del measures(new)[2]
    (change,) = [
        one for one in compare(old, new, from_=FILE, to=FILE).changes if one.severity > Severity.NOISE
    ]
    assert (change.action, change.paths) == (
        Action.REMOVED,
        ("resultsSection.outcomeMeasuresModule.outcomeMeasures.2",),
    )
    assert "Zorvanib 10 mg 4" in change.summary
