"""Real versions, day by day, through the whole program: what a careful reader calls news rings once, nothing else."""

from __future__ import annotations

from collections import defaultdict

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.registry_data import real_readings, real_versions
from doubles.watching import Watching, ids_watch

from snapshots.changeset import Source
from snapshots.query import Reader


@pytest.fixture(scope="module")
def days():
    """Build → the records as published in it."""
    found = defaultdict(list)
    for row in real_versions():
        found[row["date"]].append(row["study"])
    return found


def nct(record):
    return record["protocolSection"]["identificationModule"]["nctId"]


def identity(record):
    """A record without the one value that is no part of it."""
    derived = record["derivedSection"]
    misc = {key: value for key, value in derived["miscInfoModule"].items() if key != "versionHolder"}
    return record | {"derivedSection": derived | {"miscInfoModule": misc}}


def test_a_month_of_real_builds(tmp_path, clock, days):
    news = {(one["trial"], one["to"]) for one in real_readings() if not one["quiet"]}
    quiet = {(one["trial"], one["to"]) for one in real_readings() if one["quiet"]}
    trials = sorted({nct(record) for records in days.values() for record in records})
    expected = defaultdict(list)  # trial → its distinct versions, in order
    rung = []
    seen = set()
    with LoopbackRegistry([], day="2023-06-01") as registry:
        watching = Watching(tmp_path, registry, ids_watch("all", *trials), clock=clock)
        for day, records in sorted(days.items()):
            registry.publish(day, records)
            for record in records:
                same = expected[nct(record)] and identity(expected[nct(record)][-1]) == identity(record)
                if not same:
                    expected[nct(record)].append(record)
            assert watching.poll().outcome == "complete"
            for alert in watching.rung():
                if (
                    alert["event"] == "deadline"
                ):  # what a version puts into a state is told beside the version
                    continue
                # Days are a sample: a trial that the first of them did not hold turns up later, and that is told.
                known = alert["trial"] in seen
                assert alert["event"] == ("changed" if known else "entered"), alert["headline"]
                rung += [(alert["trial"], day)] if known else []
            seen.update(map(nct, records))
            registry.forget()
            assert watching.poll().outcome == "quiet"
            assert len(registry.requests()) == 1
            assert watching.rung() == []
            clock.forward(days=1)
        reader = Reader(watching.app.db)
        for trial, versions in expected.items():
            stored = reader.versions("ctgov", trial)
            assert len(stored) == len(versions)
            for number, version in enumerate(versions, start=1):
                assert reader.record("ctgov", trial, Source.SNAPSHOT, number) == version
        assert reader.check_ledger() == []
        watching.close()
    assert len(rung) == len(set(rung)), "told twice"
    assert set(rung) & quiet == set()
    assert set(rung) == news
