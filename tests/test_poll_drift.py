"""Drift: what the registry does to most records at once is one notice; what happened to a trial is still told."""

from __future__ import annotations

import copy
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, with_results, with_status
from doubles.poller_process import Pollers
from doubles.study_records import Edit, edited, study_record
from doubles.watching import Watching, ids_watch, query_watch

from monitor.alerting.router import Router
from monitor.alerting.routes import Decision
from monitor.diagnosis import health_of
from monitor.polling.report import Selection

STUDIES = "/api/v2/studies"
NEXT = "2026-11-23"
SEX = "the same change in {} of {} records of the build of 2026-11-23 (Sex: All → Male)"
OWN = ": taken as the registry's own, told as minor"


def trials(count: int, *, sponsor: str | None = None) -> list[dict[str, Any]]:
    made = [
        study_record(number, status="RECRUITING", sponsor=sponsor or f"Hospital No. {number}")
        for number in range(1, count + 1)
    ]
    for record in made:
        record["protocolSection"]["eligibilityModule"]["sex"] = "ALL"
    return made


def resexed(record: dict[str, Any]) -> dict[str, Any]:
    """A change that would be major by itself, and that no sponsor sent in."""
    new = copy.deepcopy(record)
    new["protocolSection"]["eligibilityModule"]["sex"] = "MALE"
    return new


def reworded(record: dict[str, Any]) -> dict[str, Any]:
    """A change that says nothing of its value in common with others."""
    new = copy.deepcopy(record)
    new["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] += (
        "\n* Registered again by the software"
    )
    return new


def suspended(record: dict[str, Any]) -> dict[str, Any]:
    return edited(record, Edit.SUSPEND, Random(3))


@pytest.fixture
def registry():
    with LoopbackRegistry([], day="2026-11-19") as running:
        yield running


@pytest.fixture
def watching(tmp_path, registry, ticking):
    """A function: the trials, known to the registry and to us."""
    opened = []

    def watch(records: list[dict[str, Any]], extra: str = "", **more: Any) -> Watching:
        registry.publish("2026-11-20", records)
        made = Watching(
            tmp_path, registry, ids_watch("all", *map(nct, records)) + extra, clock=ticking, **more
        )
        opened.append(made)
        made.poll()
        assert made.rung() == []
        return made

    yield watch
    for one in opened:
        one.close()


def by_trial(alerts: list[dict[str, Any]]) -> dict[str, str]:
    """Severity of each trial's change. Sites that go on recruiting while their study stopped are another event."""
    alerts = [alert for alert in alerts if alert["event"] == "changed"]
    assert len({alert["trial"] for alert in alerts}) == len(alerts)
    return {alert["trial"]: alert["severity"] for alert in alerts}


def test_a_stop_within_a_drifting_sweep_is_told_as_what_it_is(watching, registry):
    records = trials(20)
    watched = watching(records)
    drifted = [resexed(record) for record in records]
    registry.publish(NEXT, [suspended(drifted[0]), *drifted[1:]])
    report = watched.poll()
    assert report.notices == [SEX.format(20, 20) + OWN]
    alerts = {alert["trial"]: alert for alert in watched.rung()}
    stop = alerts.pop(nct(records[0]))
    assert stop["severity"] == "critical" and stop["headline"].startswith("Recruiting → Suspended")
    assert stop["changes"][0]["field"] == "overall-status"
    sex = next(change for change in stop["changes"] if change["field"] == "sex")
    assert (sex["severity"], sex["reason"]) == (
        "minor",
        "the same change in most records of a build: taken as the registry's own",
    )
    assert [alert["severity"] for alert in alerts.values()] == ["minor"] * 19


def test_what_one_sponsor_does_to_its_trials_is_news(watching, registry):
    ours = trials(8, sponsor="One Company")
    watched = watching(ours)
    registry.publish(NEXT, [with_status(record, "SUSPENDED") for record in ours])  # its dates say nothing
    report = watched.poll()
    assert report.notices == []
    assert list(by_trial(watched.rung()).values()) == ["critical"] * 8


def test_what_most_sponsors_send_in_meanwhile_is_each_one_s_own(watching, registry):
    """After a long pause most trials of a small watch have moved their dates, and none by the registry's doing."""
    records = trials(10)
    watched = watching(records)
    registry.publish(NEXT, [edited(record, Edit.SLIP_COMPLETION, Random(5)) for record in records])
    assert watched.poll().notices == []
    assert set(by_trial(watched.rung()).values()) == {"major"}


def test_a_sponsor_s_own_change_of_what_drifts_keeps_its_weight(watching, registry):
    """A text that the software rewrote everywhere: no value says whether one trial's own change was that, too."""
    records = trials(20)
    watched = watching(records)
    own = reworded(records[0])
    own["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = "2026-11-21"
    registry.publish(NEXT, [own, *(reworded(record) for record in records[1:])])
    report = watched.poll()
    assert report.notices == [
        "the same change in 20 of 20 records of the build of 2026-11-23 (Eligibility criteria: reworded)"
        + OWN
    ]
    told = by_trial(watched.rung())
    assert told.pop(nct(records[0])) == "major"
    assert set(told.values()) == {"minor"}


def test_what_is_critical_is_never_taken_for_the_registry_s_own(watching, registry):
    records = trials(20)
    watched = watching(records)
    registry.publish(NEXT, [with_status(resexed(record), "SUSPENDED") for record in records])
    assert watched.poll().notices == [SEX.format(20, 20) + OWN]
    told = watched.rung()
    assert set(by_trial(told).values()) == {"critical"}
    assert all(
        alert["headline"].startswith("Recruiting → Suspended")
        for alert in told
        if alert["event"] == "changed"
    )


def test_results_that_most_post_are_told_as_posted(watching, registry):
    records = trials(8)
    watched = watching(records)
    registry.publish(NEXT, [with_results(record) for record in records])
    watched.poll()
    assert set(by_trial(watched.rung()).values()) == {"critical"}
    assert (
        watched.count("select count(*) from change where field in ('has-results', 'results') and drift") == 0
    )


@pytest.mark.parametrize(("swept", "changed"), [(8, 5), (20, 10)])
def test_half_is_not_most_and_five_are_few(watching, registry, swept, changed):
    records = trials(swept)
    watched = watching(records)
    registry.publish(NEXT, [resexed(record) for record in records[:changed]])
    assert watched.poll().notices == []
    assert list(by_trial(watched.rung()).values()) == ["major"] * changed


def test_a_first_look_in_the_same_sweep_is_not_counted_among_those_that_could_change(watching, registry):
    records = trials(12)
    watched = watching(records)
    fresh = [study_record(number) for number in range(100, 130)]
    registry.publish(NEXT, [*map(resexed, records), *fresh])
    watched.edit(ids_watch("all", *map(nct, records)) + ids_watch("new", *map(nct, fresh)))
    assert watched.poll().notices == [SEX.format(12, 12) + OWN]
    assert set(by_trial(watched.rung()).values()) == {"minor"}


def test_routes_weigh_it_as_minor_whatever_the_user_says_of_the_field(watching, registry):
    records = trials(12)
    route = '[[route]]\nto = ["log"]\nmin_severity = "major"\n[severity]\nsex = "critical"\n'
    watched = watching(records, route)
    registry.publish(NEXT, [resexed(record) for record in records])
    watched.poll()
    assert watched.rung() == []
    assert watched.count("select count(*) from delivery") == 0
    assert watched.count("select count(*) from change where field = 'sex' and severity = 'major'") == 12
    registry.publish("2026-11-24", records[:1])  # and back, one alone
    watched.poll()
    assert by_trial(watched.rung()) == {nct(records[0]): "critical"}


def test_noise_that_drifts_is_one_notice_and_no_alert(watching, registry):
    records = trials(12)
    watched = watching(records)
    quiet = copy.deepcopy(records)
    for record in quiet:
        record["derivedSection"].pop("conditionBrowseModule", None)
        record["derivedSection"].pop("interventionBrowseModule", None)
    registry.publish(NEXT, quiet)
    report = watched.poll()
    (line,) = report.notices
    assert line.startswith("the same change in 12 of 12 records of the build of 2026-11-23, in noise only (")
    assert line.endswith("): stored, nobody told")
    assert report.quiet_versions == 12 and watched.rung() == []


def test_dates_that_every_update_moves_are_no_drift(watching, registry):
    records = trials(12)
    watched = watching(records)
    registry.publish(NEXT, [edited(record, Edit.VERIFY, Random(1)) for record in records])
    report = watched.poll()
    assert (report.quiet_versions, report.notices) == (12, [])


def test_it_is_said_once_a_build_and_status_shows_it_without_being_unwell(watching, registry, ticking):
    records = trials(12)
    watched = watching(records)
    registry.publish(NEXT, [resexed(record) for record in records])
    watched.poll()
    watched.rung()
    assert watched.poll().notices == []
    every = timedelta(hours=1)
    health = health_of(
        watched.app.db, after=lambda then: then + every, every=every, now=ticking(), polling=True
    )
    assert health.notices == (SEX.format(12, 12) + OWN,)
    assert health.problems == ()
    registry.publish("2026-11-24")
    watched.poll()
    health = health_of(
        watched.app.db, after=lambda then: then + every, every=every, now=ticking(), polling=True
    )
    assert health.notices == ()


def test_single_trials_conclude_nothing(watching, registry):
    records = trials(8)
    watched = watching(records)
    registry.publish(NEXT, [resexed(record) for record in records])
    assert watched.poll(Selection(trials=tuple(map(nct, records)))).notices == []
    assert set(by_trial(watched.rung()).values()) == {"major"}


def test_a_poll_that_broke_off_concludes_nothing_and_tells_at_once(watching, registry):
    """What most of its first page share may be few of all."""
    records = trials(60)
    watched = watching(records, pages={"ids_per_request": 20})
    registry.publish(NEXT, [resexed(record) for record in records[:12] + records[40:42]])
    registry.misbehave(Fault.forbidden(), times=1, path=STUDIES, skip=1)
    report = watched.poll()
    assert (report.outcome, report.notices) == ("incomplete", [])
    assert list(by_trial(watched.rung()).values()) == ["major"] * 12
    report = watched.poll()
    assert (report.outcome, report.notices) == ("complete", [])
    assert list(by_trial(watched.rung()).values()) == ["major"] * 2
    assert watched.count("select count(*) from untold") == 0


def test_of_one_watch_among_several_nothing_is_concluded(watching, registry):
    few, more = trials(60)[:7], trials(60)[7:]
    watched = watching(few)
    watched.edit(ids_watch("all", *map(nct, few)) + ids_watch("big", *map(nct, more)))
    registry.publish("2026-11-21", more)
    watched.poll()
    registry.publish(NEXT, [resexed(record) for record in few + more[:3]])
    assert watched.poll(Selection(watches=frozenset({"all"}))).notices == []
    assert watched.poll().notices == []
    assert list(by_trial(watched.rung()).values()) == ["major"] * 10


@pytest.mark.parametrize(
    "more", [query_watch("q"), query_watch("q") + query_watch("r", status="RECRUITING,COMPLETED")]
)
def test_trials_that_several_watches_want_count_once(watching, registry, more):
    records = trials(20)
    watched = watching(records, more)
    registry.publish(NEXT, [resexed(record) for record in records[:15]])
    report = watched.poll()
    assert (report.records, report.notices) == (20, [SEX.format(15, 20) + OWN])
    assert list(by_trial(watched.rung()).values()) == ["minor"] * 15


def test_an_unreadable_record_leaves_a_sweep_in_which_nothing_drifts(watching, registry):
    records = trials(12)
    watched = watching(records)
    registry.publish(NEXT, [resexed(record) for record in records])
    registry.misbehave(Fault.duplicate_keys(), times=1, path=STUDIES)
    assert watched.poll().notices == []
    assert set(by_trial(watched.rung()).values()) == {"major"}


def test_what_drifted_damps_nothing_that_a_later_sweep_of_the_same_day_finds(watching, registry):
    records = trials(20)
    watched = watching(records)
    registry.publish(NEXT, [resexed(record) for record in records[:12]])
    assert watched.poll().notices == [SEX.format(12, 20) + OWN]
    assert set(by_trial(watched.rung()).values()) == {"minor"}
    registry.publish(datetime(2026, 11, 23, 18, tzinfo=UTC), [resexed(record) for record in records[12:15]])
    assert watched.poll().notices == []
    assert list(by_trial(watched.rung()).values()) == ["major"] * 3


class _Broken(BaseException):
    pass


class _BreaksOff(Router):
    left = 70

    def decide(self, event: Any) -> list[Decision]:
        self.left -= 1
        if self.left == 0:
            raise _Broken
        return super().decide(event)


def test_what_broke_off_amid_deciding_is_told_by_the_next_poll_once_and_in_order(watching, registry):
    records = trials(120)
    watched = watching(records)
    registry.publish(NEXT, [resexed(record) for record in records])
    router = _BreaksOff(watched.app.config)
    watched.app.router = lambda: router
    with pytest.raises(_Broken):
        watched.app.poll()
    assert watched.count("select count(*) from delivery") == 0  # all at once, or none
    assert watched.count("select count(*) from untold") == 120
    del watched.app.router
    left_at_first_request = []

    def look(_: Any) -> bool:
        with closing(sqlite3.connect(watched.folder / "t.db")) as db:
            left_at_first_request.append(db.execute("select count(*) from untold").fetchone()[0])
        return False

    registry.misbehave(Fault.html(), path="/api/v2/version", where=look)
    report = watched.poll()
    assert left_at_first_request[0] == 0
    assert report.notices == [SEX.format(120, 120) + OWN]
    alerts = watched.rung()
    assert list(by_trial(alerts).values()) == ["minor"] * 120
    assert watched.count("select count(*) from untold") == 0
    order = [row[0] for row in watched.app.db.execute("select id from event order by sequence").fetchall()]
    assert [alert["id"] for alert in alerts] == order


@pytest.mark.crash
def test_killed_amid_a_drifting_sweep(tmp_path: Path):
    records = trials(60)
    with LoopbackRegistry(records, day="2026-11-20") as registry, Pollers(tmp_path, registry.url) as pollers:
        (tmp_path / "config.toml").write_text(
            f'[store]\npath = "t.db"\n[[watch]]\nname = "all"\nids = {json.dumps([nct(one) for one in records])}\n'
            '[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n'
        )
        pollers.start()
        assert pollers.end() == 0
        drifted = [resexed(record) for record in records]
        registry.publish(NEXT, [suspended(drifted[0]), *drifted[1:]])
        pollers.start(hold="between two batches", skip=0)
        assert pollers.reaches_its_point("begins") and pollers.reaches_its_point()
        pollers.kill()
        alerts = tmp_path / "alerts.jsonl"
        assert not alerts.exists() or alerts.read_text() == ""
        pollers.start()
        assert pollers.end() == 0
    told = by_trial([json.loads(line) for line in alerts.read_text().splitlines()])
    assert told.pop(nct(records[0])) == "critical"
    # Of how much of a sweep the killed one's are, nobody knows; the next one came to its end.
    assert len(told) == 59 and set(told.values()) == {"major", "minor"}
