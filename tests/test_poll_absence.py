"""What a record's absence means: merged, gone, unknown, or nothing at all; and what too much of it means."""

from __future__ import annotations

import copy

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.study_records import study_record
from doubles.watching import Watching, ids_watch, query_watch

from monitor.polling import held, staging
from snapshots.changeset import Source

STUDIES = "/api/v2/studies"


def nct(record):
    return record["protocolSection"]["identificationModule"]["nctId"]


@pytest.fixture
def records():
    made = [study_record(number) for number in range(1, 41)]
    for record in made:
        record["protocolSection"]["statusModule"]["overallStatus"] = "RECRUITING"
    return made


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def watching(tmp_path, registry, records, clock):
    made = Watching(tmp_path, registry, ids_watch("mine", *map(nct, records)), clock=clock)
    made.poll()
    yield made
    made.close()


def told(watching):
    return [(alert["event"], alert["trial"]) for alert in watching.rung()]


def test_a_record_is_gone_when_two_builds_say_so(watching, registry, records):
    lost = nct(records[4])
    registry.publish("2026-11-23", removed=[lost])
    watching.poll()
    assert told(watching) == []
    watching.poll()
    assert told(watching) == []  # the same build again is no second word
    registry.publish("2026-11-24")
    watching.poll()
    (alert,) = watching.rung()
    assert (alert["event"], alert["trial"], alert["severity"]) == ("gone", lost, "critical")
    assert alert["id"] == f"ctgov:{lost}:gone:2026-11-24T09:00:06"
    registry.publish("2026-11-25")
    watching.poll()
    assert told(watching) == []
    assert watching.app.reader().trial("ctgov", lost).state == "gone"
    assert watching.app.reader().record("ctgov", lost, Source.SNAPSHOT, 1)  # what was seen stays


def test_a_record_that_was_missing_once_is_no_news(watching, registry, records):
    lost = records[4]
    registry.publish("2026-11-23", removed=[nct(lost)])
    watching.poll()
    registry.publish("2026-11-24", [lost])
    watching.poll()
    registry.publish("2026-11-25", removed=[nct(lost)])
    watching.poll()
    assert told(watching) == []


def test_a_gone_record_that_comes_back_is_told(watching, registry, records):
    lost = records[4]
    registry.publish("2026-11-23", removed=[nct(lost)])
    watching.poll()
    registry.publish("2026-11-24")
    watching.poll()
    watching.rung()
    registry.publish("2026-11-25", [lost])
    watching.poll()
    assert told(watching) == [("back", nct(lost))]
    assert watching.app.reader().trial("ctgov", nct(lost)).state == "present"


def test_a_merged_record_is_told_with_its_survivor_and_watched_on(watching, registry, records):
    old, survivor = nct(records[4]), nct(records[7])
    registry.publish("2026-11-23", aliases={old: survivor})
    watching.poll()
    alerts = {(alert["event"], alert["trial"]): alert for alert in watching.rung()}
    assert alerts["merged", old]["detail"] == survivor
    registry.forget()
    changed = registry.record(survivor)
    changed["protocolSection"]["statusModule"]["overallStatus"] = "TERMINATED"
    registry.publish("2026-11-24", [changed])
    watching.poll()
    assert told(watching) == [("changed", survivor)]
    # Its survivor is asked for from now on: no request for the old id by itself.
    assert registry.requests("/api/v2/studies/*") == []


def test_a_merge_into_a_record_that_was_not_watched_takes_the_survivor_in(tmp_path, registry, records, clock):
    old, survivor = nct(records[0]), nct(records[1])
    watching = Watching(tmp_path, registry, ids_watch("one", old), clock=clock)
    watching.poll()
    registry.publish("2026-11-23", aliases={old: survivor})
    watching.poll()
    assert told(watching) == [("merged", old)]
    changed = registry.record(survivor)
    changed["protocolSection"]["statusModule"]["overallStatus"] = "TERMINATED"
    registry.publish("2026-11-24", [changed])
    watching.poll()
    assert told(watching) == [("changed", survivor)]
    watching.close()


def test_an_id_that_was_an_alias_from_the_start_is_followed_silently(tmp_path, registry, records, clock):
    old, survivor = nct(records[0]), nct(records[1])
    registry.publish("2026-11-23", aliases={old: survivor})
    watching = Watching(tmp_path, registry, ids_watch("one", old), clock=clock)
    report = watching.poll()
    assert report.outcome == "complete"
    assert told(watching) == []
    assert watching.count("select count(*) from member where state = 'in'") == 1
    watching.close()


def test_an_unknown_id_is_named_and_rings_when_it_appears(tmp_path, registry, records, clock):
    coming = study_record(99)
    watching = Watching(tmp_path, registry, ids_watch("w", nct(records[0]), nct(coming)), clock=clock)
    report = watching.poll()
    assert report.unknown == [nct(coming)]
    assert report.outcome == "complete"
    registry.publish("2026-11-23", [coming])
    watching.poll()
    assert told(watching) == [("entered", nct(coming))]
    watching.close()


def test_a_record_that_the_batch_left_out_and_its_own_address_gives_is_there(watching, registry, records):
    registry.publish("2026-11-23")
    registry.misbehave(Fault.rewritten(lambda page: _without_first(page)), times=1, path=STUDIES)
    report = watching.poll()
    assert report.outcome == "complete"
    registry.publish("2026-11-24")
    watching.poll()
    assert told(watching) == []
    assert watching.count("select count(*) from absence") == 0


def _without_first(page):
    return page | {"studies": page["studies"][1:], "totalCount": page["totalCount"] - 1}


def test_too_many_missing_at_once_are_held_and_nothing_is_told(watching, registry, records):
    lost = [nct(record) for record in records[:8]]
    registry.publish("2026-11-23", removed=lost)
    registry.forget()
    report = watching.poll()
    assert len(report.held) == 1
    assert "8 of 40 records are missing from ClinicalTrials.gov" in report.held[0]
    assert told(watching) == []
    assert registry.requests("/api/v2/studies/*") == []  # eight questions more would prove nothing
    assert len(held.standing(watching.app.db)) == 1


def test_the_next_build_that_says_the_same_is_believed(watching, registry, records):
    lost = [nct(record) for record in records[:8]]
    registry.publish("2026-11-23", removed=lost)
    watching.poll()
    registry.publish("2026-11-24")
    report = watching.poll()
    assert report.held == []
    assert sorted(told(watching)) == [("gone", trial) for trial in lost]
    assert held.standing(watching.app.db) == []


def test_a_held_absence_that_does_not_last_passes_without_a_word(watching, registry, records):
    registry.publish("2026-11-23", removed=[nct(record) for record in records[:8]])
    watching.poll()
    registry.publish("2026-11-24", records[:8])
    report = watching.poll()
    assert report.held == []
    assert told(watching) == []
    assert held.standing(watching.app.db) == []


def with_results(record):
    new = copy.deepcopy(record)
    new["resultsSection"] = {"participantFlowModule": {"preAssignmentDetails": "None."}}
    new["hasResults"] = True
    return new


def without_results(record):
    new = copy.deepcopy(record)
    new.pop("resultsSection", None)
    new["hasResults"] = False
    return new


@pytest.fixture
def with_sections(tmp_path, records, clock):
    posted = [with_results(record) for record in records]
    with LoopbackRegistry(posted, day="2026-11-20") as registry:
        made = Watching(tmp_path, registry, ids_watch("mine", *map(nct, records)), clock=clock)
        made.poll()
        yield made, registry, posted
        made.close()


def test_one_record_that_loses_a_section_is_told(with_sections):
    watching, registry, posted = with_sections
    registry.publish("2026-11-23", [without_results(posted[0])])
    assert watching.poll().held == []
    (alert,) = watching.rung()
    assert alert["trial"] == nct(posted[0])
    assert "has-results" in {change["field"] for change in alert["changes"]}


def test_a_section_lost_in_many_records_is_held_and_the_rest_is_told(with_sections):
    watching, registry, posted = with_sections
    stopped = copy.deepcopy(posted[30])
    stopped["protocolSection"]["statusModule"]["overallStatus"] = "TERMINATED"
    registry.publish("2026-11-23", [*map(without_results, posted[:12]), stopped])
    report = watching.poll()
    assert len(report.held) == 1
    assert "12 of 40 records lost resultsSection" in report.held[0]
    assert told(watching) == [("changed", nct(stopped))]
    assert watching.count("select count(*) from version") == 41
    assert watching.poll().quiet


def test_a_section_that_is_back_in_the_next_build_was_never_lost(with_sections):
    watching, registry, posted = with_sections
    registry.publish("2026-11-23", [*map(without_results, posted[:12])])
    watching.poll()
    registry.publish("2026-11-24", posted[:12])
    assert watching.poll().held == []
    assert told(watching) == []
    assert held.standing(watching.app.db) == []
    assert watching.count("select count(*) from staged") == 0


def test_a_section_lost_in_two_builds_is_believed(with_sections):
    watching, registry, posted = with_sections
    registry.publish("2026-11-23", [*map(without_results, posted[:12])])
    watching.poll()
    registry.publish("2026-11-24")
    assert watching.poll().held == []
    assert {trial for _, trial in told(watching)} == {nct(record) for record in posted[:12]}
    assert watching.count("select count(*) from staged") == 0


def test_a_person_accepts_what_is_held(with_sections):
    watching, registry, posted = with_sections
    registry.publish("2026-11-23", [*map(without_results, posted[:12])])
    watching.poll()
    (one,) = held.standing(watching.app.db)
    events = watching.app.accept_held(one.row)
    watching.app.deliver()
    assert len(events) == 12
    assert len(watching.rung()) == 12
    registry.publish("2026-11-24")
    assert watching.poll().held == []
    assert watching.rung() == []


def test_a_person_drops_what_is_held(with_sections, clock):
    watching, registry, posted = with_sections
    registry.publish("2026-11-23", [*map(without_results, posted[:12])])
    watching.poll()
    (one,) = held.standing(watching.app.db)
    held.decide(watching.app.db, one.row, "dropped", clock())
    staging.clear(watching.app.db)
    assert held.standing(watching.app.db) == []
    assert watching.count("select count(*) from staged") == 0
    assert watching.poll().quiet
    assert told(watching) == []
    registry.publish("2026-11-24")
    assert len(watching.poll().held) == 1  # another build says it: asked again


def test_an_emptied_query_is_held(tmp_path, registry, records, clock):
    watching = Watching(tmp_path, registry, query_watch("open", status="RECRUITING"), clock=clock)
    watching.poll()
    registry.publish("2026-11-23")
    registry.misbehave(
        Fault.rewritten(lambda page: {"studies": page["studies"][:10], "totalCount": 10}),
        times=1,
        path=STUDIES,
    )
    report = watching.poll()
    assert "30 of 40 records are missing from watch open" in report.held[0]
    assert told(watching) == []
    registry.publish("2026-11-24")
    watching.poll()
    assert told(watching) == []
    watching.close()
