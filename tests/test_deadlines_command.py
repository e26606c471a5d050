"""`trialbell deadlines`, and how a state is told: the alert, routes, severities and mutes by its name."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from doubles.asking import asking
from doubles.ctgov import LoopbackRegistry
from doubles.deadline_records import timed
from doubles.web_history import History
from inline_snapshot import snapshot

from monitor.acting import mutes
from monitor.acting.mutes import Mute, Scope
from monitor.alerting import alerts
from monitor.alerting.router import Router
from monitor.config import read
from monitor.database import open_for_writing
from notifiers.message import Level
from snapshots.changeset import Severity, Source, VersionRef
from snapshots.database import immediate
from snapshots.deadlines.rules import states
from snapshots.deadlines.standing import Entered
from snapshots.deadlines.states import StateKind
from snapshots.deadlines.telling import deadline_event
from snapshots.event import Event, EventKind, event_json
from snapshots.store import Store
from snapshots.stored import Trial

NOW = datetime(2026, 11, 25, 9, 20, tzinfo=UTC)
LATE = timed("NCT00000001", primary="2025-08-03", estimated=True)  # overdue since 2026-09-03
SOON = timed("NCT00000002", status="NOT_YET_RECRUITING", start="2026-12", primary=None, completion="2029-01")


@pytest.fixture
def at_noon():
    with time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def stored(terminal, at_noon):
    with LoopbackRegistry([LATE, SOON], day="2026-11-20") as registry:
        terminal.write(
            "config.toml",
            f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            '[[watch]]\nname = "two"\nids = ["NCT00000001", "NCT00000002"]\n'
            '[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n',
        )
        assert terminal.run("check").code == 0
        yield terminal, registry


def test_what_stands_is_listed_one_value_a_line(stored):
    terminal, _ = stored
    ran = terminal.run("deadlines", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.values == [
        {
            "trial": "NCT00000001",
            "title": "Study NCT00000001",
            "severity": "major",
            "state": "results-overdue",
            "due": "2026-08-03",
            "assumed": False,
            "reason": "Results appear overdue since 3 September 2026: primary completion was to be 3 August 2025"
            " (estimated), they were due a year later, on 3 August 2026, and 30 days of grace have passed",
            "since": "2026-09-03",
            "standing": True,
            "turns": None,
        }
    ]
    assert terminal.run("deadlines", "nct1", "--state", "results-overdue", "--json").values == ran.values


def test_what_is_to_come_says_in_how_many_days(stored):
    terminal, _ = stored
    assert terminal.run("deadlines", "NCT00000002").out == ""
    assert terminal.run("deadlines", "NCT00000002", "--within", "36").out == ""
    ran = terminal.run("deadlines", "NCT00000002", "--within", "37", "--json")
    (line,) = ran.values
    assert (line["state"], line["standing"], line["turns"]) == ("start-passed", False, "2027-01-01")
    assert (line["due"], line["assumed"]) == ("2026-12-31", True)
    assert line["reason"].startswith("in 37 days, if the record stays as it is: Start date December 2026")
    plain = terminal.run("deadlines", "--within", "37").out.splitlines()
    assert plain[0].startswith("NCT00000001  results-overdue    since 2026-09-03  Study NCT00000001")
    assert plain[1].strip().startswith("Results appear overdue since 3 September 2026")
    assert any(text.startswith("NCT00000002  start-passed       in 37 days ") for text in plain)


def test_a_day_is_answered_by_the_version_of_that_day(stored):
    terminal, registry = stored
    registry.publish("2026-11-24", [timed("NCT00000001", primary="2026-08-03", build="2026-11-24")])
    assert terminal.run("check").code == 0
    assert terminal.run("deadlines", "NCT00000001").out == ""

    def found(day):
        return [
            one["state"] for one in terminal.run("deadlines", "NCT00000001", "--as-of", day, "--json").values
        ]

    assert found("2026-11-23") == ["results-overdue"]
    assert found("2026-11-24") == []
    assert found("2027-08-03") == ["results-due-soon"]
    early = terminal.run("deadlines", "NCT00000001", "--as-of", "2026-11-01")
    assert (early.code, early.err.splitlines()[0]) == (
        2,
        "error: no version of `NCT00000001` as of 2026-11-01",
    )
    ran = terminal.run("deadlines", "--as-of", "2026-11-01")
    assert (ran.code, ran.out) == (0, "")
    assert "had no version stored on 2026-11-01" in ran.err and "no state stands" not in ran.err


def test_a_box_that_was_off_answers_by_today_all_the_same(stored):
    terminal, registry = stored
    registry.stop()
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=UTC), tick=True):
        states = [one["state"] for one in terminal.run("deadlines", "--json").values]
    assert states == ["results-overdue", "start-passed"]


def test_a_check_tells_what_time_made_and_a_second_one_nothing(stored):
    terminal, registry = stored
    registry.publish("2026-12-31")
    with time_machine.travel(datetime(2026, 12, 31, 12, tzinfo=UTC), tick=True):
        assert terminal.run("check", "--json").values == []
    with time_machine.travel(datetime(2027, 1, 3, 12, tzinfo=UTC), tick=True):
        ran = terminal.run("check", "--json")
        (event,) = ran.values
        assert event["id"] == "ctgov:NCT00000002:deadline:start-passed:2027-01-01"
        assert "seen before, nothing to do" in ran.err and "log: 1 sent" in ran.err
        again = terminal.run("check", "--json")
        assert again.out == "" and "sent" not in again.err
    lines = (terminal.folder / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [event["id"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--state", "overdue"), "error: no such state: `overdue`"),
        (("--as-of", "yesterday"), "error: no such day: `yesterday`"),
        (("--as-of", "2026-02-30"), "error: no such day: `2026-02-30`"),
        (("--as-of", "9999-12-31"), "error: no such day: `9999-12-31`"),
        (("NCT00000009",), "error: nothing stored: `NCT00000009`"),
        (("--within", "-1"), "error: invalid value for '--within'"),
        (("--within", "soon"), "error: invalid value for '--within'"),
    ],
)
def test_wrong_use_is_one_line(stored, arguments, said):
    ran = stored[0].run("deadlines", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)


def test_a_state_misspelt_is_put_right(stored):
    assert "did you mean `results-overdue`?" in stored[0].run("deadlines", "--state", "result-overdue").err


def test_without_a_database_it_says_so(terminal):
    ran = terminal.run("deadlines")
    assert (ran.code, ran.err.splitlines()[0][:19]) == (2, "error: no database:")


def event_of(record, kind):
    """The event of a state that holds on 2026-11-25."""
    state = next(one for one in states(record, date(2026, 11, 25)) if one.state == kind)
    told = {"registry": "ctgov", "trial": "NCT00000001", "title": "A study", "sponsor": "A Hospital"}
    trial = Trial(**(dict.fromkeys(Trial.__dataclass_fields__) | told))
    version = VersionRef(
        source=Source.SNAPSHOT, version=3, seen_at=NOW, updated="2026-11-19", build="2026-11-20"
    )
    entered = Entered(state=state, on=state.since or date(2026, 11, 25))
    return deadline_event(trial, entered, to=version, at=NOW, url=None, watches=("two",))


OVERDUE = event_of(LATE, StateKind.RESULTS_OVERDUE)


def test_the_alert_of_an_overdue():
    message = alerts.message_of(
        OVERDUE, message_id="m", order=1, public_url=None, payload=event_json(OVERDUE)
    )
    assert message.headline == f"NCT00000001: {OVERDUE.headline}"
    (item,) = message.items
    assert (item.level, item.label) == (Level.MAJOR, "Results appear overdue")
    assert item.summary == snapshot(
        "Under FDAAA 801 the results of such a trial are due a year after primary completion, and with a certificate"
        " of delay three; this is said when 30 days more have passed; as far as the record shows: an exemption or"
        " extension that it does not show may apply"
    )
    assert item.reason == ""
    assert message.facts == (
        ("Seen by us", "2026-11-25 09:20 UTC"),
        ("Watched by", "two"),
    )
    for kind in StateKind:
        if kind is not StateKind.RESULTS_OVERDUE:
            told = alerts.message_of(
                replace(OVERDUE, detail=kind.value), message_id="m", order=1, public_url=None, payload=None
            )
            assert told.items[0].label != message.items[0].label
            assert told.items[0].label != "With time"


def routed(text, event=OVERDUE):
    config = read('[notifiers.log]\ntype = "jsonl"\npath = "a"\n' + text, Path("config.toml"))
    return [(one.send, one.reason) for one in Router(config).decide(event)]


def test_routes_take_states_by_name_and_tag():
    assert routed('[[route]]\nto = ["log"]\nfields = ["results-overdue"]\n') == [
        (True, "major, state: results-overdue")
    ]
    assert routed('[[route]]\nto = ["log"]\nfields = ["status-stale"]\n') == [
        (False, "the state is none of its fields: status-stale")
    ]
    assert routed('[[route]]\nto = ["log"]\ntags = ["compliance"]\n')[0][0]
    assert not routed('[[route]]\nto = ["log"]\ntags = ["sites"]\n')[0][0]
    assert not routed('[[route]]\nto = ["log"]\nmin_severity = "critical"\n')[0][0]


def test_severities_take_states_by_name():
    critical = '[severity]\nresults-overdue = "critical"\n'
    assert routed(critical + '[[route]]\nto = ["log"]\nmin_severity = "critical"\n')[0][0]
    assert routed('[severity]\nresults-overdue = "noise"\n') == [(False, "nothing but noise")]
    config = read(critical, Path("config.toml"))
    assert Router(config).effective(OVERDUE).severity is Severity.CRITICAL
    with pytest.raises(Exception, match="results-overdu"):
        read('[severity]\nresults-overdu = "noise"\n', Path("config.toml"))


def test_a_mute_of_a_state_silences_it_alone(stored):
    one = Mute(row=1, scope=Scope.FIELD, value="results-overdue", until=None, muted_at="2026-11-20T09:00:00Z")
    assert mutes.silencing([one], OVERDUE).mute is one
    assert mutes.silencing([replace(one, value="status-stale")], OVERDUE) is None
    terminal, _ = stored
    assert terminal.run("mute", "--field", "results-overdue").code == 0
    assert terminal.run("mute", "--field", "results-overdu").code == 2


def test_the_page_of_a_trial_says_what_stands(tmp_path):
    history = History(tmp_path / "history.db")
    history.snapshot(LATE, "2026-11-20")
    with asking(history.app()) as browse:
        page = browse.get("/trials/ctgov/NCT00000001").text
    assert "Results appear overdue since 3 September 2026: primary completion was to be 3 August 2025" in page
    history.snapshot(timed("NCT00000001", primary="2026-08-03"), "2026-11-23")
    with asking(history.app()) as browse:
        assert (
            "Results appear overdue"
            not in browse.get("/trials/ctgov/NCT00000001").text.partition('id="history"')[0]
        )


def test_history_shows_events_that_are_no_change(stored):
    """Of each kind: one with a data build, and one that knows only when it was learnt."""
    terminal, _ = stored
    kinds = [EventKind.GONE, EventKind.ENTERED, EventKind.DEADLINE]
    with closing(open_for_writing(terminal.folder / "t.db")) as db, immediate(db):
        for number, kind in enumerate(kinds):
            event = Event(
                id=f"ctgov:NCT00000001:{kind}:{number}",
                kind=kind,
                registry="ctgov",
                trial="NCT00000001",
                title="Study",
                url=None,
                severity=Severity.MAJOR,
                headline=f"It was {kind}",
                at=datetime(2026, 11, 24, 9, 20, tzinfo=UTC),
                build="2026-11-23" if number else None,
            )
            assert Store(db).add_event(event)
    ran = terminal.run("history", "NCT00000001", "--db", "t.db")
    assert ran.code == 0
    assert "    -  2026-11-24  major: It was gone" in ran.out
    assert "    -  2026-11-23  major: It was deadline" in ran.out


def test_changes_are_asked_for_by_state(stored):
    terminal, _ = stored
    assert terminal.run("changes", "--field", "results-overdue").code == 0
    ran = terminal.run("changes", "--field", "stale")
    assert ran.code == 2 and "did you mean `status-stale`?" in ran.err
