"""A failed, partial or absurd answer never becomes news about a record, and leaves the watch due."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.study_records import study_record
from doubles.watching import Watching, ids_watch, query_watch

STUDIES = "/api/v2/studies"
VERSION = "/api/v2/version"


def nct(record):
    return record["protocolSection"]["identificationModule"]["nctId"]


@pytest.fixture
def records():
    made = [study_record(number) for number in range(1, 41)]
    for record in made:
        record["protocolSection"]["statusModule"]["overallStatus"] = "RECRUITING"
        record["protocolSection"]["statusModule"].pop("whyStopped", None)
    return made


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def by_query(tmp_path, registry, clock):
    made = Watching(
        tmp_path, registry, query_watch("open", status="RECRUITING"), clock=clock, pages={"page_size": 10}
    )
    assert made.poll().outcome == "complete"
    yield made
    made.close()


@pytest.fixture
def by_ids(tmp_path, registry, records, clock):
    made = Watching(tmp_path, registry, ids_watch("mine", *map(nct, records)), clock=clock)
    assert made.poll().outcome == "complete"
    yield made
    made.close()


FAULTS = {
    "403": Fault.forbidden(),
    "503 to the last try": Fault.broken(503),
    "HTML with 200": Fault.html(),
    "an empty body": Fault.empty_body(),
    "{}": Fault.empty_object(),
    "cut JSON": Fault.cut_json(),
    "NaN": Fault.nan(),
    "bad UTF-8": Fault.bad_utf8(),
    "duplicate keys": Fault.duplicate_keys(),
    "a lone surrogate": Fault.lone_surrogate(),
    "a record twice": Fault.repeated(),
    "a wrong total": Fault.wrong_total(3),
    "not found": Fault.not_found(),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("kind", ["by_ids", "by_query"])
def test_nothing_is_told_or_lost_and_the_next_poll_makes_up_for_it(request, registry, records, kind, name):
    watching = request.getfixturevalue(kind)
    before = watching.count("select count(*) from version")
    registry.misbehave(FAULTS[name], times=None, path=STUDIES)
    registry.publish("2026-11-23")
    report = watching.poll()
    assert report.outcome == "incomplete"
    assert len(report.problems) >= 1
    assert all("\n" not in problem for problem in report.problems)
    assert watching.rung() == []
    assert watching.count("select count(*) from version") == before
    assert watching.count("select count(*) from member where state = 'in'") == len(records)
    registry.behave()
    stopped = copy.deepcopy(records[0])
    stopped["protocolSection"]["statusModule"]["overallStatus"] = "TERMINATED"
    registry.publish("2026-11-24", [stopped])
    assert watching.poll().outcome == "complete"
    assert ("changed", nct(stopped)) in {(alert["event"], alert["trial"]) for alert in watching.rung()}


def test_an_unreachable_registry_is_no_news(by_ids, registry):
    registry.stop()
    report = by_ids.poll()
    assert report.outcome == "incomplete"
    assert "ClinicalTrials.gov gave no answer" in report.problems[0]
    assert by_ids.rung() == []
    registry.start()
    assert by_ids.poll().quiet


def test_a_403_names_both_settings(by_ids, registry):
    registry.misbehave(Fault.forbidden(), times=None)
    report = by_ids.poll()
    assert "`user_agent`" in report.problems[0]
    assert "`tls`" in report.problems[0]
    assert "nothing about any record" in " ".join(report.problems[0].split())


def test_missing_records_of_a_paged_answer_are_not_leavings(by_query, registry, records):
    registry.publish("2026-11-23")
    registry.misbehave(Fault.missing(nct(records[3]), nct(records[17])), times=None, path=STUDIES)
    report = by_query.poll()
    assert report.outcome == "incomplete"
    assert by_query.rung() == []
    registry.behave()
    assert by_query.poll().outcome == "complete"
    assert by_query.rung() == []


def test_an_empty_page_with_a_token_is_a_page(by_query, registry):
    registry.publish("2026-11-23")
    registry.misbehave(Fault.empty_page(), times=1, path=STUDIES, skip=1)
    assert by_query.poll().outcome == "complete"
    assert by_query.rung() == []


def test_a_rebuild_amid_a_sweep_keeps_what_came_and_concludes_nothing(by_query, registry, records):
    stopped = copy.deepcopy(records[0])
    stopped["protocolSection"]["statusModule"]["overallStatus"] = "SUSPENDED"
    registry.publish("2026-11-23")
    registry.prepare("2026-11-24", [stopped], removed=[nct(records[5])])
    registry.switch_after(pages=4)
    report = by_query.poll()
    assert report.outcome == "incomplete"
    assert report.finished == []
    assert "rebuilt" in report.problems[0]
    assert [alert for alert in by_query.rung() if alert["event"] != "changed"] == []
    report = by_query.poll()
    assert report.outcome == "complete"


def test_one_query_that_fails_holds_up_no_other_watch(tmp_path, registry, records, clock):
    text = query_watch("bad", advanced="AREA[Nonsense]1") + ids_watch("good", nct(records[0]))
    watching = Watching(tmp_path, registry, text, clock=clock)
    report = watching.poll()
    assert report.finished == ["good"]
    assert report.outcome == "incomplete"
    assert "watch `bad`" in report.problems[0]
    watching.close()


HOSTILE = {
    "5,000 levels": b"[" * 5_000 + b"]" * 5_000,
    "a key twice": b'{"a":1,"a":2}',
    "NaN": b"NaN",
    "half a surrogate pair": rb'"\ud83d"',
}


@pytest.mark.parametrize("how", HOSTILE)
def test_the_neighbours_of_a_hostile_record_do_not_notice(by_ids, registry, records, how):
    stopped = [copy.deepcopy(record) for record in records[:10]]
    for record in stopped:
        record["protocolSection"]["statusModule"]["overallStatus"] = "SUSPENDED"
    stopped[4]["protocolSection"]["conditionsModule"]["keywords"] = ["hostile"]
    registry.publish("2026-11-23", stopped)
    registry.misbehave(
        Fault(how, lambda answer: replace(answer, body=answer.body.replace(b'"hostile"', HOSTILE[how]))),
        times=None,
        path=STUDIES,
    )
    report = by_ids.poll()
    assert report.outcome == "incomplete"
    assert len(report.problems) == 1
    neighbours = {nct(record) for record in stopped if record is not stopped[4]}
    assert {trial for _, trial in by_ids.told()} == neighbours
    registry.behave()
    assert by_ids.poll().outcome == "complete"
    assert by_ids.told() == [("changed", nct(stopped[4]))]


def test_a_record_of_very_many_unknown_keys_is_one_change(by_ids, registry, records):
    odd, stopped = copy.deepcopy(records[0]), copy.deepcopy(records[1])
    odd["protocolSection"]["designModule"] |= {f"key{number}": number for number in range(20_000)}
    stopped["protocolSection"]["statusModule"]["overallStatus"] = "SUSPENDED"
    registry.publish("2026-11-23", [odd, stopped])
    assert by_ids.poll().outcome == "complete"
    told = {alert["trial"]: alert for alert in by_ids.rung()}
    (change,) = told[nct(odd)]["changes"]
    assert (change["label"], change["severity"]) == ("20000 unknown keys", "minor")
    assert len(change["paths"]) == 20_000
    assert told[nct(stopped)]["severity"] == "critical"
