"""What real version pairs changed, as a careful reader of both records wrote it down, beside what we say of them."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from doubles.registry_data import SHARED, real_readings

from snapshots.changes import compare
from snapshots.changeset import ChangeSet, Severity, Source, VersionRef

FILE = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)
# Where one line a country or one a site is a matter of taste.
SITES_GROUPED_OTHERWISE = {
    ("NCT06362252", "2026-02-04"),
    ("NCT06868277", "2026-02-27"),
    ("NCT06989112", "2026-03-11"),
}
VALUES = ("status", "date", "count")  # kinds whose before and after are the same for every reader


def action(change) -> str:
    """A country that lost sites and keeps some was edited: our `after` says how many, as the reading's does."""
    if change["action"] == "removed" and change["field"] == "locations":
        return "edited" if change["after"] not in (None, "0 sites") else "removed"
    return change["action"]


def read(one) -> ChangeSet:
    old, new = (
        json.loads((SHARED / "ctgov" / "versions" / one["trial"] / f"{one[side]}.json").read_text())
        for side in ("from", "to")
    )
    return compare(old, new, from_=FILE, to=FILE)


@pytest.mark.registry_data
def test_what_careful_readers_said():
    readings = real_readings()
    for one in readings:
        where = (one["trial"], one["from"])
        ours = read(one)
        news = [change for change in ours.changes if change.severity is not Severity.NOISE]
        gold = [change for change in one["changes"] if change["severity"] != "noise"]
        assert ours.quiet == one["quiet"], where
        assert ours.severity.value == (one["severity"] or "noise"), where
        assert set(ours.tags) == set(one["tags"]), where
        if where not in SITES_GROUPED_OTHERWISE:
            told = Counter((change.field, change.action.value, change.severity.value) for change in news)
            assert told == Counter(
                (change["field"], action(change), change["severity"]) for change in gold
            ), where
        else:
            assert {change.field for change in news} == {change["field"] for change in gold}, where
        values = {change.field: (change.before, change.after) for change in news if change.kind in VALUES}
        by_field = {change["field"]: (change["before"], change["after"]) for change in gold}
        assert values == {field: by_field[field] for field in values}, where
    assert len(readings) > 50
