"""Stored changes read anew: what they say, nothing else; nobody is told, and a killed one goes on where it ended."""

from __future__ import annotations

import json
import random
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.outdated import everything, fill, older, spoil
from doubles.recompute_process import Recomputers
from doubles.small_records import small_record
from doubles.terminal import Terminal
from doubles.watching import Watching, ids_watch

from monitor.database import open_for_reading, open_for_writing
from monitor.lease import Lease
from snapshots import retention
from snapshots.changeset import Severity
from snapshots.database import immediate
from snapshots.query import Reader
from snapshots.recompute import AT_ONCE, rebuilt, recompute

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.db"


@pytest.fixture
def terminal(tmp_path, capsys, monkeypatch):
    return Terminal(tmp_path, capsys, monkeypatch)


def spoilt(path: Path, *, trials: int = 3, versions: int = 6):
    """What the events were before."""
    fill(path, trials=trials, versions=versions)
    before = everything(path)
    with closing(open_for_writing(path)) as db:
        spoil(db)
    assert older(everything(path)) == len(before)
    return before


def test_it_reads_as_it_would_have_been_read_the_first_time(path, terminal):
    before = spoilt(path)
    assert any("back to Recruiting after 2 days" in event.headline for _, event in before)
    ran = terminal.run("recompute", "--db", "t.db")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines() == [
        "15 change sets read anew, 15 read differently",
        "3 trials and 15 changes indexed for search",
    ]
    assert everything(path) == before
    assert terminal.run("recompute", "--db", "t.db").err.startswith("nothing to do")
    again = terminal.run("recompute", "--all", "--db", "t.db", "--json")
    nothing = {"trials": 0, "changes": 0}
    assert again.values == [{"rebuilt": 15, "differ": 0, "left": 0, "indexed": nothing, "dry_run": False}]
    assert everything(path) == before


def test_what_was_the_registrys_own_drift_stays_so(path):
    spoilt(path, trials=1, versions=2)
    with closing(open_for_writing(path)) as db:
        with immediate(db):
            db.execute("update change set drift = 1 where field = 'overall-status'")
        list(recompute(db))
        ((_, event),) = everything(path)
        assert {change.field for change in event.changes if change.drift} == {"overall-status"}


def test_one_trial_alone(path, terminal):
    spoilt(path)
    assert terminal.run("recompute", "NCT2", "--db", "t.db").code == 0
    assert older(everything(path)) == 10
    ran = terminal.run("recompute", "NCT00000009", "--db", "t.db")
    assert ran.code == 2 and "nothing stored: `NCT00000009`" in ran.err


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(path, terminal):
    spoilt(path, trials=1, versions=2)
    stale = everything(path)
    with Lease(path, command="run", now=NOW):  # it may look beside a service
        ran = terminal.run("recompute", "--dry-run", "--db", "t.db")
    assert ran.out.splitlines() == [
        "ctgov:NCT00000001:changed:1-2",
        "  was  minor     old words",
        "  now  critical  Recruiting → Suspended, no reason given",
    ]
    assert ran.err.splitlines() == [
        "1 change set would be read anew, 1 would read differently",
        "1 trial and 1 change would be indexed for search",
    ]
    first, last = terminal.run("recompute", "--dry-run", "--json", "--db", "t.db").values
    assert first["was"]["tags"] == ["sites"] and first["now"]["severity"] == "critical"
    waiting = {"trials": 1, "changes": 1}
    assert last == {"rebuilt": 1, "differ": 1, "left": 0, "indexed": waiting, "dry_run": True}
    assert everything(path) == stale


def test_beside_a_service_it_refuses_and_names_it(path, terminal):
    spoilt(path, trials=1, versions=2)
    stale = everything(path)
    with Lease(path, command="run", now=NOW):
        ran = terminal.run("recompute", "--db", "t.db")
    assert ran.code == 3
    assert "`trialbell run`" in ran.err and "stop that process first" in ran.err
    assert everything(path) == stale


def test_a_version_that_is_gone_or_damaged_leaves_its_changes_as_they_were(path, terminal):
    spoilt(path, trials=3, versions=3)
    with closing(open_for_writing(path)) as db, immediate(db):
        (span, *_) = retention.can_go(db, before=datetime.max.replace(tzinfo=UTC), needed={})
        retention.remove(db, [replace(span, last=1)], day=date(2026, 11, 24))
        db.execute("update body set body = x'00' where trial = 2 and number = 2")
        db.execute("delete from version where trial = 3 and number = 1")
    ran = terminal.run("recompute", "--db", "t.db", "--json")
    assert ran.code == 0
    indexed = {"trials": 2, "changes": 6}
    assert ran.values == [{"rebuilt": 2, "differ": 2, "left": 3, "indexed": indexed, "dry_run": False}]
    lines = ran.err.splitlines()
    assert len(lines) == 3
    assert [one.split(" stays ")[0] for one in lines] == [
        "ctgov:NCT00000002:changed:1-2",
        "ctgov:NCT00000002:changed:2-3",
        "ctgov:NCT00000003:changed:1-2",
    ]
    assert "this version was taken out of the database" in lines[2]
    assert {event.headline for _, event in everything(path) if event.engine == 0} == {"old words"}
    assert "not searched: 1 trial with a damaged version" in terminal.run("recompute", "--db", "t.db").err
    with closing(open_for_reading(path)) as db:
        assert Reader(db).outdated() == 2  # what retention took is nobody's worry; damage is


def test_status_and_doctor_say_so_with_the_command(path, terminal):
    spoilt(path, trials=1, versions=3)
    said = "2 change sets were read by an older trialbell: `trialbell recompute` reads anew and tells nobody"
    assert said in terminal.run("status", "--db", "t.db").out
    assert terminal.run("recompute", "--db", "t.db").code == 0
    assert "recompute" not in terminal.run("status", "--db", "t.db").out


def test_doctor_says_so(path, terminal, tmp_path):
    from monitor.doctor import _database

    spoilt(path, trials=1, versions=2)
    (found,) = [one for one in _database(path) if "recompute" in one.text]
    assert found.good is None and found.text.startswith("1 change set was read by an older trialbell")


def test_others_write_between_two_transactions(path):
    spoilt(path, trials=AT_ONCE, versions=3)
    with closing(open_for_writing(path)) as db, closing(open_for_writing(path)) as other:
        other.conn.execute("pragma busy_timeout = 0")
        written = 0
        for number, _ in enumerate(recompute(db)):
            with immediate(other):
                other.execute("update trial set title = ? where key = 1", [f"title {number}"])
            written += 1
        assert written == 2 * AT_ONCE


class TestThroughAPoll:
    """Steps, deliveries and what was weighed down come out as they went in."""

    TRIAL = "NCT00000001"

    def record(self, status, day):
        record = small_record(self.TRIAL, status=status, submitted=day)
        if status == "SUSPENDED":
            record["protocolSection"]["statusModule"]["whyStopped"] = "Drug supply"
        return record

    @pytest.fixture
    def watching(self, tmp_path, clock):
        with LoopbackRegistry([self.record("RECRUITING", "2026-11-18")], day="2026-11-20") as registry:
            made = Watching(tmp_path, registry, ids_watch("w", self.TRIAL), clock=clock, history=True)
            made.poll()
            registry.publish("2026-11-23", [self.record("SUSPENDED", "2026-11-21")])
            registry.publish("2026-11-24", [self.record("RECRUITING", "2026-11-23")])
            made.poll()
            yield made
            made.close()

    def deliveries(self, watching):
        return watching.app.db.execute("select * from delivery order by id").fetchall()

    def test_steps_come_anew_from_the_archives_line(self, watching, path):
        before, deliveries = everything(path), self.deliveries(watching)
        (told,) = [event for _, event in before if event.steps]
        assert told.headline.startswith("Recruiting → Suspended: Drug supply (21 Nov); back to Recruiting")
        spoil(watching.app.db)
        with immediate(watching.app.db):
            watching.app.db.execute(
                "update event set steps = replace(replace(steps, 'Suspended', 'Old word'), 'critical', 'minor')"
            )
        assert everything(path) != before
        assert {one.differs for one in recompute(watching.app.db)} == {True}
        assert everything(path) == before
        assert self.deliveries(watching) == deliveries

    def test_nobody_is_told_of_what_turns_out_to_be_critical(self, watching, path):
        watching.rung()
        db = watching.app.db
        spoil(db)
        with immediate(db):
            db.execute("update event set severity = 'noise'")
            db.execute("update change set severity = 'noise'")
            db.execute("update event set steps = replace(steps, 'critical', 'noise')")
            db.execute("delete from delivery")
        done = list(recompute(db))
        assert {one.now.severity for one in done} == {Severity.CRITICAL}
        assert watching.count("select count(*) from delivery") == 0
        watching.poll()
        assert watching.rung() == []

    def test_what_was_weighed_down_stays_down(self, watching, path):
        """Booked below its changes, as what happens to most of a sweep is: it does not ring out of a new reading."""
        db = watching.app.db
        with immediate(db):
            db.execute("update event set engine = 0, severity = 'minor' where to_source = 'snapshot'")
        (one,) = recompute(db)
        assert one.now.severity is Severity.MINOR and one.now.steps[0].severity is Severity.CRITICAL


@pytest.mark.crash
def test_killed_it_goes_on_where_it_ended(path):
    before = spoilt(path, trials=40, versions=6)
    dice = random.Random(20261124)
    kills, left = 0, len(before)
    with Recomputers(path) as recomputers:
        recomputers.start(hold_after=AT_ONCE // 2)
        assert recomputers.reaches_its_point("begins") and recomputers.reaches_its_point()
        assert recomputers.kill()
        halfway = everything(path)
        assert older(halfway) == left - AT_ONCE  # a transaction, and no more, was written
        left = older(halfway)
        for _ in range(20):
            recomputers.start(die_after=dice.randint(1, 400))
            kills += recomputers.end() != 0
            now = everything(
                path
            )  # whole: each event is the old one or the new one, tables beside it and all
            assert older(now) <= left
            for (sequence, event), (first, was) in zip(now, before, strict=True):
                assert sequence == first
                assert event == was or (event.engine == 0 and event.headline == "old words")
            left = older(now)
        recomputers.start()
        assert recomputers.end() == 0
    print(f"killed {kills} times")
    assert kills >= 3
    assert everything(path) == before


def test_the_json_of_a_dry_run_is_one_value_a_line(path, terminal):
    spoilt(path, trials=2, versions=3)
    ran = terminal.run("recompute", "--dry-run", "--json", "--db", "t.db")
    assert [set(value) for value in ran.values][:-1] == [{"id", "was", "now"}] * 4
    assert json.loads(ran.out.splitlines()[-1])["differ"] == 4


def test_where_only_words_wait_they_are_indexed_and_that_is_said(path, terminal):
    fill(path, trials=2, versions=2)
    assert terminal.run("recompute", "--db", "t.db").err == "2 trials and 2 changes indexed for search\n"
    assert terminal.run("recompute", "--db", "t.db").err.startswith("nothing to do")


def test_reading_anew_is_a_question_too(path):
    before = spoilt(path, trials=1, versions=3)
    with closing(open_for_reading(path)) as db:
        assert [one.now for one in rebuilt(db)] == [event for _, event in before]
