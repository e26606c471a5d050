"""What the log says of telling: one line of what came of a round, none where there was nothing to tell."""

from __future__ import annotations

import json

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.operated import SENT, UNFIT, Operated
from doubles.plain_edits import nct, recruiting, with_status
from doubles.watching import ids_watch

from monitor import logs
from notifiers.notifier import Outcome, Result


@pytest.fixture
def records():
    return [recruiting(number) for number in range(1, 4)]


@pytest.fixture
def operated(tmp_path, records, clock):
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        watches = ids_watch("all", *map(nct, records)) + '[[route]]\nto = ["team"]\n'
        made = Operated(tmp_path, registry, watches, clock=clock)
        made.poll()
        logs.configure()
        yield made
        made.close()


def said(capsys):
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    keep = (
        "notifier",
        "outcome",
        "made",
        "sent",
        "failed",
        "refused",
        "later",
        "put_off",
        "messages",
        "seconds",
    )
    return [
        {key: line[key] for key in keep if key in line}
        for line in lines
        if line["event"] == "told" and line["level"] == "info"
    ]


def change(operated, records, day, number=0):
    operated.registry.publish(day, [with_status(records[number], "SUSPENDED")])
    operated.app.poll()


def test_a_round_that_tells_is_a_line_with_ids_and_counts_and_a_quiet_one_is_none(operated, records, capsys):
    operated.app.deliver()
    assert said(capsys) == []
    change(operated, records, "2026-11-23")
    operated.app.deliver()
    (sent,) = operated.channels["team"].messages
    assert said(capsys) == [
        {"notifier": "team", "outcome": "sent", "made": 1, "sent": 1, "messages": [sent.id], "seconds": 0.0}
    ]
    operated.app.deliver()
    assert said(capsys) == []


def test_what_failed_and_what_is_tried_again_is_said(operated, records, capsys):
    operated.channels["team"].answer = Outcome(result=Result.LATER, reason="busy")
    change(operated, records, "2026-11-23")
    operated.app.deliver()
    (line,) = said(capsys)
    assert line["outcome"] == "to be tried again" and (line["made"], line["later"]) == (1, 1)
    assert line["messages"] == []
    operated.channels["team"].answer = UNFIT
    operated.clock.forward(hours=1)
    operated.app.deliver()
    (line,) = said(capsys)
    assert line["outcome"] == "failed" and line["failed"] == 1 and len(line["messages"]) == 1
    operated.channels["team"].answer = SENT


def test_what_is_put_off_to_its_time_is_said_once(operated, records, capsys):
    operated._tables["team"] = 'quiet_hours = "00:00-23:59"\n'
    operated.edit(ids_watch("all", *map(nct, records)) + '[[route]]\nto = ["team"]\n')
    operated.registry.publish("2026-11-23", [with_status(records[0], "ENROLLING_BY_INVITATION")])
    operated.app.poll()
    operated.app.deliver()
    (line,) = said(capsys)
    assert (line["outcome"], line["put_off"], line["messages"]) == ("waits", 1, [])
    operated.app.deliver()
    assert said(capsys) == []
