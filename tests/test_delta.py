"""The delta: exact both ways, whatever the values."""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from itertools import pairwise

import pytest
from doubles.registry_data import real_versions
from doubles.small_records import exact, json_values, small_record
from hypothesis import given
from hypothesis import strategies as st

from snapshots.delta import DeltaMismatch, Operation, OperationKind, apply, delta, paths, reverse
from snapshots.record import canonical


def assert_exact(old, new):
    before = copy.deepcopy((old, new))
    operations = delta(old, new)
    assert exact(apply(old, operations)) == exact(new)
    assert exact(apply(new, reverse(operations))) == exact(old)
    assert exact([old, new]) == exact(list(before))  # neither was touched
    assert json.loads(json.dumps([one.as_json() for one in operations])) == [
        one.as_json() for one in operations
    ]
    return operations


@given(json_values(), json_values())
def test_any_value_becomes_any_other_and_back(old, new):
    assert_exact(old, new)


@given(st.lists(st.integers(0, 5) | st.booleans(), max_size=14), st.lists(st.integers(0, 5), max_size=14))
def test_lists_with_repeats(old, new):
    assert_exact({"list": old}, {"list": new})


@given(st.lists(json_values(4), max_size=8), st.data())
def test_edited_lists_of_values(old, data):
    new = copy.deepcopy(old)
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(new)))
        if data.draw(st.booleans()) and place < len(new):
            new[place : place + 1] = []
        else:
            new[place:place] = [data.draw(json_values(4))]
    assert_exact(old, new)


@given(json_values())
def test_equal_values_have_no_delta(value):
    assert delta(value, copy.deepcopy(value)) == []


@pytest.mark.parametrize(("old", "new"), [(1, 1.0), (1, True), (0, False), (0.0, -0.0), (None, {}), ("1", 1)])
def test_types_are_told_apart(old, new):
    operations = assert_exact({"a": [old]}, {"a": [new]})
    assert len(operations) == 1


def test_order_of_a_list_counts_and_that_of_keys_does_not():
    assert delta({"a": 1, "b": 2}, {"b": 2, "a": 1}) == []
    assert delta({"a": [1, 2]}, {"a": [2, 1]}) != []


def test_a_member_put_into_a_list_is_one_splice():
    old = {"sites": [{"city": str(n)} for n in range(100)]}
    new = copy.deepcopy(old)
    new["sites"].insert(40, {"city": "Lyon"})
    assert delta(old, new) == [
        Operation(kind=OperationKind.SPLICE, path=("sites", 40), before=[], after=[{"city": "Lyon"}])
    ]


def test_an_edit_within_a_member_names_its_path():
    old = small_record()
    new = copy.deepcopy(old)
    new["protocolSection"]["contactsLocationsModule"]["locations"][1]["city"] = "Lille"
    new["protocolSection"]["statusModule"]["whyStopped"] = "no money"
    operations = assert_exact(old, new)
    assert set(paths(operations)) == {
        ("protocolSection", "contactsLocationsModule", "locations", 1, "city"),
        ("protocolSection", "statusModule", "whyStopped"),
    }
    assert {one.kind for one in operations} == {OperationKind.REPLACE, OperationKind.ADD}


def test_json_of_an_operation_says_only_what_it_has():
    gone, come = delta({"a": None}, {"b": None})
    assert gone.as_json() == {"op": "remove", "path": ["a"], "before": None}
    assert come.as_json() == {"op": "add", "path": ["b"], "after": None}


def test_another_value_than_the_one_it_was_made_for_is_refused():
    old, new = {"a": [1, {"b": 2}], "c": 3}, {"a": [1, {"b": 4}, 5], "d": 3}
    operations = delta(old, new)
    for other in ({"a": [1]}, {"a": [1, {"b": 3}], "c": 3}, {"a": {"0": 1}, "c": 3}, [], 1, {}):
        before = copy.deepcopy(other)
        with pytest.raises(DeltaMismatch):
            apply(other, operations)
        assert other == before


def test_a_reversed_long_list_costs_no_quadratic_time():
    """2,000 members: a comparison of each with each would be four million."""
    counted = [{"facility": f"Site {n}", "n": n} for n in range(2_000)]
    assert_exact(counted, counted[::-1])


@pytest.mark.registry_data
def test_real_pairs_are_exact_both_ways():
    lines = defaultdict(list)
    for row in real_versions():
        lines[row["nctId"]].append(row["study"])
    pairs = [pair for line in lines.values() for pair in pairwise(line)]
    assert len(pairs) > 2_900
    for old, new in pairs:
        operations = delta(old, new)
        assert canonical(apply(old, operations)) == canonical(new)
        assert canonical(apply(new, reverse(operations))) == canonical(old)
