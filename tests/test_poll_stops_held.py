"""Many trials leave a query at once and are held; why each of them left is told all the same, on the day."""

from __future__ import annotations

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct, recruiting, timeless, with_status
from doubles.watching import Watching, query_watch

from monitor.polling import held


@pytest.fixture
def records():
    return [timeless(recruiting(number)) for number in range(1, 41)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


def test_stops_that_take_many_trials_out_of_a_query_are_told_though_it_is_held(
    tmp_path, registry, records, ticking
):
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    stopped = [nct(record) for record in records[:8]]
    registry.publish("2026-11-23", [with_status(record, "SUSPENDED") for record in records[:8]])
    report = watching.poll()
    assert len(report.held) == 1
    assert sorted(watching.told()) == [("changed", trial) for trial in stopped]
    assert watching.count("select count(*) from member where state = 'left'") == 0
    assert watching.count("select count(*) from absence") == 0
    registry.publish("2026-11-24")
    assert watching.poll().held == []
    assert sorted(watching.told()) == [("left", trial) for trial in stopped]
    registry.publish("2026-11-25")
    watching.poll()
    assert watching.told() == []


def test_a_hold_says_nothing_of_those_that_are_gone(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    registry.publish(
        "2026-11-23",
        [with_status(record, "SUSPENDED") for record in records[:6]],
        removed=[nct(records[10])],
    )
    registry.forget()
    assert len(watching.poll().held) == 1
    assert registry.requests("/api/v2/studies/*") == []
    assert sorted(watching.told()) == [("changed", nct(record)) for record in records[:6]]
    registry.publish("2026-11-24")
    watching.poll()
    told = watching.told()
    assert ("gone", nct(records[10])) in told
    assert sorted(trial for event, trial in told if event == "left") == [nct(one) for one in records[:6]]


def test_a_stop_is_told_amid_many_that_the_registry_turned_unknown(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    registry.publish(
        "2026-11-27",
        [*(with_status(record, "UNKNOWN") for record in records[:6]), with_status(records[20], "SUSPENDED")],
    )
    assert len(watching.poll().held) == 1
    assert ("changed", nct(records[20])) in watching.told()
    assert len(held.standing(watching.app.db)) == 1
    registry.publish("2026-11-30", [with_status(record, "RECRUITING") for record in records[:6]])
    assert watching.poll().held == []  # it was an accident, and one did leave
    assert [one for one in watching.told() if one[0] == "left"] == [("left", nct(records[20]))]
