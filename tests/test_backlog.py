"""What waits for its past: what is planned of it, in which order it is worked on, and how much is left."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils.migrations import Migrations

from monitor.database import ALL, open_for_writing
from monitor.past import backlog
from monitor.past.planned import Bounds, Planned, plan
from monitor.registries.base import ArchiveEntry
from monitor.schema import MIGRATIONS
from snapshots.database import immediate, open_database

NOW = datetime(2026, 11, 20, 9, 20, tzinfo=UTC)
LATER = NOW + timedelta(hours=30)


def entries(numbers, days=None):
    return tuple(
        ArchiveEntry(
            number=number, submitted=f"2026-01-{(days or numbers)[place]:02}", status=None, modules=()
        )
        for place, number in enumerate(numbers)
    )


BOUNDS = st.builds(
    Bounds,
    since=st.none() | st.integers(1, 28).map(lambda day: f"2026-01-{day:02}"),
    newest=st.none() | st.integers(1, 12),
)
HISTORY = st.lists(st.integers(1, 28), min_size=1, max_size=10, unique=True).map(
    lambda found: entries(sorted(found))
)


@given(HISTORY, st.lists(BOUNDS, min_size=1, max_size=4))
def test_in_whatever_order_a_line_is_filled_neighbours_and_no_others_are_joined(history, asked):
    """And what is joined is read oldest first, each in the light of all that is known to have gone before."""
    stored, booked = set(), {}
    numbers = [one.number for one in history]
    neighbours = set(pairwise(numbers))
    for bounds in [*asked, Bounds()]:
        planned, place = plan(history, bounds, stored=stored, booked=booked)
        assert list(planned) == sorted(planned, key=lambda one: one.number)
        assert all(one.number in stored for one in planned[:place])
        for at in range(place, len(planned)):
            one = planned[at]
            stored.add(one.number)
            if one.follows:
                pair = (planned[at - 1].number, one.number)
                assert pair in neighbours
                booked[pair] = {other for other in booked if other[1] <= pair[0]}  # its past
        assert set(booked) == {pair for pair in neighbours if stored.issuperset(pair)}
        for pair, past in booked.items():
            assert past == {other for other in booked if other[1] <= pair[0]}
        assert numbers[0] in stored
        if bounds.newest:
            assert (
                len(numbers) < bounds.newest or bounds.since or stored.issuperset(numbers[-bounds.newest :])
            )
    assert stored == set(numbers)
    assert plan(history, Bounds(), stored=stored, booked=booked) == ((), 0)


@pytest.mark.parametrize(
    ("bounds", "wanted"),
    [
        (Bounds(), [1, 2, 4, 7, 9]),
        (Bounds(newest=2), [1, 7, 9]),
        (Bounds(newest=50), [1, 2, 4, 7, 9]),
        (
            Bounds(since="2026-01-04"),
            [1, 2, 4, 7, 9],
        ),  # the second stood until the fourth was submitted that day
        (Bounds(since="2026-01-05"), [1, 4, 7, 9]),
        (Bounds(since="2026-02-01"), [1, 9]),
        (Bounds(since="2025-01-01"), [1, 2, 4, 7, 9]),
        (Bounds(since="2026-01-02", newest=1), [1, 9]),
    ],
)
def test_bounds(bounds, wanted):
    planned, place = plan(entries([1, 2, 4, 7, 9]), bounds)
    assert [one.number for one in planned] == wanted
    assert place == 0


def test_what_is_there_is_gone_through_only_from_the_first_gap_on():
    history = entries([1, 2, 3, 4, 5])
    planned, place = plan(history, Bounds(), stored={1, 2, 4, 5}, booked={(1, 2), (4, 5)})
    assert planned == tuple(
        Planned(number=number, submitted=f"2026-01-0{number}", follows=True) for number in (2, 3, 4, 5)
    )
    assert place == 1
    planned, place = plan(history, Bounds(), stored={1, 2, 3, 4, 5}, booked={(1, 2), (2, 3), (4, 5)})
    assert [one.number for one in planned[place:]] == [4, 5]


def test_a_file_of_the_first_release_gets_the_queue(tmp_path):
    earlier = Migrations("monitor")
    earlier._migrations += [one for one in MIGRATIONS._migrations if one.name < "0003"]
    sets = [earlier if one is MIGRATIONS else one for one in ALL]
    with closing(open_database(tmp_path / "t.db", sets)) as old, immediate(old):
        old.execute("insert into mute (scope, value, muted_at) values ('trial', 'A', 'x')")
        assert "backfill" not in old.table_names()
    with closing(open_for_writing(tmp_path / "t.db")) as db:
        backlog.ask(db, "ctgov", ["A"], now=NOW)
        assert work_off(db) == ["A", "A@r1", "A@r2"]
        assert db.execute("select value from mute").fetchall() == [("A",)]


@pytest.fixture
def db(tmp_path):
    with closing(open_for_writing(tmp_path / "t.db")) as opened:
        yield opened


def learn(db, history, *, versions=None):
    """The history of the next one becomes known."""
    job = backlog.following(db, "ctgov")
    planned, place = plan(history, job.bounds)
    with immediate(db):
        backlog.learn(
            db, job, planned, place, missing=len(planned), versions=versions or len(history), now=NOW
        )
    return job.trial


def work_off(db):
    """All that waits, each with two versions; the order of what was done."""
    order = []
    while (job := backlog.following(db, "ctgov")) is not None:
        if job.plan is None:
            learn(db, entries([1, 2]))
            order.append(job.trial)
        else:
            with immediate(db):
                backlog.forward(db, job, stored=True, changed=job.place > 0, now=NOW)
            order.append(f"{job.trial}@r{job.plan[job.place].number}")
    return order


def test_histories_come_first_so_that_there_is_an_estimate(db):
    backlog.ask(db, "ctgov", ["A", "B"], now=NOW)
    assert backlog.standing(db, "ctgov").requests is None
    assert learn(db, entries([1, 2, 3, 4])) == "A"
    left = backlog.standing(db, "ctgov")
    assert (left.waiting, left.unknown, left.missing, left.requests) == (2, 1, 4, 4 + 5)
    assert work_off(db) == ["B", *(f"A@r{number}" for number in (1, 2, 3, 4)), "B@r1", "B@r2"]
    left = backlog.standing(db, "ctgov")
    assert (left.waiting, left.done, left.requests) == (0, 2, 0)


def test_only_some_histories_are_known_ahead(db):
    count = backlog.AHEAD + 5
    backlog.ask(db, "ctgov", [f"T{number:03}" for number in range(count)], now=NOW)
    order = work_off(db)
    assert all("@" not in one for one in order[: backlog.AHEAD])
    assert order[backlog.AHEAD : backlog.AHEAD + 3] == ["T000@r1", "T000@r2", f"T{backlog.AHEAD:03}"]
    assert len(order) == len(set(order)) == 3 * count


def test_what_a_person_names_goes_before_all_that_waits(db):
    backlog.ask(db, "ctgov", ["A", "B", "C"], now=NOW)
    learn(db, entries([1, 2]))
    backlog.ask(db, "ctgov", ["Z", "C"], rank=backlog.front(db, "ctgov"), now=NOW)
    assert work_off(db) == ["C", "Z", "C@r1", "C@r2", "Z@r1", "Z@r2", "B", "A@r1", "A@r2", "B@r1", "B@r2"]


def test_asked_again_it_goes_on_or_begins_anew(db):
    backlog.ask(db, "ctgov", ["A"], now=NOW)
    learn(db, entries([1, 2]))
    backlog.ask(db, "ctgov", ["A"], now=NOW)
    assert backlog.following(db, "ctgov").plan is not None  # it goes on
    backlog.ask(db, "ctgov", ["A"], Bounds(newest=1), now=NOW)
    job = backlog.following(db, "ctgov")
    assert (job.plan, job.bounds) == (None, Bounds(newest=1))  # other bounds
    work_off(db)
    backlog.ask(db, "ctgov", ["A"], Bounds(newest=1), now=NOW)
    assert not backlog.waits(db, "ctgov")  # done a moment ago
    backlog.ask(db, "ctgov", ["A"], Bounds(newest=1), now=LATER)
    assert backlog.waits(db, "ctgov")
    with immediate(db):
        backlog.set_aside(db, backlog.following(db, "ctgov"), "why", now=LATER)
    backlog.ask(db, "ctgov", ["A"], Bounds(newest=1), now=LATER)
    assert backlog.waits(db, "ctgov")


def test_what_is_dropped_is_worked_on_no_more(db):
    backlog.ask(db, "ctgov", ["A", "B", "C"], now=NOW)
    with immediate(db):
        backlog.set_aside(db, backlog.following(db, "ctgov"), "why", now=NOW)
    assert backlog.drop(db, "ctgov", ["A", "X"]) == 1
    assert backlog.drop(db, "ctgov", None) == 2
    assert backlog.following(db, "ctgov") is None
    late = backlog.Job(row=2, trial="B", bounds=Bounds(), plan=(), place=0)
    with immediate(db):  # who was at work on it meanwhile changes nothing
        backlog.set_aside(db, late, "why", now=NOW)
    assert backlog.standing(db, "ctgov").aside == 0


def test_many_are_put_in_without_holding_others_up(db):
    commits = []
    db.conn.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    backlog.ask(db, "ctgov", map(str, range(2 * backlog.AT_ONCE + 1)), now=NOW)
    assert len(commits) == 3
    db.conn.set_trace_callback(None)
    assert backlog.standing(db, "ctgov").waiting == 2 * backlog.AT_ONCE + 1


def test_all_that_waits_is_dropped_some_at_a_time(db, monkeypatch):
    backlog.ask(db, "ctgov", [f"T{number}" for number in range(25)], now=NOW)
    monkeypatch.setattr(backlog, "AT_ONCE", 10)
    touched = []

    @contextmanager
    def counted(database):
        before = database.conn.total_changes
        with immediate(database):
            yield
            touched.append(database.conn.total_changes - before)

    monkeypatch.setattr(backlog, "immediate", counted)
    assert backlog.drop(db, "ctgov", None) == 25
    assert touched == [10, 10, 5]
