"""Mutes: in force from one moment to another, and silent only when nothing in the event is still worth telling."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.acting import mutes
from monitor.acting.mutes import Scope
from monitor.database import open_for_writing
from snapshots.changeset import Action, FieldChange, Kind, Severity
from snapshots.database import immediate
from snapshots.event import Event, EventKind

TRIAL = "NCT07146087"


@pytest.fixture
def db(tmp_path):
    made = open_for_writing(tmp_path / "t.db")
    yield made
    made.close()


def change(field: str, severity: Severity = Severity.MAJOR) -> FieldChange:
    return FieldChange(
        field=field,
        label=field,
        kind=Kind.STATUS,
        action=Action.CHANGED,
        paths=(field,),
        before="a",
        after="b",
        severity=severity,
        reason="",
        summary="a → b",
        tags=(),
    )


def event(clock, **more) -> Event:
    values = {
        "id": "e",
        "kind": EventKind.CHANGED,
        "registry": "ctgov",
        "trial": TRIAL,
        "title": "t",
        "url": "https://x.test",
        "severity": Severity.MAJOR,
        "headline": "h",
        "at": clock(),
    }
    return Event(**(values | more))


def muted(db, clock, scope, value, *, until=None):
    with immediate(db):
        return mutes.mute(db, scope, value, until=until, now=clock())


def silenced(db, clock, event) -> bool:
    return mutes.silencing(mutes.standing(db, now=clock()), event) is not None


def test_a_mute_ends_at_its_moment(db, clock):
    muted(db, clock, Scope.TRIAL, TRIAL, until=clock() + timedelta(days=1))
    assert silenced(db, clock, event(clock))
    assert not silenced(db, clock, event(clock, trial="NCT00000001"))
    clock.forward(days=1, seconds=-1)
    assert silenced(db, clock, event(clock))
    clock.forward(seconds=1)
    assert not silenced(db, clock, event(clock))
    assert mutes.standing(db, now=clock()) == []


def test_a_mute_without_an_end_stands_until_somebody_ends_it(db, clock):
    muted(db, clock, Scope.TRIAL, TRIAL)
    clock.forward(days=4000)
    assert silenced(db, clock, event(clock))
    with immediate(db):
        assert mutes.unmute(db, Scope.TRIAL, TRIAL, now=clock())
        assert not mutes.unmute(db, Scope.TRIAL, TRIAL, now=clock())
    assert not silenced(db, clock, event(clock))


def test_muting_again_gives_a_new_end(db, clock):
    muted(db, clock, Scope.TRIAL, TRIAL)
    again = muted(db, clock, Scope.TRIAL, TRIAL, until=clock() + timedelta(hours=1))
    assert mutes.standing(db, now=clock()) == [again]
    assert str(again) == f"trial {TRIAL} muted until 2026-11-20T10:20:00Z"


def test_a_muted_watch_is_silent_unless_another_one_holds_the_trial(db, clock):
    muted(db, clock, Scope.WATCH, "noisy")
    assert silenced(db, clock, event(clock, watches=("noisy",)))
    assert not silenced(db, clock, event(clock, watches=("noisy", "dear")))
    assert not silenced(db, clock, event(clock, watches=("dear", "noisy")))
    assert not silenced(db, clock, event(clock, watches=()))
    muted(db, clock, Scope.WATCH, "dear")
    assert silenced(db, clock, event(clock, watches=("noisy", "dear")))


def test_a_muted_field_is_silent_unless_others_changed(db, clock):
    muted(db, clock, Scope.FIELD, "contacts")
    only = event(clock, changes=(change("contacts"),))
    assert silenced(db, clock, only)
    for changes in (("contacts", "status"), ("status", "contacts")):
        assert not silenced(db, clock, replace(only, changes=tuple(map(change, changes))))
    quiet = (change("contacts"), change("status", Severity.NOISE))
    assert silenced(db, clock, replace(only, changes=quiet))  # noise is not told anyway
    assert not silenced(db, clock, replace(only, changes=()))
    muted(db, clock, Scope.FIELD, "status")
    assert silenced(db, clock, replace(only, changes=tuple(map(change, ("contacts", "status")))))
