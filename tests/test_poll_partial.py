"""What goes wrong with one watch, one record or one answer holds up nothing else, and nothing is lost by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, recruiting, with_results, with_status, without
from doubles.small_records import small_record
from doubles.watching import Watching, ids_watch, query_watch

from monitor import due, requests
from monitor.polling.report import Selection
from snapshots.changeset import Source
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


def test_a_watch_that_is_always_refused_hides_no_lost_section(tmp_path, registry, records, ticking):
    registry.publish("2026-11-21", [with_results(record) for record in records])
    watching = Watching(tmp_path, registry, BAD_QUERY + ids_watch("good", *map(nct, records)), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [with_status(records[0], "TERMINATED")])
    report = watching.poll()
    assert report.finished == ["good"]
    (alert,) = watching.rung()
    assert {change["field"] for change in alert["changes"]} >= {"overall-status", "has-results"}


def test_an_answer_that_fails_another_watch_hides_no_lost_section(tmp_path, registry, records, ticking):
    registry.publish("2026-11-21", [with_results(records[0])])
    watching = Watching(
        tmp_path, registry, ids_watch("ids", nct(records[1])) + query_watch("all"), clock=ticking
    )
    watching.poll()
    registry.publish("2026-11-23", [records[0]])
    registry.misbehave(Fault.html(), times=1, path=STUDIES, where=lambda asked: "filter.ids" in asked.query)
    assert watching.poll().finished == ["all"]
    assert watching.told() == [("changed", nct(records[0]))]


@pytest.mark.parametrize("order", [("failing", "good"), ("good", "failing")])
def test_a_query_that_always_gets_5xx_holds_up_no_other(tmp_path, registry, records, ticking, order):
    tables = {
        "failing": query_watch("failing", advanced="AREA[Phase]PHASE3"),
        "good": query_watch("good", status="RECRUITING"),
    }
    watching = Watching(
        tmp_path,
        registry,
        "".join(tables[name] for name in order) + ids_watch("ids", nct(records[0])),
        clock=ticking,
    )
    watching.poll()
    registry.misbehave(
        Fault.broken(500), times=None, path=STUDIES, where=lambda asked: "filter.advanced" in asked.query
    )
    registry.publish("2026-11-23", [recruiting(50)])
    report = watching.poll()
    assert sorted(report.finished) == ["good", "ids"]
    assert report.outcome == "incomplete"
    assert watching.told() == [("entered", nct(recruiting(50)))]


def test_a_registry_that_is_down_is_not_asked_every_question(tmp_path, registry, records, ticking):
    queries = "".join(query_watch(f"q{n}", cond=f"thing {n}") for n in range(9))
    watching = Watching(tmp_path, registry, queries, clock=ticking)
    registry.misbehave(Fault.broken(503), times=None, path=STUDIES)
    registry.forget()
    assert watching.poll().finished == []
    assert len({asked.query["query.cond"] for asked in registry.requests(STUDIES)}) == 3


def test_a_record_that_cannot_be_read_leaves_its_own_watch_unfinished_and_no_other(
    tmp_path, registry, ticking
):
    kept = [recruiting(number) for number in range(1, 6)]
    odd = with_status(recruiting(9), "COMPLETED")
    registry.publish("2026-11-21", [odd])
    watching = Watching(
        tmp_path,
        registry,
        ids_watch("ids", *map(nct, kept)) + query_watch("odd", status="COMPLETED"),
        clock=ticking,
    )
    watching.poll()
    deep = with_status(odd, "COMPLETED")
    inner = deep
    for _ in range(140):
        inner["x"] = {}
        inner = inner["x"]
    registry.publish("2026-11-23", [deep], removed=[nct(kept[0])])
    report = watching.poll()
    assert (report.finished, report.outcome) == (["ids"], "incomplete")
    registry.publish("2026-11-24")
    assert watching.poll().finished == ["ids"]
    assert watching.told() == [("gone", nct(kept[0]))]


def test_an_unreadable_record_hides_no_absent_one_of_its_batch(tmp_path, registry, records, ticking):
    watching = Watching(
        tmp_path, registry, ids_watch("a", nct(records[0])) + ids_watch("b", nct(records[1])), clock=ticking
    )
    watching.poll()
    registry.misbehave(Fault.duplicate_keys(), times=None, path=STUDIES)
    registry.publish("2026-11-23", removed=[nct(records[1])])
    registry.forget()
    assert watching.poll().finished == ["b"]
    assert [asked.path for asked in registry.requests(f"{STUDIES}/*")] == [f"{STUDIES}/{nct(records[1])}"]
    registry.publish("2026-11-24")
    assert watching.poll().finished == ["b"]
    assert watching.told() == [("gone", nct(records[1]))]


def test_a_record_unreadable_while_concluding_is_no_finished_watch(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [with_status(records[0], "SUSPENDED")])
    registry.misbehave(
        Fault.duplicate_keys(),
        times=None,
        where=lambda asked: "filter.ids" in asked.query or asked.path.startswith(f"{STUDIES}/"),
    )
    report = watching.poll()
    assert (report.finished, watching.told()) == ([], [])
    registry.behave()
    assert watching.poll().finished == ["q"]
    assert [event for event, _ in watching.told()] == ["changed", "left"]


def test_the_answer_of_a_machine_that_lags_behind_is_no_news(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [with_status(records[0], "SUSPENDED")])
    watching.poll()
    watching.rung()
    registry.misbehave(
        Fault.rewritten(lambda answer: answer | {"dataTimestamp": "2026-11-20T09:00:06"}), times=1
    )
    report = watching.poll()
    assert (report.outcome, watching.told()) == ("incomplete", [])
    assert "older" in report.problems[0]
    assert watching.poll().outcome == "quiet"


def test_a_page_of_a_machine_that_lags_behind_is_no_news(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [with_status(records[0], "SUSPENDED")])
    watching.poll()
    watching.rung()
    registry.publish("2026-11-24")
    old = with_status(records[0], "RECRUITING")
    old["derivedSection"]["miscInfoModule"]["versionHolder"] = "2026-11-20"
    registry.misbehave(
        Fault.rewritten(
            lambda page: page | {"studies": [old if nct(one) == nct(old) else one for one in page["studies"]]}
        ),
        times=1,
        path=STUDIES,
    )
    report = watching.poll()
    assert (report.finished, watching.told()) == ([], [])
    assert "older data build" in report.problems[0]
    assert watching.poll().finished == ["a"]
    assert watching.told() == []


def test_a_version_is_of_the_build_that_it_carries(tmp_path, ticking):
    records = [recruiting(number) for number in range(1, 41)]
    with LoopbackRegistry(records, day="2026-11-20", tokens_survive=True) as registry:
        watching = Watching(
            tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking, pages={"page_size": 10}
        )
        watching.poll()
        registry.publish("2026-11-23")
        registry.prepare("2026-11-24", [with_results(record) for record in records])
        registry.switch_after(pages=1)
        assert watching.poll().finished == []
        rows = watching.app.db.execute(
            "select trial.trial, version.build from version join trial on trial.key = version.trial where number = 2"
        ).fetchall()
        assert rows
        reader = watching.app.reader()
        for trial, build in rows:
            record = reader.record("ctgov", trial, Source.SNAPSHOT, 2)
            assert record["derivedSection"]["miscInfoModule"]["versionHolder"] == build == "2026-11-24"


def test_a_poll_for_some_is_no_success_of_the_registry(tmp_path, registry, records, ticking):
    watching = Watching(
        tmp_path, registry, ids_watch("a", nct(records[0])) + ids_watch("b", nct(records[1])), clock=ticking
    )
    watching.poll()
    before = due.standing(watching.app.db, "ctgov").last_success
    registry.publish("2026-11-23")
    registry.misbehave(Fault.html(), times=None, path=STUDIES)
    watching.poll()
    registry.behave()
    for selection in (
        Selection(watches=frozenset({"nosuch"})),
        Selection(trials=(nct(records[0]),)),
        Selection(watches=frozenset({"a"})),
    ):
        watching.poll(selection)
        standing = due.standing(watching.app.db, "ctgov")
        assert (standing.last_success, standing.failures) == (before, 1)
        assert standing.last_error


@pytest.mark.parametrize(
    ("asked", "waits"), [(3600, timedelta(hours=1)), (10**8, timedelta(hours=6)), (30, timedelta(minutes=1))]
)
def test_a_registry_that_wants_to_be_left_alone_is(tmp_path, registry, records, clock, asked, waits):
    watching = Watching(tmp_path, registry, ids_watch("a", nct(records[0])), clock=clock)
    registry.misbehave(Fault.too_many(retry_after=asked), times=None)
    assert watching.poll().outcome == "incomplete"
    known = due.standing(watching.app.db, "ctgov")
    at = due.next_poll(known, after=lambda last: last, every=timedelta(days=1), now=clock())
    assert at - clock() == waits


def test_an_absurd_retry_after_is_none(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", nct(records[0])), clock=ticking)
    registry.misbehave(Fault.too_many(retry_after="Fri, 31 Dec 9999 23:59:59 -1200"), times=None)
    assert watching.poll().outcome == "incomplete"


def test_a_request_that_fails_is_answered(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", nct(records[0])), clock=ticking)
    watching.app.reconcile()
    with immediate(watching.app.db):
        row = requests.ask(watching.app.db, "held-accept", {"row": "no number"}, now=ticking())
    assert watching.app.serve_requests() == 1
    assert "could not do it" in requests.answered(watching.app.db, row)["error"]


def test_pages_are_worked_off_a_few_records_at_a_time(tmp_path, ticking):
    """Neither memory nor others who want to write wait for a page of a thousand changed records."""
    records = [small_record(f"NCT{number:08}") for number in range(1, 301)]
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, query_watch("q"), clock=ticking)
        watching.poll()
        registry.publish("2026-11-23", [with_status(record, "SUSPENDED") for record in records])
        db = watching.app.db
        held, commits = [], [0]
        db.conn.set_trace_callback(
            lambda sql: (
                held.append(sql)
                if sql.lower().startswith("insert into version")
                else commits.__setitem__(0, commits[0] + (sql.upper() == "COMMIT"))
            )
        )
        watching.app.poll()
        assert len({*held}) == 300  # a trigger of the table shows the statement once more
        assert commits[0] >= 6


def test_a_stop_amid_the_history_leaves_the_change_to_the_next_poll(tmp_path, ticking):
    records = [recruiting(number) for number in range(1, 4)]
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        watching = Watching(
            tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking, history=True
        )
        watching.poll()
        first = [with_status(record, "SUSPENDED", submitted="2026-11-21") for record in records]
        registry.publish("2026-11-23", first)
        registry.publish(
            "2026-11-24", [with_status(one, "COMPLETED", submitted="2026-11-23") for one in first]
        )
        stop = []
        registry.on_request = lambda asked: stop.append(1) if asked.path == STUDIES else None
        transport = watching.app.registries["ctgov"]._transport
        transport._wait = lambda seconds: bool(stop)
        assert watching.poll().outcome == "stopped"
        assert watching.rung() == []
        registry.on_request = None
        stop.clear()
        watching.poll()
        assert [len(alert["steps"]) for alert in watching.rung()] == [2, 2, 2]


def test_a_lost_section_keeps_its_steps(tmp_path, ticking):
    record = with_results(recruiting(1))
    with LoopbackRegistry([record], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("a", nct(record)), clock=ticking, history=True)
        watching.poll()
        registry.publish("2026-11-23", [with_status(record, "SUSPENDED", submitted="2026-11-21")])
        lost = with_status(without(record, "resultsSection"), "RECRUITING", submitted="2026-11-23")
        registry.publish("2026-11-24", [lost])
        watching.poll()
        (alert,) = watching.rung()
        assert len(alert["steps"]) == 2


def test_a_batch_that_breaks_leaves_all_ids_unconcluded(tmp_path, registry, records, ticking):
    watching = Watching(
        tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking, pages={"ids_per_request": 2}
    )
    watching.poll()
    registry.publish("2026-11-23", removed=[nct(records[0])])
    registry.misbehave(
        Fault.broken(500), times=None, path=STUDIES, where=lambda asked: nct(records[2]) in str(asked.query)
    )
    registry.forget()
    assert watching.poll().finished == []
    assert registry.requests(f"{STUDIES}/*") == []
    assert watching.count("select count(*) from absence") == 0


def test_a_history_that_fails_costs_the_steps_and_not_the_change(tmp_path, ticking):
    record = recruiting(1)
    with LoopbackRegistry([record], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("a", nct(record)), clock=ticking, history=True)
        watching.poll()
        first = with_status(record, "SUSPENDED", submitted="2026-11-21")
        registry.publish("2026-11-23", [first])
        registry.publish("2026-11-24", [with_status(first, "COMPLETED", submitted="2026-11-23")])
        registry.misbehave(Fault.html(), times=None, path="/api/int/studies/*")
        report = watching.poll()
        assert report.finished == ["a"]
        (alert,) = watching.rung()
        assert alert["steps"] == []


def test_more_steps_than_anybody_reads_are_one(tmp_path, ticking):
    record = recruiting(1)
    with LoopbackRegistry([record], day="2026-10-01") as registry:
        watching = Watching(tmp_path, registry, ids_watch("a", nct(record)), clock=ticking, history=True)
        watching.poll()
        for number in range(22):
            day = f"2026-10-{number + 2:02}"
            status = "SUSPENDED" if number % 2 else "RECRUITING"
            record = with_status(record, status, submitted=day)
            record["protocolSection"]["designModule"]["enrollmentInfo"] = {
                "count": 100 + number,
                "type": "ESTIMATED",
            }
            registry.publish(day, [record])
        registry.forget()
        watching.poll()
        (alert,) = watching.rung()
        assert alert["steps"] == []
        assert len(registry.requests("/api/int/studies/*")) == 1
