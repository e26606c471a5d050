"""What many records lost on a build on which only what changed of the whole registry came whole."""

from __future__ import annotations

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct, with_results, with_status, without
from doubles.small_records import small_record
from doubles.watching import Watching, query_watch

from monitor.polling import held

COUNT = 600


@pytest.fixture(scope="module")
def records():
    return [
        with_results(with_status(small_record(f"NCT{number:08}"), "RECRUITING"))
        for number in range(1, COUNT + 1)
    ]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def mirror(tmp_path, registry, ticking):
    watching = Watching(tmp_path, registry, query_watch("everything"), clock=ticking)
    assert watching.poll().outcome == "complete"
    yield watching
    watching.close()


def losing(records):
    """Stopped, and without their results."""
    lost = [without(with_status(record, "TERMINATED"), "resultsSection") for record in records]
    for record in lost:
        record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = "2026-11-22"
    return lost


@pytest.mark.parametrize(
    ("swept", "fetched", "most"),
    [(600, None, 6), (605_000, None, 6050), (605_000, 60, 20), (605_000, 3000, 300), (90, 8, 5)],
)
def test_the_bound_is_of_all_that_was_seen_and_of_what_came_whole(swept, fetched, most):
    assert held.limit(swept, fetched) == most


def test_a_few_stops_that_lose_a_section_are_told_at_once(mirror, registry, records):
    lost = losing(records[:6])
    registry.publish("2026-11-23", lost)
    assert mirror.poll().held == []
    assert sorted(mirror.told()) == [("changed", nct(record)) for record in lost]


def test_more_than_a_share_of_all_that_was_seen_is_held(mirror, registry, records):
    lost = losing(records[:7])
    registry.publish("2026-11-23", lost)
    (line,) = mirror.poll().held
    assert line.startswith("held: 7 of 600 records lost resultsSection")
    assert mirror.told() == []
    registry.publish("2026-11-24")
    registry.forget()
    assert mirror.poll().outcome == "complete"
    assert not any("fields" in one.query for one in registry.requests())  # slim ones need not show it
    assert sorted(mirror.told()) == [("changed", nct(record)) for record in lost]


def test_more_than_a_share_of_what_came_whole_is_held(mirror, registry, records, monkeypatch):
    monkeypatch.setattr(held, "FEWEST_FETCHED", 3)
    lost = losing(records[:4])
    registry.publish("2026-11-23", [*lost, with_status(records[4], "SUSPENDED")])
    (line,) = mirror.poll().held
    assert line.startswith("held: 4 of 5 records lost resultsSection")
    assert mirror.told() == [("changed", nct(records[4]))]
    registry.publish("2026-11-24")
    assert mirror.poll().outcome == "complete"
    assert sorted(mirror.told()) == [("changed", nct(record)) for record in lost]
