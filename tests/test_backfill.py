"""Backfill: every trial gets its past, in whatever order it comes, and nobody is told."""

from __future__ import annotations

import sqlite3
import threading
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.pasts import line, on, submitted, with_pasts
from doubles.plain_edits import nct, with_status
from doubles.watching import Watching, ids_watch

from monitor.demo.registry import DemoRegistry
from monitor.past import backlog
from monitor.past.planned import Bounds
from monitor.schedule import Service
from snapshots.changes import compare
from snapshots.changeset import Severity, Source
from snapshots.deadlines.standing import last_standing
from snapshots.errors import DatabaseHeld
from snapshots.record import canonical

LINES = [line(number, 6) for number in (1, 2, 3)]
ONE, TWO, THREE = (nct(versions[-1]) for versions in LINES)


@pytest.fixture
def registry():
    with LoopbackRegistry([versions[-1] for versions in LINES], day="2026-11-20") as running:
        with_pasts(running, *LINES)
        yield running


@pytest.fixture
def watching(tmp_path, registry, clock):
    made = Watching(tmp_path, registry, ids_watch("w", ONE, TWO, THREE), clock=clock)
    made.poll()
    registry.forget()
    yield made
    made.close()


def ask(watching, *trials, **bounds):
    db = watching.app.db
    backlog.ask(db, "ctgov", trials, Bounds(**bounds), rank=backlog.front(db, "ctgov"), now=watching.clock())


def brought(watching, *trials, **bounds):
    """Asked for, and worked off by the service's job."""
    ask(watching, *trials, **bounds)
    watching.app.backfill()


def asked_for(registry):
    """Numbers of the versions that were asked for, as the archive's tab counts; `list` for a history."""
    found = []
    for request in registry.requests("/api/int/*"):
        *_, last = request.path.split("/")
        found.append("list" if last == "history" else int(last) + 1)
    return found


def events_of(watching, trial):
    """The archive's, oldest first."""
    found = watching.app.reader().events(trial=trial, min_severity=Severity.NOISE, limit=500)
    return sorted(
        (event for _, event in found if event.to is not None and event.to.source is Source.ARCHIVE),
        key=lambda event: event.to.version,
    )


def pairs(watching, trial):
    return [(event.from_.version, event.to.version) for event in events_of(watching, trial)]


def state(watching, trial):
    return watching.app.db.execute(
        "select state, stored, changes, reason from backfill where trial = ?", [trial]
    ).fetchone()


def test_a_past_is_stored_version_by_version_and_read_as_changes_are_today(watching, registry):
    brought(watching, ONE)
    assert asked_for(registry) == ["list", 1, 2, 3, 4, 5, 6]
    reader = watching.app.reader()
    for number, version in enumerate(LINES[0], start=1):
        stored = reader.record("ctgov", ONE, Source.ARCHIVE, number)
        assert stored["protocolSection"]["statusModule"] == version["protocolSection"]["statusModule"]
    assert pairs(watching, ONE) == [(n, n + 1) for n in range(1, 6)]
    events = events_of(watching, ONE)
    assert events[0].id == f"ctgov:{ONE}:changed:r1-r2"
    assert events[1].headline.startswith("Suspended → Recruiting: back to Recruiting after 30 days")
    assert (events[1].from_.updated, events[1].to.updated) == ("2025-01-31", "2025-03-02")
    assert state(watching, ONE) == ("done", 6, 5, None)
    assert reader.check_ledger() == []


def test_nobody_is_told_and_nothing_of_ours_is_touched(watching, registry):
    def ours():
        return [
            watching.app.db.execute(f"select * from {table} order by 1, 2").fetchall()
            for table in ("delivery", "message", "untold", "deadline", "turning", "member")
        ] + [
            watching.app.db.execute(
                "select title, status, updated, snapshots, has_results from trial order by trial"
            ).fetchall(),
            watching.app.db.execute("select * from head where line = 'snapshot' order by trial").fetchall(),
        ]

    before = ours()
    standing = last_standing(watching.app.db, "ctgov", ONE)
    brought(watching, ONE, TWO, THREE)
    watching.app.look()
    watching.app.deliver()
    watching.poll()
    assert watching.rung() == []
    assert ours() == before
    assert last_standing(watching.app.db, "ctgov", ONE) == standing
    assert watching.app.reader().events(archive=False) == []
    assert watching.count("select count(*) from event") == 15


def test_what_is_stored_is_not_asked_for_twice(watching, registry):
    brought(watching, ONE)
    registry.forget()
    brought(watching, ONE)
    assert asked_for(registry) == []  # less than a day ago
    watching.clock.forward(days=2)
    brought(watching, ONE)
    assert asked_for(registry) == ["list"]
    newer = on(with_status(LINES[0][-1], "COMPLETED"), date(2026, 11, 18))
    registry.archive.append(newer)
    watching.clock.forward(days=2)
    registry.forget()
    brought(watching, ONE)
    assert asked_for(registry) == ["list", 7]
    assert pairs(watching, ONE)[-1] == (6, 7)


def test_bounds_bring_the_newest_and_what_was_registered(watching, registry):
    brought(watching, ONE, newest=2)
    assert asked_for(registry) == ["list", 1, 5, 6]
    assert pairs(watching, ONE) == [(5, 6)]
    registry.forget()
    brought(watching, TWO, since=submitted(LINES[1][3]))
    assert asked_for(registry) == ["list", 1, 3, 4, 5, 6]  # the third stood on that day until it was replaced
    assert pairs(watching, TWO) == [(3, 4), (4, 5), (5, 6)]


def test_a_gap_filled_later_makes_the_line_what_it_would_have_been(watching, registry, tmp_path):
    brought(watching, TWO)
    brought(watching, ONE, newest=2)
    first = {event.id: event.at for event in events_of(watching, ONE)}
    watching.clock.forward(hours=1)
    brought(watching, ONE)
    filled, whole = events_of(watching, ONE), events_of(watching, TWO)
    assert pairs(watching, ONE) == pairs(watching, TWO)
    # The two trials turn alike, so that what is said of them is the same wherever the order does not show.
    assert [event.headline for event in filled] == [event.headline for event in whole]
    assert filled[-1].headline.startswith("Recruiting → Suspended again after 30 days")
    assert {event.id: event.at for event in filled if event.id in first} == first  # they are what they were


def test_steps_that_a_poll_told_stand_in_the_same_line(tmp_path, registry, clock):
    watching = Watching(tmp_path, registry, ids_watch("w", ONE), clock=clock, history=True)
    watching.poll()
    versions = [
        on(with_status(LINES[0][-1], "RECRUITING"), date(2026, 11, 19)),
        on(with_status(LINES[0][-1], "SUSPENDED"), date(2026, 11, 20)),
    ]
    for day, version in zip(("2026-11-23", "2026-11-24"), versions, strict=True):
        registry.publish(day, [version])
    watching.poll()
    assert len(watching.rung()) == 1
    assert pairs(watching, ONE) == [(6, 7), (7, 8)]
    told = watching.app.db.execute("select * from event where to_source = 'snapshot'").fetchall()
    registry.forget()
    brought(watching, ONE)
    assert asked_for(registry) == ["list", 1, 2, 3, 4, 5]
    assert pairs(watching, ONE) == [(n, n + 1) for n in range(1, 8)]
    assert "again after" in events_of(watching, ONE)[-1].headline  # its past is known now
    assert watching.app.db.execute("select * from event where to_source = 'snapshot'").fetchall() == told
    watching.app.deliver()
    assert watching.rung() == []
    watching.close()


def test_steps_after_a_backfill_ask_only_for_what_is_new(tmp_path, registry, clock):
    watching = Watching(tmp_path, registry, ids_watch("w", ONE), clock=clock, history=True)
    watching.poll()
    brought(watching, ONE)
    registry.publish("2026-11-23", [on(with_status(LINES[0][-1], "RECRUITING"), date(2026, 11, 19))])
    registry.publish("2026-11-24", [on(with_status(LINES[0][-1], "SUSPENDED"), date(2026, 11, 20))])
    registry.forget()
    watching.poll()
    assert asked_for(registry) == ["list", 7, 8]
    watching.close()


def test_a_poll_that_breaks_off_amid_its_steps_loses_nothing(tmp_path, registry, clock):
    watching = Watching(tmp_path, registry, ids_watch("w", ONE), clock=clock, history=True)
    watching.poll()
    for day, turn in ((19, "RECRUITING"), (20, "SUSPENDED"), (21, "RECRUITING")):
        registry.publish(f"2026-11-{day + 4}", [on(with_status(LINES[0][-1], turn), date(2026, 11, day))])
    registry.misbehave(Fault.broken(404), path=f"/api/int/studies/{ONE}/history/8")
    watching.poll()
    assert pairs(watching, ONE) == [(6, 7), (7, 8)]
    brought(watching, ONE)
    assert pairs(watching, ONE) == [(n, n + 1) for n in range(1, 9)]
    watching.close()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.forbidden(), "refused this client"),
        (Fault.too_many(), "it answered 429"),
        (Fault.broken(500), "it answered 500"),
        (Fault.not_found(), "no version 3"),
        (Fault.html(), "no answer that can be believed"),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_what_fails_over_one_trial_sets_it_aside_and_the_others_go_on(watching, registry, fault, reason):
    registry.misbehave(fault, times=None, path=f"/api/int/studies/{ONE}/history/2")
    brought(watching, ONE, TWO)
    assert state(watching, TWO)[0] == "done"
    aside, stored, changes, why = state(watching, ONE)
    assert (aside, stored, changes) == ("aside", 2, 1)  # what came stays
    assert reason in why
    registry.behave()
    registry.forget()
    brought(watching, ONE)
    assert asked_for(registry) == ["list", 3, 4, 5, 6]
    assert pairs(watching, ONE) == [(n, n + 1) for n in range(1, 6)]


def test_a_trial_without_a_history_is_set_aside(watching, registry):
    registry.archive.remove(ONE)
    brought(watching, ONE, TWO)
    assert state(watching, ONE)[0] == "aside"
    assert "keeps no history" in state(watching, ONE)[3]
    assert state(watching, TWO)[0] == "done"


def test_a_registry_that_is_down_pauses_all_and_sets_nobody_aside(watching, registry):
    ask(watching, ONE, TWO)
    registry.misbehave(Fault.broken(503), times=None)
    watching.app.backfill()
    assert {state(watching, trial)[0] for trial in (ONE, TWO)} == {"asked"}
    until, why = backlog.paused(watching.app.db, "ctgov", now=watching.clock())
    assert "503" in why and until > watching.clock()
    registry.behave()
    registry.forget()
    watching.app.backfill()
    assert registry.requests() == []  # it is left alone
    watching.clock.now = until
    watching.app.backfill()
    assert {state(watching, trial)[0] for trial in (ONE, TWO)} == {"done"}
    assert watching.count("select count(*) from backfill_pause") == 0


def test_a_history_that_is_down_as_a_whole_pauses_after_a_few(tmp_path, clock):
    lines = [line(number, 2) for number in range(1, 10)]
    with LoopbackRegistry([versions[-1] for versions in lines], day="2026-11-20") as registry:
        trials = with_pasts(registry, *lines)
        watching = Watching(tmp_path, registry, ids_watch("w", *trials), clock=clock)
        watching.poll()
        registry.misbehave(Fault.forbidden(), times=None, path="/api/int/*")
        brought(watching, *trials)
        assert watching.count("select count(*) from backfill where state = 'aside'") == 5
        assert backlog.paused(watching.app.db, "ctgov", now=clock())[1].startswith("5 trials in a row")
        watching.close()


def test_a_defect_over_one_trial_holds_up_no_other(watching, registry):
    registry.misbehave(
        Fault.rewritten(lambda answer: answer["study"]["protocolSection"].update(statusModule=[1])),
        times=None,
        path=f"/api/int/studies/{ONE}/history/3",
    )
    brought(watching, ONE, TWO)
    assert [state(watching, trial)[0] for trial in (ONE, TWO)] == ["aside", "done"]


def test_a_registry_that_wants_to_be_left_alone_is(watching, registry):
    ask(watching, ONE)
    registry.misbehave(Fault.too_many(retry_after=7200), path=f"/api/int/studies/{ONE}/history")
    watching.app.backfill()
    assert state(watching, ONE)[0] == "asked"
    until, _ = backlog.paused(watching.app.db, "ctgov", now=watching.clock())
    assert (until - watching.clock()).total_seconds() == 7200


def test_a_database_that_is_held_is_nobodys_fault(watching, registry):
    ask(watching, ONE)
    watching.app.db.execute("pragma busy_timeout = 20")
    other = sqlite3.connect(watching.folder / "t.db", isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(DatabaseHeld):
        watching.app.backfill()
    other.execute("rollback")
    other.close()
    watching.app.backfill()
    assert state(watching, ONE)[0] == "done"


def test_who_polls_goes_first(watching, registry):
    """A poll that becomes due amid a backfill waits for one request, and the backfill for the whole poll."""
    ask(watching, ONE, TWO, THREE)
    order = []
    polls = threading.Thread(target=lambda: (watching.app.poll(), watching.app.close_thread()))

    def seen(request):
        order.append("past" if "/int/" in request.path else "poll")
        if len(order) == 5:
            polls.start()
            while not watching.app._turns._waiting:
                pass

    registry.publish("2026-11-23", [])
    registry.on_request = seen
    watching.app.backfill()  # it ends when somebody waits
    polls.join(30)
    watching.app.backfill()
    assert order[:5] == ["past"] * 5
    polling = [place for place, kind in enumerate(order) if kind == "poll"]
    assert polling == list(range(5, 5 + len(polling)))
    assert len(order) == 3 * 7 + len(polling)


def test_a_service_that_is_to_end_waits_for_one_request(watching, registry):
    """As when its configuration is read again. Whoever looks first puts a backfill off to the next tick."""
    ask(watching, ONE, TWO, THREE)
    service = Service(watching.app, tick=0.2)
    ending = threading.Thread(target=lambda: service.stop(at_once=False))
    past = []

    def seen(request):
        if "/int/" in request.path:
            past.append(request)
            if len(past) == 3:
                ending.start()
                assert service._ending.wait(30)

    registry.on_request = seen
    service.start()
    assert service._ending.wait(30)
    ending.join(30)
    assert not ending.is_alive()
    assert len(past) == 3


def test_what_a_watch_holds_puts_itself_in_where_that_is_switched_on(tmp_path, registry, clock):
    watching = Watching(tmp_path, registry, ids_watch("w", ONE, TWO), clock=clock)
    watching.poll()
    assert watching.count("select count(*) from backfill") == 0
    watching.backfill = True
    watching.edit(ids_watch("w", ONE, TWO, THREE))
    watching.poll()
    watching.app.backfill()
    assert {state(watching, trial)[0] for trial in (ONE, TWO, THREE)} == {"done"}
    registry.publish("2026-11-23", [])
    registry.forget()
    watching.poll()
    watching.app.backfill()
    assert asked_for(registry) == []
    watching.close()


@pytest.mark.parametrize("switched_on", [True, False])
def test_what_was_set_aside_over_what_passes_is_taken_up_at_the_next_builds(
    watching, registry, clock, switched_on
):
    watching.backfill = switched_on
    registry.archive.remove(TWO)
    registry.misbehave(Fault.broken(503), times=None, path=f"/api/int/studies/{ONE}/history/2")
    brought(watching, ONE, TWO)
    assert {state(watching, trial)[0] for trial in (ONE, TWO)} == {"aside"}
    watching.poll()
    watching.app.backfill()
    assert state(watching, ONE)[0] == "aside"  # no new build
    tried = 0
    for day in range(1, 7):
        clock.now += timedelta(days=1)
        registry.publish(f"2026-12-{day:02}")
        assert watching.poll().outcome == "complete"
        assert state(watching, TWO)[0] == "aside"  # it has no history
        tried += state(watching, ONE)[0] == "asked"
        watching.app.backfill()
        assert state(watching, ONE)[0] == "aside"
    assert tried == backlog.MOST_AGAIN
    registry.behave()
    brought(watching, ONE)  # a person asks
    assert state(watching, ONE)[0] == "done"


def test_what_passed_is_brought_at_the_next_build(watching, registry):
    registry.misbehave(Fault.forbidden(), times=None, path=f"/api/int/studies/{ONE}/history/2")
    brought(watching, ONE)
    assert state(watching, ONE)[0] == "aside"
    registry.behave()
    registry.publish("2026-12-01")
    watching.poll()
    watching.app.backfill()
    assert state(watching, ONE)[0] == "done" and pairs(watching, ONE) == [(n, n + 1) for n in range(1, 6)]


def test_the_seam_says_nothing(watching, registry):
    """The newest archive version and the snapshot of the same submission are one version of the history."""
    brought(watching, ONE)
    versions = watching.app.reader().versions("ctgov", ONE)
    (ours,) = [one for one in versions if one.ref.source is Source.SNAPSHOT]
    assert (ours.equal_to.source, ours.equal_to.version) == (Source.ARCHIVE, 6)
    reader = watching.app.reader()
    newest = reader.record("ctgov", ONE, Source.ARCHIVE, 6)
    told = compare(newest, reader.record("ctgov", ONE, Source.SNAPSHOT, 1), from_=ours.equal_to, to=ours.ref)
    assert told.quiet
    assert canonical(newest) != canonical(LINES[0][-1])  # or nothing is shown by it


def test_the_demos_registry_has_pasts_too(tmp_path, clock):
    with DemoRegistry() as demo:
        trials = demo.trials()
        watching = Watching(tmp_path, SimpleNamespace(url=demo.origin), ids_watch("w", *trials), clock=clock)
        watching.poll()
        brought(watching, *trials)
        assert {state(watching, trial)[0] for trial in trials} == {"done"}
        paired = 0
        for trial in trials:
            versions = watching.app.reader().versions("ctgov", trial)
            archive = [one for one in versions if one.ref.source is Source.ARCHIVE]
            assert [one.ref.version for one in archive] == list(range(1, len(archive) + 1))
            paired += archive[-1].equal_to is not None
        assert paired == len(trials)  # what is published is what was submitted last
        watching.close()
