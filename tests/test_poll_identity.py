"""Ids that are merged, taken apart, gone and back: each told once, and whoever survives is watched."""

from __future__ import annotations

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, recruiting, with_status
from doubles.watching import Watching, ids_watch, query_watch

STUDIES = "/api/v2/studies"


@pytest.fixture
def records():
    return [recruiting(number) for number in range(1, 6)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


def test_a_gone_record_that_turns_out_merged_is_watched_as_its_survivor(tmp_path, registry, records, ticking):
    lost, survivor = nct(records[0]), nct(records[3])
    watching = Watching(tmp_path, registry, ids_watch("a", lost, nct(records[1])), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", removed=[lost])
    watching.poll()
    registry.publish("2026-11-24")
    watching.poll()
    assert watching.told() == [("gone", lost)]
    registry.publish("2026-11-25", aliases={lost: survivor})
    watching.poll()
    assert watching.told() == [("merged", lost)]
    registry.publish("2026-11-26", [with_status(registry.record(survivor), "TERMINATED")])
    watching.poll()
    assert watching.told() == [("changed", survivor)]


def test_a_merged_id_that_is_published_again_is_watched_again(tmp_path, registry, records, ticking):
    merged, survivor = nct(records[0]), nct(records[1])
    watching = Watching(tmp_path, registry, ids_watch("a", merged), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", aliases={merged: survivor})
    watching.poll()
    assert watching.told() == [("merged", merged)]
    alone = registry.record(survivor)
    alone["protocolSection"]["identificationModule"].pop("nctIdAliases")
    registry.publish("2026-11-24", [alone, with_status(records[0], "TERMINATED")])
    watching.poll()
    # The survivor was watched up to now: that it lost its alias is told too.
    assert watching.told() == [("back", merged), ("changed", merged), ("changed", survivor)]
    registry.publish("2026-11-25", [with_status(alone, "SUSPENDED")])
    watching.poll()
    assert watching.told() == []  # nobody named the other one


def test_a_merger_puts_nothing_into_a_query_that_does_not_match_it(tmp_path, registry, records, ticking):
    survivor = with_status(records[4], "COMPLETED")
    registry.publish("2026-11-21", [survivor])
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", aliases={nct(records[0]): nct(survivor)})
    watching.poll()
    assert watching.told() == [("merged", nct(records[0]))]
    registry.publish("2026-11-24")
    watching.poll()
    assert watching.told() == []


def test_not_found_after_a_rebuild_is_no_word_of_the_build_before(tmp_path, ticking):
    records = [recruiting(number) for number in range(1, 41)]
    lost = nct(records[0])
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
        watching.poll()
        registry.publish("2026-11-23")
        registry.prepare("2026-11-24", removed=[lost])
        registry.misbehave(
            Fault.rewritten(
                lambda page: {
                    "studies": [one for one in page["studies"] if nct(one) != lost],
                    "totalCount": 39,
                }
            ),
            times=1,
            path=STUDIES,
        )

        def rebuild(asked):
            if asked.path.startswith(f"{STUDIES}/"):
                registry.on_request = None
                registry.switch()

        registry.on_request = rebuild
        assert watching.poll().finished == []
        watching.poll()
        assert watching.told() == []  # the build of the 24th is the first that says so
        registry.publish("2026-11-25")
        watching.poll()
        assert watching.told() == [("gone", lost)]


def test_not_found_twice_on_one_build_is_one_word(tmp_path, registry, records, ticking):
    lost = nct(records[0])
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", removed=[lost])
    watching.poll()
    watching.app.db.execute("update watch set finished = null")
    registry.forget()
    watching.poll()
    assert registry.requests(f"{STUDIES}/{lost}")  # it was asked for again
    assert watching.told() == []


def test_a_survivor_that_is_merged_in_its_turn_is_followed(tmp_path, registry, records, ticking):
    first, second, third = (nct(record) for record in records[:3])
    watching = Watching(tmp_path, registry, ids_watch("a", first), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", aliases={first: second})
    watching.poll()
    registry.publish("2026-11-24", aliases={second: third})
    watching.poll()
    assert watching.told() == [("merged", first), ("merged", second)]
    registry.publish("2026-11-25", [with_status(registry.record(third), "SUSPENDED")])
    watching.poll()
    assert watching.told() == [("changed", third)]


def test_a_page_of_ids_that_says_more_is_to_follow_is_not_whole(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    registry.misbehave(
        Fault.rewritten(lambda page: page | {"nextPageToken": "more"}), times=None, path=STUDIES
    )
    report = watching.poll()
    assert report.finished == []
    assert "with more to follow" in report.problems[0]
