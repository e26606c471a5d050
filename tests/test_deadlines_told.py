"""States that time makes, through the whole program: told once, on the day, and only to who watches now."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.deadline_records import timed
from doubles.watching import Watching, ids_watch

from monitor.alerting.router import Router
from monitor.alerting.routes import Decision
from monitor.schedule import Service
from snapshots.database import immediate
from snapshots.deadlines import turning
from snapshots.event import Event

# NCT00000001: results due on 2026-12-25, overdue from 2027-01-25. NCT00000002: none of it, its start passes.
RESULTS = timed("NCT00000001", primary="2025-12-25", verified="2026-10")
START = timed(
    "NCT00000002", status="NOT_YET_RECRUITING", start="2026-12-01", primary=None, completion="2029-01"
)
BOTH = ids_watch("both", "NCT00000001", "NCT00000002")
OVERDUE = "ctgov:NCT00000001:deadline:results-overdue:2027-01-25"


@pytest.fixture
def registry():
    with LoopbackRegistry([RESULTS, START], day="2026-11-20") as running:
        yield running


@pytest.fixture
def watching(tmp_path, registry, clock):
    made = Watching(tmp_path, registry, BOTH, clock=clock)
    yield made
    made.close()


def arrive(watching, clock, moment):
    """That time, with the day's build polled."""
    clock.now = moment
    day = moment.date().isoformat()
    if watching.registry.data_timestamp[:10] < day:
        watching.registry.publish(day)
        watching.app.poll()


def look(watching, day=None, clock=None):
    """The daily look on a day, whose build was polled, and what it rang for."""
    if day is not None:
        arrive(watching, clock, datetime.combine(date.fromisoformat(day), clock.now.timetz()))
    watching.app.look()
    watching.app.deliver()
    return [alert["id"] for alert in watching.rung()]


def stands(watching):
    rows = watching.app.db.execute(
        "select trial.trial, deadline.state, entered_on from deadline"
        " join trial on trial.key = deadline.trial order by 1, 2"
    )
    return rows.fetchall()


def test_time_alone_rings_once_on_the_day(watching, registry, clock):
    watching.poll()
    assert look(watching) == []
    assert look(watching, "2026-11-25", clock) == ["ctgov:NCT00000001:deadline:results-due-soon:2026-11-25"]
    assert look(watching, "2026-12-01", clock) == []
    assert look(watching, "2026-12-02", clock) == ["ctgov:NCT00000002:deadline:start-passed:2026-12-02"]
    assert look(watching) == []
    assert look(watching, "2027-01-24", clock) == []
    watching.app.look()
    clock.forward(hours=23)
    watching.app.look()
    watching.app.deliver()
    (alert,) = watching.rung()
    assert (alert["id"], alert["event"], alert["severity"]) == (OVERDUE, "deadline", "major")
    assert (alert["detail"], alert["changes"], alert["tags"]) == (
        "results-overdue",
        [],
        ["results", "compliance"],
    )
    assert alert["headline"].startswith("Results appear overdue since 25 January 2027")
    assert alert["watches"] == ["both"] and alert["to"]["version"] == 1 and alert["from"] is None
    assert [look(watching, f"2027-01-{day}", clock) for day in range(26, 31)] == [[]] * 5


def test_a_look_waits_for_the_poll_that_is_under_way(watching, registry, clock):
    watching.poll()
    registry.publish("2027-01-25")
    clock.now = datetime(2027, 1, 25, 12, tzinfo=UTC)
    under_way = []

    def look_beside() -> None:
        watching.app.look()
        under_way.append(watching.count("select count(*) from poll where ended_at is null"))
        watching.app.close_thread()

    beside = threading.Thread(target=look_beside)

    def begin(asked) -> None:
        if asked.path == "/api/v2/studies" and beside.ident is None:
            beside.start()
            beside.join(0.3)  # enough for one that does not wait; one that does is not judged by it

    registry.on_request = begin
    watching.poll()
    beside.join()
    assert under_way == [0]


class _Broken(BaseException):
    pass


class _BreaksOff(Router):
    def decide(self, event: Event) -> list[Decision]:
        raise _Broken


def test_what_a_look_that_broke_off_had_booked_is_told_by_the_next_one(watching, clock):
    watching.poll()
    arrive(watching, clock, datetime(2027, 1, 25, tzinfo=UTC))
    watching.app.router = lambda: _BreaksOff(watching.app.config)
    with pytest.raises(_Broken):
        watching.app.look()
    del watching.app.router
    assert watching.count("select count(*) from untold") == 2
    assert OVERDUE in look(watching)
    assert look(watching) == []


def test_a_first_look_enters_silently(tmp_path, clock):
    late = timed(
        "NCT00000003", primary="2020-01-01", status="RECRUITING", verified="2020-01", completion="2020-02"
    )
    with LoopbackRegistry([late], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("late", "NCT00000003"), clock=clock)
        watching.poll()
        assert look(watching) == []
        assert [(state, on) for _, state, on in stands(watching)] == [
            ("completion-passed", "2020-03-01"),
            ("results-overdue", "2021-02-01"),
            ("status-stale", "2021-02-01"),
            ("will-turn-unknown", "2022-01-01"),
        ]
        watching.close()


def test_days_missed_are_caught_up_and_what_began_and_ended_in_them_is_not_told(watching, clock):
    watching.poll()
    assert look(watching, "2027-02-01", clock) == [
        OVERDUE,  # on its own day, though nobody looked then
        "ctgov:NCT00000002:deadline:start-passed:2026-12-02",
    ]
    assert watching.count("select count(*) from event where detail = 'results-due-soon'") == 0


def test_a_version_may_leave_a_state_and_enter_it_anew(watching, registry, clock):
    watching.poll()
    assert look(watching, "2027-01-25", clock)
    later = timed("NCT00000001", primary="2026-12-25", verified="2026-10")
    registry.publish("2027-01-26", [later])
    clock.forward(days=1)
    watching.poll()
    assert watching.told() == [("changed", "NCT00000001")]  # leaving is silent
    assert "results-overdue" not in {state for _, state, _ in stands(watching)}
    registry.publish("2027-01-30", [RESULTS])
    clock.forward(days=4)
    report = watching.poll()
    again = "ctgov:NCT00000001:deadline:results-overdue:2027-01-30"  # the day that we learnt of it
    assert (
        [alert["id"] for alert in watching.rung()]
        == report.events
        == [
            "ctgov:NCT00000001:changed:2-3",
            again,
        ]
    )
    assert look(watching, "2027-01-31", clock) == []


def test_a_poll_on_the_day_takes_the_looks_place(watching, registry, clock):
    """A version that comes on the day a state turns: told once, whichever is first."""
    watching.poll()
    clock.now = datetime(2027, 1, 25, 9, 20, tzinfo=UTC)
    registry.publish("2027-01-25", [timed("NCT00000001", primary="2025-12-25", verified="2027-01")])
    watching.poll()
    assert [alert["id"] for alert in watching.rung()] == [OVERDUE]  # the version itself was quiet
    assert OVERDUE not in look(watching)


def test_what_nobody_watches_turns_silently(watching, clock):
    watching.poll()
    watching.edit(ids_watch("both", "NCT00000002"))
    watching.app.reconcile()
    assert look(watching, "2027-01-25", clock) == ["ctgov:NCT00000002:deadline:start-passed:2026-12-02"]
    assert ("NCT00000001", "results-overdue", "2027-01-25") in stands(watching)
    watching.edit(BOTH)
    clock.forward(days=1)
    watching.poll()
    assert watching.told() == []
    assert look(watching) == []


def test_a_version_of_a_time_without_a_watch_enters_silently(watching, registry, clock):
    watching.poll()
    watching.edit(ids_watch("both", "NCT00000002"))
    watching.poll()
    registry.publish("2026-11-23", [timed("NCT00000001", primary="2025-01-01", verified="2026-10")])
    clock.forward(days=3)
    watching.edit(BOTH)
    assert watching.poll().versions == 1
    assert watching.told() == []
    assert ("NCT00000001", "results-overdue", "2026-11-23") in stands(watching)
    assert look(watching) == []


def test_the_service_looks_when_no_poll_is_due_and_when_polls_fail(watching, registry, clock):
    service = Service(watching.app, tick=3600)
    assert service.poll_if_due()
    arrive(watching, clock, datetime(2026, 11, 27, 9, 20, tzinfo=UTC))
    registry.misbehave(Fault.broken(), times=None)
    clock.now = datetime(2026, 12, 2, 0, 0, 1, tzinfo=UTC)
    assert service.poll_if_due()  # in vain
    watching.app.deliver()
    assert ("deadline", "NCT00000002") in watching.told()
    registry.behave()
    arrive(watching, clock, datetime(2027, 1, 24, 9, 20, tzinfo=UTC))
    registry.misbehave(Fault.broken(), times=None)
    clock.now = datetime(2027, 1, 25, 0, 0, 1, tzinfo=UTC)
    service.poll_if_due()
    clock.now = datetime(2027, 1, 25, 0, 0, 2, tzinfo=UTC)
    watching.app.deliver()
    assert ("deadline", "NCT00000001") in watching.told()
    assert not service.poll_if_due()
    watching.app.deliver()
    assert watching.told() == []


def test_a_look_with_nothing_due_reads_one_index_and_writes_nothing(watching):
    watching.poll()
    asked = []
    watching.app.db.conn.set_trace_callback(asked.append)
    watching.app.look()
    watching.app.db.conn.set_trace_callback(None)
    assert len(asked) == 2  # what turned, and what is untold
    plan = watching.app.db.execute("explain query plan " + asked[0]).fetchall()
    assert not [row[3] for row in plan if row[3].startswith("SCAN")], plan
    assert [row for row in plan if "turning_turns" in row[3]]


def test_states_of_new_rules_are_entered_silently(watching, clock):
    watching.poll()
    db = watching.app.db
    with immediate(db):
        db.execute("update turning set rules = 0")  # as a release left it that had none of these states
    assert look(watching, "2027-01-25", clock) == []
    assert ("NCT00000001", "results-overdue", "2027-01-25") in stands(watching)
    assert watching.count("select count(*) from turning where rules = 0") == 0


def test_rules_that_only_changed_do_not_hide_what_time_made_meanwhile(watching, clock):
    watching.poll()
    assert look(watching, "2026-12-03", clock)
    db = watching.app.db
    with immediate(db):
        db.execute("update turning set rules = 2")  # other rules, which had all of these states
        db.execute("delete from deadline")  # and would not have called the start passed
    assert look(watching, "2027-01-25", clock) == [OVERDUE]
    assert {state for _, state, _ in stands(watching)} == {"results-overdue", "start-passed"}


def test_a_record_that_cannot_be_read_holds_up_no_other(watching, clock):
    watching.poll()
    db = watching.app.db
    with immediate(db):
        db.execute(
            "update head set body = x'00' where trial = (select key from trial where trial = 'NCT00000002')"
        )
    arrive(watching, clock, datetime(2027, 1, 25, 9, 20, tzinfo=UTC))
    looked = watching.app.look()
    assert looked.events == [OVERDUE]
    assert [line.partition(":")[0] for line in looked.problems] == ["NCT00000002"]
    assert turning.due(db, date(2027, 1, 25), limit=9) == []  # and is not tried at every tick
    assert [one.trial for one in turning.due(db, date(2027, 1, 26), limit=9)] == ["NCT00000002"]


def test_an_event_comes_with_the_state_or_not_at_all(watching, clock):
    watching.poll()
    db = watching.app.db
    db.execute("create trigger full before insert on untold begin select raise(abort, 'disk full'); end")
    arrive(watching, clock, datetime(2027, 1, 25, 9, 20, tzinfo=UTC))
    with pytest.raises(Exception, match="disk full"):
        watching.app.look()
    assert watching.count("select count(*) from event where kind = 'deadline'") == 0
    assert "results-overdue" not in {state for _, state, _ in stands(watching)}
    db.execute("drop trigger full")
    assert OVERDUE in look(watching)


def test_a_look_that_broke_off_before_it_told_is_told_by_the_next_poll(watching, clock):
    watching.poll()
    db = watching.app.db
    db.execute("create trigger full before insert on delivery begin select raise(abort, 'disk full'); end")
    arrive(watching, clock, datetime(2027, 1, 25, 9, 20, tzinfo=UTC))
    with pytest.raises(Exception, match="disk full"):
        watching.app.look()
    db.execute("drop trigger full")
    assert watching.count("select count(*) from event where kind = 'deadline'") > 0
    watching.poll()
    assert "results-overdue" in {alert["detail"] for alert in watching.rung() if alert["event"] == "deadline"}


def test_the_clock_set_back_enters_and_leaves_nothing(watching, registry, clock):
    watching.poll()
    assert OVERDUE in look(watching, "2027-01-25", clock)
    before = stands(watching)
    assert look(watching, "2026-12-24", clock) == []
    assert stands(watching) == before
    registry.publish("2027-01-26", [timed("NCT00000001", primary="2025-12-25", verified="2026-12")])
    watching.poll()
    assert stands(watching) == before
    assert look(watching, "2027-01-25", clock) == []


def test_a_study_that_stops_rings_once_though_its_sites_are_listed_as_before(tmp_path, clock):
    """That they recruit while it does not stands, and says nothing that the stop does not say."""
    open_ = timed("NCT00000003", status="RECRUITING", site="RECRUITING", primary=None, completion=None)
    stopped = timed("NCT00000003", status="SUSPENDED", site="RECRUITING", primary=None, completion=None)
    with LoopbackRegistry([open_], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("d", "NCT00000003"), clock=clock)
        watching.poll()
        registry.publish("2026-11-23", [stopped])
        watching.poll()
        watching.app.look()
        watching.app.deliver()
        assert [(alert["event"], alert["severity"]) for alert in watching.rung()] == [("changed", "critical")]
        assert [state for _, state, _ in stands(watching)] == ["inconsistent-site"]
        watching.close()


def test_a_site_that_begins_to_recruit_in_a_stopped_study_rings(tmp_path, clock):
    still = timed("NCT00000003", status="SUSPENDED", site=None, primary=None, completion=None)
    begun = timed("NCT00000003", status="SUSPENDED", site="RECRUITING", primary=None, completion=None)
    with LoopbackRegistry([still], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("d", "NCT00000003"), clock=clock)
        watching.poll()
        registry.publish("2026-11-23", [begun])
        watching.poll()
        assert [alert["detail"] for alert in watching.rung() if alert["event"] == "deadline"] == [
            "inconsistent-site"
        ]
        watching.close()
