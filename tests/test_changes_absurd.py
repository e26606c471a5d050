"""Records of absurd shapes: whatever stands where, a change set is made, says all, and names nobody."""

from __future__ import annotations

import copy
from random import Random

import pytest
from doubles.study_records import edited, possible_edits, study_record
from hypothesis import given
from hypothesis import strategies as st

from snapshots.changes import compare, guarded
from snapshots.changes.making import TRIPPED
from snapshots.changeset import Action, Kind, Severity, Source, VersionRef
from snapshots.comparison import Difference
from snapshots.delta import delta
from snapshots.fields import Field

FILE = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)
ABSURD = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    "",
    "2026-13",
    "x",
    [],
    ["x"],
    [None],
    [[]],
    {},
    {"date": []},
    [{}],
]
ID = ("protocolSection", "identificationModule", "nctId")  # without it there is no trial


def places(value, path=()):
    """Every place in a record where something else could stand."""
    yield path
    if isinstance(value, dict):
        for key, member in value.items():
            yield from places(member, (*path, key))
    if isinstance(value, list):
        for number, member in enumerate(value):
            yield from places(member, (*path, number))


def mutated(record, rng):
    new = copy.deepcopy(record)
    for _ in range(rng.randint(1, 4)):
        found = [path for path in places(new) if path and path != ID[: len(path)]]
        *above, last = rng.choice(found)
        node = new
        for key in above:
            node = node[key]
        other = copy.deepcopy(rng.choice(ABSURD))
        if isinstance(node, dict) and rng.random() < 0.2:
            node[rng.choice(["newKey", "date", "measure", "status", "type"])] = other
        elif rng.random() < 0.3:  # a list where a text was, a text where a list was
            node[last] = [node[last]] if rng.random() < 0.5 else str(node[last])
        else:
            node[last] = other
    return new


def assert_told(old, new):
    told = compare(old, new, from_=FILE, to=FILE)
    paths = [path for change in told.changes for path in change.paths]
    for operation in delta(old, new):
        keys = ".".join(str(part) for part in operation.path if isinstance(part, str))
        strict = [".".join(part for part in path.split(".") if not part.isdigit()) for path in paths]
        assert any(f"{one}.".startswith(f"{keys}.") or f"{keys}.".startswith(f"{one}.") for one in strict), (
            keys
        )
    assert told.headline
    for change in told.changes:
        assert change.reason != TRIPPED, change.field  # the net is for what nobody thought of
        assert change.paths and change.summary and change.reason and change.label, change
        assert (change.before is None) == (change.action is Action.ADDED), change
        assert (change.after is None) == (change.action is Action.REMOVED), change
    return told


@given(st.integers(1, 400), st.integers(0, 1_000_000))
def test_anything_may_stand_anywhere(number, seed):
    rng = Random(seed)
    old = new = study_record(number)
    for _ in range(rng.randint(0, 2)):
        if possible_edits(new):
            new = edited(new, rng.choice(possible_edits(new)), rng)
    sides = [mutated(side, rng) if rng.random() < 0.7 else side for side in (old, new)]
    assert_told(*sides)
    assert_told(*reversed(sides))


@pytest.mark.parametrize("absurd", ABSURD, ids=repr)
def test_each_value_may_be_of_any_kind(absurd):
    """Each place of one record that has everything, one after the other."""
    old = study_record(7, status="TERMINATED", study_type="INTERVENTIONAL")
    seen = set()
    for path in places(old):
        shape = tuple("#" if isinstance(part, int) else part for part in path)
        if not path or path == ID[: len(path)] or shape in seen:
            continue
        seen.add(shape)
        new = copy.deepcopy(old)
        node = new
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = copy.deepcopy(absurd)
        assert_told(old, new)
        assert_told(new, old)


def test_a_rule_that_trips_costs_one_sentence_and_no_poll():
    field = Field(slug="phase", label="Phase", section="Design", path="a.phases", kind=Kind.CHOICE)
    one = Difference(field=field, path=("a", "phases"), old=["X"], new=["Y"], paths=["a.phases"])

    def trips():
        raise KeyError("a shape that nobody thought of")

    (told,) = guarded([one], trips)
    assert (told.field, told.paths, told.severity) == ("phase", ("a.phases",), Severity.MINOR)
    assert (told.summary, told.reason) == ("Phase changed", TRIPPED)
