"""Acknowledgements: kept with who, shown where the event is, and what still waits of it is dropped and says why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.acting.acknowledgements import Seen, acknowledge, newest_event
from monitor.acting.mutes import Scope
from monitor.acting.people import Person, Via
from monitor.database import open_for_writing
from notifiers.outbox import Outbox
from snapshots.changeset import Action, FieldChange, Kind, Severity
from snapshots.database import immediate
from snapshots.event import Event, EventKind
from snapshots.events import insert
from snapshots.query import Reader

TRIAL, OTHER = "NCT07146087", "NCT00000001"
ANNA = Person(name="anna", via=Via.SLACK, id="U1")
BOB = Person(name="bob", via=Via.COMMAND)


@pytest.fixture
def db(tmp_path):
    made = open_for_writing(tmp_path / "t.db")
    yield made
    made.close()


def change(field):
    return FieldChange(
        field=field,
        label=field,
        kind=Kind.STATUS,
        action=Action.CHANGED,
        paths=(field,),
        before="a",
        after="b",
        severity=Severity.MAJOR,
        reason="",
        summary="a → b",
        tags=(),
    )


@pytest.fixture
def happened(db, clock):
    """Stores an event; one delivery of it waits for a digest, one for nothing. Returns the event's number."""

    def store(id, trial=TRIAL, *, fields=("status",), watches=("mine",), **more):
        event = Event(
            id=id,
            kind=more.pop("kind", EventKind.CHANGED),
            registry="ctgov",
            trial=trial,
            title="t",
            url="https://x.test",
            severity=Severity.MAJOR,
            headline="h",
            at=clock(),
            changes=tuple(map(change, fields)),
            watches=watches,
            **more,
        )
        outbox = Outbox(db)
        with immediate(db):
            number = insert(db, event)
            for notifier, wait in (("digest", timedelta(hours=8)), ("log", timedelta(0))):
                outbox.enqueue(
                    id,
                    notifier,
                    thread=f"ctgov:{trial}",
                    order=number,
                    due_at=clock() + wait,
                    now=clock(),
                    urgent=False,
                )
        return number

    return store


@pytest.fixture
def acked(db, clock):
    def write(scope, value, up_to, by=ANNA, note=""):
        with immediate(db):
            return acknowledge(db, "ctgov", scope, value, up_to=up_to, now=clock(), by=by, note=note)

    return write


def dropped(db):
    return [
        (row[0], row[1])
        for row in db.execute("select event, reason from delivery where state = 'dropped' order by event")
    ]


def seen_by(db, number):
    ((_, event),) = Reader(db).numbered([number])
    return [str(one) for one in Seen(db, [event.trial]).of(number, event)]


def test_what_waits_up_to_the_event_is_dropped_and_says_who_has_seen_it(db, happened, acked):
    first, second = happened("e1"), happened("e2")
    happened("e3")
    happened("other", OTHER)
    made, count = acked(Scope.TRIAL, TRIAL, second, note=" seen in the\nmeeting ")
    assert (count, made.event, made.note) == (2, "e2", "seen in the meeting")
    reason = "acknowledged by anna in Slack"
    assert dropped(db) == [("e1", reason), ("e2", reason)]
    assert len(Outbox(db).waiting("log", f"ctgov:{TRIAL}")) == 3  # what waits for nothing is told
    assert seen_by(db, first) == seen_by(db, second)
    assert seen_by(db, second) == ["acknowledged by anna in Slack, 2026-11-20: seen in the meeting"]
    assert seen_by(db, second + 1) == []


def test_a_watch_and_a_field_cover_what_holds_nothing_else(db, happened, acked):
    mine = happened("mine", fields=("status", "contacts"))
    both = happened("both", OTHER, watches=("mine", "dear"), fields=("contacts",))
    acked(Scope.WATCH, "mine", both)
    assert [event for event, _ in dropped(db)] == ["mine"]
    assert (len(seen_by(db, mine)), seen_by(db, both)) == (1, [])
    acked(Scope.FIELD, "contacts", both, by=BOB)
    assert [event for event, _ in dropped(db)] == ["both", "mine"]
    assert seen_by(db, both) == ["acknowledged by bob on the command line, 2026-11-20"]
    assert len(seen_by(db, mine)) == 1


def test_pressed_again_it_is_one_and_another_person_makes_two(db, happened, acked):
    number = happened("e1")
    first, _ = acked(Scope.TRIAL, TRIAL, number)
    again, count = acked(Scope.TRIAL, TRIAL, number, note="later")
    assert (again.row, again.note, count) == (first.row, "later", 0)
    acked(Scope.TRIAL, TRIAL, number, by=BOB)
    assert seen_by(db, number) == [
        "acknowledged by anna in Slack, 2026-11-20: later",
        "acknowledged by bob on the command line, 2026-11-20",
    ]
    newer = happened("e2")
    acked(Scope.TRIAL, TRIAL, newer)
    assert len(seen_by(db, number)) == 2  # of one person the first


def test_a_note_is_kept_without_what_could_change_how_a_line_looks(db, happened, acked):
    number = happened("e1")
    note = "seen\x1b[2J \u202e by\x00\r\nall \ud800"
    made, _ = acked(Scope.TRIAL, TRIAL, number, note=note)
    assert made.note == "seen[2J by all \ufffd"
    again, _ = acked(Scope.TRIAL, TRIAL, number, note="\u202e" + "x" * 600)
    assert again.note == "x" * 500
    assert db.execute("select note from acknowledgement").fetchall() == [(again.note,)]


def test_the_newest_event_of_a_trial_a_watch_a_field_or_a_state(db, happened):
    assert newest_event(db, "ctgov", Scope.TRIAL, TRIAL) is None
    happened("e1")
    last = happened("e2", fields=("contacts",))
    state = happened("e3", OTHER, watches=("dear",), kind=EventKind.DEADLINE, detail="results-overdue")
    happened("e4", OTHER, watches=(), fields=(), kind=EventKind.DEADLINE, detail="status-stale")
    found = {
        (scope, value): newest_event(db, "ctgov", scope, value)
        for scope, value in (
            (Scope.TRIAL, TRIAL),
            (Scope.WATCH, "dear"),
            (Scope.FIELD, "contacts"),
            (Scope.FIELD, "results-overdue"),
            (Scope.FIELD, "phase"),
        )
    }
    assert [one and one[0] for one in found.values()] == [last, state, last, state, None]
    assert newest_event(db, "ctgov", Scope.FIELD, "results-due-soon") is None


def test_a_state_long_past_is_found_without_reading_all_that_came_since(db, happened):
    number = happened("e0", fields=(), kind=EventKind.DEADLINE, detail="status-stale")
    for each in range(1, 600):
        happened(f"e{each}", fields=(), kind=EventKind.DEADLINE, detail="results-overdue")
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    found = newest_event(db, "ctgov", Scope.FIELD, "status-stale")
    db.conn.set_trace_callback(None)
    assert found is not None and found[0] == number
    searches = [text for text in asked if "from event indexed by" in text]
    assert 0 < len(searches) <= len(Severity) and all("detail = 'status-stale'" in text for text in searches)
