"""Steps between two polls: what came and went again is told, in order, to whoever asked for it."""

from __future__ import annotations

import copy
import json

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.study_records import study_record
from doubles.terminal import Terminal
from doubles.watching import Watching, ids_watch
from inline_snapshot import snapshot

from monitor.alerting.routes import severities
from snapshots.changeset import Severity, Source
from snapshots.event import StepChange

REASON = "Drug supply interrupted"


def recruiting():
    record = study_record(1)
    status = record["protocolSection"]["statusModule"]
    status["overallStatus"] = "RECRUITING"
    status["lastUpdateSubmitDate"] = "2026-11-10"
    for key in ("whyStopped", "lastKnownStatus"):
        status.pop(key, None)
    return record


RECORD = recruiting()
TRIAL = RECORD["protocolSection"]["identificationModule"]["nctId"]


def turned(status, day, why=None, record=RECORD, **design):
    new = copy.deepcopy(record)
    module = new["protocolSection"]["statusModule"]
    module.update(overallStatus=status, lastUpdateSubmitDate=day)
    module.pop("whyStopped", None)
    if why:
        module["whyStopped"] = why
    new["protocolSection"]["designModule"].update(design)
    return new


@pytest.fixture
def registry():
    with LoopbackRegistry([RECORD], day="2026-11-20") as running:
        yield running


@pytest.fixture
def open_watching(tmp_path, registry, clock):
    made = []

    def start(more="", *, history=True):
        made.append(Watching(tmp_path, registry, ids_watch("w", TRIAL) + more, clock=clock, history=history))
        made[-1].poll()
        return made[-1]

    yield start
    for one in made:
        one.close()


def flap(registry):
    registry.publish("2026-11-23", [turned("SUSPENDED", "2026-11-20", REASON)])
    registry.publish("2026-11-24", [turned("RECRUITING", "2026-11-23")])


def test_a_stop_that_was_over_before_we_looked_is_told_with_its_end(open_watching, registry):
    watching = open_watching()
    flap(registry)
    report = watching.poll()
    (alert,) = watching.rung()
    assert alert["severity"] == "critical"
    assert alert["headline"] == snapshot(
        "Recruiting → Suspended: Drug supply interrupted (20 Nov); back to Recruiting after 3 days (23 Nov)"
    )
    assert {"status", "stopped", "restarted"} <= set(alert["tags"])
    assert alert["changes"] == []  # nothing is left of it but bookkeeping
    assert [(step["severity"], step["headline"]) for step in alert["steps"]] == snapshot(
        [
            ("critical", "Recruiting → Suspended: Drug supply interrupted"),
            ("critical", "Suspended → Recruiting: back to Recruiting after 3 days"),
        ]
    )
    assert alert["steps"][0]["fields"] == ["overall-status", "why-stopped"]
    assert report.quiet_versions == 0
    watching.app.deliver()
    assert watching.rung() == []
    reader = watching.app.reader()
    assert not reader.version("ctgov", TRIAL, Source.SNAPSHOT, 2).quiet
    (found,) = reader.events(tag="stopped", min_severity=Severity.CRITICAL, archive=False)
    assert reader.event(found[1].id) == found[1]
    assert found[1].steps[0].changes[0] == StepChange(
        field="overall-status", severity=Severity.CRITICAL, tags=("status", "stopped")
    )


def test_without_the_history_it_is_a_quiet_version(open_watching, registry):
    watching = open_watching(history=False)
    flap(registry)
    assert watching.poll().quiet_versions == 1
    assert watching.rung() == []


@pytest.mark.parametrize(
    ("route", "rings"),
    [
        ('fields = ["overall-status"]\nmin_severity = "critical"', 1),
        ('tags = ["stopped"]', 1),
        ('fields = ["enrollment"]', 0),
        ('min_severity = "critical"', 1),
    ],
)
def test_routes_see_what_changed_within_the_steps_alone(open_watching, registry, route, rings):
    watching = open_watching(f'[[route]]\nto = ["log"]\n{route}\n')
    flap(registry)
    watching.poll()
    assert len(watching.rung()) == rings


def test_a_muted_field_that_changed_within_the_steps_alone_is_not_told(open_watching, registry):
    from monitor.acting import mutes
    from snapshots.database import immediate

    watching = open_watching()
    with immediate(watching.app.db):
        for field in ("overall-status", "why-stopped"):
            mutes.mute(watching.app.db, mutes.Scope.FIELD, field, until=None, now=watching.app.clock())
    flap(registry)
    watching.poll()
    assert watching.rung() == []


def test_a_users_severities_weigh_steps_too(open_watching, registry):
    watching = open_watching('[severity]\noverall-status = "minor"\nwhy-stopped = "minor"\n')
    flap(registry)
    watching.poll()
    assert watching.count("select count(*) from event where severity = 'critical' and id like '%:1-2'") == 1
    (event,) = [one for _, one in watching.app.reader().events(trial=TRIAL, archive=False)]
    weighed = watching.app.effective(event)
    assert weighed.severity is Severity.MINOR
    assert {step.severity for step in weighed.steps} == {Severity.MINOR}
    silent = severities(event, {"overall-status": "noise", "why-stopped": "noise"})
    assert silent.severity is Severity.NOISE


def test_what_the_whole_tells_is_not_told_by_its_steps(open_watching, registry):
    watching = open_watching()
    registry.publish("2026-11-23", [turned("SUSPENDED", "2026-11-20", REASON)])
    registry.publish("2026-11-24", [turned("TERMINATED", "2026-11-23", "Futility")])
    watching.poll()
    (alert,) = watching.rung()
    assert alert["headline"] == "Recruiting → Terminated: Futility"
    assert len(alert["steps"]) == 2


def test_a_lasting_change_stands_beside_the_stop_that_did_not_last(open_watching, registry):
    watching = open_watching()
    count = {"count": 9999, "type": "ESTIMATED"}
    registry.publish("2026-11-23", [turned("SUSPENDED", "2026-11-20", REASON, enrollmentInfo=count)])
    registry.publish("2026-11-24", [turned("RECRUITING", "2026-11-23", enrollmentInfo=count)])
    watching.poll()
    (alert,) = watching.rung()
    assert alert["severity"] == "critical"
    assert alert["headline"].startswith("Recruiting → Suspended: Drug supply interrupted; enrolment raised")
    assert "(20 Nov); back to Recruiting after 3 days (23 Nov)" in alert["headline"]
    assert [change["field"] for change in alert["changes"]] == ["enrollment"]


def test_many_turns_are_one_short_line_and_all_of_the_steps(open_watching, registry):
    watching = open_watching()
    for day in range(11, 21):
        status = ("SUSPENDED", "RECRUITING")[(day - 11) % 2]
        registry.publish(f"2026-12-{day}", [turned(status, f"2026-12-{day}", REASON if day % 2 else None)])
    watching.poll()
    (alert,) = watching.rung()
    assert len(alert["steps"]) == 10
    assert len(alert["headline"]) < 300
    assert alert["headline"] == snapshot(
        "Recruiting → Suspended: Drug supply interrupted (11 Dec); back to Recruiting after 1 day (12 Dec);"
        " 7 other updates; back to Recruiting after 1 day (20 Dec)"
    )


def test_a_stop_held_back_with_its_record_keeps_its_steps(open_watching, registry):
    """Losing a section, a record is kept aside until the sweep ends: its steps come back as they were."""
    watching = open_watching()
    registry.publish("2026-11-23", [turned("SUSPENDED", "2026-11-20", REASON)])
    last = turned("RECRUITING", "2026-11-23")
    del last["protocolSection"]["eligibilityModule"]
    registry.publish("2026-11-24", [last])
    watching.poll()
    (alert,) = watching.rung()
    assert alert["severity"] == "critical"
    assert alert["steps"][0]["fields"] == ["overall-status", "why-stopped"]


def test_the_second_poll_knows_what_the_first_told(open_watching, registry):
    watching = open_watching(history=False)
    registry.publish("2026-11-23", [turned("SUSPENDED", "2026-11-20", REASON)])
    watching.poll()
    watching.rung()
    registry.publish("2026-11-25", [turned("RECRUITING", "2026-11-24")])
    watching.poll()
    (alert,) = (one for one in watching.rung() if one["event"] == "changed")
    assert alert["headline"] == "Suspended → Recruiting: back to Recruiting after 2 days"
    assert alert["severity"] == "critical"
    assert json.dumps(alert).count("back to Recruiting") == 2


def test_a_comparison_by_hand_of_one_line_says_the_same(
    open_watching, registry, capsys, monkeypatch, tmp_path
):
    watching = open_watching(history=False)
    for day, status in (("2026-11-23", "SUSPENDED"), ("2026-11-25", "RECRUITING")):
        registry.publish(day, [turned(status, day)])
        watching.poll()
    terminal = Terminal(tmp_path, capsys, monkeypatch)

    def headline(*sides):
        return terminal.run("diff", *sides, "--db", "t.db", "--json").values[0]["headline"]

    assert headline(f"{TRIAL}@2", f"{TRIAL}@3") == "Suspended → Recruiting: back to Recruiting after 2 days"
    assert headline(f"{TRIAL}@3", f"{TRIAL}@2").endswith("no reason given")  # backwards there is no past
    terminal.write("new.json", json.dumps(turned("RECRUITING", "2026-11-25")))
    assert headline(f"{TRIAL}@2", "new.json") == "Suspended → Recruiting"


def test_days_are_counted_by_the_registrys_post_dates(open_watching, registry):
    watching = open_watching(history=False)
    for build, posted, status in (
        ("2026-11-24", "2026-11-21", "SUSPENDED"),
        ("2026-11-26", "2026-11-25", "RECRUITING"),
    ):
        record = turned(status, posted)
        record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"] = {"date": posted}
        registry.publish(build, [record])
        watching.poll()
    *_, told = (one["headline"] for one in watching.rung() if one["event"] == "changed")
    assert told == "Suspended → Recruiting: back to Recruiting after 4 days"
