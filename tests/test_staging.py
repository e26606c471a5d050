"""What is staged may be a whole registry: no step takes longer for a record because many others wait beside it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, recruiting, timeless, with_results, without
from doubles.watching import Watching, ids_watch

from monitor.polling import held, staging
from monitor.polling.booking import Booking, Seen
from snapshots.changes import compare
from snapshots.database import immediate
from snapshots.record import canonical
from snapshots.store import Parsed, Store

RESULTS = "resultsSection"


@pytest.fixture
def records():
    return [timeless(with_results(recruiting(number))) for number in range(1, 41)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def watching(tmp_path, registry, records, ticking):
    made = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    made.poll()
    registry.publish("2026-11-23", [without(record, RESULTS) for record in records[:12]])
    made.poll()
    return made


def booking_of(watching):
    return Booking(
        watching.app.db, watching.app.registries["ctgov"], build="2026-11-23", now=watching.app.clock()
    )


def crowd(watching, record, hold, *, count):
    """Puts `count` other trials with a hold."""
    db, booking = watching.app.db, booking_of(watching)
    new = without(record, RESULTS)
    newest = Store(db).newest("ctgov", nct(record))
    seen = Seen(record=new, parsed=Parsed.of(new), fingerprint=None)
    seen = replace(seen, changes=booking.changes(seen, record, newest.ref))
    with immediate(db):
        for number in range(count):
            named = replace(seen.facts, trial=f"NCT9{number:07}")
            other = replace(seen, parsed=replace(seen.parsed, facts=named))
            staging.stage(db, "ctgov", (RESULTS,), other, told=True)
    staging.keep(db, "ctgov", RESULTS, hold, own_only=False)


def steps(db, work):
    """How many instructions SQLite took for it."""
    taken = []
    db.conn.set_progress_handler(lambda: taken.append(1) and None, 1)
    try:
        work()
    finally:
        db.conn.set_progress_handler(None, 0)
    return len(taken)


def test_a_record_is_booked_as_fast_among_many_that_wait(watching, records):
    db = watching.app.db
    (one,) = held.standing(db)

    def book(number):
        staging.book(db, booking_of(watching), "ctgov", [nct(records[number])], one.row)

    book(0)  # what is prepared once
    alone = steps(db, lambda: book(1))
    crowd(watching, records[30], one.row, count=400)
    assert steps(db, lambda: book(2)) < alone * 1.5


def test_bodies_that_nothing_waits_for_are_cleared_in_short_transactions(watching, records):
    db = watching.app.db
    (one,) = held.standing(db)
    crowd(watching, records[30], one.row, count=120)
    said = []
    db.conn.set_trace_callback(said.append)
    with immediate(db):
        assert held.drop(db, one.row, watching.app.clock())
    assert not [sql for sql in said if "staged_record" in sql]
    staging.clear(db)
    db.conn.set_trace_callback(None)
    assert watching.count("select count(*) from staged") == 0
    assert watching.count("select count(*) from staged_record") == 0
    deleted = [0]
    for sql in said:
        if sql.startswith("COMMIT"):
            deleted.append(0)
        deleted[-1] += sql.startswith("delete from staged_record")
    assert max(deleted) == staging.AT_ONCE


def test_nothing_is_left_of_what_was_booked(watching, registry):
    registry.publish("2026-11-24")
    watching.poll()
    assert len(watching.told()) == 12
    assert watching.count("select count(*) from staged_record") == 0


def test_records_are_compared_while_others_may_write(watching):
    (one,) = held.standing(watching.app.db)
    writing = []

    def look(frame, event, _):
        if event == "call" and frame.f_code is compare.__code__:
            writing.append(watching.app.db.conn.in_transaction)

    sys.setprofile(look)
    try:
        watching.app.accept_held(one.row)
    finally:
        sys.setprofile(None)
    assert writing == [False] * 12


def test_large_records_are_booked_a_few_at_a_time(tmp_path, records, ticking):
    for record in records:
        record["protocolSection"]["descriptionModule"]["detailedDescription"] = "It is long. " * 40_000
    large = records[:12]
    with LoopbackRegistry(large, day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, large)), clock=ticking)
        watching.poll()
        registry.publish("2026-11-23", [without(record, RESULTS) for record in large])
        watching.poll()
        (one,) = held.standing(watching.app.db)
        booked: list[set[str]] = [set()]

        def said(sql):
            if sql.startswith("COMMIT"):
                booked.append(set())
            if sql.lower().startswith("insert into event "):
                booked[-1].add(sql)  # a statement is said once more for each trigger that it sets off

        watching.app.db.conn.set_trace_callback(said)
        assert len(watching.app.accept_held(one.row)) == 12
        watching.app.db.conn.set_trace_callback(None)
        assert [len(events) for events in booked if events] == [5, 5, 2]


def test_sweeps_that_break_off_pile_up_no_bodies(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [without(record, RESULTS) for record in records[:12]])
    for _ in range(4):
        registry.misbehave(Fault.html(), times=1, path="/api/v2/version", skip=1)
        assert watching.poll().finished == []
    assert watching.count("select count(*) from staged") == 12
    assert watching.count("select count(*) from staged_record") == 12


@pytest.fixture
def pieces(monkeypatch):
    """Transactions of three rows; gives how many rows each one touched."""
    touched = []

    @contextmanager
    def counted(db):
        before = db.conn.total_changes
        with immediate(db):
            yield
            touched.append(db.conn.total_changes - before)

    monkeypatch.setattr(staging, "immediate", counted)
    monkeypatch.setattr(staging, "ROWS_AT_ONCE", 3)
    return touched


def test_what_befell_the_whole_registry_is_held_and_let_go_in_short_transactions(watching, records, pieces):
    db = watching.app.db
    (one,) = held.standing(db)
    with immediate(db):
        db.conn.executemany(
            "insert into staged values ('ctgov', ?, ?, 0, ?)",
            [(f"NCT8{number:07}", subject, number) for number in range(40) for subject in (RESULTS, "other")],
        )
    staging.keep(db, "ctgov", RESULTS, one.row, own_only=False)
    assert (len(staging.of_hold(db, one.row)), max(pieces)) == (52, 3)
    staging.discard(db, "ctgov", "other")
    assert not staging.any_waits(db, "ctgov")
    with immediate(db):
        before = db.conn.total_changes
        assert held.drop(db, one.row, watching.app.clock())
        assert db.conn.total_changes - before == 1
    staging.clear(db)
    assert watching.count("select count(*) from staged") == 0
    assert max(pieces) <= staging.AT_ONCE


@pytest.mark.parametrize("killed_at", range(1, 9))
def test_cut_off_between_two_of_them_it_is_held_and_told_once_as_ever(
    tmp_path, registry, records, ticking, pieces, monkeypatch, killed_at
):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    whole = staging.immediate
    left = [killed_at]

    def until(db):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return whole(db)

    monkeypatch.setattr(staging, "immediate", until)
    told = []
    for build in ("2026-11-23", "2026-11-24"):
        registry.publish(build, [without(record, RESULTS) for record in records[:12]] if not told else ())
        for _ in range(3):
            try:
                watching.poll()
            except KeyboardInterrupt:
                continue
        if build == "2026-11-23":
            (one,) = held.standing(watching.app.db)
            assert (one.count, len(staging.of_hold(watching.app.db, one.row))) == (12, 12)
            assert watching.told() == []
    assert sorted(watching.told()) == [("changed", nct(record)) for record in records[:12]]
    assert watching.count("select count(*) from staged_record") == 0
    watching.close()


def test_a_record_that_is_held_twice_waits_once_and_is_booked_as_it_is_now(watching, registry, records):
    again = [without(record, RESULTS) for record in records[:12]]
    again[0]["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = 77
    registry.publish("2026-11-24", again)
    registry.misbehave(Fault.html(), times=1, path="/api/v2/version", skip=1)
    assert watching.poll().finished == []  # it broke off, and decided nothing
    assert watching.count("select count(*) from staged_record") == 12
    (one,) = held.standing(watching.app.db)
    watching.app.accept_held(one.row)
    watching.app.deliver()
    first = next(alert for alert in watching.rung() if alert["trial"] == nct(records[0]))
    assert "enrollment" in {change["field"] for change in first["changes"]}


def test_what_waits_is_packed_and_what_0_1_left_unpacked_is_read(watching, records):
    db = watching.app.db
    plain = canonical(without(records[0], RESULTS))
    (packed,) = db.execute("select raw from staged_record where trial = ?", [nct(records[0])]).fetchone()
    assert len(packed) < len(plain) * 0.7
    with immediate(db):
        db.execute("update staged_record set raw = ? where trial = ?", [plain, nct(records[0])])
    (one,) = held.standing(db)
    assert len(watching.app.accept_held(one.row)) == 12
