"""One poll: a quiet one costs one request, a change rings once, a first look rings for nothing."""

from __future__ import annotations

import copy

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import timeless
from doubles.study_records import study_record
from doubles.watching import Watching, ids_watch, query_watch

from monitor.polling.report import Selection

VERSION = "/api/v2/version"
STUDIES = "/api/v2/studies"


def nct(record):
    return record["protocolSection"]["identificationModule"]["nctId"]


def suspended(record, reason="Funding was paused"):
    new = copy.deepcopy(record)
    status = new["protocolSection"]["statusModule"]
    status["overallStatus"] = "SUSPENDED"
    status["whyStopped"] = reason
    return new


def recruiting(number):
    record = study_record(number)
    status = record["protocolSection"]["statusModule"]
    status["overallStatus"] = "RECRUITING"
    status.pop("whyStopped", None)
    status.pop("lastKnownStatus", None)
    return timeless(record)


@pytest.fixture
def records():
    return [recruiting(number) for number in range(1, 13)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def watching(tmp_path, registry, records, clock):
    made = Watching(tmp_path, registry, ids_watch("all", *map(nct, records)), clock=clock)
    yield made
    made.close()


def test_the_first_look_stores_everything_and_rings_for_nothing(watching, records):
    report = watching.poll()
    assert report.problems == []
    assert report.outcome == "complete"
    assert report.versions == len(records)
    assert report.first_looks == {"all": len(records)}
    assert report.events == []
    assert watching.rung() == []


def test_a_poll_on_a_finished_build_is_one_request(watching, registry):
    watching.poll()
    registry.forget()
    report = watching.poll()
    assert report.quiet
    assert [request.path for request in registry.requests()] == [VERSION]


def test_a_new_build_without_changes_rings_for_nothing_and_stores_nothing(watching, registry, records):
    watching.poll()
    registry.publish("2026-11-23")
    report = watching.poll()
    assert not report.quiet
    assert report.records == len(records)
    assert report.versions == 0
    assert watching.rung() == []
    assert watching.poll().quiet


def test_a_change_rings_once(watching, registry, records, clock):
    watching.poll()
    registry.publish("2026-11-23", [suspended(records[3])])
    clock.forward(days=3)
    report = watching.poll()
    assert report.versions == 1
    (alert,) = watching.rung()
    assert alert["event"] == "changed"
    assert alert["trial"] == nct(records[3])
    assert alert["id"] == f"ctgov:{nct(records[3])}:changed:1-2"
    assert alert["severity"] == "critical"
    assert alert["watches"] == ["all"]
    assert {"overall-status", "why-stopped"} <= {change["field"] for change in alert["changes"]}
    assert alert["from"]["build"] == "2026-11-20"
    assert alert["to"]["build"] == "2026-11-23"
    assert alert["to"]["seen_at"] == "2026-11-23T09:20:00Z"
    watching.poll()
    watching.app.deliver()
    assert watching.rung() == []


def test_noise_is_stored_and_does_not_ring(watching, registry, records):
    watching.poll()
    noisy = copy.deepcopy(records[0])
    noisy["protocolSection"]["statusModule"]["statusVerifiedDate"] = "2026-11"
    registry.publish("2026-11-23", [noisy])
    report = watching.poll()
    assert report.versions == 1
    assert report.quiet_versions == 1
    assert report.events == []
    assert watching.rung() == []


def test_every_stored_version_reads_back_as_it_went_in(watching, registry, records):
    watching.poll()
    first = registry.record(nct(records[3]))
    registry.publish("2026-11-23", [suspended(records[3])])
    watching.poll()
    reader = watching.app.reader()
    from snapshots.changeset import Source

    assert reader.record("ctgov", nct(records[3]), Source.SNAPSHOT, 1) == first
    assert reader.record("ctgov", nct(records[3]), Source.SNAPSHOT, 2) == registry.record(nct(records[3]))
    assert reader.check_ledger() == []


def test_other_bytes_with_the_same_content_are_the_same_version(watching, registry, records):
    watching.poll()
    reordered = dict(reversed(list(copy.deepcopy(records[5]).items())))
    registry.publish("2026-11-23", [reordered])
    report = watching.poll()
    assert report.versions == 0
    registry.publish("2026-11-24")
    assert watching.poll().versions == 0


def test_selected_watches_alone_are_polled_and_the_others_stay_due(tmp_path, registry, records, clock):
    text = ids_watch("one", nct(records[0])) + ids_watch("two", nct(records[1]))
    watching = Watching(tmp_path, registry, text, clock=clock)
    report = watching.poll(Selection(watches=frozenset({"one"})))
    assert report.finished == ["one"]
    report = watching.poll()
    assert report.finished == ["two"]
    assert watching.poll().quiet
    watching.close()


def test_a_selected_trial_is_looked_at_without_finishing_its_watch(watching, registry, records):
    watching.poll()
    registry.publish("2026-11-23", [suspended(records[3]), suspended(records[4])])
    report = watching.poll(Selection(trials=(nct(records[3]),)))
    assert [alert["trial"] for alert in watching.rung()] == [nct(records[3])]
    assert report.finished == []
    watching.poll()
    assert [alert["trial"] for alert in watching.rung()] == [nct(records[4])]


def test_overlapping_watches_ask_for_their_union_and_ring_once(tmp_path, registry, records, clock):
    some = [nct(one) for one in records]
    text = ids_watch("a", *some[:8]) + ids_watch("b", *some[4:])
    watching = Watching(tmp_path, registry, text, clock=clock)
    watching.poll()
    assert len(registry.requests(STUDIES)) == 1
    registry.publish("2026-11-23", [suspended(records[5])])
    watching.poll()
    (alert,) = watching.rung()
    assert alert["watches"] == ["a", "b"]
    watching.close()


def test_an_added_id_is_taken_in_silently_and_the_rest_stays_watched(watching, registry, records):
    some = [nct(one) for one in records]
    watching.edit(ids_watch("all", *some[:5]))
    watching.poll()
    registry.publish("2026-11-23", [suspended(records[2]), suspended(records[7])])
    watching.edit(ids_watch("all", *some[:9]))
    watching.poll()
    # The one that was watched all along rings; what the edit brought in does not.
    assert [alert["trial"] for alert in watching.rung()] == [some[2]]


def test_a_trial_that_another_watch_takes_over_in_an_edit_was_watched_all_along(watching, registry, records):
    some = [nct(one) for one in records]
    watching.poll()
    registry.publish("2026-11-23", [suspended(records[9])])
    watching.edit(ids_watch("first half", *some[:6]) + ids_watch("second half", *some[6:]))
    watching.poll()
    (alert,) = watching.rung()
    assert alert["trial"] == some[9]
    assert alert["watches"] == ["second half"]


def test_query_watches_tell_who_enters_leaves_and_returns(tmp_path, registry, records, clock):
    watching = Watching(tmp_path, registry, query_watch("open", status="RECRUITING"), clock=clock)
    assert watching.poll().first_looks == {"open": len(records)}
    stopped = suspended(records[0])
    newcomer = recruiting(77)
    registry.publish("2026-11-23", [stopped, newcomer])
    watching.poll()
    told = {(alert["event"], alert["trial"]): alert for alert in watching.rung()}
    # It left because it was suspended: the change that made it leave is told, and so is the leaving.
    assert set(told) == {
        ("changed", nct(stopped)),
        ("left", nct(stopped)),
        ("entered", nct(newcomer)),
    }
    assert told["changed", nct(stopped)]["severity"] == "critical"
    assert told["left", nct(stopped)]["severity"] == "minor"
    registry.publish("2026-11-24", [records[0]])
    watching.poll()
    assert {(alert["event"], alert["trial"]) for alert in watching.rung()} == {
        ("changed", nct(stopped)),
        ("returned", nct(stopped)),
    }
    watching.close()


def test_a_trial_that_begins_to_match_a_second_watch_enters_without_a_new_version(
    tmp_path, registry, records, clock
):
    text = ids_watch("mine", nct(records[0])) + query_watch("stopped", status="SUSPENDED")
    watching = Watching(tmp_path, registry, text, clock=clock)
    watching.poll()
    registry.publish("2026-11-23", [suspended(records[0])])
    watching.poll()
    alerts = watching.rung()
    assert sorted(alert["event"] for alert in alerts) == ["changed", "entered"]
    assert watching.count("select count(*) from version") == 2
    watching.close()


def test_equal_queries_are_asked_once(tmp_path, registry, clock):
    text = query_watch("a", status="RECRUITING") + ids_watch("b", "NCT00000001")
    watching = Watching(tmp_path, registry, text, clock=clock)
    watching.poll()
    assert len([one for one in registry.requests(STUDIES) if "filter.overallStatus" in one.query]) == 1
    watching.close()


def test_pages_of_a_query_are_stored_page_by_page(tmp_path, registry, records, clock):
    watching = Watching(tmp_path, registry, query_watch("all"), clock=clock, pages={"page_size": 5})
    report = watching.poll()
    assert report.problems == []
    assert report.versions == len(records)
    assert len(registry.requests(STUDIES)) == 3
    watching.close()


def test_steps_between_two_polls_come_from_the_record_history_where_it_is_on(
    tmp_path, registry, records, clock
):
    watching = Watching(tmp_path, registry, ids_watch("w", nct(records[0])), clock=clock, history=True)
    watching.poll()
    first = suspended(records[0])
    first["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = "2026-11-21"
    registry.publish("2026-11-23", [first])
    second = copy.deepcopy(records[0])
    second["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = "2026-11-23"
    second["protocolSection"]["designModule"].setdefault("enrollmentInfo", {})["count"] = 7
    registry.publish("2026-11-24", [second])
    watching.poll()
    (alert,) = watching.rung()
    assert [step["submitted"] for step in alert["steps"]] == ["2026-11-21", "2026-11-23"]
    assert "Suspended" in alert["steps"][0]["headline"]
    # The archive's own change sets are on record, and nobody was told of them apart.
    assert watching.count("select count(*) from event where id like '%:r%'") == 2
    assert watching.count("select count(*) from delivery") == 1
    watching.close()


def test_without_the_history_an_alert_says_that_it_may_hold_several_updates(watching, registry, records):
    watching.poll()
    new = suspended(records[0])
    status = new["protocolSection"]["statusModule"]
    status["lastUpdateSubmitDate"] = "2026-11-22"
    status["resultsFirstSubmitDate"] = "2026-11-21"
    registry.publish("2026-11-23", [new])
    watching.poll()
    assert watching.rung()[0]["note"] == "may hold several updates"
