"""What is staged may be a whole registry: no step takes longer for a record because many others wait beside it."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, recruiting, timeless, with_results, without
from doubles.watching import Watching, ids_watch

from monitor.polling import held, staging
from monitor.polling.booking import Booking, Seen
from snapshots.changes import compare
from snapshots.database import immediate
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
        booked = [0]

        def said(sql):
            if sql.startswith("COMMIT"):
                booked.append(0)
            booked[-1] += sql.lower().startswith("insert into event ")

        watching.app.db.conn.set_trace_callback(said)
        assert len(watching.app.accept_held(one.row)) == 12
        watching.app.db.conn.set_trace_callback(None)
        assert [count for count in booked if count] == [5, 5, 2]


def test_sweeps_that_break_off_pile_up_no_bodies(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [without(record, RESULTS) for record in records[:12]])
    for _ in range(4):
        registry.misbehave(Fault.html(), times=1, path="/api/v2/version", skip=1)
        assert watching.poll().finished == []
    assert watching.count("select count(*) from staged") == 12
    assert watching.count("select count(*) from staged_record") <= 24  # its own, and those of the one before
