"""A question that the registry cannot answer, however long, holds up the watches that need it and nothing else."""

from __future__ import annotations

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, recruiting, with_results, with_status, without
from doubles.watching import Watching, ids_watch, query_watch

from monitor.polling.id_sweep import MOST_IN_VAIN
from monitor.polling.report import Selection

STUDIES = "/api/v2/studies"


@pytest.fixture
def records():
    return [with_results(recruiting(number)) for number in range(1, 11)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


def alone(*records):
    """Questions for one of these records by itself."""
    return lambda asked: asked.path in {f"{STUDIES}/{nct(record)}" for record in records}


@pytest.mark.parametrize("fault", [Fault.broken(500), Fault.html()])
def test_a_record_that_cannot_be_asked_for_holds_up_its_own_watches(
    tmp_path, registry, records, ticking, fault
):
    watching = Watching(
        tmp_path,
        registry,
        ids_watch("a", nct(records[0]))
        + ids_watch("b", nct(records[1]), nct(records[2]))
        + query_watch("q", status="RECRUITING")
        + query_watch("done", status="COMPLETED"),
        clock=ticking,
    )
    watching.poll()
    registry.misbehave(fault, times=None, where=alone(records[0]))
    registry.publish(
        "2026-11-23", [without(records[1], "resultsSection")], removed=[nct(records[0]), nct(records[2])]
    )
    registry.forget()
    report = watching.poll()
    assert (sorted(report.finished), report.outcome) == (["b", "done"], "incomplete")
    assert any(nct(records[0]) in line for line in report.problems)
    assert watching.told() == [("changed", nct(records[1]))]
    assert watching.count("select count(*) from staged") == 0
    registry.publish("2026-11-24")
    assert sorted(watching.poll().finished) == ["b", "done"]
    assert watching.told() == [("gone", nct(records[2]))]
    registry.behave()
    assert sorted(watching.poll().finished) == ["a", "q"]


def test_however_many_cannot_be_asked_for_what_needs_no_question_is_finished(
    tmp_path, registry, records, ticking
):
    watching = Watching(
        tmp_path,
        registry,
        ids_watch("a", *map(nct, records[:5]))
        + ids_watch("b", *map(nct, records[5:]))
        + query_watch("done", status="COMPLETED"),
        clock=ticking,
    )
    watching.poll()
    registry.misbehave(Fault.broken(500), times=None, where=alone(*records))
    registry.publish(
        "2026-11-23", [without(records[7], "resultsSection")], removed=[nct(one) for one in records[:5]]
    )
    registry.forget()
    report = watching.poll()
    assert (sorted(report.finished), report.outcome) == (["b", "done"], "incomplete")
    assert watching.told() == [("changed", nct(records[7]))]
    assert len({asked.path for asked in registry.requests(f"{STUDIES}/*")}) == 3


def test_one_record_is_asked_for_in_vain_once_whoever_misses_it(tmp_path, registry, records, ticking):
    queries = {"q1": "RECRUITING", "q2": "RECRUITING,COMPLETED", "q3": "RECRUITING,SUSPENDED"}
    watching = Watching(
        tmp_path,
        registry,
        "".join(query_watch(name, status=status) for name, status in queries.items())
        + query_watch("done", status="COMPLETED"),
        clock=ticking,
    )
    watching.poll()
    registry.misbehave(Fault.html(), times=None, where=alone(records[0]))
    registry.publish("2026-11-23", removed=[nct(records[0])])
    registry.forget()
    assert watching.poll().finished == ["done"]
    assert len(registry.requests(f"{STUDIES}/*")) == 1


@pytest.mark.parametrize("fault", [Fault.broken(500), Fault.html()])
def test_a_batch_of_ids_that_always_fails_hides_no_later_id(tmp_path, registry, records, ticking, fault):
    watching = Watching(
        tmp_path,
        registry,
        ids_watch("a", *map(nct, records[:2])) + ids_watch("b", *map(nct, records[2:])),
        clock=ticking,
        pages={"ids_per_request": 2},
    )
    watching.poll()
    registry.misbehave(
        fault, times=None, path=STUDIES, where=lambda asked: nct(records[0]) in str(asked.query)
    )
    registry.publish("2026-11-23", [with_status(records[5], "SUSPENDED")], removed=[nct(records[8])])
    report = watching.poll()
    assert (report.finished, report.outcome) == (["b"], "incomplete")
    assert any(nct(records[0]) in line for line in report.problems)
    assert watching.told() == [("changed", nct(records[5]))]
    registry.publish("2026-11-24")
    watching.poll()
    assert watching.told() == [("gone", nct(records[8]))]
    registry.behave()
    assert watching.poll().finished == ["a"]


def test_a_batch_that_fails_hides_no_other_trial_that_was_asked_for(tmp_path, registry, records, ticking):
    watching = Watching(
        tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking, pages={"ids_per_request": 2}
    )
    watching.poll()
    registry.misbehave(
        Fault.broken(500), times=None, path=STUDIES, where=lambda asked: nct(records[0]) in str(asked.query)
    )
    registry.publish("2026-11-23", [with_status(records[5], "SUSPENDED")])
    report = watching.poll(Selection(trials=tuple(map(nct, records))))
    assert report.outcome == "incomplete"
    assert watching.told() == [("changed", nct(records[5]))]


def test_a_registry_that_has_no_good_batch_is_not_asked_for_every_one(tmp_path, registry, records, ticking):
    many = [f"NCT{number:08}" for number in range(1, 41)]
    watching = Watching(
        tmp_path, registry, ids_watch("a", *many), clock=ticking, pages={"ids_per_request": 1}
    )
    registry.misbehave(Fault.html(), times=None, path=STUDIES)
    registry.forget()
    assert watching.poll().finished == []
    assert len(registry.requests(STUDIES)) == MOST_IN_VAIN + 1


def test_what_left_a_query_is_looked_at_although_another_batch_fails(tmp_path, registry, records, ticking):
    watching = Watching(
        tmp_path,
        registry,
        query_watch("q", status="RECRUITING"),
        clock=ticking,
        pages={"ids_per_request": 1},
    )
    watching.poll()
    registry.misbehave(
        Fault.html(), times=None, path=STUDIES, where=lambda asked: nct(records[0]) in str(asked.query)
    )
    registry.publish("2026-11-23", [with_status(record, "SUSPENDED") for record in records[:2]])
    assert watching.poll().finished == []
    assert watching.told() == [("changed", nct(records[1])), ("left", nct(records[1]))]
    registry.behave()
    assert watching.poll().finished == ["q"]
    assert watching.told() == [("changed", nct(records[0])), ("left", nct(records[0]))]
