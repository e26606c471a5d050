"""Which fields of two records differ: what Python holds equal, JSON may not."""

from __future__ import annotations

import pytest

from snapshots.comparison import differences
from snapshots.fields import table

SITES = ("protocolSection", "contactsLocationsModule", "locations")


def of_one_site(value: object) -> dict:
    return {"protocolSection": {"contactsLocationsModule": {"locations": [{"facility": "A", "odd": value}]}}}


@pytest.mark.parametrize(
    ("old", "new"), [(1, 1.0), (1, True), (0, False), (0.0, -0.0), ([1], [True]), ("1", 1)]
)
def test_values_that_python_holds_equal_are_told_apart_within_a_member(old: object, new: object) -> None:
    (found,) = differences(of_one_site(old), of_one_site(new), table("ctgov"))
    assert found.path == SITES and not found.reordered
    assert [one.keys for one in found.members] == [frozenset({"odd"})]
    assert differences(of_one_site(old), of_one_site(old), table("ctgov")) == []
