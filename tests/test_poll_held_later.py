"""Held sweeps that wait while other things happen: a newer version, a watch that never works, a broken poll."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, recruiting, timeless, with_results, with_status, without
from doubles.watching import Watching, ids_watch, query_watch

from monitor.alerting.router import Router
from monitor.alerting.routes import Decision
from monitor.polling import held
from monitor.polling.report import Selection
from monitor.watches import WatchError
from snapshots.database import immediate

STUDIES = "/api/v2/studies"


class _Broken(BaseException):
    pass


class _BreaksOff(Router):
    def decide(self, event: Any) -> list[Decision]:
        raise _Broken


def resexed(record: dict[str, Any]) -> dict[str, Any]:
    new = copy.deepcopy(record)
    new["protocolSection"]["eligibilityModule"]["sex"] = "MALE"
    return new


@pytest.fixture
def records():
    return [timeless(with_results(recruiting(number))) for number in range(1, 41)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


def lose_results(registry, records, count, day="2026-11-23"):
    registry.publish(day, [without(record, "resultsSection") for record in records[:count]])


def test_accepting_a_hold_takes_no_trial_back_in_time(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    lose_results(registry, records, 12)
    watching.poll()
    stopped = with_status(records[0], "SUSPENDED", submitted="2026-11-23")
    registry.publish("2026-11-24", [stopped, *records[1:]])
    watching.poll(Selection(trials=(nct(stopped),)))  # one alone: nothing is concluded of the rest
    assert watching.told() == [("changed", nct(stopped))]
    assert watching.count("select count(*) from staged") == 11
    (one,) = held.standing(watching.app.db)
    watching.app.accept_held(one.row)
    watching.app.deliver()
    assert [trial for _, trial in watching.told()] == [nct(record) for record in records[1:12]]
    watching.poll()
    assert nct(stopped) not in [trial for _, trial in watching.told()]


def test_what_was_staged_against_an_older_version_is_not_written(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    lose_results(registry, records, 12)
    watching.poll()
    watching.app.db.execute("update staged_record set against = 0 where trial = ?", [nct(records[0])])
    watching.app.db.conn.commit()
    (one,) = held.standing(watching.app.db)
    assert len(watching.app.accept_held(one.row)) == 11
    assert watching.count("select count(*) from staged") == 0


def test_a_watch_that_never_works_keeps_no_hold_open(tmp_path, registry, records, ticking):
    watching = Watching(
        tmp_path,
        registry,
        ids_watch("a", *map(nct, records)) + query_watch("bad", advanced="AREA[Nonsense]1"),
        clock=ticking,
    )
    watching.poll()
    lose_results(registry, records, 12)
    watching.poll()
    registry.publish("2026-11-24", records[:12])
    assert watching.poll().finished == ["a"]  # all that waited was seen, and is there again
    assert held.standing(watching.app.db) == []
    assert watching.told() == []
    lost = with_status(without(records[20], "resultsSection"), "TERMINATED", submitted="2026-11-24")
    registry.publish("2026-11-25", [lost])
    watching.poll()
    assert watching.told() == [("changed", nct(lost))]


def test_a_few_losses_elsewhere_do_not_wait_with_a_hold(tmp_path, registry, records, ticking):
    watching = Watching(
        tmp_path,
        registry,
        ids_watch("a", *map(nct, records[20:])) + query_watch("q", status="SUSPENDED"),
        clock=ticking,
    )
    stopped = [with_status(record, "SUSPENDED") for record in records[:20]]
    registry.publish("2026-11-21", stopped)
    watching.poll()
    lose_results(registry, stopped, 12)
    assert len(watching.poll().held) == 1
    registry.publish("2026-11-24", [without(records[30], "resultsSection")])
    registry.misbehave(
        Fault.html(), times=None, path=STUDIES, where=lambda asked: "filter.ids" not in asked.query
    )
    assert watching.poll().finished == ["a"]
    assert watching.told() == [("changed", nct(records[30]))]
    (one,) = held.standing(watching.app.db)
    assert len(watching.app.accept_held(one.row)) == 12


def test_an_accepted_disappearance_is_not_used_up_by_a_poll_that_breaks_off(
    tmp_path, registry, records, ticking
):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", removed=[nct(record) for record in records[:8]])
    watching.poll()
    (one,) = held.standing(watching.app.db)
    watching.app.accept_held(one.row)
    registry.misbehave(Fault.forbidden(), times=1, where=lambda asked: asked.path.startswith(f"{STUDIES}/"))
    watching.poll()
    assert watching.told() == []
    assert watching.poll().held == []
    assert watching.told() == [("gone", nct(record)) for record in records[:8]]
    registry.publish("2026-11-24", removed=[nct(record) for record in records[8:16]])
    assert len(watching.poll().held) == 1  # that was about the others


def test_what_a_killed_poll_left_is_weighed_by_its_own_sweep_before_a_hold_is_booked(tmp_path, ticking):
    records = [timeless(with_results(recruiting(number))) for number in range(1, 41)]
    for record in records:
        record["protocolSection"]["eligibilityModule"]["sex"] = "ALL"
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        both = ids_watch("small", *map(nct, records[:12])) + ids_watch("big", *map(nct, records[12:]))
        watching = Watching(tmp_path, registry, both, clock=ticking)
        watching.poll()
        lose_results(registry, records, 8)
        watching.poll(Selection(watches=frozenset({"small"})))
        (one,) = held.standing(watching.app.db)
        registry.publish("2026-11-24", [resexed(record) for record in records[20:30]])
        registry.misbehave(Fault.forbidden(), times=1, path="/api/v2/version", skip=1)  # nothing is concluded
        router = _BreaksOff(watching.app.config)
        watching.app.router = lambda: router
        with pytest.raises(_Broken):
            watching.app.poll()
        assert watching.count("select count(*) from untold") == 10
        del watching.app.router
        assert len(watching.app.accept_held(one.row)) == 8
        watching.app.deliver()
        assert (
            watching.count("select count(*) from drift where label = 'Sex'") == 0
        )  # ten of forty, not of twelve
        alerts = {alert["trial"]: alert["severity"] for alert in watching.rung()}
        assert {alerts[nct(record)] for record in records[20:30]} == {"major"}


def test_what_is_being_accepted_is_not_dropped_and_is_booked_to_the_end(tmp_path, ticking):
    records = [timeless(with_results(recruiting(number))) for number in range(1, 61)]
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
        watching.poll()
        lose_results(registry, records, 60)
        watching.poll()
        (one,) = held.standing(watching.app.db)
        ctgov: Any = watching.app.registries["ctgov"]
        calls = []

        def url(trial: str) -> str:
            calls.append(trial)
            if len(calls) == 55:
                raise _Broken
            return f"https://example.org/{trial}"

        ctgov.url = url
        with pytest.raises(_Broken):  # as if killed amid the second fifty
            watching.app.accept_held(one.row)
        assert watching.count("select count(*) from event where kind = 'changed'") == 50
        with immediate(watching.app.db):
            assert not held.drop(watching.app.db, one.row, ticking())
        assert watching.poll().held == []
        assert sorted(trial for _, trial in watching.told()) == [nct(record) for record in records]
        assert watching.count("select count(*) from staged") == 0
        with pytest.raises(WatchError):
            watching.app.accept_held(one.row)


def test_what_was_dropped_is_not_accepted(tmp_path, registry, records, ticking):
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    lose_results(registry, records, 12)
    watching.poll()
    (one,) = held.standing(watching.app.db)
    with immediate(watching.app.db):
        assert held.drop(watching.app.db, one.row, ticking())
    with pytest.raises(WatchError):
        watching.app.accept_held(one.row)
    assert watching.count("select count(*) from version") == 40
