"""Held sweeps: what is held stays held until the next whole build or a person decides, and loses nothing by it."""

from __future__ import annotations

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, recruiting, with_results, with_status, without
from doubles.small_records import small_record
from doubles.watching import Watching, ids_watch, query_watch

from monitor.polling import held
from snapshots.database import immediate

STUDIES = "/api/v2/studies"


@pytest.fixture
def records():
    return [with_results(recruiting(number)) for number in range(1, 41)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


def lose_results(registry, records, count, day="2026-11-23"):
    registry.publish(day, [without(record, "resultsSection") for record in records[:count]])


def test_a_small_watch_on_the_same_build_does_not_lift_a_hold(tmp_path, registry, records, ticking):
    big = ids_watch("big", *map(nct, records))
    watching = Watching(tmp_path, registry, big, clock=ticking)
    watching.poll()
    lose_results(registry, records, 12)
    assert len(watching.poll().held) == 1
    watching.edit(big + ids_watch("new", nct(records[0]), nct(records[1])))
    watching.poll()
    assert watching.told() == []
    assert len(held.standing(watching.app.db)) == 1
    registry.publish("2026-11-24")
    watching.poll()
    assert len(watching.told()) == 12


def test_a_sweep_that_is_not_whole_does_not_lift_a_hold(tmp_path, registry, records, ticking):
    watching = Watching(
        tmp_path,
        registry,
        ids_watch("big", *map(nct, records)) + query_watch("q", status="SUSPENDED"),
        clock=ticking,
    )
    watching.poll()
    lose_results(registry, records, 12)
    assert len(watching.poll().held) == 1
    registry.publish("2026-11-24", records[:10])  # ten of them are there again
    registry.misbehave(
        Fault.html(), times=None, path=STUDIES, where=lambda asked: "filter.ids" in asked.query
    )
    assert watching.poll().finished == ["q"]
    registry.behave()
    assert watching.told() == []
    registry.publish("2026-11-25")
    watching.poll()  # whole: the accident is over, and two did lose them
    assert sorted(trial for _, trial in watching.told()) == sorted(map(nct, records[10:12]))
    assert held.standing(watching.app.db) == []


def test_what_waits_survives_a_sweep_that_breaks_off(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("big", *map(nct, records)), clock=ticking)
    watching.poll()
    lose_results(registry, records, 12)
    watching.poll()
    registry.publish("2026-11-24")
    registry.misbehave(Fault.html(), times=1, path="/api/v2/version", skip=1)
    assert watching.poll().outcome == "incomplete"
    (one,) = held.standing(watching.app.db)
    assert len(watching.app.accept_held(one.row)) == 12
    watching.app.deliver()
    assert len(watching.told()) == 12
    watching.poll()
    assert watching.told() == []


def test_how_many_are_too_many_is_measured_by_the_watch_itself(tmp_path, ticking):
    suspended = [small_record(f"NCT{number:08}", status="SUSPENDED") for number in range(1, 16)]
    others = [small_record(f"NCT{number:08}") for number in range(16, 2001)]
    with LoopbackRegistry(suspended + others, day="2026-11-20") as registry:
        watching = Watching(
            tmp_path,
            registry,
            ids_watch("all", *map(nct, suspended + others)) + query_watch("small", status="SUSPENDED"),
            clock=ticking,
        )
        watching.poll()
        registry.publish("2026-11-23")
        registry.misbehave(
            Fault.rewritten(lambda page: {"studies": [], "totalCount": 0}),
            times=1,
            path=STUDIES,
            where=lambda asked: "filter.overallStatus" in asked.query,
        )
        report = watching.poll()
        assert [line for line in report.held if "15 of 15 records are missing from watch small" in line]
        assert watching.told() == []


def test_trials_that_are_gone_are_not_missed_again(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    for day in range(8):
        registry.publish(f"2026-12-{day + 1:02}", removed=[nct(records[day])])
        assert watching.poll().held == []
    for day in range(9, 13):
        registry.publish(f"2026-12-{day:02}")
        report = watching.poll()
        assert (report.held, report.finished) == ([], ["q"])
    assert [event for event, _ in watching.told()] == ["gone"] * 8
    registry.publish("2026-12-20", [records[0]])
    watching.poll()
    assert watching.told() == [("back", nct(records[0]))]


def test_an_accepted_disappearance_is_told_by_the_next_poll(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", removed=[nct(record) for record in records[:8]])
    watching.poll()
    (one,) = held.standing(watching.app.db)
    watching.app.accept_held(one.row)
    assert watching.poll().held == []
    assert watching.told() == [("gone", nct(record)) for record in records[:8]]
    registry.publish("2026-11-24")
    assert watching.poll().held == []
    assert watching.told() == []


def test_accepting_one_loss_believes_no_later_one(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    lose_results(registry, records, 8)
    watching.poll()
    (one,) = held.standing(watching.app.db)
    watching.app.accept_held(one.row)
    registry.publish("2026-11-24", [without(record, "resultsSection") for record in records[8:20]])
    report = watching.poll()
    assert len(report.held) == 1
    watching.app.deliver()
    assert len(watching.told()) == 8


def test_what_a_person_dropped_stays_untold_on_that_build(tmp_path, registry, records, ticking):
    doubled = [record | {"documentSection": {"largeDocumentModule": {"largeDocs": []}}} for record in records]
    registry.publish("2026-11-21", doubled)
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    fewer = [without(record, "resultsSection") for record in doubled[:10]]
    registry.publish("2026-11-23", [*fewer, without(doubled[10], "resultsSection", "documentSection")])
    watching.poll()
    (one,) = held.standing(watching.app.db)
    with immediate(watching.app.db):
        held.decide(watching.app.db, one.row, "dropped", ticking())
        watching.app.db.execute("update watch set finished = null")
    watching.poll()
    assert watching.told() == []
    assert held.standing(watching.app.db) == []


def test_a_hold_follows_its_watch_to_another_name_and_ends_with_it(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", removed=[nct(record) for record in records[:8]])
    watching.poll()
    watching.edit(query_watch("renamed", status="RECRUITING"))
    registry.publish("2026-11-24")
    assert watching.poll().held == []
    assert [event for event, _ in watching.told()] == ["gone"] * 8
    registry.publish("2026-11-25", removed=[nct(record) for record in records[8:16]])
    watching.poll()
    assert len(held.standing(watching.app.db)) == 1
    watching.edit(ids_watch("other", nct(records[30])))
    watching.poll()
    assert held.standing(watching.app.db) == []


def test_a_lost_section_and_a_leaving_in_one_build_are_both_told(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [with_status(without(records[0], "resultsSection"), "TERMINATED")])
    watching.poll()
    assert sorted(event for event, _ in watching.told()) == ["changed", "left"]


def test_the_same_build_swept_again_is_held_again(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("big", *map(nct, records)), clock=ticking)
    watching.poll()
    lose_results(registry, records, 12)
    watching.poll()
    watching.app.db.execute("update watch set finished = null")
    assert len(watching.poll().held) == 1
    assert watching.told() == []
    assert len(held.standing(watching.app.db)) == 1


def test_a_module_lost_by_many_is_held_and_what_the_registry_computes_is_not(
    tmp_path, registry, records, ticking
):
    watching = Watching(tmp_path, registry, ids_watch("big", *map(nct, records)), clock=ticking)
    watching.poll()

    def lose(record, *keys):
        new = without(record)
        inner = new
        for key in keys[:-1]:
            inner = inner[key]
        inner.pop(keys[-1])
        return new

    registry.publish("2026-11-23", [lose(one, "derivedSection", "conditionBrowseModule") for one in records])
    report = watching.poll()
    assert (report.held, watching.told()) == ([], [])
    registry.publish("2026-11-24", [lose(one, "protocolSection", "eligibilityModule") for one in records[:9]])
    report = watching.poll()
    assert ["protocolSection.eligibilityModule" in line for line in report.held] == [True]
    assert watching.told() == []


def test_what_a_broken_sweep_staged_is_not_believed_later(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("big", *map(nct, records)), clock=ticking)
    watching.poll()
    lose_results(registry, records, 2)
    registry.misbehave(Fault.html(), times=1, path="/api/v2/version", skip=1)
    assert watching.poll().finished == []
    registry.publish("2026-11-24", records[:2])  # they are there again
    watching.poll()
    assert watching.told() == []


def test_what_a_watch_that_broke_off_lost_is_not_believed_beside_one_that_is_whole(
    tmp_path, registry, records, ticking
):
    watching = Watching(
        tmp_path,
        registry,
        ids_watch("whole", nct(records[39])) + query_watch("broken", status="RECRUITING"),
        clock=ticking,
        pages={"page_size": 10},
    )
    watching.poll()
    lose_results(registry, records, 12)
    registry.misbehave(Fault.html(), times=1, path=STUDIES, where=lambda asked: "pageToken" in asked.query)
    assert watching.poll().finished == ["whole"]
    assert watching.told() == []  # the first page shows a few of them, and says nothing of how many there are
    assert len(watching.poll().held) == 1
    assert watching.told() == []
