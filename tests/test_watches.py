"""A watch is its definition: renaming loses nothing, editing keeps what it held, a name exists once."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from monitor import watches
from monitor.database import open_for_writing
from monitor.watches import Definition, Wanted, WatchError
from snapshots.database import immediate

A, B, C = "NCT00000001", "NCT00000002", "NCT00000003"


def ids(*trials):
    return Definition(registry="ctgov", ids=trials)


@pytest.fixture
def db(tmp_path):
    with_tables = open_for_writing(tmp_path / "t.db")
    yield with_tables
    with_tables.close()


def reconcile(db, clock, *wanted):
    with immediate(db):
        watches.reconcile(db, [Wanted(name=name, definition=one) for name, one in wanted], now=clock())
    return {watch.name: watch for watch in watches.active(db)}


def finish(db, watch, *trials):
    with immediate(db):
        db.execute("update watch set finished = 'x', baseline = 0 where id = ?", [watch.row])
        for trial in trials:
            db.execute("insert into member values (?, ?, 'in', 'x')", [watch.row, trial])


def test_a_renamed_watch_keeps_its_progress_and_members(db, clock):
    first = reconcile(db, clock, ("old", ids(A, B)))["old"]
    finish(db, first, A, B)
    after = reconcile(db, clock, ("new", ids(B, A)))
    assert set(after) == {"new"}
    assert after["new"].row == first.row
    assert after["new"].finished == "x"
    assert not after["new"].baseline
    assert watches.held_trials(db, first.row) == [A, B]


def test_two_watches_may_swap_their_names(db, clock):
    before = reconcile(db, clock, ("one", ids(A)), ("two", ids(B)))
    after = reconcile(db, clock, ("two", ids(A)), ("one", ids(B)))
    assert after["two"].row == before["one"].row
    assert after["one"].row == before["two"].row


def test_an_edited_watch_is_due_and_silent_but_keeps_what_it_still_names(db, clock):
    first = reconcile(db, clock, ("w", ids(A, B)))["w"]
    finish(db, first, A, B)
    edited = reconcile(db, clock, ("w", ids(B, C)))["w"]
    assert edited.row == first.row
    assert edited.finished is None
    assert edited.baseline
    assert watches.held_trials(db, first.row) == [B]  # established: what happens to it is news


def test_a_watch_of_a_whole_registry_is_narrowed_without_touching_all_that_it_held(db, clock, monkeypatch):
    monkeypatch.setattr(watches, "MEMBERS_AT_ONCE", 10)
    first = reconcile(db, clock, ("w", Definition(registry="ctgov", query=())))["w"]
    finish(db, first, *(f"NCT{number:08}" for number in range(1, 101)))
    before = db.conn.total_changes
    narrowed = reconcile(db, clock, ("w", ids(B, A, "NCT00009999")))["w"]
    assert db.conn.total_changes - before < 20  # with what is kept counted of the two
    assert (narrowed.definition.ids, narrowed.baseline, narrowed.finished) == (
        (A, B, "NCT00009999"),
        True,
        None,
    )
    assert watches.held_trials(db, narrowed.row) == [A, B]
    assert watches.holding(db, C, registry="ctgov") == ()
    assert watches.removed(db, registry="ctgov") == [first.row]
    assert reconcile(db, clock, ("w", ids(A, B, "NCT00009999")))["w"].row == narrowed.row


def test_what_a_removed_watch_held_goes_some_at_a_time(db, clock, monkeypatch):
    monkeypatch.setattr(watches, "MEMBERS_AT_ONCE", 10)
    first = reconcile(db, clock, ("w", Definition(registry="ctgov", query=())))["w"]
    finish(db, first, *(f"NCT{number:08}" for number in range(1, 46)))
    whole, touched = watches.immediate, []

    def held():
        return db.execute("select count(*) from member").fetchone()[0]

    @contextmanager
    def counted(database):
        before = held()
        with whole(database):
            yield
            touched.append(before - held())

    monkeypatch.setattr(watches, "immediate", counted)
    watches.let_go(db, [first.row])
    assert touched == [10, 10, 10, 10, 5]
    assert watches.held_trials(db, first.row) == []


def test_a_removed_watch_keeps_its_members_until_the_next_sweep(db, clock):
    first = reconcile(db, clock, ("w", ids(A)))["w"]
    finish(db, first, A)
    assert reconcile(db, clock) == {}
    assert watches.held_trials(db, first.row) == [A]
    assert watches.holding(db, A, registry="ctgov") == ()


def test_a_name_exists_once_over_config_and_commands(db, clock):
    with immediate(db):
        watches.add(db, "w", ids(A), now=clock())
    with pytest.raises(WatchError, match="also added by a command"):
        reconcile(db, clock, ("w", ids(B)))
    with immediate(db), pytest.raises(WatchError, match="name taken"):
        watches.add(db, "w", ids(C), now=clock())


def test_a_command_removes_only_what_a_command_added(db, clock):
    reconcile(db, clock, ("configured", ids(A)))
    with immediate(db), pytest.raises(WatchError, match=r"stands in config\.toml"):
        watches.remove(db, "configured", now=clock())
    with immediate(db), pytest.raises(WatchError, match="no such watch"):
        watches.remove(db, "unheard of", now=clock())
    with immediate(db):
        watches.add(db, "mine", ids(B), now=clock())
        watches.remove(db, "mine", now=clock())
    assert [watch.name for watch in watches.active(db)] == ["configured"]


def test_watches_of_commands_survive_a_new_configuration(db, clock):
    with immediate(db):
        watches.add(db, "mine", ids(B), now=clock())
    assert set(reconcile(db, clock, ("theirs", ids(A)))) == {"mine", "theirs"}


def test_extending_a_watch_of_ids_keeps_what_it_held(db, clock):
    with immediate(db):
        added = watches.add(db, "mine", ids(A), now=clock())
    finish(db, added, A)
    with immediate(db):
        wider = watches.extend(db, "mine", [B])
    assert wider.definition.ids == (A, B)
    assert wider.baseline
    assert watches.held_trials(db, added.row) == [A]
