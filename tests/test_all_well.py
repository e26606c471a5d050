"""The line that says how the watching goes: once a period, whatever else was told, and honest."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.operated import HEAD, REFUSES, SENT, Operated
from doubles.plain_edits import nct, recruiting, with_status
from doubles.watching import ids_watch

WEEKLY = {"team": 'all_well = "mon 09:00"\ntimezone = "Europe/Berlin"'}


@pytest.fixture
def records():
    return [recruiting(number) for number in range(1, 6)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def watches(records):
    return ids_watch("all", *map(nct, records)) + ids_watch("two", *map(nct, records[:2]))


@pytest.fixture
def operated(tmp_path, registry, watches, clock):
    made = Operated(tmp_path, registry, watches, clock=clock, tables=WEEKLY)
    made.poll()
    yield made
    made.close()


def lines(operated, **span):
    if span:
        operated.clock.forward(**span)
    operated.app.lookout.say_all_well()
    operated.app.deliver()
    return operated.heard().get("team", [])


def at(operated, *moment):
    operated.clock.now = datetime(*moment, tzinfo=UTC)


def test_it_is_off_unless_asked_for(tmp_path, registry, watches, clock):
    operated = Operated(tmp_path, registry, watches, clock=clock)
    operated.poll()
    assert lines(operated) == lines(operated, days=30) == []
    assert operated.count("select count(*) from all_well") == 0
    operated.close()


def test_nothing_changed(operated):
    assert lines(operated) == []  # a Friday; from here on
    at(operated, 2026, 11, 23, 7, 59, 59)
    operated.app.poll()
    assert lines(operated) == []
    at(operated, 2026, 11, 23, 8)  # nine in Berlin
    assert lines(operated) == ["All is well: nothing changed in 5 trials since Fri 20 Nov"]
    (message,) = operated.channels["team"].messages
    assert dict(message.facts) == {
        "Last data build": "2026-11-20",
        "Polls": "2",
        "Next line": "Mon 30 Nov, 09:00 Europe/Berlin",
    }
    assert message.thread is None and message.items == ()
    assert lines(operated, days=6) == []
    at(operated, 2026, 11, 30, 8)
    operated.app.poll()
    assert lines(operated) == ["All is well: nothing changed in 5 trials since Mon 23 Nov"]
    assert dict(operated.channels["team"].messages[-1].facts)["Polls"] == "1"


def test_what_was_told_is_counted_and_the_line_is_said_all_the_same(operated, registry, records):
    lines(operated)
    registry.publish("2026-11-21", [with_status(record, "SUSPENDED") for record in records[:2]])
    operated.poll()
    registry.publish("2026-11-22", [with_status(records[0], "TERMINATED")])
    operated.poll()
    assert len(operated.heard()["team"]) == 3
    at(operated, 2026, 11, 23, 8)
    operated.poll()
    assert lines(operated) == [
        "All is well: 3 changes of 2 trials told since Fri 20 Nov; 3 of 5 trials quiet"
    ]
    operated.clock.forward(days=7)
    operated.poll()
    assert lines(operated) == ["All is well: nothing changed in 5 trials since Mon 23 Nov"]


def test_trials_that_were_told_of_and_have_left_are_no_part_of_those_that_are_watched(
    operated, registry, records
):
    lines(operated)
    registry.publish("2026-11-21", [with_status(record, "SUSPENDED") for record in records])
    operated.poll()
    operated.edit(ids_watch("all", *map(nct, records[:4])))
    operated.poll()
    assert operated.heard()["team"]
    at(operated, 2026, 11, 23, 8)
    operated.poll()
    assert lines(operated)[-1] == (
        "All is well: 5 changes of 5 trials told since Fri 20 Nov, 1 of them not watched any more; 0 of 4 trials quiet"
    )


def test_what_changed_and_is_not_told_here_is_not_passed_over(tmp_path, registry, watches, records, clock):
    route = '[[route]]\nto = ["team"]\nwatches = ["two"]\nmin_severity = "critical"\n'
    operated = Operated(tmp_path, registry, watches + route, clock=clock, tables=WEEKLY)
    operated.poll()
    lines(operated)
    registry.publish(
        "2026-11-21", [with_status(record, "ENROLLING_BY_INVITATION") for record in records[1:4]]
    )
    operated.poll()
    at(operated, 2026, 11, 23, 8)
    operated.app.poll()
    assert lines(operated) == [
        "All is well: 1 of 2 trials changed since Fri 20 Nov, in nothing that is told here"
    ]
    operated.close()


def test_what_is_not_well_is_said(operated, registry):
    lines(operated)
    registry.misbehave(Fault.broken(503), times=None)
    operated.app.poll()
    operated.app.poll()
    at(operated, 2026, 11, 23, 8)
    (line,) = lines(operated)
    assert line.startswith("Not all is well: ctgov: 2 polls failed, the last: ")
    (message,) = operated.channels["team"].messages
    assert [item.summary for item in message.items] == ["Nothing changed in 5 trials since Fri 20 Nov"]
    assert dict(message.facts)["Polls"] == "3, 2 of them incomplete"


def test_a_week_without_a_poll_is_no_quiet_week(operated):
    lines(operated)
    operated.clock.forward(minutes=1)
    at(operated, 2026, 11, 23, 8)
    lines(operated)
    at(operated, 2026, 11, 30, 8)
    (line,) = lines(operated)
    assert line == "Not all is well: nothing was polled since Mon 23 Nov"
    # Nor does it say that nothing changed: nobody knows.
    message = operated.channels["team"].messages[-1]
    assert not any("Nothing changed" in item.summary for item in message.items)


def test_it_is_said_once_over_restarts_and_once_after_a_long_sleep(operated, watches):
    lines(operated)
    at(operated, 2026, 11, 23, 8)
    operated.app.poll()
    assert len(lines(operated)) == 1
    operated.edit(watches)
    assert lines(operated, minutes=1) == []
    at(operated, 2026, 12, 24, 12)  # four Mondays later
    operated.edit(watches)
    operated.app.poll()
    assert len(lines(operated)) == 1
    assert lines(operated, minutes=1) == []
    at(operated, 2026, 12, 28, 8)
    operated.app.poll()
    assert lines(operated) == ["All is well: nothing changed in 5 trials since Thu 24 Dec"]


def test_another_rhythm_begins_anew_and_a_clock_that_was_ahead_puts_nothing_off(operated, watches):
    lines(operated)
    operated._tables["team"] = 'all_well = "daily 12:00"'
    operated.edit(watches)
    assert lines(operated) == []
    at(operated, 2026, 11, 20, 12)
    assert len(lines(operated)) == 1
    at(operated, 2030, 1, 1, 12)
    lines(operated)
    at(operated, 2026, 11, 21, 11)
    assert lines(operated) == []
    operated.app.poll()
    at(operated, 2026, 11, 21, 12)
    assert len(lines(operated)) == 1


def test_a_channel_that_refuses_gets_its_line_when_it_is_mended(operated):
    lines(operated)
    at(operated, 2026, 11, 23, 8)
    operated.app.poll()
    operated.channels["team"].answer = REFUSES
    assert lines(operated) == []
    operated.channels["team"].answer = SENT
    assert lines(operated, hours=1) == ["All is well: nothing changed in 5 trials since Fri 20 Nov"]


def test_each_channel_has_its_own(tmp_path, registry, watches, clock):
    tables = WEEKLY | {"night": 'all_well = "sat 09:00"', "ops": ""}
    operated = Operated(tmp_path, registry, watches, clock=clock, tables=tables, head=HEAD)
    operated.poll()
    lines(operated)
    at(operated, 2026, 11, 21, 9)
    operated.app.lookout.say_all_well()
    operated.app.deliver()
    assert list(operated.heard()) == ["night"]
    operated.close()
