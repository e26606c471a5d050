"""A machine's clock that was ahead for a while, years maybe: it holds nothing up once it is right again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.deadline_records import timed
from doubles.plain_edits import nct, recruiting, timeless, with_status
from doubles.watching import Watching, ids_watch

from monitor import due
from monitor.schedule import Service

AHEAD = datetime(2028, 1, 1, tzinfo=UTC)
RIGHT = datetime(2026, 11, 23, 10, tzinfo=UTC)
RECORD = timeless(recruiting(1))


@pytest.fixture
def registry():
    with LoopbackRegistry([RECORD], day="2026-11-20") as running:
        yield running


@pytest.fixture
def watching(tmp_path, registry, clock):
    made = Watching(tmp_path, registry, ids_watch("a", nct(RECORD)), clock=clock)
    made.poll()
    yield made
    made.close()


def test_what_was_to_be_told_at_once_is_told_when_the_clock_is_right_again(watching, registry, clock):
    clock.now = AHEAD
    registry.publish("2026-11-23", [with_status(RECORD, "SUSPENDED", submitted="2026-11-22")])
    watching.app.poll()
    clock.now = RIGHT
    watching.app.deliver()
    assert watching.told() == [("changed", nct(RECORD))]


def test_the_next_poll_is_due_at_once_and_health_says_why(watching, registry, clock):
    service = Service(watching.app)
    clock.now = AHEAD
    watching.app.poll()
    clock.now = RIGHT
    assert service.look().health(service.app.db, service.app.clock()).problems == (
        "ctgov: the last good poll is dated 2028-01-01 00:00 UTC, which is yet to come: this machine's clock was"
        " wrong then, or is now",
    )
    assert service.poll_if_due()
    assert service.look().health(service.app.db, service.app.clock()).ok
    assert service.next_poll("ctgov") == RIGHT + service._moments.every
    assert not service.poll_if_due()


def test_a_poll_that_failed_then_is_tried_again_and_not_at_every_tick(watching, registry, clock):
    service = Service(watching.app)
    clock.now = AHEAD
    registry.misbehave(Fault.too_many(retry_after=3600), times=None)
    watching.poll()
    clock.now = RIGHT
    registry.misbehave(Fault.html(), times=None)
    assert service.poll_if_due()
    assert due.standing(watching.app.db, "ctgov").failures == 2
    assert not service.poll_if_due()
    clock.now = RIGHT + timedelta(minutes=2)
    assert service.poll_if_due()


def test_a_look_enters_no_states_of_years_to_come(tmp_path, clock):
    """Results are due on 2026-12-25, and overdue from 2027-01-25."""
    record = timed("NCT00000001", primary="2025-12-25", verified="2026-10")
    with LoopbackRegistry([record], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("d", nct(record)), clock=clock)
        watching.poll()
        clock.now = datetime(2031, 1, 1, tzinfo=UTC)
        looked = watching.app.look()
        assert looked.problems == [
            "the clock says 2031-01-01 and the newest data build is of 2026-11-20: what falls due after 2026-11-27"
            " waits for a newer build, or for a clock that is right"
        ]
        watching.app.deliver()
        assert [alert["detail"] for alert in watching.rung()] == ["results-due-soon"]
        for day, told in (("2026-11-26", []), ("2027-01-25", ["results-overdue"])):
            registry.publish(day)
            clock.now = datetime.fromisoformat(f"{day}T10:00:00+00:00")
            watching.app.poll()
            assert watching.app.look().problems == []
            watching.app.deliver()
            assert [alert["detail"] for alert in watching.rung()] == told
        watching.close()


def test_a_version_stored_then_enters_no_states_of_years_to_come(tmp_path, clock):
    """A first sight is silent: what it entered by a clock years ahead would never be told."""
    record = timed("NCT00000001", primary="2025-12-25", verified="2026-10")
    with LoopbackRegistry([record], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("d", nct(record)), clock=clock)
        clock.now = datetime(2031, 1, 1, tzinfo=UTC)
        watching.poll()
        for day, told in (("2026-12-01", []), ("2027-01-25", ["results-overdue"])):
            registry.publish(day)
            clock.now = datetime.fromisoformat(f"{day}T10:00:00+00:00")
            watching.app.poll()
            watching.app.look()
            watching.app.deliver()
            assert [alert["detail"] for alert in watching.rung()] == told
        watching.close()
