"""Mutes and snoozes: in force from one moment to another, and silent only when nothing in the event is still worth
telling."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.acting import mutes
from monitor.acting.mutes import Scope
from monitor.acting.people import Person, Via, named
from monitor.database import open_for_writing
from notifiers.outbox import Outbox
from snapshots.changeset import Action, FieldChange, Kind, Severity
from snapshots.database import immediate
from snapshots.event import Event, EventKind
from snapshots.events import insert

TRIAL = "NCT07146087"
ANNA = Person(name="anna", via=Via.SLACK, id="U1")


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


def snoozed(db, clock, scope, value, **span):
    with immediate(db):
        end = clock() + timedelta(**span)
        return mutes.mute(db, scope, value, until=end, now=clock(), by=ANNA, kind=mutes.Kind.SNOOZE)


def decided(db, clock, event):
    silence = mutes.silencing(mutes.standing(db, now=clock()), event)
    return None if silence is None else (silence.kind, silence.until)


def test_who_did_it_and_which_way_is_kept(db, clock):
    made = snoozed(db, clock, Scope.TRIAL, TRIAL, days=1)
    assert mutes.standing(db, now=clock()) == [made]
    assert (made.by, made.kind) == (ANNA, mutes.Kind.SNOOZE)
    assert str(made) == f"trial {TRIAL} snoozed until 2026-11-21T09:20:00Z by anna in Slack"
    with immediate(db):
        mutes.unmute(db, Scope.TRIAL, TRIAL, now=clock(), by=named(" b\nob\u202e ", Via.COMMAND))
    kept, ended = mutes.last_of(db, TRIAL)
    assert (kept, str(ended)) == (made, "b ob on the command line")


def test_a_snooze_puts_off_to_its_end_all_but_what_is_critical(db, clock):
    made = snoozed(db, clock, Scope.TRIAL, TRIAL, days=1)
    end = clock() + timedelta(days=1)
    assert decided(db, clock, event(clock)) == (mutes.Kind.SNOOZE, end)
    assert str(mutes.silencing([made], event(clock))) == f"snoozed: {made}"
    assert decided(db, clock, event(clock, severity=Severity.CRITICAL)) is None
    clock.forward(days=1)
    assert decided(db, clock, event(clock)) is None


def test_a_mute_silences_what_is_critical_too(db, clock):
    muted(db, clock, Scope.TRIAL, TRIAL)
    assert decided(db, clock, event(clock, severity=Severity.CRITICAL)) == (mutes.Kind.MUTE, None)


def test_a_snooze_without_an_end_is_refused(db, clock):
    with pytest.raises(ValueError, match="has an end"), immediate(db):
        mutes.mute(db, Scope.TRIAL, TRIAL, until=None, now=clock(), kind=mutes.Kind.SNOOZE)


def test_the_last_word_counts(db, clock):
    muted(db, clock, Scope.TRIAL, TRIAL)
    snoozed(db, clock, Scope.TRIAL, TRIAL, days=1)
    assert [one.kind for one in mutes.standing(db, now=clock())] == [mutes.Kind.SNOOZE]
    muted(db, clock, Scope.TRIAL, TRIAL)
    assert [one.kind for one in mutes.standing(db, now=clock())] == [mutes.Kind.MUTE]


def test_mutes_and_snoozes_together_put_off_to_the_first_end(db, clock):
    """At that moment something in the event is worth telling again."""
    muted(db, clock, Scope.WATCH, "one")
    snoozed(db, clock, Scope.WATCH, "two", days=2)
    snoozed(db, clock, Scope.WATCH, "three", days=1)
    both = event(clock, watches=("one", "two"))
    assert decided(db, clock, both) == (mutes.Kind.SNOOZE, clock() + timedelta(days=2))
    assert decided(db, clock, replace(both, watches=("one", "two", "three"))) == (
        mutes.Kind.SNOOZE,
        clock() + timedelta(days=1),
    )
    assert decided(db, clock, replace(both, watches=("one",))) == (mutes.Kind.MUTE, None)
    assert decided(db, clock, replace(both, watches=("one", "four"))) is None


def test_what_is_snoozed_twice_over_waits_for_the_last_end_and_what_is_muted_ends(db, clock):
    snoozed(db, clock, Scope.TRIAL, TRIAL, days=1)
    snoozed(db, clock, Scope.FIELD, "contacts", days=3)
    only = event(clock, changes=(change("contacts"),))
    assert decided(db, clock, only) == (mutes.Kind.SNOOZE, clock() + timedelta(days=3))
    muted(db, clock, Scope.WATCH, "noisy", until=clock() + timedelta(hours=1))
    assert decided(db, clock, replace(only, watches=("noisy",))) == (
        mutes.Kind.MUTE,
        clock() + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("scope", "value", "again"),
    [
        (Scope.TRIAL, TRIAL, True),
        (Scope.WATCH, "mine", True),
        (Scope.FIELD, "contacts", True),
        (Scope.TRIAL, "NCT00000001", False),
        (Scope.WATCH, "yours", False),
        (Scope.FIELD, "status", False),
    ],
)
def test_what_a_snooze_put_off_is_decided_on_anew_when_it_ends_early(db, clock, scope, value, again):
    snoozed(db, clock, scope, value, days=1)
    outbox, due = Outbox(db), clock()
    with immediate(db):
        number = insert(db, event(clock, changes=(change("contacts"),), watches=("mine",)))
        for notifier in ("team", "digest"):
            outbox.enqueue(
                "e",
                notifier,
                thread=f"ctgov:{TRIAL}",
                order=number,
                due_at=due,
                now=due,
                urgent=False,
            )
        team, digest = (one.id for one in outbox.due(None, due))
        outbox.put_off([team], clock() + timedelta(days=1), reason="test")  # by the snooze
        outbox.put_off(
            [digest], clock() + timedelta(hours=7), reason="test"
        )  # a digest waits for its own time
    clock.forward(hours=1)
    with immediate(db):
        assert mutes.unmute(db, scope, value, now=clock())
    assert [one.id for one in outbox.due(None, clock())] == ([team] if again else [])
