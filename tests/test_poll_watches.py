"""Watches that are edited, removed, taken over and overlapping: what is told of them, and what it costs."""

from __future__ import annotations

import re
from itertools import chain, combinations

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, recruiting, with_status
from doubles.small_records import small_record
from doubles.watching import Watching, ids_watch, query_watch

from monitor import watches
from monitor.polling import conclusions
from snapshots.database import immediate

STUDIES = "/api/v2/studies"
BAD_QUERY = query_watch("bad", advanced="AREA[Nonsense]1")


@pytest.fixture
def records():
    return [recruiting(number) for number in range(1, 6)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


def test_a_change_that_takes_a_trial_out_of_an_edited_query_is_told(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [with_status(records[0], "SUSPENDED")])
    watching.edit(query_watch("q", status="RECRUITING|COMPLETED"))
    watching.poll()
    assert watching.told() == [("changed", nct(records[0]))]  # that it left was the edit's doing


def test_a_watch_that_takes_over_amid_a_poll_finds_its_trials_watched_without_a_break(
    tmp_path, registry, records, ticking
):
    from monitor.database import open_for_writing

    watching = Watching(tmp_path, registry, ids_watch("old", *map(nct, records)), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23")
    over = watches.Definition(registry="ctgov", ids=tuple(map(nct, records[:3])))

    def reload(asked):
        if asked.path == STUDIES:
            registry.on_request = None
            db = open_for_writing(tmp_path / "t.db")
            with immediate(db):
                watches.reconcile(db, [watches.Wanted(name="split", definition=over)], now=ticking())
            db.close()

    registry.on_request = reload
    watching.poll()
    registry.publish("2026-11-24", [with_status(records[0], "SUSPENDED")])
    watching.edit(ids_watch("split", *map(nct, records[:3])))
    watching.poll()
    assert watching.told() == [("changed", nct(records[0]))]


def test_a_trial_that_left_one_watch_is_a_first_look_of_another(tmp_path, registry, records, ticking):
    query = query_watch("q", status="RECRUITING")
    watching = Watching(tmp_path, registry, query, clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [with_status(records[0], "COMPLETED")])
    watching.poll()
    watching.rung()
    registry.publish("2026-11-24", [with_status(records[0], "TERMINATED")])
    watching.poll()
    watching.edit(query + ids_watch("new", nct(records[0])))
    watching.poll()
    assert watching.told() == []


def test_two_builds_of_one_day_are_two(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    for hour, status in (
        ("10", "COMPLETED"),
        ("11", "RECRUITING"),
        ("12", "COMPLETED"),
        ("13", "RECRUITING"),
    ):
        registry.publish(f"2026-11-23T{hour}:00:00", [with_status(records[0], status)])
        watching.poll()
    events = [event for event, _ in watching.told()]
    assert (events.count("left"), events.count("returned")) == (2, 2)


def test_the_same_definition_in_the_file_and_by_command_are_two_watches(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("x", nct(records[0])), clock=ticking)
    watching.app.reconcile()
    same = watches.Definition(registry="ctgov", query=(("status", "RECRUITING"),))
    with immediate(watching.app.db):
        watches.add(watching.app.db, "by command", same, now=ticking())
    watching.edit(ids_watch("x", nct(records[0])) + query_watch("in the file", status="RECRUITING"))
    watching.poll()
    registry.publish("2026-11-23", [recruiting(50)])
    registry.forget()
    watching.poll()
    assert sorted(alert["watches"] for alert in watching.rung()) == [["by command"], ["in the file"]]
    assert len([asked for asked in registry.requests(STUDIES) if "filter.overallStatus" in asked.query]) == 1


def test_a_watch_edited_amid_a_poll_is_not_finished_by_it(tmp_path, registry, records, ticking):
    from monitor.database import open_for_writing

    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records[:2])), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23")
    wider = watches.Definition(registry="ctgov", ids=tuple(map(nct, records)))

    def reload(asked):
        if asked.path == STUDIES:
            registry.on_request = None
            db = open_for_writing(tmp_path / "t.db")
            with immediate(db):
                watches.reconcile(db, [watches.Wanted(name="a", definition=wider)], now=ticking())
            db.close()

    registry.on_request = reload
    watching.poll()
    watching.edit(ids_watch("a", *map(nct, records)))
    report = watching.poll()
    assert (report.outcome, report.records) == ("complete", 5)


def test_what_a_removed_watch_held_is_forgotten_by_the_next_whole_poll_and_no_sooner(
    tmp_path, registry, records, ticking
):
    kept, removed = ids_watch("kept", nct(records[0])), ids_watch("removed", *map(nct, records))
    watching = Watching(tmp_path, registry, kept + removed, clock=ticking)
    watching.poll()
    watching.edit(kept)
    registry.publish("2026-11-23")
    registry.misbehave(Fault.html(), times=1, path=STUDIES)
    watching.poll()
    assert watching.count("select count(*) from member") == 6
    watching.poll()
    assert watching.count("select count(*) from member") == 1


def test_many_watches_on_a_quiet_build_cost_one_request(tmp_path, registry, records, ticking):
    subsets = [some for size in range(1, 6) for some in combinations(map(nct, records), size)]
    tables = "".join(ids_watch(" ".join(some), *some) for some in subsets)
    watching = Watching(tmp_path, registry, tables + query_watch("q", status="RECRUITING"), clock=ticking)
    registry.forget()
    watching.poll()
    # Overlapping ids cost their union; `/version` before and after.
    assert [asked.path for asked in registry.requests()] == [
        "/api/v2/version",
        STUDIES,
        STUDIES,
        "/api/v2/version",
    ]
    registry.forget()
    assert watching.poll().outcome == "quiet"
    assert [asked.path for asked in registry.requests()] == ["/api/v2/version"]


def test_a_quiet_poll_reads_no_definition(tmp_path, registry, records, ticking):
    tables = ids_watch("ids", *map(nct, records)) + query_watch("q", status="RECRUITING") + query_watch("all")
    watching = Watching(tmp_path, registry, tables, clock=ticking)
    watching.poll()
    said = []
    watching.app.db.conn.set_trace_callback(said.append)
    assert watching.poll().quiet
    watching.app.db.conn.set_trace_callback(None)
    assert any("definition_hash" in sql for sql in said)  # the file's, compared by their hashes
    assert [sql for sql in said if re.search(r"\bdefinition\b|json_each|from member", sql)] == []


def test_queries_that_are_certain_to_be_equal_are_asked_once(tmp_path, registry, records, ticking):
    tables = (
        query_watch("a", status="RECRUITING|COMPLETED", advanced="AREA[Phase]PHASE1 OR  AREA[Phase]PHASE2")
        + query_watch(
            "b", advanced="AREA[Phase]PHASE1  OR AREA[Phase]PHASE2 ", status="COMPLETED, RECRUITING"
        )
        + query_watch("c", advanced="AREA[Phase]PHASE2", status="RECRUITING")
    )
    watching = Watching(tmp_path, registry, tables, clock=ticking)
    assert sorted(watching.poll().finished) == ["a", "b", "c"]
    assert len(registry.requests(STUDIES)) == 2
    held = "select count(*) from member join watch on watch.id = watch where name = "
    assert watching.count(held + "'a'") == watching.count(held + "'b'")
    registry.publish("2026-11-23", [with_status(records[0], "SUSPENDED")])
    registry.forget()
    watching.poll()
    assert len([one for one in registry.requests(STUDIES) if "filter.ids" not in one.query]) == 2


def test_overlapping_ids_cost_their_union(tmp_path, registry, records, ticking):
    subsets = [some for size in range(1, 6) for some in combinations(map(nct, records), size)]
    tables = "".join(ids_watch(" ".join(some), *some) for some in subsets)
    watching = Watching(tmp_path, registry, tables, clock=ticking, pages={"ids_per_request": 3})
    assert len(watching.poll().finished) == len(subsets)
    asked = [one.query["filter.ids"].split(",") for one in registry.requests(STUDIES)]
    assert sorted(chain(*asked)) == sorted(map(nct, records))
    assert len(asked) == 2


def test_a_first_look_that_is_asked_to_tell_tells(tmp_path, registry, records, ticking):
    told_first = ids_watch("told", nct(records[0])) + 'baseline = "tell"\n'
    watching = Watching(tmp_path, registry, told_first + ids_watch("silent", nct(records[1])), clock=ticking)
    watching.poll()
    assert watching.told() == [("entered", nct(records[0]))]


@pytest.mark.parametrize("edited", [False, True])
def test_many_that_leave_are_written_some_a_transaction_each_with_its_leaving(tmp_path, ticking, edited):
    records = [small_record(f"NCT{number:08}", status="SUSPENDED") for number in range(1, 121)]
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, query_watch("q", status="SUSPENDED"), clock=ticking)
        watching.poll()
        if edited:
            watching.edit(query_watch("q", status="COMPLETED"))
        else:
            registry.publish("2026-11-23", [with_status(record, "COMPLETED") for record in records])
            assert len(watching.poll().held) == 1
        registry.publish("2026-11-24")
        written = [(set(), set())]

        def said(sql):  # once more for each statement of a trigger that it sets off
            told, left = written[-1]
            if sql.startswith("insert into event ") and "No longer matches" in sql:
                told.add(sql)
            if sql.startswith(("update member set state = 'left'", "delete from member where watch =")):
                left.add(sql)
            if sql == "COMMIT":
                written.append((set(), set()))

        watching.app.db.conn.set_trace_callback(said)
        watching.poll()
        watching.app.db.conn.set_trace_callback(None)
        each = [(0, 50), (0, 50), (0, 20)] if edited else [(50, 50), (50, 50), (20, 20)]
        counts = [(len(told), len(left)) for told, left in written]
        assert [one for one in counts if one != (0, 0)] == each


@pytest.fixture
def few_looked_at(monkeypatch):
    monkeypatch.setattr(conclusions, "MOST_LOOKED_AT", 3)


def by_ids(registry):
    return [asked.query["filter.ids"] for asked in registry.requests(STUDIES) if "filter.ids" in asked.query]


def test_of_what_an_edit_drops_only_the_newest_are_asked_for(tmp_path, registry, ticking, few_looked_at):
    many = [recruiting(number) for number in range(1, 31)]
    registry.publish("2026-11-21", many)
    watching = Watching(tmp_path, registry, query_watch("q"), clock=ticking)
    watching.poll()
    watching.edit(query_watch("q", status="SUSPENDED"))
    registry.publish(
        "2026-11-23",
        [with_status(many[3], "COMPLETED"), *(with_status(one, "COMPLETED") for one in many[-2:])],
    )
    registry.forget()
    assert watching.poll().outcome == "complete"
    assert by_ids(registry) == [",".join(map(nct, many[-3:]))]
    assert sorted(watching.told()) == [("changed", nct(one)) for one in many[-2:]]
    assert watching.count("select count(*) from member") == 0


def test_of_many_that_left_only_the_newest_are_asked_for_before_it_is_believed(
    tmp_path, registry, ticking, few_looked_at
):
    many = [recruiting(number) for number in range(1, 31)]
    registry.publish("2026-11-21", many)
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [with_status(one, "COMPLETED") for one in many[:20]])
    registry.forget()
    assert len(watching.poll().held) == 1
    assert by_ids(registry) == [",".join(map(nct, many[17:20]))]
    assert sorted(watching.told()) == [("changed", nct(one)) for one in many[17:20]]
    registry.publish("2026-11-24")
    assert watching.poll().outcome == "complete"
    told = watching.told()
    assert sorted(trial for event, trial in told if event == "changed") == [nct(one) for one in many[:17]]
    assert sorted(trial for event, trial in told if event == "left") == [nct(one) for one in many[:20]]


def test_many_watches_are_concluded_and_finished_together(tmp_path, registry, records, ticking):
    """Not one transaction, and one wait for the disk, a watch."""
    some = [chosen for size in (1, 2, 3) for chosen in combinations(map(nct, records), size)]
    many = "".join(ids_watch(f"w{place}", *chosen) for place, chosen in enumerate(some))
    watching = Watching(tmp_path, registry, many, clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [])
    commits = []
    watching.app.db.conn.set_trace_callback(lambda sql: sql.upper() == "COMMIT" and commits.append(sql))
    report = watching.poll()
    assert len(report.finished) == len(some) == 25
    assert len(commits) < len(some)
